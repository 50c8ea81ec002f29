"""The municipality, its units, its people, its calendar, and its outgoing mail."""

from organisation.models.api_keys import ApiKey
from organisation.models.audit import AuditEntry, Look
from organisation.models.changes import Change
from organisation.models.jobs import ScheduledJob
from organisation.models.mail import OutgoingMail
from organisation.models.municipality import DayOff, Municipality
from organisation.models.people import Absence, Person, RoleAssignment
from organisation.models.sign_ins import BrowserSession, FailedTries, ProviderRole, SignIn, Way
from organisation.models.units import Unit
from organisation.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookEvent
from organisation.models.wordings import OwnWording

__all__ = [
    "Absence",
    "ApiKey",
    "AuditEntry",
    "BrowserSession",
    "Change",
    "DayOff",
    "FailedTries",
    "Look",
    "Municipality",
    "OutgoingMail",
    "OwnWording",
    "Person",
    "ProviderRole",
    "RoleAssignment",
    "ScheduledJob",
    "SignIn",
    "Unit",
    "Way",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
