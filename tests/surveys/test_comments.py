"""What people wrote: who reads it when, coded, sent to the services once, taken back, and told of."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from feedback.actions.closing import close_card
from feedback.actions.stories import Words, publish_story, write_story
from feedback.actions.taking_back import take_back_card
from feedback.actions.undoing import TooLateToUndo
from feedback.errors import ChangedMeanwhile
from feedback.models import Card, CardEvent
from feedback.workflow import CloseResult
from organisation.errors import NotAllowed, Refused
from organisation.history_door import erasing
from organisation.models import Change, OutgoingMail, Person
from surveys.actions.comment_base import CommentChanged, CommentHeld, CommentSent, NotReadable, fingerprint
from surveys.actions.comment_review import (
    NotHeld,
    NothingLeft,
    NothingTakenAway,
    WordsAdded,
    forget_left_out,
    leave_out_comment,
    redact_comment,
    release_comment,
    suggested,
)
from surveys.actions.comment_suggestions import Suggesting
from surveys.actions.comments import (
    AreaOfAnother,
    CardPutAway,
    Coding,
    NothingCoded,
    NoUnit,
    UnitCannotHold,
    UnknownKind,
    as_it_is,
    code_comment,
    code_many,
    send_comment,
    send_many,
    step_of,
    undo,
)
from surveys.coding import only_takes_away, public_number, segments, start_of, without
from surveys.comment_files import comment_rows
from surveys.comment_queries import (
    Questions,
    by_area,
    comment_of,
    comments_of,
    first_from,
    followed_up,
    may_be_read,
    neighbour,
    progress_of,
    public_follow_up,
)
from surveys.models import Comment, Question, Survey
from tests.factories import MONDAY, RuleFactory, Solvik, a_card
from tests.surveys.commented import make_commented, the_comment
from tests.surveys.making import make_survey

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(minutes=3)


@pytest.fixture
def survey(adviser: Person) -> Survey:
    return make_commented("Hull i veien", "Fint bibliotek", "Skolen er bra")


def refused(refusal: type[Refused], act: Any) -> None:
    with pytest.raises(refusal):
        act()


# --- Pure -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("Ring Kari på 33 18 10 00 nå", "Ring […] på […] nå", True),
        ("Ring Kari på 33 18 10 00 nå", "Ring [navn] nå", True),
        ("Ring Kari nå", "ring NÅ!", True),
        ("Ring Kari nå", "", True),
        ("Ring Kari nå", "nå Ring", False),
        ("Ring Kari nå", "Ring Ola nå", False),
        ("Ring Kari nå", "Ring Kari nå nå", False),
        ("Ring Kari nå", "[" + "Kommunen er veldig flink til alt" + "]", False),
        ("aa bb aa", "aa aa", True),
    ],
)
def test_what_somebody_wrote_is_only_shortened(before: str, after: str, may: bool) -> None:
    assert only_takes_away(before, after) is may


def test_gaps_and_segments_stand_where_the_pieces_were() -> None:
    text = "Ring 33 18 10 00, eller kari@example.test"
    pieces = [(5, "33 18 10 00"), (24, "kari@example.test"), (24, "kari")]
    assert without(text, pieces) == "Ring […], eller […]"
    assert segments(text, pieces)[1] == ("33 18 10 00", True)
    assert "".join(part for part, _found in segments(text, pieces)) == text
    assert (segments("", []), segments("a", [])) == ([], [("a", False)])


def test_public_numbers_are_rounded_and_small_ones_not_told() -> None:
    assert [public_number(number, 5) for number in (0, 4, 5, 7, 8, 112)] == [None, None, 5, 5, 10, 110]
    assert public_number(9, 10) is None


def test_two_people_begin_in_different_places() -> None:
    starts = {start_of(person, 1) for person in range(50)}
    assert (len(starts), start_of(3, 1) == start_of(3, 1)) == (50, True)


# --- When they may be read ------------------------------------------------------------------------------------------------


def test_nobody_reads_comments_while_answers_come_in_or_of_too_few(adviser: Person) -> None:
    running = make_commented("Hei", code="running", stage="fielded")
    few = make_commented("Hei", code="few", answers=4)
    enough = make_commented("Hei", code="enough", answers=5)
    assert [may_be_read(one) for one in (running, few, enough)] == [False, False, True]
    for one in (running, few):
        comment = the_comment(one)
        assert (comment_of(one, comment.pk), followed_up(one), public_follow_up(one)) == (None, None, None)
        refused(NotReadable, lambda comment=comment: leave_out_comment(comment, by=adviser, now=MONDAY))
        refused(NotReadable, lambda comment=comment: code_comment(comment, Coding(kind="praise"), by=adviser))
    assert Card.objects.count() == 0


def test_only_who_manages_surveys_works_on_comments(solvik: Solvik, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    for person in (solvik.clerk, solvik.reader, solvik.roads_leader, solvik.administrator):
        for act in (
            lambda person=person: code_comment(comment, Coding(unit=solvik.roads), by=person),
            lambda person=person: send_comment(comment, Coding(unit=solvik.roads), by=person, now=MONDAY),
            lambda person=person: leave_out_comment(comment, by=person, now=MONDAY),
            lambda person=person: release_comment(comment, by=person, now=MONDAY),
            lambda person=person: redact_comment(comment, text="Hull", by=person, now=MONDAY),
        ):
            refused(NotAllowed, act)
    assert (the_comment(survey, "Hull").state, Card.objects.count()) == ("kept", 0)


# --- Coding ---------------------------------------------------------------------------------------------------------------


def test_coding_is_kept_and_counted(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    area = survey.areas.get(key="roads")
    code_comment(the_comment(survey, "Hull"), Coding(area, solvik.roads, "fault_report"), by=adviser)
    found = the_comment(survey, "Hull")
    assert (found.state, found.area, found.unit, found.kind) == ("coded", area, solvik.roads, "fault_report")
    progress = progress_of(survey)
    assert (progress.done, progress.all, progress.came) == (1, 3, 3)


def test_coding_refuses_what_cannot_be(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    other = make_survey(code="other").areas.get(key="services")
    cases: list[tuple[type[Refused], Coding]] = [
        (NothingCoded, Coding(kind="praise")),
        (AreaOfAnother, Coding(area=other)),
        (UnknownKind, Coding(unit=solvik.roads, kind="shouting")),
        (UnitCannotHold, Coding(unit=solvik.sector)),
    ]
    for refusal, coding in cases:
        refused(refusal, lambda coding=coding: code_comment(comment, coding, by=adviser))
    assert as_it_is(the_comment(survey, "Hull")) == as_it_is(comment)


def test_of_two_who_code_at_once_the_second_is_told(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    seen = fingerprint(comment)
    code_comment(comment, Coding(unit=solvik.roads), seen=seen, by=adviser)
    refused(CommentChanged, lambda: code_comment(comment, Coding(unit=solvik.water), seen=seen, by=adviser))
    assert the_comment(survey, "Hull").unit == solvik.roads


def test_suggestions_come_from_the_rules_the_titles_and_the_question(solvik: Solvik, adviser: Person) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    survey = make_commented("Hull ved skolen", "Takk!", kind="user", unit=solvik.water)
    Comment.objects.filter(text="Takk!").update(question="about-roads")
    suggesting = Suggesting(survey, Questions(survey))
    hole, thanks = (suggesting.of(the_comment(survey, text)) for text in ("Hull", "Takk"))
    assert (hole.area.key if hole.area else "", hole.unit, hole.words) == ("schools", solvik.roads, ("hull",))
    assert (thanks.area.key if thanks.area else "", thanks.unit, thanks.words) == ("roads", solvik.water, ())


# --- Cards ----------------------------------------------------------------------------------------------------------------


def test_one_click_makes_an_anonymous_card(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    Comment.objects.update(language="sv")
    sent = send_comment(comment, Coding(unit=solvik.roads, kind="fault_report"), by=adviser, now=MONDAY)
    card = Card.objects.get()
    assert (sent.card, sent.is_new, the_comment(survey, "Hull").card) == (card, True, card)
    assert (card.channel, card.kind, card.unit, card.text) == ("survey", "fault_report", solvik.roads, "Hull i veien")
    assert (card.source, card.language) == ("Innbyggerundersøkelsen: Anything else?", "nb")
    assert (card.callback_owed, hasattr(card, "submitter"), card.registered_at) == (False, False, MONDAY)
    assert (card.place, card.area, card.latitude, card.origin, card.import_key) == ("", "", None, None, "")
    assert list(card.events.values_list("what", "by")) == [("registered", adviser.pk), ("forwarded", adviser.pk)]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("card_forwarded", solvik.roads.email)
    assert "Innbyggerundersøkelsen: Anything else?" in mail.text
    assert "Innbyggerundersøkelsen: Anything else?" in mail.html


def test_the_same_comment_never_makes_two_cards(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    first = send_comment(comment, Coding(unit=solvik.roads), seen=fingerprint(comment), by=adviser, now=MONDAY)
    again = send_comment(comment, Coding(unit=solvik.water), seen=fingerprint(comment), by=adviser, now=LATER)
    assert (again.card, again.is_new, again.card.unit) == (first.card, False, solvik.roads)
    refused(CommentSent, lambda: code_comment(comment, Coding(unit=solvik.water), by=adviser))
    refused(CommentSent, lambda: leave_out_comment(comment, by=adviser, now=LATER))
    refused(CommentSent, lambda: redact_comment(comment, text="Hull", by=adviser, now=LATER))
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(text="Skolen er bra").update(card=first.card, state="sent")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(state="coded")
    assert Card.objects.count() == OutgoingMail.objects.count() == 1
    with erasing():
        Card.objects.all().delete()  # its time is over
    refused(CardPutAway, lambda: send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=LATER))


@pytest.mark.django_db(transaction=True)
def test_pressed_by_several_at_once_it_makes_one_card(solvik: Solvik, adviser: Person) -> None:
    survey = make_commented("Hull i veien")
    comment, made = the_comment(survey), []
    gate = threading.Barrier(4)

    def press() -> None:
        try:
            gate.wait()
            sent = send_comment(comment, Coding(unit=solvik.roads), seen=fingerprint(comment), by=adviser, now=MONDAY)
            made.append((sent.card.pk, sent.is_new))
        finally:
            connection.close()

    people = [threading.Thread(target=press) for _number in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert (len({pk for pk, _new in made}), [new for _pk, new in made].count(True)) == (1, 1)
    assert Card.objects.count() == OutgoingMail.objects.count() == 1


def test_what_cannot_be_sent_makes_no_card(solvik: Solvik, adviser: Person) -> None:
    survey = make_commented("Uten enhet", held=("Ring meg på 33 18 10 00",))
    free, held = the_comment(survey, "Uten"), the_comment(survey, "Ring")
    refused(NoUnit, lambda: send_comment(free, by=adviser, now=MONDAY))
    refused(NoUnit, lambda: send_comment(free, Coding(area=survey.areas.get(key="roads")), by=adviser, now=MONDAY))
    refused(CommentHeld, lambda: send_comment(held, Coding(unit=solvik.roads), by=adviser, now=MONDAY))
    refused(CommentHeld, lambda: code_comment(held, Coding(unit=solvik.roads), by=adviser))
    solvik.roads.closed_on, solvik.roads.successor = MONDAY.date(), solvik.water
    code_comment(free, Coding(unit=solvik.water), by=adviser)
    refused(UnitCannotHold, lambda: send_comment(free, Coding(unit=solvik.roads), by=adviser, now=MONDAY))
    assert (Card.objects.count(), the_comment(survey, "Uten").unit) == (0, solvik.water)


def test_a_question_asked_of_few_is_not_named_on_the_card(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    Question.objects.filter(key="more").update(show_if={"question": "r1", "values": ["1"]})
    sent = send_comment(the_comment(survey, "Hull"), Coding(unit=solvik.roads), by=adviser, now=MONDAY)
    assert sent.card.source == "Innbyggerundersøkelsen"
    assert {row["question"] for row in comment_rows(survey, "nb")} == {""}
    for number in range(2):
        Comment.objects.create(survey=survey, question="more", text=f"Til {number}")
    assert {row["question"] for row in comment_rows(survey, "nb")} == {"Anything else?"}


def test_whoever_manages_surveys_registers_no_other_cards(solvik: Solvik, adviser: Person) -> None:
    refused(NotAllowed, lambda: a_card(by=adviser))
    refused(NotAllowed, lambda: a_card(by=solvik.roads_leader, channel="survey"))


# --- Undo -----------------------------------------------------------------------------------------------------------------


def test_coding_is_undone_as_long_as_nothing_else_happened(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    was = as_it_is(comment)
    step = step_of(code_comment(comment, Coding(unit=solvik.roads), by=adviser), was)
    assert as_it_is(undo(step, by=adviser, now=LATER)) == was
    refused(CommentChanged, lambda: undo(step, by=adviser, now=LATER))
    step = step_of(leave_out_comment(comment, by=adviser, now=MONDAY), was)
    assert undo(step, by=adviser, now=LATER).state == "kept"


def test_a_card_is_taken_back_and_can_be_made_anew(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    was = as_it_is(comment)
    send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=MONDAY)
    step = step_of(the_comment(survey, "Hull"), was)
    undo(step, by=adviser, now=LATER)
    found = the_comment(survey, "Hull")
    assert (as_it_is(found), found.card, Card.objects.count(), CardEvent.objects.count()) == (was, None, 0, 0)
    assert OutgoingMail.objects.get().status == "cancelled"
    assert send_comment(found, Coding(unit=solvik.water), by=adviser, now=LATER).is_new


def test_whoever_was_mailed_a_card_that_is_taken_back_is_told(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    comment = the_comment(survey, "Hull")
    was = as_it_is(comment)
    send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=MONDAY)
    OutgoingMail.objects.update(status="sent", sent_at=MONDAY)
    undo(step_of(the_comment(survey, "Hull"), was), by=adviser, now=LATER)
    assert list(OutgoingMail.objects.order_by("id").values_list("kind", "to")) == [
        ("card_forwarded", solvik.roads.email),
        ("card_taken_back", solvik.roads.email),
    ]


def test_a_card_is_not_taken_back_late_by_others_or_once_touched(
    solvik: Solvik, adviser: Person, survey: Survey
) -> None:
    comment = the_comment(survey, "Hull")
    was = as_it_is(comment)
    card = send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=MONDAY).card
    step = step_of(the_comment(survey, "Hull"), was)
    refused(TooLateToUndo, lambda: undo(step, by=adviser, now=MONDAY + timedelta(minutes=11)))
    refused(TooLateToUndo, lambda: take_back_card(card, by=solvik.clerk, now=LATER))
    refused(NotAllowed, lambda: take_back_card(a_card(), by=adviser, now=LATER))
    close_card(card, result=CloseResult.NOTED, by=solvik.roads_leader, now=LATER)
    refused(ChangedMeanwhile, lambda: undo(step, by=adviser, now=LATER))
    assert (the_comment(survey, "Hull").card, the_comment(survey, "Hull").state) == (card, "sent")


# --- Several --------------------------------------------------------------------------------------------------------------


def test_several_are_coded_and_sent_and_what_is_refused_hinders_no_other(solvik: Solvik, adviser: Person) -> None:
    survey = make_commented("En", "To", held=("Tre 33 18 10 00",))
    found = list(comments_of(survey))
    chosen = {comment.pk: fingerprint(comment) for comment in found}
    roads = survey.areas.get(key="roads")
    report = code_many(chosen, found, Coding(area=roads), by=adviser)
    assert (len(report.done), list(report.refused)) == (2, [str(the_comment(survey, "Tre").pk)])
    assert the_comment(survey, "En").area == roads
    code_comment(the_comment(survey, "En"), Coding(roads, solvik.roads), by=adviser)
    found = list(comments_of(survey))
    chosen = {comment.pk: fingerprint(comment) for comment in found}
    report = send_many(chosen, found, by=adviser, now=MONDAY)
    assert (len(report.done), sorted(report.refused.values())) == (1, sorted([str(NoUnit()), str(CommentHeld())]))
    assert Card.objects.get().text == "En"
    for step in report.done:
        undo(step, by=adviser, now=LATER)
    assert (Card.objects.count(), the_comment(survey, "En").state) == (0, "coded")


# --- Looking through ------------------------------------------------------------------------------------------------------


def test_held_comments_are_released_redacted_or_left_out(adviser: Person) -> None:
    one, two, three = "Ring Kari på 33 18 10 00", "Bor i nr. 4, 33 18 10 00", "Kari er dum"
    survey = make_commented(held=(one, two, three))
    assert suggested(one) == "Ring Kari på […]"
    release_comment(the_comment(survey, "Kari"), by=adviser, now=MONDAY)
    redact_comment(the_comment(survey, "Ring"), text="Ring […] på […]", by=adviser, now=MONDAY)
    leave_out_comment(the_comment(survey, "Bor"), by=adviser, now=MONDAY)
    states = dict(Comment.objects.values_list("text", "state"))
    assert states == {three: "kept", "Ring […] på […]": "kept", two: "removed"}
    assert list(Comment.objects.filter(text__startswith="Ring").values_list("found", flat=True)) == [[]]
    assert forget_left_out() == 1
    assert forget_left_out() == 0
    assert sorted(Comment.objects.values_list("text", flat=True)) == sorted(["", three, "Ring […] på […]"])
    told = Change.objects.filter(kind="surveys.comment").order_by("id")
    assert [(change.by, change.name, change.fields) for change in told] == [
        (adviser, survey.code, {"state": ["held", "kept"]}),
        (adviser, survey.code, {"state": ["held", "kept"], "text": None}),
        (adviser, survey.code, {"state": ["held", "removed"]}),
    ]


def test_what_is_left_and_still_names_somebody_stays_held(adviser: Person) -> None:
    survey = make_commented(held=("Ring 33 18 10 00 eller kari@example.test",))
    comment = redact_comment(the_comment(survey), text="Ring […] eller kari@example.test", by=adviser, now=MONDAY)
    assert (comment.state, comment.found) == ("held", ["email"])
    assert release_comment(comment, by=adviser, now=MONDAY).state == "kept"


def test_looking_through_refuses_what_cannot_be(adviser: Person) -> None:
    survey = make_commented("Fri", held=("Ring 33 18 10 00",))
    held, free = the_comment(survey, "Ring"), the_comment(survey, "Fri")
    refused(NothingLeft, lambda: redact_comment(held, text=" […]. ", by=adviser, now=MONDAY))
    refused(NothingTakenAway, lambda: redact_comment(held, text="Ring 33 18 10 00\r\n", by=adviser, now=MONDAY))
    refused(WordsAdded, lambda: redact_comment(held, text="Ring oss", by=adviser, now=MONDAY))
    refused(NotHeld, lambda: release_comment(free, by=adviser, now=MONDAY))
    leave_out_comment(free, by=adviser, now=MONDAY)
    assert release_comment(free, by=adviser, now=MONDAY).state == "kept"
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.update(text="")
    assert the_comment(survey, "Ring").state == "held"


# --- Reading and what came of them ----------------------------------------------------------------------------------------


def test_next_and_previous_go_round(survey: Survey) -> None:
    found = comments_of(survey)
    keys = [comment.pk for comment in found]
    assert [neighbour(found, pk).pk for pk in keys] == [*keys[1:], keys[0]]  # type: ignore[union-attr]
    assert [neighbour(found, pk, after=False).pk for pk in keys] == [keys[-1], *keys[:-1]]  # type: ignore[union-attr]
    assert neighbour(found.filter(pk=keys[0]), keys[0]) is None
    assert first_from(found, keys[1]).pk == keys[1]  # type: ignore[union-attr]
    assert first_from(found, uuid.UUID(int=2**128 - 1)).pk == keys[0]  # type: ignore[union-attr]


def test_by_area_shows_released_ones_only(solvik: Solvik, adviser: Person) -> None:
    survey = make_commented("Hull", "Skole", "Ute", held=("Holdt 33 18 10 00",))
    schools = survey.areas.get(key="schools")
    code_comment(the_comment(survey, "Skole"), Coding(schools, solvik.water), by=adviser)
    leave_out_comment(the_comment(survey, "Ute"), by=adviser, now=MONDAY)
    found = [(area.title, [comment.text for comment in area.comments], area.by_unit) for area in by_area(survey, "en")]
    assert found == [("Schools", ["Skole"], [("Vann", 1)]), ("", ["Hull"], [])]
    rows = {row["comment"]: row for row in comment_rows(survey, "en")}
    assert set(rows) == {"Hull", "Skole"}
    assert (rows["Skole"]["area"], rows["Skole"]["area_label"], rows["Skole"]["unit_label"]) == (
        "schools",
        "Schools",
        "Vann",
    )


def test_what_came_of_the_comments(solvik: Solvik, adviser: Person) -> None:
    survey = make_commented(*(f"Hull {number}" for number in range(13)))
    cards = [
        send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=MONDAY).card
        for comment in list(comments_of(survey))[:8]
    ]
    for card in cards[:6]:
        close_card(card, result=CloseResult.NOTED, by=solvik.roads_leader, now=LATER)
    told = Words("Hullene er tettet", "Dere klaget.", "Vi tettet.", "nb")
    story = write_story(cards[0], told, by=solvik.clerk, now=LATER)
    publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)
    write_story(cards[1], told, by=solvik.clerk, now=LATER)  # a draft is for nobody
    found, public = followed_up(survey), public_follow_up(survey)
    assert found is not None
    assert public is not None
    assert (found.progress.came, found.progress.sent, found.considered, found.waiting) == (13, 8, 6, 2)
    assert list(found.outcomes.values()) == [6]
    assert (public.came, public.sent, public.considered, public.stories) == (15, 10, 5, [story])
    # A card that is put away when its time is over was answered for before.
    with erasing():
        cards[0].delete()
    assert (found.considered, followed_up(survey).considered) == (6, 6)  # type: ignore[union-attr]


def test_few_comments_are_not_counted_in_public(solvik: Solvik, adviser: Person) -> None:
    few = make_commented("a", "b", "c", "d", code="few-comments")
    assert public_follow_up(few) is None
    some = make_commented(*"abcdef", code="some")
    send_comment(the_comment(some, "a"), Coding(unit=solvik.roads), by=adviser, now=MONDAY)
    public = public_follow_up(some)
    assert public is not None
    assert (public.came, public.sent, public.considered) == (5, None, None)


def test_nothing_joins_comment_or_card_to_an_answer(solvik: Solvik, adviser: Person, survey: Survey) -> None:
    """No column of either holds an answer's key, a time of answering, a stratum or the language somebody answered in."""
    names = {field.name for field in Comment._meta.concrete_fields}
    assert names == {
        "id", "survey", "question", "text", "language", "found", "state", "area", "unit", "kind", "category", "card",
    }  # fmt: skip
    send_comment(the_comment(survey, "Hull"), Coding(unit=solvik.roads), by=adviser, now=MONDAY)
    keys = {str(answer.pk) for answer in survey.answers.all()}
    with connection.cursor() as cursor:
        for table in (
            "feedback_card",
            "feedback_cardevent",
            "feedback_cardnote",
            "surveys_comment",
            "organisation_change",
        ):
            cursor.execute(f"SELECT row_to_json(one)::text FROM {table} one")  # noqa: S608  (names of ours)
            rows = " ".join(row for (row,) in cursor.fetchall())
            assert not any(key in rows for key in keys)
