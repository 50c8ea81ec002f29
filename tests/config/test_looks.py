"""Each look at protected data is written down once, by whichever door, and a new address cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from config.looks import LOOKS, shown_at
from feedback.deadlines import Contact
from feedback.models import Attachment, Card
from organisation.actions.api_keys import create_api_key
from organisation.models import AuditEntry, Person
from organisation.permissions import Scope
from tests.factories import MONDAY, Solvik, a_card, make_solvik

# What shows nothing protected, by namespace: forms that are empty, what the municipality sets up, figures of many together,
# what everybody may see, and what citizens and staff see of themselves.
OPEN = {
    "feedback": """my_cards citizen_sign_in citizen_back citizen_sign_out citizen_signed_out citizen_ended_there
        send suggest offline send_worker find status receipt withdraw own_file own_step privacy absence
        remove_absence filters filter export register paper_card paper_card_file mailings mailing remove_mailing stories story
        publish_story withdraw_story delete_story overdue_weeks run_overdue escalations administration import_cards
        import_template close_unit categories new_category category move_category rules new_rule rule move_rule remove_rule
        open311 new_neighbour neighbour ask_neighbour map_services offered_service new_service_question service_question
        remove_service_question deadlines look retention usual_retention retention_rule remove_retention release_card
        legal_grounds legal_ground""",
    "organisation": """units new_unit unit new_person send_link take_role write_absence take_back_absence end_all
        take_second_step provider_roles remove_provider_role texts text calendar open_after_all municipality look change_arms
        take_arms_away api_keys new_api_key revoke_api_key webhooks new_webhook given_up replay_delivery webhook
        change_webhook test_webhook switch_webhook webhook_secret replay_since remove_webhook""",
    "surveys": """enter enter_by_surveys answer thanks kiosk kiosk_answer kiosk_thanks surveys new survey settings copy remove
        questionnaire questionnaire_pdf library new_area area move_area remove_area new_question question move_question
        remove_question
        comments_undo results results_publish results_take_back results_withdraw results_compute results_throw_away
        results_preview results_file public_results public_results_file populations population_template forget_people
        groups_asked move_closing open_now close import_answers import_answers_template paper""",
    "api": """units categories routing-preview overdue-runs escalations webhooks webhook webhook-secret webhook-test
        webhook-deliveries webhook-replay token schema docs""",
    "surveys_api": "surveys survey results by-code",
}
WHOLLY_OPEN = {"look", "open311", "figures"}
"""Namespaces in which nothing is protected: drawings, what Open311 makes public, figures of many together."""


def names(patterns: list[Any], space: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space, pattern.name


def test_every_address_is_decided_on() -> None:
    there = {
        (space, name)
        for space, name in names(get_resolver().url_patterns)
        if space and space not in ("admin", *WHOLLY_OPEN)
    }
    decided = {(space, name) for space, text in OPEN.items() for name in text.split()}
    looks = {tuple(name.split(":")) for name in LOOKS}
    reporting = {name for space, name in there if space == "reporting"}
    # Of figures and plans only interviews name anybody.
    decided |= {("reporting", name) for name in reporting if "interview" not in name}
    decided |= {("reporting", "interviews"), ("reporting", "throw_interviews_away")}
    assert there - decided - looks == set(), "Say in config/looks.py what it shows, or here that it shows nothing."
    assert (decided | looks) - there == set()
    assert decided & looks == set()


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads, contact=Contact("Kari Nordmann", "Vegen 1", "33181000", ""))


def looked(**given: Any) -> list[tuple[Any, ...]]:
    """Return the looks since the last call, oldest first."""
    found = AuditEntry.objects.filter(action__in=["read", "saw_list", "searched", "exported", "downloaded"], **given)
    rows = [
        (entry.action, entry.kind, entry.reference, entry.person_id, entry.fields, entry.shown)
        for entry in found.order_by("id")
    ]
    looked.seen, new = len(rows), rows[looked.seen :]  # type: ignore[attr-defined]
    return new


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    looked.seen = 0  # type: ignore[attr-defined]


def test_staffs_pages_and_files(solvik: Solvik, card: Card, client: Client) -> None:
    who = solvik.clerk.pk
    client.force_login(solvik.clerk)
    here = f"/staff/cards/{card.reference}/"
    client.get(here)
    assert looked() == [("read", "feedback.card", card.reference, who, [], None)]
    client.post(f"{here}note/", {"text": "", "seen": "0"})  # refused: the page with the card comes back
    assert looked() == [("read", "feedback.card", card.reference, who, [], None)]
    client.get("/staff/?due=open&unit=roads&kari=nordmann")
    assert looked() == [("saw_list", "feedback.card", "", who, ["due", "unit"], 1)]
    client.get("/staff/?q=Nordmann")
    assert looked() == [("searched", "feedback.card", "", who, ["q"], 1)]
    for form in ("csv", "xlsx"):
        b"".join(client.get(f"/staff/export/cards.{form}?due=open&texts=yes"))
        assert looked() == [("exported", "feedback.card", "", who, ["due", "texts"], None)]
    file = Attachment.objects.create(
        card=card, file=ContentFile(b"x", "x.txt"), name="x.txt", content_type="text/plain", size=1, sha256="0" * 64,
        added_at=MONDAY,
    )  # fmt: skip
    b"".join(client.get(f"{here}files/{file.pk}/"))
    assert looked() == [("downloaded", "feedback.attachment", card.reference, who, [], None)]
    assert AuditEntry.objects.latest("id").row == file.pk
    assert "Nordmann" not in str(AuditEntry.objects.values())


def test_nothing_is_written_where_nothing_was_seen(solvik: Solvik, card: Card, client: Client) -> None:
    here = f"/staff/cards/{card.reference}/"
    assert client.get(here).status_code == 302
    client.force_login(solvik.water_leader)
    assert client.get(here).status_code == 404
    client.force_login(solvik.administrator)
    assert client.get("/staff/").status_code == 403
    client.force_login(solvik.clerk)
    assert client.head(here).status_code == 200
    assert client.get("/").status_code == 200
    assert looked() == []


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_down_is_not_shown(solvik: Solvik, card: Card, client: Client) -> None:
    client.force_login(solvik.clerk)
    client.raise_request_exception = False
    table = "ALTER TABLE organisation_auditentry"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} ADD CONSTRAINT on_no_account CHECK (action <> 'read') NOT VALID")
        try:
            answer = client.get(f"/staff/cards/{card.reference}/")
        finally:
            cursor.execute(f"{table} DROP CONSTRAINT on_no_account")
    assert answer.status_code == 500
    assert card.text not in answer.content.decode()


def test_a_key_is_named_beside_who_it_acts_as(solvik: Solvik, card: Card) -> None:
    made = create_api_key(
        name="Fagsystem", acts_as=solvik.clerk, scopes=[Scope.CARDS_WRITE], today=MONDAY.date(), by=None, now=MONDAY
    )
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    at = "/api/v1/cards/"
    assert client.get(f"{at}?unit=roads").status_code == 200
    assert client.get(f"{at}{card.reference}/").status_code == 200
    assert client.post(f"{at}{card.reference}/notes/", {"text": "Ringt"}, format="json").status_code == 200
    assert client.get(f"{at}26-999999-9/").status_code == 404
    b"".join(client.get(f"{at}export.ndjson?texts=true"))
    answer = client.get("/api/v1/changes/").json()
    assert client.get(answer["next"]).json()["results"] == []  # nothing new: nothing was seen
    who = solvik.clerk.pk
    assert looked(api_key=made.key) == [
        ("saw_list", "feedback.card", "", who, ["unit"], 1),
        ("read", "feedback.card", card.reference, who, [], None),
        ("read", "feedback.card", card.reference, who, [], None),
        ("exported", "feedback.card", "", who, ["texts"], None),
        ("saw_list", "feedback.card", "", who, [], 1),
    ]
    assert looked() == []


def test_the_admins_pages_are_looks_too(solvik: Solvik, card: Card, client: Client) -> None:
    boss = Person.objects.create_superuser("boss@solvik.test", "Boss", "x")
    client.force_login(boss)
    assert client.get(f"/admin/feedback/card/{card.pk}/change/").status_code == 200
    assert client.get("/admin/feedback/card/").status_code == 200
    assert [one[:2] for one in looked()] == [("read", "feedback.card"), ("saw_list", "feedback.card")]
    assert shown_at("admin:index") is None


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 403),
        ("roads_leader", 200),
        ("handler", 403),
        ("water_leader", 404),
        ("administrator", 403),
        ("reader", 403),
    ],
)
def test_who_may_see_who_saw_a_card(solvik: Solvik, card: Card, client: Client, who: str, status: int) -> None:
    client.force_login(solvik.handler)
    client.get(f"/staff/cards/{card.reference}/")
    person = getattr(solvik, who)
    client.force_login(person)
    answer = client.get(f"/staff/cards/{card.reference}/audit/")
    assert answer.status_code == status
    if status == 200:
        assert {row.entry.action for row in answer.context["page"].rows} == {"registered", "forwarded", "read"}
        assert solvik.handler.name in answer.content.decode()
    linked = "/audit/" in client.get(f"/staff/cards/{card.reference}/").content.decode()
    assert linked == (status == 200)
