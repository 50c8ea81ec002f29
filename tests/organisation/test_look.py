"""The municipality's colour and coat of arms: always readable, never dangerous."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from organisation.actions import look
from organisation.arms import HEIGHT, LARGEST_SVG, NotAPicture, TooLarge, UnsafeDrawing, clean_arms
from organisation.colours import DARK, LIGHT, READABLE, SEEN, contrast, read_colour, scale_of, stylesheet
from organisation.models import Change, Municipality
from tests.factories import MONDAY, Solvik, make_solvik

TEXT_ON = [
    *(("text-default", ground) for ground in (
        "background-default", "background-tinted", "surface-default", "surface-tinted", "surface-hover", "surface-active",
    )),
    *(("text-subtle", ground) for ground in (
        "background-default", "background-tinted", "surface-default", "surface-tinted",
    )),
    *(("base-contrast-default", base) for base in ("base-default", "base-hover", "base-active")),
    ("base-contrast-subtle", "base-default"),
]  # fmt: skip
EDGE_ON = [(edge, "background-default") for edge in ("border-default", "border-strong", "base-default")]


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 0xFFFFFF))
def test_every_colour_gives_a_scale_in_which_all_can_be_read(number: int) -> None:
    scale = scale_of(f"#{number:06x}")
    for steps in (scale.light, scale.dark):
        low = [(a, b, contrast(steps[a], steps[b])) for a, b in TEXT_ON if contrast(steps[a], steps[b]) < READABLE]
        low += [(a, b, contrast(steps[a], steps[b])) for a, b in EDGE_ON if contrast(steps[a], steps[b]) < SEEN]
        assert low == []
        assert set(steps) == set(LIGHT) == set(DARK)


def test_the_colour_itself_is_kept_where_white_can_be_read_on_it() -> None:
    assert scale_of("#7a1f3d").light["base-default"] == "#7a1f3d"
    assert not scale_of("#7a1f3d").is_adjusted
    yellow = scale_of("#ffd500")
    assert yellow.is_adjusted
    assert contrast(yellow.base, "#ffffff") == pytest.approx(READABLE, abs=0.15)


def test_the_contrast_is_the_standards() -> None:
    """Values of WCAG's own examples and of the colour pairs everybody knows."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0062ba", "#ffffff") == contrast("#ffffff", "#0062ba")


def test_our_own_blue_comes_out_as_designsystemets() -> None:
    scale = scale_of("#0062ba")
    for step in ("surface-tinted", "text-default", "border-default", "text-subtle"):
        assert contrast(scale.light[step], LIGHT[step]) < 1.1, step
        assert contrast(scale.dark[step], DARK[step]) < 1.1, step


@pytest.mark.parametrize(
    ("typed", "read"),
    [("#7A1F3D", "#7a1f3d"), (" 7a1f3d ", "#7a1f3d"), ("#713", "#771133"), ("rød", None), ("", None), ("#12345", None),
     ("url(x)", None), ("#7a1f3d;}", None), ("٣٣٣", None)],
)  # fmt: skip
def test_a_colour_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert read_colour(typed) == read


def test_the_sheet_is_small_and_for_ever(client: Client, db: None) -> None:
    make_solvik(colour="#7a1f3d")
    page = client.get("/").content.decode()
    assert '<link rel="stylesheet" href="/look/7a1f3d.css">' in page
    answer = client.get("/look/7a1f3d.css", HTTP_ACCEPT_ENCODING="gzip")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.content) < 1000
    assert client.get("/look/7a1f3.css").status_code == 404
    assert "base-default:#7a1f3d" in stylesheet("#7a1f3d")


def test_without_a_colour_nothing_is_loaded(client: Client, db: None) -> None:
    make_solvik()
    assert "/look/" not in client.get("/").content.decode()


# --- Coat of arms -------------------------------------------------------------------------------------------------------

PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#c01b1b" d="M0 0h8v8z"/></svg>'


def png(size: tuple[int, int] = (600, 800)) -> bytes:
    made = BytesIO()
    Image.new("RGBA", size, (200, 20, 20, 128)).save(made, "PNG")
    return made.getvalue()


def test_a_plain_drawing_stays_as_it_is_without_its_document_type() -> None:
    typed = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">' + PLAIN
    assert clean_arms(PLAIN).content == PLAIN
    assert clean_arms(typed).content == b'<?xml version="1.0"?>' + PLAIN
    assert clean_arms(PLAIN).name.endswith(".svg")


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b'<path onload="alert(1)" d="M0 0"/>',
        b'<a href="https://example.test"><path d="M0 0"/></a>',
        b'<image href="https://example.test/x.png"/>',
        b'<use href="https://example.test/x.svg#a"/>',
        b"<style>@import 'https://example.test/x.css';</style>",
        b'<rect style="fill:url(https://example.test/x)"/>',
        b"<foreignObject><p>x</p></foreignObject>",
        b'<animate attributeName="href" to="javascript:alert(1)"/>',
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(inside: bytes) -> None:
    with pytest.raises(UnsafeDrawing):
        clean_arms(PLAIN.replace(b"<path", inside + b"<path", 1))


def test_entities_are_refused_before_they_are_read() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>' + PLAIN
    with pytest.raises(UnsafeDrawing):
        clean_arms(bomb)


def test_a_picture_is_scaled_and_drawn_anew() -> None:
    made = clean_arms(png())
    with Image.open(BytesIO(made.content)) as drawn:
        assert (drawn.format, drawn.height, drawn.width) == ("PNG", HEIGHT, 96)
    assert len(made.content) < 3000


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\nbroken", b"<svg", b"<?xml version='1.0'?><html/>"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        clean_arms(content)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        clean_arms(PLAIN + b"<!--" + b"x" * LARGEST_SVG + b"-->")


@pytest.fixture
def solvik(db: None, request: pytest.FixtureRequest, tmp_path: Any) -> Solvik:
    request.getfixturevalue("settings").MEDIA_ROOT = tmp_path
    return make_solvik()


def test_the_arms_are_shown_to_everybody_and_can_do_nothing(
    solvik: Solvik, client: Client, django_capture_on_commit_callbacks: Any, tmp_path: Any
) -> None:
    look.set_arms(PLAIN, by=solvik.administrator, now=MONDAY)
    name = Municipality.objects.get().arms.name.removeprefix("arms/")
    assert f'src="/look/arms/{name}"' in client.get("/").content.decode()
    answer = client.get(f"/look/arms/{name}")
    assert (answer.content, answer.headers["Content-Type"]) == (PLAIN, "image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/look/arms/other.svg").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        look.set_arms(png(), by=solvik.administrator, now=MONDAY)
    assert client.get(f"/look/arms/{name}").status_code == 404
    assert [file.suffix for file in (tmp_path / "arms").iterdir()] == [".png"]
    with django_capture_on_commit_callbacks(execute=True):
        look.remove_arms(by=solvik.administrator, now=MONDAY)
    assert "<svg class=" in client.get("/").content.decode()
    assert list((tmp_path / "arms").iterdir()) == []
    assert Change.objects.filter(kind="organisation.municipality").count() == 3


def test_what_is_refused_is_said_and_leaves_the_arms_alone(solvik: Solvik) -> None:
    look.set_arms(PLAIN, by=solvik.administrator, now=MONDAY)
    for content, code in ((b"x", "not_a_picture"), (PLAIN.replace(b"path", b"script"), "unsafe_drawing")):
        with pytest.raises(look.Refused) as refused:
            look.set_arms(content, by=solvik.administrator, now=MONDAY)
        assert refused.value.code == code
    with Municipality.objects.get().arms.open("rb") as kept:
        assert kept.read() == PLAIN
