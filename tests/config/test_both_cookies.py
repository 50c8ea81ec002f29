"""Two releases that call their cookies differently: whoever came to one is known to the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_solvik

NAMES = {"sessionid": "__Host-session", "csrftoken": "__Host-csrf"}
FORM = {"text": "Hull i veien", "name": "Kari", "address": "Storgata 1", "phone": "33 18 10 00"}


@pytest.fixture
def new(settings: Any) -> Client:
    """A browser at this release, as it is in earnest."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = NAMES.values()
    settings.BOTH_COOKIE_NAMES = True
    make_solvik()
    return Client(enforce_csrf_checks=True)


def token(client: Client) -> str:
    return str(client.get("/").context["csrf_token"])


@pytest.mark.django_db
def test_a_form_of_either_release_is_taken_by_this_one(new: Client, settings: Any) -> None:
    word = token(new)
    assert new.cookies["csrftoken"].value == new.cookies["__Host-csrf"].value
    assert bool(new.cookies["csrftoken"]["httponly"])
    old = Client(enforce_csrf_checks=True)
    old.cookies["csrftoken"] = new.cookies["csrftoken"].value  # as the old release wrote it, under that name alone
    assert old.post("/", FORM | {"csrfmiddlewaretoken": word, "opened": ""}).status_code != 403
    settings.BOTH_COOKIE_NAMES = False
    later = Client(enforce_csrf_checks=True)
    later.cookies["csrftoken"] = new.cookies["csrftoken"].value
    assert later.post("/", FORM | {"csrfmiddlewaretoken": word}).status_code == 403


@pytest.mark.django_db
def test_who_signed_in_at_the_old_one_is_signed_in_here_and_signs_out_of_both(settings: Any) -> None:
    solvik = make_solvik()
    old = Client()  # Django's names, as the old release has them
    old.force_login(solvik.clerk)
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = NAMES.values()
    settings.BOTH_COOKIE_NAMES = True
    here = Client()
    here.cookies["sessionid"] = old.cookies["sessionid"].value
    here.cookies["__Host-session"] = "of-before"
    assert here.get("/staff/").status_code == 200
    here.post("/accounts/logout/")
    assert [here.cookies[name].value for name in ("sessionid", "__Host-session")] == ["", ""]
