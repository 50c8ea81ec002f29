"""Which unit gets a card: rules 2 and 3 of Larvik's routine. The pure part by tables, the whole through `register_card`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.routing import Facts, Rule, first_fit, fits
from feedback.workflow import State
from tests.factories import CategoryFactory, RuleFactory, Solvik, UnitFactory, a_card, day, events, mails


@pytest.mark.parametrize(
    ("rule", "facts", "does"),
    [
        pytest.param(Rule(1, 1, category_id=7), Facts("x", category_id=7), True, id="category"),
        pytest.param(Rule(1, 1, category_id=7), Facts("x", category_id=8), False, id="another category"),
        pytest.param(Rule(1, 1, category_id=7), Facts("x"), False, id="no category"),
        pytest.param(Rule(1, 1, kind="praise"), Facts("x", kind="praise"), True, id="kind"),
        pytest.param(Rule(1, 1, kind="praise"), Facts("x", kind="request"), False, id="another kind"),
        pytest.param(Rule(1, 1, area="Stavern"), Facts("x", area="stavern"), True, id="area, whatever the case"),
        pytest.param(
            Rule(1, 1, area="Stavern"), Facts("x", place="Havna, Stavern"), True, id="area named in the place"
        ),
        pytest.param(Rule(1, 1, area="Stavern"), Facts("x", place="Larvik"), False, id="another place"),
        pytest.param(Rule(1, 1, area="Nes"), Facts("x", place="Fossnes 3"), False, id="area inside another word"),
        pytest.param(Rule(1, 1, words=("lys",)), Facts("Lysene i gata er mørke"), True, id="word at a word's start"),
        pytest.param(Rule(1, 1, words=("lys",)), Facts("Gatelyset er borte"), False, id="word inside a word"),
        pytest.param(Rule(1, 1, words=("gate lys", "brøyt")), Facts("Ingen brøyting her"), True, id="any of the words"),
        pytest.param(Rule(1, 1, words=("åre",)), Facts("Skolen i Åre"), True, id="Norwegian letters, other case"),
        pytest.param(Rule(1, 1, words=("c++ (", ".*")), Facts("hva som helst"), False, id="signs are no pattern"),
        pytest.param(Rule(1, 1, words=("tre",)), Facts("«tre» stolper"), True, id="after a quotation mark"),
        pytest.param(
            Rule(1, 1, category_id=7, kind="praise", area="Stavern", words=("lys",)),
            Facts("lys", category_id=7, kind="praise", area="Stavern"),
            True,
            id="all that is filled in",
        ),
        pytest.param(
            Rule(1, 1, category_id=7, kind="praise", words=("lys",)),
            Facts("lys", category_id=7, kind="request"),
            False,
            id="all but one",
        ),
    ],
)
def test_rule_fits_when_all_it_asks_for_holds(rule: Rule, facts: Facts, does: bool) -> None:
    assert fits(rule, facts) is does


RULES = st.builds(
    Rule,
    rule_id=st.integers(1, 1000),
    unit_id=st.integers(1, 5),
    category_id=st.none() | st.integers(1, 3),
    kind=st.sampled_from(["", "praise", "request"]),
    area=st.sampled_from(["", "Stavern"]),
    words=st.sampled_from([(), ("lys",), ("hull", "vei")]),
)
FACTS = st.builds(
    Facts,
    text=st.sampled_from(["Hull i veien", "Lyset", "Annet"]),
    category_id=st.none() | st.integers(1, 3),
    kind=st.sampled_from(["", "praise", "request"]),
    area=st.sampled_from(["", "Stavern", "Larvik"]),
)


@given(st.lists(RULES, max_size=8), FACTS)
def test_order_is_all_that_decides(rules: list[Rule], facts: Facts) -> None:
    """The first that fits wins: taking away what does not fit, or adding anything behind it, changes nothing."""
    chosen = first_fit(rules, facts)
    fitting = [rule for rule in rules if fits(rule, facts)]
    assert chosen == (fitting[0] if fitting else None)
    assert first_fit(fitting, facts) == chosen
    if chosen is not None:
        assert first_fit([*rules, *reversed(rules)], facts) == chosen
        assert first_fit([*reversed(rules), chosen], facts) == (fitting[-1])


def test_first_rule_by_position_decides(solvik: Solvik) -> None:
    second = RuleFactory(position=20, words=["vei"], unit=solvik.water)
    first = RuleFactory(position=10, words=["hull"], unit=solvik.roads)
    card = a_card(text="Hull i veien")
    assert card.unit == solvik.roads
    assert card.events.get(what="forwarded").details == {"by": "rule", "rule": first.pk}
    first.position = 30
    first.save()
    card = a_card(text="Hull i veien")
    assert card.unit == solvik.water
    assert card.events.get(what="forwarded").details == {"by": "rule", "rule": second.pk}


def test_rule_not_in_use_is_passed_over(solvik: Solvik) -> None:
    RuleFactory(words=["hull"], unit=solvik.roads, is_active=False)
    category = CategoryFactory(is_active=False)
    RuleFactory(category=category, unit=solvik.roads)
    assert a_card(text="Hull i veien", category=category).unit == solvik.centre


def test_nothing_fits_then_the_service_centre_never_nowhere(solvik: Solvik) -> None:
    RuleFactory(words=["vann"], unit=solvik.water)
    card = a_card(text="Noe helt annet")
    assert (card.unit, card.state) == (solvik.centre, State.REGISTERED)
    assert events(card) == [("registered", "", "web")]
    assert mails() == [("receipt", "kari@example.test")]


def test_political_content_goes_to_the_mayor_before_any_rule(solvik: Solvik) -> None:
    """Rule 3: «Political content goes to the mayor.»"""
    category = CategoryFactory(is_political=True)
    RuleFactory(words=["hull"], unit=solvik.roads)
    for card in (a_card(political=True), a_card(category=category)):
        assert (card.unit, card.state, card.political) == (solvik.mayor, State.FORWARDED, True)
        assert card.events.get(what="forwarded").details == {"by": "political"}
    assert mails()[0] == ("card_forwarded", "mayor@solvik.test")


def test_political_card_where_there_is_no_mayors_office_follows_the_rules(solvik: Solvik) -> None:
    solvik.mayor.delete()
    RuleFactory(words=["hull"], unit=solvik.roads)
    assert a_card(political=True).unit == solvik.roads


def test_unit_that_somebody_chose_goes_before_rules(solvik: Solvik) -> None:
    RuleFactory(words=["hull"], unit=solvik.roads)
    card = a_card(unit=solvik.water)
    assert card.unit == solvik.water
    assert card.events.get(what="forwarded").details == {"by": "chosen"}


def test_rule_of_a_closed_unit_leads_to_its_successor(solvik: Solvik) -> None:
    """«A unit that is closed or merged has a successor», and so may the successor."""
    last = UnitFactory(code="last")
    middle = UnitFactory(code="middle", closed_on=day("2026-01-01"), successor=last)
    first = UnitFactory(code="first", closed_on=day("2025-01-01"), successor=middle)
    RuleFactory(words=["hull"], unit=first)
    assert a_card().unit == last


def test_rule_of_a_unit_that_ends_in_a_sector_leads_to_the_service_centre(solvik: Solvik) -> None:
    """A sector holds no cards."""
    closed = UnitFactory(closed_on=day("2026-01-01"), successor=solvik.sector)
    RuleFactory(words=["hull"], unit=closed)
    assert a_card().unit == solvik.centre


def test_units_that_succeed_each_other_in_a_ring_lose_no_card(solvik: Solvik) -> None:
    one = UnitFactory()
    other = UnitFactory(closed_on=day("2026-01-01"), successor=one)
    one.closed_on, one.successor = day("2026-02-01"), other
    one.save()
    RuleFactory(words=["hull"], unit=one)
    assert a_card().unit == solvik.centre
