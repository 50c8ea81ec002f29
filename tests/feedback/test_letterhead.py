"""The coat of arms at the head of documents: for the eye alone, beside the name, and never in the way of a letter."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from feedback.documents import contact_card_pdf
from feedback.paper_card import Layout, paper_card_pdf
from organisation.actions.look import set_arms
from organisation.letterhead import letterhead
from organisation.models import Municipality
from tests.factories import Solvik, a_card
from tests.organisation.pdf_reading import Read, read
from tests.pictures import photo

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#c01b1b" d="M0 0h8v8z"/></svg>'
WIDE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 8"><path fill="#c01b1b" d="M0 0h80v8z"/></svg>'
NOT_FOR_TYPST = b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"><path d="M0 0h8v8z"/></svg>'
PNG = photo((60, 80), kind="PNG").getvalue()


@pytest.fixture(autouse=True)
def _place_for_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def give(solvik: Solvik, content: bytes) -> Municipality:
    set_arms(content, by=solvik.administrator, now=NOW)
    return Municipality.objects.get()


def contact_card() -> bytes:
    return contact_card_pdf([a_card(now=NOW)]).content


def words(document: Read) -> list[str]:
    return document.text.split()


def told(document: Read) -> list[str]:
    return [tag for tag in document.tags if tag in ("H1", "H2", "Figure")]


def pictures(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return sum(len(page.images) for page in pdf.pages)


def test_without_arms_the_name_stands_alone(solvik: Solvik) -> None:
    assert letterhead(solvik.municipality) == {"name": solvik.municipality.name, "arms": None}


@pytest.mark.parametrize("content", [SVG, WIDE, PNG], ids=["drawing", "wide", "picture"])
def test_arms_are_drawn_and_read_out_to_nobody(solvik: Solvik, content: bytes) -> None:
    card = a_card(now=NOW)
    plain = [contact_card_pdf([card]).content, paper_card_pdf("nb", Layout.SINGLE, now=NOW).content]
    give(solvik, content)
    with_arms = [contact_card_pdf([card]).content, paper_card_pdf("nb", Layout.SINGLE, now=NOW).content]
    for before, after in zip(plain, with_arms, strict=True):
        assert before != after
        assert pictures(after) - pictures(before) == (content == PNG)
        was, now = read(before), read(after)
        assert (words(now), told(now), now.sizes) == (words(was), told(was), was.sizes)
        assert (now.part, now.conformance, now.ua_part) == ("2", "A", "1")


def test_what_only_browsers_can_draw_holds_no_letter_back(solvik: Solvik, caplog: pytest.LogCaptureFixture) -> None:
    house = give(solvik, NOT_FOR_TYPST)
    assert letterhead(house)["arms"] is None
    assert "cannot be drawn" in caplog.text
    assert solvik.municipality.name in read(contact_card()).text


def test_a_file_that_is_gone_holds_no_letter_back(solvik: Solvik) -> None:
    house = give(solvik, PNG)
    house.arms.storage.delete(house.arms.name)
    assert letterhead(house)["arms"] is None
