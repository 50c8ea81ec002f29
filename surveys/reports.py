"""The published results as a document that archives keep: PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.dates import short_day
from organisation.letterhead import letterhead
from organisation.numbers import percent, thousands, to_hundredths, to_tenths
from organisation.pdf import render_pdf
from organisation.queries import municipality
from surveys.comment_queries import PublicNumbers, public_follow_up
from surveys.models import Publication, Survey
from surveys.publishing import Figures, first_large, main_comparisons, name_of, said, saying_in_words
from surveys.questionnaires import text_in
from surveys.statistics.wording import Saying

FEWEST_TO_SHORTEN = 3
MARKS = ("◇", "□")


def report_pdf(survey: Survey, publication: Publication, language: str, *, now: datetime) -> bytes:
    """Return the document of what was published, in `language`, with what came of the comments until `now`.

    Raises FontMissing.
    """
    figures, house = publication.figures, municipality()
    today = now.astimezone(house.zone).date()
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
            "responded": _responded(figures, language),
            "others": _others(figures, language),
            "spread": _spread(figures, language),
            "choices": [_chosen(one, language) for one in figures["choices"]],
            "choices_title": _("Choices"),
            "followed": _followed(survey, language, today),
        }
        return render_pdf("survey_report", data, language=language, title=title, made_at=now)


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


TOO_FEW = "–"


def _responded(figures: Figures, language: str) -> dict[str, Any]:
    """Who answered by respondent group."""
    found = figures.get("responded")
    if not found:
        return {"rows": []}
    return {
        "title": _("Response by group"),
        "columns": [said(found["texts"], language, found["variable"]), _("Asked"), _("Answered"), _("Share")],
        "rows": [
            [
                said(one["texts"], language, one["value"]),
                *(
                    [TOO_FEW] * 3
                    if one["suppressed"]
                    else [
                        thousands(one["invited"], language),
                        thousands(one["answered"], language),
                        TOO_FEW if one["response_rate"] is None else percent(one["response_rate"], language),
                    ]
                ),
            ]
            for one in found["groups"]
        ],
    }


def _others(figures: Figures, language: str) -> dict[str, Any]:
    """Ours beside those that are not drawn in the tables: other municipalities, earlier means."""
    main = main_comparisons(figures)
    others = [one for one in figures["comparisons"] if one not in main]
    level = "areas" if figures["areas"] else "items"
    held = [{one["key"]: one for one in each[level]} for each in others]
    rows = []
    for one in figures[level]:
        if one["suppressed"] or one["mean"] is None or not any(one["key"] in each for each in held):
            continue
        cells = [each.get(one["key"]) for each in held]
        rows.append(
            [
                said(one["texts"], language, one["key"]),
                to_hundredths(one["mean"], language),
                *(
                    f"{to_hundredths(cell['mean'], language)} · {saying_in_words(cell['saying'])}" if cell else "–"
                    for cell in cells
                ),
            ]
        )
    return {
        "title": _("Beside others"),
        "columns": [_("What"), municipality().name, *(first_large(name_of(one)) for one in others)],
        "rows": rows if others else [],
    }


def _spread(figures: Figures, language: str) -> dict[str, Any]:
    """How the answers to each question spread over the points, as bars with their shares in figures."""
    rows = []
    for one in figures["items"]:
        shares = {} if one["suppressed"] else one.get("shares") or {}
        points = sorted((int(point), share) for point, share in shares.items())
        rows.append(
            {
                "label": said(one["texts"], language, one["key"]),
                "parts": [{"point": point, "share": share} for point, share in points],
                "words": ", ".join(f"{point}: {percent(share, language)}" for point, share in points) or TOO_FEW,
            }
        )
    return {
        "title": _("How the answers spread"),
        "columns": [_("Question"), _("Answers from the lowest to the highest")],
        "rows": rows,
    }


def _chosen(one: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A question with choices: the share who chose each with its interval, and in a ranking the share who put it first."""
    first = {} if one["suppressed"] else one.get("shares_first") or {}
    shares = {} if one["suppressed"] else one["shares"] or {}
    rows = []
    for option in one["options"]:
        if (share := shares.get(option["key"])) is None:
            continue
        low, high = one.get("shares_ci", {}).get(option["key"]) or (None, None)
        text = percent(share, language)
        if low is not None and high is not None:
            text += f" ({percent(low, language)}–{percent(high, language)})"
        row = {"label": said(option["texts"], language, option["key"]), "share": share, "words": text}
        if first:
            row["first"] = percent(first[option["key"]], language) if option["key"] in first else TOO_FEW
        rows.append(row)
    rows.sort(key=lambda row: -row["share"])
    columns = [_("Choice"), _("Share of those who answered (interval)"), *([_("Put first")] if first else [])]
    answers = "" if one["suppressed"] else _("%(answers)s answers") % {"answers": thousands(one["n_valid"], language)}
    return {
        "title": said(one["texts"], language, one["key"]),
        "columns": columns,
        "rows": rows,
        "answers": answers,
        "none": "" if rows else _("Too few answers to show"),
    }


def followed_sentences(numbers: PublicNumbers, language: str) -> list[str]:
    """Return what came of the comments, a sentence for each number that may be told."""
    sentences = []
    if numbers.came:
        written = _("About %(number)s comments were written in words of people's own. All are read.")
        sentences.append(written % {"number": thousands(numbers.came, language)})
    if numbers.came and numbers.sent:
        sent = _(
            "About %(number)s have been sent to the unit that they are about, without anybody knowing who wrote them."
        )
        sentences.append(sent % {"number": thousands(numbers.sent, language)})
    if numbers.came and numbers.considered:
        considered = _("The unit has considered about %(number)s of these, and has written down what came of it.")
        sentences.append(considered % {"number": thousands(numbers.considered, language)})
    return sentences


def _followed(survey: Survey, language: str, today: date) -> dict[str, Any]:
    """What came of the comments as of `today`: the numbers that everybody may know, and the stories told of it."""
    found = public_follow_up(survey)
    if found is None:
        return {"sentences": [], "stories": []}
    sentences = followed_sentences(found, language)
    if sentences:
        as_of = _("As of %(day)s. The numbers are rounded to the nearest five.")
        sentences.append(as_of % {"day": short_day(today, language)})
    stories = []
    for story in found.stories:
        with translation.override(story.language):
            stories.append(
                {
                    "language": story.language,
                    "title": story.title,
                    "parts": [[_("You said"), story.said], [_("We did"), story.did]],
                }
            )
    return {"title": _("What the comments led to"), "sentences": sentences, "stories": stories}


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
