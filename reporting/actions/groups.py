"""Make, change and remove groups of municipalities, and know the municipalities that are in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.base import STEP, Texts, name_texts, next_position
from reporting.models import Elsewhere, Group, GroupMember
from reporting.rules import require_manager
from surveys.keys import key_from
from surveys.questionnaires import text_in

MOST_MEMBERS = 400
_NUMBER = re.compile(r"[0-9]{3,4}")


class GroupKeyTaken(Refused):
    code = "key_taken"
    field = "key"
    message = _("There is a group with the key «%(key)s» already.")


class NobodyInGroup(Refused):
    code = "nobody_in_group"
    field = "members"
    message = _("Write at least one municipality.")


class TooManyInGroup(Refused):
    code = "too_many_in_group"
    field = "members"
    message = _("A group has at most %(most)s municipalities.")


class MunicipalityUnknown(Refused):
    code = "municipality_unknown"
    field = "members"
    message = _("«%(name)s» is not known here. Write its number in front of the name, and it will be.")


class SeveralOfThatName(Refused):
    code = "several_of_that_name"
    field = "members"
    message = _("There are several municipalities called «%(name)s». Write the number in front.")


class NumberTaken(Refused):
    code = "number_taken"
    field = "members"
    message = _("The number %(code)s is that of %(name)s.")


class NotAMunicipalityNumber(Refused):
    code = "not_a_municipality_number"
    field = "members"
    message = _("«%(code)s» is no municipality number: those have three or four digits.")


class WeAreBesideThem(Refused):
    code = "we_are_beside_them"
    field = "members"
    message = _("%(name)s is our own municipality. It stands beside the group in every comparison.")


class Named(NamedTuple):
    """A municipality as somebody wrote it: the number, the name, or both."""

    code: str = ""
    name: str = ""


def create_group(
    *, names: Texts, kind: str, members: Sequence[Named], key: str = "", by: Person | None, now: datetime
) -> Group:
    """Make a group of municipalities; those with a number that are not known yet become so, and so does the country.

    Raises NotAllowed, TextMissing, TextTooLong, GroupKeyTaken, NobodyInGroup, TooManyInGroup, MunicipalityUnknown,
    SeveralOfThatName, NumberTaken, NotAMunicipalityNumber, WeAreBesideThem, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        words = name_texts(names)
        taken = {*Group.objects.values_list("key", flat=True), "new"}
        key = key.strip() or key_from(text_in(words, municipality().language), taken, otherwise="group")
        if key in taken:
            raise GroupKeyTaken(key=key)
        group = Group(key=key, names=words, kind=kind, position=next_position(list(Group.objects.all())))
        check_row(group)
        group.save(force_insert=True)
        log_created(group, by=by, now=now)
        _fill(group, members, by=by, now=now)
        know_country(by=by, now=now)
    return group


def change_group(
    group: Group, *, names: Texts, kind: str, members: Sequence[Named], by: Person | None, now: datetime
) -> Group:
    """Change a group's name and kind, and let `members` be its municipalities in that order. Raises as `create_group`."""
    require_manager(by)
    with transaction.atomic():
        found = Group.objects.select_for_update().get(pk=group.pk)
        before = values_of(found)
        found.names, found.kind = name_texts(names), kind
        check_row(found)
        found.save()
        log_changed(found, before, by=by, now=now)
        _fill(found, members, by=by, now=now)
    return found


def remove_group(group: Group, *, by: Person | None, now: datetime) -> None:
    """Take a group away. Its municipalities and their figures stay. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(group, by=by, now=now)
        Group.objects.filter(pk=group.pk).delete()


def _fill(group: Group, members: Sequence[Named], *, by: Person | None, now: datetime) -> None:
    if not members:
        raise NobodyInGroup
    if len(members) > MOST_MEMBERS:
        raise TooManyInGroup(most=MOST_MEMBERS)
    places = list({place.pk: place for place in (know_place(each, by=by, now=now) for each in members)}.values())
    there = {row.elsewhere_id: row for row in group.members.select_related("elsewhere", "group")}
    wanted = {place.pk for place in places}
    for pk, row in there.items():
        if pk not in wanted:
            log_removed(row, by=by, now=now)
            row.delete()
    for number, place in enumerate(places, start=1):
        kept = there.get(place.pk)
        if kept is None:
            made = GroupMember.objects.create(group=group, elsewhere=place, position=number * STEP)
            log_created(made, by=by, now=now)
        elif kept.position != number * STEP:
            before = values_of(kept)
            kept.position = number * STEP
            kept.save(update_fields=["position"])
            log_changed(kept, before, by=by, now=now)


def know_place(named: Named, *, by: Person | None, now: datetime) -> Elsewhere:
    """Return the municipality of our country that is meant, made where its number is new.

    One that was known by name alone gets its number. Raises NotAllowed, MunicipalityUnknown, SeveralOfThatName,
    NumberTaken, NotAMunicipalityNumber, WeAreBesideThem, Unfit.
    """
    require_manager(by)
    house = municipality()
    code, name = named.code.strip(), " ".join(named.name.split())
    if (name and name.casefold() == house.name.casefold()) or (code and code == house.number):
        raise WeAreBesideThem(name=house.name)
    known = Elsewhere.objects.filter(kind=Elsewhere.Kind.MUNICIPALITY, country=house.country)
    called = list(known.filter(name__iexact=name)) if name else []
    if not code:
        if len(called) > 1:
            raise SeveralOfThatName(name=name)
        # A municipality abroad is known by its name too, if it is known already.
        found = called or list(Elsewhere.objects.filter(kind=Elsewhere.Kind.MUNICIPALITY, name__iexact=name)[:2])
        if len(found) != 1:
            raise MunicipalityUnknown(name=name)
        return found[0]
    if not _NUMBER.fullmatch(code):
        raise NotAMunicipalityNumber(code=code)
    if (there := known.filter(code=code).first()) is not None:
        if name and there.name.casefold() != name.casefold():
            raise NumberTaken(code=code, name=there.name)
        return there
    if not name:
        raise MunicipalityUnknown(name=code)
    without = next((place for place in called if not place.code.isdigit()), None)
    if without is not None:
        before = values_of(without)
        without.code = code
        without.save(update_fields=["code"])
        log_changed(without, before, by=by, now=now)
        return without
    made = Elsewhere(country=house.country, code=code, name=name)
    check_row(made)
    made.save(force_insert=True)
    log_created(made, by=by, now=now)
    return made


def know_country(*, by: Person | None, now: datetime) -> Elsewhere:
    """Return what stands for the whole of our country, made where it is not there. Raises NotAllowed."""
    require_manager(by)
    house = municipality()
    there = Elsewhere.objects.filter(Q(kind=Elsewhere.Kind.COUNTRY), country=house.country).order_by("pk").first()
    if there is not None:
        return there
    made = Elsewhere(
        kind=Elsewhere.Kind.COUNTRY, country=house.country, code=house.country, name=house.get_country_display()
    )
    made.save(force_insert=True)
    log_created(made, by=by, now=now)
    return made
