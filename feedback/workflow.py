"""A card's states and what may follow what. Pure: no database, no clock."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How the card came."""

    WEB = "web", _("Web page")
    PAPER = "paper", _("Card handed in")
    POST = "post", _("Post")
    FAX = "fax", _("Fax")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    MEETING = "meeting", _("Meeting")
    API = "api", _("Other system")
    OPEN311 = "open311", _("Neighbouring system")
    SURVEY = "survey", _("Survey")
    IMPORT = "import", _("Older system")


class Kind(models.TextChoices):
    """What the submitter wants with it."""

    REQUEST = "request", _("Request")
    SUGGESTION = "suggestion", _("Suggestion")
    COMPLAINT = "complaint", _("Complaint")
    CRITICISM = "criticism", _("Criticism")
    PRAISE = "praise", _("Praise")
    FAULT_REPORT = "fault_report", _("Fault report")


# `domain/README.md`, «Kinds»
NEGATIVE_KINDS = frozenset({Kind.COMPLAINT, Kind.CRITICISM})
REQUESTS_AND_SUGGESTIONS = frozenset({Kind.REQUEST, Kind.FAULT_REPORT, Kind.SUGGESTION})


LOWEST, HIGHEST, HIGHEST_NEGATIVE = 1, 6, 3
"""Reactions go from 1 to 6, 6 best; 1–3 are negative (`domain/README.md`, «Reaction»)."""


def is_negative(reaction: int | None) -> bool:
    """Whether the answer was taken badly. Who would not say did not take it badly."""
    return reaction is not None and reaction <= HIGHEST_NEGATIVE


class State(models.TextChoices):
    REGISTERED = "registered", _("With the service centre")
    FORWARDED = "forwarded", _("With the unit")
    CALLED_BACK = "called_back", _("Called back")
    FOLLOWED_UP = "followed_up", _("Followed up")
    REFERRED = "referred", _("Referred outside")
    CONTACT_CARD_POSTED = "contact_card_posted", _("Contact card posted")
    CLOSED = "closed", _("Closed")


OPEN_STATES = frozenset({State.REGISTERED, State.FORWARDED})
"""Not completed: these can become overdue."""

COMPLETED_STATES = frozenset(State) - OPEN_STATES


class CloseResult(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    FOLLOWED_UP = "followed_up", _("Followed up")
    REFERRED = "referred", _("Referred outside")
    NOT_REACHED = "not_reached", _("Not reached")
    WITHDRAWN = "withdrawn", _("Withdrawn by the submitter")
    DUPLICATE = "duplicate", _("Duplicate")
    NOTED = "noted", _("Taken note of")


class Step(StrEnum):
    """What can be done to a card. Each is one action in `feedback.actions`."""

    FORWARD = "forward"
    REROUTE = "reroute"
    RETURN = "return"
    DELEGATE = "delegate"
    CORRECT = "correct"
    SPLIT = "split"
    AGREE_OTHER_WAY = "agree-other-way"
    PRELIMINARY_ANSWER = "preliminary-answer"
    EXPLAIN_DELAY = "explain-delay"
    CONTACT_ATTEMPT = "contact-attempt"
    UNDO_ATTEMPT = "undo-attempt"
    CONTACT_CARD = "contact-card"
    POST_CONTACT_CARD = "post-contact-card"
    CALLBACK = "callback"
    FOLLOW_UP = "follow-up"
    REFER = "refer"
    HAND_OVER = "hand-over"
    CLOSE = "close"
    REOPEN = "reopen"
    DECLINE_REOPENING = "decline-reopening"
    REGISTER_ALTERNATIVE = "register-alternative"
    MARK_SENSITIVE = "mark-sensitive"
    UNMARK_SENSITIVE = "unmark-sensitive"
    NAME_READER = "name-reader"
    UNNAME_READER = "unname-reader"
    GRADE_ACCESS = "grade-access"
    PUBLIC_VERSION = "public-version"
    # The submitter's own, on the private page.
    ADD = "add"
    WITHDRAW = "withdraw"
    REACT = "react"
    ASK_REOPENING = "ask-reopening"
    INTERVIEW = "interview"


SUBMITTERS_STEPS = frozenset({Step.ADD, Step.WITHDRAW, Step.REACT, Step.ASK_REOPENING, Step.INTERVIEW})
"""What the submitter alone does, on the private page."""

_ALL = frozenset(State)
_OPEN_OR_WAITING = OPEN_STATES | {State.CONTACT_CARD_POSTED}

ALLOWED: dict[Step, frozenset[State]] = {
    Step.FORWARD: frozenset({State.REGISTERED}),
    Step.REROUTE: frozenset({State.FORWARDED}),
    Step.RETURN: frozenset({State.FORWARDED}),
    Step.DELEGATE: frozenset({State.REGISTERED, State.FORWARDED, State.CONTACT_CARD_POSTED}),
    Step.CORRECT: _ALL,
    Step.SPLIT: OPEN_STATES,
    Step.AGREE_OTHER_WAY: _OPEN_OR_WAITING,
    Step.PRELIMINARY_ANSWER: OPEN_STATES,
    Step.EXPLAIN_DELAY: OPEN_STATES,
    Step.CONTACT_ATTEMPT: _OPEN_OR_WAITING,
    Step.UNDO_ATTEMPT: OPEN_STATES,
    Step.CONTACT_CARD: OPEN_STATES,
    Step.POST_CONTACT_CARD: OPEN_STATES,
    Step.CALLBACK: _OPEN_OR_WAITING,
    Step.FOLLOW_UP: OPEN_STATES,
    Step.REFER: OPEN_STATES,
    Step.HAND_OVER: OPEN_STATES,
    Step.CLOSE: _ALL - {State.CLOSED},
    Step.REOPEN: COMPLETED_STATES,
    Step.DECLINE_REOPENING: COMPLETED_STATES,
    Step.REGISTER_ALTERNATIVE: _ALL,
    Step.MARK_SENSITIVE: _ALL,
    Step.UNMARK_SENSITIVE: _ALL,
    Step.NAME_READER: _ALL,
    Step.UNNAME_READER: _ALL,
    Step.GRADE_ACCESS: _ALL,
    Step.PUBLIC_VERSION: _ALL,
    Step.ADD: _ALL - {State.CLOSED},
    Step.WITHDRAW: _OPEN_OR_WAITING,
    Step.REACT: frozenset({State.CALLED_BACK, State.CLOSED}),
    # After a posted contact card it is the submitter's turn: to ring, or to write when to be rung.
    Step.ASK_REOPENING: COMPLETED_STATES - {State.CONTACT_CARD_POSTED},
    Step.INTERVIEW: _ALL,  # a yes is withdrawn whenever somebody likes
}

# The one result that follows from how a card was completed; before anything has been done there is none, see `results_for`.
_RESULT_OF: dict[State, CloseResult] = {
    State.CALLED_BACK: CloseResult.ANSWERED,
    State.FOLLOWED_UP: CloseResult.FOLLOWED_UP,
    State.REFERRED: CloseResult.REFERRED,
}


def may(step: Step, state: str) -> bool:
    """Whether `step` may follow for a card in `state`."""
    return State(state) in ALLOWED[step]


def results_for(state: str, *, callback_owed: bool) -> list[CloseResult]:
    """Return the results with which a card in `state` may be closed, the usual one first.

    A card that is owed a callback is closed only after the callback or a posted contact card, or as withdrawn or as a
    duplicate (`domain/README.md`, «Completed»). A referral counts because the direct contact with the submitter is part
    of it (rule 3). Without that debt it may be taken note of.
    """
    if state == State.CLOSED:
        return []
    said_so = [CloseResult.WITHDRAWN, CloseResult.DUPLICATE]
    if state == State.CONTACT_CARD_POSTED:
        return [CloseResult.NOT_REACHED, *said_so]  # the submitter may still ring, and want no answer
    done = _RESULT_OF.get(State(state))
    if done is not None:
        return [done]
    return said_so if callback_owed else [CloseResult.NOTED, *said_so]
