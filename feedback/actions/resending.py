"""Send a unit's overdue list once more: to a leader who lost it, or after a mail that failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback import mails
from feedback.actions.listing import Recipients
from feedback.errors import NotAllowed, Refused
from feedback.models import ListNotice, OverdueList
from feedback.queries import entries_of
from feedback.weeks import is_latest
from organisation import dates
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.permissions import Permission
from organisation.queries import grants_of, municipality, working_calendar

PAUSE = timedelta(minutes=15)
"""At least so long between two sendings of one list: a button pressed again is no second reminder."""

MOST = 5
"""Sendings of one list, the run's own included."""


class NotTheLatest(Refused):
    code = "not_the_latest_list"
    message = _("Only the latest week's lists are sent again. There is a later one.")


class SentLately(Refused):
    code = "sent_lately"
    message = _("This list was sent at %(time)s. Send it again after %(again)s.")


class SentOftenEnough(Refused):
    code = "sent_often_enough"
    message = _("This list has been sent %(times)s times. Ring the unit instead.")


class AllSolved(Refused):
    code = "all_solved"
    message = _("Every card on this list is solved: there is nothing to send.")


class NobodyToTell(Refused):
    code = "nobody_to_tell"
    message = _("Nobody stands for this unit and it has no e-mail address. The administrator must add one.")


def resend_overdue_list(listed: OverdueList, *, by: Person, now: datetime) -> ListNotice:
    """Send the list again, to whoever stands for the unit today, and note it. The mail and its PDF are the list as it was.

    Raises NotAllowed, NotTheLatest, AllSolved, SentLately, SentOftenEnough, NobodyToTell.
    """
    if not grants_of(by).allows(Permission.RUN_OVERDUE_LISTS):
        raise NotAllowed
    with transaction.atomic():
        # Locked alone: of two who press at once the second finds the first one's notice.
        OverdueList.objects.select_for_update().only("pk").get(pk=listed.pk)
        listed = OverdueList.objects.select_related("unit__successor", "run").get(pk=listed.pk)
        house = municipality()
        if not is_latest(listed.run):
            raise NotTheLatest
        entries = list(entries_of(listed).filter(solved_before_mail=False))
        if not listed.entries.filter(Q(card__completed_at=None), cycle=F("card__cycle")).exists():
            raise AllSolved
        earlier = list(listed.notices.all())
        if len(earlier) >= MOST:
            raise SentOftenEnough(times=len(earlier))
        if earlier and earlier[-1].told_at + PAUSE > now:
            at = earlier[-1].told_at
            raise SentLately(time=dates.clock(at, house.zone), again=dates.clock(at + PAUSE, house.zone))
        to = Recipients(house, working_calendar(house).local_date(now)).of(listed.unit)
        if to is None:
            raise NobodyToTell
        # Lists run before notices were kept have none of the run's own: it is the resends that are counted.
        resent = sum(notice.dedupe_key != mails.overdue_list_key(listed) for notice in earlier)
        mail = mails.overdue_list(
            listed, entries[: mails.SHOWN], to, house, cards=len(entries),
            repeats=sum(entry.times > 1 for entry in entries), now=now, times=resent + 2,
        )  # fmt: skip
        queue_mails([mail], now=now)
        return ListNotice.objects.create(
            overdue_list=listed, person=to.person, told_at=now, sent_by=by, dedupe_key=mail.dedupe_key
        )
