"""A refusal leaves nothing behind: no row written, none changed, no mail queued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps

from feedback.errors import Refused
from organisation.models import OutgoingMail


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of cards and mails as they stand."""
    models = [*apps.get_app_config("feedback").get_models(), OutgoingMail]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@contextmanager
def refuses(error: type[Refused], says: str = "", *, field: str | None = None) -> Iterator[None]:
    """Expect exactly this refusal, with `says` in its English sentence, naming `field`, and all rows as before."""
    from django.utils import translation

    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    if field is not None:
        assert caught.value.field == field
    with translation.override("en"):
        assert says in str(caught.value)
    assert everything() == before
