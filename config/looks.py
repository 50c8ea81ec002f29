"""Each look at protected data is written into the audit log, here and nowhere else: what an address shows stands in `LOOKS`.

`tests/config/test_looks.py` goes through all addresses: a new one without a decision fails there. What was done with a card
is not written here but by the database (`organisation.audited`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from feedback.filters import CardFilter
from feedback.reference import parse_reference
from organisation.actions.audit import record_look
from organisation.models import ApiKey, Look, Person

CARD, SUBMITTER, ATTACHMENT = "feedback.card", "feedback.submitter", "feedback.attachment"
OVERDUE, MAIL, PERSON = "feedback.overduelist", "feedback.incomingmail", "organisation.person"
SURVEY, COMMENT, INTERVIEWS = "surveys.survey", "surveys.comment", "reporting.interviewdraw"


class Shows(NamedTuple):
    """What an address shows of which kind of thing."""

    look: Look
    kind: str


def _all(look: Look, kind: str, names: str) -> dict[str, Shows]:
    return dict.fromkeys(names.split(), Shows(look, kind))


LOOKS: Mapping[str, Shows] = {
    # A step and what hangs on a card redraw it where something was refused.
    **_all(
        Look.READ,
        CARD,
        "feedback:card feedback:step feedback:write_story feedback:card_records feedback:handover_again"
        " feedback:handover_number feedback:handover_stop api:card api:events api:attachments api:contact-attempts"
        " api:contact-card api:contact-card-posted api:callback api:follow-up api:refer api:forward api:reroute api:return"
        " api:delegate api:preliminary-answer api:notes api:close api:reopen",
    ),
    **_all(Look.DOWNLOADED, ATTACHMENT, "feedback:attachment api:attachment"),
    **_all(Look.DOWNLOADED, CARD, "feedback:contact_card feedback:card_mail feedback:contact_cards_document"),
    **_all(
        Look.LISTED,
        CARD,
        "feedback:worklist feedback:forward feedback:undo feedback:today feedback:political feedback:chief"
        " feedback:contact_cards feedback:print_contact_cards feedback:post_contact_cards feedback:handovers"
        " feedback:sensitive feedback:journal api:cards api:changes",
    ),
    **_all(Look.SEARCHED, CARD, "feedback:register_look_up"),
    **_all(Look.EXPORTED, CARD, "feedback:download feedback:journal_file api:cards-csv api:cards-ndjson"),
    **_all(
        Look.LISTED,
        OVERDUE,
        "feedback:preview_overdue feedback:overdue_week feedback:overdue_list feedback:resend_overdue_list"
        " feedback:escalation feedback:answer api:overdue-run api:overdue-list api:escalation",
    ),
    **_all(Look.DOWNLOADED, OVERDUE, "feedback:overdue_week_document feedback:overdue_list_document"),
    **_all(Look.LISTED, MAIL, "feedback:mail_queue"),
    **_all(Look.READ, MAIL, "feedback:mail_in feedback:mail_card feedback:mail_file feedback:mail_dismiss"),
    **_all(Look.DOWNLOADED, MAIL, "feedback:mail_original"),
    **_all(Look.SEARCHED, SUBMITTER, "feedback:personal_data"),
    **_all(Look.READ, SUBMITTER, "feedback:personal_data_decide"),
    **_all(Look.EXPORTED, SUBMITTER, "feedback:personal_data_file"),
    **_all(Look.LISTED, PERSON, "organisation:people"),
    **_all(Look.READ, PERSON, "organisation:person organisation:sign_ins organisation:give_role"),
    **_all(Look.LISTED, "organisation.change", "organisation:log"),
    **_all(Look.LISTED, "organisation.auditentry", "organisation:audit feedback:card_audit api:audit"),
    **_all(Look.EXPORTED, "organisation.auditentry", "organisation:audit_file"),
    **_all(Look.READ, SURVEY, "surveys:sample surveys:fielding surveys:mark surveys:remind"),
    **_all(Look.DOWNLOADED, SURVEY, "surveys:letters"),
    **_all(Look.EXPORTED, SURVEY, "surveys_api:answers"),
    **_all(Look.LISTED, COMMENT, "surveys:comments surveys:comments_by_area"),
    **_all(Look.READ, COMMENT, "surveys:comment surveys:comment_step"),
    **_all(Look.EXPORTED, COMMENT, "surveys:comments_file"),
    **_all(Look.READ, INTERVIEWS, "reporting:interview_draw reporting:note_interview"),
    **_all(Look.DOWNLOADED, INTERVIEWS, "reporting:interview_file"),
}

FILTERS = frozenset(CardFilter.base_filters) | {
    "search",
    "texts",
    "person",
    "action",
    "kind",
    "first",
    "last",
    "reference",
    "since",
}
"""Names in an address that are written down. Others are anybody's words, and stay out."""
SEARCHES = {"q", "search"}

_ADMIN = re.compile(r"admin:(?P<app>[a-z]+)_(?P<model>[a-z0-9]+)_(?P<page>changelist|change|history|delete)")


class LooksMiddleware:
    """Writes down who saw what, when a page, a file or an answer of the API is ready and before any of it is sent.

    Stands behind what lets people in. What cannot be written down is not shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        # 422 is a page on which something was refused: the card is on it. The API's refusals hold nothing.
        if match is None or request.method in ("HEAD", "OPTIONS") or response.status_code not in (200, 422):
            return response
        if response.status_code == 422 and request.path.startswith("/api/"):
            return response
        if (shows := shown_at(match.view_name)) is not None:
            _write(request, shows, match.kwargs)
        return response


def shown_at(name: str) -> Shows | None:
    """Return what of protected data the address called `name` shows, None where it shows none."""
    if (found := LOOKS.get(name)) is None and (admin := _ADMIN.fullmatch(name)):
        look = Look.LISTED if admin["page"] == "changelist" else Look.READ
        return Shows(look, f"{admin['app']}.{admin['model']}")
    return found


def _write(request: HttpRequest, shows: Shows, kwargs: dict[str, Any]) -> None:
    names = sorted(name for name in request.GET if name in FILTERS and request.GET[name])
    look, shown = shows.look, _number(request)
    if look == Look.LISTED and SEARCHES & set(names):
        look = Look.SEARCHED
    elif shown == 0 and (look == Look.LISTED or request.method == "GET"):
        return  # a system that asks each minute whether there is anything new has seen nothing, nor who opens an empty form
    key = getattr(request, "auth", None)
    record_look(
        look,
        kind=shows.kind,
        by=request.user if isinstance(request.user, Person) else None,
        api_key=key if isinstance(key, ApiKey) else None,
        now=timezone.now(),
        row=_row(kwargs),
        reference=_reference(kwargs),
        fields=names,
        shown=shown,
    )


def _reference(kwargs: dict[str, Any]) -> str:
    if "reference" in kwargs:
        return parse_reference(str(kwargs["reference"])) or ""
    if "week" in kwargs:
        return "/".join(str(kwargs[part]) for part in ("week", "unit") if part in kwargs)[:60]
    return str(kwargs.get("code") or kwargs.get("survey") or "")[:60]


def _row(kwargs: dict[str, Any]) -> int | None:
    found = str(kwargs.get("pk", kwargs.get("object_id", "")))
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 18 else None


def _number(request: HttpRequest) -> int | None:
    """Return how many a list shows, where the page or the API says so (`request.shown`)."""
    number = getattr(request, "shown", None)
    return None if number is None else int(number)
