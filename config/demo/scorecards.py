"""Solvik's own scorecard, of the whole and by sector, with its service statistics. All figures are made up or counted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from config.demo.days import OSLO, at, is_working
from organisation.models import Person, Unit
from reporting.actions.counting import compute_figures
from reporting.actions.indicators import create_indicator, know_our_indicators
from reporting.actions.recording import Figure, record_values
from reporting.actions.scorecards import add_factor, add_goal, add_row, create_scorecard
from reporting.judging import Limits, Range
from reporting.models import DeskContact, Indicator
from reporting.periods import Period
from reporting.scales import Direction, Origin, Perspective, Scale

NAMES = {
    "nb": "Solviks målekort", "nn": "Målekortet til Solvik", "sv": "Solviks styrkort", "en": "Solvik's scorecard",
}  # fmt: skip

# Key, scale, direction, perspective, names, source; typed figures of three years back, two back, last year and this year
# for the whole and for sectors (None: not measured, «…»: nothing is written).
Years = tuple[str | None, ...]
OWN: tuple[tuple[str, Scale, Direction, Perspective, dict[str, str], str, dict[str, Years]], ...] = (
    (
        "user-satisfaction", Scale.ONE_TO_SIX, Direction.HIGHER, Perspective.USERS,
        {"nb": "Brukertilfredshet med tjenestetilbudet", "nn": "Brukartilfredsheit med tenestetilbodet",
         "sv": "Brukarnas nöjdhet med tjänsterna", "en": "Users' satisfaction with the services"},
        "Brukerundersøkelsene",
        {"": ("4.4", None, "4.6", "4.7"), "TEK": ("4.0", None, "4.1", "4.3"), "OPP": ("4.7", None, "4.9", "4.8"),
         "HEO": ("4.6", None, "4.7", "4.9"), "KUL": ("4.9", None, "5.1", "5.0"), "ORG": ("4.3", None, "4.5", "…")},
    ),
    (
        "user-involvement", Scale.ONE_TO_SIX, Direction.HIGHER, Perspective.USERS,
        {"nb": "Opplevd god brukermedvirkning", "nn": "Opplevd god brukarmedverknad",
         "sv": "Upplevt god brukarmedverkan", "en": "How users feel they are heard"},
        "Brukerundersøkelsene",
        {"": (None, None, "4.1", "4.4"), "TEK": (None, None, "3.6", "3.9"), "OPP": (None, None, "4.5", "4.6"),
         "HEO": (None, None, "4.4", "4.7")},
    ),
    (
        "sick-leave", Scale.PER_CENT, Direction.LOWER, Perspective.EMPLOYEES,
        {"nb": "Sykefravær", "nn": "Sjukefråvær", "sv": "Sjukfrånvaro", "en": "Sick leave"}, "Lønnssystemet",
        {"": ("8.9", "8.4", "8.1", "…"), "TEK": ("6.2", "5.8", "5.9", "…"), "OPP": ("9.4", "9.0", "8.2", "…"),
         "HEO": ("11.3", "10.6", "10.4", "…"), "KUL": ("5.1", "5.5", "4.8", "…"), "ORG": ("4.2", "4.4", "4.9", "…")},
    ),
    (
        "water-loss", Scale.PER_CENT, Direction.LOWER, Perspective.COMMUNITY,
        {"nb": "Lekkasje fra vannledningene", "nn": "Lekkasje frå vassleidningane", "sv": "Läckage från vattenledningarna",
         "en": "Water lost from the pipes"},
        "Driftssystemet for vann", {"": ("34", "31", "29", "…"), "TEK": ("34", "31", "29", "…")},
    ),
    (
        "road-standard", Scale.PER_CENT, Direction.HIGHER, Perspective.COMMUNITY,
        {"nb": "Vei med god nok standard", "nn": "Veg med god nok standard", "sv": "Gator med tillräckligt god standard",
         "en": "Roads in good enough condition"},
        "Vegvesenets registrering, gjort om høsten",
        {"": ("71", "66", "62", "58"), "TEK": ("71", "66", "62", "58")},
    ),
)  # fmt: skip

TYPED: dict[str, Years] = {
    "website-visits": ("291480", "318005", "342760", "…"),
    "page-views": ("803211", "861904", "902377", "…"),
    "social-media-followers": ("5120", "5600", "6240", "…"),
    "population": ("24120", "24233", "24318", "24402"),
    "service-centre-contacts": ("38110", "36940", "35276", "…"),
}
ROWS = (
    (
        Perspective.USERS,
        {"nb": "Gode tjenester med kvalitet, tilgjengelighet og medvirkning",
         "nn": "Gode tenester med kvalitet, tilgjenge og medverknad",
         "sv": "Goda tjänster med kvalitet, tillgänglighet och medverkan",
         "en": "Good services: quality, easy to reach, with a say for users"},
        (
            ({"nb": "God kvalitet", "nn": "God kvalitet", "sv": "God kvalitet", "en": "Good quality"},
             (("user-satisfaction", ("4.6", "6"), ("4.2", "4.5")),)),
            ({"nb": "Innbyggeren får svar", "nn": "Innbyggjaren får svar", "sv": "Invånaren får svar",
              "en": "Citizens get an answer"},
             (("called-back-in-time", ("90", "100"), ("80", "89")), ("median-days-to-contact", ("0", "5"), ("6", "10")),
              ("mean-reaction", ("4.5", "6"), ("4", "4.4")), ("registered-same-day", ("95", "100"), ("90", "94")))),
            ({"nb": "God brukermedvirkning", "nn": "God brukarmedverknad", "sv": "God brukarmedverkan",
              "en": "Users have a say"},
             (("user-involvement", ("4.6", "6"), ("4", "4.5")),)),
        ),
    ),
    (
        Perspective.COMMUNITY,
        {"nb": "Et samfunn som tar vare på ressursene", "nn": "Eit samfunn som tek vare på ressursane",
         "sv": "Ett samhälle som tar vara på resurserna", "en": "A community that looks after its resources"},
        (
            ({"nb": "Lite vann går tapt", "nn": "Lite vatn går tapt", "sv": "Lite vatten går förlorat",
              "en": "Little water is lost"},
             (("water-loss", ("0", "30"), ("31", "35")),)),
            ({"nb": "Veiene holder", "nn": "Vegane held", "sv": "Vägarna håller", "en": "The roads last"},
             (("road-standard", ("75", "100"), ("65", "74")),)),
        ),
    ),
    (
        Perspective.EMPLOYEES,
        {"nb": "En god arbeidsplass", "nn": "Ein god arbeidsplass", "sv": "En god arbetsplats", "en": "A good place to work"},
        (
            ({"nb": "Friske medarbeidere", "nn": "Friske medarbeidarar", "sv": "Friska medarbetare", "en": "Healthy staff"},
             (("sick-leave", ("0", "7.5"), ("7.6", "9")),)),
        ),
    ),
)  # fmt: skip


def scorecards(*, by: Person, today: date, now: datetime, seed: int) -> None:
    """Write Solvik's indicators, their figures and the scorecard, and compute what comes from its cards."""
    made_at = at(today - timedelta(days=40), 10)
    know_our_indicators(now=made_at)
    units = {unit.code: unit.pk for unit in Unit.objects.all()}
    for key, scale, direction, perspective, names, source, figures in OWN:
        indicator = create_indicator(
            key=key, names=names, scale=scale, direction=direction, perspective=perspective, origin=Origin.TYPED,
            source=source, decimals=1, by=by, now=made_at,
        )  # fmt: skip
        for code, values in figures.items():
            _write(indicator, values, units[code] if code else None, by, today, made_at)
    known = {indicator.key: indicator for indicator in Indicator.objects.all()}
    for key, values in TYPED.items():
        _write(known[key], values, None, by, today, made_at)
    # One figure was put right later: what stood before can be read.
    visits = Decimal(TYPED["website-visits"][2] or 0) + 730
    mended = Figure(Period(today.year - 1), visits, source="Matomo")
    mended_at = made_at + timedelta(days=11)
    record_values(known["website-visits"], [mended], by=by, now=mended_at, this_year=today.year)
    _scorecard(known, by, today, made_at)
    _presses(today, now, seed)
    compute_figures(now=now, zone=OSLO)


def _write(indicator: Indicator, values: Years, unit: int | None, by: Person, today: date, now: datetime) -> None:
    figures = [
        Figure(Period(year), None if value is None else Decimal(value), unit=unit, source=indicator.source)
        for year, value in enumerate(values, start=today.year - len(values) + 1)
        if value != "…"
    ]
    record_values(indicator, figures, by=by, now=now, this_year=today.year)


def _scorecard(known: dict[str, Indicator], by: Person, today: date, now: datetime) -> None:
    scorecard = create_scorecard(key="solvik", names=NAMES, years=4, by=by, now=now)
    since = today.year - 4
    for perspective, texts, factors in ROWS:
        goal = add_goal(scorecard, texts=texts, perspective=perspective, by=by, now=now)
        for words, rows in factors:
            factor = add_factor(goal, texts=words, by=by, now=now)
            for key, desired, acceptable in rows:
                low, high = (Range(Decimal(ends[0]), Decimal(ends[1])) for ends in (desired, acceptable))
                add_row(factor, indicator=known[key], limits=Limits(since, low, high), by=by, now=now)


def _presses(today: date, now: datetime, seed: int) -> None:
    """What the desk counted since the month before last, through the opening hours."""
    random = Random(seed)
    ways = [DeskContact.Way.VISIT] * 3 + [DeskContact.Way.PHONE] * 5 + [DeskContact.Way.MAIL] * 2
    began = (today.replace(day=1) - timedelta(days=40)).replace(day=1)
    days = [day for each in range((today - began).days + 1) if is_working(day := began + timedelta(days=each))]
    presses = []
    for day in days:
        opens = datetime.combine(day, time(8), OSLO)
        moments = [
            opens + timedelta(seconds=random.randrange(7 * 3600 + 1800)) for _each in range(random.randint(28, 61))
        ]
        presses += [DeskContact(way=random.choice(ways), at=moment) for moment in moments if moment <= now]
    DeskContact.objects.bulk_create(presses)
