"""Publish a survey's results: the figures are frozen, small groups taken out, and shown from a chosen day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.announcing import announce_publication, take_back_announcement
from surveys.models import Publication, Survey
from surveys.publishing import Figures, fresh_figures
from surveys.questionnaires import Stage
from surveys.rules import require_manager

LONGEST_WORDS = 4000
LONGEST_REASON = 1000
FURTHEST = timedelta(days=366)


class NotClosed(Refused):
    """Answers still come in."""

    code = "not_closed"
    message = _("Answers still come in. The results can be published when the survey is closed.")


class NothingToShow(Refused):
    code = "nothing_to_show"
    message = _("Fewer than %(least)s have answered each question. There is nothing that may be shown.")


class DayIsPast(Refused):
    code = "day_is_past"
    field = "publish_on"
    message = _("The day is past. Choose today or later.")


class DayIsFar(Refused):
    code = "day_is_far"
    field = "publish_on"
    message = _("The day is more than a year ahead.")


class WordsTooLong(Refused):
    code = "words_too_long"
    field = "words"
    message = _("The text is longer than %(longest)s characters.")


class NothingWaits(Refused):
    code = "nothing_waits"
    message = _("There is no publication that waits for its day.")


class ReasonMissing(Refused):
    code = "reason_missing"
    field = "reason"
    message = _("Write why. Those who read the results see it.")


class ReasonTooLong(Refused):
    code = "reason_too_long"
    field = "reason"
    message = _("The reason is longer than %(longest)s characters.")


class NothingIsOut(Refused):
    code = "nothing_is_out"
    message = _("There is no publication that everybody can read.")


def publish_results(
    survey: Survey, *, publish_on: date, words: Mapping[str, str], reason: str = "", by: Person | None, now: datetime
) -> Publication:
    """Compute the figures, freeze them and show them from the local day `publish_on` on, in one go.

    Where somebody waits at a page, a worker computes them first (`publication_drafts`). Raises as `freeze`, and NoResults.
    """
    require_manager(by)
    check_day(publish_on, now)
    with transaction.atomic():
        locked = locked_survey(survey)
        require_closed(locked)
        return freeze(locked, fresh_figures(locked), publish_on=publish_on, words=words, reason=reason, by=by, now=now)


def freeze(
    locked: Survey,
    figures: Figures,
    *,
    publish_on: date,
    words: Mapping[str, str],
    reason: str,
    by: Person | None,
    now: datetime,
) -> Publication:
    """Write the next version. In the caller's transaction, which holds the survey (`locked_survey`).

    A version that waits for its day is replaced; one that is out stays in the database, and the new one is shown in its
    place, with `reason`. `words` are the municipality's, by language. Raises NotClosed, NothingToShow, DayIsPast, DayIsFar,
    WordsTooLong, ReasonMissing, ReasonTooLong.
    """
    require_closed(locked)
    check_day(publish_on, now)
    today = _today(now)
    kept, why = clean_words(words), clean_reason(reason)
    if all(one["suppressed"] for one in [*figures["items"], *figures["choices"]]):
        raise NothingToShow(least=locked.smallest_group)
    for waiting in Publication.objects.filter(survey=locked, publish_on__gt=today):
        log_removed(waiting, by=by, now=now)
        take_back_announcement(waiting)
        waiting.delete()
    last = Publication.objects.filter(survey=locked).aggregate(last=Max("version"))["last"] or 0
    if last and not why:
        raise ReasonMissing
    made = Publication.objects.create(
        survey=locked,
        version=last + 1,
        publish_on=publish_on,
        words=kept,
        reason=why if last else "",
        figures=figures,
        made_at=now,
        made_by=by,
    )
    log_created(made, by=by, now=now)
    announce_publication(made, now=now)
    _set_stage(locked, Stage.PUBLISHED)
    return made


def take_back_publication(survey: Survey, *, by: Person | None, now: datetime) -> None:
    """Take back the version whose day has not come. What is out stays out. Raises NotAllowed, NothingWaits."""
    require_manager(by)
    with transaction.atomic():
        locked = locked_survey(survey)
        waiting = list(Publication.objects.filter(survey=locked, publish_on__gt=_today(now)))
        if not waiting:
            raise NothingWaits
        for one in waiting:
            log_removed(one, by=by, now=now)
            take_back_announcement(one)
            one.delete()
        if not Publication.objects.filter(survey=locked, withdrawn_at=None).exists():
            _set_stage(locked, Stage.CLOSED)


def withdraw_publication(survey: Survey, *, reason: str, by: Person | None, now: datetime) -> Publication:
    """Show nothing but `reason` where the latest version was. It stays in the database: what it told has been told.

    Raises NotAllowed, ReasonMissing, ReasonTooLong, NothingIsOut.
    """
    require_manager(by)
    why = clean_reason(reason)
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        locked = locked_survey(survey)
        out = Publication.objects.filter(survey=locked, publish_on__lte=_today(now)).order_by("-version").first()
        if out is None or out.withdrawn_at is not None:
            raise NothingIsOut
        before = values_of(out)
        out.withdrawn_at, out.withdrawn_because = now, why
        out.save(update_fields=["withdrawn_at", "withdrawn_because"])
        log_changed(out, before, by=by, now=now)
        if not Publication.objects.filter(survey=locked, publish_on__gt=_today(now)).exists():
            _set_stage(locked, Stage.CLOSED)
    return out


def locked_survey(survey: Survey) -> Survey:
    """Return the survey, held until the transaction ends: one at a time publishes."""
    return Survey.objects.select_for_update(of=("self",)).select_related("previous").get(pk=survey.pk)


def require_closed(survey: Survey) -> None:
    """Raise NotClosed while answers come in."""
    if survey.stage not in (Stage.CLOSED, Stage.PUBLISHED):
        raise NotClosed


def check_day(publish_on: date, now: datetime) -> None:
    """Raise DayIsPast or DayIsFar."""
    today = _today(now)
    if publish_on < today:
        raise DayIsPast
    if publish_on > today + FURTHEST:
        raise DayIsFar


def clean_words(words: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept of the words by language. Raises WordsTooLong."""
    kept = {language: text.replace("\x00", "").strip() for language, text in words.items() if text.strip()}
    if any(len(text) > LONGEST_WORDS for text in kept.values()):
        raise WordsTooLong(longest=LONGEST_WORDS)
    return kept


def clean_reason(reason: str) -> str:
    """Raises ReasonTooLong."""
    kept = reason.replace("\x00", "").strip()
    if len(kept) > LONGEST_REASON:
        raise ReasonTooLong(longest=LONGEST_REASON)
    return kept


def _today(now: datetime) -> date:
    return now.astimezone(municipality().zone).date()


def _set_stage(locked: Survey, stage: Stage) -> None:
    if locked.stage != stage:
        locked.stage = stage
        locked.save(update_fields=["stage"])
