"""Reads on populations, draws, invitations, and how many have answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils import translation

from surveys.models import (
    Answer,
    Draft,
    Draw,
    GroupAsked,
    Invitation,
    Population,
    Question,
    Resident,
    SpentCode,
    Survey,
)
from surveys.questionnaires import Item, Stage, text_in
from surveys.strata import FEWEST, key_by, label


def populations() -> QuerySet[Population]:
    """Return the populations, the latest first, each with `people` (those still there) and `reserved`."""
    return Population.objects.select_related("read_by").annotate(
        people=Count("residents"), reserved=Count("residents", filter=Q(residents__reserved=True))
    )


def populations_to_draw_from() -> QuerySet[Population]:
    """Return the populations whose people are there, the latest first."""
    return Population.objects.filter(pk__in=Resident.objects.values("population"))


def draw_of(survey: Survey) -> Draw | None:
    return Draw.objects.filter(survey=survey).select_related("population", "drawn_by").first()


def stratum_in_words(invitation: Invitation, language: str) -> str:
    """Return in words what stands beside the answer of somebody who was drawn from a group; empty where nothing does."""
    if not invitation.stratum:
        return ""
    draw = draw_of(invitation.survey)
    with translation.override(language):
        return label(draw.stratum if draw else "", invitation.stratum)


def invitations_of(survey: Survey) -> QuerySet[Invitation]:
    """Return the survey's invitations, each with `has_answered`, also where its row does not yet say so. For counts only."""
    return Invitation.objects.filter(survey=survey).annotate(
        has_answered=Q(answered=True) | Exists(SpentCode.objects.filter(invitation=OuterRef("pk")))
    )


def reachable(survey: Survey) -> QuerySet[Invitation]:
    """Return those with somebody behind them who wants to be asked, with their resident, in the register's order."""
    return (
        Invitation.objects.filter(survey=survey, resident__isnull=False, resident__reserved=False)
        .select_related("resident")
        .order_by("resident_id")
    )


def to_post(survey: Survey, *, reminder: bool) -> QuerySet[Invitation]:
    """Return who gets a letter: all with an address, or of those reminded who have not answered and have no e-mail."""
    found = reachable(survey).exclude(resident__address="").filter(returned=False)
    if reminder:
        found = found.filter(reminders__gt=0, answered=False, resident__email="")
    return found


def letters_by_language(survey: Survey) -> dict[str, int]:
    """Return how many letters there are to post in each language."""
    found = to_post(survey, reminder=False).order_by().values_list("resident__language").annotate(Count("pk"))
    return dict(found)


def to_remind(survey: Survey) -> QuerySet[Invitation]:
    """Return who has not answered and can be reached by e-mail or by a letter that has not come back.

    By what the invitations say: the few whose codes are spent and not yet written there are reminded too, and the reminder
    says so. Leaving them out would tell from the reminders who they are (`surveys.actions.spending`).
    """
    by_letter = Q(returned=False) & ~Q(resident__address="")
    return reachable(survey).filter(answered=False).filter(~Q(resident__email="") | by_letter)


def reminder_rounds(survey: Survey) -> int:
    """Return how many times reminders went out."""
    return int(Invitation.objects.filter(survey=survey).aggregate(most=Max("reminders"))["most"] or 0)


def due_for_mail(now: object) -> QuerySet[Draw]:
    """Return the draws of surveys that are open at `now` and whose invitations by e-mail have not gone out."""
    return Draw.objects.filter(
        mailed_at=None, survey__stage=Stage.FIELDED, survey__opens_at__lte=now, survey__closes_at__gt=now
    ).select_related("survey")


def due_to_close(now: object) -> QuerySet[Survey]:
    """Return the surveys whose time is over, that for paper too, and that are not closed."""
    over = Survey.objects.annotate(over_at=Coalesce("paper_until", "closes_at"))
    return over.filter(stage=Stage.FIELDED, over_at__lte=now)


@dataclass(frozen=True)
class Rate:
    """How many of a group answered. None where the group has too few invited to be shown."""

    label: str
    invited: int | None
    answered: int | None

    @property
    def share(self) -> float | None:
        return self.answered / self.invited if self.invited and self.answered is not None else None


def groups_asked(survey: Survey) -> list[GroupAsked]:
    """Return how many of each respondent group were asked, where that is kept; in the order of the choices."""
    return list(GroupAsked.objects.filter(survey=survey))


def answers_in_sample(survey: Survey) -> QuerySet[Answer]:
    """Return the answers that count: the sample's, where there is one, else all."""
    found = Answer.objects.filter(survey=survey)
    if Invitation.objects.filter(survey=survey).exists():
        found = found.exclude(source=Answer.Source.OPEN)
    return found


def answers_by_group(survey: Survey, question: str) -> dict[str, int]:
    """Return how many answers there are of each choice of `question`: of the sample's, where there is one."""
    rows = answers_in_sample(survey).order_by().values_list(KeyTextTransform(question, "values")).annotate(Count("pk"))
    return {value: number for value, number in rows if value is not None}


def register_groups(survey: Survey, question: Item) -> dict[str, int]:
    """Return how many of the invited the register's file has in each choice of `question`, by its key or any of its texts.

    Empty where the file had no groups, or the people are put away.
    """
    names = {
        name.casefold(): option.key
        for option in question.options
        for name in (option.key, *option.texts.values())
        if name
    }
    rows = (
        Invitation.objects.filter(survey=survey, resident__isnull=False)
        .exclude(resident__group="")
        .order_by()
        .values_list("resident__group")
        .annotate(Count("pk"))
    )
    found: dict[str, int] = {}
    for group, number in rows:
        key = names.get(group.casefold())
        if key is not None:
            found[key] = found.get(key, 0) + number
    return found


def asked_rates(survey: Survey, language: str) -> list[Rate]:
    """Return who has answered by the respondent groups whose number is kept, while the survey runs (four queries at most).

    As `surveys.actions.groups_asked.count_groups` wrote it last night: a group of whom fewer than five answers were counted,
    or fewer than five asked, has no numbers; nor has the smallest of the others where those who are left are fewer than five.
    """
    groups = list(GroupAsked.objects.filter(survey=survey)) if survey.stage == Stage.FIELDED else []
    if not groups:
        return []
    question = Question.objects.filter(area__survey=survey, key=groups[0].question).first()
    options = {option["key"]: option["texts"] for option in question.options} if question else {}
    shown = {group.value for group in groups if group.invited >= FEWEST and group.answered}
    left = answers_in_sample(survey).count() - sum(group.answered for group in groups if group.value in shown)
    if shown and 0 < left < FEWEST:
        shown.remove(min((group for group in groups if group.value in shown), key=lambda group: group.answered).value)
    return [
        Rate(words, group.invited, group.answered) if group.value in shown else Rate(words, None, None)
        for group in groups
        for words in [text_in(options.get(group.value, {}), language) or group.value]
    ]


@dataclass(frozen=True)
class Progress:
    """Where the fielding stands, without any result."""

    invited: int = 0
    answered: int = 0
    returned: int = 0
    reserved: int = 0
    with_email: int = 0
    with_address: int = 0
    unreachable: int = 0
    begun: int = 0
    by_link: int = 0
    on_paper: int = 0

    @property
    def share(self) -> float | None:
        return self.answered / self.invited if self.invited else None


def progress_of(survey: Survey) -> Progress:
    """Count the survey's invitations, and the answers that came otherwise than by net (three queries).

    `begun` are the half-filled answers; `answered` counts the invited whose answer is in, whatever way it came.
    """
    has_mail, has_address = ~Q(resident__email=""), ~Q(resident__address="")
    there = Q(resident__isnull=False)
    counts = invitations_of(survey).aggregate(
        invited=Count("pk"),
        has=Count("pk", filter=Q(has_answered=True)),
        returned=Count("pk", filter=Q(returned=True)),
        reserved=Count("pk", filter=Q(resident__reserved=True)),
        with_email=Count("pk", filter=there & has_mail),
        with_address=Count("pk", filter=there & has_address),
        unreachable=Count("pk", filter=there & ~has_mail & ~has_address),
    )
    counts["answered"] = counts.pop("has")
    counts["begun"] = Draft.objects.filter(invitation__survey=survey).count()
    ways = Answer.objects.filter(survey=survey).aggregate(
        by_link=Count("pk", filter=Q(source=Answer.Source.OPEN)),
        on_paper=Count("pk", filter=Q(source=Answer.Source.PAPER)),
    )
    return Progress(**counts, **ways)


def rates(survey: Survey, by: str, year: int) -> list[Rate]:
    """Return who answered by `stratum` (that of the draw) or by district, gender or age from the register (one query).

    As the invitations say: what came since the last night, and up to four of each stratum, is not in it. Whoever compared
    two live pages, by district and by age, would see whose answer came between them (`surveys.actions.spending`).

    Groups with fewer than five invited are not shown; where that is one alone, the smallest of the others is not shown
    either, since the total would tell it.
    """
    rows: Iterable[tuple[str, bool]]
    draw = draw_of(survey) if by == "stratum" else None
    way = draw.stratum if draw else by
    if by == "stratum":
        rows = Invitation.objects.filter(survey=survey).values_list("stratum", "answered")
    else:
        key = key_by(by, year)
        found = Invitation.objects.filter(survey=survey, resident__isnull=False).select_related("resident")
        rows = [(key(one.resident), one.answered) for one in found if one.resident]
    counts: dict[str, list[int]] = {}
    for group, answered in rows:
        counted = counts.setdefault(group, [0, 0])
        counted[0] += 1
        counted[1] += answered
    hidden = {group for group, (invited, _answered) in counts.items() if invited < FEWEST}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min(counts.keys() - hidden, key=lambda group: (counts[group][0], group)))
    return [
        Rate(label(way, group), None, None) if group in hidden else Rate(label(way, group), *counts[group])
        for group in sorted(counts)
    ]
