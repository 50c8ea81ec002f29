"""From a figure to the cards behind it: as many as were counted, and only for who sees all of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from feedback.filters import CardFilter
from feedback.models import Card, OverdueEntry
from organisation.models import Person
from reporting.actions.counting import compute_figures
from reporting.behind import Behind
from reporting.measures import FROM_FEEDBACK
from reporting.models import Value
from reporting.periods import Every
from reporting.scales import Origin
from tests.factories import OSLO, Solvik, a_card, many_cards, oslo
from tests.reporting.autumn import called, make_autumn
from tests.reporting.scorecards import an_indicator, write

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counted(solvik: Solvik) -> Solvik:
    """The autumn, and what the figures must leave out: what happened on the day of the counting."""
    make_autumn(solvik)
    later = many_cards(3, now=oslo(2026, 11, 3, 9), unit=solvik.roads, kind="praise")
    called(later[0], oslo(2026, 11, 10), 6, solvik)
    a_card(now=oslo(2026, 11, 16, 8), unit=solvik.roads, kind="complaint")  # today
    waiting = Card.objects.get(unit=solvik.water, callback_owed=False, kind="")
    assert waiting.is_open
    compute_figures(now=NOW, zone=OSLO)
    called(later[1], oslo(2026, 11, 16, 8), 5, solvik)  # today, and so in no figure yet
    return solvik


def cards_at(address: str) -> int:
    asked = QueryDict(urlsplit(address).query)
    filtered = CardFilter(asked, queryset=Card.objects.all())
    assert filtered.is_valid(), filtered.errors
    assert set(asked) <= set(filtered.filters), address
    return filtered.qs.count()


@pytest.mark.parametrize("key", [measure.key for measure in FROM_FEEDBACK])
def test_as_many_cards_are_listed_as_were_counted(counted: Solvik, key: str) -> None:
    """Of every place and period, the whole and each unit, the year so far and each month."""
    values = Value.objects.filter(indicator__key=key, replaced_at=None).select_related("indicator", "unit")
    assert {value.every for value in values} == set(Every.values)
    assert {value.unit for value in values} >= {None, counted.sector, counted.roads}
    for value in values:
        address = Behind(counted.clerk, value.unit, NOW, OSLO).address(value.indicator, value.period)
        expected = value.n
        if key == "overdue-a-week":  # its n are weeks; behind it are the cards on their lists
            first, last = value.period.first, value.period.last
            entries = OverdueEntry.objects.filter(iso_year=2026).select_related(
                "overdue_list__unit", "overdue_list__run"
            )
            expected = len(
                {
                    entry.card_id
                    for entry in entries
                    if first <= entry.overdue_list.run.week.monday <= last
                    and (value.unit is None or value.unit in (entry.overdue_list.unit, entry.overdue_list.unit.parent))
                }
            )
        assert cards_at(address) == expected, (key, str(value.period), value.unit, address)


def test_the_choices_of_a_promise(counted: Solvik) -> None:
    september = "due_from=2026-09-01&due_until=2026-09-30"
    numbers = {name: cards_at(f"/?{september}&promise={name}") for name, _words in CardFilter.PROMISE}
    # Five promised: three in time, one late, one not reached.
    assert numbers == {"promised": 5, "in_time": 3, "late": 1, "called": 4, "concluded": 5}
    received = "received_from=2026-08-31&received_until=2026-09-30"
    assert cards_at(f"/?{received}&same_day=true") + cards_at(f"/?{received}&same_day=false") == cards_at(
        f"/?{received}"
    )
    assert cards_at(f"/?{received}&same_day=false") == 1
    assert cards_at("/?called_from=2026-09-02&called_until=2026-09-05") == 2
    assert cards_at("/?listed_by=water") == 1


def test_cards_are_offered_to_who_sees_all_of_them(counted: Solvik, client: Client) -> None:
    roads, sector = counted.roads, counted.sector
    indicator = Value.objects.filter(indicator__key="called-back-in-time", unit=roads).first()
    assert indicator is not None

    def offered(person: Person, unit: Any) -> bool:
        found = Person.objects.get(pk=person.pk)
        return bool(Behind(found, unit, NOW, OSLO).address(indicator.indicator, indicator.period))

    sees = {
        "clerk": (True, True, True), "reader": (True, True, True), "roads_leader": (True, False, False),
        "sector_leader": (True, True, False), "water_leader": (False, False, False), "chief": (False, False, False),
        "administrator": (False, False, False),
    }  # fmt: skip
    for name, expected in sees.items():
        assert tuple(offered(getattr(counted, name), unit) for unit in (roads, sector, None)) == expected, name
    # Before figures were ever computed there is nothing behind them.
    assert Behind(counted.clerk, None, None, OSLO).address(indicator.indicator, indicator.period) == ""

    client.force_login(counted.roads_leader)
    page = "/staff/indicators/called-back-in-time/"
    assert "promise=promised&amp;within=roads" in client.get(f"{page}?unit=roads").content.decode()
    assert "promise=promised" not in client.get(page).content.decode()
    client.force_login(counted.clerk)
    assert "promise=promised" in client.get(page).content.decode()
    listed = client.get("/staff/?due_from=2026-01-01&due_until=2026-11-15&promise=promised&within=technical")
    words = " ".join(listed.content.decode().split())
    assert listed.status_code == 200
    assert "Teknisk sektor" in words  # the filter is told in words


def test_a_survey_leads_to_its_result_and_what_is_typed_to_nothing(solvik: Solvik) -> None:
    ways = Behind(solvik.clerk, None, timezone.now(), OSLO)
    typed = an_indicator()
    write(typed, {2025: "4.4"})
    assert ways.address(typed, Value.objects.get().period, "KS") == ""
    survey = an_indicator("Veiene", origin=Origin.SURVEY, formula="roads")
    assert ways.address(survey, Value.objects.get().period, "citizens-2025") == "/surveys/citizens-2025/results/"
    assert ways.address(survey, Value.objects.get().period) == ""
