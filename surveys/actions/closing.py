"""Close a survey: from then on nobody can join an answer to an invitation. See `docs/decisions/0016-survey-anonymity.md`."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from surveys.actions.spending import flush_spent, hold_alone
from surveys.models import Answer, Comment, Draft, Invitation, Resident, SpentCode, Survey
from surveys.questionnaires import Stage
from surveys.rules import require_manager
from surveys.screening import Names, with_name

SHUFFLED = (Answer, Comment)
"""Written anew at closing, with new random keys."""


class NotFielded(Refused):
    code = "not_fielded"
    message = _("Only a survey that is in the field can be closed.")


def close_survey(survey: Survey, *, by: Person | None = None, now: datetime) -> Survey:
    """Close the survey, and return it. Closing one that is closed changes nothing.

    Writes who has answered, deletes drafts, looks for residents' names in what people wrote, writes all answers and
    comments anew in random order, and deletes the residents that no other survey still needs. After the commit
    `forget_row_versions` runs; what goes wrong there is logged, and the nightly job does it again. `by` None is the clock.
    Raises NotAllowed, NotFielded.
    """
    with transaction.atomic():
        require_manager(by)
        hold_alone(survey)
        survey = Survey.objects.get(pk=survey.pk)
        if survey.stage in (Stage.CLOSED, Stage.PUBLISHED):
            return survey
        if survey.stage != Stage.FIELDED:
            raise NotFielded
        flush_spent(survey, everything=True)
        Draft.objects.filter(invitation__survey=survey).delete()
        _hold_what_names_residents(survey)
        _hide_few_on_paper(survey)
        for model in SHUFFLED:
            _write_anew(model, survey)
        _put_residents_away(survey)
        # All alike: which invitations a job wrote one night is not to be read from their rows.
        Invitation.objects.filter(survey=survey).update(answered=models.F("answered"))
        survey.stage, survey.closed_at = Stage.CLOSED, now
        survey.save(update_fields=["stage", "closed_at"])
        transaction.on_commit(forget_row_versions, robust=True)
    return survey


def forget_row_versions(*, patience: str = "10s") -> None:
    """Write the tables anew in the order of their random or drawn keys, so that no earlier row version stays on a page.

    Harmless at any time, and quick; people who answer wait meanwhile. All rows of a table bear one transaction then. Each
    table by itself: what one of them cannot have now, as a backup reads it, does not keep the others waiting; it raises at
    the end, and the next night tries again. `patience` is how long it waits for a table.
    """
    faults: list[DatabaseError] = []
    for model in (Draft, SpentCode, Answer, Comment, Invitation):
        try:
            _forget_row_versions_of(model, patience)
        except DatabaseError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def _forget_row_versions_of(model: type[models.Model], patience: str) -> None:
    """Copy what lives into a new file, then put it in the order of the key.

    `CLUSTER` alone also copies dead rows that some open snapshot in the database could still see, whosever it is. An `ALTER
    TABLE` that rewrites looks at what is committed and leaves them: the volatile `random()` makes it rewrite.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    plain = [field for field in model._meta.concrete_fields if not (field.is_relation or field.unique)]
    field = plain[0] if plain else model._meta.concrete_fields[0]
    column = connection.ops.quote_name(str(field.column))
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever waits for a table keeps all who come later waiting: better to try again tomorrow.
        cursor.execute("SET LOCAL lock_timeout = %s", [patience])
        cursor.execute(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {field.db_type(connection)} "
            f"USING CASE WHEN random() IS NOT NULL THEN {column} END"
        )
        cursor.execute(f"CLUSTER {table} USING {model._meta.db_table}_pkey")
        cursor.execute("SET LOCAL lock_timeout = '0'")


def _hold_what_names_residents(survey: Survey) -> None:
    """Hold the comments in which a resident of the drawn population is named. After closing the names are not there."""
    residents = Resident.objects.filter(population__draws__survey=survey)
    names = Names(residents.order_by().values_list("name", flat=True).iterator())
    for comment in Comment.objects.filter(survey=survey):
        if names.are_in(comment.text):
            comment.found = with_name(comment.found)
            if comment.state == Comment.State.KEPT:
                comment.state = Comment.State.HELD
            comment.save(update_fields=["found", "state"])


def _hide_few_on_paper(survey: Survey) -> None:
    """Let answers on paper stand as others where they are fewer than a group that may be shown: it is known who writes."""
    on_paper = Answer.objects.filter(survey=survey, source=Answer.Source.PAPER)
    if on_paper.count() < survey.smallest_group:
        on_paper.update(source=Answer.Source.INVITED)


def _write_anew(model: type[models.Model], survey: Survey) -> None:
    """Delete all rows of the survey and write them again with new random keys in random order, in one statement."""
    table = model._meta.db_table
    columns = ", ".join(
        connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields if not field.primary_key
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM {table} WHERE survey_id = %s RETURNING *) "  # noqa: S608  (names of ours)
            f"INSERT INTO {table} (id, {columns}) SELECT gen_random_uuid(), {columns} FROM gone ORDER BY gen_random_uuid()",
            [survey.pk],
        )


def _put_residents_away(survey: Survey) -> None:
    """Delete the residents of the survey's population unless a survey that is not closed was drawn from it too."""
    draw = getattr(survey, "draw", None)
    if draw is None:
        return
    others = Survey.objects.filter(draw__population=draw.population_id, stage__in=[Stage.DRAFT, Stage.FIELDED])
    if others.exclude(pk=survey.pk).exists():
        Invitation.objects.filter(survey=survey).update(resident=None)
    else:
        Invitation.objects.filter(resident__population=draw.population_id).update(resident=None)
        Resident.objects.filter(population=draw.population_id).delete()
