"""Work in the background on surveys. Each task calls one action and is safe to run twice."""

from __future__ import annotations

from celery import shared_task

from organisation import clock
from organisation.jobs import recorded
from surveys.actions.closing import close_survey, forget_row_versions
from surveys.actions.comment_review import forget_left_out
from surveys.actions.fielding import mail_invitations
from surveys.actions.groups_asked import count_groups
from surveys.actions.next_rounds import remind_of_next_rounds
from surveys.actions.publication_drafts import TASK, compute_waiting_drafts
from surveys.actions.spending import flush_spent
from surveys.queries import fielded_surveys
from surveys.sample_queries import due_to_close


@shared_task(name="surveys.remind_of_next_rounds")
@recorded("surveys.remind_of_next_rounds")
def remind() -> str:
    """Each morning: the surveys whose next round is due within three months."""
    return f"{remind_of_next_rounds(now=clock.now())} surveys"


@shared_task(name="surveys.open_surveys")
@recorded("surveys.open_surveys")
def open_surveys() -> str:
    """Each five minutes: the invitations by e-mail of surveys that have opened."""
    return f"{mail_invitations(now=clock.now())} mails"


@shared_task(name="surveys.close_surveys")
@recorded("surveys.close_surveys")
def close_surveys() -> str:
    """Each five minutes: the surveys whose time is over. Whether one may be answered is judged by the clock anyway."""
    now = clock.now()
    due = list(due_to_close(now))
    for survey in due:
        close_survey(survey, by=None, now=now)
    return f"{len(due)} closed"


@shared_task(name="surveys.write_down_who_answered")
@recorded("surveys.write_down_who_answered")
def write_down_who_answered() -> str:
    """Each night: the invitations that were answered, many at once; the texts of comments that were left out go; and the
    tables anew without earlier row versions."""
    written = 0
    for survey in fielded_surveys():
        written += flush_spent(survey)
        count_groups(survey)
    forget_left_out()
    forget_row_versions()
    return f"{written} written down"


@shared_task(name=TASK)
def compute_publications() -> str:
    """The figures of drafts of publications: nudged when one is saved."""
    return f"{compute_waiting_drafts(now=clock.now())} computed"


@shared_task(name="surveys.sweep_publications")
@recorded("surveys.sweep_publications")
def sweep_publications() -> str:
    """The figures of drafts that a lost nudge or a dead worker left behind: each minute."""
    return f"{compute_waiting_drafts(now=clock.now())} computed"
