"""How many of each respondent group were asked, where the group is no column that the draw knows.

A shared service of four owners wants each owner's response rate: the users are asked in one survey, and tell themselves
which owner they belong to. What is kept is numbers alone, typed by the staff or counted from the register's file.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from surveys.models import GroupAsked, Publication, Survey
from surveys.queries import group_questions
from surveys.rules import require_manager
from surveys.sample_queries import answers_by_group

MOST = 10_000_000


class NoSuchGroups(Refused):
    code = "no_such_groups"
    message = _("That is no background question with one choice of this survey.")


class ImpossibleNumber(Refused):
    code = "impossible_number"
    message = _("Write how many were asked, as a whole number.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class NobodyInGroups(Refused):
    code = "nobody_in_groups"
    message = _("Write how many were asked of at least one group.")


class PublishedAlready(Refused):
    code = "published_already"
    message = _("The results have been published with these numbers. They stand.")


def set_groups_asked(
    survey: Survey, *, question: str, invited: Mapping[str, int], by: Person | None
) -> list[GroupAsked]:
    """Keep how many of each choice of `question` were asked, in place of what was kept before. 0 is no group.

    Raises NotAllowed, NoSuchGroups, ImpossibleNumber, NobodyInGroups, PublishedAlready.
    """
    require_manager(by)
    with transaction.atomic():
        locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
        asked = next((item for item in group_questions(locked) if item.key == question), None)
        if asked is None or not set(invited) <= {option.key for option in asked.options}:
            raise NoSuchGroups
        for value, number in invited.items():
            if not 0 <= number <= MOST:
                raise ImpossibleNumber(value)
        if not any(invited.values()):
            raise NobodyInGroups
        if GroupAsked.objects.filter(survey=locked).exists() and Publication.objects.filter(survey=locked).exists():
            raise PublishedAlready
        before = dict(GroupAsked.objects.filter(survey=locked, question=question).values_list("value", "answered"))
        GroupAsked.objects.filter(survey=locked).delete()
        return GroupAsked.objects.bulk_create(
            GroupAsked(
                survey=locked,
                question=question,
                value=option.key,
                invited=invited[option.key],
                answered=before.get(option.key, 0),
            )
            for option in asked.options
            if invited.get(option.key)
        )


def count_groups(survey: Survey) -> None:
    """Write down how many have answered of each group, each night while the survey runs.

    A number moves only when `smallest_group` answers or more have come to it: whoever compares two nights sees nobody.
    """
    groups = list(GroupAsked.objects.filter(survey=survey))
    if not groups:
        return
    counts = answers_by_group(survey, groups[0].question)
    for group in groups:
        now = counts.get(group.value, 0)
        if now - group.answered >= survey.smallest_group:
            GroupAsked.objects.filter(pk=group.pk).update(answered=now)
