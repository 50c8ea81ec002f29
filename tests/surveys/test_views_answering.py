"""The pages of answering, as a browser without script meets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from organisation.permissions import Role
from surveys.actions.answering import submit_answer
from surveys.actions.closing import close_survey
from surveys.models import Answer, Comment, Draft, Draw
from surveys.strata import JOINED
from tests.factories import MONDAY, Person, RoleFactory, make_solvik
from tests.surveys.rounds import ANSWERED, CLOSES, Round, make_round

pytestmark = pytest.mark.django_db
HERE = "/surveys/citizens-2026/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def open_now(db: None) -> Any:
    make_solvik(phone="33 00 00 00", languages=["nb", "nn", "en"])
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def made() -> Round:
    return make_round()


def entered(client: Client, code: str) -> Any:
    return client.post("/answer/", {"code": code}, headers={"accept-language": "en"})


def go_on(client: Client, page: Any, go: str = "next", *, to: str = HERE, **answers: Any) -> Any:
    """Send the page's form, as a browser does, with `answers` by the questions' keys."""
    carried = {name: value.replace("&quot;", '"') for name, value in HIDDEN.findall(page.content.decode())}
    sent = {f"q-{key.replace('__', '.')}": value for key, value in answers.items()}
    button = {} if go.startswith(("en", "nb", "easy")) else {"go": go}
    if go in ("en", "nb"):
        button = {"to_language": go}
    return client.post(to, carried | sent | button, headers={"accept-language": "en"})


def heading(page: Any) -> str:
    return re.search(r"<h1[^>]*>(.*?)</h1>", page.content.decode(), re.S)[1].strip()  # type: ignore[index]


def test_whole_errand_by_code(client: Client, made: Round) -> None:
    page = entered(client, made.invited[0].code.lower().replace("-", " "))
    assert (page.status_code, heading(page)) == (200, "Citizen survey")
    assert b"cannot see, change or withdraw it" in page.content
    page = go_on(client, page, "to:streets")
    assert heading(page) == "Streets"
    assert "1 of 2" in page.content.decode()
    page = go_on(client, page, road="5", used="yes", often="no")
    assert heading(page) == "Culture"
    assert Draft.objects.get().values == {"road": 5, "used": "yes", "often": "no"}
    page = go_on(client, page, library="dk", which=["school", "care"], most__1="care", most__2="roads", words="Fin by")
    assert heading(page) == "Look over and send"
    assert "5 of 6" in page.content.decode()
    assert "1. Care · 2. Roads" in page.content.decode()
    page = go_on(client, page, "send")
    assert (page.status_code, page["Location"]) == (302, f"{HERE}thanks/?in=en")
    assert heading(client.get(page["Location"])) == "Thank you for your answer!"
    assert Answer.objects.get().values == {
        "road": 5, "used": "yes", "often": "no", "library": "dk", "which": ["school", "care"], "most": ["care", "roads"],
    }  # fmt: skip
    assert Comment.objects.get().text == "Fin by"
    assert heading(entered(client, made.invited[0].code)) == "Your answer is in"


def test_nothing_is_left_in_session_cookie_or_address(client: Client, made: Round) -> None:
    code = made.invited[0].code
    page = go_on(client, entered(client, code), road="3")
    assert set(client.cookies) <= {"csrftoken"}
    assert not Session.objects.exists()
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.content.decode())
    assert not [address for address in addresses if code in address or "ticket" in address]


def test_first_page_says_in_words_what_group_stands_beside_the_answer(client: Client) -> None:
    made = make_round(people=5, strata=(JOINED,))
    Draw.objects.filter(survey=made.survey).update(stratum="district")
    assert b"drawn from: Small groups, joined." in entered(client, made.invited[0].code).content


def test_comes_back_with_the_same_code(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    go_on(client, page, "save", road="2")
    page = entered(Client(), made.invited[0].code)
    assert b"Welcome back" in page.content
    page = go_on(client, page, "to:streets")
    assert re.search(r'value="2" checked', page.content.decode())


def test_language_midway_keeps_what_was_answered(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    page = go_on(client, page, "nb", road="4")
    assert (heading(page), page["Content-Language"]) == ("Vei", "nb")
    assert re.search(r'value="4" checked', page.content.decode())
    assert Draft.objects.get().language == "nb"
    assert heading(entered(Client(), made.invited[0].code)) == "Innbyggerundersøkelsen"


def test_impossible_answer_is_told_at_its_question_and_the_rest_is_kept(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:culture")
    page = go_on(client, page, which=["school", "roads", "care"], words="Fin by")
    assert (page.status_code, heading(page)) == (422, "Culture")
    assert b"Choose at most 2" in page.content
    assert b"Fin by" in page.content
    assert Draft.objects.get().values == {"words": "Fin by"}


def test_area_that_is_not_asked_is_left_out(client: Client, made: Round) -> None:
    made.survey.areas.get(key="culture").questions.exclude(key="library").delete()
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    page = go_on(client, page, used="no")
    assert heading(page) == "Look over and send"


def test_nothing_answered_cannot_be_sent(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:.review")
    page = go_on(client, page, "send")
    assert page.status_code == 422
    assert b"Nothing is answered yet" in page.content


@pytest.mark.parametrize("code", ["K7QM-2XPD-5", "hei", "0" * 30])
def test_mistyped_code_gets_a_kind_sentence(client: Client, made: Round, code: str) -> None:
    page = entered(client, code)
    assert page.status_code == 422
    assert b"There is a slip in the code" in page.content


def test_code_that_nobody_has_and_code_of_a_draft_look_alike(client: Client, made: Round) -> None:
    code = made.invited[0].code
    made.survey.stage, made.survey.fielded_at = "draft", None
    made.survey.save()
    first = entered(client, code)
    made.invited[0].delete()
    second = entered(client, code)
    assert first.status_code == second.status_code == 422
    clean = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    assert clean.sub("", first.content.decode()) == clean.sub("", second.content.decode())
    assert b"We do not know this code" in first.content


def test_guessing_is_slowed_down_and_answering_is_not(client: Client, made: Round) -> None:
    codes = [one.code for one in made.invited]
    page = entered(client, codes[1])
    made.invited[0].delete()
    for _ in range(20):
        assert entered(client, codes[0]).status_code == 422
    assert entered(client, codes[0]).status_code == 429
    assert entered(client, codes[2]).status_code == 429
    assert go_on(client, page, "to:streets").status_code == 200


def test_before_it_opens_and_after_it_closes(client: Client, made: Round) -> None:
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False):
        page = entered(client, made.invited[0].code)
        assert heading(page) == "The survey has not opened yet"
        assert b"2 November" in page.content
    with time_machine.travel(CLOSES, tick=False):
        assert heading(entered(client, made.invited[0].code)) == "The survey is closed"
    close_survey(made.survey, now=CLOSES)
    assert heading(entered(client, made.invited[0].code)) == "The survey is closed"


def test_closing_midway_says_so(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    with time_machine.travel(CLOSES, tick=False):
        page = go_on(client, page, road="4")
    assert (page.status_code, heading(page)) == (409, "The survey is closed")


def test_used_meanwhile_says_so(client: Client, made: Round) -> None:
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)
    page = go_on(client, page, road="4")
    assert (page.status_code, heading(page)) == (409, "Your answer is in")


def test_forged_ticket_and_no_ticket_lead_to_the_code(client: Client, made: Round) -> None:
    for ticket in ("", made.invited[0].code, f"{made.invited[0].code}:abc"):
        answered = client.post(HERE, {"ticket": ticket, "q-road": "5", "go": "send"})
        assert (answered.status_code, answered["Location"]) == (302, "/answer/")
    assert client.get(HERE)["Location"] == "/answer/"
    assert client.get("/surveys/nothing/").status_code == 404
    assert not Answer.objects.exists()


def test_ticket_opens_no_other_survey(client: Client, made: Round) -> None:
    other = make_round(code="another")
    page = entered(client, made.invited[0].code)
    assert go_on(client, page, road="5", to="/surveys/another/").status_code == 302
    assert other.survey.answers.count() == 0


def test_open_survey_by_link_carries_answers_in_the_page_and_counts_once(client: Client, made: Round) -> None:
    made.survey.open_to_all = True
    made.survey.save()
    page = client.get(HERE, headers={"accept-language": "en"})
    page = go_on(client, page, "to:streets")
    page = go_on(client, page, road="6", used="yes")
    page = go_on(client, page, library="1", words='Han sa "ja" & <nei>')
    review = go_on(client, page, "to:.review", library="1", words='Han sa "ja" & <nei>')
    for _ in range(2):
        assert go_on(client, review, "send")["Location"] == f"{HERE}thanks/?in=en"
    assert Answer.objects.get().values["library"] == 1
    assert Answer.objects.get().source == "open"
    assert not Draft.objects.exists()
    assert not Session.objects.exists()


def test_brought_along_nonsense_is_left_out(client: Client, made: Round) -> None:
    made.survey.open_to_all = True
    made.survey.save()
    for brought in ("[1]", "{", '{"road": {"a": 1}, "which": [["x"]], "words": 7}', "[" * 100_000):
        page = client.post(HERE, {"brought": brought, "step": ".start", "go": "to:.review"})
        assert page.status_code == 200
    assert client.post(HERE, {"brought": '{"road": 9}', "step": ".review", "go": "send"}).status_code == 422
    assert not Answer.objects.exists()


def staff(role: str) -> Person:
    return RoleFactory(role=role).person


def test_tablet_is_started_by_staff_who_are_signed_out_there(client: Client, made: Round) -> None:
    assert client.get(f"{HERE}kiosk/")["Location"].startswith("/accounts/login/")
    client.force_login(staff(Role.CHIEF_EXECUTIVE))
    assert client.get(f"{HERE}kiosk/").status_code == 403
    client.force_login(staff(Role.SERVICE_CENTRE))
    assert client.get(f"{HERE}kiosk/").status_code == 404  # this survey has no tablet
    made.survey.kiosk = True
    made.survey.save()
    assert client.get(f"{HERE}kiosk/").status_code == 200
    tablet = client.post(f"{HERE}kiosk/")["Location"]
    assert "_auth_user_id" not in client.session
    page = client.get(tablet)
    assert page["Cache-Control"].startswith("no-store") or "no-store" in page["Cache-Control"]
    page = go_on(client, page, "to:streets", to=tablet)
    page = go_on(client, page, "to:.review", to=tablet, road="6")
    thanks = go_on(client, page, "send", to=tablet)
    assert thanks["Location"] == f"{tablet}thanks/?in=nb"
    assert tablet in client.get(thanks["Location"]).content.decode()
    assert Answer.objects.get().source == "open"
    assert client.get(HERE)["Location"] == "/answer/"
    assert client.get(tablet.replace("kiosk/", "kiosk/x")).status_code == 404
    with time_machine.travel("2026-11-03T12:00:00Z", tick=False):
        assert client.get(tablet).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client, made: Round, size: int, django_assert_num_queries: Any
) -> None:
    from surveys.models import Question

    area = made.survey.areas.get(key="streets")
    for number in range(size):
        Question.objects.create(area=area, key=f"more-{number}", texts={"nb": "Mer"}, position=9)
    page = go_on(client, entered(client, made.invited[0].code), "to:streets")
    with django_assert_num_queries(13):
        go_on(client, page, road="4")
