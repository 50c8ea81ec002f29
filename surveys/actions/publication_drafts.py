"""Prepare a publication: day, words and reason are kept as they are written, a worker computes the figures, and what was
looked at is what is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from organisation.errors import Refused
from organisation.models import Person
from organisation.nudging import nudge_on_commit
from organisation.queries import municipality
from organisation.waiting import Claimed, compute_waiting
from surveys.actions.publishing import (
    check_day,
    clean_reason,
    clean_words,
    freeze,
    locked_survey,
    require_closed,
)
from surveys.models import Publication, PublicationDraft, Survey
from surveys.publishing import fresh_figures
from surveys.results import NoResults
from surveys.rules import require_manager

State = PublicationDraft.State
TASK = "surveys.compute_publications"


class NotComputedYet(Refused):
    code = "not_computed_yet"
    message = gettext_lazy(
        "The figures are not computed yet. Save the draft, look at the page when they are, and publish then."
    )


class NoDraft(Refused):
    code = "no_draft"
    message = gettext_lazy("There is no draft.")


def save_draft(
    survey: Survey,
    *,
    publish_on: date | None,
    words: Mapping[str, str],
    reason: str = "",
    by: Person | None,
    now: datetime,
) -> PublicationDraft:
    """Keep what is written so far, and have a worker compute the figures where they are not. The day may be left open.

    Raises NotAllowed, NotClosed, DayIsPast, DayIsFar, WordsTooLong, ReasonTooLong.
    """
    require_manager(by)
    if publish_on is not None:
        check_day(publish_on, now)
    kept, why = clean_words(words), clean_reason(reason)
    with transaction.atomic():
        locked = locked_survey(survey)
        require_closed(locked)
        # Only what is written: a worker may be writing the figures.
        draft, made = PublicationDraft.objects.update_or_create(
            survey=locked,
            defaults={"publish_on": publish_on, "words": kept, "reason": why, "saved_at": now, "saved_by": by},
        )
        if draft.state == State.FAILED:
            _wait(draft)
        elif made:
            nudge_on_commit(TASK)
    return draft


def compute_again(survey: Survey, *, by: Person | None, now: datetime) -> None:
    """Have the draft's figures computed anew, as after new means of others have come in. Raises NotAllowed, NoDraft."""
    require_manager(by)
    with transaction.atomic():
        locked_survey(survey)
        draft = PublicationDraft.objects.filter(survey=survey).first()
        if draft is None:
            raise NoDraft
        if draft.state in (State.READY, State.FAILED):
            _wait(draft)


def throw_draft_away(survey: Survey, *, by: Person | None, now: datetime) -> None:
    """Raises NotAllowed, NoDraft."""
    require_manager(by)
    deleted, _kinds = PublicationDraft.objects.filter(survey=survey).delete()
    if not deleted:
        raise NoDraft


def publish_draft(
    survey: Survey, *, publish_on: date, words: Mapping[str, str], reason: str = "", by: Person | None, now: datetime
) -> Publication:
    """Publish the draft's figures as they were computed and looked at, and let the draft go.

    Raises as `surveys.actions.publishing.freeze`, and NotAllowed, NotComputedYet.
    """
    require_manager(by)
    check_day(publish_on, now)
    with transaction.atomic():
        locked = locked_survey(survey)
        draft = PublicationDraft.objects.select_for_update().filter(survey=locked).first()
        if draft is None or draft.state != State.READY or draft.figures is None:
            raise NotComputedYet
        made = freeze(locked, draft.figures, publish_on=publish_on, words=words, reason=reason, by=by, now=now)
        draft.delete()
    return made


def compute_waiting_drafts(*, now: datetime) -> int:
    """Compute the figures of the drafts that wait, one at a time, and return how many. Safe to run twice and at once.

    The figures are written in one statement when all of them are there; what goes wrong leaves a sentence and no figures.
    """
    rows = PublicationDraft.objects.select_related("survey__previous")
    return compute_waiting(rows, lambda claimed: _compute(claimed, now), order="saved_at", now=now)


def _compute(claimed: Claimed[PublicationDraft], now: datetime) -> None:
    with translation.override(municipality().language):
        try:
            figures = fresh_figures(claimed.row.survey, progress=claimed.progress)
        except NoResults as error:
            claimed.write(state=State.FAILED, sentence=str(error))
        else:
            claimed.write(state=State.READY, figures=figures, computed_at=now, sentence="")


def _wait(draft: PublicationDraft) -> None:
    draft.state, draft.figures, draft.computed_at, draft.sentence = State.WAITING, None, None, ""
    draft.save(update_fields=["state", "figures", "computed_at", "sentence"])
    nudge_on_commit(TASK)
