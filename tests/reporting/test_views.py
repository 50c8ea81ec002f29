"""The public pages: what they show, to whom, for how long, and what they never show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.stories import Words, publish_story, write_story
from tests.factories import CategoryFactory, Solvik, a_card, many_cards, oslo

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)
HEAR, SAID = "/what-we-hear/", "/what-we-hear/you-said/"


@pytest.fixture(autouse=True)
def _on_a_monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def a_story(solvik: Solvik, number: int, **words: Any) -> None:
    said = Words(**({"title": f"Historie {number}", "said": "a", "did": "b", "language": "nb"} | words))
    story = write_story(a_card(now=oslo(2025, 1, 2)), said, by=solvik.clerk, now=oslo(2026, 11, 1))
    publish_story(
        story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=oslo(2026, 11, 1 + number % 14)
    )


def text_of(path: str, language: str = "en") -> str:
    answer = Client().get(path, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "{#" not in html
    return " ".join(html.split())


def test_an_empty_municipality_says_so(solvik: Solvik) -> None:
    html = text_of(HEAR)
    assert "too few messages to show figures in which nobody can be known" in html
    assert '<svg class="chart__drawing"' not in html
    assert "No stories yet." in text_of(SAID)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ["Dette hører vi fra dere", "omtrent <strong>25 meldinger", "3. oktober 2026: 12 000 kort"]),
        ("nn", ["Dette høyrer vi frå dykk", "omtrent <strong>25 meldingar", "Sende til alle husstandar: Vika"]),
        ("sv", ["Det här hör vi från er", "ungefär <strong>25 meddelanden", "3 oktober 2026: 12 000 kort"]),
        ("en", ["What we hear from you", "about <strong>25 messages", "3 October 2026: 12,000 cards"]),
    ],
)  # fmt: skip
def test_figures_and_mailings_in_the_readers_language(solvik: Solvik, language: str, words: list[str]) -> None:
    many_cards(24, now=oslo(2026, 10, 5), category=CategoryFactory(name="Vei"))
    record_mailing(SentOut(date(2026, 10, 3), 12_000, "posted", ["nb"], "Vika", "for oss"), by=solvik.clerk, now=NOW)
    record_mailing(SentOut(date(2026, 11, 3), 777, "posted", ["nb"]), by=solvik.clerk, now=NOW)
    html = text_of(HEAR, language)
    assert [each for each in words if each not in html] == []
    assert "for oss" not in html  # the note is for colleagues
    assert "777" not in html  # that month is not over


def test_pages_hold_nothing_of_the_cards(solvik: Solvik) -> None:
    cards = many_cards(30, now=oslo(2026, 10, 5), place="Storgata 1", area="Sentrum")
    a_card(now=oslo(2026, 10, 5), area="hos Kari Nordmann")
    html = text_of(HEAR)
    assert "Kari" not in html
    assert "Storgata" not in html
    assert not any(card.reference in html or card.text in html for card in cards)


def test_the_newest_stories_and_a_page_for_more(solvik: Solvik) -> None:
    for number in range(1, 14):
        a_story(solvik, number)
    html = text_of(HEAR)
    assert [number for number in range(1, 14) if f"Historie {number}<" in html] == [11, 12, 13]
    assert SAID in html
    first, second = text_of(SAID), text_of(f"{SAID}?page=2")
    assert [first.count("<article"), second.count("<article")] == [12, 1]
    assert "Historie 1<" in second
    assert text_of(f"{SAID}?page=tull").count("<article") == 12
    assert text_of(f"{SAID}?page=99").count("<article") == 1


def test_a_story_keeps_its_language_and_cannot_become_markup(solvik: Solvik) -> None:
    a_story(solvik, 1, language="nn", title="<script>alert(1)</script>", did="<b>x</b>")
    html = text_of(HEAR)
    assert '<article class="story" lang="nn">' in html
    assert "De sa" in html  # the story's own words
    assert "&lt;script&gt;" in html
    assert "<b>x</b>" not in html


@pytest.mark.parametrize("path", [HEAR, SAID])
def test_a_visitor_keeps_the_page_a_while_and_staff_see_at_once(solvik: Solvik, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    client.force_login(solvik.reader)
    assert "no-store" in client.get(path).headers["Cache-Control"]
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("how_many", [6, 30])
def test_page_costs_the_same_however_many_cards(
    solvik: Solvik, client: Client, django_assert_num_queries: Any, how_many: int
) -> None:
    many_cards(how_many, now=oslo(2026, 10, 5), category=CategoryFactory(name="Vei"), area="Sentrum")
    for number in range(how_many // 6):
        record_mailing(SentOut(date(2026, 10, 3), 10, "posted", ["nb"]), by=solvik.clerk, now=NOW)
        a_story(solvik, number)
    cache.clear()
    client.get("/privacy/")
    with django_assert_num_queries(9):  # five counts, municipality, stories, mailings, categories
        client.get(HEAR)
    with django_assert_num_queries(4):
        client.get(HEAR)


def test_front_page_and_footer_lead_there(solvik: Solvik) -> None:
    assert text_of("/").count(f'href="{HEAR}"') == 2
    assert text_of("/privacy/").count(f'href="{HEAR}"') == 1
