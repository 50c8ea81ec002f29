"""The questionnaire on paper: all questions for a pen, in one language, as a document that screen readers read too.

It bears no code of its own. Whoever was invited writes the code of the letter on the part that is cut off: one file serves
everybody who reads the language, and no pile of paper joins a name to a questionnaire.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from feedback.documents import PDF, file_name
from organisation import dates
from organisation.letterhead import letterhead
from organisation.models import Municipality
from organisation.outbox.attachments import Document
from organisation.pdf import render_pdf
from organisation.queries import municipality
from surveys.forms.answering import Asked, Questionnaire
from surveys.letters import copied
from surveys.models import Survey
from surveys.queries import areas_of
from surveys.questionnaires import DONT_KNOW, Item, QuestionKind
from surveys.sample_queries import draw_of

LINES = 6
"""To write on under a question for words of one's own."""


def questionnaire_pdf(survey: Survey, language: str, *, easy: bool = False, now: datetime) -> Document:
    """Make the questionnaire to print in `language`, in easy words where asked for and written. Raises FontMissing."""
    with translation.override(language):
        data = questionnaire_data(survey, language, easy=easy)
        name = file_name(_("questionnaire"), survey.code, language, *(["easy"] if easy else []))
        title = _("Questionnaire: %(survey)s") % {"survey": survey.title(language)}
        made = render_pdf("survey_questionnaire", data, language=language, title=title, made_at=now)
    return Document(name, made, PDF)


def questionnaire_data(survey: Survey, language: str, *, easy: bool = False) -> dict[str, Any]:
    """Return what the template draws, in the active language, which must be `language`."""
    house, sheet = municipality(), Questionnaire(survey, areas_of(survey), language, easy)
    numbers = {item.key: number for number, item in enumerate(sheet.items, 1)}
    draw = draw_of(survey)
    return {
        "municipality": letterhead(house),
        "heading": sheet.words(survey.titles) or survey.code,
        "introduction": sheet.words(survey.introductions),
        "how": [
            _("Put a cross in the box that suits you best. You choose which questions you answer."),
            _("If you cross the wrong box, fill it in all over and cross another."),
            _("Do not write names or phone numbers."),
        ],
        "areas": [
            {
                "title": sheet.words(area.titles) or area.key,
                "introduction": sheet.words(area.introductions),
                "questions": [
                    _question(sheet, one, numbers) for one in (
                        sheet.asked_of(item, sheet.items) for item in sheet.items_in(area.key)
                    )
                ],
            }
            for area in sheet.areas
            if sheet.items_in(area.key)
        ],
        "dont_know": _("Don't know / not relevant"),
        "page": _("Page {page} of {pages}"),
        "lines": LINES,
        "back": {
            "heading": _("When you have finished"),
            "hand_in": _hand_in(survey, house, language),
            "privacy_heading": _("Nobody can find your answers again"),
            "privacy": _privacy(by_code=draw is not None),
            "copied": copied(draw) if draw is not None else "",
            "code": _("The code in your letter") if draw is not None else "",
            "cut": _("Cut off here when the answers have been typed in") if draw is not None else "",
            "survey": sheet.words(survey.titles) or survey.code,
        },
    }  # fmt: skip


def _question(sheet: Questionnaire, one: Asked, numbers: dict[str, int]) -> dict[str, Any]:
    item = one.item
    return {
        "number": numbers[item.key],
        "kind": item.kind,
        "text": one.text,
        "help": one.help,
        "only_if": _only_if(sheet, item, numbers),
        "how": _how(item),
        "choices": [choice.text or "…" for choice in one.choices] or [text for _key, text in sheet.choices(item)],
        "low": one.low,
        "high": one.high,
        "dont_know": one.offers_dont_know,
    }


def _how(item: Item) -> str:
    if item.kind == QuestionKind.RANKING:
        places = item.at_most or len(item.options)
        return _("Write 1 in the box of the most important, 2 in the next, and so on. At most %(number)s.") % {
            "number": places
        }
    if item.kind == QuestionKind.MULTIPLE and item.at_most:
        return _("Choose at most %(number)s.") % {"number": item.at_most}
    if item.kind == QuestionKind.MULTIPLE:
        return _("You can choose several.")
    return ""


def _only_if(sheet: Questionnaire, item: Item, numbers: dict[str, int]) -> str:
    """«Svar bare hvis du krysset av for «Ja» på spørsmål 3.»"""
    if item.show_if is None:
        return ""
    key, wanted = item.show_if
    other = next((one for one in sheet.items if one.key == key), None)
    if other is None:
        return ""
    known = [*sheet.choices(other), (DONT_KNOW, _("Don't know / not relevant"))]
    answers = [text or "…" for value, text in known if value in wanted]
    return _("Answer only if you chose «%(answers)s» in question %(number)s.") % {
        "answers": _("» or «").join(answers) or "…",
        "number": numbers[key],
    }


def _hand_in(survey: Survey, house: Municipality, language: str) -> list[str]:
    """Where it goes, and until when."""
    place = ", ".join(part.strip() for part in [house.name, *house.address.splitlines()] if part.strip())
    last = survey.paper_until or survey.closes_at
    if last is None:
        return [_("Hand it in at %(place)s, or send it by post.") % {"place": place}]
    day = dates.full_day(last.astimezone(house.zone).date(), language)
    said = [
        _("Hand it in at %(place)s, or send it by post. It must be there by %(day)s.") % {"place": place, "day": day},
        _("What comes later cannot count."),
    ]
    if house.phone:
        said.append(_("Do you need help to fill it in? Ring %(phone)s.") % {"phone": house.phone})
    return said


def _privacy(*, by_code: bool) -> Sequence[str]:
    said = []
    if by_code:
        said.append(
            _(
                "The code is only there so that each person answers once: write it below. Whoever types your answers in "
                "sees the code then. The answers are kept without the code, without your name and without the time."
            )
        )
    else:
        said.append(_("Your answers are kept without anything that tells who you are."))
    said.append(
        _(
            "So once they are typed in, nobody can find them again: not to show them to you, not to change them, and not "
            "to delete them."
        )
    )
    return said


def languages_to_print(survey: Survey) -> list[tuple[str, bool]]:
    """Return the languages to print the questionnaire in, each with whether it has easy words; none without questions."""
    areas = areas_of(survey)
    if not any(area.questions.all() for area in areas):
        return []
    return [(language, Questionnaire(survey, areas, language).has_easy) for language in survey.languages]
