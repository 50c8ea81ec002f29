"""One card through every door: citizen's page, staff's page, API and an older system's file leave equal rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from feedback.importing.loading import import_cards
from feedback.importing.mapping import read_mapping
from feedback.models import Card
from organisation.models import OutgoingMail
from tests.feedback.api.conftest import NOW, Town, town  # noqa: F401
from tests.feedback.same_card import columns_of

pytestmark = pytest.mark.django_db

# Who stood at the door: an import and a citizen have no name here.
WHO = {"registered_by", "by"}

CONTACT = {"name": "Åse Ørjasæter", "address": "Storgata 1", "phone": "33 00 00 00", "email": "ase@example.org"}
ABOUT = {"text": "Lyset er slukket.\nHele uka – «mørkt».", "kind": "fault_report", "place": "Skolegata 4"}
STAFFS = ABOUT | {"channel": "fax", "language": "nn", "received_on": "2026-11-13", "area": "Sentrum"}

CASES: dict[str, dict[str, Any]] = {
    "everything": STAFFS | {"category": "lights", "contact": CONTACT},
    "anonymous": STAFFS | {"category": "lights"},
    "a chosen unit": STAFFS | {"unit": "schools", "contact": CONTACT},
    "political": STAFFS | {"political": True, "contact": CONTACT},
    "nothing fits": STAFFS | {"contact": {"name": "Åse"}},
    "white space and Windows lines": STAFFS | {"text": "  En linje.\r\nTo. \n", "contact": CONTACT | {"name": " Åse "}},
}

MAPPING = """
source = "old"
[card]
key = "id"
registered = "registered"
received = "received_on"
text = "text"
kind = "kind"
category = "category"
unit = "unit"
channel = "channel"
language = "language"
place = "place"
area = "area"
latitude = "latitude"
longitude = "longitude"
political = "political"
[submitter]
name = "name"
address = "address"
phone = "phone"
email = "email"
"""
COLUMNS = "id registered received_on text kind category unit channel language place area latitude longitude political"


def by_api(town: Town, case: dict[str, Any]) -> Card:  # noqa: F811
    client = APIClient()
    token, _made = Token.objects.get_or_create(user=town.people["service_centre"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.key}")
    body = {key: value for key, value in case.items() if key != "contact"}
    answer = client.post("/api/v1/cards/", body | ({"submitter": case["contact"]} if "contact" in case else {}))
    assert answer.status_code == 201, answer.json()
    return Card.objects.get(reference=answer.json()["reference"])


def by_form(client: Client, path: str, case: dict[str, Any]) -> Card:
    known = set(Card.objects.values_list("pk", flat=True))
    form = {key: value for key, value in case.items() if key != "contact"} | case.get("contact", {})
    answer = client.post(path, {key: value for key, value in form.items() if value is not False})
    assert answer.status_code == 302, answer.context["form"].errors
    return Card.objects.exclude(pk__in=known).get()


def by_staff(town: Town, client: Client, case: dict[str, Any]) -> Card:  # noqa: F811
    client.force_login(town.people["service_centre"])
    return by_form(client, "/staff/register/", case)


def by_file(folder: Path, case: dict[str, Any]) -> Card:
    row = {"id": "1", "registered": "2026-11-16T10:30:00", **case, **case.get("contact", {})}
    row["political"] = "yes" if case.get("political") else "no"
    out = io.StringIO()
    writer = csv.DictWriter(out, [*COLUMNS.split(), *CONTACT], extrasaction="ignore")
    writer.writeheader()
    writer.writerow(row)
    (folder / "old.csv").write_text(out.getvalue(), newline="")
    (folder / "old.toml").write_text(MAPPING)
    report = import_cards(folder / "old.csv", read_mapping(folder / "old.toml"), now=NOW)
    card = Card.objects.filter(import_source="old").first()
    assert card is not None, report
    return card


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_staffs_page_api_and_file_leave_equal_rows(
    town: Town,  # noqa: F811
    client: Client,
    tmp_path: Path,
    case: dict[str, Any],
) -> None:
    api = by_api(town, case)
    mails = OutgoingMail.objects.count()
    staff = by_staff(town, client, case)
    assert columns_of(staff) == columns_of(api)
    assert OutgoingMail.objects.count() == 2 * mails

    imported = by_file(tmp_path, case)
    assert columns_of(imported, without=WHO) == columns_of(api, without=WHO)
    assert OutgoingMail.objects.count() == 2 * mails  # an import sends nothing


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    "case", [ABOUT | {"category": "lights", "contact": CONTACT}, ABOUT], ids=["signed", "anonymous"]
)
def test_citizens_page_and_api_leave_equal_rows(town: Town, client: Client, case: dict[str, Any]) -> None:  # noqa: F811
    api = by_api(town, case | {"channel": "web", "language": "nb"})
    citizen = by_form(client, "/", case)
    assert columns_of(citizen, without=WHO) == columns_of(api, without=WHO)


@time_machine.travel(NOW, tick=False)
def test_a_position_is_the_same_by_api_and_file(town: Town, tmp_path: Path) -> None:  # noqa: F811
    case = STAFFS | {"latitude": 59.0532004, "longitude": 10.0352, "contact": CONTACT}
    assert columns_of(by_file(tmp_path, case), without=WHO) == columns_of(by_api(town, case), without=WHO)
