"""Message cards and all that happens to them."""

from feedback.models.cards import Attachment, Card, ReferenceCounter, Submitter
from feedback.models.changes import CardChange, ChangeBatch, UntoldChange
from feedback.models.contact import Callback, ContactAttempt, ContactCard, FollowUp, PreliminaryAnswer, Referral
from feedback.models.from_submitter import Addition, OwnReaction, ReopeningRequest
from feedback.models.held import HeldUpload
from feedback.models.history import CardEvent, CardNote
from feedback.models.interviews import InterviewConsent
from feedback.models.mail import IncomingMail
from feedback.models.mailings import Mailing
from feedback.models.open311 import (
    Handover,
    HandoverUpdate,
    LinkedPicture,
    Neighbour,
    NeighbourService,
    OfferedService,
    ReceivedRequest,
    ReceivedUpdate,
    ServiceQuestion,
)
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
    "CardChange",
    "CardEvent",
    "CardNote",
    "Category",
    "ChangeBatch",
    "ContactAttempt",
    "ContactCard",
    "Escalation",
    "FollowUp",
    "Handover",
    "HandoverUpdate",
    "HeldUpload",
    "IncomingMail",
    "InterviewConsent",
    "LinkedPicture",
    "ListNotice",
    "Mailing",
    "Neighbour",
    "NeighbourService",
    "OfferedService",
    "OverdueEntry",
    "OverdueList",
    "OverdueRun",
    "OwnReaction",
    "PreliminaryAnswer",
    "ReceivedRequest",
    "ReceivedUpdate",
    "ReferenceCounter",
    "Referral",
    "ReopeningRequest",
    "RoutingRule",
    "SavedFilter",
    "SentRequest",
    "ServiceQuestion",
    "Story",
    "Submitter",
    "UntoldChange",
]
