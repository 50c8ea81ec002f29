"""Make and take back the keys by which other systems reach the API, and know them again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.errors import Refused
from organisation.kept_queries import KeptQuery
from organisation.models import ApiKey, Person, Unit
from organisation.permissions import SCOPES, Permission, Scope
from organisation.queries import narrow, take_grants, with_grants

PREFIX = "innspill_"
"""What every key begins with, so that one that strays into a file or a log is found."""


class NoScope(Refused):
    code = "no_scope"
    field = "scopes"
    message = _("Choose what the key may be used for.")


class OverAlready(Refused):
    code = "over_already"
    field = "expires_on"
    message = _("That day is over already.")


class MayNotSignIn(Refused):
    code = "may_not_sign_in"
    field = "acts_as"
    message = _("«%(person)s» may not sign in, and neither may a key that acts so.")


class ClientKnown(Refused):
    code = "client_known"
    field = "client_id"
    message = _("This client is let in already. Take that one back first.")


class NewKey(NamedTuple):
    """A key and its secret, which is shown once and never again; a client of the identity provider has none."""

    key: ApiKey
    secret: str


def create_api_key(
    *,
    name: str,
    acts_as: Person,
    scopes: Collection[str],
    units: Collection[Unit] = (),
    expires_on: date | None = None,
    client_id: str = "",
    today: date,
    by: Person | None,
    now: datetime,
) -> NewKey:
    """Make a key that may do what `acts_as` may, within `scopes` and `units` (all, where none is named), until the end of
    the local day `expires_on`. With `client_id` that client of the identity provider is let in instead, and no key made.

    Raises NoScope, OverAlready, MayNotSignIn, ClientKnown, NotAllowed, Unfit.
    """
    require_manager(by)
    if not scopes:
        raise NoScope
    if expires_on is not None and expires_on < today:
        raise OverAlready
    if not acts_as.is_active:
        raise MayNotSignIn(person=acts_as.name)
    client_id = client_id.strip()
    if client_id and ApiKey.objects.filter(client_id=client_id, revoked_at=None).exists():
        raise ClientKnown
    secret = "" if client_id else PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name.strip(),
        acts_as=acts_as,
        scopes=sorted(set(scopes)),
        expires_on=expires_on,
        beginning=secret[: len(PREFIX) + 4],
        digest=_digest(secret) if secret else None,
        client_id=client_id or None,
        made_at=now,
    )
    check_row(key)
    with transaction.atomic():
        key.save()
        key.units.set(units)
        log_created(key, by=by, now=now)
    return NewKey(key, secret)


def revoke_api_key(key: ApiKey, *, by: Person | None, now: datetime) -> ApiKey:
    """Take a key back, at once and for good. Twice does no harm. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        stored = ApiKey.objects.select_for_update().get(pk=key.pk)
        if stored.revoked_at is None:
            before = values_of(stored)
            stored.revoked_at = now
            stored.save(update_fields=["revoked_at"])
            log_changed(stored, before, by=by, now=now)
    return stored


def use_api_key(secret: str, *, today: date) -> ApiKey | None:
    """Return the key that `secret` is, with the person as whom it acts, narrowed to what the key may; None where it is none,
    is taken back or over, or the person may not sign in any more.

    `today` is the local date; the key keeps it as the day of its last use. One statement, but for that.
    """
    found: ApiKey | None = _used(_BY_SECRET.rows(_digest(secret)), today=today, scopes=Scope.values)
    return found


def use_api_client(client_id: str, *, scopes: Collection[str], today: date) -> ApiKey | None:
    """Return what the administrator lets this client of the identity provider do, narrowed further to the `scopes` of its
    token; None where it is not let in. The token was verified by the caller."""
    found: ApiKey | None = _used(_BY_CLIENT.rows(client_id), today=today, scopes=scopes)
    return found


def _whole(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    units = ApiKey.units.through.objects.filter(apikey=OuterRef("pk")).values("unit")
    whole = with_grants(keys.select_related("acts_as"), "acts_as").annotate(only_in=ArraySubquery(units))
    return whole.filter(revoked_at=None)


_BY_SECRET = KeptQuery(lambda digest: _whole(ApiKey.objects.filter(digest=digest)))
_BY_CLIENT = KeptQuery(lambda client: _whole(ApiKey.objects.filter(client_id=client)))


def _used(keys: Sequence[Any], *, today: date, scopes: Collection[str]) -> Any:
    found = next(iter(keys), None)
    if found is None or not found.acts_as.is_active or (found.expires_on is not None and found.expires_on < today):
        return None
    if found.last_used_on != today:
        ApiKey.objects.filter(pk=found.pk).update(last_used_on=today)
    both = [Scope(scope) for scope in found.scopes if scope in scopes and scope in Scope.values]
    allowed: frozenset[Permission] = frozenset().union(*(SCOPES[scope] for scope in both))
    take_grants(found.acts_as, found)
    narrow(found.acts_as, allowed, found.only_in)
    return found


def _digest(secret: str) -> str:
    """SHA-256 without salt: the secret is 256 random bits, which nobody guesses one after the other."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
