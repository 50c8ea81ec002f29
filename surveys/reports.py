"""The published results as a document that archives keep: PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.dates import short_day
from organisation.letterhead import letterhead
from organisation.numbers import percent, thousands, to_hundredths, to_tenths
from organisation.pdf import render_pdf
from organisation.queries import municipality
from surveys.models import Publication, Survey
from surveys.publishing import Figures, first_large, main_comparisons, name_of, said, saying_in_words
from surveys.questionnaires import text_in
from surveys.statistics.wording import Saying

FEWEST_TO_SHORTEN = 3
MARKS = ("◇", "□")


def report_pdf(survey: Survey, publication: Publication, language: str) -> bytes:
    """Return the document of what was published, in `language`. Raises FontMissing."""
    figures, house = publication.figures, municipality()
    title = said(figures["titles"], language, survey.code)
    with translation.override(language):
        data = {
            "municipality": letterhead(house),
            "title": title,
            "published": _("Published %(day)s") % {"day": short_day(publication.publish_on, language)},
            "words": text_in(publication.words, language),
            "lead": lead(figures, language),
            "short_title": _("In short"),
            "short": in_short(figures, language),
            "key": _key(figures),
            "method_title": _("How it was done"),
            "method": method_sentences(figures, language),
            "page": _("Page {page} of {pages}"),
            "axis_alt": _("Means on the scale from 1 to 6, with intervals. The figures stand beside them."),
            "tables": [
                _table(_("Areas"), figures, "areas", language),
                _table(_("Questions"), figures, "items", language),
            ],
        }
        return render_pdf("survey_report", data, language=language, title=title, made_at=publication.made_at)


def lead(figures: Figures, language: str) -> str:
    """«167 av 500 svarte (33 %). Feilmargin ± 0,2 på et gjennomsnitt.»"""
    if figures["n_invited"]:
        sentence = _("%(answered)s of %(invited)s answered (%(rate)s).") % {
            "answered": thousands(figures["n_answered"], language),
            "invited": thousands(figures["n_invited"], language),
            "rate": percent(figures["response_rate"], language),
        }
    else:
        sentence = _("%(answered)s answered.") % {"answered": thousands(figures["n_answered"], language)}
    margin = figures["method"]["margin"]
    if margin is None:
        return sentence
    return sentence + " " + _("Margin of error about ± %(margin)s on a mean.") % {"margin": to_tenths(margin, language)}


def in_short(figures: Figures, language: str) -> list[str]:
    """Return what stands out among the areas (the questions, without areas), a sentence each. Nothing is computed.

    «Høyest: Trygghet (4,4). Lavest: Lokaldemokrati (3,2).», «Tydelig lavere enn Landet 2025: Tjenestene, Trygghet.»
    """
    level = "areas" if figures["areas"] else "items"
    shown = [one for one in figures[level] if not one["suppressed"] and one["mean"] is not None]
    labels = {one["key"]: said(one["texts"], language, one["key"]) for one in shown}
    if len(shown) < FEWEST_TO_SHORTEN:
        return []
    by_mean = sorted(shown, key=lambda one: one["mean"])

    def told(one: Mapping[str, Any]) -> str:
        return f"{labels[one['key']]} ({to_tenths(one['mean'], language)})"

    sentences = [
        _("Highest: %(highest)s. Lowest: %(lowest)s.") % {"highest": told(by_mean[-1]), "lowest": told(by_mean[0])}
    ]
    for against in main_comparisons(figures):
        about = {"other": name_of(against)}
        clear = {
            code: [labels[one["key"]] for one in against[level] if one["saying"] == code and one["key"] in labels]
            for code in (Saying.CLEARLY_HIGHER.value, Saying.CLEARLY_LOWER.value)
        }
        higher, lower = clear.values()
        if higher:
            sentences.append(_("Clearly higher than %(other)s: %(what)s.") % (about | {"what": ", ".join(higher)}))
        if lower:
            sentences.append(_("Clearly lower than %(other)s: %(what)s.") % (about | {"what": ", ".join(lower)}))
        if against[level] and not higher and not lower:
            sentences.append(_("No certain difference from %(other)s.") % about)
    return sentences


def method_sentences(figures: Figures, language: str) -> list[str]:
    """Return how the survey was done and what the figures are, a sentence each."""
    sentences = []
    draw = figures["method"]["draw"]
    if draw:
        sentences.append(
            {
                "simple": _("Those who were asked were drawn at random from the population register."),
                "proportional": _(
                    "Those who were asked were drawn at random from the population register, in proportion from "
                    "each group."
                ),
                "fixed": _(
                    "Those who were asked were drawn at random from the population register, the same number from "
                    "each group. The figures are weighted for it."
                ),
                "full": _("Everybody was asked."),
            }[draw]
        )
    if figures["population"]:
        sentences.append(
            _("The population is %(people)s people.") % {"people": thousands(figures["population"], language)}
        )
    if figures["n_open"]:
        sentences.append(
            _("%(open)s more answered by the open link. They were not drawn, and are not in the figures.")
            % {"open": thousands(figures["n_open"], language)}
        )
    if figures["method"]["draw"] not in (None, "full"):
        sentences.append(
            _(
                "Only some were asked. Had others been drawn, the figures would have been a little different: the margin "
                "of error and the intervals tell by how much."
            )
        )
    sentences.append(_("Means are of those who gave an answer from 1 to 6, 6 being best. «Don't know» does not count."))
    sentences.append(
        _(
            "The interval holds the mean of the whole population in 95 of 100 such surveys. A difference is called clear "
            "where chance is an unlikely explanation (p under 0.05, with Holm's correction)."
        )
    )
    sentences.append(
        _("Groups of fewer than %(least)s answers are not shown, nor figures from which they would follow.")
        % {"least": figures["smallest_group"]}
    )
    for against in figures["comparisons"]:
        if against["source"]:
            weighs = {
                "people": _("each person counts alike"),
                "municipalities": _("each municipality counts alike"),
            }.get(against["weighs"], "")
            source = _("%(name)s %(year)s: %(source)s") % {
                "name": against["name"],
                "year": against["year"],
                "source": against["source"],
            }
            sentences.append(f"{source}, {weighs}." if weighs else f"{source}.")
    return sentences


def _key(figures: Figures) -> list[dict[str, str]]:
    """What the marks of the drawings are."""
    return [
        {"mark": mark, "name": first_large(name_of(against))}
        for mark, against in zip(MARKS, main_comparisons(figures), strict=False)
    ]


def _table(title: str, figures: Figures, level: str, language: str) -> dict[str, Any]:
    held = main_comparisons(figures)
    against = [{one["key"]: one for one in each[level]} for each in held]
    return {
        "title": title,
        "columns": [
            _("What"), _("Scale 1–6"), _("Mean (interval)"), _("Answers"), *(first_large(name_of(one)) for one in held)
        ],
        "rows": [_row(one, [each.get(one["key"]) for each in against], language) for one in figures[level]],
    }  # fmt: skip


def _row(one: Mapping[str, Any], against: Sequence[Mapping[str, Any] | None], language: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "label": said(one["texts"], language, one["key"]),
        "mean": "–",
        "n": "–",
        "against": ["–" for _each in against],
        "at": None,
        "low": None,
        "high": None,
        "others": [None for _each in against],
    }
    if one["suppressed"] or one["mean"] is None:
        return row
    text = to_hundredths(one["mean"], language)
    if one["ci_low"] is not None:
        text += f" ({to_hundredths(one['ci_low'], language)}–{to_hundredths(one['ci_high'], language)})"
    row |= {"mean": text, "n": thousands(one.get("n_valid", one.get("n")), language)}
    row["against"] = [
        f"{to_hundredths(other['mean'], language)} · {saying_in_words(other['saying'])}" if other else "–"
        for other in against
    ]
    if one.get("kind") != "three_points":
        row |= {"at": one["mean"], "low": one["ci_low"], "high": one["ci_high"]}
        row["others"] = [other["mean"] if other else None for other in against]
    return row
