"""The demonstration's mails on a page: only where mail goes to files."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.test.utils import override_settings

from tests.factories import Solvik, make_solvik

FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()


def test_the_mails_are_shown_newest_first_with_their_letters_and_attachments(
    solvik: Solvik, client: Client, tmp_path
) -> None:
    client.force_login(solvik.clerk)
    with override_settings(DEMONSTRATION=True, EMAIL_BACKEND=FILES, EMAIL_FILE_PATH=tmp_path):
        for subject in ("Første", "Ny melding om brøyting på Åsen"):
            message = EmailMultiAlternatives(subject, f"Hei æøå: {subject}", "a@solvik.test", ["b@solvik.test"])
            message.attach("liste.pdf", b"%PDF-1.7", "application/pdf")
            message.send()
        html = client.get("/demo/mail/").content.decode()
    assert html.index("Ny melding om brøyting på Åsen") < html.index("Første")
    assert "Hei æøå" in html
    assert "liste.pdf" in html


@pytest.mark.parametrize(
    ("demonstration", "backend"), [(False, FILES), (True, "django.core.mail.backends.smtp.EmailBackend")]
)
def test_elsewhere_there_is_no_such_page(solvik: Solvik, client: Client, tmp_path, demonstration, backend) -> None:
    client.force_login(solvik.clerk)
    with override_settings(DEMONSTRATION=demonstration, EMAIL_BACKEND=backend, EMAIL_FILE_PATH=tmp_path):
        assert client.get("/demo/mail/").status_code == 404


def test_whoever_is_not_signed_in_sees_no_mail(client: Client, solvik: Solvik) -> None:
    assert client.get("/demo/mail/").status_code == 302
