"""Where a weakness is reported."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone


@pytest.mark.django_db
def test_it_is_there_where_a_contact_is_set(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = ["mailto:security@solvik.example", "https://solvik.example/security"]
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in response.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACT
    expires = datetime.fromisoformat(dict(fields)["Expires"])
    assert timezone.now() + timedelta(days=170) < expires < timezone.now() + timedelta(days=365)
    assert dict(fields)["Canonical"].endswith("/.well-known/security.txt")
