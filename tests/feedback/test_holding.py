"""Files of a message that could not be taken as it was: kept for a day, for the page that brought them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.models import Attachment, Card, HeldUpload
from feedback.tasks import throw_away_uploads
from tests.factories import MONDAY, Solvik, oslo
from tests.pictures import PLACE, photo

KEY = "11111111-2222-3333-4444-555555555555"
PNG = photo((60, 40), kind="PNG").getvalue()
PDF = b"%PDF-1.7 x"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(MONDAY, tick=False):
        yield tmp_path


def picture(name: str = "hull.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, "image/png")


def send(client: Client, **fields):
    return client.post("/", {"text": "Hull i veien", "key": KEY, **fields}, HTTP_ACCEPT_LANGUAGE="en")


def held_on(response) -> list[str]:
    return re.findall(r'name="held" value="([^"]+)"', response.content.decode())


def files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_pictures_come_along_when_the_form_is_put_right(
    solvik: Solvik, client: Client, media: Path, django_capture_on_commit_callbacks
) -> None:
    response = send(client, text="", uploads=[picture(), SimpleUploadedFile("plan.pdf", PDF)])
    assert response.status_code == 422
    html, keys = response.content.decode(), held_on(response)
    assert (len(keys), "hull.jpg" in html, "plan.pdf" in html) == (2, True, True)
    assert html.count('src="data:image/jpeg;base64,') == 1
    assert "choose it once more" not in html
    assert PLACE not in Path(HeldUpload.objects.first().file.path).read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, held=keys, uploads=[picture("to.png")]).status_code == 302
    assert list(Attachment.objects.values_list("name", flat=True)) == ["hull.jpg", "plan.pdf", "to.jpg"]
    assert Path(Attachment.objects.get(name="plan.pdf").file.path).read_bytes() == PDF
    assert (HeldUpload.objects.count(), files_in(media)) == (0, 3)


def test_where_the_disk_takes_no_files_the_page_says_so_and_the_words_are_kept(
    solvik: Solvik, client: Client, settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "a file in its place"
    settings.MEDIA_ROOT.write_text("")
    response = send(client, uploads=[picture()])
    html = response.content.decode()
    assert response.status_code == 422
    assert "We have no room for files just now. Send it without them, or try again later." in html
    assert "Hull i veien" in html
    assert "choose it once more" in html
    assert (Card.objects.count(), Attachment.objects.count(), HeldUpload.objects.count()) == (0, 0, 0)
    assert send(client).status_code == 302


def test_the_good_ones_are_kept_beside_a_bad_one(solvik: Solvik, client: Client) -> None:
    response = send(client, uploads=[picture("en.png"), SimpleUploadedFile("x.exe", b"MZ"), picture("to.png")])
    html = response.content.decode()
    assert "«x.exe» is neither a picture" in html
    assert "choose it once more" in html
    assert [one.name for one in HeldUpload.objects.all()] == ["en.jpg", "to.jpg"]


def test_held_files_count_towards_the_five(solvik: Solvik, client: Client) -> None:
    keys = held_on(send(client, text="", uploads=[picture(f"{n}.png") for n in range(3)]))
    response = send(client, held=keys, uploads=[picture(f"n{n}.png") for n in range(3)])
    assert "At most 5 files go with a card; you chose 6." in response.content.decode()
    keys = held_on(response)
    assert len(keys) == 6
    assert send(client, held=keys, drop=keys[0]).status_code == 302
    assert Attachment.objects.count() == 5
    assert "0.jpg" not in Attachment.objects.values_list("name", flat=True)


def test_a_file_that_is_not_to_be_sent_is_deleted_at_once(
    solvik: Solvik, client: Client, media: Path, django_capture_on_commit_callbacks
) -> None:
    keys = held_on(send(client, text="", uploads=[picture()]))
    with django_capture_on_commit_callbacks(execute=True):
        assert held_on(send(client, text="", held=keys, drop=keys)) == []
    assert (HeldUpload.objects.count(), files_in(media)) == (0, 0)


def test_who_does_not_hold_the_key_gets_nothing(solvik: Solvik, client: Client) -> None:
    send(client, text="", uploads=[picture("hemmelig.png")])
    held = HeldUpload.objects.get()
    assert len(held.key) == 43
    for wrong in (str(held.pk), held.file.name, held.key[:-1] + "x", ""):
        response = send(Client(), text="", held=[wrong])
        assert (held_on(response), "hemmelig" in response.content.decode()) == ([], False)
    assert send(Client(), text="Annet", held=["x" * 43]).status_code == 422
    assert Card.objects.count() == 0


def test_a_file_that_is_gone_is_told_of_and_not_silently_left_out(solvik: Solvik, client: Client) -> None:
    keys = held_on(send(client, text="", uploads=[picture()]))
    with time_machine.travel(MONDAY + timedelta(days=1, seconds=1), tick=False):
        response = send(client, held=keys)
        assert response.status_code == 422
        assert "A file that you chose earlier waits here no more." in response.content.decode()
        assert Card.objects.count() == 0
        assert send(client, held=held_on(response)).status_code == 302


def test_a_double_click_with_held_files_makes_one_card_with_them(solvik: Solvik, client: Client) -> None:
    keys = held_on(send(client, text="", uploads=[picture()]))
    first, second = send(client, held=keys), send(client, held=keys)
    assert first.headers["Location"] == second.headers["Location"]
    assert (Card.objects.count(), Attachment.objects.count()) == (1, 1)


def test_what_waited_for_a_day_is_thrown_away(
    solvik: Solvik, client: Client, media: Path, django_capture_on_commit_callbacks
) -> None:
    send(client, text="", uploads=[picture("gammel.png")])
    with time_machine.travel(oslo(2026, 11, 3, 8, 59), tick=False):
        send(client, text="", uploads=[picture("ny.png")])
        assert throw_away_uploads() == "0 deleted"
    with (
        time_machine.travel(oslo(2026, 11, 3, 9, 1), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert throw_away_uploads() == "1 deleted"
        assert throw_away_uploads() == "0 deleted"
    assert ([one.name for one in HeldUpload.objects.all()], files_in(media)) == (["ny.jpg"], 1)


@pytest.mark.slow
def test_one_address_does_not_fill_the_disk(solvik: Solvik, client: Client) -> None:
    for _ in range(60):
        send(client, text="", uploads=[SimpleUploadedFile("a.pdf", PDF)])
    response = send(client, text="", uploads=[SimpleUploadedFile("a.pdf", PDF)])
    assert (HeldUpload.objects.count(), response.status_code) == (60, 422)
    assert "choose it once more" in response.content.decode()
