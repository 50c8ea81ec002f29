"""Results with their words, as a page, a file or a document shows them: figures from `Results`, texts from the survey.

`described` is what the staff see. `public` is the same with the counts taken out, and is what a publication keeps: the
public page, the open data and the PDF read the kept one and compute nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from surveys.models import Draw, Publication, PublicationDraft, ResponseFile, Survey
from surveys.queries import items_of
from surveys.questionnaires import text_in
from surveys.results import Results, results_of
from surveys.results.reading import STRATUM
from surveys.statistics.wording import Saying
from surveys.strata import label

Figures = dict[str, Any]
COUNTED = ("counts", "n_dont_know", "n_missing", "first")


def variables_of(survey: Survey) -> list[str]:
    """Return what a survey's results can be grouped by, in the questionnaire's order (as `Sheet.variables`)."""
    asked = [item.key for item in items_of(survey) if item.background and item.kind == "single"]
    return [*asked, STRATUM] if strata_of(survey, asked) else asked


def strata_of(survey: Survey, asked: Sequence[str]) -> str:
    """Return what a survey was drawn by, where no question asks the same; empty where it was drawn without strata."""
    draw = Draw.objects.filter(survey=survey).first()
    if draw is not None:
        return draw.stratum if draw.strata and draw.stratum not in asked else ""
    file = ResponseFile.objects.filter(survey=survey).first()
    return STRATUM if file is not None and file.strata else ""


def described(survey: Survey, results: Results) -> Figures:
    """Return the results with the survey's texts in all its languages."""
    items = {item.key: item for item in items_of(survey)}
    figures = results.as_json()
    draw = Draw.objects.filter(survey=survey).first()
    for one in figures["items"]:
        one |= {"area": items[one["key"]].area, "texts": dict(items[one["key"]].texts), "kind": items[one["key"]].kind}
    titles = {area.key: area.titles for area in survey.areas.all()}
    for one in figures["areas"]:
        one["texts"] = titles[one["key"]]
    for one in figures["choices"]:
        item = items[one["key"]]
        one |= {
            "area": item.area,
            "texts": dict(item.texts),
            "kind": item.kind,
            "options": [{"key": option.key, "texts": dict(option.texts)} for option in item.options],
        }
    used = dict.fromkeys((group["variable"], group["value"]) for group in figures["groups"])
    figures["variables"] = [
        {
            "key": key,
            "texts": dict(items[key].texts),
            "values": [{"key": option.key, "texts": dict(option.texts)} for option in items[key].options],
        }
        if key in items
        else _strata_in_words(survey, draw, [value for variable, value in used if variable == key])
        for key in dict.fromkeys(variable for variable, _value in used)
    ]
    if figures["responded"]:
        key = figures["responded"]["variable"]
        texts = {option.key: dict(option.texts) for option in items[key].options}
        figures["responded"] |= {"texts": dict(items[key].texts)}
        for one in figures["responded"]["groups"]:
            one["texts"] = texts.get(one["value"], {})
    figures |= {"titles": survey.titles, "kind": survey.kind, "languages": survey.languages}
    figures["method"] = {
        "opened_on": survey.opens_at.date().isoformat() if survey.opens_at else None,
        "closed_on": survey.closes_at.date().isoformat() if survey.closes_at else None,
        "draw": draw.method if draw else None,
        "drawn_on": draw.drawn_at.date().isoformat() if draw else None,
        "strata_by": draw.stratum if draw else "",
        "margin": typical_margin(figures),
    }
    return figures


def _strata_in_words(survey: Survey, draw: Draw | None, values: Sequence[str]) -> Figures:
    """What the survey was drawn by, as a variable, in the survey's languages."""
    by = draw.stratum if draw else ""

    def texts(words: Callable[[], str]) -> dict[str, str]:
        found = {}
        for language in survey.languages:
            with translation.override(language):
                found[language] = words()
        return found

    return {
        "key": STRATUM,
        "texts": texts(lambda: _("Group that was drawn from")),
        "values": [{"key": value, "texts": texts(lambda value=value: label(by, value))} for value in values if value],  # type: ignore[misc]
    }


def typical_margin(figures: Mapping[str, Any]) -> float | None:
    """Return half the width of the interval of the middle one of the areas (of the questions, without areas)."""
    halves = sorted(
        (one["ci_high"] - one["ci_low"]) / 2
        for one in figures["areas"] or figures["items"]
        if not one["suppressed"] and one["ci_low"] is not None
    )
    return halves[len(halves) // 2] if halves else None


def public(figures: Figures) -> Figures:
    """Return the figures for everybody: shares in place of counts. Nothing of the staff's is left but what is named."""
    answered = figures["n_answered"]

    def without_counts(one: Mapping[str, Any]) -> Figures:
        kept = {name: value for name, value in one.items() if name not in COUNTED}
        if not one["suppressed"] and one.get("n_dont_know") is not None:
            kept["share_dont_know"] = one["n_dont_know"] / answered
        return kept

    return figures | {
        "items": [without_counts(one) for one in figures["items"]],
        "choices": [without_counts(one) for one in figures["choices"]],
    }


def fresh_figures(survey: Survey, progress: Callable[[int, int], None] | None = None) -> Figures:
    """Return what a publication made now would keep, by every variable. Raises NoResults."""
    return public(described(survey, results_of(survey, by=variables_of(survey), progress=progress)))


def publication_of(survey: Survey, today: date) -> Publication | None:
    """Return what everybody sees of the survey on the local day `today`: the latest version whose day has come.

    It may be withdrawn. Then an earlier one is not shown in its place.
    """
    return Publication.objects.filter(survey=survey, publish_on__lte=today).order_by("-version").first()


def waiting_publication(survey: Survey, today: date) -> Publication | None:
    """Return the version whose day has not come yet."""
    return Publication.objects.filter(survey=survey, publish_on__gt=today).order_by("-version").first()


def draft_of(survey: Survey) -> PublicationDraft | None:
    """Return what is being prepared for publishing."""
    return PublicationDraft.objects.filter(survey=survey).first()


def said(texts: Mapping[str, str], language: str, otherwise: str = "") -> str:
    """Return a text of the figures in the reader's language."""
    return text_in(texts, language) or otherwise


def saying_in_words(code: str) -> str:
    """«tydelig høyere», «ingen sikker forskjell»."""
    return {
        Saying.CLEARLY_HIGHER.value: _("clearly higher"),
        Saying.SLIGHTLY_HIGHER.value: _("somewhat higher"),
        Saying.NO_CERTAIN_DIFFERENCE.value: _("no certain difference"),
        Saying.SLIGHTLY_LOWER.value: _("somewhat lower"),
        Saying.CLEARLY_LOWER.value: _("clearly lower"),
        Saying.NOT_TESTED.value: _("cannot be tested"),
    }[code]


def name_of(against: Mapping[str, Any]) -> str:
    """What a comparison is with: «Landet 2025», «runden i 2022»."""
    if against["survey"]:
        return _("the round of %(year)s") % {"year": against["year"]}
    return f"{against['name']} {against['year']}"


def first_large(words: str) -> str:
    """The words as they begin a line."""
    return words[:1].upper() + words[1:]


MAIN = ("earlier", "nation")


def main_comparisons(figures: Figures) -> list[Mapping[str, Any]]:
    """What each row is drawn against: our own or the known round before, and the country. Others have a table."""
    found = []
    for kind in MAIN:
        found += [one for one in figures["comparisons"] if one["kind"] == kind][:1]
    return found
