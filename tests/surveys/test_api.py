"""Surveys by the API: the page's rights, the page's action, the page's limits, and nothing that joins code and answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from feedback.models import SentRequest
from organisation.actions.api_keys import create_api_key
from organisation.models import Change, Person, Unit
from organisation.permissions import Role
from surveys.actions.answering import submit_answer
from surveys.actions.closing import close_survey
from surveys.actions.publishing import publish_results, withdraw_publication
from surveys.models import Answer, Comment, Draft, Invitation, Question, SpentCode, Survey
from tests.described import schema
from tests.factories import MONDAY, RoleFactory, Solvik
from tests.feedback.api.test_problems import check
from tests.surveys.against_r import answers_of
from tests.surveys.making import answer_all, make_survey
from tests.surveys.rounds import ANSWERED, CLOSES, Round, make_round, survey_of_every_kind

pytestmark = pytest.mark.django_db
LIST = "/api/v1/surveys/"
HERE = f"{LIST}citizens-2026/"
ANSWERS = f"{HERE}answers/"
BY_CODE = "/api/v1/survey-by-code/"
GIVEN: dict[str, Any] = {
    "road": 5, "lights": 2, "used": "yes", "often": "no", "library": "dk", "which": ["school", "care"],
    "most": ["care", "roads"], "words": "Fin by",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _open_now(solvik: Solvik) -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def made() -> Round:
    return make_round()


def client(language: str = "en", **headers: str) -> APIClient:
    return APIClient(headers={"Accept-Language": language, **headers}, raise_request_exception=False)


def key_of(person: Person, *scopes: str, **values: Any) -> APIClient:
    made = create_api_key(
        name="Appen", acts_as=person, scopes=scopes, today=MONDAY.date(), by=None, now=MONDAY, **values
    )
    return client(Authorization=f"Bearer {made.secret}")


def one_in(role: Role, **values: Any) -> Person:
    person: Person = RoleFactory(role=role, **values).person
    return person


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json()["results"]]


# --- Which there are ---------------------------------------------------------------------------------------------------


def test_everybody_knows_the_open_and_the_published_and_staff_know_all(solvik: Solvik, adviser: Person) -> None:
    make_survey("draft", stage="draft")
    make_survey("by-invitation", stage="fielded")
    make_survey("for-all", stage="fielded", open_to_all=True, unit=solvik.roads)
    answer_all(make_survey("out", stage="closed"), {"q1": [1, 2, 3, 4, 5, 6], "q2": [2] * 6})
    answer_all(make_survey("later", stage="closed"), {"q1": [1, 2, 3, 4, 5, 6], "q2": [2] * 6})
    for code, days in (("out", 0), ("later", 1)):
        day = (MONDAY + timedelta(days=days)).date()
        publish_results(Survey.objects.get(code=code), publish_on=day, words={}, reason="", by=adviser, now=MONDAY)
    assert set(codes(client().get(LIST))) == {"for-all", "out"}
    everything = {"draft", "by-invitation", "for-all", "out", "later"}
    assert set(codes(key_of(adviser, "surveys:read").get(LIST))) == everything
    assert set(codes(key_of(adviser, "cards:read").get(LIST))) == {"for-all", "out"}
    assert set(codes(key_of(one_in(Role.CASE_HANDLER, unit=solvik.roads), "surveys:read").get(LIST))) == {
        "for-all",
        "out",
    }
    only_roads = key_of(adviser, "surveys:read", units=[solvik.roads])
    assert set(codes(only_roads.get(LIST))) == {"for-all", "out"}
    Survey.objects.filter(code="draft").update(unit=solvik.roads)
    assert set(codes(only_roads.get(LIST))) == {"for-all", "out", "draft"}
    for code, status in (("draft", 404), ("by-invitation", 404), ("later", 404), ("for-all", 200), ("out", 200)):
        assert client().get(f"{LIST}{code}/").status_code == status, code
        assert key_of(adviser, "surveys:read").get(f"{LIST}{code}/").status_code == 200
    out = client().get(f"{LIST}out/").json()
    assert (out["published_on"], out["results"]) == (MONDAY.date().isoformat(), f"http://testserver{LIST}out/results/")
    later = key_of(adviser, "surveys:read").get(f"{LIST}later/").json()
    assert (later["published_on"], later["results"]) == (None, None)


def test_a_list_costs_no_more_for_more_surveys(solvik: Solvik, adviser: Person) -> None:
    staff = client()
    staff.force_authenticate(adviser)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            staff.get(LIST, {"expand": "unit"})
        return len(found)

    make_survey("one", stage="fielded", open_to_all=True, unit=solvik.roads)
    statements()  # reads what the person may do
    first = statements()
    for number in range(3):
        survey = make_survey(f"more-{number}", stage="closed", unit=solvik.roads)
        answer_all(survey, {"q1": [1, 2, 3, 4, 5, 6], "q2": [2] * 6})
        publish_results(survey, publish_on=MONDAY.date(), words={}, reason="", by=adviser, now=MONDAY)
    assert (statements(), first <= 6) == (first, True)
    assert staff.get(LIST, {"expand": "unit", "fields": "unit"}).json()["results"][0]["unit"]["name"] == "Vei"


def test_a_stranger_is_told_no_leader_s_name(solvik: Solvik) -> None:
    make_survey("for-all", stage="fielded", open_to_all=True, unit=solvik.roads)
    check(client().get(LIST, {"expand": "unit"}), 401, "not_authenticated")
    assert client().get(LIST, {"fields": "unit"}).json()["results"] == [{"unit": "roads"}]


# --- The questionnaire -------------------------------------------------------------------------------------------------


def test_a_code_opens_the_whole_questionnaire_in_the_callers_language(made: Round) -> None:
    code = made.invited[0].code
    told = client().post(BY_CODE, {"code": code.lower().replace("-", " ")}).json()
    assert (told["code"], told["title"], told["introduction"]) == (
        "citizens-2026", "Citizen survey", "What do you think of the municipality?",
    )  # fmt: skip
    assert (told["open"], told["needs_code"], told["language"], told["kept_with_answer"]) == (True, True, "en", "")
    assert [(one["key"], one["title"], len(one["items"])) for one in told["sections"]] == [
        ("streets", "Streets", 4), ("culture", "Culture", 4),
    ]  # fmt: skip
    items = {item["key"]: item for section in told["sections"] for item in section["items"]}
    assert items["road"] == {
        "key": "road", "type": "scale", "text": "The roads are good", "easy_text": "Are the roads good?", "help": "",
        "background": False, "choices": [{"value": n, "text": str(n)} for n in range(1, 7)],
        "low": "completely disagree", "high": "completely agree", "dont_know": True, "at_most": None, "longest": None,
        "asked_if": None,
    }  # fmt: skip
    assert items["lights"]["choices"][1] == {"value": 2, "text": "In between"}
    assert items["often"]["asked_if"] == {"item": "used", "values": ["yes"]}
    assert (items["which"]["at_most"], items["words"]["longest"], items["words"]["dont_know"]) == (2, 4000, False)
    norwegian = client("nn").post(BY_CODE, {"code": code}).json()
    assert (norwegian["language"], norwegian["title"]) == ("nb", "Innbyggerundersøkelsen")
    assert norwegian["sections"][0]["items"][0]["high"] == "helt enig"
    assert not SpentCode.objects.exists()


def test_who_was_drawn_from_a_group_is_told(solvik: Solvik) -> None:
    made = make_round(people=4, strata=("Nord", "Sør"))
    told = client().post(BY_CODE, {"code": made.invited[1].code}).json()
    assert told["kept_with_answer"] == "Sør"


# --- Answering ---------------------------------------------------------------------------------------------------------


def test_an_answer_by_the_api_is_the_answer_by_the_page(made: Round) -> None:
    sent = client().post(ANSWERS, {"code": made.invited[0].code, "language": "en", "answers": GIVEN})
    assert (sent.status_code, sent.json()) == (201, {"survey": "citizens-2026", "thanks": ""})
    by_page = {key: str(value) if isinstance(value, int) else value for key, value in GIVEN.items()}
    submit_answer(made.survey, by_page, invitation=made.invited[1], language="en", now=MONDAY)
    one, other = Answer.objects.values("survey", "source", "stratum", "values")
    assert one == other
    assert one["values"] == {key: value for key, value in GIVEN.items() if key != "words"}
    first, second = Comment.objects.values("survey", "question", "text", "language", "found", "state")
    assert first == second


def refused_code(answer: Any) -> dict[str, Any]:
    body = check(answer, 400, "invalid", ["code"])
    assert body["errors"][0]["code"] == "code_refused"
    return {name: value for name, value in body.items() if name != "instance"} | {
        "retry": answer.get("Retry-After"), "headers": sorted(answer.headers),
    }  # fmt: skip


@pytest.mark.parametrize("path", [ANSWERS, BY_CODE])
def test_no_code_that_opens_nothing_is_told_from_another(made: Round, path: str) -> None:
    used, other = made.invited[0], make_round(1, code="other-2026").invited[0]
    submit_answer(made.survey, ANSWERED, invitation=used, now=MONDAY)
    counted = make_round(1, code="counted-2026").invited[0]
    Invitation.objects.filter(pk=counted.pk).update(answered=True)
    closed = make_round(2, code="closed-2026", closes_at=MONDAY + timedelta(hours=1))
    close_survey(closed.survey, now=MONDAY + timedelta(hours=2))
    early = make_round(1, code="early-2026", opens_at=MONDAY + timedelta(days=1))
    over = make_round(1, code="over-2026", opens_at=MONDAY - timedelta(days=2), closes_at=MONDAY - timedelta(days=1))
    tried = [used.code, counted.code, "K7QM-2XPD-4", "AAAA-AAAA-A", "x", "🙂", closed.invited[0].code]
    tried += [early.invited[0].code, over.invited[0].code] + ([other.code] if path == ANSWERS else [])
    extra = {"answers": {"road": 9, "nowhere": 1}} if path == ANSWERS else {}
    said = [refused_code(client().post(path, {"code": code} | extra)) for code in tried]
    assert said == [said[0]] * len(tried)
    assert Answer.objects.filter(survey=made.survey).count() == 1


def test_a_used_code_is_counted_as_a_wrong_one_so_that_the_limit_tells_neither(made: Round) -> None:
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)
    for code in (made.invited[0].code, "K7QM-2XPD-4"):
        cache.clear()
        statuses = [client().post(BY_CODE, {"code": code}).status_code for _ in range(21)]
        assert statuses == [400] * 20 + [429]
        last = client().post(ANSWERS, {"code": made.invited[1].code, "answers": {"road": 1}})
        check(last, 429, "throttled")
        assert 0 < int(last["Retry-After"]) <= 3601
        # The page counts the same tries.
        assert Client().post("/answer/", {"code": made.invited[1].code}).status_code == 429
    elsewhere = client().post(ANSWERS, {"code": made.invited[1].code, "answers": {"road": 1}}, REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"road": 7}, ["road"]),
        ({"road": 0}, ["road"]),
        ({"road": "5"}, ["road"]),
        ({"road": True}, ["road"]),
        ({"road": 5.0}, ["road"]),
        ({"road": 10**300}, ["road"]),
        ({"road": [5]}, ["road"]),
        ({"road": {"value": 5}}, ["road"]),
        ({"lights": 4}, ["lights"]),
        ({"used": "maybe"}, ["used"]),
        ({"used": ["yes"]}, ["used"]),
        ({"used": "\x00"}, ["used"]),
        ({"which": "school"}, ["which"]),
        ({"which": ["school", "roads", "care"]}, ["which"]),
        ({"which": ["school", "dk"]}, ["which"]),
        ({"which": [["school"]]}, ["which"]),
        ({"most": ["care", "care"]}, ["most"]),
        ({"words": 5}, ["words"]),
        ({"words": ["a"]}, ["words"]),
        ({"words": {"text": "a"}}, ["words"]),
        ({"words": "a\x00b"}, ["words"]),
        ({"words": "\ud800"}, ["words"]),
        ({"words": "x" * 4001}, ["words"]),
        ({"nowhere": 1}, ["nowhere"]),
        ({"\ud800": 1, "\x00": 1}, ["\\ud800", "\x00"]),
        ({"road": 9, "used": "maybe", "nowhere": 1, "lights": 1}, ["road", "used", "nowhere"]),
        ({}, None),
        ({"words": "  "}, None),
        ({"which": []}, None),
        ({"often": "yes"}, None),
    ],
    ids=str,
)
def test_each_item_that_cannot_be_is_named_and_nothing_is_kept(
    made: Round, answers: dict[str, Any], fields: list[str] | None
) -> None:
    body = json.dumps({"code": made.invited[0].code, "answers": answers})
    sent = client().generic("POST", ANSWERS, body, content_type="application/json")
    named = ["answers"] if fields is None else [f"answers.{name}" for name in fields]
    check(sent, 400, "invalid", named)
    assert [model.objects.count() for model in (Answer, SpentCode, Draft)] == [0, 0, 0]
    assert client().post(ANSWERS, {"code": made.invited[0].code, "answers": {"road": 5}}).status_code == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["answers"]),
        ({"answers": []}, ["answers"]),
        ({"answers": "x"}, ["answers"]),
        ({"answers": None}, ["answers"]),
        ({"answers": {}, "code": 5}, ["code"]),
        ({"answers": {}, "code": "x" * 41}, ["code"]),
        ({"answers": {}, "code": "\x00"}, ["code"]),
        ({"answers": {}, "language": "de"}, ["language"]),
        ({"answers": {}, "source": "paper"}, ["source"]),
        ({"answers": {}, "on_paper": "yes"}, ["on_paper"]),
    ],
    ids=str,
)
def test_a_body_of_another_shape_is_refused_by_field(made: Round, body: dict[str, Any], fields: list[str]) -> None:
    check(client().post(ANSWERS, body), 400, "invalid", fields)


def test_sentences_are_the_callers(made: Round) -> None:
    sent = client("nb").post(ANSWERS, {"code": made.invited[0].code, "answers": {"road": 9}})
    assert sent.json()["errors"][0]["detail"] == "Det er ikke et mulig svar på dette spørsmålet."


def test_without_a_code_only_where_it_is_open_to_all(solvik: Solvik) -> None:
    survey = survey_of_every_kind()
    check(client().post(ANSWERS, {"answers": {"road": 5}}), 409, "not_by_link")
    Survey.objects.update(kiosk=True)  # a tablet is started by staff
    check(client().post(ANSWERS, {"answers": {"road": 5}}), 409, "not_by_link")
    Survey.objects.update(open_to_all=True)
    assert client().get(HERE).json()["needs_code"] is False
    assert client().post(ANSWERS, {"answers": {"road": 5}}).status_code == 201
    assert Answer.objects.get().source == "open"
    with time_machine.travel(CLOSES, tick=False):
        check(client().post(ANSWERS, {"answers": {"road": 5}}), 409, "survey_closed")
        assert client().get(HERE).json()["open"] is False
    Survey.objects.filter(pk=survey.pk).update(opens_at=MONDAY + timedelta(hours=1))
    check(client().post(ANSWERS, {"answers": {"road": 5}}), 409, "survey_not_open_yet")


def test_answers_by_the_open_link_are_limited_with_the_page(solvik: Solvik) -> None:
    survey_of_every_kind(open_to_all=True)
    statuses = [client().post(ANSWERS, {"answers": {"road": 5}}).status_code for _ in range(61)]
    assert statuses == [201] * 60 + [429]
    assert Answer.objects.count() == 60


@pytest.mark.parametrize("stage", ["draft", "none"])
def test_what_is_not_there_is_not_there(solvik: Solvik, stage: str) -> None:
    if stage == "draft":
        make_survey("citizens-2026", stage="draft")
    for answer in (client().get(HERE), client().post(ANSWERS, {"answers": {}}), client().get(f"{HERE}results/")):
        check(answer, 404, "not_found")


# --- Once, and nothing that joins --------------------------------------------------------------------------------------


def test_the_same_key_sends_once(made: Round) -> None:
    body = {"code": made.invited[0].code, "answers": {"road": 5}}
    first, again = (client().post(ANSWERS, body, headers={"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Answer.objects.count() == 1
    other = client().post(ANSWERS, body | {"answers": {"road": 4}}, headers={"Idempotency-Key": "a"})
    check(other, 422, "idempotency_key_reused")
    # Without the key, or with another, the code is spent; after a quarter of an hour the key is forgotten.
    refused_code(client().post(ANSWERS, body))
    refused_code(client().post(ANSWERS, body, headers={"Idempotency-Key": "b"}))


def test_what_was_refused_may_be_sent_again_under_its_key(made: Round) -> None:
    body = {"code": made.invited[0].code, "answers": {"road": 9}}
    check(client().post(ANSWERS, body, headers={"Idempotency-Key": "a"}), 400, "invalid", ["answers.road"])
    right = body | {"answers": {"road": 5}}
    assert client().post(ANSWERS, right, headers={"Idempotency-Key": "a"}).status_code == 201


def test_two_clients_with_the_same_key_are_two(made: Round) -> None:
    Survey.objects.update(open_to_all=True)
    body = {"answers": {"road": 5}}
    for address in ("192.0.2.1", "192.0.2.2"):
        sent = client().post(ANSWERS, body, headers={"Idempotency-Key": "1"}, REMOTE_ADDR=address)
        assert (sent.status_code, sent.get("Idempotent-Replayed")) == (201, None)
    for invited in made.invited[:2]:
        sent = client().post(ANSWERS, body | {"code": invited.code}, headers={"Idempotency-Key": "1"})
        assert (sent.status_code, sent.get("Idempotent-Replayed")) == (201, None)
    assert Answer.objects.count() == 4


def test_nothing_that_lasts_joins_code_and_answer(made: Round, adviser: Person) -> None:
    """Neither a row of the requests that were sent, nor the history, nor a readable word in the cache."""
    code = made.invited[0].code
    sender = key_of(adviser, "surveys:write")
    sender.post(ANSWERS, {"code": code, "answers": {"road": 5}}, headers={"Idempotency-Key": "the-key"})
    assert Answer.objects.count() == 1
    before = Change.objects.count()
    assert not SentRequest.objects.exists()
    client().post(ANSWERS, {"code": made.invited[1].code, "answers": {"road": 5}}, headers={"Idempotency-Key": "k"})
    assert Change.objects.count() == before
    raw: Any = cache
    stored = raw._cache.get_client(None)
    words = [name.decode() for name in stored.keys("*")]
    assert any("survey-sending" in word for word in words)
    kept = " ".join(words + [repr(stored.get(name)) for name in words if stored.type(name) == b"string"])
    for secret in (code, made.invited[1].code, "the-key", "road"):
        assert secret not in kept
    with CaptureQueriesContext(connection) as found:
        sender.post(ANSWERS, {"code": made.invited[2].code, "answers": {"road": 5}}, headers={"Idempotency-Key": "c"})
    written = [query["sql"] for query in found if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert sorted(sql.split()[2].strip('"') for sql in written) == ["surveys_answer", "surveys_spentcode"]


# --- Paper -------------------------------------------------------------------------------------------------------------


def test_whoever_types_answers_may_send_those_on_paper(made: Round, adviser: Person, solvik: Solvik) -> None:
    body = {"code": made.invited[0].code, "answers": {"road": 5}, "on_paper": True}
    check(client().post(ANSWERS, body), 401, "not_authenticated")
    check(key_of(adviser, "surveys:read").post(ANSWERS, body), 403, "not_allowed")
    check(key_of(adviser, "surveys:write", units=[solvik.roads]).post(ANSWERS, body), 403, "not_allowed")
    check(key_of(one_in(Role.READER), "surveys:write").post(ANSWERS, body), 403, "not_allowed")
    bureau = key_of(adviser, "surveys:write")
    assert bureau.post(ANSWERS, body).status_code == 201
    assert Answer.objects.get().source == "paper"
    # Whoever types has the paper in hand, and is told what is wrong with its code.
    check(bureau.post(ANSWERS, body), 400, "already_answered", ["code"])
    check(bureau.post(ANSWERS, body | {"code": "x"}), 400, "not_a_code", ["code"])
    check(bureau.post(ANSWERS, body | {"code": "K7QM-2XPD-4"}), 400, "not_a_code", ["code"])
    wrong = body | {"code": made.invited[1].code, "answers": {"road": 9}}
    check(bureau.post(ANSWERS, wrong), 400, "invalid", ["answers.road"])
    check(bureau.post(ANSWERS, body | {"code": None}), 409, "not_by_link")


# --- Results -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(adviser: Person) -> Survey:
    columns = answers_of("simple")
    survey = make_survey(
        areas={"a": ["q1", "q2", "q3", "q4", "q5"], "b": ["q6", "q7", "q8"]},
        background={"district": sorted({value for value in columns["district"] if value})},
        population_size=950,
    )
    answer_all(survey, columns)
    few = Question.objects.get(key="q8")
    for answer in Answer.objects.filter(survey=survey)[3:]:
        answer.values.pop(few.key, None)
        answer.save()
    publish_results(
        survey, publish_on=MONDAY.date(), words={"nb": "Takk!", "en": "Thanks!"}, reason="", by=adviser, now=MONDAY
    )
    return survey


def test_results_are_the_open_data_with_n_and_margins_and_no_small_group(published: Survey, adviser: Person) -> None:
    here = f"{LIST}{published.code}/results/"
    told = client().get(here).json()
    assert told.pop("publication") == {
        "version": 1,
        "published_on": MONDAY.date().isoformat(),
        "reason": "",
        "words": "Thanks!",
    }
    assert told == json.loads(Client().get(f"/surveys/{published.code}/results/figures.json").content)
    item = next(one for one in told["items"] if one["key"] == "q1")
    assert item["n_valid"] > 5
    assert item["ci_low"] < item["mean"] < item["ci_high"]
    assert "counts" not in item
    assert next(one for one in told["items"] if one["key"] == "q8") | {"texts": 0} == {
        "key": "q8", "suppressed": True, "area": "b", "texts": 0, "kind": "scale",
    }  # fmt: skip
    Answer.objects.all().delete()  # read from what was published, and computed from nothing
    assert client().get(here).json()["items"] == told["items"]
    with CaptureQueriesContext(connection) as found:
        client().get(here)
    assert len(found) <= 8
    withdraw_publication(published, reason="Et tall var feil.", by=adviser, now=MONDAY)
    assert check(client().get(here), 410, "withdrawn")["detail"] == "Et tall var feil."
    assert client().get(f"{LIST}{published.code}/").json()["results"] is None


def test_results_before_their_day_are_nobodys(published: Survey, adviser: Person) -> None:
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False):
        check(client().get(f"{LIST}{published.code}/results/"), 404, "not_found")
        check(key_of(adviser, "surveys:read").get(f"{LIST}{published.code}/results/"), 404, "not_found")


# --- As documented -----------------------------------------------------------------------------------------------------


def test_answers_are_as_the_schema_says(published: Survey, adviser: Person) -> None:
    openapi = schema()
    made = make_round(open_to_all=True)
    staff = key_of(adviser, "surveys:read", "cards:read")
    Survey.objects.filter(pk=made.survey.pk).update(unit=Unit.objects.get(code="roads"))
    sent = {"code": made.invited[0].code, "answers": {"road": 5}}
    for operation, answer in (
        ("get /api/v1/surveys/", client().get(LIST)),
        ("get /api/v1/surveys/", staff.get(LIST, {"expand": "unit"})),
        ("get /api/v1/surveys/{survey}/", client().get(HERE)),
        ("get /api/v1/surveys/{survey}/", staff.get(HERE, {"expand": "unit", "fields": "unit,sections"})),
        ("post /api/v1/survey-by-code/", client().post(BY_CODE, {"code": made.invited[0].code})),
        ("post /api/v1/surveys/{survey}/answers/", client().post(ANSWERS, sent)),
        ("get /api/v1/surveys/{survey}/results/", client().get(f"{LIST}{published.code}/results/")),
    ):
        method, path = operation.split()
        responses = openapi["paths"][path][method]["responses"]
        described = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
        checker = jsonschema.Draft202012Validator(described | {"components": openapi["components"]})
        assert [error.message for error in checker.iter_errors(answer.json())] == [], operation
        assert answer.status_code < 300
