"""What the annual report takes from the other parts: comparisons, themes, actions. It says of each what its own page says."""

from __future__ import annotations

import pytest

from organisation.queries import municipality
from reporting.card_themes import cards_by_category
from reporting.documents import Cell, Document, Row
from reporting.models import Group, Indicator
from reporting.periods import Period
from reporting.report_building import build
from reporting.report_names import Asked, Kind
from reporting.report_queries import OfWhat, scope_asked
from reporting.theme_table import theme_table
from tests.factories import OSLO, Solvik, a_card
from tests.reporting.benchmarks import a_group_beside
from tests.reporting.plans import an_action_with_a_course
from tests.reporting.scorecards import NOW, a_scorecard_with_figures
from tests.reporting.themes import weak_from_several_sides

YEAR = NOW.year - 1


@pytest.fixture
def indicator(solvik: Solvik) -> Indicator:
    """One with figures of ours, on a scale of 1–6."""
    found: Indicator = a_scorecard_with_figures(NOW).indicator
    return found


def made(asked: Asked) -> Document:
    return build(scope_asked(asked, OfWhat(asked), municipality(), NOW))


def table(found: Document, key: str) -> dict[str, Row]:
    (wanted,) = [each for section in found.sections for each in section.tables if each.key == key]
    return {row.key: row for row in wanted.rows}


def said(row: Row) -> list[str]:
    return [cell.said("en") for cell in row.cells]


@pytest.fixture
def group(indicator: Indicator) -> Group:
    return a_group_beside(indicator, last=YEAR)


def test_comparison_is_that_of_its_page(solvik: Solvik, indicator: Indicator, group: Group) -> None:
    found = made(Asked(Kind.BENCHMARK, Period(YEAR), group.key))
    row = table(found, f"benchmark-{group.key}-{indicator.perspective}")[indicator.key]
    mean: Cell = row.cells[1]
    # Four of the five had a figure: 4,1, 4,6, 3,9 and 4,6.
    assert (mean.said("nb"), mean.n) == ("4,3", 4)
    assert said(row)[2] == "4.3"
    assert found.title["en"].startswith("Beside Naboer")
    annual = made(Asked(Kind.ANNUAL, Period(YEAR)))
    assert table(annual, f"benchmark-{group.key}-{indicator.perspective}")[indicator.key] == row


def test_a_year_of_which_nobody_has_figures_has_no_comparison(solvik: Solvik, group: Group) -> None:
    assert made(Asked(Kind.BENCHMARK, Period(YEAR - 9), group.key)).sections == ()
    assert not OfWhat(Asked(Kind.BENCHMARK, Period(YEAR), "no-such-group")).found


def test_themes_say_why_in_each_language_and_no_number(solvik: Solvik, indicator: Indicator) -> None:
    theme = weak_from_several_sides(indicator, NOW)
    rows = table(made(Asked(Kind.ANNUAL, Period(YEAR))), "themes")
    page = theme_table(cards_by_category(now=NOW, zone=OSLO), today=NOW.astimezone(OSLO).date(), language="en")
    assert list(rows) == [row.theme.key for row in page.rows if row.standing.weak or row.standing.falling]
    survey, assessment, *_others = rows[theme.key].cells
    assert survey.said("en") == "below the middle of the scale, lower than before"
    assert survey.said("nb") != survey.said("en")
    assert assessment.said("en") == "less than half of the points"
    assert all(cell.value is None for row in rows.values() for cell in row.cells)


def test_actions_with_their_figure_before_and_after(solvik: Solvik, indicator: Indicator) -> None:
    action = an_action_with_a_course(solvik.roads, indicator, NOW)
    year = action.ended_on.year if action.ended_on else YEAR
    [row] = table(made(Asked(Kind.ANNUAL, Period(year))), "actions").values()
    unit, status, _due, before, after = row.cells
    assert (row.label["sv"], unit.said("nb"), status.said("en")) == (action.title, "Vei", "Carried out")
    assert (before.value is None, after.value is None) == (False, False)
    later = made(Asked(Kind.ANNUAL, Period(year - 5)))
    assert "actions" not in [section.key for section in later.sections]


def test_without_any_of_them_the_report_is_whole(solvik: Solvik) -> None:
    a_card(now=NOW, unit=solvik.roads)
    keys = [section.key for section in made(Asked(Kind.ANNUAL, Period(NOW.year))).sections]
    assert keys
    assert not {"themes", "actions"} & set(keys)
