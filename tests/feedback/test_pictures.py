"""Citizens' pictures: upright, scaled, and without what the camera wrote into them."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from PIL import Image

from feedback.pictures import LONGEST_SIDE, UnreadablePicture, clean_picture
from tests.pictures import PLACE, photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_the_camera_wrote_does_not_come_along(kind: str) -> None:
    taken = photo((600, 400), kind=kind)
    assert PLACE in taken.getvalue()
    picture = clean_picture(taken)
    assert PLACE not in picture.content.getvalue()
    shown = Image.open(picture.content)
    assert (picture.content_type, picture.ending, shown.format, shown.size) == (
        "image/jpeg",
        ".jpg",
        "JPEG",
        (600, 400),
    )
    assert (dict(shown.getexif()), set(shown.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}) == (
        {},
        {"progressive", "progression"},
    )


def test_a_picture_held_sideways_is_turned_upright() -> None:
    shown = Image.open(clean_picture(photo((600, 400), turned=6)).content)
    assert shown.size == (400, 600)
    top, bottom = shown.getpixel((200, 50)), shown.getpixel((200, 550))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)


def test_a_large_picture_is_scaled_and_a_small_one_is_left() -> None:
    assert Image.open(clean_picture(photo((5000, 2500))).content).size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert Image.open(clean_picture(photo((30, 20))).content).size == (30, 20)


def test_see_through_parts_stay_see_through() -> None:
    picture = clean_picture(photo((60, 40), kind="PNG", mode="RGBA"))
    assert (picture.content_type, picture.ending, Image.open(picture.content).mode) == ("image/png", ".png", "RGBA")
    assert PLACE not in picture.content.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_torn_picture_is_refused(kind: str) -> None:
    whole = photo((600, 400), kind=kind).getvalue()
    with pytest.raises(UnreadablePicture):
        clean_picture(BytesIO(whole[: len(whole) // 3]))


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says of spoilt EXIF
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_spoilt_picture_is_drawn_or_refused(kind: str) -> None:
    """Each decoder has errors of its own for what it cannot read."""
    whole, dice, refused = photo((64, 48), kind=kind).getvalue(), random.Random(1), 0
    for _ in range(1500):
        spoilt = bytearray(whole)
        for _byte in range(dice.choice((1, 3, 30))):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        try:
            clean_picture(BytesIO(spoilt))
        except UnreadablePicture:
            refused += 1
    assert 0 < refused < 1500


def test_a_picture_that_unpacks_to_too_much_is_refused() -> None:
    content = BytesIO()
    Image.new("1", (20_000, 20_000)).save(content, "PNG")
    content.seek(0)
    assert len(content.getvalue()) < 100_000
    with pytest.raises(UnreadablePicture):
        clean_picture(content)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(UnreadablePicture):
        clean_picture(BytesIO(b"\xff\xd8\xff program"))
