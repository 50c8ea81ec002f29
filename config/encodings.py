"""Before Django makes a request of it: what claims to be in an encoding that is none of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def survivable(application: Application) -> Application:
    """Let Django see requests alone that it survives to refuse.

    It decodes the address with whatever `charset` the Content-Type names while it makes the request, outside of anything
    that catches errors: «zlib», which Python knows as an encoding, is an error of the server then. Such a request is said to
    be in latin-1 instead, which `Utf8Middleware` refuses.
    """

    def seen(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        content_type, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if "charset" in parameters and not _is_of_texts(parameters["charset"]):
            environ["CONTENT_TYPE"] = f"{content_type}; charset=latin-1"
        return application(environ, start_response)

    return seen


def _is_of_texts(name: str) -> bool:
    try:
        b"a=1".decode(name, "replace")
    except (LookupError, ValueError):
        return False
    return True
