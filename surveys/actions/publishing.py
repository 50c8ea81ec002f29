"""Publish a survey's results: the figures are frozen, small groups taken out, and shown from a chosen day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.models import Publication, Survey
from surveys.publishing import fresh_figures
from surveys.questionnaires import Stage
from surveys.rules import require_manager

LONGEST_WORDS = 4000
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


def publish_results(
    survey: Survey, *, publish_on: date, words: Mapping[str, str], by: Person | None, now: datetime
) -> Publication:
    """Freeze the figures and show them from the local day `publish_on` on. `words` are the municipality's, by language.

    A version that waits for its day is replaced; one that is out stays in the database, and the new one is shown in
    its place. Raises NotAllowed, NotClosed, NothingToShow, DayIsPast, DayIsFar, WordsTooLong, NoResults.
    """
    require_manager(by)
    today = now.astimezone(municipality().zone).date()
    kept = {language: text.replace("\x00", "").strip() for language, text in words.items() if text.strip()}
    if publish_on < today:
        raise DayIsPast
    if publish_on > today + FURTHEST:
        raise DayIsFar
    if any(len(text) > LONGEST_WORDS for text in kept.values()):
        raise WordsTooLong(longest=LONGEST_WORDS)
    with transaction.atomic():
        locked = Survey.objects.select_for_update(of=("self",)).select_related("previous").get(pk=survey.pk)
        if locked.stage not in (Stage.CLOSED, Stage.PUBLISHED):
            raise NotClosed
        figures = fresh_figures(locked)
        if all(one["suppressed"] for one in [*figures["items"], *figures["choices"]]):
            raise NothingToShow(least=locked.smallest_group)
        Publication.objects.filter(survey=locked, publish_on__gt=today).delete()
        last = Publication.objects.filter(survey=locked).aggregate(last=Max("version"))["last"] or 0
        made = Publication.objects.create(
            survey=locked,
            version=last + 1,
            publish_on=publish_on,
            words=kept,
            figures=figures,
            made_at=now,
            made_by=by,
        )
        if locked.stage != Stage.PUBLISHED:
            locked.stage = Stage.PUBLISHED
            locked.save(update_fields=["stage"])
    return made


def take_back_publication(survey: Survey, *, by: Person | None, now: datetime) -> None:
    """Take back the version whose day has not come. What is out stays out. Raises NotAllowed, NothingWaits."""
    require_manager(by)
    today = now.astimezone(municipality().zone).date()
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        deleted, _kinds = Publication.objects.filter(survey=locked, publish_on__gt=today).delete()
        if not deleted:
            raise NothingWaits
        if not Publication.objects.filter(survey=locked).exists():
            locked.stage = Stage.CLOSED
            locked.save(update_fields=["stage"])
