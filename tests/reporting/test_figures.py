"""The public figures: which months, which cards, how the promise is counted, and what is held back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.core.cache import cache

from feedback.actions.answering import record_callback
from feedback.actions.calling import make_contact_card, post_contact_card, record_contact_attempt
from feedback.actions.closing import close_card
from feedback.counts import Kept, days_to_callback, kept_by_month, received_by_area, received_by_category
from feedback.models import Card
from organisation.models import ScheduledJob
from reporting.figures import Heard, complete_months, count, month_after, what_we_hear
from reporting.tasks import count_public_figures
from tests.factories import NO_PHONE, OSLO, CategoryFactory, Solvik, a_card, many_cards, oslo

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def heard(now: datetime = NOW) -> Heard:
    return count(complete_months(now.astimezone(OSLO).date()), now=now, zone=OSLO)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 16), date(2025, 11, 1), date(2026, 10, 1)),
        (date(2026, 11, 1), date(2025, 11, 1), date(2026, 10, 1)),
        (date(2026, 10, 31), date(2025, 10, 1), date(2026, 9, 1)),
        (date(2027, 1, 1), date(2026, 1, 1), date(2026, 12, 1)),
    ],
)
def test_the_last_twelve_months_that_have_passed(today: date, first: date, last: date) -> None:
    months = complete_months(today)
    assert (len(months), months[0], months[-1]) == (12, first, last)
    assert [month_after(month) for month in months[:-1]] == months[1:]


def test_a_month_ends_at_local_midnight(solvik: Solvik) -> None:
    """23:30 UTC on 31 October is November in Oslo."""
    assert complete_months(datetime(2026, 10, 31, 23, 30, tzinfo=UTC).astimezone(OSLO).date())[-1] == FIRST
    many_cards(6, now=oslo(2026, 10, 31, 23))
    many_cards(7, now=oslo(2026, 11, 1, 0, 30))
    assert heard().messages == [0] * 11 + [5]
    assert heard(oslo(2026, 12, 1, 0)).messages == [0] * 10 + [5, 5]


def test_messages_by_month_category_and_area(solvik: Solvik) -> None:
    roads, lights, rare = (CategoryFactory(name=name) for name in ("Vei", "Lys", "Sjelden"))
    many_cards(22, now=oslo(2026, 10, 5), category=roads, area="Sentrum")
    many_cards(8, now=oslo(2026, 9, 5), category=lights, area=" sentrum ")
    many_cards(3, now=oslo(2026, 9, 6), category=rare, area="Vika")
    many_cards(2, now=oslo(2026, 9, 7))
    many_cards(9, now=oslo(2026, 11, 5), category=rare)  # this month is not over
    many_cards(9, now=oslo(2025, 10, 5), category=rare)  # longer ago than twelve months
    found = heard()
    assert (found.messages[-2:], found.total) == ([15, 20], 35)
    assert found.categories is not None
    assert found.areas is not None
    assert (found.areas.groups, found.areas.others) == ({"Sentrum": 30}, 5)
    assert (found.categories.groups, found.categories.others) == ({roads.pk: 20, lights.pk: 10}, 5)


def test_areas_typed_differently_are_one(solvik: Solvik) -> None:
    many_cards(8, area="Sentrum")
    many_cards(4, area="sentrum ")
    many_cards(7)
    assert received_by_area(date(2026, 11, 1), date(2026, 11, 30)) == {"Sentrum": 12, "": 7}
    assert received_by_category(date(2026, 11, 1), date(2026, 11, 30)) == {None: 19}


def test_a_month_with_few_messages_is_left_out_with_another(solvik: Solvik) -> None:
    many_cards(3, now=oslo(2026, 8, 5))
    many_cards(20, now=oslo(2026, 9, 5))
    many_cards(12, now=oslo(2026, 10, 5))
    found = heard()
    assert found.messages[-4:] == [0, None, 20, None]
    assert found.total == 35


def test_where_all_is_too_little_nothing_is_told(solvik: Solvik) -> None:
    a_card(now=oslo(2026, 10, 5), area="Vika")
    found = heard()
    assert (found.total, found.categories, found.areas) == (None, None, None)
    assert found.messages == [0] * 11 + [None]
    assert found.promise.answered is None
    assert (found.in_time, found.days_to_callback) == ([None] * 12, None)


# --- How the promise was kept ---------------------------------------------------------------------------------------


def answered(card: Card, solvik: Solvik, at: datetime) -> None:
    record_callback(
        card, held_at=at, summary="x", reaction=5, by=solvik.roads_leader, now=at + timedelta(minutes=5),
    )  # fmt: skip


def test_in_time_is_by_the_end_of_the_deadlines_local_day(solvik: Solvik) -> None:
    """Registered on the 1st, due on the 11th."""
    first = oslo(2026, 10, 1, 9)
    cards = many_cards(4, now=first, unit=solvik.roads)
    assert {card.due_on for card in cards} == {date(2026, 10, 11)}
    answered(cards[0], solvik, oslo(2026, 10, 2))
    answered(cards[1], solvik, oslo(2026, 10, 11, 23, 50))
    answered(cards[2], solvik, oslo(2026, 10, 12, 0, 10))
    a_card(now=first, contact=NO_PHONE, unit=solvik.roads)  # no promise
    withdrawn = a_card(now=first, unit=solvik.roads)
    close_card(withdrawn, result="withdrawn", by=solvik.roads_leader, now=oslo(2026, 10, 3))
    assert kept_by_month(FIRST, LAST, OSLO) == {FIRST: Kept(owed=4, answered=2, not_reached=0)}
    number, median = days_to_callback(FIRST, LAST, OSLO)
    assert (number, median) == (3, 10.0)


def test_a_posted_contact_card_is_a_result_of_its_own(solvik: Solvik) -> None:
    card = a_card(now=oslo(2026, 10, 1, 9), unit=solvik.roads)
    for day in (2, 5, 6):
        at = oslo(2026, 10, day, 10)
        record_contact_attempt(card, made_at=at, by=solvik.roads_leader, now=at)
    make_contact_card(card, by=solvik.roads_leader, now=oslo(2026, 10, 6, 11))
    post_contact_card(card, posted_on=date(2026, 10, 7), by=solvik.roads_leader, now=oslo(2026, 10, 7, 12))
    assert kept_by_month(FIRST, LAST, OSLO) == {FIRST: Kept(1, 0, 1)}
    close_card(card, result="not_reached", by=solvik.roads_leader, now=oslo(2026, 11, 10))
    assert kept_by_month(FIRST, LAST, OSLO) == {FIRST: Kept(1, 0, 1)}


def test_shares_are_of_ten_or_more_and_add_up(solvik: Solvik) -> None:
    cards = many_cards(12, now=oslo(2026, 10, 1, 9), unit=solvik.roads)
    many_cards(9, now=oslo(2026, 9, 1, 9), unit=solvik.roads)
    for card in cards[:9]:
        answered(card, solvik, oslo(2026, 10, 5))
    found = heard()
    assert found.in_time[-2:] == [None, 0.75]
    assert found.promise.answered == 0.43
    assert found.promise.late == 0.57
    assert found.days_to_callback is None
    answered(cards[9], solvik, oslo(2026, 10, 30))
    assert heard().days_to_callback == 4.0


# --- Kept for an hour -----------------------------------------------------------------------------------------------


def test_figures_are_kept_and_say_when_they_were_counted(solvik: Solvik, django_assert_num_queries: Any) -> None:
    many_cards(6, now=oslo(2026, 10, 5))
    with django_assert_num_queries(5):
        assert what_we_hear(now=NOW, zone=OSLO).total == 5
    many_cards(6, now=oslo(2026, 10, 6))
    with django_assert_num_queries(0):
        again = what_we_hear(now=NOW + timedelta(minutes=30), zone=OSLO)
    assert (again.total, again.counted_at) == (5, NOW)
    with django_assert_num_queries(5):
        assert what_we_hear(now=oslo(2026, 12, 1), zone=OSLO).total == 10


def test_the_job_counts_them_before_anybody_asks(solvik: Solvik, django_assert_num_queries: Any) -> None:
    many_cards(6, now=oslo(2026, 10, 5))
    what_we_hear(now=NOW, zone=OSLO)
    many_cards(6, now=oslo(2026, 10, 6))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert count_public_figures() == "2025-11 to 2026-10"
    with django_assert_num_queries(0):
        assert what_we_hear(now=NOW + timedelta(minutes=70), zone=OSLO).total == 10
    assert ScheduledJob.objects.get().result == "2025-11 to 2026-10"


def test_what_was_kept_by_another_version_is_counted_anew(solvik: Solvik) -> None:
    cache.set("what-we-hear:2025-11", {"total": 99}, 60)
    assert what_we_hear(now=NOW, zone=OSLO).total is None


def test_without_the_cache_they_are_counted_each_time(solvik: Solvik, settings: Any, tmp_path: Any) -> None:
    many_cards(6, now=oslo(2026, 10, 5))
    away = f"unix://{tmp_path}/nobody"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": away}}
    with pytest.raises(redis.RedisError):
        cache.get("x")
    assert what_we_hear(now=NOW, zone=OSLO).total == 5
