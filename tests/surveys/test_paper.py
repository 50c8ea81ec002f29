"""Typing in answers that came on paper: who may, which codes, what is kept, and that nothing leads back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from organisation.models import Person
from organisation.permissions import Role
from surveys.actions.answering import NotByLink, submit_answer
from surveys.actions.closing import close_survey
from surveys.actions.paper import type_answer
from surveys.models import Answer, Comment, Draft, Invitation
from surveys.tasks import close_surveys
from tests.factories import MONDAY, RoleFactory, Solvik
from tests.surveys.rounds import ANSWERED, CLOSES, Round, make_round, survey_of_every_kind

pytestmark = pytest.mark.django_db
HERE = "/staff/surveys/citizens-2026/paper/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def _monday(solvik: Solvik) -> Any:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def made() -> Round:
    return make_round()


@pytest.fixture
def desk(client: Client, solvik: Solvik) -> Client:
    client.force_login(solvik.clerk)
    client.cookies["django_language"] = "en"
    return client


def text(page: Any) -> str:
    return " ".join(page.content.decode().split())


def with_code(desk: Client, code: str) -> Any:
    return desk.post(HERE, {"code": code})


def save(desk: Client, sheet: Any, do: str = "save", **answers: Any) -> Any:
    """Send the page as it came, with `answers` by the questions' keys."""
    carried = dict(HIDDEN.findall(sheet.content.decode()))
    typed = {f"q-{key.replace('__', '.')}": value for key, value in answers.items()}
    return desk.post(HERE, carried | typed | {"do": do})


def test_code_answers_next(desk: Client, made: Round) -> None:
    page = desk.get(HERE)
    assert "0 typed today" in text(page)
    assert "You see both the code and the answers." in text(page)
    sheet = with_code(desk, made.invited[0].code.lower().replace("-", " "))
    assert sheet.status_code == 200
    for key in ("road", "lights", "used", "often", "library", "which", "most", "words"):
        assert f'id="q-{key}"' in sheet.content.decode()
    assert "Answer this if you chose «Yes» for «Do you use the library?»." in text(sheet)
    saved = save(
        desk, sheet, road="5", lights="dk", used="no", often="yes", library="2", which=["school", "care"],
        most__1="care", most__2="roads", words="Fin by",
    )  # fmt: skip
    assert (saved.status_code, saved["Location"]) == (302, HERE)
    after = desk.get(HERE)
    assert "Saved. Nobody can find it again." in text(after)
    assert "1 typed today" in text(after)
    assert "1 on paper in all" in text(after)
    # What the other answers say is not asked is dropped, as it is on the net.
    answer = Answer.objects.get()
    assert answer.values == {
        "road": 5, "lights": "dk", "used": "no", "which": ["school", "care"], "most": ["care", "roads"],
    }  # fmt: skip
    assert (answer.source, Comment.objects.get().text, Comment.objects.get().language) == ("paper", "Fin by", "en")


def test_typing_twice_is_refused_and_two_clicks_are_one(desk: Client, made: Round) -> None:
    code = made.invited[0].code
    sheet = with_code(desk, code)
    second_window = with_code(desk, code)
    assert save(desk, sheet, road="5").status_code == 302
    assert save(desk, sheet, road="5").status_code == 302  # the same page once more: a second click
    refused = save(desk, second_window, road="1")
    assert refused.status_code == 422
    assert "An answer with this code is in already, by net or on paper." in text(refused)
    assert f'value="{code}"' in refused.content.decode()
    assert with_code(desk, code).status_code == 422
    assert Answer.objects.get().values == {"road": 5}
    assert "1 typed today" in text(desk.get(HERE))
    submit_answer(made.survey, ANSWERED, invitation=made.invited[1], now=MONDAY)
    assert with_code(desk, made.invited[1].code).status_code == 422


def test_each_wrong_code_gets_its_own_sentence(desk: Client, made: Round) -> None:
    code, free = made.invited[0].code, made.invited[1].code
    made.invited[1].delete()
    other = make_round(code="another", titles={"nb": "Biblioteket", "en": "The library"})
    last = code[-1]
    for typed, said in (
        ("", "Type the code that stands on the paper."),
        (f"{code[:-1]}{'A' if last != 'A' else 'B'}", "That is not a code: look at the letters again."),
        ("K" * 41, "That is longer than a code."),
        (free, "No invitation of this survey has that code."),
        (other.invited[0].code, "That code is for another survey: «Biblioteket»."),
    ):
        page = with_code(desk, typed)
        assert page.status_code == 422, typed
        assert said in text(page)
        assert f'value="{typed}"' in page.content.decode() or not typed
        assert 'aria-invalid="true"' in page.content.decode()


def test_guessing_is_slowed_down_by_person(desk: Client, made: Round, solvik: Solvik) -> None:
    unknown = made.invited[2].code
    made.invited[2].delete()
    for _ in range(20):
        assert with_code(desk, unknown).status_code == 422
    assert with_code(desk, made.invited[0].code).status_code == 429
    colleague = RoleFactory(role=Role.SERVICE_CENTRE).person
    desk.force_login(colleague)
    assert with_code(desk, made.invited[0].code).status_code == 200


def test_what_cannot_be_comes_back_with_all_that_was_typed(desk: Client, made: Round) -> None:
    sheet = with_code(desk, made.invited[0].code)
    wrong = save(
        desk, sheet, road="5", used="yes", which=["school", "roads", "care"], most__1="care", most__2="care",
        words="Fin <by>",
    )  # fmt: skip
    assert wrong.status_code == 422
    shown = wrong.content.decode()
    assert "Choose at most 2" in shown
    assert "Choose each only once" in shown
    assert 'href="#q-which-1"' in shown
    assert re.search(r'id="q-road-5"[^>]*checked', shown)
    assert "Fin &lt;by&gt;" in shown
    assert len(re.findall(r'name="q-which" value="\w+" checked', shown)) == 3
    assert shown.count(" selected>") == 2
    empty = save(desk, sheet)
    assert empty.status_code == 422
    assert "Nothing is answered on this paper." in text(empty)
    for nonsense in ({"road": "7"}, {"road": "' OR 1"}, {"used": "maybe"}, {"most__1": "nothing"}):
        assert save(desk, sheet, **nonsense).status_code == 422
    looked = save(desk, sheet, do="look", road="4")
    assert looked.status_code == 200
    assert re.search(r'id="q-road-4"[^>]*checked', looked.content.decode())
    assert not Answer.objects.exists()
    assert save(desk, wrong, road="5").status_code == 302


def test_paper_is_taken_before_the_opening_and_while_the_survey_waits_for_the_post(
    desk: Client, solvik: Solvik
) -> None:
    waits = CLOSES + timedelta(days=7)
    made = make_round(people=4, opens_at=MONDAY + timedelta(days=2), paper_until=waits)
    assert save(desk, with_code(desk, made.invited[0].code), road="5").status_code == 302
    with time_machine.travel(CLOSES + timedelta(days=6), tick=False):
        close_surveys()
        made.survey.refresh_from_db()
        assert made.survey.stage == "fielded"
        assert desk.post("/answer/", {"code": made.invited[1].code}).status_code == 409  # a citizen comes too late
        desk.force_login(solvik.clerk)
        assert "waits for paper" in text(desk.get(HERE))
        assert save(desk, with_code(desk, made.invited[1].code), road="2").status_code == 302
    with time_machine.travel(waits, tick=False):
        close_surveys()
        made.survey.refresh_from_db()
        assert made.survey.stage == "closed"
        desk.force_login(solvik.clerk)
        assert "The survey is closed, and no paper can be typed in" in text(desk.get(HERE))
        assert with_code(desk, made.invited[2].code).status_code == 409
    assert Answer.objects.count() == 2


def test_few_on_paper_do_not_stand_out_after_closing(solvik: Solvik) -> None:
    for code, on_paper, stand in (("few", 4, 0), ("many", 5, 5)):
        made = make_round(people=12, code=code)
        for number, one in enumerate(made.invited):
            source = Answer.Source.PAPER if number < on_paper else Answer.Source.INVITED
            submit_answer(made.survey, ANSWERED, invitation=one, source=source, now=MONDAY)
        close_survey(made.survey, now=CLOSES)
        assert made.survey.answers.filter(source="paper").count() == stand


def test_without_a_code_only_where_everybody_may_answer(desk: Client, made: Round, solvik: Solvik) -> None:
    assert "A paper without a code" not in text(desk.get(HERE))
    assert desk.post(HERE, {"without_code": "yes", "do": "save", "q-road": "5"}).status_code == 422
    with pytest.raises(NotByLink):
        type_answer(made.survey, ANSWERED, invitation=None, language="nb", by=solvik.clerk, now=MONDAY)
    made.survey.kiosk = True
    made.survey.save()
    sheet = desk.post(HERE, {"without_code": "yes", "do": "begin"})
    assert sheet.status_code == 200
    assert save(desk, sheet, road="5").status_code == 302
    assert Answer.objects.get().source == "open"  # it belongs to no sample


def test_a_forged_ticket_is_no_code(desk: Client, made: Round) -> None:
    other = make_round(code="another")
    theirs = desk.post("/staff/surveys/another/paper/", {"code": other.invited[0].code})
    ticket = dict(HIDDEN.findall(theirs.content.decode()))
    for forged in (made.invited[0].code, f"{made.invited[0].code}:abc", ticket["ticket"]):
        assert desk.post(HERE, {"ticket": forged, "do": "save", "q-road": "5"}).status_code == 422
    assert not Answer.objects.exists()


@pytest.mark.parametrize("who", ["adviser", "clerk", "handler", "chief", "reader", "nobody"])
def test_who_may(client: Client, solvik: Solvik, adviser: Person, made: Round, who: str) -> None:
    if who != "nobody":
        client.force_login(adviser if who == "adviser" else getattr(solvik, who))
    may = who in ("adviser", "clerk")
    denied = 302 if who == "nobody" else 403
    assert client.get(HERE).status_code == (200 if may else denied)
    assert client.post(HERE, {"code": made.invited[0].code}).status_code == (200 if may else denied)
    linked = HERE in client.get("/staff/surveys/citizens-2026/fielding/").content.decode()
    assert linked == may
    assert client.get("/staff/surveys/nothing/paper/").status_code == (404 if may else denied)


def test_a_draft_says_to_wait(desk: Client) -> None:
    survey_of_every_kind(stage="draft", opens_at=None, closes_at=None, fielded_at=None)
    assert "Keep the paper until it is." in text(desk.get(HERE))


def _snapshot() -> dict[str, Any]:
    """Every row of every table but those that an answer writes: none of them may change by a paper."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        kept = {}
        for name in set(tables) - {"surveys_answer", "surveys_comment", "surveys_spentcode", "surveys_draft"}:
            cursor.execute(  # the database's own names
                f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{name}" t'  # noqa: S608
            )
            kept[name] = cursor.fetchone()
    return kept


def test_nothing_else_is_written(desk: Client, made: Round) -> None:
    """No history, no session, not the invitation: whoever reads the other tables sees no paper was typed."""
    sheet = with_code(desk, made.invited[0].code)
    before = _snapshot()
    save(desk, sheet, road="5", words="Fin by")
    assert Answer.objects.count() == 1
    assert _snapshot() == before


def test_no_draft_of_a_citizen_is_shown_to_who_types(desk: Client, made: Round) -> None:
    Draft.objects.create(pk=made.invited[0].pk, values={"road": 6}, language="nb")
    sheet = with_code(desk, made.invited[0].code)
    assert not re.search(r'name="q-[^>]*checked', sheet.content.decode())
    save(desk, sheet, road="2")
    assert Answer.objects.get().values == {"road": 2}
    assert not Draft.objects.exists()


def test_no_address_holds_the_code(desk: Client, made: Round) -> None:
    code = made.invited[0].code
    sheet = with_code(desk, code)
    assert not [url for url in re.findall(r'(?:href|action|src)="([^"]*)"', sheet.content.decode()) if code in url]
    saved = save(desk, sheet, road="5")
    assert code not in saved["Location"]
    assert code not in desk.get(HERE).content.decode()


@pytest.mark.parametrize("more", [0, 30])
def test_as_many_queries_for_many_questions(
    desk: Client, made: Round, more: int, django_assert_max_num_queries: Any
) -> None:
    from surveys.models import Question

    area = made.survey.areas.get(key="streets")
    for number in range(more):
        Question.objects.create(area=area, key=f"more-{number}", texts={"nb": "Mer"}, position=9)
    with_code(desk, made.invited[1].code)
    with django_assert_max_num_queries(14):
        sheet = with_code(desk, made.invited[0].code)
    with django_assert_max_num_queries(22):
        save(desk, sheet, road="4")
    assert Invitation.objects.filter(spent__isnull=False).count() == 1
