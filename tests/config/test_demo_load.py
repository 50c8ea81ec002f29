"""Loading the demonstration: all of it or nothing, no mail, and the rows that the actions would have written."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction

from config.demo import municipality as solvik
from config.demo import plans
from config.demo.days import CALENDAR, OSLO
from config.demo.furnish import Furnished, furnish
from config.demo.load import load_demo, story_day, write_story
from config.demo.plans import CardPlan, Story
from config.demo.rows import intake_of
from config.demo.story import build_story
from config.demo.texts_answers import WHOM_TO_TURN_TO
from feedback.actions import answering, calling, closing, correcting, explaining, moving, reopening, submitter
from feedback.actions.listing import latest_week_to_run
from feedback.actions.registration import register_card
from feedback.models import Card, CardEvent, Escalation, Mailing, OverdueEntry, OverdueRun
from feedback.models import Story as PublishedStory
from feedback.workflow import CloseResult, State
from organisation.calendar import IsoWeek
from organisation.models import Municipality, OutgoingMail, Person, Unit
from organisation.queries import demonstration_people
from reporting.card_themes import count_cards_by_category
from reporting.models import ThemeLink
from reporting.theme_table import theme_table
from surveys.models import Comment, SpentCode, Survey
from surveys.publishing import publication_of
from tests.factories import MunicipalityFactory

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=OSLO)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


# --- The whole load --------------------------------------------------------------------------------------------------


@pytest.fixture
def loaded(settings: Any) -> None:
    settings.DEMONSTRATION = True
    settings.DEMONSTRATION_PASSWORD = solvik.SHARED_PASSWORD
    load_demo(seed=1, now=SATURDAY)


def test_load_writes_solvik_with_cards_in_all_states_and_sends_nothing(loaded: None) -> None:
    """One load for all that is looked at, and one more that moves it: each takes many seconds."""
    assert Municipality.objects.get().is_demonstration
    assert Card.objects.count() == 1891
    assert set(Card.objects.values_list("state", flat=True)) == set(State)
    assert set(Card.objects.exclude(close_result="").values_list("close_result", flat=True)) == set(CloseResult)
    assert not OutgoingMail.objects.exists()
    assert CardEvent.objects.filter(at__gt=SATURDAY).count() == 0
    references = list(Card.objects.order_by("registered_at", "id").values_list("reference", flat=True))
    assert references[0].startswith("25-000001-")
    assert references[-1] == max(references)
    check_lists()
    check_logins()
    check_surveys()
    check_themes(SATURDAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DEMONSTRATION", True)
        assert load_demo(seed=1, now=SATURDAY) is None
    assert Card.objects.count() == 1891
    check_what_citizens_were_told()
    check_that_anew_moves_it_to_today()


def check_what_citizens_were_told() -> None:
    assert [(sent.how, sent.sent_on < SATURDAY.date()) for sent in Mailing.objects.order_by("sent_on")] == [
        ("posted", True), ("laid_out", True), ("posted", True),
    ]  # fmt: skip
    told = PublishedStory.objects.order_by("-published_at")
    assert Counter(story.state for story in told) == {"published": 5, "draft": 1}
    assert all(story.card is not None and story.card.category == story.category for story in told)
    assert all(story.card and story.card.closed_at and story.card.closed_at < story.written_at for story in told)


def check_that_anew_moves_it_to_today() -> None:
    tried = Card.objects.filter(state=State.CLOSED).first()
    assert tried is not None
    out = StringIO()
    new_year = datetime(2027, 1, 1, 9, tzinfo=OSLO)
    with time_machine.travel(new_year):
        call_command("load_demo", "--anew", "--seed", "2", stdout=out)
    assert "Solvik as of 2027-01-01: 1891 cards" in out.getvalue()
    assert Card.objects.count() == 1891
    assert Card.objects.latest("registered_at").registered_at.date() == date(2027, 1, 1)
    assert not Card.objects.filter(pk=tried.pk).exists()
    check_themes(new_year)


def check_lists() -> None:
    """A list for each Monday since the launch, with entries that nobody had solved then, and escalations of repeats."""
    launch = Card.objects.order_by("received_on").values_list("received_on", flat=True)[0]
    first, last = IsoWeek.of(launch).next(), CALENDAR.latest_list_week(SATURDAY)
    runs = list(OverdueRun.objects.order_by("iso_year", "iso_week"))
    assert (runs[0].week, runs[-1].week) == (first, last)
    assert len(runs) == (last.monday - first.monday).days // 7 + 1
    assert all(run.mailed_at for run in runs)
    assert latest_week_to_run(SATURDAY) is None
    assert not OverdueEntry.objects.filter(solved_before_mail=True).exists()
    assert OverdueEntry.objects.filter(times__gte=2).count() == sum(Escalation.objects.values_list("cards", flat=True))
    assert Escalation.objects.count() >= 2
    still = Card.objects.filter(completed_at=None, due_on__lt=SATURDAY.date())
    assert 12 <= still.count() <= 15
    assert 4 <= still.filter(overdue_entries__isnull=False).distinct().count() <= 6
    assert CardEvent.objects.filter(what="escalated").count() == OverdueEntry.objects.filter(times__gte=2).count()


def check_surveys() -> None:
    """Two rounds that are out, with their comparisons, and a survey in the field; nothing that joins answers to people."""
    assert list(Survey.objects.order_by("created_at").values_list("code", "stage")) == [
        ("citizens-2022", "published"), ("citizens-2026", "published"), ("home-care-2026", "fielded"),
    ]  # fmt: skip
    for code in ("citizens-2022", "citizens-2026"):
        survey = Survey.objects.get(code=code)
        figures = publication_of(survey, SATURDAY.date()).figures  # type: ignore[union-attr]
        assert figures["n_invited"] == 500
        assert 0.36 < figures["response_rate"] < 0.52
        assert survey.invitations.filter(answered=True).count() == survey.answers.count() == figures["n_answered"]
        assert not survey.invitations.exclude(resident=None).exists()
        assert {one["kind"] for one in figures["comparisons"]} >= {"nation"}
        assert any(one["suppressed"] for group in figures["groups"] for one in group["areas"])
        for one in figures["items"]:
            assert one["n_valid"] + round(one["share_dont_know"] * figures["n_answered"]) <= figures["n_answered"]
    said = {one["key"]: one["saying"] for one in figures["comparisons"][0]["areas"]}
    assert (said["meeting"], said["transport"]) == ("clearly_higher", "clearly_lower")
    assert Comment.objects.filter(state="held").count() >= 4
    assert Comment.objects.filter(state="coded").count() >= 15
    running = Survey.objects.get(code="home-care-2026")
    assert running.answers.count() == running.invitations.filter(answered=True).count() + SpentCode.objects.count()


def check_themes(now: datetime) -> None:
    """Each of the four sides is weak or falling somewhere, and the roads are so to those who answer and those who write."""
    table = theme_table(count_cards_by_category(now=now, zone=OSLO), today=now.date(), language="nb")
    pressing = {row.theme.key: {side.side for side in row.sides if side.pressing} for row in table.rows}
    assert set().union(*pressing.values()) == set(ThemeLink.Side)
    assert {ThemeLink.Side.SURVEY, ThemeLink.Side.CARDS} <= pressing["roads"]


def check_logins() -> None:
    people = {shown.person.email: {role.value for role, _unit in shown.roles} for shown in demonstration_people()}
    assert len(people) == len(solvik.PEOPLE)
    for role, email in solvik.DEMO_LOGINS:
        assert role in people[email]
        assert Person.objects.get(email=email).check_password(solvik.SHARED_PASSWORD)


def test_password_is_the_one_on_the_sign_in_page() -> None:
    assert settings.DEMONSTRATION_PASSWORD in (None, solvik.SHARED_PASSWORD)


def test_load_without_demonstration_makes_no_logins(settings: Any) -> None:
    settings.DEMONSTRATION, settings.DEMONSTRATION_PASSWORD = False, None
    furnish(SATURDAY.date())
    assert not any(person.has_usable_password() for person in Person.objects.all())
    assert authenticate(None, email=solvik.DEMO_LOGINS[0][1], password=solvik.SHARED_PASSWORD) is None


def test_load_refuses_where_there_is_a_real_municipality() -> None:
    MunicipalityFactory(name="Nordvik")
    with pytest.raises(CommandError, match="«Nordvik» is here already"):
        call_command("load_demo", stdout=StringIO())
    with pytest.raises(CommandError, match="«Nordvik» is here already"):
        call_command("load_demo", "--anew", stdout=StringIO())
    assert not Unit.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 21, 7, 59, tzinfo=OSLO), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 8, 0, tzinfo=OSLO), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 23, 59, tzinfo=OSLO), date(2026, 11, 21)),
    ],
    ids=["before eight it is yesterday's", "from eight on today's", "until midnight"],
)
def test_story_day(now: datetime, expected: date) -> None:
    assert story_day(now) == expected


# --- The same rows as by the actions ---------------------------------------------------------------------------------


def test_rows_are_those_that_the_actions_write() -> None:
    story = sample(build_story(1, SATURDAY.date()))
    furnished = furnish(story.today)
    by_bulk = in_a_rolled_back_transaction(lambda: write_story(story, furnished), story)
    by_actions = in_a_rolled_back_transaction(lambda: ByActions(story, furnished).tell(), story)
    assert len(by_bulk) == len(story.cards)
    for number, card in by_bulk.items():
        assert card == by_actions[number], number


def sample(story: Story) -> Story:
    """A few cards of each kind of life, and those that come from others together with the others."""
    seen: Counter[object] = Counter()
    chosen: set[int] = set()
    for card in story.cards:
        signs: list[object] = [type(step) for step in card.steps] + [(card.channel, card.political)]
        signs += [step.result for step in card.steps if isinstance(step, plans.Closed)]
        signs += [step.way for step in card.steps if isinstance(step, plans.CalledBack)]
        signs += [(card.language,), (bool(card.outside), card.channel == "web")]
        if any(seen[sign] < 2 for sign in signs) or card.split_from or card.grown_from:
            seen.update(set(signs))
            chosen |= {card.number, card.split_from or 0, card.grown_from or 0}
            chosen |= {step.duplicate_of or 0 for step in card.steps if isinstance(step, plans.Closed)}
    return replace(story, cards=tuple(card for card in story.cards if card.number in chosen))


def in_a_rolled_back_transaction(write: Callable[[], object], story: Story) -> dict[int, dict[str, Any]]:
    """What was written, by the cards' numbers in the story, without what is new in every writing."""
    found: dict[int, dict[str, Any]] = {}
    with transaction.atomic():
        write()
        cards = {(c.registered_at, c.text, c.origin_kind): c for c in Card.objects.all()}
        numbers: dict[str, int] = {}
        for plan in story.cards:
            kept = [s.remaining_text for s in plan.steps if isinstance(s, plans.Split)]
            kind = "split" if plan.split_from else "alternative" if plan.grown_from else ""
            numbers[cards[plan.registered_at, (kept or [plan.text])[0], kind].reference] = plan.number
        for card in cards.values():
            found[numbers[card.reference]] = shown(card, numbers)
        transaction.set_rollback(True)
    return found


NEW_EACH_TIME = {
    "id",
    "reference",
    "secret",
    "search",
    "_state",
    "card_id",
    "event_id",
    "duplicate_of_id",
    "origin_id",
    "key",
}
RECORDS = (
    "contactattempts",
    "contactcards",
    "callbacks",
    "followups",
    "preliminaryanswers",
    "referrals",
    "additions",
    "ownreactions",
    "reopeningrequests",
)
ROWS_OF_EVENTS = {"attempt", "callback", "follow_up", "referral", "addition", "own_reaction", "request"}


def shown(card: Card, numbers: dict[str, int]) -> dict[str, Any]:
    def columns(row: Any) -> dict[str, Any]:
        return {k: v for k, v in vars(row).items() if k not in NEW_EACH_TIME and not k.startswith("_")}

    def detail(name: str, value: Any) -> Any:
        return "a row" if name in ROWS_OF_EVENTS and value else numbers.get(str(value), value)

    events = [
        {
            "what": event.what,
            "at": event.at,
            "by": event.by_id,
            "from": event.from_value,
            "to": numbers.get(event.to_value, event.to_value),
            "details": {name: detail(name, value) for name, value in event.details.items()},
            "note": event.note.text if hasattr(event, "note") else "",
        }
        for event in card.events.order_by("at", "id").select_related("note")
    ]
    return {
        "card": columns(card),
        "duplicate_of": numbers[card.duplicate_of.reference] if card.duplicate_of else None,
        "origin": numbers[card.origin.reference] if card.origin else None,
        "submitter": columns(card.submitter) if hasattr(card, "submitter") else None,
        "records": {name: [columns(row) for row in getattr(card, name).all()] for name in RECORDS},
        "events": events,
    }


class ByActions:
    """Tells a story through the actions, one step after the other, in the order of time."""

    def __init__(self, story: Story, furnished: Furnished) -> None:
        self.story = story
        self.furnished = furnished
        self.cards: dict[int, Card] = {}
        self.children = {c.split_from or c.grown_from: c for c in story.cards if c.split_from or c.grown_from}

    def tell(self) -> None:
        steps = [(card.number, step) for card in self.story.cards for step in card.steps]
        by_number = {card.number: card for card in self.story.cards}
        for card in self.story.cards:
            if not (card.split_from or card.grown_from):
                intake = intake_of(card, self.furnished)
                self.cards[card.number] = register_card(
                    intake, by=self.person(card.registered_by), now=card.registered_at
                )
        for number, step in sorted(steps, key=lambda pair: pair[1].at):
            if not (isinstance(step, plans.Forwarded) and step.automatic):
                self.take(by_number[number], step)

    def person(self, email: str | None) -> Person | None:
        return self.furnished.people[email] if email else None

    def take(self, plan: CardPlan, step: plans.Step) -> None:
        card, unit = self.cards[plan.number], self.furnished.units
        who: dict[str, Any] = {"by": self.person(step.by), "now": step.at}
        match step:
            case plans.Forwarded():
                moving.forward_card(card, unit=unit[step.unit], **who)
            case plans.Rerouted():
                moving.reroute_card(card, unit=unit[step.unit], reason=step.reason, **who)
            case plans.ReturnedMisrouted():
                moving.return_card(card, reason=step.reason, **who)
            case plans.Delegated():
                moving.delegate_card(card, handler=self.person(step.to), **who)
            case plans.Noted():
                correcting.add_note(card, text=step.text, **who)
            case plans.PreliminaryAnswered():
                calling.give_preliminary_answer(card, reason=step.reason, expected_on=step.expected_on, **who)
            case plans.DelayExplained():
                explaining.explain_delay(card, reason=step.reason, **who)
            case plans.AnotherWayAgreed():
                calling.agree_other_way(card, way="written", note=step.note, **who)
            case plans.AttemptFailed():
                calling.record_contact_attempt(card, note=step.note, **who)
            case plans.ContactCardPrepared():
                calling.make_contact_card(card, **who)
            case plans.ContactCardPosted():
                calling.post_contact_card(card, posted_on=step.at.date(), **who)
            case plans.FollowedUp():
                answering.record_follow_up(
                    card, done_at=step.at, summary=step.note, measures=step.measures, told=step.measures, **who
                )
            case plans.ReferredOutside():
                told = None if plan.submitter.anonymous else step.at
                text = WHOM_TO_TURN_TO.format(body=step.body)
                answering.refer_card(card, body=step.body, contacted_at=told, text=text, note=step.note, **who)
            case plans.Closed():
                other = self.cards[step.duplicate_of] if step.duplicate_of else None
                closing.close_card(card, result=step.result, duplicate_of=other, note=step.note, **who)
            case plans.Reopened():
                closing.reopen_card(card, reason=step.reason, **who)
            case plans.Split():
                child = self.children[plan.number]
                category = self.furnished.categories[child.category or ""]
                kept, gone = step.remaining_text, child.text
                self.cards[child.number] = correcting.split_card(
                    card, remaining_text=kept, split_text=gone, category=category, kind=child.kind, **who
                )
            case plans.CalledBack():
                self.call_back(plan, step, who)
            case plans.SubmitterAdded():
                submitter.add_to_card(card, text=step.text, uploads=[], key=uuid.uuid4(), now=step.at)
            case plans.OwnReacted():
                submitter.react(
                    card, reaction=step.reaction, reason=step.reason, alternative=step.alternative, now=step.at
                )
            case plans.ReopeningAsked():
                reopening.ask_reopening(card, reason=step.reason, now=step.at)
            case plans.ReopeningDeclined():
                reopening.decline_reopening(card, reason=step.reason, **who)
            case _:
                raise AssertionError(step)

    def call_back(self, plan: CardPlan, step: plans.CalledBack, who: dict[str, Any]) -> None:
        answering.record_callback(
            self.cards[plan.number],
            held_at=step.at,
            summary=step.summary,
            measures=step.measures,
            reaction=step.reaction,
            would_not_answer=step.reaction is None,
            reason=step.reason,
            reason_not_given=step.reason_not_given,
            alternative=step.alternative,
            alternative_not_given=step.alternative_not_given,
            way=step.way,
            register_alternative=step.registers_alternative,
            **who,
        )
        if step.registers_alternative:
            child = self.children[plan.number]
            self.cards[child.number] = Card.objects.get(origin=self.cards[plan.number], origin_kind="alternative")
