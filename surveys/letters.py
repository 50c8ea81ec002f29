"""The letters to those who are asked: one print-ready PDF, a page each, in the language of whoever gets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from feedback.documents import PDF, file_name
from organisation import dates
from organisation.letterhead import letterhead
from organisation.models import Municipality
from organisation.numbers import thousands
from organisation.outbox.attachments import Document
from organisation.pdf import render_pdf
from organisation.queries import municipality
from surveys.links import answer_address, answer_url
from surveys.models import Draw, Invitation, Resident, Survey
from surveys.questionnaires import text_in
from surveys.sample_queries import draw_of
from surveys.strata import Stratum


def letters_pdf(
    survey: Survey,
    invited: Sequence[Invitation],
    *,
    now: datetime,
    reminder: bool = False,
    easy: bool = False,
    enclosed: bool = False,
) -> Document:
    """Make the letters of `invited`, whose residents must be loaded and have addresses, in easy words where asked for.

    `enclosed`: they say that the questionnaire on paper lies with them. Raises ValueError for none.
    """
    house = municipality()
    data = letters_data(survey, invited, house, now=now, reminder=reminder, easy=easy, enclosed=enclosed)
    with translation.override(house.language):
        title = _("Letters: %(survey)s") % {"survey": survey.title(house.language)}
        name = file_name(_("reminders") if reminder else _("letters"), survey.code)
    return Document(name, render_pdf("survey_letters", data, language=house.language, title=title, made_at=now), PDF)


def letters_data(
    survey: Survey,
    invited: Sequence[Invitation],
    house: Municipality,
    *,
    now: datetime,
    reminder: bool = False,
    easy: bool = False,
    enclosed: bool = False,
) -> dict[str, Any]:
    """Return what the template of the letters is given. Raises ValueError for nobody to write to."""
    if not invited:
        raise ValueError("There is nobody to write to.")
    draw = draw_of(survey)
    languages = sorted({_resident(one).language for one in invited})
    texts = {
        language: _texts(survey, draw, house, language, now, reminder=reminder, easy=easy, enclosed=enclosed)
        for language in languages
    }
    return {
        "municipality": letterhead(house),
        "sender": "\n".join(part for part in (house.address.strip(), house.phone, house.email) if part),
        "address": answer_address(),
        "texts": texts,
        "letters": [_letter(one, texts[_resident(one).language]) for one in invited],
    }


def _resident(invited: Invitation) -> Resident:
    if invited.resident is None:
        raise ValueError("There is nobody behind this invitation any more.")
    return invited.resident


def _letter(invited: Invitation, texts: dict[str, Any]) -> dict[str, Any]:
    resident = _resident(invited)
    lines = [resident.name, *resident.address.replace(",", "\n").splitlines()]
    path, size = _qr(answer_url(invited.code))
    return {
        "language": resident.language,
        "to": "\n".join(line.strip() for line in lines if line.strip()),
        "code": invited.code,
        "qr": path,
        "qr_size": size,
        "qr_says": texts["qr_says"] % {"code": invited.code},
    }


def _qr(address: str) -> tuple[str, int]:
    """Return the squares of a QR code as a path of SVG, and how many there are along a side."""
    matrix = segno.make(address, error="m", micro=False).matrix
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = x
            while end < len(row) and row[end]:
                end += 1
            runs.append(f"M{x} {y}h{end - x}v1H{x}z")
            x = end
    return "".join(runs), len(matrix)


def _texts(
    survey: Survey,
    draw: Draw | None,
    house: Municipality,
    language: str,
    now: datetime,
    *,
    reminder: bool,
    easy: bool,
    enclosed: bool,
) -> dict[str, Any]:
    """Return what all letters in `language` say alike."""
    with translation.override(language):
        return {
            "date": dates.long_date(now.astimezone(house.zone).date(), language),
            "heading": survey.title(language),
            "opening": _opening(survey, draw, house, language, reminder=reminder, easy=easy),
            "qr_says": _("QR code that opens the survey with the code %(code)s"),
            "your_code": _("Your code"),
            "how": _("How to answer"),
            "steps": [
                _("Hold the camera of your phone over the square. Or write the address and the code on a computer.")
                if easy
                else _("Point the camera of your phone at the square, or write the address and the code in a browser."),
                _until(survey, house, language),
                _("You can stop and go on later. Use the same code. Press «Easy to read» for easy words.")
                if easy
                else _("You can stop and go on later with the same code. You can change the language as you answer."),
                _on_paper(survey, house, language) if enclosed else _cannot(house),
            ],
            "privacy": _("Nobody can see who answered what"),
            "promises": _promises(draw, easy=easy),
            "no": _("If you do not want to"),
            "refuse": _no(house),
        }


def _promises(draw: Draw | None, *, easy: bool) -> list[str]:
    if easy:
        return [
            _("We keep your answers without your name and without the code."),
            copied(draw),
            _("When you have sent your answers, nobody can find them again. So you cannot change them."),
        ]
    return [
        _(
            "The code is only there so that each person answers once. Your answers are kept without the code, "
            "without your name and without the time, and cannot be led back to you by anybody."
        ),
        copied(draw),
        _(
            "Therefore we cannot find your answers later either: not to show them to you, not to change them, and "
            "not to delete them."
        ),
    ]


def _opening(
    survey: Survey, draw: Draw | None, house: Municipality, language: str, *, reminder: bool, easy: bool
) -> list[str]:
    said = []
    if reminder:
        said.append(_("We have written to you before. If you have answered meanwhile: thank you, this is done."))
    introduction = text_in(survey.introductions, language, easy=easy)
    said += [line.strip() for line in introduction.splitlines() if line.strip()] or [
        _("%(municipality)s asks what you think, and uses the answers to become better.") % {"municipality": house.name}
    ]
    if draw is not None and draw.method == Draw.Method.FULL:
        said.append(_("Everybody is asked."))
    elif draw is not None and easy:
        said.append(
            _("%(drawn)s people get this letter. They were drawn by lot.") % {"drawn": thousands(draw.drawn, language)}
        )
    elif draw is not None:
        said.append(
            _("You are one of %(drawn)s people drawn by lot from %(population)s in the population register.")
            % {"drawn": thousands(draw.drawn, language), "population": thousands(draw.population_size, language)}
        )
    return said


def _until(survey: Survey, house: Municipality, language: str) -> str:
    if survey.opens_at is None or survey.closes_at is None:
        return _("It can be answered when it opens.")
    opens, closes = survey.opens_at.astimezone(house.zone), survey.closes_at.astimezone(house.zone)
    return _("It is open from %(first)s to %(last)s at %(time)s.") % {
        "first": dates.long_day(opens.date(), language),
        "last": dates.full_day(closes.date(), language),
        "time": dates.clock(closes, house.zone),
    }


def _cannot(house: Municipality) -> str:
    if house.phone:
        return _("If you cannot answer on the net, ring %(phone)s, and we help you.") % {"phone": house.phone}
    return _("If you cannot answer on the net, come to us, and we help you.")


def _on_paper(survey: Survey, house: Municipality, language: str) -> str:
    last = survey.paper_until or survey.closes_at
    if last is None:
        return _("Or fill in the questionnaire that lies with this letter, and write your code on it.")
    return _(
        "Or fill in the questionnaire that lies with this letter, write your code on it, and send it to us. "
        "It must be here by %(day)s."
    ) % {"day": dates.full_day(last.astimezone(house.zone).date(), language)}


def copied(draw: Draw | None) -> str:
    """Return what of the invited person is copied to the answer, in a sentence."""
    sentences = {
        Stratum.DISTRICT: _(
            "Of you only the district you live in is copied to the answer, so that we can weigh it right."
        ),
        Stratum.GENDER: _("Of you only your gender is copied to the answer, so that we can weigh it right."),
        Stratum.AGE: _("Of you only your age group is copied to the answer, so that we can weigh it right."),
    }
    if draw is not None and draw.stratum:
        return str(sentences[Stratum(draw.stratum)])
    return _("Nothing that we know of you is copied to the answer.")


def _no(house: Municipality) -> str:
    ways = [way for way in (house.phone, house.email) if way]
    free = _("It is up to you whether you answer.")
    if not ways:
        return free
    ask = _("Tell us the code on %(ways)s, and we do not remind you.") % {"ways": _(" or ").join(ways)}
    return f"{free} {ask}"
