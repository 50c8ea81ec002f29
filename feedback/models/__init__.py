"""Message cards and all that happens to them."""

from feedback.models.cards import Attachment, Card, ReferenceCounter, Submitter
from feedback.models.contact import Callback, ContactAttempt, ContactCard, FollowUp, PreliminaryAnswer, Referral
from feedback.models.held import HeldUpload
from feedback.models.history import CardEvent, CardNote
from feedback.models.overdue import Escalation, OverdueEntry, OverdueList, OverdueRun
from feedback.models.routing import Category, RoutingRule
from feedback.models.saved import SavedFilter

__all__ = [
    "Attachment",
    "Callback",
    "Card",
    "CardEvent",
    "CardNote",
    "Category",
    "ContactAttempt",
    "ContactCard",
    "Escalation",
    "FollowUp",
    "HeldUpload",
    "OverdueEntry",
    "OverdueList",
    "OverdueRun",
    "PreliminaryAnswer",
    "ReferenceCounter",
    "Referral",
    "RoutingRule",
    "SavedFilter",
    "Submitter",
]
