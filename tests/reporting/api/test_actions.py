"""Actions by the API: planned, put right and followed up by the page's own actions, within the pages' rights."""

from __future__ import annotations

from typing import Any

from reporting.actions.reminding import remind_of_initiatives
from reporting.models import Initiative
from tests.factories import Solvik
from tests.reporting.api.conftest import Figures, client_for, keyed
from tests.reporting.plans import TODAY, an_action, told
from tests.reporting.scorecards import NOW

ACTIONS = "/api/v1/actions/"
PLAN: dict[str, Any] = {"title": "Flere lys", "unit": "roads", "due_on": "2027-06-01"}


def at(action: Initiative, what: str = "") -> str:
    return f"{ACTIONS}{action.reference}/{what}"


def test_one_with_its_course_and_effect(figures: Figures) -> None:
    (listed,) = figures.adviser.get(ACTIONS).json()["results"]
    assert str(figures.action.pk) not in listed["url"].rsplit("/actions/")[1].split("-")
    one = figures.adviser.get(listed["url"]).json()
    assert {name: one[name] for name in listed} == listed
    assert (one["status"], one["unit"], one["indicator"]) == ("done", "roads", figures.indicator.key)
    assert (one["budget"]["amount"], one["budget"]["currency"]) == (350_000, "NOK")
    assert (one["effect"]["stage"], one["effect"]["target"], one["effect"]["reached"]) == ("after", 4.6, True)
    assert [event["what"] for event in one["history"]][-1] == "planned"
    assert [event["note"]["text"] for event in one["history"] if event["note"]] == ["Ferdig.", "Begynt."]
    assert one["evidence"][0]["url"] == "https://solvik.example/kart"


def test_filters(figures: Figures, solvik: Solvik) -> None:
    late = an_action(
        solvik.water, on=TODAY.replace(year=2025), due_on=TODAY.replace(month=1), person=solvik.water_leader
    )

    def found(query: str, who: Any = None) -> set[str]:
        client = client_for(who) if who else figures.adviser
        return {one["reference"] for one in client.get(f"{ACTIONS}?{query}").json()["results"]}

    assert found("status=late") == found("status=open") == found("unit=water") == {late.reference}
    assert found("status=done") == found(f"indicator={figures.indicator.key}") == {figures.action.reference}
    assert found("mine=true", solvik.water_leader) == {late.reference}
    for query, field in (("status=x", "status"), ("unit=x", "unit"), ("whose=mine", "whose"), ("mine=1", "mine")):
        answer = figures.adviser.get(f"{ACTIONS}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query


def test_planned_put_right_and_followed_up(figures: Figures, solvik: Solvik) -> None:
    leader = client_for(solvik.roads_leader)
    made = leader.post(
        ACTIONS, PLAN | {"indicator": figures.indicator.key, "target": 4.75, "person": "HANDLER@solvik.test"}
    )  # fmt: skip
    assert made.status_code == 201, made.json()
    assert (made["Location"], made.json()["person"]["name"]) == (made.json()["url"], "Handler")
    row = Initiative.objects.get(reference=made.json()["reference"])
    assert (row.made_by, row.target_year, float(row.target or 0)) == (solvik.roads_leader, 2027, 4.75)
    url = made["Location"]
    moved = leader.patch(url, {"due_on": "2027-09-01"}, headers={"If-Match": made["ETag"]})
    assert (moved.status_code, moved.json()["due_on"], moved.json()["title"]) == (200, "2027-09-01", "Flere lys")
    lost = leader.patch(url, {"title": "Andre lys"}, headers={"If-Match": made["ETag"]})
    assert (lost.status_code, lost.json()["code"]) == (412, "changed_meanwhile")
    # The person who is responsible follows up, and plans nothing.
    handler = client_for(solvik.handler)
    went = handler.post(
        f"{url}follow-ups/", {"text": "Begynt.", "status": "under_way"}, headers={"If-Match": moved["ETag"]}
    )
    assert (went.status_code, went.json()["status"], went.json()["started_on"]) == (200, "under_way", "2026-11-16")
    assert handler.patch(url, {"title": "x"}).status_code == 403
    assert handler.post(ACTIONS, PLAN).status_code == 403
    shown = handler.post(f"{url}evidence/", {"text": "Nye stolper"})
    assert (shown.status_code, shown.json()["evidence"][0]["text"]) == (200, "Nye stolper")
    assert client_for(solvik.water_leader).post(f"{url}follow-ups/", {"text": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.title == "Flere lys"


def test_wrong_plans_and_follow_ups(figures: Figures, solvik: Solvik) -> None:
    leader = client_for(solvik.roads_leader)
    for wrong, field, code in (
        ({"title": ""}, "title", "blank"),
        ({"due_on": "2026-01-01"}, "due_on", "deadline_behind"),
        ({"unit": "nowhere"}, "unit", "does_not_exist"),
        ({"person": "water_leader@solvik.test"}, "person", "does_not_exist"),
        ({"target": 4}, "indicator", "target_without_indicator"),
        ({"indicator": figures.indicator.key, "target": 9}, "target", "target_outside"),
        ({"budget_year": 2100}, "budget_year", "budget_year"),
        ({"theme": "x"}, "theme", "does_not_exist"),
        ({"origin": "x"}, "origin", "invalid_choice"),
        ({"tittel": "x"}, "tittel", "unknown_field"),
    ):
        answer = leader.post(ACTIONS, PLAN | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), wrong
        said = answer.json()
        assert code in (said["code"], said["errors"][0]["code"]), said
    assert leader.post(ACTIONS, PLAN | {"unit": "water"}).status_code == 403
    for wrong, field in (({}, "text"), ({"status": "dropped"}, "status"), ({"text": "x", "on": "2027-01-01"}, "on")):
        answer = leader.post(at(figures.action, "follow-ups/"), wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), wrong
    assert leader.post(at(figures.action, "evidence/"), {}).json()["errors"][0]["field"] == "evidence"
    assert leader.get(f"{ACTIONS}t-22222222/").status_code == 404
    assert leader.get(f"{ACTIONS}{figures.action.pk}/").status_code == 404
    assert Initiative.objects.count() == 1


def test_planned_once_under_a_key(figures: Figures) -> None:
    first, again = (
        client_for(figures.solvik.roads_leader).post(ACTIONS, PLAN, headers={"Idempotency-Key": "plan-1"}) for _ in "12"
    )
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert again["Idempotent-Replayed"] == "true"
    assert Initiative.objects.count() == 2


def test_a_reminder_takes_nobodys_turn(figures: Figures, solvik: Solvik) -> None:
    action = an_action(solvik.roads, on=TODAY.replace(year=2025), due_on=TODAY.replace(day=20))
    client = client_for(solvik.roads_leader)
    tag = client.get(at(action))["ETag"]
    remind_of_initiatives(now=NOW)
    assert action.events.filter(what="reminded").exists()
    assert client.post(at(action, "follow-ups/"), {"text": "Snart."}, headers={"If-Match": tag}).status_code == 200
    told(action, "Mer.")
    assert client.post(at(action, "follow-ups/"), {"text": "x"}, headers={"If-Match": tag}).status_code == 412


def test_keys_narrow_what_the_responsible_person_may(figures: Figures, solvik: Solvik) -> None:
    mine = an_action(solvik.roads, person=solvik.handler)
    own = keyed(solvik.handler, ["actions:read", "actions:write"])
    assert [one["reference"] for one in own.get(ACTIONS).json()["results"]] == [mine.reference]
    assert own.get(at(figures.action)).status_code == 404
    assert own.post(at(mine, "follow-ups/"), {"text": "Begynt."}).status_code == 200
    assert keyed(solvik.handler, ["cards:read"]).get(ACTIONS).status_code == 403
    reads = keyed(solvik.handler, ["actions:read"])
    assert (reads.get(at(mine)).status_code, reads.post(at(mine, "follow-ups/"), {"text": "x"}).status_code) == (
        200,
        403,
    )
    elsewhere = keyed(solvik.handler, units=[solvik.water])
    assert elsewhere.get(ACTIONS).json()["results"] == []
    assert elsewhere.post(at(mine, "follow-ups/"), {"text": "x"}).status_code == 404
    leader = keyed(solvik.sector_leader, units=[solvik.water])
    assert [leader.post(ACTIONS, PLAN | {"unit": unit}).status_code for unit in ("roads", "water")] == [403, 201]
