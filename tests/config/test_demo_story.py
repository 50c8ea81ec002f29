"""The demonstration's story: the same for the same seed and day, shaped like Larvik's figures, and lawful on any day."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from config.demo import municipality as solvik
from config.demo.arrivals import PEAK
from config.demo.days import CALENDAR, DAY, OSLO, add_months, is_working, list_moment, monday_on_or_before
from config.demo.places import AREAS, OUTSIDE_BODIES, RULES
from config.demo.plans import (
    AnotherWayAgreed,
    AttemptFailed,
    CalledBack,
    CardPlan,
    Closed,
    ContactCardPosted,
    ContactCardPrepared,
    DelayExplained,
    Delegated,
    FollowedUp,
    Forwarded,
    Noted,
    OwnReacted,
    PreliminaryAnswered,
    ReferredOutside,
    Reopened,
    ReopeningAsked,
    ReopeningDeclined,
    Rerouted,
    ReturnedMisrouted,
    Split,
    Step,
    Story,
    SubmitterAdded,
)
from config.demo.story import TOTAL, build_story
from config.demo.voices import base_template_count
from feedback.workflow import Channel, CloseResult, Kind, State, may, results_for
from feedback.workflow import Step as Does

pytestmark = pytest.mark.slow

DAYS = {
    "a Sunday": date(2026, 11, 22),
    "a Monday": date(2026, 11, 23),
    "1 January": date(2027, 1, 1),
    "Easter Sunday": date(2027, 3, 28),
    "29 February": date(2028, 2, 29),
    "in the common holiday": date(2026, 7, 15),
}


@cache
def story_on(day: date) -> Story:
    return build_story(1, day)


@pytest.fixture(params=DAYS.values(), ids=list(DAYS))
def story(request: pytest.FixtureRequest) -> Story:
    return story_on(request.param)


def share(cards: tuple[CardPlan, ...], holds: list[bool]) -> float:
    return sum(holds) / len(cards)


def still_open(story: Story) -> list[CardPlan]:
    return [card for card in story.cards if card.completed_at is None]


# --- The same story --------------------------------------------------------------------------------------------------


def test_story_same_seed_and_day_is_the_same() -> None:
    assert build_story(1, date(2026, 11, 22)) == story_on(date(2026, 11, 22))


def test_story_other_seed_is_another() -> None:
    assert build_story(2, date(2026, 11, 22)).cards != story_on(date(2026, 11, 22)).cards


def test_story_moves_with_the_day() -> None:
    first, second = story_on(date(2026, 11, 22)), story_on(date(2026, 11, 23))
    assert max(c.registered_at for c in first.cards).date() == first.today
    assert max(c.registered_at for c in second.cards).date() == second.today


# --- Its shape -------------------------------------------------------------------------------------------------------


def test_story_holds_1891_cards_numbered_in_order(story: Story) -> None:
    assert len(story.cards) == TOTAL == 1891
    assert [c.number for c in story.cards] == list(range(1, 1892))
    assert all(a.registered_at <= b.registered_at for a, b in pairwise(story.cards))


def test_story_lies_in_fourteen_months(story: Story) -> None:
    assert add_months(story.today, -14) <= story.launch <= add_months(story.today, -14) + 10 * DAY
    assert story.cards[0].received_on == story.launch
    assert add_months(story.launch, 13) <= story.relaunch < story.today - 14 * DAY


def test_story_booms_to_sixty_after_the_launch_and_again_after_the_second_sending(story: Story) -> None:
    for per_day in (
        Counter(c.registered_at.date() for c in story.cards),
        Counter(c.received_on for c in story.cards),
    ):
        (peak, most), (_, second) = per_day.most_common(2)
        assert most == PEAK == 60
        assert second < PEAK
        assert story.launch < peak <= story.launch + 14 * DAY
        month_before = sum(n for d, n in per_day.items() if story.relaunch - 28 * DAY <= d < story.relaunch)
        month_after = sum(n for d, n in per_day.items() if story.relaunch <= d < story.relaunch + 28 * DAY)
        assert month_after > 1.7 * month_before
        assert max(n for d, n in per_day.items() if d >= story.relaunch) <= 45


def test_story_kinds_and_channels_are_larviks(story: Story) -> None:
    kinds = Counter(c.kind for c in story.cards)
    assert set(kinds) == set(Kind.values)
    negative = kinds["complaint"] + kinds["criticism"]
    assert 3.05 <= negative / kinds["praise"] <= 3.4
    assert (kinds["request"] + kinds["suggestion"] + kinds["fault_report"]) / TOTAL > 0.5
    channels = Counter(c.channel for c in story.cards)
    assert set(channels) <= set(Channel.values)
    assert 0.85 <= (channels["paper"] + channels["post"]) / TOTAL <= 0.87
    assert 0.06 <= channels["email"] / TOTAL <= 0.07
    assert min(channels[c] for c in ("web", "phone", "fax", "meeting")) > 0
    web = [c.registered_at.date() for c in story.cards if c.channel == "web"]
    assert sum(d > story.today - 91 * DAY for d in web) > len(web) / 2


def test_story_most_cards_are_technical_and_roads_far_ahead(story: Story) -> None:
    technical = {u.code for u in solvik.UNITS if u.sector == "TEK"}
    units = Counter(c.unit for c in story.cards)
    assert sum(n for code, n in units.items() if code in technical) / TOTAL > 0.6
    (first, roads), (_, next_most) = Counter(c.category for c in story.cards).most_common(2)
    assert first == "road"
    assert roads > 2 * next_most
    assert all(units[u.code] for u in solvik.UNITS)


def test_story_contact_details_and_same_day(story: Story) -> None:
    cards = story.cards
    assert 0.93 <= share(cards, [c.received_on == c.registered_at.date() for c in cards]) <= 0.97
    assert 0.68 <= share(cards, [c.owed_callback for c in cards]) <= 0.72
    assert 0.11 <= share(cards, [c.submitter.anonymous for c in cards]) <= 0.17
    for card in cards:
        assert re.fullmatch(r"33 00 [0-2]\d \d\d|", card.submitter.phone)
        assert card.submitter.email == "" or card.submitter.email.endswith(".example")


def test_story_texts_are_many_and_whole(story: Story) -> None:
    assert base_template_count() >= 230
    texts = Counter(c.text for c in story.cards)
    duplicates = sum(isinstance(s, Closed) and s.result == "duplicate" for c in story.cards for s in c.steps)
    assert len(texts) >= TOTAL - duplicates - 12
    for text in texts:
        assert not set("{}[]|") & set(text), text
        assert len(text) > 8
    languages = Counter(c.language for c in story.cards)
    assert set(languages) == {"nb", "nn", "sv", "en"}
    assert languages["nb"] > 0.97 * TOTAL


# --- Each card's life ------------------------------------------------------------------------------------------------

STEP_OF: dict[type[Step], Does] = {
    Rerouted: Does.REROUTE,
    ReturnedMisrouted: Does.RETURN,
    Delegated: Does.DELEGATE,
    Noted: Does.CORRECT,
    PreliminaryAnswered: Does.PRELIMINARY_ANSWER,
    DelayExplained: Does.EXPLAIN_DELAY,
    AnotherWayAgreed: Does.AGREE_OTHER_WAY,
    AttemptFailed: Does.CONTACT_ATTEMPT,
    ContactCardPrepared: Does.CONTACT_CARD,
    ContactCardPosted: Does.POST_CONTACT_CARD,
    CalledBack: Does.CALLBACK,
    FollowedUp: Does.FOLLOW_UP,
    ReferredOutside: Does.REFER,
    Split: Does.SPLIT,
    Closed: Does.CLOSE,
    Reopened: Does.REOPEN,
    SubmitterAdded: Does.ADD,
    OwnReacted: Does.REACT,
    ReopeningAsked: Does.ASK_REOPENING,
    ReopeningDeclined: Does.DECLINE_REOPENING,
    Forwarded: Does.FORWARD,
}
LEADS_TO: dict[type[Step], State] = {
    CalledBack: State.CALLED_BACK,
    FollowedUp: State.FOLLOWED_UP,
    ReferredOutside: State.REFERRED,
    ContactCardPosted: State.CONTACT_CARD_POSTED,
    Closed: State.CLOSED,
}


def walk(card: CardPlan) -> State:
    """The state after all steps, each checked against the workflow."""
    state, unit, attempts, prepared, written = State.REGISTERED, "SERV", 0, False, False
    for step in card.steps:
        what = type(step)
        if isinstance(step, Forwarded) and step.automatic:
            assert step is card.steps[0]
            assert step.at == card.registered_at
        else:
            assert may(STEP_OF[what], state), (card.number, what, state)
        if isinstance(step, Forwarded | Rerouted):
            assert step.unit not in (unit, "SERV")
            unit, state = step.unit, State.FORWARDED
        elif isinstance(step, ReturnedMisrouted):
            unit, state = "SERV", State.REGISTERED
        elif isinstance(step, Delegated):
            assert step.to in solvik.handlers_of(unit)
        elif isinstance(step, AttemptFailed):
            attempts += 1
        elif isinstance(step, AnotherWayAgreed):
            written = True
        elif isinstance(step, PreliminaryAnswered):
            assert step.expected_on > step.at.date()
        elif isinstance(step, ContactCardPrepared):
            assert attempts >= 3
            assert card.owed_callback
            prepared = True
        elif isinstance(step, ContactCardPosted):
            assert prepared
        elif isinstance(step, CalledBack):
            check_callback(step, written=written)
        elif isinstance(step, FollowedUp):
            assert not card.owed_callback
            assert step.note
        elif isinstance(step, ReferredOutside):
            assert step.body in OUTSIDE_BODIES
        elif isinstance(step, Closed):
            assert step.result in results_for(state, callback_owed=card.owed_callback)
            assert step.result in CloseResult.values
            assert (step.duplicate_of is None) == (step.result != "duplicate")
            assert step.duplicate_of is None or step.duplicate_of < card.number
        elif isinstance(step, Reopened):
            state, attempts, prepared = (State.REGISTERED if unit == "SERV" else State.FORWARDED), 0, False
        state = LEADS_TO.get(what, state)
    return state


def check_callback(step: CalledBack, *, written: bool) -> None:
    assert step.summary
    assert step.reaction is None or 1 <= step.reaction <= 6
    assert step.way != "written" or written
    negative = step.reaction is not None and step.reaction <= 3
    assert (bool(step.reason) != step.reason_not_given) == negative
    assert (bool(step.alternative) != step.alternative_not_given) == negative
    assert not step.registers_alternative or step.alternative


def test_every_life_is_lawful_and_no_state_is_missing(story: Story) -> None:
    states = Counter(walk(card) for card in story.cards)
    assert set(states) == set(State)
    kinds = {type(step) for card in story.cards for step in card.steps}
    assert kinds == set(STEP_OF)
    results = {step.result for card in story.cards for step in card.steps if isinstance(step, Closed)}
    assert results == set(CloseResult.values)


def test_every_step_is_in_order_in_office_hours_and_not_in_the_future(story: Story) -> None:
    assert story.now == datetime(story.today.year, story.today.month, story.today.day, 8, tzinfo=OSLO)
    for card in story.cards:
        assert story.launch <= card.received_on <= card.registered_at.date()
        instants = [card.registered_at, *(step.at for step in card.steps)]
        assert all(a <= b for a, b in pairwise(instants)), card
        assert instants[-1] < story.now, card
        assert card.registered_by is None or is_working(card.registered_at.date()), card
        assert (card.registered_by is None) == (card.channel == "web")
        for step in card.steps:
            assert step.by is None or is_working(step.at.date()), (card.number, step)
            assert step.by is None or 7 <= step.at.hour < 16


def test_paper_is_registered_on_working_days_only_and_the_web_on_any(story: Story) -> None:
    assert all(is_working(c.registered_at.date()) for c in story.cards if c.channel != "web")
    assert any(not is_working(c.registered_at.date()) for c in story.cards if c.channel == "web")


def test_deadline_is_ten_calendar_days_after_the_local_date_unless_the_category_has_its_own(story: Story) -> None:
    own = {c.code: c.deadline_days for c in solvik.CATEGORIES if c.deadline_days}
    assert own == {"planning": 21}
    for card in story.cards:
        assert card.first_due_on == card.registered_at.date() + timedelta(days=own.get(card.category or "", 10))
    reopened = [c for c in story.cards if any(isinstance(s, Reopened) for s in c.steps)]
    assert all(c.due_on > c.first_due_on for c in reopened)


def test_not_reached_is_closed_thirty_days_after_the_contact_card(story: Story) -> None:
    for card in story.cards:
        for before, after in pairwise(card.steps):
            if isinstance(after, Closed) and after.result == "not_reached":
                assert isinstance(before, ContactCardPosted)
                assert after.at.date() == before.at.date() + timedelta(days=30)
                assert after.by is None


def test_cards_that_come_from_others_name_them(story: Story) -> None:
    by_number = {c.number: c for c in story.cards}
    split = [c for c in story.cards if c.split_from]
    grown = [c for c in story.cards if c.grown_from]
    assert len(split) == 5
    assert len(grown) == 4
    for card in split:
        parent = by_number[card.split_from or 0]
        assert (card.registered_at, card.submitter) == (parent.registered_at, parent.submitter)
        assert card.text in parent.text
        step = next(s for s in parent.steps if isinstance(s, Split))
        assert f"{step.remaining_text} {card.text}" == parent.text
        assert all(s.at >= step.at for s in card.steps if not (isinstance(s, Forwarded) and s.automatic))
    for card in grown:
        talk = next(s for s in by_number[card.grown_from or 0].steps if isinstance(s, CalledBack))
        assert talk.registers_alternative
        assert (card.text, card.registered_at) == (talk.alternative, talk.at)


# --- Today -----------------------------------------------------------------------------------------------------------


def test_most_are_answered_in_time_and_some_late(story: Story) -> None:
    done = [c for c in story.cards if c.completed_at is not None]
    in_time = sum(c.completed_at.date() <= c.due_on for c in done if c.completed_at)
    assert 0.85 <= in_time / len(done) <= 0.91


def test_today_has_something_of_everything(story: Story) -> None:
    today, cards = story.today, still_open(story)
    late = [c for c in cards if c.due_on < today]
    assert 25 <= len(cards) <= 43
    assert 12 <= len(late) <= 15
    assert sum(c.due_on == today for c in cards) >= 2
    assert sum(c.due_on == today + DAY for c in cards) >= 2
    assert sum(today + DAY < c.due_on <= today + 7 * DAY for c in cards) >= 3
    assert 4 <= sum(c.registered_at.date() == today for c in story.cards) <= 8
    last = Counter(type(c.steps[-1]) for c in cards if c.steps)
    assert last[ContactCardPrepared] == 2
    assert last[ReturnedMisrouted] == 2
    assert last[Reopened] == 1
    unrouted = [c for c in cards if not c.steps and c.category is None]
    assert len(unrouted) == 3
    assert all(c.registered_at.date() == today for c in unrouted)


def test_weekly_lists_of_the_past_and_five_still_open_that_were_on_earlier_ones(story: Story) -> None:
    monday = monday_on_or_before(story.today)
    earlier = [list_moment(monday - 7 * DAY * i) for i in range(1 if story.today.weekday() < 2 else 0, 62)]
    late = [c for c in still_open(story) if c.due_on < story.today]
    times = [sum(c.overdue_at(m) for m in earlier) for c in late]
    assert 5 <= sum(n >= 1 for n in times) <= 9
    assert sum(n >= 2 for n in times) >= 2
    assert max(times) >= 3
    escalated = [
        m for m in earlier if any(c.overdue_at(m) and c.overdue_at(m - timedelta(days=7)) for c in story.cards)
    ]
    assert len(escalated) >= 2


# --- The municipality ------------------------------------------------------------------------------------------------


def test_municipality_is_whole() -> None:
    codes = {u.code for u in solvik.UNITS}
    people = {p.email for p in solvik.PEOPLE}
    assert 14 <= len(codes) <= 18
    assert 18 <= len(solvik.CATEGORIES) <= 24
    assert len({c.code for c in solvik.CATEGORIES}) == len(solvik.CATEGORIES)
    assert len(people) == len(solvik.PEOPLE)
    assert {r.unit for r in RULES} <= codes
    assert {r.category for r in RULES if r.category} <= {c.code for c in solvik.CATEGORIES}
    for unit in solvik.UNITS:
        assert {unit.leader, unit.deputy} <= people
        assert solvik.handlers_of(unit.code)
    assert {s.leader for s in solvik.SECTORS} <= people
    assert {role for p in solvik.PEOPLE for role in p.roles} == {role for role, _ in solvik.DEMO_LOGINS}
    assert {email for _, email in solvik.DEMO_LOGINS} <= people
    assert len(solvik.SHARED_PASSWORD) >= 12
    streets = Counter(street for area in AREAS for street in area.streets)
    assert max(streets.values()) == 1


def test_solviks_calendar_is_the_houses() -> None:
    assert CALENDAR.is_working_day(date(2027, 3, 25)) is False  # Maundy Thursday
    assert CALENDAR.is_working_day(date(2026, 12, 24)) is False  # the municipality's own
    assert CALENDAR.is_working_day(date(2026, 12, 28)) is True


def test_some_citizens_were_on_their_own_pages(story: Story) -> None:
    steps = [(card, step) for card in story.cards for step in card.steps]
    done = Counter(type(step) for _card, step in steps)
    assert done[SubmitterAdded] == 6
    assert 10 <= done[OwnReacted] <= 27
    assert done[ReopeningAsked] == 3
    assert done[ReopeningDeclined] == 1
    for card, step in steps:
        if isinstance(step, OwnReacted):
            assert 1 <= step.reaction <= 6
            assert any(isinstance(other, CalledBack) and other.at < step.at for other in card.steps)
        if isinstance(step, ReopeningAsked):
            assert any(isinstance(other, Closed) and other.at < step.at for other in card.steps)
