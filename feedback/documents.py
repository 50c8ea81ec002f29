"""The documents of message cards: the overdue list that goes with its mail, and the contact card that is posted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Card, ContactAttempt, OverdueEntry, OverdueList, OverdueRun, Submitter
from feedback.queries import cards_for_posting, entries_by_list, entries_of, list_for_document
from organisation import dates
from organisation.fonts import STAND_IN, drawable
from organisation.letterhead import letterhead
from organisation.models import Municipality
from organisation.outbox.attachments import Document, register_maker
from organisation.pdf import render_pdf
from organisation.queries import answering_unit, municipality

PDF = "application/pdf"


def register() -> None:
    """Let mails name the documents that are made when they are sent."""
    register_maker("overdue_list", overdue_list)


def overdue_list(*, list_id: int, language: str) -> Document:
    """Make the PDF of the list with this id. Raises OverdueList.DoesNotExist."""
    return overdue_list_pdf(list_for_document(list_id), language)


def overdue_list_pdf(listed: OverdueList, language: str) -> Document:
    """Make the PDF of a unit's overdue list in `language`: the cards that its mail told of, the longest overdue first."""
    house = municipality()
    with translation.override(language):
        part = _list_part(listed, list(entries_of(listed)), house, language)
        name = file_name(_("overdue-list"), str(listed.week), listed.unit.code)
    footer = f"{house.name} · {listed.unit.name} · {listed.week}"
    return Document(name, _lists_pdf([part], house, part["title"], footer, listed.run, language), PDF)


def overdue_week_pdf(lists: Sequence[OverdueList], language: str) -> Document:
    """Make one PDF of a week's lists, each unit's on pages of its own. Raises ValueError for no lists."""
    if not lists:
        raise ValueError("There is no list to make a document of.")
    house, week = municipality(), lists[0].week
    by_list = entries_by_list(lists)
    with translation.override(language):
        parts = [_list_part(listed, by_list[listed.pk], house, language) for listed in lists]
        title = _("Overdue lists week %(week)s, %(year)s") % {"week": week.week, "year": week.year}
        name = file_name(_("overdue-lists"), str(week))
    return Document(name, _lists_pdf(parts, house, title, f"{house.name} · {week}", lists[0].run, language), PDF)


def _lists_pdf(
    parts: list[dict[str, Any]], house: Municipality, title: str, footer: str, run: OverdueRun, language: str
) -> bytes:
    with translation.override(language):
        data = {
            "municipality": letterhead(house),
            "columns": [
                _("Number"),
                _("What"),
                _("Deadline"),
                _("Days over"),
                _("Times on the list"),
                _("Case handler"),
            ],
            "lists": parts,
            "footer": footer,
            "page": _("Page {page} of {pages}"),
        }
    return render_pdf("overdue_list", data, language=language, title=title, made_at=run.created_at)


def _list_part(
    listed: OverdueList, listed_entries: Sequence[OverdueEntry], house: Municipality, language: str
) -> dict[str, Any]:
    """One unit's list as the template takes it, in the active language."""
    entries = [entry for entry in listed_entries if not entry.solved_before_mail]
    solved = len(listed_entries) - len(entries)
    as_of = listed.run.as_of
    holds = {listed.unit_id, answering_unit(listed.unit).pk}

    def says(entry: OverdueEntry) -> bool:
        return entry.card.unit_id in holds and not entry.card.sensitive

    rows = [
        {
            "reference": "–" if entry.card.sensitive else entry.card.reference,
            # A card that left the unit since is on its list still, but what it says went with the card.
            "what": entry.card.headline if says(entry) or entry.card.sensitive else _("With another unit now"),
            "language": entry.card.language,
            "due": dates.short_day(entry.due_on, language),
            "days_over": str(entry.days_over),
            "times": str(entry.times),
            "handler": entry.card.handler.name if entry.card.handler and says(entry) else "–",
        }
        for entry in entries
    ]
    notes = []
    if solved:
        notes.append(
            ngettext(
                "%(cards)s message that was overdue then was completed before the list went out.",
                "%(cards)s messages that were overdue then were completed before the list went out.",
                solved,
            )
            % {"cards": solved}
        )
    if any(STAND_IN in drawable(row["what"]) for row in rows):
        notes.append(_("□ stands for signs that this document cannot show. The message itself has them."))
    title = _("Overdue list week %(week)s, %(year)s: %(unit)s") % {
        "week": listed.iso_week,
        "year": listed.iso_year,
        "unit": listed.unit.name,
    }
    lead = _("Messages past their deadline on %(day)s at %(time)s.") % {
        "day": dates.full_day(as_of.astimezone(house.zone).date(), language),
        "time": dates.clock(as_of, house.zone),
    }
    return {
        "title": title,
        "lead": lead,
        "grace": _("To be put right by %(day)s.") % {"day": dates.full_day(listed.grace_on, language)},
        "rows": rows,
        "sum": _sum(len(entries), sum(entry.times > 1 for entry in entries)),
        "notes": notes,
    }


def _sum(cards: int, repeats: int) -> str:
    if not cards:
        return _("No messages.")
    total = ngettext("%(cards)s message in all", "%(cards)s messages in all", cards) % {"cards": cards}
    again = ngettext(
        "%(repeats)s of them was on a list before", "%(repeats)s of them were on a list before", repeats
    ) % {"repeats": repeats}
    return f"{total}. {again}." if repeats else f"{total}."


def contact_card_pdf(cards: Sequence[Card], language: str | None = None) -> Document:
    """Make the contact cards «get in touch with us» of `cards`, one page each, to print and post.

    Each is written in the card's own language unless `language` is given. It tells what the message was about by its
    category and date only, never by its text. Raises ValueError for no cards.
    """
    if not cards:
        raise ValueError("There is no card to make a contact card of.")
    house = municipality()
    loaded = cards_for_posting(cards)
    pages = [_contact_page(card, house, language or card.language) for card in loaded]
    languages = {page["language"] for page in pages}
    of_document = languages.pop() if len(languages) == 1 else house.language
    with translation.override(of_document):
        title = _("Get in touch with us")
        if len(loaded) == 1:
            title = f"{title}: {loaded[0].reference}"
            name = file_name(_("contact-card"), loaded[0].reference)
        else:
            name = file_name(_("contact-cards"), str(len(loaded)))
    data = {"municipality": letterhead(house), "cards": pages}
    made_at = max(_made_at(card) for card in loaded)
    return Document(name, render_pdf("contact_card", data, language=of_document, title=title, made_at=made_at), PDF)


def _made_at(card: Card) -> datetime:
    """When the contact card was made; where that is still to come, when the card was registered."""
    return max([card.registered_at, *(made.recorded_at for made in card.contactcards.all())])


def _contact_page(card: Card, house: Municipality, language: str) -> dict[str, Any]:
    submitter = getattr(card, "submitter", None)
    calls: list[ContactAttempt] = [
        attempt for attempt in card.contactattempts.all() if attempt.cycle == card.cycle and attempt.undone_at is None
    ]
    with translation.override(language):
        about = str(card.category) if card.category else card.get_kind_display() if card.kind else ""
        facts = [
            {"name": _("Your message"), "value": card.reference},
            {"name": _("Received"), "value": dates.full_day(card.received_on, language)},
        ]
        if about:
            facts.append({"name": _("About"), "value": about})
        if calls:
            facts.append(
                {"name": _("We rang you"), "value": "\n".join(_when(call, house, language) for call in calls[-5:])}
            )
        return {
            "language": language,
            "sender": "\n".join(part for part in (house.address.strip(), house.phone, house.email) if part),
            "to": _postal(submitter),
            "heading": _("Get in touch with us"),
            "facts": facts,
            "opening": _opening(len(calls)),
            "what_to_do": _("What you can do now"),
            "ring": _ring(house),
            "say": _("Say for example: «I am calling about message %(reference)s. You have tried to reach me.»")
            % {"reference": card.reference},
            "after": [
                _("You then get your answer, and we ask how you take it."),
                ngettext(
                    "If we hear nothing within %(days)s day, we close the message. You can still get in touch later.",
                    "If we hear nothing within %(days)s days, we close the message. You can still get in touch later.",
                    house.not_reached_after_days,
                )
                % {"days": house.not_reached_after_days},
            ],
        }


def _opening(calls: int) -> str:
    if not calls:
        return _("You have written to us, and we have not reached you.")
    return ngettext(
        "You have written to us. We have rung you %(calls)s time to give you an answer, without reaching you.",
        "You have written to us. We have rung you %(calls)s times to give you an answer, without reaching you.",
        calls,
    ) % {"calls": calls}


def _ring(house: Municipality) -> str:
    if house.phone:
        return _("Ring %(phone)s") % {"phone": house.phone}
    if house.email:
        return _("Write to %(email)s") % {"email": house.email}
    return _("Come to %(municipality)s") % {"municipality": house.name}


def _when(call: ContactAttempt, house: Municipality, language: str) -> str:
    local = call.made_at.astimezone(house.zone)
    return _("%(day)s at %(time)s") % {
        "day": dates.long_day(local.date(), language),
        "time": dates.clock(local, house.zone),
    }


def _postal(submitter: Submitter | None) -> str:
    """Name and address on lines of their own, as on an envelope: «Bråtaveien 3, 6480 Sandøy» is two."""
    if submitter is None:
        return ""
    parts = [submitter.name, *submitter.address.replace(",", "\n").splitlines()]
    return "\n".join(part.strip() for part in parts if part.strip())


_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "đ": "d", "ŋ": "n", "ŧ": "t"})


def file_name(*parts: str) -> str:
    """A name that every mail program and disk takes: ASCII letters, digits and hyphens."""
    plain = (
        unicodedata.normalize("NFKD", "-".join(parts).casefold().translate(_ASCII)).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") + ".pdf"
