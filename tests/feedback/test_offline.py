"""The copy of the page for sending that a browser keeps: whole, and with nothing of anybody in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from organisation.models import Municipality
from tests.factories import CategoryFactory, Solvik

pytestmark = pytest.mark.django_db


def test_the_copy_has_neither_token_nor_key_nor_day_and_is_made_for_nobody(solvik: Solvik, client: Client) -> None:
    CategoryFactory(code="lights", name="Gatelys", deadline_days=3, deadline_kind="calendar_days")
    Municipality.objects.update(phone="33 00 00 00")
    client.force_login(solvik.clerk)
    client.cookies.pop("csrftoken", None)
    response = client.get("/offline/", HTTP_ACCEPT_LANGUAGE="en")
    html = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert '<input type="hidden" name="csrfmiddlewaretoken">' in html
    assert '<input type="hidden" name="key" class="ds-input" id="id_key">' in html
    assert "data-day" not in html
    assert "data-promise" not in html
    assert "Gatelys" in html
    assert "There was no net when you opened this page." in html
    assert "/language/setlang/" not in html
    assert "What is not shown above is not with us" not in html


def test_every_script_of_the_copy_is_there(solvik: Solvik, client: Client) -> None:
    html = client.get("/offline/").content.decode()
    scripts = [part.split('"')[0] for part in html.split('<script src="/static/')[1:]]
    assert "innspill/send.js" in scripts
    assert "innspill/send-keep.js" not in scripts
    assert all(finders.find(script) for script in scripts)


def test_the_page_says_what_to_keep_and_the_worker_answers_for_that_page_alone(solvik: Solvik, client: Client) -> None:
    html = client.get("/").content.decode()
    assert 'data-worker="/send-worker.js" data-copy="/offline/"' in html
    worker = client.get("/send-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-store" in worker["Cache-Control"]
    assert 'const PAGE = "/";' in worker.content.decode()
    assert "worker-src 'self'" in worker["Content-Security-Policy"]


def test_switched_off_nothing_is_kept_and_what_was_kept_goes(solvik: Solvik, client: Client, settings: Any) -> None:
    settings.KEEP_SEND_PAGE = False
    assert "data-worker" not in client.get("/").content.decode()
    assert client.get("/offline/").status_code == 404
    worker = client.get("/send-worker.js").content.decode()
    assert "unregister()" in worker
    assert "fetch" not in worker
