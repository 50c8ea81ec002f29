"""What the privacy page and the register of processing tell of each kind of personal data: what for, by which law, who
reads it, and when it goes. Which data there are is read off the models' own declarations. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from organisation.erasing import Place, declared, personal_fields

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kind:
    """One kind of processing. `models` are the labels of those that hold its data."""

    key: str
    title: _StrPromise
    purpose: _StrPromise
    basis: _StrPromise
    readers: _StrPromise
    models: tuple[str, ...]
    for_citizens: bool = True


_TASK = _("A task in the public interest: General Data Protection Regulation, article 6 (1) e.")

KINDS = (
    Kind(
        "messages", _("Messages to the municipality"),
        _("To find who answers for the matter, look into it, ring you, and learn from how you took the answer."), _TASK,
        _("The service centre, and those who answer for the matter now. The mayor's office reads political messages."),
        (
            "feedback.card", "feedback.submitter", "feedback.attachment", "feedback.contactattempt", "feedback.callback",
            "feedback.followup", "feedback.preliminaryanswer", "feedback.referral", "feedback.addition",
            "feedback.ownreaction", "feedback.reopeningrequest", "feedback.cardnote", "feedback.cardlooknote",
            "feedback.retentionhold", "feedback.cardretention", "feedback.withheldfile", "feedback.recordaccess",
        ),
    ),
    Kind(
        "mail", _("E-mail"), _("To answer you, and to make a message of what you send us by e-mail."), _TASK,
        _("The service centre, and those who answer for the matter."),
        ("organisation.outgoingmail", "feedback.incomingmail"),
    ),
    Kind(
        "others", _("Messages from and to other bodies"),
        _("To hand a message to the road owner or the neighbour whose it is, and to take theirs."),
        _("Your consent, or a task in the public interest: General Data Protection Regulation, article 6 (1) a or e."),
        _("The service centre, and the body that the message was handed to."),
        (
            "feedback.receivedrequest", "feedback.receivedupdate", "feedback.linkedpicture", "feedback.handover",
            "feedback.handoverupdate", "organisation.webhookdelivery",
        ),
    ),
    Kind(
        "unsent", _("Pictures of a message that is not sent yet"),
        _("So that you need not choose them again when something has to be put right."), _TASK, _("Nobody but you."),
        ("feedback.heldupload",),
    ),
    Kind(
        "signed_in", _("Signing in, where you choose to"),
        _("To show you your own messages in one place. No identity number is kept, only a code made from it or from what "
          "the sign-in calls you."),
        _TASK, _("Nobody but you."), ("feedback.citizensession", "feedback.signedcard"),
    ),
    Kind(
        "surveys", _("Citizen surveys"),
        _("To draw who is asked, send the invitation, and know how many answered. Your answer is kept apart and leads back "
          "to nobody."),
        _TASK, _("Those who run the survey. Comments are looked through before anybody else reads them."),
        ("surveys.resident", "surveys.invitation", "surveys.draft", "surveys.comment"),
    ),
    Kind(
        "plans", _("Meetings, plans and stories"),
        _("To follow up what was said and what is done about it. No citizen is to be named there."), _TASK,
        _("Staff who work with plans; stories that are published are read by everybody."),
        (
            "feedback.mailing", "feedback.story", "reporting.criterionfile", "reporting.initiativenote",
            "reporting.initiativeevidence", "reporting.meetinginput",
        ),
    ),
    Kind(
        "staff", _("Those who work here"),
        _("To let staff sign in, show who answers for what, and find misuse."),
        _(
            "A task in the public interest and the duty of security: General Data Protection Regulation, article 6 (1) e "
            "and 32."
        ),
        _("The administrator; names are read by colleagues and, of who answers you, by you."),
        (
            "organisation.person", "organisation.absence", "organisation.browsersession", "organisation.signin",
            "feedback.savedfilter",
        ),
        for_citizens=False,
    ),
)  # fmt: skip

LAST_DAYS: dict[str, _StrPromise] = {
    "when the card's retention ends": _("When the message's time is over: see «How long we keep it»"),
    "when the mail's last day has come": _("90 days after it was sent or dealt with"),
    "when the message is sent, or after a day": _("When the message is sent, or after a day"),
    "when the citizen signs out, or some hours after signing in": _(
        "When you sign out, or some hours after signing in"
    ),
    "when the delivery's last day has come": _("Some weeks after the other system was told"),
    "when the survey is closed and its sample is put away": _("When the survey is closed and its sample is put away"),
    "when the comment has been looked through and put away": _("When the comment has been looked through and put away"),
    "when the survey is closed": _("When the survey is closed"),
    "when the person's account is erased": _("When the account is erased"),
    "when the session ends, and its row in the night after": _("In the night after the sign-in ended"),
    "when the sign-in log's months are over": _("When the sign-in log's months are over"),
    "when the mailing is removed": _("When it is removed"),
    "when the story is thrown away": _("When the story is thrown away"),
    "when the file is taken away": _("When the file is taken away"),
    "when the follow-up is taken away": _("When the follow-up is taken away"),
    "when the evidence is taken away": _("When the evidence is taken away"),
    "when the input is taken away from the meeting": _("When it is taken away from the meeting"),
}


@dataclass(frozen=True)
class Told:
    """One kind as a page shows it: the data by name, and the last days of them."""

    kind: Kind
    data: list[str]
    last_days: list[str]
    goes_with_card: bool


def told_kinds() -> list[Told]:
    """Return every kind in the active language, from what the models declare now."""
    places = {place.label: place for place in declared()}
    return [_told(kind, [places[label] for label in kind.models if label in places]) for kind in KINDS]


def _told(kind: Kind, places: list[Place]) -> Told:
    data, last_days = [], []
    for place in places:
        # What the house keeps for itself (sort keys, digests) has no name for people.
        names = [
            str(field.verbose_name) for field in personal_fields(place.model) if not isinstance(field.verbose_name, str)
        ]
        if names:
            data.append(f"{capfirst(str(place.model._meta.verbose_name_plural))}: {', '.join(dict.fromkeys(names))}")
        last_days += [str(LAST_DAYS.get(goes, goes)) for goes in place.model.personal_data.values()]  # type: ignore[attr-defined]
    with_card = str(LAST_DAYS["when the card's retention ends"])
    return Told(kind, data, list(dict.fromkeys(last_days)), with_card in last_days)
