"""Interviews: asked for in the callback and on the submitter's own page, drawn by lot, rung from a list that ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from django.test import Client

from feedback.actions.answering import record_callback
from feedback.actions.intake import Contact
from feedback.actions.interviews import NoAnswerYet, NoPhone, answer_interview
from feedback.consent import WORDING, WORDINGS
from feedback.models import Card, CardEvent, InterviewConsent
from organisation.errors import NotAllowed
from organisation.history_door import erasing
from organisation.models import Change, Person
from organisation.permissions import Role
from reporting.actions.interviews import (
    ImpossibleLastDay,
    ImpossiblePeriod,
    ImpossibleSize,
    NameMissing,
    RungAlready,
    StatusUnknown,
    TooFewWilling,
    draw_interviews,
    note_interview,
    put_interviews_away,
    throw_draw_away,
)
from reporting.interviews import list_of, willing
from reporting.models import InterviewDraw, Interviewee
from tests.factories import MONDAY, NO_PHONE, OSLO, RoleFactory, Solvik, a_card, events
from tests.organisation.pdf_reading import read

pytestmark = pytest.mark.django_db

TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    return RoleFactory(role=Role.QUALITY_ADVISER, person__name="Adviser", person__language="en").person


def talked(card: Card, *, interview: bool | None = True, by: Person | None = None, held_at: datetime = MONDAY) -> None:
    record_callback(card, held_at=held_at, summary="Tettet", reaction=5, interview=interview, by=by, now=MONDAY)


def somebody(number: int, *, interview: bool | None = True) -> Card:
    contact = Contact(name=f"=Kari {number}", phone=f"33 18 10 {number:02}", address=f"Storgata {number}")
    card = a_card(now=MONDAY - timedelta(days=3), contact=contact)
    talked(card, interview=interview)
    return card


def drawn(size: object = 3, *, seed: str = "2026", by: Person | None = None, **more: object) -> InterviewDraw:
    given = {
        "name": "Evaluering", "first_on": TODAY - timedelta(days=30), "last_on": TODAY, "size": size, "seed": seed,
        "contact_until": TODAY + timedelta(days=30), "by": by, "now": MONDAY,
    }  # fmt: skip
    return draw_interviews(**(given | more))  # type: ignore[arg-type]


def test_the_answer_is_kept_with_the_version_of_its_words(solvik: Solvik) -> None:
    yes, no, unasked = somebody(1), somebody(2, interview=False), somebody(3, interview=None)
    assert InterviewConsent.objects.get(card=yes).agreed
    assert InterviewConsent.objects.get(card=yes).wording == WORDING
    assert WORDING in WORDINGS
    assert not InterviewConsent.objects.get(card=no).agreed
    assert not InterviewConsent.objects.filter(card=unasked).exists()
    assert ("interview_answered", "", "yes") in events(yes)
    with erasing():
        yes.delete()
    assert InterviewConsent.objects.count() == 1, "it goes with the card"


def test_a_yes_needs_a_number_and_an_answer(solvik: Solvik) -> None:
    card = a_card(contact=Contact(name="Per", phone="33 18 10 99", address="Storgata 1"))
    with pytest.raises(NoAnswerYet):
        answer_interview(card, agreed=True, now=MONDAY)
    without = a_card(contact=NO_PHONE)
    with pytest.raises(NoPhone):
        talked(without)
    assert not InterviewConsent.objects.exists()
    assert without.callbacks.count() == 0, "nothing half done stays"


def test_the_submitter_says_yes_and_withdraws_it_with_one_press(solvik: Solvik, client: Client) -> None:
    card = somebody(1, interview=None)
    here = f"/card/{card.secret}/"
    english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    assert "May we ring you later for an interview" in client.get(here, **english).content.decode()
    assert client.post(f"{here}interview/", {"interview-interview": "maybe"}, **english).status_code == 422
    said = client.post(f"{here}interview/", {"interview-interview": "yes"}, follow=True, **english)
    assert "Thank you. If you are drawn, we ring you." in said.content.decode()
    assert "Withdraw it" in said.content.decode()
    draw = drawn(1)
    [row] = list_of(draw, TODAY, OSLO)
    assert (row.name, row.phone) == ("=Kari 1", "33 18 10 01")
    said = client.post(f"{here}interview/", {"interview-interview": "no"}, follow=True, **english)
    assert "we do not ring you for an interview" in said.content.decode()
    assert "May we ring you later" not in said.content.decode(), "nobody is asked twice"
    assert not InterviewConsent.objects.get(card=card).agreed
    [row] = list_of(draw, TODAY, OSLO)
    assert (row.name, row.phone, row.why) == ("", "", "withdrawn")
    assert [one[1:] for one in events(card) if one[0] == "interview_answered"] == [("", "yes"), ("yes", "no")]
    # What is withdrawn weighs nothing for who works with the card, and can be withdrawn when it is closed.
    assert CardEvent.What.INTERVIEW_ANSWERED in CardEvent.OF_NO_WEIGHT
    unanswered = a_card()
    assert "interview" not in client.get(f"/card/{unanswered.secret}/", **english).content.decode()


def test_the_form_of_the_callback_asks(solvik: Solvik, client: Client) -> None:
    card = a_card(now=MONDAY - timedelta(days=1), unit=solvik.roads)
    client.force_login(solvik.roads_leader)
    client.cookies["django_language"] = "en"
    at = f"/staff/cards/{card.reference}/callback/"
    page = client.get(f"/staff/cards/{card.reference}/").content.decode()
    assert "May we ring later for an interview" in page
    seen = card.events.order_by("id").last()
    assert seen is not None
    data = {
        "callback-seen": str(seen.pk), "callback-summary": "Tettet", "callback-reaction": "5", "callback-way": "voice",
        "callback-held_on": TODAY.isoformat(), "callback-interview": "no",
    }  # fmt: skip
    assert client.post(at, data | {"callback-interview": "perhaps"}).status_code == 422
    assert client.post(at, data).status_code == 302
    kept = InterviewConsent.objects.get(card=card)
    assert (kept.agreed, kept.recorded_by) == (False, solvik.roads_leader)


def test_the_same_seed_gives_the_same_draw_and_anybody_can_check_it(solvik: Solvik) -> None:
    cards = [somebody(number) for number in range(8)]
    somebody(20, interview=False)
    somebody(21, interview=None)
    first = drawn(3)
    assert (first.people, first.drawn, first.method) == (8, 3, "sha256-rank/1")
    picked = list(first.interviewees.values_list("reference", flat=True))
    by_hand = sorted(sha256(f"2026|{card.reference}".encode()).hexdigest() for card in cards)[:3]
    assert [sha256(f"2026|{reference}".encode()).hexdigest() for reference in picked] == by_hand
    throw_draw_away(first, by=None, now=MONDAY)
    assert Change.objects.filter(kind="reporting.interviewdraw").count() == 2, "that there was one stays in the log"
    assert list(drawn(3).interviewees.values_list("reference", flat=True)) == picked
    # Nobody is drawn twice, and a seed of chance is kept where none is given.
    second = drawn(5, seed="")
    assert second.people == 5
    assert second.seed
    assert not set(second.interviewees.values_list("reference", flat=True)) & set(picked)


def test_only_who_was_answered_in_the_period_and_each_person_once(solvik: Solvik) -> None:
    contact = Contact(name="Kari", phone="33181001", address="Storgata 1")
    early, late = (a_card(now=MONDAY - timedelta(days=9), contact=contact) for _ in range(2))
    talked(early, held_at=MONDAY - timedelta(days=5))
    talked(late, held_at=MONDAY - timedelta(days=2))
    assert list(willing(TODAY - timedelta(days=30), TODAY, OSLO)) == [late.reference]
    assert list(willing(TODAY - timedelta(days=6), TODAY - timedelta(days=4), OSLO)) == [early.reference]
    assert list(willing(TODAY - timedelta(days=2), TODAY - timedelta(days=2), OSLO)) == [late.reference]
    assert willing(TODAY - timedelta(days=1), TODAY, OSLO) == {}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"name": "  "}, NameMissing),
        ({"last_on": TODAY + timedelta(days=1)}, ImpossiblePeriod),
        ({"first_on": TODAY, "last_on": TODAY - timedelta(days=1)}, ImpossiblePeriod),
        ({"size": 0}, ImpossibleSize),
        ({"size": 3}, TooFewWilling),
        ({"contact_until": TODAY - timedelta(days=1)}, ImpossibleLastDay),
        ({"contact_until": date(2030, 1, 1)}, ImpossibleLastDay),
    ],
)
def test_what_cannot_be_drawn(solvik: Solvik, given: dict[str, object], refusal: type[Exception]) -> None:
    somebody(1)
    with pytest.raises(refusal):
        drawn(given.pop("size", 1), **given)
    assert not InterviewDraw.objects.exists()


def test_the_list_ends_with_its_last_day(solvik: Solvik) -> None:
    somebody(1)
    draw = drawn(1)
    after = MONDAY + timedelta(days=31)
    [row] = list_of(draw, after.date(), OSLO)
    assert (row.name, row.phone, row.why) == ("", "", "over"), "at once, before any job has run"
    assert put_interviews_away(now=MONDAY + timedelta(days=30)) == 0
    assert put_interviews_away(now=after) == 1
    assert put_interviews_away(now=after) == 0
    assert Interviewee.objects.get().card_id is None


def test_the_pages_from_the_draw_to_the_list(solvik: Solvik, adviser: Person, client: Client) -> None:
    for number in range(4):
        somebody(number)
    client.force_login(adviser)
    client.cookies["django_language"] = "en"
    form = {
        "name": "Evaluation", "first_on": "2026-10-01", "last_on": "2026-11-02", "size": "9", "seed": "s",
        "contact_until": "2026-12-01",
    }  # fmt: skip
    refused = client.post("/staff/interviews/", form)
    assert refused.status_code == 422
    assert "Only 4 people" in refused.content.decode()
    assert 'value="Evaluation"' in refused.content.decode()
    assert client.post("/staff/interviews/", form | {"size": "x", "first_on": "x"}).status_code == 422
    made = client.post("/staff/interviews/", form | {"size": "2"})
    draw = InterviewDraw.objects.get()
    assert made["Location"] == f"/staff/interviews/{draw.pk}/"
    page = " ".join(client.get(made["Location"]).content.decode().split())
    first = draw.interviewees.first()
    assert first is not None
    assert first.card is not None
    assert first.card.submitter.phone in page
    assert "Throw the draw away" in page
    noted = client.post(f"/staff/interviews/{draw.pk}/people/{first.pk}/", {"status": "interviewed"})
    assert noted["Location"].endswith("#row-1")
    client.post(f"/staff/interviews/{draw.pk}/people/{first.pk}/", {"status": "no such"})
    first.refresh_from_db()
    assert first.status == "interviewed"
    assert "Throw the draw away" not in client.get(made["Location"]).content.decode()
    client.post(f"/staff/interviews/{draw.pk}/throw-away/")
    assert InterviewDraw.objects.exists()
    csv = client.get(f"/staff/interviews/{draw.pk}/list.csv").content.decode("utf-8-sig").splitlines()
    assert csv[0] == "No.;Name;Phone;Message;Answered;Language;Status"
    assert csv[1].startswith(
        f"1;'{first.card.submitter.name};{first.card.submitter.phone};{first.reference};2026-11-02;"
    )
    pdf = read(client.get(f"/staff/interviews/{draw.pk}/list.pdf").content)
    assert (pdf.part, pdf.conformance, pdf.ua_part) == ("2", "A", "1")
    assert first.card.submitter.phone in pdf.text
    assert "Seed: s" in " ".join(pdf.text.split())
    assert client.get(f"/staff/interviews/{draw.pk}/list.doc").status_code == 404


def test_the_list_takes_as_many_queries_for_one_as_for_four(
    solvik: Solvik, adviser: Person, client: Client, django_assert_num_queries
) -> None:
    for number in range(5):
        somebody(number)
    small, large = drawn(1), drawn(4, seed="other")
    for draw in (small, large):
        with django_assert_num_queries(4):
            assert len(list_of(draw, TODAY, OSLO)) == draw.drawn


def test_nobody_else_sees_who_is_rung(solvik: Solvik, client: Client) -> None:
    somebody(1)
    draw = drawn(1)
    one = draw.interviewees.get()
    for person in (solvik.clerk, solvik.roads_leader, solvik.administrator, solvik.reader, solvik.chief):
        client.force_login(person)
        for at in ("", f"{draw.pk}/", f"{draw.pk}/list.csv", f"{draw.pk}/list.pdf"):
            assert client.get(f"/staff/interviews/{at}").status_code == 403
        assert client.post(f"/staff/interviews/{draw.pk}/people/{one.pk}/", {"status": "declined"}).status_code == 403
        assert client.post(f"/staff/interviews/{draw.pk}/throw-away/").status_code == 403
        with pytest.raises(NotAllowed):
            note_interview(one, status="declined", by=person, now=MONDAY)
        with pytest.raises(NotAllowed):
            drawn(1, by=person)
    with pytest.raises(StatusUnknown):
        note_interview(one, status="rung", by=None, now=MONDAY)
    note_interview(one, status="declined", by=None, now=MONDAY)
    with pytest.raises(RungAlready):
        throw_draw_away(draw, by=None, now=MONDAY)
