"""An address of Redis or Valkey as each library takes it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection

from config.addresses import redis_at
from config.redis_servers import celery_options, celery_url, place, watched

THREE = (
    "redis+sentinel://per:p%2Fw%40@one:26380,[::1],three:26382/sol%20vik/4?sentinel_username=s&sentinel_password=%26w"
)


def test_what_an_address_says_of_sentinels() -> None:
    found = watched(THREE)
    assert found is not None
    assert found.sentinels == [("one", 26380), ("::1", 26379), ("three", 26382)]
    assert (found.name, found.db) == ("sol vik", 4)
    assert found.login == {"username": "per", "password": "p/w@"}
    assert found.asking == {"username": "s", "password": "&w"}


def test_the_least_that_an_address_says_of_sentinels() -> None:
    found = watched("redis+sentinel://one/solvik")
    assert found is not None
    assert found == ([("one", 26379)], "solvik", 0, {}, {})


@pytest.mark.parametrize("url", ["redis://h:6379/0", "rediss://h/1", "unix:///run/valkey.sock?db=2"])
def test_an_address_of_a_server_says_nothing_of_sentinels(url: str) -> None:
    assert watched(url) is None
    assert celery_options(url) == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis+sentinel://:hemmelig@one:26379", r"the name that the sentinels know it by is missing"),
        ("redis+sentinel://:hemmelig@one:26379/solvik/null", r"the database after the name is no number"),
        ("redis+sentinel://:hemmelig@one:26379/solvik?colour=1", r"unknown: colour"),
        ("redis+sentinel://:hemmelig@one:26379,/solvik", r"a sentinel without a host, or with port 0"),
        ("redis+sentinel://:hemmelig@one:0/solvik", r"a sentinel without a host, or with port 0"),
        ("redis+sentinel://:hemmelig@one:x1/solvik", r"host or port cannot be read; .*"),
        ("redis+sentinel://:hem/melig@one:26379/solvik", r"host or port cannot be read; .*"),
        ("redis+sentinel://[one/solvik", r"host or port cannot be read; .*"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_without_the_password(url: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^REDIS_URL must name a Redis .* \({words}\)$") as told:
        redis_at(url)
    assert "hem" not in str(told.value)
    assert "melig" not in str(told.value)


def test_celery_reads_the_same_out_of_it() -> None:
    first, second, third = celery_url(THREE).split(";")
    assert (second, third) == ("sentinel://per:p%2Fw%40@[::1]/4", "sentinel://per:p%2Fw%40@three:26382/4")
    read = Connection(first)
    assert (read.hostname, read.port, read.virtual_host) == ("one", 26380, "4")
    assert (read.userid, read.password) == ("per", "p/w@")
    options = celery_options(THREE)
    assert options["master_name"] == "sol vik"
    assert (options["sentinel_kwargs"]["username"], options["sentinel_kwargs"]["password"]) == ("s", "&w")
    assert celery_url("redis+sentinel://one/solvik") == "sentinel://one/0"


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (THREE, "«sol vik» of the sentinels one:26380, ::1:26379, three:26382"),
        ("redis://per:hemmelig@h/3", "h:6379/3"),
        ("unix:///run/valkey.sock?db=2", "/run/valkey.sock"),
    ],
)
def test_where_it_is_is_told_without_a_login(url: str, where: str) -> None:
    assert place(url) == where
