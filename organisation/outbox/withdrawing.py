"""Withdraw a mail whose cause was taken back."""

from __future__ import annotations

from organisation.models import OutgoingMail


def withdraw_mail(dedupe_key: str) -> OutgoingMail | None:
    """Cancel the mail with this key if it still waits. Return it where it is too late: sent, or just being sent.

    None means that nobody has read it: cancelled, refused for good, or never queued. A worker that claims the mail at
    the same moment wins or loses by the row's lock, never both.
    """
    waiting = OutgoingMail.objects.filter(dedupe_key=dedupe_key, status=OutgoingMail.Status.QUEUED)
    if waiting.update(status=OutgoingMail.Status.CANCELLED):
        return None
    went = (OutgoingMail.Status.SENDING, OutgoingMail.Status.SENT)
    return OutgoingMail.objects.filter(dedupe_key=dedupe_key, status__in=went).first()
