"""Register other systems' addresses, change their secrets, test them, and send again what did not get through."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import NotAllowed, Refused
from organisation.models import Person, Unit, WebhookDelivery, WebhookEndpoint
from organisation.models.webhooks import TEST_EVENT
from organisation.nudging import nudge_on_commit
from organisation.outgoing import checked
from organisation.permissions import Permission
from organisation.queries import grants_of
from organisation.secrets import closed
from organisation.webhooks.delivery import PURPOSE, switch_off
from organisation.webhooks.signing import new_secret
from organisation.webhooks.telling import TASK, last_day

Status = WebhookDelivery.Status

BOTH_SIGN_FOR = timedelta(hours=24)
"""The former secret signs beside the new one for so long, unless it is to end at once."""


class NoEvent(Refused):
    code = "no_event"
    field = "events"
    message = _("Choose at least one event.")


class InOurNetwork(Refused):
    code = "private_address"
    field = "url"
    message = _("That address lies in a private network, to which nothing is sent.")


class IsOff(Refused):
    code = "webhook_off"
    message = _("It is switched off. Switch it on first.")


class NothingToReplay(Refused):
    code = "nothing_to_replay"
    field = "since"
    message = _("Nothing has been given up since then.")


class NewSecret(NamedTuple):
    """An endpoint and its secret, which is shown once and never again."""

    endpoint: WebhookEndpoint
    secret: str


def may_keep_webhooks(person: Person) -> bool:
    """Whether `person` may register other systems' addresses, wherever the events come from."""
    return grants_of(person).allows(Permission.MANAGE_WEBHOOKS)


def create_webhook(
    *,
    url: str,
    events: Collection[str],
    units: Collection[Unit] = (),
    description: str = "",
    owner: Person | None = None,
    by: Person | None,
    now: datetime,
) -> NewSecret:
    """Register an address. From now on it is told of `events`: of the cards of `units` alone, where any are named.

    Raises CannotReach for what is no address, InOurNetwork, NoEvent, NotAllowed, Unfit.
    """
    _require(by)
    secret = new_secret()
    endpoint = WebhookEndpoint(
        url=_sound(url), events=_chosen(events), description=description.strip(), owner=owner or by,
        secret=closed(secret.encode(), purpose=PURPOSE), made_at=now,
    )  # fmt: skip
    check_row(endpoint)
    with transaction.atomic():
        endpoint.save()
        endpoint.units.set(units)
        log_created(endpoint, by=by, now=now)
    return NewSecret(endpoint, secret)


def change_webhook(
    endpoint: WebhookEndpoint, values: Mapping[str, Any], *, by: Person | None, now: datetime
) -> WebhookEndpoint:
    """Change what `values` names of url, events, units, description and owner. What waits goes to the new address.

    Raises CannotReach, InOurNetwork, NoEvent, NotAllowed, Unfit.
    """
    _require(by)
    with transaction.atomic():
        stored = _locked(endpoint)
        before = values_of(stored)
        for name, value in values.items():
            if name != "units":
                setattr(stored, name, value)
        stored.url, stored.events, stored.description = (
            _sound(stored.url), _chosen(stored.events), stored.description.strip()
        )  # fmt: skip
        check_row(stored)
        if before["url"] != stored.url:
            stored.failing_since, stored.failures, stored.rests_until = None, 0, None
        stored.save()
        if "units" in values:
            stored.units.set(values["units"])
        log_changed(stored, before, by=by, now=now)
    return stored


def remove_webhook(endpoint: WebhookEndpoint, *, by: Person | None, now: datetime) -> None:
    """Forget an address with all that it was told or is to be told. Raises NotAllowed."""
    _require(by)
    with transaction.atomic():
        stored = _locked(endpoint)
        log_removed(stored, by=by, now=now)
        stored.delete()


def change_secret(endpoint: WebhookEndpoint, *, at_once: bool = False, by: Person | None, now: datetime) -> NewSecret:
    """Make a new secret. The former one signs beside it for BOTH_SIGN_FOR, so that the receiver can change over without
    losing anything; `at_once`, where it has leaked, it ends now. Raises NotAllowed."""
    _require(by)
    secret = new_secret()
    with transaction.atomic():
        stored = _locked(endpoint)
        stored.previous_secret = "" if at_once else stored.secret
        stored.previous_until = None if at_once else now + BOTH_SIGN_FOR
        stored.secret = closed(secret.encode(), purpose=PURPOSE)
        stored.save(update_fields=["secret", "previous_secret", "previous_until"])
    return NewSecret(stored, secret)


def turn_off(endpoint: WebhookEndpoint, *, by: Person | None, now: datetime) -> WebhookEndpoint:
    """Tell it nothing more until it is switched on; what waits is given up. Twice does no harm. Raises NotAllowed."""
    _require(by)
    with transaction.atomic():
        stored = _locked(endpoint)
        before = values_of(stored)
        switch_off(stored, WebhookEndpoint.Off.BY_HAND, now=now)
        log_changed(stored, before, by=by, now=now)
    return stored


def turn_on(endpoint: WebhookEndpoint, *, by: Person | None, now: datetime) -> WebhookEndpoint:
    """Tell it again of what happens from now on. What was given up is sent where somebody replays it. Raises NotAllowed."""
    _require(by)
    with transaction.atomic():
        stored = _locked(endpoint)
        before = values_of(stored)
        stored.off_since, stored.off_because = None, ""
        stored.failing_since, stored.failures, stored.rests_until = None, 0, None
        stored.save()
        log_changed(stored, before, by=by, now=now)
    return stored


def send_test(endpoint: WebhookEndpoint, *, by: Person | None, now: datetime) -> WebhookDelivery:
    """Let it be sent an event of no card, like any other. Raises NotAllowed, IsOff."""
    _require(by)
    key = uuid4()
    body = {"type": TEST_EVENT, "timestamp": now.astimezone(UTC).isoformat(), "data": {"url": settings.SITE_URL}}
    with transaction.atomic():
        stored = _locked(endpoint)
        _require_on(stored)
        _wake(stored)
        made = WebhookDelivery.objects.create(
            key=key, endpoint=stored, event=TEST_EVENT, cause=f"test:{key}", body=json.dumps(body), at=now,
            next_attempt_at=now, delete_on=last_day(now),
        )  # fmt: skip
        nudge_on_commit(TASK)
    return made


def replay(delivery: WebhookDelivery, *, by: Person | None, now: datetime) -> None:
    """Send one delivery again, under the same id, from the first try on, whether it got through or was given up.

    One that waits or is under way is left alone. Raises NotAllowed, IsOff.
    """
    _require(by)
    with transaction.atomic():
        stored = _locked(delivery.endpoint)
        _require_on(stored)
        _wake(stored)
        _again(stored, now, pk=delivery.pk, status__in=(Status.FAILED, Status.DELIVERED))


def replay_since(endpoint: WebhookEndpoint, *, since: datetime, by: Person | None, now: datetime) -> int:
    """Send again all that was given up of what happened since then. Return how many.

    Raises NotAllowed, IsOff, NothingToReplay.
    """
    _require(by)
    with transaction.atomic():
        stored = _locked(endpoint)
        _require_on(stored)
        _wake(stored)
        number = _again(stored, now, at__gte=since, status=Status.FAILED)
        if not number:
            raise NothingToReplay
    return number


def _again(endpoint: WebhookEndpoint, now: datetime, **which: Any) -> int:
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, **which)
    number = rows.update(
        status=Status.WAITING,
        attempts=0,
        next_attempt_at=now,
        claimed_at=None,
        delivered_at=None,
        delete_on=last_day(now),
    )
    nudge_on_commit(TASK)
    return number


def _wake(endpoint: WebhookEndpoint) -> None:
    """Whoever sends something by hand wants to see what comes of it now."""
    if endpoint.rests_until is not None:
        endpoint.rests_until = None
        endpoint.save(update_fields=["rests_until"])


def _require(by: Person | None) -> None:
    if by is not None and not may_keep_webhooks(by):
        raise NotAllowed


def _require_on(endpoint: WebhookEndpoint) -> None:
    if endpoint.off_since is not None:
        raise IsOff


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)


def _chosen(events: Collection[str]) -> list[str]:
    if not events:
        raise NoEvent
    return sorted(set(events))


def _sound(url: str) -> str:
    """Return the address as it is kept. What a name leads to is looked at each time that something is sent."""
    allow_private = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    parts = checked(url, allow_plain=allow_private, field="url")
    if not allow_private and _is_of_this_house(str(parts.hostname)):
        raise InOurNetwork
    return url.strip()


def _is_of_this_house(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False
