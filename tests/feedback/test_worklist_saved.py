"""Saved filters: kept under a name, cleaned, shared with the service centre, and nobody else's business."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client

from feedback.actions.saving import MOST
from feedback.filters import MOST_QUERY, known_part, read_query
from feedback.models import SavedFilter
from tests.factories import RoleFactory, Solvik

OVERDUE = "due=overdue&unit=roads"


def save(client: Client, person, **fields):
    client.force_login(person)
    return client.post("/staff/filters/", {"query": OVERDUE, **fields}, HTTP_ACCEPT_LANGUAGE="en")


def links(client: Client, person) -> list[str]:
    client.force_login(person)
    return [saved.name for saved in client.get("/staff/").context["saved"]]


def test_a_filter_is_saved_shown_and_leads_to_its_list(solvik: Solvik, client: Client) -> None:
    response = save(client, solvik.clerk, name="  Vei,  over frist ")
    assert response.headers["Location"] == f"/staff/?{OVERDUE}"
    saved = SavedFilter.objects.get()
    assert (saved.person, saved.name, saved.query, saved.is_shared) == (
        solvik.clerk, "Vei, over frist", OVERDUE, False,
    )  # fmt: skip
    html = client.get(f"/staff/?{OVERDUE}", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert (
        '<a class="ds-link" href="/staff/?due=overdue&amp;unit=roads" aria-current="true">Vei, over frist</a>' in html
    )


def test_only_what_cards_are_filtered_by_is_kept(solvik: Solvik, client: Client) -> None:
    save(client, solvik.clerk, name="x", query="evil=1&unit=roads&after=2026-11-12_1&due=overdue&state=&texts=yes")
    assert SavedFilter.objects.get().query == OVERDUE


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Write a name for the filter."),
        ({"name": " \t "}, "Write a name for the filter."),
        ({"name": "x" * 61}, "The name is longer than 60 characters. Shorten it."),
        ({"name": "Mine"}, "You have a filter called «Mine» already. Choose another name."),
        ({"name": "x", "query": ""}, "There is nothing to save yet: choose a filter in the list first."),
        ({"name": "x", "query": "evil=1"}, "There is nothing to save yet: choose a filter in the list first."),
        ({"name": "x", "query": "q=" + "a" * 1001}, "There is nothing to save yet: choose a filter in the list first."),
    ],
)
def test_what_cannot_be_saved_comes_back_with_a_sentence(
    solvik: Solvik, client: Client, fields: dict[str, str], sentence: str
) -> None:
    SavedFilter.objects.create(person=solvik.clerk, name="Mine", query="due=open")
    response = save(client, solvik.clerk, **fields)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert f'value="{fields["name"]}"' in html or not fields["name"].strip()
    assert SavedFilter.objects.count() == 1
    if "query" not in fields:
        assert 'name="query" value="due=overdue&amp;unit=roads"' in html


def test_there_are_not_endlessly_many(solvik: Solvik, client: Client) -> None:
    for number in range(MOST):
        SavedFilter.objects.create(person=solvik.clerk, name=str(number), query=OVERDUE)
    assert "You have 30 saved filters." in save(client, solvik.clerk, name="En til").content.decode()
    assert SavedFilter.objects.count() == MOST


def test_a_shared_filter_is_the_whole_service_centres_and_nobody_elses(solvik: Solvik, client: Client) -> None:
    colleague = RoleFactory().person
    save(client, solvik.clerk, name="Min")
    save(client, solvik.clerk, name="Vår", shared="on")
    assert links(client, solvik.clerk) == ["Min", "Vår"]
    assert links(client, colleague) == ["Vår"]
    for other in (solvik.roads_leader, solvik.reader, solvik.chief):
        assert links(client, other) == []


def test_a_leader_keeps_filters_and_shares_none(solvik: Solvik, client: Client) -> None:
    save(client, solvik.roads_leader, name="Mine", shared="on")
    assert SavedFilter.objects.get().is_shared is False
    assert 'name="shared"' not in client.get("/staff/").content.decode()


def test_two_people_may_use_one_name(solvik: Solvik, client: Client) -> None:
    assert save(client, solvik.clerk, name="Over frist").status_code == 302
    assert save(client, solvik.roads_leader, name="Over frist").status_code == 302


def change(client: Client, person, saved: SavedFilter, **fields):
    client.force_login(person)
    data = {name if name == "remove" else f"filter-{saved.pk}-{name}": value for name, value in fields.items()}
    return client.post(f"/staff/filters/{saved.pk}/", data, HTTP_ACCEPT_LANGUAGE="en")


def test_a_filter_is_renamed_shared_and_removed(solvik: Solvik, client: Client) -> None:
    saved = SavedFilter.objects.create(person=solvik.clerk, name="Gammel", query=OVERDUE)
    change(client, solvik.clerk, saved, name="Ny", shared="on")
    saved.refresh_from_db()
    assert (saved.name, saved.is_shared) == ("Ny", True)
    change(client, solvik.clerk, saved, name="Ny")
    saved.refresh_from_db()
    assert saved.is_shared is False
    assert change(client, solvik.clerk, saved, remove="yes").headers["Location"] == "/staff/filters/"
    assert not SavedFilter.objects.exists()


def test_a_bad_new_name_is_told_at_its_filter_and_the_old_one_stays(solvik: Solvik, client: Client) -> None:
    saved = SavedFilter.objects.create(person=solvik.clerk, name="Gammel", query=OVERDUE)
    SavedFilter.objects.create(person=solvik.clerk, name="Opptatt", query=OVERDUE)
    response = change(client, solvik.clerk, saved, name="Opptatt")
    assert response.status_code == 422
    assert "You have a filter called «Opptatt» already." in response.content.decode()
    saved.refresh_from_db()
    assert saved.name == "Gammel"


@pytest.mark.parametrize("fields", [{"name": "Min nå"}, {"remove": "yes"}])
def test_a_colleagues_shared_filter_is_used_and_not_changed(
    solvik: Solvik, client: Client, fields: dict[str, str]
) -> None:
    saved = SavedFilter.objects.create(person=solvik.clerk, name="Vår", query=OVERDUE, is_shared=True)
    assert change(client, RoleFactory().person, saved, **fields).status_code == 404
    saved.refresh_from_db()
    assert saved.name == "Vår"


@pytest.mark.parametrize(("person", "status"), [("administrator", 403), (None, 302), ("chief", 200)])
def test_who_has_filters(solvik: Solvik, client: Client, person: str | None, status: int) -> None:
    if person:
        client.force_login(getattr(solvik, person))
    assert client.get("/staff/filters/").status_code == status


def test_the_page_tells_each_filter_in_words(solvik: Solvik, client: Client) -> None:
    SavedFilter.objects.create(
        person=solvik.clerk, name="Alt", query="channel=phone&due=overdue&q=hull&received_from=2.11.2026&unit=roads"
    )
    client.force_login(solvik.clerk)
    html = client.get("/staff/filters/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    for words in ("hull", "Vei", "Phone", "Over the deadline", "2 Nov 2026"):
        assert f"<strong>{words}</strong>" in html


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("due=open&due=overdue", "due=open&due=overdue"),
        ("b=2&q=a%20b&a=1", "q=a+b"),
        ("q=%FF", "q=%EF%BF%BD"),
        ("q=" + "x" * MOST_QUERY, ""),
        ("&&=;%", ""),
        ("after=1&q=x", "q=x"),
    ],
)
def test_a_query_from_outside_is_cleaned(text: str, kept: str) -> None:
    assert read_query(text).urlencode() == kept
    assert known_part(QueryDict(kept)).urlencode() == kept
