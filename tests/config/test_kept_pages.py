"""Public pages are made once, and made anew as soon as anything in them is another."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings as ours
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve

from feedback.actions.calling import record_contact_attempt
from feedback.actions.erasing import anonymise_cards
from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.stories import Words, publish_story, withdraw_story, write_story
from feedback.actions.submitter import react
from feedback.models import Card, Category, Erasure, RetentionRule, Story
from organisation.kept_pages import forget
from organisation.models import Municipality, OwnWording, Unit
from reporting.figures import count_anew
from tests.factories import MONDAY, OSLO, CategoryFactory, Solvik, a_card, make_solvik, many_cards
from tests.feedback.steps import called_back

pytestmark = pytest.mark.django_db

SEND, FIND, PRIVACY, HEAR, SAID = "/", "/card/", "/privacy/", "/what-we-hear/", "/what-we-hear/you-said/"
FRESH = re.compile(r'name="(?:[a-z]+-)?(csrfmiddlewaretoken|key|opened)" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture(autouse=True)
def _kept(settings: Any) -> None:
    """Pages are kept here, also where all other tests run without (`KEEP_PAGES=false make test`)."""
    settings.KEEP_PAGES = True


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


def own(card: Card) -> str:
    return f"/card/{card.secret}/"


def looked(path: str, client: Client | None = None, **headers: str) -> tuple[str, int]:
    """Return the page as a visitor gets it, and how many statements it took."""
    with CaptureQueriesContext(connection) as asked:
        answer = (client or Client()).get(path, headers={"accept-language": "en"} | headers)
    assert answer.status_code == 200
    return answer.content.decode(), len(asked)


def warm(path: str) -> str:
    """Return the page once it is served as it was kept."""
    for _ in range(3):
        html, statements = looked(path)
    assert statements == 1
    return html


def paths(solvik: Solvik) -> list[str]:
    """Return every kept page that takes more than one statement when it is made: all but FIND."""
    a_story(solvik)
    return [SEND, PRIVACY, HEAR, SAID, own(a_card(unit=solvik.roads))]


def a_story(solvik: Solvik) -> Story:
    story = write_story(a_card(), Words(title="Ny lykt", said="a", did="b", language="nb"), by=solvik.clerk, now=MONDAY)
    return publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=MONDAY)


# --- What is served ------------------------------------------------------------------------------------------------


def test_a_kept_page_is_the_page_but_for_what_is_each_visitors_own(solvik: Solvik, settings: Any) -> None:
    for path in [FIND, *paths(solvik)]:
        settings.KEEP_PAGES = False
        made = Client().get(path)
        settings.KEEP_PAGES = True
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                kept = Client().get(path)
        assert len(asked) == 1, path
        assert FRESH.sub("", kept.content.decode()) == FRESH.sub("", made.content.decode())
        assert {key: value for key, value in kept.headers.items() if key not in ("X-Request-ID", "Vary")} == {
            key: value for key, value in made.headers.items() if key not in ("X-Request-ID", "Vary")
        }
        assert {"Cookie", "Accept-Language"} <= set(kept.headers["Vary"].split(", "))
        assert set(kept.cookies) == set(made.cookies) == {"csrftoken"}


def test_no_two_visitors_get_the_same_token_or_key(solvik: Solvik) -> None:
    for path in (SEND, own(a_card(unit=solvik.roads))):
        first, second = (dict(FRESH.findall(warm(path))) for _ in range(2))
        assert set(first) == set(second) >= {"csrfmiddlewaretoken", "key"}
        assert ("opened" in first) == (path == SEND)
        with time_machine.travel(MONDAY + timedelta(seconds=5), tick=False):
            third = dict(FRESH.findall(warm(path)))
        assert not set(first.values()) & set(second.values()) - {first.get("opened")}
        assert not set(first.values()) & set(third.values())


def test_what_is_sent_from_a_kept_page_is_taken(solvik: Solvik, settings: Any) -> None:
    settings.SEND_MINIMUM_SECONDS = 3
    warm(SEND)
    for _ in range(2):
        client = Client(enforce_csrf_checks=True)
        html, statements = looked(SEND, client)
        assert statements == 1
        fields = dict(FRESH.findall(html))
        with time_machine.travel(MONDAY + timedelta(seconds=5), tick=False):
            assert client.post(SEND, fields | {"text": "Hull"}).status_code == 302
            assert Client(enforce_csrf_checks=True).post(SEND, fields | {"text": "Hull"}).status_code == 403
    assert Card.objects.filter(text="Hull").count() == 2


def test_a_kept_page_is_compressed_for_whoever_takes_that(solvik: Solvik) -> None:
    warm(SEND)
    answer = Client().get(SEND, headers={"accept-encoding": "gzip", "accept-language": "en"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert FRESH.sub("", gzip.decompress(answer.content).decode()) == FRESH.sub("", warm(SEND))


def test_the_map_may_load_its_pictures_on_a_kept_page(solvik: Solvik, settings: Any) -> None:
    warm(SEND)
    settings.MAP_TILES_URL = "https://tiles.example/{z}/{x}/{y}.png"
    for _ in range(2):
        answer = Client().get(SEND)
        assert "https://tiles.example" in answer.headers["Content-Security-Policy"]
        assert "https://tiles.example" in answer.content.decode()


# --- For whom ------------------------------------------------------------------------------------------------------


def test_nobody_gets_another_languages_page(solvik: Solvik) -> None:
    for path in paths(solvik):
        warm(path)
        for _ in range(2):
            assert '<html lang="sv">' in looked(path, **{"accept-language": "sv"})[0]
    client = Client()
    client.post("/language/setlang/", {"language": "nn", "next": "/"})
    assert '<html lang="nn">' in looked(SEND, client)[0]


def test_who_is_signed_in_gets_a_page_made_for_them_and_it_is_not_kept(solvik: Solvik, settings: Any) -> None:
    settings.CITIZEN_OIDC_ISSUER, settings.CITIZEN_OIDC_CLIENT_ID = "https://id.example", "innspill"
    settings.CITIZEN_OIDC_CLIENT_SECRET = "secret"
    for path in paths(solvik):
        staff, citizen, told = Client(), Client(), Client()
        staff.force_login(solvik.clerk)
        citizen.cookies["citizen"] = "a-key"
        told.cookies["messages"] = "something"
        for client in (staff, citizen, told):
            cache.clear()
            assert looked(path, client)[1] > 1
            assert _in_valkey("page:") == {}
        plain = warm(path)
        assert "For staff" in plain
        assert "For staff" not in looked(path, staff)[0]
        if path.startswith("/card/"):
            assert "My messages" in looked(path, citizen)[0]
            assert "My messages" not in plain


def test_an_address_with_a_query_is_answered_anew_and_not_kept(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    assert "Lykt: " in looked("/?subject=Lykt")[0]
    looked(f"{own(card)}?done=add")
    looked(f"{SAID}?page=2")
    assert _in_valkey("page:") == {}
    warm(SEND)
    assert "Lykt: " in looked("/?subject=Lykt")[0]
    assert "Lykt: " not in warm(SEND)


# --- What makes it another page ------------------------------------------------------------------------------------


def _story_withdrawn(solvik: Solvik) -> None:
    withdraw_story(Story.objects.get(), by=solvik.clerk, now=MONDAY)


def _its_card_sensitive(solvik: Solvik) -> None:
    Card.objects.filter(stories__isnull=False).update(sensitive=True)


CHANGES: dict[str, tuple[str, Callable[[Solvik], object]]] = {
    "category added": (SEND, lambda s: CategoryFactory(name="Isbaner")),
    "category renamed": (SEND, lambda s: Category.objects.update(name="Isbaner")),
    "category out of use": (SEND, lambda s: Category.objects.update(is_active=False)),
    "our own words": (SEND, lambda s: OwnWording.objects.create(key="page.intro", language="en", text="Hello there")),
    "our phone": (SEND, lambda s: Municipality.objects.update(phone="33 99 99 99")),
    "our deadline": (SEND, lambda s: Municipality.objects.update(deadline_days=3)),
    "our name": (FIND, lambda s: Municipality.objects.update(name="Nyvik")),
    "our name to all": (PRIVACY, lambda s: Municipality.objects.update(name="Nyvik")),
    "how long we keep": (PRIVACY, lambda s: RetentionRule.objects.create(block_days=77, anonymise_days=99)),
    "story published": (SAID, lambda s: a_story(s)),
    "story told there": (HEAR, lambda s: a_story(s)),
    "figures counted anew": (HEAR, lambda s: count_anew(now=MONDAY + timedelta(hours=1), zone=OSLO)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_shows_at_once(solvik: Solvik, what: str) -> None:
    path, change = CHANGES[what]
    CategoryFactory(name="Vei")
    before = FRESH.sub("", warm(path))
    change(solvik)
    assert FRESH.sub("", looked(path)[0]) != before
    after = warm(path)
    assert FRESH.sub("", after) != before


@pytest.mark.parametrize("change", [_story_withdrawn, _its_card_sensitive])
def test_a_story_that_is_not_to_be_read_any_more_is_gone_at_once(solvik: Solvik, change: Any) -> None:
    a_story(solvik)
    for path in (SAID, HEAR):
        assert "Ny lykt" in warm(path)
    change(solvik)
    for path in (SAID, HEAR):
        assert "Ny lykt" not in looked(path)[0]


def test_a_mailing_shows_at_once(solvik: Solvik) -> None:
    many_cards(30, now=MONDAY - timedelta(days=60))
    warm(HEAR)
    record_mailing(SentOut(MONDAY.date() - timedelta(days=61), 4711, "posted", ["nb"]), by=solvik.clerk, now=MONDAY)
    assert "4,711 cards" in looked(HEAR)[0]


OWN_CHANGES: dict[str, Callable[[Solvik, Card], object]] = {
    "unit renamed": lambda s, card: Unit.objects.filter(pk=card.unit_id).update(name="Gater og torg"),
    "called in vain": lambda s, card: record_contact_attempt(card, by=s.handler, now=MONDAY),
    "answered": lambda s, card: called_back(card, by=s.handler, now=MONDAY),
    "message corrected": lambda s, card: Card.objects.filter(pk=card.pk).update(text="Et annet hull"),
    "our phone, to ring back": lambda s, card: Municipality.objects.update(phone="33 99 99 99"),
}


@pytest.mark.parametrize("what", OWN_CHANGES)
def test_what_happens_to_a_message_shows_at_once_on_its_own_page(solvik: Solvik, what: str) -> None:
    card = a_card(unit=solvik.roads)
    other = a_card(unit=solvik.roads)
    before, of_other = (FRESH.sub("", warm(own(one))) for one in (card, other))
    assert before != of_other
    OWN_CHANGES[what](solvik, card)
    assert FRESH.sub("", looked(own(card))[0]) != before
    assert FRESH.sub("", warm(own(card))) != before
    assert card.reference in warm(own(card))


def test_midnight_passes_over_a_deadline_here_and_not_in_greenwich(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, now=MONDAY)
    midnight = (MONDAY.astimezone(OSLO).replace(hour=0, minute=0, second=0) + timedelta(days=11)).replace(tzinfo=OSLO)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        assert "We are late" not in warm(own(card))
        today = FRESH.sub("", warm(SEND))
    with time_machine.travel(midnight, tick=False):
        assert "We are late" in looked(own(card))[0]
        assert FRESH.sub("", looked(SEND)[0]) != today


def test_the_time_to_think_again_ends_to_the_second(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=MONDAY)
    react(card, reaction=2, reason="", alternative="", now=MONDAY)
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        assert 'name="reaction-reaction"' in warm(own(card))
    with time_machine.travel(MONDAY + timedelta(days=30, seconds=1), tick=False):
        assert 'name="reaction-reaction"' not in looked(own(card))[0]


def test_an_own_page_ends_to_the_second(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=MONDAY)
    Card.objects.filter(pk=card.pk).update(state="closed", closed_at=MONDAY, close_result="answered")
    with time_machine.travel(MONDAY + timedelta(days=365), tick=False):
        warm(own(card))
    with time_machine.travel(MONDAY + timedelta(days=365, seconds=1), tick=False):
        assert Client().get(own(card)).status_code == 404


def test_what_was_taken_back_changes_nothing(solvik: Solvik) -> None:
    category = CategoryFactory(name="Vei")
    before = FRESH.sub("", warm(SEND))
    with transaction.atomic():
        Category.objects.filter(pk=category.pk).update(name="Isbaner")
        assert "Isbaner" in looked(SEND)[0]
        transaction.set_rollback(True)
    assert FRESH.sub("", looked(SEND)[0]) == before


def test_a_page_made_while_something_changes_is_not_kept_as_the_newer_one(solvik: Solvik) -> None:
    """The change comes when half of the page has been read: the version was read first, and is the older one."""
    category = CategoryFactory(name="Vei")

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if 'FROM "feedback_category"' in sql and not changed:
            changed.append(sql)
            Category.objects.filter(pk=category.pk).update(name="Isbaner")
        return result

    changed: list[str] = []
    with connection.execute_wrapper(meanwhile):
        Client().get(SEND, headers={"accept-language": "en"})
    assert changed
    assert "Isbaner" in looked(SEND)[0]
    assert "Isbaner" in warm(SEND)


def test_each_table_that_a_kept_page_reads_is_in_its_version(solvik: Solvik, settings: Any) -> None:
    """Whoever lets a page read one more table is told here."""
    settings.KEEP_PAGES = False
    called = [FIND, *paths(solvik)]
    cache.clear()
    Client().get(HEAR)  # counts the figures, which are known by when they were counted
    for path in called:
        with CaptureQueriesContext(connection) as asked:
            Client().get(path)
        read = {table for query in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        sql = resolve(path).func.kept_page.sql  # type: ignore[attr-defined]
        if "feedback_own_page_version" in sql:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_get_functiondef('feedback_own_page_version(bigint)'::regprocedure)")
                sql += cursor.fetchone()[0]
        version = set(re.findall(r"(?:FROM|JOIN) (\w+)", sql))
        assert read <= version, path
        assert len(read) >= 2
    kept = {view for view in _views(get_resolver().url_patterns) if hasattr(view, "kept_page")}
    assert kept == {resolve(path).func for path in called}


def _views(patterns: Any) -> Iterator[Any]:
    for one in patterns:
        yield from _views(one.url_patterns) if hasattr(one, "url_patterns") else [one.callback]


def test_another_setting_is_another_page(solvik: Solvik, settings: Any) -> None:
    assert "send-keep.js" in warm(SEND)
    settings.KEEP_SEND_PAGE = False
    assert "send-keep.js" not in looked(SEND)[0]


# --- Switched off, and away ----------------------------------------------------------------------------------------


def test_switched_off_nothing_is_kept_and_nothing_served(solvik: Solvik, settings: Any) -> None:
    called = paths(solvik)
    for path in called:
        warm(path)
    settings.KEEP_PAGES = False
    assert all(looked(path)[1] > 1 for path in called)
    cache.clear()
    assert all(looked(path)[1] > 1 for path in called)
    assert _in_valkey("page:") == {}


def test_with_valkey_away_pages_are_made_and_it_is_not_waited_for_each_time(
    solvik: Solvik, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    called = paths(solvik)
    location = "unix:///nowhere/valkey.sock"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": location}}
    client = Client()
    forget(["own-page:1"])
    for path in called:
        for _ in range(2):
            assert looked(path, client)[1] > 1
    assert caplog.messages.count("The cache is away: public pages are made anew.") == 1


# --- What lies in Valkey -------------------------------------------------------------------------------------------


def _in_valkey(words: str) -> dict[bytes, bytes]:
    with redis.Redis.from_url(ours.REDIS_URL) as valkey:
        return {key: valkey.get(key) for key in valkey.scan_iter(f"*{words}*") if valkey.type(key) == b"string"}


def test_an_own_page_cannot_be_read_from_valkey_and_goes_with_the_card(
    solvik: Solvik, django_capture_on_commit_callbacks: Any
) -> None:
    card = a_card(unit=solvik.roads, text="Kråkebolle i kummen")
    assert "Kråkebolle" in warm(own(card))
    lies = _in_valkey("own-page")
    assert len(lies) == 1
    whole = b"".join([*lies, *lies.values()])
    for told in ("Kråkebolle", "kebolle", card.secret, card.reference, solvik.roads.name):
        assert told.encode() not in whole
    with redis.Redis.from_url(ours.REDIS_URL) as valkey:
        assert 0 < valkey.ttl(next(iter(lies))) <= 300
    called_back(card, by=solvik.handler, now=MONDAY)
    with django_capture_on_commit_callbacks(execute=True):
        anonymise_cards([card.pk], cause=Erasure.Cause.ASKED, by=None, now=MONDAY)
    assert _in_valkey("own-page") == {}
    assert Client().get(own(card)).status_code == 404


def test_what_was_closed_with_another_secret_is_not_opened(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    warm(own(card))
    Card.objects.filter(pk=card.pk).update(secret="another-secret")
    assert Client().get(own(card)).status_code == 404
    card.refresh_from_db()
    assert looked(own(card))[1] > 1
    assert 'href="/card/another-secret/receipt/"' in warm(own(card))
