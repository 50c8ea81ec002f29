"""The administrator's pages on categories, routing rules, deadlines, and a unit that is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from feedback.actions.intake import House, Intake
from feedback.actions.routing import create_rule, move_rule
from feedback.models import Card, Category, RoutingRule
from feedback.what_if import active_rules, effect_of_deadline, effect_of_rule, try_card, with_rule
from organisation.models import Change, Municipality, Unit
from organisation.queries import municipality, working_calendar
from tests.factories import FULL_CONTACT, MONDAY, NO_PHONE, CategoryFactory, RuleFactory, Solvik, a_card, events
from tests.feedback.steps import called_back

BASE = "/staff/administration"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def admin(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


# --- Closing ------------------------------------------------------------------------------------------------------------


def test_a_unit_is_closed_and_its_open_cards_move_with_their_deadlines(solvik: Solvik, admin: Client) -> None:
    card = a_card(unit=solvik.roads)
    RuleFactory(unit=solvik.roads, words=["hull"])
    address = f"{BASE}/units/roads/close/"
    page = admin.get(address).content.decode()
    assert "1 open card moves to the successor, with its deadline." in page
    assert "1 routing rule points here" in page
    for form, sentence in (
        ({"successor": "", "on": "02.11.2026"}, "Choose the unit that takes over."),
        ({"successor": "technical", "on": "02.11.2026"}, "That one is not there any more."),
        ({"successor": "water", "on": "03.11.2026"}, "cannot be in the future"),
        ({"successor": "water", "on": "tull"}, "«tull» is not a date."),
    ):
        wrong = admin.post(address, form)
        assert (wrong.status_code, sentence in wrong.content.decode()) == (422, True), form
    assert Unit.objects.get(code="roads").closed_on is None
    assert Card.objects.get().unit == solvik.roads

    assert admin.post(address, {"successor": "water", "on": "02.11.2026"}).status_code == 302
    moved = Card.objects.get()
    assert (moved.unit, moved.due_on) == (solvik.water, card.due_on)
    assert events(moved)[-1] == ("rerouted", "roads", "water")
    assert a_card(text="hull i veien").unit == solvik.water
    assert admin.get(address).status_code == 404
    assert "Closed down" in admin.get(f"{BASE}/units/roads/").content.decode()
    again = admin.post(f"{BASE}/units/roads/", {"name": "Ny"})
    assert (again.status_code, "stays as it was" in again.content.decode()) == (422, True)


# --- Categories ---------------------------------------------------------------------------------------------------------

NAMES = {"name_nb": "Gatelys", "name_nn": "Gatelys", "name_sv": "Gatubelysning", "name_en": "Street lights"}


def test_a_category_is_added_changed_and_taken_out_of_use(solvik: Solvik, admin: Client) -> None:
    first = CategoryFactory(position=10)
    assert admin.post(f"{BASE}/new-category/", NAMES | {"code": "lights"}).status_code == 302
    made = Category.objects.get(code="lights")
    assert (made.name, made.names["sv"], made.position > first.position) == ("Gatelys", "Gatubelysning", True)
    wrong = admin.post(f"{BASE}/categories/lights/", NAMES | {"deadline_days": "5", "is_active": "on"})
    assert wrong.status_code == 422
    assert "needs both a number of days and which days count" in wrong.content.decode()
    form = NAMES | {"deadline_days": "5", "deadline_kind": "working_days", "is_political": "on"}
    assert admin.post(f"{BASE}/categories/lights/", form).status_code == 302
    made.refresh_from_db()
    assert (made.deadline_days, made.is_political, made.is_active, made.code) == (5, True, False, "lights")
    assert [row.what for row in Change.objects.order_by("id")] == ["created", "changed"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name_nb": ""}, "Write a name."),
        ({"code": "gate lys"}, "Write the code with letters"),
        ({"code": ""}, "Write a code"),
        ({"code": "taken"}, "There is a category with the code «taken» already."),
        ({"deadline_days": "fem", "deadline_kind": "working_days"}, "Write a whole number of days."),
        ({"deadline_days": "0", "deadline_kind": "working_days"}, "greater than or equal to 1"),
        ({"name_sv": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_is_wrong_with_a_category_is_told(solvik: Solvik, admin: Client, form: Any, sentence: str) -> None:
    CategoryFactory(code="taken")
    answer = admin.post(f"{BASE}/new-category/", NAMES | {"code": "lights"} | form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Category.objects.count() == 1


def test_categories_change_places(solvik: Solvik, admin: Client) -> None:
    for name in "abc":
        CategoryFactory(code=name, name=name, position=100)
    answer = admin.post(f"{BASE}/categories/c/move/", {"way": "up"})
    moved = Category.objects.get(code="c")
    assert answer.headers["Location"] == f"{BASE}/categories/?moved={moved.pk}-up"
    assert list(Category.objects.values_list("code", flat=True)) == ["a", "c", "b"]
    page = admin.get(answer.headers["Location"]).content.decode()
    assert page.count("autofocus") == 1
    admin.post(f"{BASE}/categories/b/move/", {"way": "down"})
    admin.post(f"{BASE}/categories/a/move/", {"way": "up"})
    assert list(Category.objects.values_list("code", flat=True)) == ["a", "c", "b"]
    assert Change.objects.count() == 1


# --- Rules --------------------------------------------------------------------------------------------------------------


def test_a_rule_is_added_tried_changed_and_taken_away(solvik: Solvik, admin: Client) -> None:
    assert "[]" not in admin.get(f"{BASE}/new-rule/").content.decode()
    form = {"name": "Hull", "unit": solvik.roads.pk, "words": "hull, HULL;  krater\n,", "is_active": "on"}
    assert admin.post(f"{BASE}/new-rule/", form).status_code == 302
    rule = RoutingRule.objects.get()
    assert rule.words == ["hull", "krater"]
    assert a_card(text="Hullet er stort").unit == solvik.roads
    address = f"{BASE}/rules/{rule.pk}/"
    assert "hull, krater" in admin.get(address).content.decode()
    looked = admin.post(address, form | {"unit": solvik.water.pk, "look": "1"}).content.decode()
    assert "Of the latest 1 messages, 1 would go elsewhere" in looked
    assert "Vei → Vann: 1" in looked
    assert RoutingRule.objects.get().unit == solvik.roads
    assert admin.post(address, form | {"unit": solvik.water.pk}).status_code == 302
    assert RoutingRule.objects.get().unit == solvik.water
    assert admin.post(f"{address}remove/").status_code == 302
    assert not RoutingRule.objects.exists()
    assert [row.what for row in Change.objects.order_by("id")] == ["created", "changed", "removed"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"words": " , "}, "it would catch all cards"),
        ({"words": "x" * 61}, "is longer than 60 characters"),
        ({"name": ""}, "Write a name."),
        ({"unit": ""}, "Choose a unit."),
        ({"unit": "999999"}, "That one is not there any more."),
        ({"kind": "tull"}, "Select a valid choice"),
        ({"area": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told(solvik: Solvik, admin: Client, form: Any, sentence: str) -> None:
    good = {"name": "Hull", "unit": solvik.roads.pk, "words": "hull", "is_active": "on"}
    for more in ({}, {"look": "1"}):
        answer = admin.post(f"{BASE}/new-rule/", good | form | more)
        if more and answer.status_code == 200:  # a rule that asks nothing is refused when it is saved
            continue
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not RoutingRule.objects.exists()


def test_the_test_box_says_which_unit_and_by_which_rule(solvik: Solvik, admin: Client) -> None:
    RuleFactory(name="Vannlekkasje", position=1, unit=solvik.water, words=["lekkasje", "vann"])
    RuleFactory(name="Hull", position=2, unit=solvik.roads, words=["hull"])
    RuleFactory(name="Ute av bruk", position=0, unit=solvik.roads, words=["vann"], is_active=False)
    page = admin.get(f"{BASE}/rules/", {"text": "Vannet står i hullet"}).content.decode()
    assert "Goes to <strong>Vann</strong>" in page
    assert "<mark>vann</mark>" in page
    tried = try_card(Intake(channel="web", text="Vannet står i hullet"), House.read(), active_rules())
    assert tried.first is not None
    assert (tried.first.rule.name, tried.first.words) == ("Vannlekkasje", ("vann",))
    assert [(fit.rule.name, fit.words) for fit in tried.others] == [("Hull", ("hull",))]
    assert "because no rule fits" in admin.get(f"{BASE}/rules/", {"text": "Noe annet"}).content.decode()
    CategoryFactory(code="politics", is_political=True)
    political = admin.get(f"{BASE}/rules/", {"text": "Vann", "category": "politics"}).content.decode()
    assert "because the category is political" in political
    empty = admin.get(f"{BASE}/rules/", {"text": " "})
    assert (empty.status_code, "Write a few words to try." in empty.content.decode()) == (422, True)


@pytest.mark.parametrize("text", ["Hull i veien", "Vannlekkasje i Lia", "Noe helt annet", "hull vann"])
def test_the_test_box_routes_as_registration_does(solvik: Solvik, text: str) -> None:
    RuleFactory(position=1, unit=solvik.water, words=["vann"])
    RuleFactory(position=2, unit=solvik.roads, words=["hull"], area="Lia")
    RuleFactory(position=3, unit=solvik.roads, words=["hull"])
    tried = try_card(Intake(channel="web", text=text), House.read(), active_rules())
    assert tried.routed.unit == a_card(text=text).unit


def test_a_rule_out_of_use_comes_back_to_its_place(solvik: Solvik) -> None:
    first = RuleFactory(position=1, unit=solvik.water, words=["hull"], is_active=False)
    RuleFactory(position=2, unit=solvik.roads, words=["hull"])
    a_card(text="hull")
    house = House.read()
    first.is_active = True
    effect = effect_of_rule(house, with_rule(house, first))
    assert [(before.code, after.code, number) for before, after, number in effect.moves] == [("roads", "water", 1)]
    draft = RoutingRule(unit=solvik.water, words=["hull"], position=3)
    assert effect_of_rule(house, with_rule(house, draft)).changed == 0


def test_rules_change_places_and_are_tried_in_their_new_order(solvik: Solvik, admin: Client) -> None:
    by = solvik.administrator
    create_rule(name="Vei", unit=solvik.roads, words=["hull"], by=by, now=MONDAY)
    water = create_rule(name="Vann", unit=solvik.water, words=["hull"], by=by, now=MONDAY)
    assert a_card(text="hull").unit == solvik.roads
    assert admin.post(f"{BASE}/rules/{water.pk}/move/", {"way": "up"}).status_code == 302
    assert a_card(text="hull").unit == solvik.water
    move_rule(water, up=False, by=by, now=MONDAY)
    assert a_card(text="hull").unit == solvik.roads


# --- Deadlines ----------------------------------------------------------------------------------------------------------

DEADLINES = {
    "deadline_days": "10", "deadline_kind": "calendar_days", "callback_rule": "name_address_phone",
    "minimum_attempts": "3", "remind_days_before": "2", "not_reached_after_days": "30", "private_page_days": "365",
    "escalate_repeats": "on", "action_remind_days": "14", "action_quiet_days": "90",
}  # fmt: skip


def test_what_a_deadline_would_do_is_shown_and_not_done(solvik: Solvik, admin: Client) -> None:
    a_card(now=MONDAY - timedelta(days=8))
    answered = a_card(now=MONDAY - timedelta(days=30), unit=solvik.roads)
    called_back(answered, now=MONDAY - timedelta(days=24), by=solvik.roads_leader)
    a_card(contact=NO_PHONE)
    a_card(contact=FULL_CONTACT, category=CategoryFactory(deadline_days=1, deadline_kind="calendar_days"))
    here, changed = municipality(), municipality()
    changed.deadline_days, changed.callback_rule = 5, "phone"
    effect = effect_of_deadline(here, changed, working_calendar(here), now=MONDAY)
    assert [day.isoformat() for day in effect.due] == ["2026-11-12", "2026-11-07"]
    assert (effect.open, effect.overdue) == (2, (0, 1))
    assert [(share.part, share.of) for share in effect.on_time] == [(1, 1), (0, 1)]
    assert [share.part for share in effect.owed] == [3, 3]

    page = admin.post(f"{BASE}/deadlines/", DEADLINES | {"deadline_days": "5", "look": "1"}).content.decode()
    assert "Saturday 7 November" in page
    assert "2 cards are open now and keep their deadlines." in page
    assert Municipality.objects.get().deadline_days == 10
    assert not Change.objects.exists()


def test_a_changed_deadline_holds_for_new_cards_alone(solvik: Solvik, admin: Client) -> None:
    before = a_card()
    assert admin.post(f"{BASE}/deadlines/", DEADLINES | {"deadline_days": "5"}).status_code == 302
    before.refresh_from_db()
    assert (before.due_on.isoformat(), a_card().due_on.isoformat()) == ("2026-11-12", "2026-11-07")
    assert Change.objects.get().fields == {"deadline_days": [10, 5]}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"deadline_days": "0"}, "greater than or equal to 1"),
        ({"deadline_days": ""}, "Write a number of days or times."),
        ({"deadline_days": "ti"}, "Write a whole number."),
        ({"minimum_attempts": "21"}, "less than or equal to 20"),
        ({"deadline_kind": "moons"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_deadline_is_told(solvik: Solvik, admin: Client, form: Any, sentence: str) -> None:
    for more in ({}, {"look": "1"}):
        answer = admin.post(f"{BASE}/deadlines/", DEADLINES | form | more)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Change.objects.exists()


@pytest.mark.parametrize(("path", "cost"), [("/categories/", 4), ("/rules/", 5), ("/rules/?text=hull", 8)])
def test_a_list_costs_no_query_a_row(
    solvik: Solvik, admin: Client, django_assert_num_queries: Any, path: str, cost: int
) -> None:
    for more in (1, 3):
        for _one in range(more):
            RuleFactory(category=CategoryFactory(), unit=solvik.roads, words=["hull"])
        admin.get(BASE + path)
        with django_assert_num_queries(cost):
            admin.get(BASE + path)
