"""Message cards and all that happens to them."""

from feedback.models.cards import Attachment, Card, ReferenceCounter, Submitter
from feedback.models.changes import CardChange, ChangeBatch, UntoldChange
from feedback.models.citizens import CitizenSession, SignedCard
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
from feedback.models.records import AccessGrade, LegalGround, Part, RecordAccess
from feedback.models.retention import (
    CardRetention,
    Erasure,
    RetentionHold,
    RetentionRule,
    RetentionRun,
    WithheldFile,
)
from feedback.models.routing import Category, RoutingRule
from feedback.models.saved import SavedFilter
from feedback.models.sensitive import CardLook, CardLookNote, CardReader, LookReason, MarkReason, UnmarkReason
from feedback.models.sent import SentRequest
from feedback.models.stories import Story

__all__ = [
    "AccessGrade",
    "Addition",
    "Attachment",
    "Callback",
    "Card",
    "CardChange",
    "CardEvent",
    "CardLook",
    "CardLookNote",
    "CardNote",
    "CardReader",
    "CardRetention",
    "Category",
    "ChangeBatch",
    "CitizenSession",
    "ContactAttempt",
    "ContactCard",
    "Erasure",
    "Escalation",
    "FollowUp",
    "Handover",
    "HandoverUpdate",
    "HeldUpload",
    "IncomingMail",
    "InterviewConsent",
    "LegalGround",
    "LinkedPicture",
    "ListNotice",
    "LookReason",
    "Mailing",
    "MarkReason",
    "Neighbour",
    "NeighbourService",
    "OfferedService",
    "OverdueEntry",
    "OverdueList",
    "OverdueRun",
    "OwnReaction",
    "Part",
    "PreliminaryAnswer",
    "ReceivedRequest",
    "ReceivedUpdate",
    "RecordAccess",
    "ReferenceCounter",
    "Referral",
    "ReopeningRequest",
    "RetentionHold",
    "RetentionRule",
    "RetentionRun",
    "RoutingRule",
    "SavedFilter",
    "SentRequest",
    "ServiceQuestion",
    "SignedCard",
    "Story",
    "Submitter",
    "UnmarkReason",
    "UntoldChange",
    "WithheldFile",
]
