"""How often one network address may try codes, and answer surveys that are open to all. What is counted is forgotten after
an hour. Answers by a code are not counted: people behind one address are many."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class Guessing(SimpleRateThrottle):
    """Codes that nobody has: far too few to guess one of 40 bits."""

    rate = "20/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"survey-code:{self.get_ident(request)}"


class TypedGuessing(Guessing):
    """Codes that nobody has, typed by one of the staff: counted by person, for they all share the town hall's address."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"survey-code-typed:{request.user.pk}"


class OpenSending(SimpleRateThrottle):
    """Answers to surveys by the open link. Generous, because a library or a school shares one address."""

    rate = "60/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"survey-open:{self.get_ident(request)}"
