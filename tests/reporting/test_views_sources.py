"""The pages of sources: who may, what came is shown, a saved answer is read, and what is wrong is said."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organisation.permissions import Role
from reporting.actions.feeds import save_feed
from reporting.feeding import take_answer
from reporting.models import Feed, Fetched, Indicator, Value
from reporting.taking import take_places
from tests.factories import PersonFactory, RoleFactory, Solvik, oslo
from tests.reporting.houses import KLASS, SWEDEN, kolada
from tests.reporting.scorecards import an_indicator

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def feed(solvik: Solvik) -> Feed:
    take_places([SWEDEN], by=None, now=NOW)
    share = an_indicator("Andel", "percent", key="share")
    return save_feed(None, {"kind": "kolada", "external": "N1", "indicator": share}, by=None, now=NOW)


@pytest.fixture
def adviser(feed: Feed, client: Client) -> Client:
    client.force_login(RoleFactory(person=PersonFactory(language="en"), role=Role.QUALITY_ADVISER).person)
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def test_who_may(feed: Feed, client: Client, solvik: Solvik) -> None:
    take_answer(feed, [b"<html>"], address="a.json", by=None, now=NOW, this_year=2026)
    kept = Fetched.objects.get()
    here = f"/staff/sources/{feed.pk}/"
    pages = ["/staff/sources/", "/staff/sources/new/", "/staff/sources/open-data/", here, f"{here}settings/",
             f"{here}answers/{kept.pk}/"]  # fmt: skip
    doors = [f"{here}fetch/", f"{here}remove/"]
    assert client.get("/staff/sources/").status_code == 302
    for person in (solvik.clerk, solvik.roads_leader, solvik.handler, solvik.chief, solvik.reader):
        client.force_login(person)
        assert {client.get(path).status_code for path in pages} == {403}
        assert {client.post(path).status_code for path in [*pages[1:5], *doors]} == {403}
    feed.refresh_from_db()
    assert feed.asked_at is None
    client.force_login(solvik.administrator)
    assert {client.get(path).status_code for path in pages} == {200}
    assert client.get("/staff/sources/999999/").status_code == 404
    assert client.get(f"{here}answers/999999/").status_code == 404


def test_the_list_costs_the_same_however_long(
    adviser: Client, feed: Feed, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(30) as counted:
            adviser.get("/staff/sources/")
        return len(counted)

    take_answer(feed, [b"<html>"], address="a.json", by=None, now=NOW, this_year=2026)
    one = queries()
    for number in ("N2", "N3", "N4"):
        more = save_feed(None, {"kind": "kolada", "external": number, "indicator": feed.indicator}, by=None, now=NOW)
        take_answer(more, [b"<html>"], address="a.json", by=None, now=NOW, this_year=2026)
    assert queries() == one


def test_a_saved_answer_is_read_and_a_wrong_one_is_told_of(adviser: Client, feed: Feed) -> None:
    here = f"/staff/sources/{feed.pk}/"
    wrong = kolada(("N1", "9801", 20225, 1), ("N1", "9801", 2024, 101))
    refused = adviser.post(here, {"file": SimpleUploadedFile("a.json", wrong)})
    page = " ".join(refused.content.decode().split())
    assert refused.status_code == 422
    assert "2 entries with faults" in page
    assert "«20225» is no year" in page
    assert not Value.objects.exists()
    read = adviser.post(here, {"file": SimpleUploadedFile("a.json", kolada(("N1", "9801", 2025, 12)))}, follow=True)
    assert "1 new figures, 0 changed, 0 as they were." in read.content.decode()
    assert Value.objects.get().source == "Kolada (RKA), N1"
    assert "1 new, 0 changed, 0 as they were" in text(adviser, "/staff/sources/")
    assert adviser.post(here).status_code == 422
    raw = adviser.get(f"{here}answers/{Fetched.objects.first().pk}/")  # type: ignore[union-attr]
    assert raw.content[:2] == b"PK"


def test_fetching_now_is_left_to_a_worker(adviser: Client, feed: Feed) -> None:
    answer = adviser.post(f"/staff/sources/{feed.pk}/fetch/", follow=True)
    assert "It waits to be fetched." in " ".join(answer.content.decode().split())
    assert "Waits to be fetched" in text(adviser, "/staff/sources/")
    assert not Fetched.objects.exists()


def test_a_source_is_made_changed_and_removed(adviser: Client, feed: Feed) -> None:
    base = {"kind": "ssb", "external": "", "years": "5", "gender": "T", "rhythm": "weekly"}
    refused = adviser.post("/staff/sources/new/", base)
    assert refused.status_code == 422
    assert "Write the number that the source has for it" in refused.content.decode()
    good = base | {"external": "07459", "indicator": feed.indicator_id, "selections": '[{"code": "Kjonn"}]'}
    assert adviser.post("/staff/sources/new/", good | {"selections": "[1"}).status_code == 422
    assert adviser.post("/staff/sources/new/", good).status_code == 302
    assert adviser.post("/staff/sources/new/", good).status_code == 422  # there already
    made = Feed.objects.get(external="07459")
    assert (made.selections, made.rhythm) == ([{"code": "Kjonn"}], "weekly")
    adviser.post(f"/staff/sources/{made.pk}/settings/", good | {"years": "3"})
    made.refresh_from_db()
    assert made.years == 3
    adviser.post(f"/staff/sources/{made.pk}/remove/")
    assert not Feed.objects.filter(pk=made.pk).exists()


def test_indicators_are_opened_and_closed(adviser: Client, feed: Feed, solvik: Solvik) -> None:
    share = Indicator.objects.get(key="share")
    adviser.post("/staff/sources/open-data/", {"open": [share.pk]})
    share.refresh_from_db()
    assert share.is_public
    assert "Andel" in Client().get("/open-data/").content.decode()
    adviser.post("/staff/sources/open-data/", {})
    share.refresh_from_db()
    assert not share.is_public


def test_a_file_of_another_house_is_previewed_and_read(adviser: Client, feed: Feed) -> None:
    def send(content: bytes, do: str, **more: Any) -> Any:
        return adviser.post("/staff/values/import/", {"file": SimpleUploadedFile("a", content), "do": do} | more)

    answer = kolada(("N1", "9801", 2025, 12))
    refused = send(answer, "check")
    assert refused.status_code == 422
    assert "Choose the indicator that the figures are of." in refused.content.decode()
    checked = send(answer, "check", indicator=feed.indicator_id)
    assert "Lövsta" in checked.content.decode()
    assert not Value.objects.exists()
    assert send(answer, "read", indicator=feed.indicator_id).status_code == 302
    assert Value.objects.count() == 1
    assert send(KLASS, "read").status_code == 302
    mapping = '[columns]\nindicator = {value = "share"}\nyear = "År"\nvalue = "Tall"\nmunicipality = "Kommune"\n'
    table = "År;Tall;Kommune\n2024;12,5;Nordvik\n".encode()
    wrong = send(table, "read", mapping=mapping.replace("Tall", "Verdi"))
    assert wrong.status_code == 422
    assert "which the file does not have" in wrong.content.decode()
    assert send(table, "read", mapping=mapping).status_code == 302
    assert Value.objects.filter(elsewhere__name="Nordvik").exists()
