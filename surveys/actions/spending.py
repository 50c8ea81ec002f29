"""A code is used once, and nothing that lasts tells when: see `docs/decisions/0016-survey-anonymity.md`."""

from __future__ import annotations

import random
from collections import defaultdict

from django.db import connection, transaction

from surveys.models import Draft, Invitation, SpentCode, Survey

_ADVISORY_CLASS = 0x5375  # "Su": tells our advisory locks on surveys from others


def hold_open(survey: Survey) -> None:
    """Keep `close_survey` waiting until this transaction ends, and wait while it works. Many may hold at once.

    An advisory lock lives in memory alone. A row lock would be written on the row's page and in the write-ahead log.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_ADVISORY_CLASS, survey.pk])


def hold_alone(survey: Survey) -> None:
    """Wait for all that hold the survey open, and keep others away until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ADVISORY_CLASS, survey.pk])


def spend(invitation: Invitation) -> bool:
    """Note that the invitation is answered, and return False if it was already. Call it in the answer's transaction, which
    holds the survey open (`hold_open`): no `flush_spent` comes in between.

    The unique key decides between two at once: the second waits for the first. A second use raises no error in the
    database, whose log would name the invitation.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_spentcode (invitation_id) SELECT id FROM surveys_invitation WHERE id = %s AND NOT answered"
            " ON CONFLICT DO NOTHING",
            [invitation.pk],
        )
        return bool(cursor.rowcount == 1)


def flush_spent(survey: Survey, *, everything: bool = False) -> int:
    """Write `answered` on invitations whose answers came in, and return on how many.

    Of each stratum all but `smallest_group - 1` of those that wait, drawn at random; with `everything` (at closing) all. So
    whoever compares two backups finds each answer among at least `smallest_group` invitations, and never with its own: the
    few that stay behind are, for whoever sees the rows, not answered yet, and may get a reminder that says so.
    """
    chance = random.SystemRandom()
    with transaction.atomic():
        hold_alone(survey)
        waiting: dict[str, list[int]] = defaultdict(list)
        spent = Invitation.objects.filter(survey=survey, spent__isnull=False)
        for stratum, pk in spent.values_list("stratum", "pk"):
            waiting[stratum].append(pk)
        stay = 0 if everything else survey.smallest_group - 1
        chosen = [pk for group in waiting.values() for pk in chance.sample(group, max(0, len(group) - stay))]
        chance.shuffle(chosen)
        # One by one: a single statement would write the rows in the order in which they were spent, or might.
        for pk in chosen:
            Invitation.objects.filter(pk=pk).update(answered=True)
        SpentCode.objects.filter(pk__in=chosen).delete()
        Draft.objects.filter(pk__in=chosen).delete()  # one that a second window saved while the answer was sent
    return len(chosen)
