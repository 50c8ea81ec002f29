"""Putting right what was taken down wrong; splitting; notes and files. «changing the category counts anew»"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest

from feedback.actions.base import TextMissing
from feedback.actions.closing import reopen_card
from feedback.actions.correcting import (
    About,
    NothingChanged,
    SplitKeepsNothing,
    Upload,
    add_attachments,
    add_note,
    contact_of,
    correct_card,
    correct_contact,
    split_card,
)
from feedback.actions.intake import TooLong, UnknownChoice, UnknownLanguage
from feedback.deadlines import Contact
from feedback.errors import NotAllowed, WrongState
from feedback.models import Attachment, Card, CardNote, Submitter
from feedback.workflow import State
from organisation.models.municipality import DeadlineKind
from tests.factories import (
    FULL_CONTACT,
    MONDAY,
    NO_PHONE,
    CategoryFactory,
    RuleFactory,
    Solvik,
    a_card,
    day,
    events,
    mails,
    oslo,
)
from tests.feedback.steps import called_back, closed, posted
from tests.refusals import refuses

TUESDAY = oslo(2026, 11, 3, 10)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads)


# --- Contact details ------------------------------------------------------------------------------------------------


def test_corrected_phone_makes_a_callback_owed_and_leaves_the_deadline(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=replace(FULL_CONTACT, phone=""))
    due, queued = card.due_on, mails()
    assert card.callback_owed is False
    correct_contact(card, contact=replace(FULL_CONTACT, phone=" 41 23 45 67 "), by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert (card.callback_owed, card.due_on) == (True, due)
    assert Submitter.objects.values_list("phone", "phone_key").get() == ("41 23 45 67", "+4741234567")
    assert events(card)[-1] == ("corrected", "", "")
    assert card.events.last().details == {"fields": ["phone"], "callback_owed": [False, True]}
    assert mails() == queued


def test_phone_taken_away_ends_the_debt(solvik: Solvik, card: Card) -> None:
    correct_contact(card, contact=NO_PHONE, by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert card.callback_owed is False
    assert contact_of(Card.objects.get()) == NO_PHONE


def test_wanted_callback_stays_owed_whatever_the_contact_fields_are(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, callback_wanted=True)
    correct_contact(card, contact=Contact(name="Kari"), by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert card.callback_owed is True


def test_anonymous_card_gets_a_submitter(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=Contact())
    correct_contact(card, contact=FULL_CONTACT, by=solvik.handler, now=TUESDAY)
    assert contact_of(Card.objects.get()) == FULL_CONTACT
    assert Card.objects.get().callback_owed is True


def test_contact_details_of_a_closed_card_may_be_corrected(solvik: Solvik, card: Card) -> None:
    closed(card, by=solvik.clerk, now=TUESDAY)
    correct_contact(card, contact=NO_PHONE, by=solvik.handler, now=TUESDAY)
    assert contact_of(Card.objects.get()) == NO_PHONE


def test_correcting_nothing_or_too_long_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(NothingChanged):
        correct_contact(card, contact=replace(FULL_CONTACT, name=" Kari Nordmann "), by=solvik.handler, now=TUESDAY)
    with refuses(TooLong, field="name"):
        correct_contact(card, contact=replace(FULL_CONTACT, name="K" * 151), by=solvik.handler, now=TUESDAY)


# --- What the card is about -----------------------------------------------------------------------------------------


def test_changing_the_category_counts_the_deadline_anew_from_the_registration(solvik: Solvik, card: Card) -> None:
    """«A category with a deadline of its own uses that; changing the category counts anew from the registration.»"""
    quick = CategoryFactory(code="quick", deadline_days=3, deadline_kind=DeadlineKind.CALENDAR_DAYS)
    correct_card(card, about=About(category=quick), by=solvik.handler, now=oslo(2026, 11, 9))
    card.refresh_from_db()
    assert card.due_on == day("2026-11-05")
    assert events(card)[-2:] == [("corrected", "", ""), ("deadline_set", "2026-11-12", "2026-11-05")]
    assert card.events.get(what="corrected").details == {"fields": ["category"], "codes": {"category": ["", "quick"]}}
    correct_card(card, about=About(), by=solvik.handler, now=oslo(2026, 11, 9))
    card.refresh_from_db()
    assert card.due_on == day("2026-11-12")


def test_changing_the_category_of_a_reopened_card_counts_from_the_reopening(solvik: Solvik, card: Card) -> None:
    called_back(card, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=oslo(2026, 11, 20))
    quick = CategoryFactory(deadline_days=3, deadline_kind=DeadlineKind.CALENDAR_DAYS)
    correct_card(card, about=About(category=quick), by=solvik.handler, now=oslo(2026, 11, 21))
    card.refresh_from_db()
    assert card.due_on == day("2026-11-23")


def test_category_with_the_same_deadline_changes_only_itself(solvik: Solvik, card: Card) -> None:
    correct_card(card, about=About(category=CategoryFactory()), by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert card.due_on == day("2026-11-12")
    assert events(card)[-1] == ("corrected", "", "")


def test_place_and_kind_are_corrected_with_codes_and_no_words_in_the_history(solvik: Solvik, card: Card) -> None:
    about = About(kind="praise", language="nn", place=" Storgata 9 ", area=" Nord ")
    correct_card(card, about=about, by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert (card.kind, card.language, card.place, card.area) == ("praise", "nn", "Storgata 9", "Nord")
    assert card.events.last().details == {
        "fields": ["kind", "language", "place", "area"],
        "codes": {"kind": ["", "praise"], "language": ["nb", "nn"]},
    }


def test_card_that_turns_out_political_goes_to_the_mayor(solvik: Solvik, card: Card) -> None:
    """Rule 3: «Political content goes to the mayor.»"""
    correct_card(card, about=About(political=True), by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    assert (card.unit, card.state, card.political) == (solvik.mayor, State.FORWARDED, True)
    assert events(card)[-1] == ("rerouted", "roads", "mayor")
    assert mails()[-1] == ("card_forwarded", "mayor@solvik.test")


def test_card_that_gets_a_political_category_goes_to_the_mayor(solvik: Solvik, card: Card) -> None:
    """As it would have at the registration."""
    correct_card(card, about=About(category=CategoryFactory(is_political=True)), by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    assert (card.unit, card.political) == (solvik.mayor, True)


def test_completed_card_that_turns_out_political_stays(solvik: Solvik, card: Card) -> None:
    called_back(card, by=solvik.handler, now=TUESDAY)
    correct_card(card, about=About(political=True), by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    assert (card.unit, card.political) == (solvik.roads, True)


def test_correcting_to_nothing_new_or_nothing_known_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(NothingChanged):
        correct_card(card, about=About(), by=solvik.handler, now=TUESDAY)
    with refuses(UnknownChoice, field="kind"):
        correct_card(card, about=About(kind="threat"), by=solvik.handler, now=TUESDAY)
    with refuses(UnknownLanguage):
        correct_card(card, about=About(language="da"), by=solvik.handler, now=TUESDAY)


# --- Splitting ------------------------------------------------------------------------------------------------------


def test_card_that_holds_two_matters_is_split(solvik: Solvik) -> None:
    RuleFactory(words=["vann"], unit=solvik.water)
    card = a_card(
        unit=solvik.roads,
        text="Hull i veien. Brunt vann.",
        place="Storgata",
        channel="post",
        received_on=day("2026-11-01"),
    )
    queued = mails()
    second = split_card(
        card, remaining_text=" Hull i veien. ", split_text=" Vannet er brunt. ", by=solvik.clerk, now=oslo(2026, 11, 5)
    )
    card.refresh_from_db()
    second.refresh_from_db()
    assert (card.text, second.text) == ("Hull i veien.", "Vannet er brunt.")
    assert (second.origin, second.origin_kind, second.unit) == (card, "split", solvik.water)
    assert (second.channel, second.place, second.received_on) == ("post", "Storgata", day("2026-11-01"))
    assert (second.registered_at, second.due_on, second.callback_owed) == (MONDAY, day("2026-11-12"), True)
    assert contact_of(second) == contact_of(card) == FULL_CONTACT
    assert second.secret != card.secret
    assert events(card)[-1] == ("split", "", second.reference)
    assert CardNote.objects.get(card=card).text == "Hull i veien. Brunt vann."
    assert mails() == [*queued, ("card_forwarded", "water@solvik.test"), ("receipt", "kari@example.test")]


def test_split_of_a_reopened_card_counts_from_the_reopening_too(solvik: Solvik, card: Card) -> None:
    """«A reopened card counts from the day it was reopened»: what is split from it is not overdue at once."""
    called_back(card, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=oslo(2026, 12, 1))
    second = split_card(card, remaining_text="a", split_text="b", by=solvik.clerk, now=oslo(2026, 12, 2))
    second.refresh_from_db()
    assert (second.due_on, second.cycle, second.reopened_at) == (day("2026-12-11"), 2, oslo(2026, 12, 1))
    assert second.registered_at == MONDAY


@pytest.mark.parametrize(("remaining", "split"), [("", "b"), ("a", "  "), ("\n", "")])
def test_split_that_leaves_one_empty_is_refused(solvik: Solvik, card: Card, remaining: str, split: str) -> None:
    with refuses(SplitKeepsNothing, field="remaining_text"):
        split_card(card, remaining_text=remaining, split_text=split, by=solvik.clerk, now=TUESDAY)


def test_only_open_cards_are_split_and_only_by_the_service_centre(solvik: Solvik, card: Card) -> None:
    with refuses(NotAllowed):
        split_card(card, remaining_text="a", split_text="b", by=solvik.roads_leader, now=TUESDAY)
    posted(card, by=solvik.handler, now=TUESDAY)
    with refuses(WrongState):
        split_card(card, remaining_text="a", split_text="b", by=solvik.clerk, now=TUESDAY)


# --- Notes and files ------------------------------------------------------------------------------------------------


def test_note_is_written_on_a_card_in_any_state(solvik: Solvik, card: Card) -> None:
    closed(card, by=solvik.clerk, now=TUESDAY)
    event = add_note(card, text=" Ring naboen ", by=solvik.handler, now=TUESDAY)
    assert (event.what, event.by, event.note.text) == ("note_added", solvik.handler, "Ring naboen")
    with refuses(TextMissing, field="text"):
        add_note(card, text=" ", by=solvik.handler, now=TUESDAY)
    with refuses(NotAllowed):
        add_note(card, text="x", by=solvik.water_leader, now=TUESDAY)


def test_files_are_stored_with_their_digest(solvik: Solvik, card: Card, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    content = b"\x89PNG not really"
    uploads = [Upload("hull æøå.png", "image/png", io.BytesIO(content))]
    (stored,) = add_attachments(card, uploads, by=solvik.handler, now=TUESDAY)
    row = Attachment.objects.get()
    assert (row.name, row.content_type, row.size, row.sha256, row.added_by) == (
        "hull æøå.png", "image/png", len(content), hashlib.sha256(content).hexdigest(), solvik.handler,
    )  # fmt: skip
    assert Path(row.file.path).read_bytes() == content
    assert events(card)[-1] == ("attachment_added", "", str(stored.pk))
    with refuses(NotAllowed):
        add_attachments(card, uploads, by=solvik.water_leader, now=TUESDAY)
    assert len(list(tmp_path.rglob("*.*"))) <= 1


@pytest.mark.parametrize("person", ["water_leader", "chief", "reader", "administrator", "mayors_secretary"])
def test_others_than_the_units_own_people_correct_nothing(solvik: Solvik, card: Card, person: str) -> None:
    by = getattr(solvik, person)
    with refuses(NotAllowed):
        correct_contact(card, contact=NO_PHONE, by=by, now=TUESDAY)
    with refuses(NotAllowed):
        correct_card(card, about=About(kind="praise"), by=by, now=TUESDAY)
