"""How often somebody may try to sign in by the API."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class ByAddress(SimpleRateThrottle):
    """So many tries a minute from one network address."""

    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"api-token:address:{self.get_ident(request)}"


class ByLogin(SimpleRateThrottle):
    """So many tries a minute at one login, from wherever. The cache holds a digest, not the address."""

    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(email, str):
            return None
        digest = hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()
        return f"api-token:login:{digest}"
