"""What is answered when no view did."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import MunicipalityFactory

PARTS = "multipart/form-data; boundary=x"
UNREADABLE = {
    "too many fields": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\r\n' * 1200 + b"--x--\r\n",
    "a header without end": b"--x\r\n" + b"A" * 3000 + b": b\r\n\r\n\r\n--x--\r\n",
}


@pytest.mark.django_db
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_first_the_page_of_the_answer_reads_is_400(body: bytes) -> None:
    """Nobody asks the provider's door for a token of a form; without a provider it is not there."""
    MunicipalityFactory()
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert client.post("/accounts/provider/signed-out/", body, content_type=PARTS).status_code == 400
    assert client.post("/accounts/provider/signed-out/").status_code == 404
