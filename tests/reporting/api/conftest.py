"""Clients of other systems, and figures for them to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from organisation.actions.api_keys import create_api_key
from organisation.models import Person
from organisation.permissions import Scope
from reporting.models import Group, Indicator, Initiative, Scorecard
from tests.factories import Solvik
from tests.reporting.benchmarks import a_group_beside
from tests.reporting.plans import an_action_with_a_course
from tests.reporting.scorecards import NOW, a_scorecard_with_figures

Clients = Callable[..., APIClient]
ALL = [str(scope) for scope in Scope]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_for(person: Person | None, language: str = "en") -> APIClient:
    """A client with the token of a person; without one, a stranger's."""
    client = APIClient(headers={"Accept-Language": language}, raise_request_exception=False)
    if person is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.get_or_create(user=person)[0].key}")
    return client


def keyed(person: Person, scopes: list[str] = ALL, **values: Any) -> APIClient:
    """A client with a key that acts as a person."""
    made = create_api_key(
        name="Målekortet", acts_as=person, scopes=scopes, today=NOW.date(), by=None, now=NOW, **values
    )
    client = APIClient(headers={"Accept-Language": "en"}, raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.secret}")
    return client


@dataclass
class Figures:
    """A scorecard of one indicator, a group beside it, and an action of roads."""

    solvik: Solvik
    scorecard: Scorecard
    indicator: Indicator
    group: Group
    action: Initiative

    @property
    def adviser(self) -> APIClient:
        """Of who keeps the figures: the administrator does."""
        return client_for(self.solvik.administrator)


@pytest.fixture
def figures(solvik: Solvik) -> Figures:
    solvik.municipality.number = "3909"
    solvik.municipality.save()
    row = a_scorecard_with_figures(NOW)
    indicator = row.indicator
    group = a_group_beside(indicator, last=NOW.year - 1)
    action = an_action_with_a_course(solvik.roads, indicator, NOW)
    return Figures(solvik, row.factor.goal.scorecard, indicator, group, action)
