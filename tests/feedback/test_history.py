"""The history of a card: what, when, who; ids and codes, no personal words. Text lies in rows that can be erased."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from feedback.actions.answering import record_callback, record_follow_up, refer_card, register_own_alternative
from feedback.actions.calling import (
    agree_other_way,
    give_preliminary_answer,
    make_contact_card,
    post_contact_card,
    record_contact_attempt,
    undo_contact_attempt,
)
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.correcting import About, add_note, correct_card, correct_contact, split_card
from feedback.actions.explaining import explain_delay
from feedback.actions.interviews import answer_interview
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, forward_card, reroute_card, return_card
from feedback.actions.receiving import mark_bounced
from feedback.actions.records import grade_card, write_public_version
from feedback.actions.reminding import remind_of_deadlines
from feedback.actions.reopening import ask_reopening, decline_reopening
from feedback.actions.sensitive import mark_sensitive, name_reader, unmark_sensitive, unname_reader
from feedback.actions.sorting_mail import file_mail
from feedback.actions.stories import Words, delete_story, publish_story, withdraw_story, write_story
from feedback.actions.submitter import add_to_card, react, withdraw_card
from feedback.actions.undoing import undo_step
from feedback.deadlines import Contact
from feedback.mail_reading import Bounce
from feedback.models import CardEvent, IncomingMail
from feedback.recorded import record_of
from organisation.models import OutgoingMail
from organisation.models.municipality import DeadlineKind
from organisation.outbox.message_ids import message_id
from tests.factories import NO_PHONE, CategoryFactory, Solvik, a_card, day, oslo
from tests.feedback.open311 import handed_over_and_told_of


def every_action(solvik: Solvik, word: str) -> None:
    """Do all there is to do, with `word` in each text that a person may write."""

    def at(day_: int, hour: int = 12) -> datetime:
        return oslo(2026, 11, day_, hour)

    contact = Contact(name=word, address=word, phone="33181000", email=f"{word}@example.test")
    clerk, handler = solvik.clerk, solvik.handler
    card = a_card(text=word, place=word, area=word, contact=contact)
    forward_card(card, unit=solvik.water, by=clerk, now=at(3))
    return_card(card, reason=word, by=solvik.water_leader, now=at(3))
    forward_card(card, unit=solvik.water, by=clerk, now=at(3))
    reroute_card(card, unit=solvik.roads, reason=word, by=clerk, now=at(3))
    delegate_card(card, handler=handler, by=solvik.roads_leader, now=at(3))
    undo_step(card.events.order_by("id").last(), by=solvik.roads_leader, now=at(3))
    quick = CategoryFactory(deadline_days=3, deadline_kind=DeadlineKind.CALENDAR_DAYS)
    correct_card(card, about=About(category=quick, place=f"{word} 2", area=f"{word} 2"), by=handler, now=at(3))
    correct_contact(card, contact=replace(contact, name=f"{word} {word}"), by=handler, now=at(3))
    split_card(card, remaining_text=word, split_text=word, by=clerk, now=at(3))
    agree_other_way(card, way="visit", note=word, by=handler, now=at(3))
    give_preliminary_answer(card, reason=word, expected_on=day("2026-12-01"), by=handler, now=at(3))
    attempt = record_contact_attempt(card, note=word, by=handler, now=at(3))
    undo_contact_attempt(card, attempt=attempt, by=handler, now=at(3))
    add_note(card, text=word, by=handler, now=at(3))
    remind_of_deadlines(now=at(4))
    run_overdue_list(now=at(9, 6))
    run_overdue_list(now=at(16, 6))
    explain_delay(card, reason=word, by=handler, now=at(16))
    for _ in range(3):
        record_contact_attempt(card, note=word, by=handler, now=at(16))
    make_contact_card(card, by=handler, now=at(16))
    post_contact_card(card, posted_on=day("2026-11-16"), by=handler, now=at(16))
    record_callback(
        card, held_at=at(17), summary=word, measures=word, reaction=1, reason=word, alternative=word,
        register_alternative=True, by=handler, now=at(17),
    )  # fmt: skip
    answer_interview(card, agreed=True, now=at(17))
    react(card, reaction=2, reason=word, alternative=word, now=at(17))
    register_own_alternative(card, by=handler, now=at(17))
    close_card(card, result="answered", note=word, by=handler, now=at(18))
    ask_reopening(card, reason=word, now=at(18))
    decline_reopening(card, reason=word, by=clerk, now=at(18))
    ask_reopening(card, reason=word, now=at(18))
    reopen_card(card, reason=word, by=clerk, now=at(19))
    add_to_card(card, text=word, uploads=[], key=uuid.uuid4(), now=at(19))
    withdraw_card(card, reason=word, now=at(20))
    outside = a_card(text=word)
    refer_card(outside, body=word, contacted_at=at(3), note=word, by=clerk, now=at(3))
    story = write_story(outside, Words(word, word, word, "nb"), by=clerk, now=at(4))
    publish_story(story, seen=story.fingerprint, names_nobody=True, by=clerk, now=at(4))
    withdraw_story(story, by=clerk, now=at(4))
    delete_story(story, by=clerk, now=at(4))
    small = a_card(text=word, contact=NO_PHONE, unit=solvik.roads)
    record_follow_up(small, done_at=at(3), summary=word, measures=word, by=handler, now=at(3))
    handed_over_and_told_of(a_card(text=word), a_card(text=word), word=word, by=clerk, now=at(3))
    hidden, leader = a_card(text=word, unit=solvik.roads), solvik.roads_leader
    mark_sensitive(hidden, reason="other", note=word, by=leader, now=at(3))
    name_reader(hidden, person=solvik.reader, by=leader, now=at(3))
    unname_reader(hidden, person=solvik.reader, by=leader, now=at(3))
    unmark_sensitive(hidden, reason="over", by=leader, now=at(3))
    text = record_of(hidden, solvik.municipality).texts[0]
    grade_card(hidden, grade="public", ground=None, title=word, sender_shown=False, by=leader, now=at(3))
    write_public_version(hidden, text=text, version=word, by=leader, now=at(3))
    write_public_version(hidden, text=text, version="", by=leader, now=at(3))
    write_public_version(hidden, text=text, version=word, by=leader, now=at(3))
    mail = IncomingMail.objects.create(
        key="k", digest="d", state="waiting", reason="spam", received_at=at(3), size=1,
        sender=f"{word}@example.test", sender_name=word, subject=word, text=word, rest=word,
    )  # fmt: skip
    file_mail(mail, small, uploads=[], by=clerk, now=at(3))
    receipt = OutgoingMail.objects.filter(kind="receipt", to=NO_PHONE.email).latest("pk")
    mark_bounced(Bounce(NO_PHONE.email, "5.1.1", message_id(receipt)), now=at(4))


def test_history_holds_ids_and_codes_and_no_personal_words(solvik: Solvik) -> None:
    """«Histories and audit hold ids, names of fields and codes; personal values lie in rows that can be erased.»"""
    word = "Hemmeligheten"
    every_action(solvik, word)
    rows = list(CardEvent.objects.values())
    What = CardEvent.What
    assert {row["what"] for row in rows} == set(What) - {What.ATTACHMENT_ADDED, What.VIRUS_FOUND}
    assert [row for row in rows if word.casefold() in str(row).casefold()] == []
