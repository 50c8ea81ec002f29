"""A unit that a card has left sees it no more: by no list, page, search, count, file, API, document or mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client

from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, reroute_card
from feedback.models import Attachment, Card
from organisation.calendar import IsoWeek
from organisation.models import OutgoingMail, Person
from tests.factories import Solvik, a_card, make_solvik

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
WORDS = "Kloakklukt ved trappa"


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


@pytest.fixture
def card(solvik: Solvik) -> Card:
    """A card that roads had, with a case handler of theirs and a file, and that is now with water."""
    found = a_card(now=NOW, unit=solvik.roads, text=WORDS)
    delegate_card(found, handler=solvik.handler, by=solvik.roads_leader, now=NOW)
    return found


def reads(person: Person, card: Card, file: Attachment) -> dict[str, bool]:
    """What `person` gets to see of the card, by each door."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    reference = card.reference

    def shows(path: str) -> bool:
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code == 200 and (reference.encode() in content or WORDS.encode() in content)

    def there(path: str) -> bool:
        answer = client.get(path)
        list(answer.streaming_content if answer.streaming else [])  # read to its end, the file is closed
        return answer.status_code == 200

    return {
        "list": shows("/staff/"),
        "today": shows("/staff/today/"),
        "search": shows(f"/staff/?q={reference}") or shows("/staff/?q=kloakklukt"),
        "page": shows(f"/staff/cards/{reference}/"),
        "file": there(f"/staff/cards/{reference}/files/{file.pk}/"),
        "export": shows("/staff/export/cards.csv"),
        "API list": shows("/api/v1/cards/"),
        "API card": shows(f"/api/v1/cards/{reference}/"),
        "API events": there(f"/api/v1/cards/{reference}/events/"),
        "API files": there(f"/api/v1/cards/{reference}/attachments/"),
    }


@time_machine.travel(NOW, tick=False)
@pytest.mark.slow
def test_who_had_a_card_reads_nothing_of_it_when_it_has_left(
    solvik: Solvik, card: Card, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = Attachment(card=card, name="bilde.txt", content_type="text/plain", size=4, sha256="0" * 64, added_at=NOW)
    file.file.save("bilde.txt", ContentFile(b"lukt"), save=False)
    file.save()
    before = {person.name: reads(person, card, file) for person in (solvik.roads_leader, solvik.handler)}
    for name, seen in before.items():  # a door that shows nothing before would prove nothing
        assert [door for door, shown in seen.items() if not shown] == [], name

    reroute_card(card, unit=solvik.water, reason="Vann og avløp", by=solvik.clerk, now=NOW)
    OutgoingMail.objects.all().delete()  # the one that tells of the move itself
    for person in (solvik.roads_leader, solvik.handler, solvik.roads_deputy):
        seen = reads(solvik.fresh(person), card, file)
        assert [door for door, shown in seen.items() if shown] == [], person.name
    assert reads(solvik.water_leader, card, file)["page"]
    run_overdue_list(now=NOW + timedelta(weeks=5), week=IsoWeek.of((NOW + timedelta(weeks=4)).date()))
    told = set(OutgoingMail.objects.filter(text__contains=card.reference).values_list("to", flat=True))
    assert told == {solvik.water_leader.email}
