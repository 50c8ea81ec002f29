"""Solvik's assessments, made up, beside what three real municipalities have published of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from organisation.models import Person
from reporting.actions.assessments import Judged, Shown, know_municipality, record_assessment, write_evidence
from reporting.assessment_versions import versions
from reporting.models import Assessment

MADE_UP = "Oppdiktede tall for demonstrasjonen"
FORM = versions()["kommunekompasset-2010"]

# Years before this one, kind, and the points of the eight areas.
OURS = (
    (6, Assessment.Kind.EXTERNAL, (44, 47, 52, 41, 39, 55, 36, 50)),
    (3, Assessment.Kind.EXTERNAL, (52, 55, 58, 49, 43, 61, 45, 57)),
    (1, Assessment.Kind.SELF, (60, 66, 62, 55, 50, 63, 49, 64)),
)

# Name, country, totals by year or the points of the areas in one year, source, note.
THEIRS: tuple[tuple[str, str, dict[int, int | tuple[int, ...]], str, str], ...] = (
    ("Örebro", "SE", {2012: 615, 2015: 650}, "Örebro kommun", "650 poeng var det høyeste som var gitt noen til da."),
    ("Røros", "NO", {2013: 254, 2017: 396, 2021: 593}, "Røros kommune",
     "I 2017 skrev kommunen at skåren hadde økt med 139 poeng siden 2013. 396 er 142 poeng mer enn 254."),
    ("Grästorp", "SE", {2014: (61, 60, 73, 53, 70, 56, 65, 68)}, "Grästorps kommun", ""),
)  # fmt: skip

EVIDENCE = {
    "plain-information": ("met", "Klart språk i alle maler fra i vår. Alle vedtak legges ut med et kort sammendrag."),
    "dialogue": ("partly", "Folkemøter om arealplanen. Det er ikke skrevet ned hva innspillene førte til."),
    "promises": ("partly", "Serviceerklæringer for fire av ni tjenester."),
    "complaints": ("met", "Meldingskortene: alle som vil, blir ringt innen ti dager. Tallene er offentlige."),
    "surveys": ("met", "Innbyggerundersøkelse hvert fjerde år, med resultatene på nettsidene."),
    "cost-and-quality": ("not_met", ""),
    "comparison": (
        "partly",
        "Vi ser på nøkkeltall en gang i året. Ingen enhet har besøkt en kommune som gjør det bedre.",
    ),
    "improvement": ("partly", "Teknisk sektor arbeider med ukens meldinger hver mandag. De andre er ikke i gang."),
    "quality-system": ("not_met", "Avviksmeldinger ligger i tre ulike systemer."),
}


def make_assessments(*, by: Person, now: datetime, this_year: int) -> None:
    """Write ours down with what shows them, and those of three others as they published them."""
    areas = [area.key for area in FORM.areas]

    def write(**judged: Any) -> Assessment:
        return record_assessment(Judged(version=FORM.key, **judged), by=by, now=now, this_year=this_year)

    for back, kind, points in OURS:
        ours = write(year=this_year - back, kind=kind, points=dict(zip(areas, points, strict=True)), source=MADE_UP)
        if kind == Assessment.Kind.SELF:
            write_evidence(ours, {key: Shown(*said) for key, said in EVIDENCE.items()}, by=by, now=now)
    for name, country, known, source, note in THEIRS:
        place = know_municipality(name, country=country, by=by, now=now)
        for year, given in known.items():
            figures = {"total": given} if isinstance(given, int) else {"points": dict(zip(areas, given, strict=True))}
            write(year=year, elsewhere=place, source=source, note=note, **figures)
