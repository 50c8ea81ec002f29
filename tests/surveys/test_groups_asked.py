"""The response rate of respondent groups that the register does not know, such as the owners of a shared service."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.test import Client

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.numbers import percent
from organisation.permissions import Role
from surveys.actions.groups_asked import (
    ImpossibleNumber,
    NobodyInGroups,
    NoSuchGroups,
    PublishedAlready,
    count_groups,
    set_groups_asked,
)
from surveys.actions.publishing import publish_results
from surveys.actions.sampling import Wanted, draw_sample
from surveys.importing.population import import_population
from surveys.models import GroupAsked, Population, Question, Resident, Survey
from surveys.queries import group_questions
from surveys.results import results_of
from surveys.results.groups import hidden_cells
from surveys.results.reading import read_sheet
from surveys.results.responding import answering_of
from surveys.sample_queries import asked_rates, register_groups
from surveys.statistics.attacker import intervals
from surveys.statistics.tables import Table, Variable
from tests.factories import MONDAY, RoleFactory, Solvik
from tests.surveys.making import answer_all, make_survey

pytestmark = pytest.mark.django_db

OWNERS = ["averoy", "aure", "smola", "kristiansund"]
TOTAL, OWN = 35, 30
"""Per cent, domain/seed-figures.json `ppt_survey`: of all who were asked, and of Kristiansund's own."""


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def ppt(answered: dict[str, int], **fields: Any) -> Survey:
    """The survey of the educational-psychological service that four municipalities own."""
    survey = make_survey("ppt", background={"owner": OWNERS}, open_to_all=True, **fields)
    owners = [owner for owner, number in answered.items() for _each in range(number)]
    marks = [1 + place % 6 for place in range(len(owners))]
    answer_all(survey, {"q1": marks, "q2": marks[::-1], "owner": owners})
    return survey


ASKED = {"averoy": 60, "aure": 40, "smola": 20, "kristiansund": 280}
ANSWERED = {"averoy": 29, "aure": 17, "smola": 10, "kristiansund": 84}


def test_kristiansunds_thirty_five_and_thirty_per_cent(solvik: Solvik, adviser: Person, client: Client) -> None:
    survey = ppt(ANSWERED)
    set_groups_asked(survey, question="owner", invited=ASKED, by=adviser)
    results = results_of(survey)
    assert (results.n_answered, results.n_invited) == (140, 400)
    assert results.response_rate is not None
    assert percent(results.response_rate, "nb") == f"{TOTAL}\xa0%"
    by_owner = {one.value: one for one in results.responded}
    own = by_owner["kristiansund"]
    assert (own.invited, own.answered, own.suppressed) == (280, 84, False)
    assert own.response_rate is not None
    assert percent(own.response_rate, "nb") == f"{OWN}\xa0%"
    publish_results(survey, publish_on=MONDAY.date(), words={}, by=adviser, now=MONDAY)
    # The page, the open data and the staff's page say the same.
    page = " ".join(client.get("/surveys/ppt/results/", headers={"accept-language": "en"}).content.decode().split())
    assert "30%" in page.replace("\xa0", "")
    rows = client.get("/surveys/ppt/results/response.csv").content.decode().splitlines()
    assert rows[0] == "variable,group,group_label,suppressed,invited,answered,response_rate"
    assert "owner,kristiansund,kristiansund,0,280,84,0.3" in rows
    told = json.loads(client.get("/surveys/ppt/results/figures.json").content)
    assert told["responded"]["groups"][3]["response_rate"] == 0.3
    assert told["response_rate"] == 0.35
    client.force_login(adviser)
    assert (
        "Response by group"
        in client.get("/staff/surveys/ppt/results/", headers={"accept-language": "en"}).content.decode()
    )
    with pytest.raises(PublishedAlready):
        set_groups_asked(survey, question="owner", invited=ASKED | {"aure": 50}, by=adviser)


def test_a_small_group_is_held_back_with_another_and_in_the_figures_too(solvik: Solvik) -> None:
    survey = ppt({"averoy": 29, "aure": 17, "smola": 3, "kristiansund": 84})
    set_groups_asked(survey, question="owner", invited=ASKED, by=None)
    results = results_of(survey, by=["owner"])
    hidden = {one.value for one in results.responded if one.suppressed}
    assert hidden == {"smola", "aure"}
    assert [one.as_json() for one in results.responded if one.value == "smola"] == [
        {"value": "smola", "suppressed": True}
    ]
    for group in results.groups:
        if group.value in hidden:
            assert all(one.suppressed for one in [*group.items, *group.areas])


def test_what_is_shown_of_the_groups_lets_nobody_work_out_a_small_figure(solvik: Solvik) -> None:
    """The attacker knows the sizes that are shown, and the figures: no small cell's interval is narrower than five."""
    survey = ppt(ANSWERED)
    for answer in survey.answers.filter(values__owner="smola")[:7]:
        answer.values["q1"] = "dk"
        answer.save()
    set_groups_asked(survey, question="owner", invited=ASKED, by=None)
    sheet = read_sheet(survey)
    answering = answering_of(sheet, least=5)
    assert answering.sizes[(("owner", "smola"),)] == 10
    hidden = hidden_cells(sheet, least=5, answering=answering)["item", "q1"]
    assert (("owner", "smola"),) in hidden
    valid = [answer if isinstance(answer, int) else None for answer in sheet.column(sheet.rated[0])]
    table = Table.of_answers(valid, [Variable.flat("owner", OWNERS)], {"owner": sheet.groups("owner")})
    small = [cell for cell in hidden if table.n(cell) < 5]
    found = intervals(table, hidden, of=small, at_most=answering.sizes)
    assert all(high - low >= 5 for low, high in found.values())


def test_live_counts_move_by_five(solvik: Solvik) -> None:
    survey = ppt({"averoy": 6, "aure": 4, "kristiansund": 20}, stage="fielded")
    set_groups_asked(survey, question="owner", invited=ASKED, by=None)
    assert {rate.invited for rate in asked_rates(survey, "nb")} == {None}

    def shown() -> dict[str, int | None]:
        return {rate.label: rate.answered for rate in asked_rates(survey, "nb")}

    count_groups(survey)
    # Four have answered besides: the total would tell how many of which group, were both of the others shown.
    assert shown() == {"averoy": None, "aure": None, "smola": None, "kristiansund": 20}
    answer_all(survey, {"q1": [3] * 9, "owner": ["averoy"] * 4 + ["aure"] * 1 + ["kristiansund"] * 4})
    count_groups(survey)
    assert shown() == {"averoy": 6, "aure": 5, "smola": None, "kristiansund": 20}
    # Put right while it runs: what was counted stays.
    set_groups_asked(survey, question="owner", invited=ASKED | {"averoy": 61}, by=None)
    assert shown()["averoy"] == 6
    assert results_of(survey).responded == ()


def test_the_registers_file_may_tell_the_group(solvik: Solvik, adviser: Person, client: Client) -> None:
    survey = make_survey("ppt", background={"owner": OWNERS}, stage="draft")
    Question.objects.filter(key="owner").update(
        options=[
            {"key": key, "texts": {"nb": name}}
            for key, name in zip(OWNERS, ["Averøy", "Aure", "Smøla", "Kristiansund"], strict=True)
        ]
    )
    lines = [f"{n};Kari {n};{('Kristiansund', 'AVERØY', 'Oslo', '')[n % 4]}" for n in range(40)]
    content = "\n".join(["id;navn;eierkommune", *lines]).encode()
    assert import_population(content, name="PPT", by=None, now=MONDAY).was_read
    assert Counter(Resident.objects.values_list("group", flat=True))["Kristiansund"] == 10
    draw_sample(survey, Population.objects.get(), Wanted("full"), by=None, now=MONDAY)
    [question] = group_questions(survey)
    assert register_groups(survey, question) == {"kristiansund": 10, "averoy": 10}
    client.force_login(adviser)
    client.cookies["django_language"] = "en"
    page = client.get("/staff/surveys/ppt/fielding/groups/").content.decode()
    assert "Counted from the register" in page
    assert 'value="10"' in page


def test_what_cannot_be(solvik: Solvik, adviser: Person, client: Client) -> None:
    survey = ppt(ANSWERED)
    for question, invited, refusal in (
        ("q1", {"averoy": 5}, NoSuchGroups),
        ("owner", {"oslo": 5}, NoSuchGroups),
        ("owner", {"averoy": -1}, ImpossibleNumber),
        ("owner", {"averoy": 0}, NobodyInGroups),
    ):
        with pytest.raises(refusal):
            set_groups_asked(survey, question=question, invited=invited, by=None)
    with pytest.raises(NotAllowed):
        set_groups_asked(survey, question="owner", invited=ASKED, by=solvik.clerk)
    at = "/staff/surveys/ppt/fielding/groups/"
    client.force_login(RoleFactory(role=Role.READER).person)
    assert client.get(at).status_code == 403
    client.force_login(adviser)
    client.cookies["django_language"] = "en"
    for typed, said in (("mange", "Write a whole number, like 500."), ("99999999999", "more people than a group")):
        answer = client.post(at, {"question": "owner", "n-averoy": typed, "n-aure": "40"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert 'value="40"' in answer.content.decode()
        assert not GroupAsked.objects.exists()
    answer = client.post(at, {"question": "owner"})
    assert answer.status_code == 422
    assert "at least one group" in answer.content.decode()
    assert client.post(at, {"question": "owner", "n-averoy": "1 200"}).status_code == 302
    assert GroupAsked.objects.get().invited == 1200
    none = make_survey("none")
    assert (
        "No question of this survey tells"
        in client.get(f"/staff/surveys/{none.code}/fielding/groups/").content.decode()
    )


def test_more_answers_than_were_asked_give_no_rate(solvik: Solvik) -> None:
    survey = ppt(ANSWERED | {"averoy": 12})
    set_groups_asked(survey, question="owner", invited=ASKED | {"averoy": 6}, by=None)
    rates = {one.value: one.response_rate for one in results_of(survey).responded}
    assert (rates["averoy"], rates["kristiansund"]) == (None, 0.3)
