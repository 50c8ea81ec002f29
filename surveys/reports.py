"""The published results as a document that archives keep: PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.dates import short_day
from organisation.letterhead import letterhead
from organisation.numbers import percent, thousands, to_hundredths, to_tenths
from organisation.pdf import render_pdf
from organisation.queries import municipality
from surveys.models import Publication, Survey
from surveys.publishing import Figures, name_of, said, saying_in_words
from surveys.questionnaires import text_in


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


def _table(title: str, figures: Figures, level: str, language: str) -> dict[str, Any]:
    first = figures["comparisons"][0] if figures["comparisons"] else None
    against = {one["key"]: one for one in first[level]} if first else {}
    name = ""
    if first:
        name = name_of(first)
    return {
        "title": title,
        "columns": [_("What"), _("Scale 1–6"), _("Mean (interval)"), _("Answers"), name],
        "rows": [_row(one, against.get(one["key"]), language) for one in figures[level]],
    }


def _row(one: Mapping[str, Any], against: Mapping[str, Any] | None, language: str) -> dict[str, Any]:
    label = said(one["texts"], language, one["key"])
    if one["suppressed"] or one["mean"] is None:
        return {
            "label": label,
            "mean": "–",
            "n": "–",
            "against": "–",
            "at": None,
            "low": None,
            "high": None,
            "other": None,
        }
    text = to_hundredths(one["mean"], language)
    if one["ci_low"] is not None:
        text += f" ({to_hundredths(one['ci_low'], language)}–{to_hundredths(one['ci_high'], language)})"
    drawn = one.get("kind") != "three_points"
    return {
        "label": label,
        "mean": text,
        "n": thousands(one.get("n_valid", one.get("n")), language),
        "against": to_hundredths(against["mean"], language) + " · " + saying_in_words(against["saying"])
        if against
        else "–",
        "at": one["mean"] if drawn else None,
        "low": one["ci_low"],
        "high": one["ci_high"],
        "other": against["mean"] if against and drawn else None,
    }
