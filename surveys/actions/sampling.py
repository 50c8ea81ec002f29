"""Draw who is asked, so that anybody can do it again: population, method and seed are kept and printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.codes import new_code
from surveys.models import Draw, Invitation, Population, Resident, Survey
from surveys.questionnaires import Stage
from surveys.rules import require_manager
from surveys.statistics.sampling import Draw as DrawnIds
from surveys.statistics.sampling import allocate, draw_full, draw_simple, draw_stratified
from surveys.strata import FEWEST, Stratum, grouped, joins, key_by

LONGEST_SEED = 60


class AlreadyFielded(Refused):
    code = "already_fielded"
    message = _("The survey has been fielded. What was drawn and asked stands.")


class TooFew(Refused):
    code = "too_few"
    field = "size"
    message = _("Draw at least %(fewest)s, from each group too: fewer could be recognised in the figures.")


class MoreThanThereAre(Refused):
    code = "more_than_there_are"
    field = "size"
    message = _("There are only %(people)s people to draw from.")


class NoStrata(Refused):
    code = "no_strata"
    field = "stratum"
    message = _("Choose what the groups are made by.")


class NotEnoughForGroups(Refused):
    code = "too_few_for_groups"
    field = "size"
    message = _("There are %(groups)s groups, and at least %(fewest)s are drawn from each: draw %(least)s or more.")


class ImpossibleSeed(Refused):
    code = "impossible_seed"
    field = "seed"
    message = _("A seed is one line of at most %(most)s characters.")


class PopulationIsGone(Refused):
    code = "population_is_gone"
    field = "population"
    message = _("The people of this population have been deleted. Read the register in anew.")


@dataclass(frozen=True)
class Wanted:
    """What to draw: `size` is n for the whole, for `Draw.Method.FIXED` the number from each stratum; unused for all.

    An empty `seed` is drawn by lot. `stratum` is one of `surveys.strata.Stratum` for the stratified methods.
    """

    method: str
    size: int = 0
    stratum: str = ""
    seed: str = ""


def draw_sample(survey: Survey, population: Population, wanted: Wanted, *, by: Person | None, now: datetime) -> Draw:
    """Draw the survey's sample and make the invitations with their codes. An earlier draw of the survey is thrown away.

    The reserved are never drawn. Raises NotAllowed, AlreadyFielded, PopulationIsGone, TooFew, MoreThanThereAre,
    NoStrata, NotEnoughForGroups, ImpossibleSeed.
    """
    require_manager(by)
    method = Draw.Method(wanted.method)
    seed = clean_seed(wanted.seed)
    with transaction.atomic():
        # One at a time, and not while somebody fields it.
        if Survey.objects.select_for_update().get(pk=survey.pk).stage != Stage.DRAFT:
            raise AlreadyFielded
        people = list(Resident.objects.filter(population=population))
        if not people:
            raise PopulationIsGone
        by_number = {person.number: person for person in people if not person.reserved}
        groups: Mapping[str, str] = {}
        if method == Draw.Method.FULL:
            drawn = draw_full(by_number, seed=seed)
        elif method == Draw.Method.SIMPLE:
            drawn = draw_simple(by_number, _size(wanted.size, len(by_number)), seed=seed)
        else:
            groups = _groups(people, wanted.stratum, now.astimezone(municipality().zone).year)
            strata = grouped(by_number, groups.__getitem__)
            sizes = _sizes(method, {key: len(numbers) for key, numbers in strata.items()}, wanted.size)
            drawn = draw_stratified(strata, sizes, seed=seed)
        if drawn.n < FEWEST:
            raise TooFew(fewest=FEWEST)
        earlier = Draw.objects.filter(survey=survey).first()
        attempt = earlier.attempt + 1 if earlier else 1
        Draw.objects.filter(survey=survey).delete()
        Invitation.objects.filter(survey=survey).delete()
        kept = Draw.objects.create(
            survey=survey,
            population=population,
            method=method,
            seed=seed,
            stratum=wanted.stratum if groups else "",
            strata=_strata_rows(groups, drawn) if groups else [],
            population_size=len(people),
            eligible=len(by_number),
            drawn=drawn.n,
            attempt=attempt,
            drawn_at=now,
            drawn_by=by,
        )
        _invite(survey, [(by_number[number], groups.get(number, "")) for number in drawn.ids])
        Survey.objects.filter(pk=survey.pk).update(population_size=len(people))
        return kept


def _invite(survey: Survey, drawn: list[tuple[Resident, str]]) -> None:
    """Make the invitations, in an order that does not tell the order of the tickets."""
    random = SystemRandom()
    random.shuffle(drawn)
    codes: set[str] = set()
    while len(codes) < len(drawn):
        codes |= {new_code(random) for _ in range(len(drawn) - len(codes))}
        codes -= set(Invitation.objects.filter(code__in=codes).values_list("code", flat=True))
    Invitation.objects.bulk_create(
        [
            Invitation(survey=survey, resident=resident, code=code, stratum=stratum)
            for (resident, stratum), code in zip(drawn, codes, strict=True)
        ],
        batch_size=1000,
    )


def clean_seed(typed: str) -> str:
    """Return the seed as it is kept; an empty one is drawn by lot. Raises ImpossibleSeed."""
    seed = typed.strip()
    if len(seed) > LONGEST_SEED or not seed.isprintable():
        raise ImpossibleSeed(most=LONGEST_SEED)
    return seed or f"{SystemRandom().getrandbits(64):016x}"


def _size(size: int, people: int) -> int:
    if size < FEWEST:
        raise TooFew(fewest=FEWEST)
    if size > people:
        raise MoreThanThereAre(people=people)
    return size


def _groups(people: list[Resident], stratum: str, year: int) -> dict[str, str]:
    """Return the stratum of everybody by number, groups joined where few in them may be drawn."""
    if stratum not in Stratum.values:
        raise NoStrata
    key = key_by(stratum, year)
    own = {person.number: key(person) for person in people}
    eligible = Counter(dict.fromkeys(own.values(), 0))
    eligible.update(own[person.number] for person in people if not person.reserved)
    under = joins(eligible)
    return {number: under[group] for number, group in own.items()}


def _sizes(method: Draw.Method, people: Mapping[str, int], size: int) -> dict[str, int]:
    if method == Draw.Method.FIXED:
        # A group with fewer people is asked as a whole; its weight says so.
        _size(size, sum(people.values()))
        return {key: min(size, there) for key, there in people.items()}
    _size(size, sum(people.values()))
    least = sum(min(FEWEST, there) for there in people.values())
    if size < least:
        raise NotEnoughForGroups(groups=len(people), fewest=FEWEST, least=least)
    return allocate(people, size, least=FEWEST)


def _strata_rows(groups: Mapping[str, str], drawn: DrawnIds) -> list[dict[str, object]]:
    """Return N_h, how many could be drawn, and n_h of each stratum."""
    population = Counter(groups.values())
    return [
        {"key": key, "population": population[key], "eligible": drawn.populations[key], "drawn": drawn.drawn[key]}
        for key in sorted(population)
    ]
