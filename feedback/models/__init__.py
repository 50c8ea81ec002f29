"""Message cards and all that happens to them."""

from feedback.models.cards import Attachment, Card, ReferenceCounter, Submitter
from feedback.models.contact import Callback, ContactAttempt, ContactCard, FollowUp, PreliminaryAnswer, Referral
from feedback.models.from_submitter import Addition, OwnReaction, ReopeningRequest
from feedback.models.held import HeldUpload
from feedback.models.history import CardEvent, CardNote
from feedback.models.interviews import InterviewConsent
from feedback.models.mail import IncomingMail
from feedback.models.mailings import Mailing
from feedback.models.overdue import Escalation, ListNotice, OverdueEntry, OverdueList, OverdueRun
from feedback.models.routing import Category, RoutingRule
from feedback.models.saved import SavedFilter
from feedback.models.sent import SentRequest
from feedback.models.stories import Story

__all__ = [
    "Addition",
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
    "IncomingMail",
    "InterviewConsent",
    "ListNotice",
    "Mailing",
    "OverdueEntry",
    "OverdueList",
    "OverdueRun",
    "OwnReaction",
    "PreliminaryAnswer",
    "ReferenceCounter",
    "Referral",
    "ReopeningRequest",
    "RoutingRule",
    "SavedFilter",
    "SentRequest",
    "Story",
    "Submitter",
]
