"""How often one network address may send cards or try codes, and how quickly. Counted in Valkey; where that is away, nobody
is held up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from math import ceil
from typing import Any, cast

import redis
from django.conf import settings
from django.core import signing
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from organisation.models import Municipality

logger = logging.getLogger(__name__)


class Sending(SimpleRateThrottle):
    """Cards from one address. Generous, because a library or a school shares one."""

    rate = "30/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"send:{self.get_ident(request)}"


class Finding(SimpleRateThrottle):
    """Tries at a reference and its code: far too few to guess one of 40 bits."""

    rate = "20/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"find:{self.get_ident(request)}"


class Suggesting(SimpleRateThrottle):
    """Looks at what a message is about. Somebody who writes pauses a dozen times; over it, nothing is suggested."""

    rate = "600/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"suggest:{self.get_ident(request)}"


class Holding(SimpleRateThrottle):
    """Tries that leave files here for a day without sending a message."""

    rate = "60/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"hold:{self.get_ident(request)}"


class SigningIn(SimpleRateThrottle):
    """Ways to the national provider from one address, which a library or a school shares."""

    rate = "120/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"sign-in:{self.get_ident(request)}"


def opened_token(opened_at: datetime) -> str:
    """Return the instant at which a page was opened, signed, for the form to bring back."""
    return signing.dumps(opened_at.timestamp(), salt="send-page-opened")


def too_quick(token: str, now: datetime) -> bool:
    """Whether the page was sent sooner after it was opened than a person can; so is one that does not say when it was."""
    if not settings.SEND_MINIMUM_SECONDS:
        return False
    try:
        opened = float(signing.loads(token, salt="send-page-opened"))
    except (signing.BadSignature, TypeError, ValueError):
        return True
    return now.timestamp() - opened < settings.SEND_MINIMUM_SECONDS


def long_opened(now: datetime) -> str:
    """Return a token that is old enough at once: who was too quick is taken the second time."""
    return opened_token(now - timedelta(seconds=settings.SEND_MINIMUM_SECONDS))


class Following(SimpleRateThrottle):
    """What one address adds, withdraws and asks on private pages."""

    rate = "40/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"follow:{self.get_ident(request)}"


def seconds_to_wait(request: HttpRequest, limit: type[SimpleRateThrottle]) -> int:
    """Count this try, and return in how many seconds the next is welcome: 0 where this one is."""
    throttle = limit()
    try:
        # Of the request it reads the address alone, and of the view nothing.
        if throttle.allow_request(cast(Request, request), cast(APIView, None)):
            return 0
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: nobody is held up.")
        return 0
    return max(1, ceil(throttle.wait() or 1))


def seconds_over(request: HttpRequest, limit: type[SimpleRateThrottle]) -> int:
    """Return in how many seconds the next try is welcome, without counting this one: for limits on what goes wrong."""
    throttle: Any = limit()  # its numbers are in no stub
    try:
        counted = throttle.cache.get(throttle.get_cache_key(request, None), [])
    except (redis.RedisError, OSError):
        logger.warning("The cache is away: nobody is held up.")
        return 0
    now = throttle.timer()
    recent = [at for at in counted if at > now - throttle.duration]
    if len(recent) < throttle.num_requests:
        return 0
    return max(1, ceil(min(recent) + throttle.duration - now))


def say_wait(form: Form, seconds: int, house: Municipality) -> None:
    """Tell on the form when to try again, and where to ring meanwhile."""
    again = timezone.localtime(timezone.now() + timedelta(seconds=seconds, minutes=1))
    words = [_("That was very often. Try again after %(time)s.") % {"time": again.strftime("%H:%M")}]
    if house.phone:
        words.append(_("Or ring us: %(phone)s.") % {"phone": house.phone})
    form.add_error(None, " ".join(words))


def too_often(response: HttpResponse, seconds: int) -> HttpResponse:
    """Turn an answer into 429 with the seconds to wait."""
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    return response
