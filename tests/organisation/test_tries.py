"""Guessing gets slower and slower, and nobody is kept out of their own login by a stranger's guesses."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client

from organisation.actions.sign_ins import MustWait, begin_try, count_key
from organisation.models import FailedTries, SignIn
from organisation.tries import FREE, Counted, wait_after
from tests.factories import Solvik, make_solvik

PASSWORD = "et-langt-passord-her"
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def solvik(db: None) -> Solvik:
    made = make_solvik()
    for person in (made.clerk, made.administrator):
        person.set_password(PASSWORD)
        person.language = "en"
        person.save()
    return made


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def tried(client: Client, email: str, password: str, address: str = "192.0.2.1") -> str:
    answer = client.post(
        "/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE="en"
    )
    if answer.status_code == 302:
        return "in"
    html = answer.content.decode()
    return next((told for told in ("Too many", "is wrong") if told in html), html)


@pytest.mark.parametrize(
    ("by", "failures", "minutes"),
    [
        (Counted.LOGIN, 0, 0), (Counted.LOGIN, 4, 0), (Counted.LOGIN, 5, 1), (Counted.LOGIN, 6, 2), (Counted.LOGIN, 8, 8),
        (Counted.LOGIN, 9, 15), (Counted.LOGIN, 10**6, 15), (Counted.ADDRESS, 19, 0), (Counted.ADDRESS, 20, 1),
        (Counted.BROWSER, 9, 0), (Counted.CODE, 5, 1),
    ],
)  # fmt: skip
def test_the_wait_rises_to_a_quarter_of_an_hour(by: Counted, failures: int, minutes: int) -> None:
    assert wait_after(by, failures) == timedelta(minutes=minutes)


def test_a_login_is_guessed_slower_and_slower_though_the_cache_is_emptied(
    solvik: Solvik, clock: time_machine.Coordinates
) -> None:
    told = []
    for number in range(8):
        with redis.Redis.from_url(settings.REDIS_URL) as cache:
            cache.flushdb()
        told.append(tried(Client(), solvik.clerk.email, "feil", f"192.0.2.{number}"))
    assert told == ["is wrong"] * 5 + ["Too many"] * 3
    assert tried(Client(), solvik.clerk.email, PASSWORD) == "Too many"  # the right one has to wait as well
    clock.shift(timedelta(seconds=61))
    assert tried(Client(), solvik.clerk.email, "feil") == "is wrong"
    clock.shift(timedelta(seconds=61))
    assert tried(Client(), solvik.clerk.email, PASSWORD) == "Too many"  # two minutes by now
    clock.shift(timedelta(seconds=60))
    assert tried(Client(), solvik.clerk.email, PASSWORD) == "in"
    assert tried(Client(), solvik.clerk.email, "feil") == "is wrong"  # and at nought again


def test_a_strangers_guesses_keep_nobody_out_of_the_browser_they_know(
    solvik: Solvik, clock: time_machine.Coordinates
) -> None:
    own = Client()
    assert tried(own, solvik.clerk.email, PASSWORD) == "in"
    own.post("/accounts/logout/")
    for _number in range(6):
        tried(Client(), solvik.clerk.email, "feil")
    assert tried(Client(), solvik.clerk.email, PASSWORD) == "Too many"
    assert tried(own, solvik.clerk.email, PASSWORD) == "in"
    own.post("/accounts/logout/")
    # Another's login is not known in this browser, and a cookie made up is none.
    for _number in range(6):
        tried(Client(), solvik.administrator.email, "feil")
    assert tried(own, solvik.administrator.email, PASSWORD) == "Too many"
    forger = Client()
    forger.cookies["known"] = "eyJhIjoxfQ:1tYkQx:abcdefghijklmnopqrstuvwxyz"
    assert tried(forger, solvik.administrator.email, PASSWORD) == "Too many"


def test_many_logins_from_one_address_are_slowed(solvik: Solvik, clock: time_machine.Coordinates) -> None:
    for number in range(FREE[Counted.ADDRESS]):
        with redis.Redis.from_url(settings.REDIS_URL) as cache:
            cache.flushdb()
        assert tried(Client(), f"nobody{number}@solvik.test", "feil") == "is wrong"
    assert tried(Client(), solvik.clerk.email, PASSWORD) == "Too many"
    assert tried(Client(), solvik.clerk.email, PASSWORD, "198.51.100.7") == "in"
    assert SignIn.objects.filter(what="wrong_password", person=None).count() == FREE[Counted.ADDRESS]


def test_a_right_password_in_between_does_not_clear_the_address(
    solvik: Solvik, clock: time_machine.Coordinates
) -> None:
    for number in range(FREE[Counted.ADDRESS]):
        tried(Client(), f"nobody{number}@solvik.test", "feil")
        if number == 10:
            assert tried(Client(), solvik.clerk.email, PASSWORD) == "in"
    assert tried(Client(), solvik.administrator.email, PASSWORD) == "Too many"


def test_a_forgotten_password_ends_the_wait(solvik: Solvik, clock: time_machine.Coordinates) -> None:
    for _number in range(6):
        tried(Client(), solvik.clerk.email, "feil")
    client = Client()
    client.post("/accounts/password/reset/", {"email": solvik.clerk.email})
    path = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word).partition("testserver")[
        2
    ]
    where = client.get(path, follow=True).redirect_chain[-1][0]
    new = "et-helt-nytt-passord"
    client.post(where, {"password1": new, "password2": new})
    assert tried(client, solvik.clerk.email, new) == "in"


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_each_is_counted() -> None:
    keys = {Counted.LOGIN: count_key(Counted.LOGIN, "a@example.org")}

    def one(_number: int) -> bool:
        try:
            begin_try(keys, now=NOW)
        except MustWait:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        through = list(pool.map(one, range(24)))
    assert sum(through) == FREE[Counted.LOGIN]
    assert FailedTries.objects.get().failures == FREE[Counted.LOGIN]
