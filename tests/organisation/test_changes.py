"""Each change of the reference data is written down with it, and nothing personal with that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from organisation.actions import look, people, settings, units
from organisation.actions.wordings import set_wordings
from organisation.errors import NotAllowed, Refused
from organisation.log import SIZE, changes, kinds, page_of_changes
from organisation.models import Change, DayOff, Municipality, OwnWording, Person, Unit
from organisation.permissions import Role
from organisation.wordings import known
from tests.factories import MONDAY, Solvik

OSLO = ZoneInfo("Europe/Oslo")


def written() -> list[tuple[str, str, str]]:
    return list(Change.objects.order_by("id").values_list("kind", "what", "name"))


def test_a_unit_is_opened_changed_and_closed(solvik: Solvik) -> None:
    by = solvik.administrator
    made = units.create_unit(code="parks", name="Park", parent=solvik.sector, by=by, now=MONDAY)
    units.change_unit(
        made, name="Park og idrett", parent=solvik.sector, email="park@solvik.test", leader=solvik.handler, deputy=None,
        by=by, now=MONDAY,
    )  # fmt: skip
    units.close_unit(made, successor=solvik.roads, on=date(2026, 11, 2), today=date(2026, 11, 2), by=by, now=MONDAY)
    assert written() == [
        ("organisation.unit", "created", "Park"),
        ("organisation.unit", "changed", "Park og idrett"),
        ("organisation.unit", "changed", "Park og idrett"),
    ]
    opened, changed, closed = Change.objects.order_by("id")
    assert opened.fields["parent"] == [None, "Teknisk sektor"]
    assert changed.fields == {
        "name": ["Park", "Park og idrett"],
        "email": ["", "park@solvik.test"],
        "leader": [None, solvik.handler.pk],
    }
    assert closed.fields == {"closed_on": [None, "2026-11-02"], "successor": [None, "Vei"]}
    assert (closed.at, closed.by) == (MONDAY, by)


def test_what_is_the_same_is_not_written(solvik: Solvik) -> None:
    unit = solvik.roads
    units.change_unit(
        unit, name=unit.name, parent=unit.parent, email=unit.email, leader=unit.leader, deputy=unit.deputy,
        by=solvik.administrator, now=MONDAY,
    )  # fmt: skip
    settings.change_settings(name="Solvik", by=solvik.administrator, now=MONDAY)
    people.assign_role(solvik.clerk, role=Role.SERVICE_CENTRE, by=solvik.administrator, now=MONDAY)
    assert written() == []


def test_of_a_person_only_the_fields_names_are_kept(solvik: Solvik) -> None:
    by = solvik.administrator
    person = people.create_person(email="Ny@Solvik.test", name="Ny Person", phone="33 00 00 01", by=by, now=MONDAY)
    people.change_person(
        person,
        email="gift@solvik.test",
        name="Gift Person",
        phone="",
        language="nn",
        is_active=False,
        by=by,
        now=MONDAY,
    )
    role = people.assign_role(person, role=Role.CASE_HANDLER, unit=solvik.roads, by=by, now=MONDAY)
    people.remove_role(role, by=by, now=MONDAY)
    assert [(row.kind, row.what, row.name, row.about) for row in Change.objects.order_by("id")] == [
        ("organisation.person", "created", "", person),
        ("organisation.person", "changed", "", person),
        ("organisation.roleassignment", "created", "", person),
        ("organisation.roleassignment", "removed", "", person),
    ]
    created, changed, given, _taken = Change.objects.order_by("id")
    assert {name for name, pair in created.fields.items() if pair is None} >= {"email", "name", "phone"}
    assert changed.fields == {
        "email": None,
        "name": None,
        "phone": None,
        "language": ["nb", "nn"],
        "is_active": [True, False],
    }
    assert given.fields == {"role": [None, "case_handler"], "unit": [None, "Vei"]}
    everything = str(list(Change.objects.values()))
    assert not [word for word in ("Ny Person", "Gift", "33 00 00 01", "solvik.test") if word in everything]


def test_days_off_texts_and_look(solvik: Solvik) -> None:
    by = solvik.administrator
    day = settings.add_day_off(on=date(2026, 12, 24), name=" Julaften ", by=by, now=MONDAY)
    settings.remove_day_off(day, by=by, now=MONDAY)
    wording = known("page.intro")
    set_wordings(wording, {"nb": "Hei fra {municipality}", "sv": ""}, by=by, now=MONDAY)
    set_wordings(wording, {"nb": "Hei"}, by=by, now=MONDAY)
    set_wordings(wording, {"nb": "  "}, by=by, now=MONDAY)
    look.set_colour("7A1F3D", by=by, now=MONDAY)
    assert written() == [
        ("organisation.dayoff", "created", "Julaften"),
        ("organisation.dayoff", "removed", "Julaften"),
        ("organisation.ownwording", "created", "page.intro (nb)"),
        ("organisation.ownwording", "changed", "page.intro (nb)"),
        ("organisation.ownwording", "removed", "page.intro (nb)"),
        ("organisation.municipality", "changed", "Solvik"),
    ]
    assert Municipality.objects.get().colour == "#7a1f3d"
    assert not OwnWording.objects.exists()


def test_our_own_words_typed_in_stay_ours(solvik: Solvik) -> None:
    wording = known("page.intro")
    with override("nb"):
        ours = str(wording.default)
    set_wordings(wording, {"nb": ours}, by=solvik.administrator, now=MONDAY)
    assert not OwnWording.objects.exists()


REFUSED: dict[str, tuple[Callable[[Solvik], object], str, str]] = {
    "a name nobody fills": (lambda s: words(s, {"nb": "Hei {municpality}"}), "names_unknown", "nb"),
    "too long": (lambda s: words(s, {"sv": "x" * 1001}), "wording_too_long", "sv"),
    "no such language": (lambda s: words(s, {"fi": "Hei"}), "no_such_language", "fi"),
    "a Saturday": (lambda s: day_off(s, date(2026, 11, 7)), "free_anyway", "on"),
    "a public holiday": (lambda s: day_off(s, date(2026, 12, 25)), "free_anyway", "on"),
    "a mistyped year": (lambda s: day_off(s, date(2206, 12, 24)), "too_far_away", "on"),
    "the same day twice": (lambda s: (day_off(s, date(2026, 12, 24)), day_off(s, date(2026, 12, 24))), "day_off_twice", "on"),
    "no first language": (lambda s: change(s, languages=["sv"]), "first_language_missing", "languages"),
    "a language not here": (lambda s: change(s, languages=["nb", "fi"]), "unknown_language", "languages"),
    "no days": (lambda s: change(s, deadline_days=0), "unfit", "deadline_days"),
    "a phone book": (lambda s: change(s, phone="1" * 31), "unfit", "phone"),
    "no colour": (lambda s: look.set_colour("rød", by=s.administrator, now=MONDAY), "not_a_colour", "colour"),
    "leader and deputy": (lambda s: led(s, s.handler, s.handler), "deputy_is_leader", "deputy"),
    "an inactive leader": (lambda s: led(s, gone(s.handler), None), "not_active", "leader"),
    "below itself": (lambda s: moved_below_itself(s), "parent_not_a_sector", "parent"),
    "an address that is taken": (lambda s: person(s, email="CLERK@solvik.test"), "unfit", "email"),
    "no address": (lambda s: person(s, email="clerk"), "unfit", "email"),
}  # fmt: skip


def words(solvik: Solvik, texts: dict[str, str]) -> None:
    set_wordings(known("page.intro"), {"en": "Kept if all is well", **texts}, by=solvik.administrator, now=MONDAY)


def day_off(solvik: Solvik, on: date) -> DayOff:
    return settings.add_day_off(on=on, name="Fri", by=solvik.administrator, now=MONDAY)


def change(solvik: Solvik, **values: object) -> None:
    settings.change_settings(**values, by=solvik.administrator, now=MONDAY)


def led(solvik: Solvik, leader: Person, deputy: Person | None) -> None:
    units.change_unit(
        solvik.roads,
        name="Vei",
        parent=None,
        email="",
        leader=leader,
        deputy=deputy,
        by=solvik.administrator,
        now=MONDAY,
    )


def gone(person: Person) -> Person:
    person.is_active = False
    return person


def moved_below_itself(solvik: Solvik) -> None:
    units.change_unit(
        solvik.sector, name="Teknisk", parent=solvik.sector, email="", leader=None, deputy=None,
        by=solvik.administrator, now=MONDAY,
    )  # fmt: skip


def person(solvik: Solvik, email: str) -> None:
    people.create_person(email=email, name="Ny", by=solvik.administrator, now=MONDAY)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_has_its_reason_and_leaves_nothing(solvik: Solvik, case: str) -> None:
    act, code, field = REFUSED[case]
    with pytest.raises(Refused) as refused:
        act(solvik)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert str(refused.value)
    if case != "the same day twice":
        assert not Change.objects.exists()
        assert not OwnWording.objects.exists()
    assert Unit.objects.get(code="roads").leader == solvik.roads_leader


def test_a_clerk_changes_nothing(solvik: Solvik) -> None:
    by = solvik.clerk
    for act in (
        lambda: people.create_person(email="x@solvik.test", name="X", by=by, now=MONDAY),
        lambda: settings.change_settings(name="X", by=by, now=MONDAY),
        lambda: settings.add_day_off(on=date(2026, 12, 24), name="X", by=by, now=MONDAY),
        lambda: set_wordings(known("page.intro"), {"nb": "X"}, by=by, now=MONDAY),
        lambda: look.set_colour("#7a1f3d", by=by, now=MONDAY),
        lambda: look.set_arms(b"<svg/>", by=by, now=MONDAY),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Change.objects.exists()


def test_the_last_administrator_cannot_be_shut_out(solvik: Solvik) -> None:
    with pytest.raises(people.LastAdministrator):
        people.change_person(
            solvik.administrator, email="administrator@solvik.test", name="A", phone="", language="nb", is_active=False,
            by=solvik.administrator, now=MONDAY,
        )  # fmt: skip
    assert solvik.fresh(solvik.administrator).is_active


# --- Read ---------------------------------------------------------------------------------------------------------------


def test_the_log_is_told_in_words(solvik: Solvik) -> None:
    led(solvik, solvik.handler, None)
    with override("nb"):
        (row,) = page_of_changes(changes(zone=OSLO)).rows
        told = {field.name: (field.before, field.after) for field in row.fields}
        assert (row.kind, row.name, row.what, row.who) == ("enhet", "Vei", "Endret", "Administrator")
    assert told == {
        "sektor": ("Teknisk sektor", "–"),
        "e-post": ("roads@solvik.test", "–"),
        "leder": ("Roads Leader", "Handler"),
        "stedfortreder": ("Roads Deputy", "–"),
    }


def test_the_log_is_filtered_and_paged(solvik: Solvik) -> None:
    for number in range(SIZE + 5):
        settings.change_settings(name=f"Solvik {number}", by=solvik.administrator, now=MONDAY + timedelta(days=number))
    people.assign_role(solvik.clerk, role=Role.READER, by=None, now=MONDAY)
    everything = changes(zone=OSLO)
    first = page_of_changes(everything)
    second = page_of_changes(everything, after=first.older)
    back = page_of_changes(everything, before=second.newer)
    assert (len(first.rows), len(second.rows), second.older) == (SIZE, 6, "")
    assert (back.rows, back.newer) == (first.rows, "")
    assert page_of_changes(everything, after="x'--").rows == first.rows
    assert [row.name for row in page_of_changes(changes(zone=OSLO, person=solvik.clerk)).rows] == ["Clerk"]
    day = (MONDAY + timedelta(days=3)).date()
    assert [row.name for row in page_of_changes(changes(zone=OSLO, first=day, last=day)).rows] == ["Solvik 3"]
    assert {kind for kind, _name in kinds()} == {"organisation.municipality", "organisation.roleassignment"}
    assert len(page_of_changes(changes(zone=OSLO, kind="organisation.roleassignment")).rows) == 1
