"""Take in a mail: onto its card, into a card of its own, or into the queue for people. Nothing is thrown away unread.

Whatever the door, the row of the mail, its original and what it led to are written in one transaction: whoever fetched it
may say so to the mail server afterwards, and not before.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from feedback.actions.base import write
from feedback.actions.correcting import Upload, add_attachments
from feedback.actions.intake import LONGEST_TEXT, Intake
from feedback.actions.registration import register_card
from feedback.actions.storing import NoRoom
from feedback.actions.submitter import TooMuchAdded, add_to_card
from feedback.deadlines import Contact
from feedback.errors import Refused
from feedback.mail_reading import Bounce, Read
from feedback.mails import card_reference_of, overdue_list_of
from feedback.models import Card, CardEvent, IncomingMail, OverdueList, Submitter
from feedback.reference import parse_reference
from feedback.workflow import OPEN_STATES, Channel, State
from organisation.models import OutgoingMail, Person
from organisation.outbox.message_ids import mails_named
from organisation.queries import municipality, working_calendar

logger = logging.getLogger(__name__)

_REFERENCE = re.compile(r"(?<![\d-])\d{2}-\d{6,9}-\d(?![\d-])")
_FEW = timedelta(hours=1)

Reason = IncomingMail.Reason
Kind = IncomingMail.State


@dataclass(frozen=True)
class Received:
    """A mail as it came: the bytes, what was read of them, and of its files those that a card takes. `unscanned` is one that
    should have been looked through for viruses and could not be."""

    raw: bytes
    read: Read
    uploads: Sequence[Upload] = ()
    left_out: Sequence[str] = ()
    size: int = 0
    unscanned: bool = False


@dataclass
class _Verdict:
    """What is to become of a mail."""

    state: str
    reason: str = ""
    card: Card | None = None
    overdue_list: OverdueList | None = None


def take_in_mail(mail: Received, *, now: datetime) -> IncomingMail:
    """Store the mail and do with it what can be done without a person. The same mail again returns the row it has.

    Raises NotSetUp before there is a municipality, and what the database raises: the mail is then not taken in at all.
    """
    digest = _digest_of_words(mail)
    key = _key(mail.read.message_id or f"without {hashlib.sha256(mail.raw).hexdigest()}")
    same_id = False
    if (known := IncomingMail.objects.filter(key=key).first()) is not None:
        if known.digest == digest:
            return known
        # Somebody else's mail may bear the same Message-ID, by a fault or on purpose: it is not swallowed.
        key, same_id = _key(key + digest), True
        if (known := IncomingMail.objects.filter(key=key).first()) is not None:
            return known
    row = _row(mail, key, digest, now)
    storage = row.file.storage
    row.file.save(f"{secrets.token_hex(16)}.eml", ContentFile(mail.raw), save=False)
    name = str(row.file.name)
    try:
        with transaction.atomic():
            # First of all: who comes second with the same mail waits here, and finds it taken.
            row.save(force_insert=True)
            _decide(row, mail, same_id=same_id, now=now)
    except IntegrityError:
        storage.delete(name)
        if (known := IncomingMail.objects.filter(key=key).first()) is not None:
            return known
        raise
    except BaseException:
        storage.delete(name)
        raise
    logger.info("Mail %s was taken in: %s %s", row.pk, row.state, row.reason)
    return row


def _key(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _digest_of_words(mail: Received) -> str:
    """What tells one mail from another: not the bytes, as each way to us adds its own lines to the header."""
    read = mail.read
    said = [read.sender, read.subject, read.text, read.rest, *(one.name for one in read.files)]
    return _key("\x00".join(said))


def _row(mail: Received, key: str, digest: str, now: datetime) -> IncomingMail:
    read = mail.read
    return IncomingMail(
        key=key,
        digest=digest,
        state=Kind.SET_ASIDE,
        received_at=now,
        sender=read.sender[:254],
        sender_name=read.sender_name[:150],
        subject=read.subject[:250],
        text=read.text,
        rest=read.rest,
        left_out=[name[:300] for name in mail.left_out],
        may_answer=not read.asks_silence,
        unscanned=mail.unscanned,
        size=mail.size or len(mail.raw),
    )


def _decide(row: IncomingMail, mail: Received, *, same_id: bool, now: datetime) -> None:
    verdict = _verdict(mail.read, now, same_id=same_id)
    if verdict.state in (Kind.FILED, Kind.CARD):
        verdict = _carry_out(verdict, row, mail, now)
    row.state, row.reason, row.card, row.overdue_list = (
        verdict.state,
        verdict.reason,
        verdict.card,
        verdict.overdue_list,
    )
    if verdict.reason == Reason.BOUNCED and mail.read.bounce is not None:
        row.card = mark_bounced(mail.read.bounce, now=now)
    if row.state != Kind.WAITING:
        row.delete_on = delete_on(now)
    row.save()


def delete_on(now: datetime) -> date:
    """Return the local day on which the original of a mail that was dealt with at `now` goes."""
    return working_calendar(municipality()).local_date(now) + timedelta(days=settings.MAIL_KEEP_DAYS)


def _verdict(read: Read, now: datetime, *, same_id: bool) -> _Verdict:
    """Say what is to become of a mail, writing nothing. The order is the rule: the first that fits decides."""
    if read.is_report and not read.problem:
        if read.bounce is None:
            return _Verdict(Kind.SET_ASIDE, Reason.AUTO_REPLY)  # «still trying», «has arrived»
        known = _bounced_mail(read.bounce) is not None
        return _Verdict(Kind.SET_ASIDE, Reason.BOUNCED) if known else _Verdict(Kind.WAITING, Reason.BOUNCE)
    if read.sender in own_addresses() or mails_named([read.message_id]):
        return _Verdict(Kind.SET_ASIDE, Reason.OWN)
    if read.automatic:
        return _Verdict(Kind.SET_ASIDE, Reason.AUTO_REPLY)
    card, listed = _about(read)
    if reason := _why_a_person(read, now, same_id=same_id):
        return _Verdict(Kind.WAITING, reason, card, listed)
    if listed is not None:
        return _Verdict(Kind.WAITING, Reason.TO_LIST, None, listed)
    if card is None:
        return _Verdict(Kind.CARD)
    if Person.objects.filter(email=read.sender, is_active=True).exists():
        return _Verdict(Kind.WAITING, Reason.FROM_STAFF, card)
    submitter = Submitter.objects.filter(card=card).first()
    if submitter is None or submitter.email.lower() != read.sender:
        return _Verdict(Kind.WAITING, Reason.OTHER_SENDER, card)
    # After a posted contact card it is the submitter's turn to write.
    if card.state not in OPEN_STATES and card.state != State.CONTACT_CARD_POSTED:
        return _Verdict(Kind.WAITING, Reason.COMPLETED, card)
    return _Verdict(Kind.FILED, "", card)


def _why_a_person(read: Read, now: datetime, *, same_id: bool) -> str:
    """Return the reason for which nothing is done without a person, empty where there is none."""
    if read.problem:
        return read.problem
    if not read.sender:
        return Reason.NO_SENDER
    if same_id:
        return Reason.SAME_ID
    if read.spam:
        return Reason.SPAM
    if read.forged:
        return Reason.FORGED
    if read.bulk:
        return Reason.BULK
    lately = IncomingMail.objects.filter(sender=read.sender, received_at__gt=now - _FEW).exclude(state=Kind.WAITING)
    return Reason.MANY if lately.count() > settings.MAIL_CARDS_PER_HOUR else ""


def own_addresses() -> set[str]:
    """Return the addresses from which we send and at which we receive, in small letters."""
    return {parseaddr(one)[1].lower() for one in (settings.DEFAULT_FROM_EMAIL, settings.MAIL_ADDRESS) if one}


def _about(read: Read) -> tuple[Card | None, OverdueList | None]:
    """Return the card or the overdue list that a mail is about: by the mail of ours that it answers, by the address it was
    sent to, by the reference in its subject."""
    references: list[str] = []
    for sent in mails_named([read.named]):
        if (named := overdue_list_of(sent)) is not None:
            return None, OverdueList.objects.filter(**named).first()
        references.append(card_reference_of(sent))
    local, _at, domain = settings.MAIL_ADDRESS.lower().partition("@")
    references += [
        address.removeprefix(f"{local}+").removesuffix(f"@{domain}")
        for address in read.addressed
        if local and address.startswith(f"{local}+") and address.endswith(f"@{domain}")
    ]
    references += _REFERENCE.findall(read.subject)
    for text in references[:20]:
        if (card := _card_called(text)) is not None:
            return card, None
    return None, None


def _card_called(text: str) -> Card | None:
    parsed = parse_reference(text)
    return Card.objects.select_related("unit").filter(reference=parsed).first() if parsed else None


# --- What is done without a person ------------------------------------------------------------------------------------


def _carry_out(verdict: _Verdict, row: IncomingMail, mail: Received, now: datetime) -> _Verdict:
    try:
        with transaction.atomic():
            if verdict.card is not None:
                return _file_by_submitter(verdict.card, row, mail, now)
            return _Verdict(Kind.CARD, "", register_mail(row, mail.uploads, words_of_card(row), by=None, now=now))
    except NoRoom:
        raise  # no fault of the mail's: it stays where it came from
    except TooMuchAdded:
        return _Verdict(Kind.WAITING, Reason.ADDED_OFTEN, verdict.card)
    except Refused as refusal:
        logger.warning("Mail %s waits for a person: %s", row.pk, refusal.code)
        return _Verdict(Kind.WAITING, Reason.BROKEN, verdict.card)


def _file_by_submitter(card: Card, row: IncomingMail, mail: Received, now: datetime) -> _Verdict:
    text, over = fitting(row.text or row.subject)
    row.rest = over + row.rest
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"mail:{row.key}")
    row.addition = add_to_card(card, text=text, uploads=list(mail.uploads), key=key, now=now)
    return _Verdict(Kind.FILED, "", card)


def fitting(text: str) -> tuple[str, str]:
    """Return the part of `text` that a card holds, and what is over it."""
    if len(text) <= LONGEST_TEXT:
        return text, ""
    end = max(text.rfind("\n", 0, LONGEST_TEXT), LONGEST_TEXT - 500)
    return text[:end].rstrip(), text[end:].lstrip() + "\n\n"


def words_of_card(row: IncomingMail) -> str:
    """Return the text of a card that is made of the mail: its subject is the headline, unless the words begin with it."""
    if not row.subject or row.text.lower().startswith(row.subject.lower()):
        return row.text
    return f"{row.subject}\n\n{row.text}".strip()


def register_mail(row: IncomingMail, uploads: Sequence[Upload], text: str, *, by: Person | None, now: datetime) -> Card:
    """Register the card of a mail, in the caller's transaction. What its text cannot hold goes to the row's `rest`."""
    house = municipality()
    text, over = fitting(text)
    row.rest = over + row.rest

    def attach(card: Card) -> None:
        # What came with the mail is the submitter's own, whoever pressed the button.
        add_attachments(card, list(uploads), by=None, now=now)

    intake = Intake(
        channel=Channel.EMAIL,
        text=text,
        language=house.language,
        received_on=working_calendar(house).local_date(row.received_at),
        contact=Contact(name=row.sender_name, email=row.sender),
        idempotency_key=f"mail:{row.key}",
    )
    return register_card(
        intake,
        by=by,
        now=now,
        receipt=may_answer(row, now),
        and_then=attach,
    )


def may_answer(row: IncomingMail, now: datetime) -> bool:
    """Whether a receipt may go to the sender: not where the mail asks for silence, and so many an hour."""
    if not row.may_answer or row.sender in own_addresses():
        return False
    lately = OutgoingMail.objects.filter(kind="receipt", to__iexact=row.sender, queued_at__gt=now - _FEW)
    return lately.count() < int(settings.MAIL_RECEIPTS_PER_HOUR)


# --- Bounces -----------------------------------------------------------------------------------------------------------


def _bounced_mail(bounce: Bounce) -> OutgoingMail | None:
    """Return our mail that came back. The report must name both the mail and its recipient: else anybody could write one."""
    return next((mail for mail in mails_named([bounce.original]) if mail.to.lower() == bounce.recipient), None)


def mark_bounced(bounce: Bounce, *, now: datetime) -> Card | None:
    """Mark that a mail of ours came back: on its row, and on the card of the submitter whose address it is, so that staff
    ring instead. Returns the card, None where the mail was not about one."""
    sent = _bounced_mail(bounce)
    if sent is None:
        return None
    OutgoingMail.objects.filter(pk=sent.pk, bounced_at__isnull=True).update(bounced_at=now)
    card = _card_called(card_reference_of(sent))
    if card is None:
        return None
    marked = Submitter.objects.filter(card=card, email__iexact=sent.to, email_failed_at__isnull=True)
    if marked.update(email_failed_at=now):
        write(card, CardEvent.What.MAIL_BOUNCED, by=None, now=now, to_value=bounce.status, mail=sent.kind)
    return card
