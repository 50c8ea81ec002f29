"""The pages of making a survey: who may open them, what they show, what is refused at its field, and no query a row."""

# ruff: noqa: F811  (fixtures that come from another file)

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.urls import reverse

from organisation.models import Person
from surveys.actions.building import copy_survey
from surveys.actions.building_library import insert_from_library
from surveys.models import Area, Question, Survey
from surveys.queries import items_of
from tests.factories import MONDAY, Solvik, oslo
from tests.surveys.questionnaire import a_question, an_area, field_it, survey  # noqa: F401

pytestmark = pytest.mark.django_db
BASE = "/staff/surveys"


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def staff(adviser: Person, client: Client) -> Client:
    client.force_login(adviser)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def filled(survey: Survey) -> Survey:
    """Two areas: one with a choice that another question waits for, one with a scale."""
    meeting, safety = an_area(survey, "Møte", key="meeting"), an_area(survey, "Trygghet", key="safety")
    choices = [{"key": "yes", "texts": {"nb": "Ja", "nb-easy": "Jada"}}, {"key": "no", "texts": {"nb": "Nei"}}]
    a_question(meeting, "Har du spurt?", key="asked", kind="single", options=choices, dont_know=False)
    a_question(meeting, "Fikk du svar?", key="answered", show_if={"question": "asked", "values": ["yes"]})
    a_question(safety, "Jeg er trygg.", key="safe")
    return survey


def text_of(answer: Any) -> str:
    return answer.content.decode()


# --- Who may ------------------------------------------------------------------------------------------------------------

READING = ["questionnaire/", "areas/safety/"]
WRITING = ["settings/", "copy/", "library/", "new-area/", "areas/safety/new-question/", "questions/safe/"]
POSTING = ["remove/", "areas/safety/move/", "areas/safety/remove/", "questions/safe/move/", "questions/safe/remove/"]


@pytest.mark.parametrize(
    ("name", "seen", "read", "written"),
    [
        ("adviser", 200, 200, 200),
        ("reader", 200, 200, 403),
        ("clerk", 200, 403, 403),
        ("roads_leader", 403, 403, 403),
        ("handler", 403, 403, 403),
        ("chief", 403, 403, 403),
        ("mayors_secretary", 403, 403, 403),
        ("administrator", 403, 403, 403),
    ],
)
def test_each_sees_what_is_theirs(
    solvik: Solvik,
    adviser: Person,
    filled: Survey,
    client: Client,
    name: str,
    seen: int,
    read: int,
    written: int,
) -> None:
    person = adviser if name == "adviser" else getattr(solvik, name)
    client.force_login(person)
    assert [client.get(f"{BASE}/{path}").status_code for path in ("", f"{filled.code}/")] == [seen, seen]
    assert {client.get(f"{BASE}/{filled.code}/{path}").status_code for path in READING} == {read}
    assert {client.get(f"{BASE}/{filled.code}/{path}").status_code for path in WRITING} == {written}
    assert client.get(f"{BASE}/new/").status_code == written
    if written == 403:
        before = list(Question.objects.order_by("id").values())
        paths = [*WRITING, *POSTING, "areas/safety/"]
        assert {client.post(f"{BASE}/{filled.code}/{path}", {"way": "up"}).status_code for path in paths} == {403}
        assert (list(Question.objects.order_by("id").values()), Survey.objects.count()) == (before, 1)


def test_the_menu_has_surveys_for_whom_they_are(solvik: Solvik, client: Client) -> None:
    for person, there in ((solvik.clerk, True), (solvik.reader, True), (solvik.roads_leader, False)):
        client.force_login(person)
        assert (f'href="{BASE}/"' in text_of(client.get("/staff/"))) == there


def test_nobody_gets_in_without_signing_in(filled: Survey, client: Client) -> None:
    for path in ("", "new/", f"{filled.code}/", *(f"{filled.code}/{path}" for path in READING + WRITING)):
        answer = client.get(f"{BASE}/{path}")
        assert (answer.status_code, answer.headers["Location"].startswith("/accounts/login/")) == (302, True)
    assert client.post(f"{BASE}/{filled.code}/remove/").status_code == 302
    assert Survey.objects.count() == 1


def test_what_is_not_there_is_404(filled: Survey, staff: Client) -> None:
    other = copy_survey(filled, titles={"nb": "Neste"}, code="other", by=None, now=MONDAY)
    Question.objects.filter(area__survey=other, key="safe").delete()
    for path in (
        "nowhere/",
        "nowhere/questionnaire/",
        "other/areas/none/",
        "other/questions/safe/",
        "other/questions/x/",
    ):
        assert staff.get(f"{BASE}/{path}").status_code == 404
    for path in POSTING:
        assert staff.get(f"{BASE}/{filled.code}/{path}").status_code == 405


def test_the_quality_advisers_day_begins_with_the_surveys(adviser: Person, client: Client) -> None:
    adviser.set_password("et-langt-passord-her")
    adviser.save()
    answer = client.post("/accounts/login/", {"login": adviser.email, "password": "et-langt-passord-her"})
    assert answer.headers["Location"] == f"{BASE}/"


# --- Surveys ------------------------------------------------------------------------------------------------------------

NEW = {"title_nb": "Brukerne av veien", "kind": "citizen", "languages": ["nb", "sv"], "smallest_group": "5"}


def test_a_survey_is_made_changed_and_thrown_away(solvik: Solvik, staff: Client) -> None:
    answer = staff.post(f"{BASE}/new/", NEW | {"kind": "user", "unit": "roads", "repeats_every_years": "2"})
    made = Survey.objects.get()
    assert answer.headers["Location"] == f"{BASE}/brukerne-av-veien/questionnaire/"
    assert (made.kind, made.unit, made.languages, made.repeats_every_years) == ("user", solvik.roads, ["nb", "sv"], 2)
    assert "Begin with the library" in text_of(staff.get(answer.headers["Location"]))
    address = f"{BASE}/{made.code}/settings/"
    answer = staff.post(
        address, NEW | {"title_nb": "Innbyggerne", "introduction_nb_easy": "Kort", "smallest_group": "10"}
    )
    assert answer.headers["Location"] == f"{BASE}/{made.code}/"
    made.refresh_from_db()
    assert (made.code, made.titles, made.introductions) == (
        "brukerne-av-veien",
        {"nb": "Innbyggerne"},
        {"nb-easy": "Kort"},
    )
    assert (made.smallest_group, made.unit, made.repeats_every_years) == (10, None, None)
    assert staff.post(f"{BASE}/{made.code}/remove/").headers["Location"] == f"{BASE}/"
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    ("form", "sentence", "field"),
    [
        ({"title_nb": " "}, "Write a few words here.", "title_nb"),
        ({"title_sv": "x" * 151}, "longer than 150 characters", "title_sv"),
        ({"kind": "user"}, "Choose the unit whose users are asked.", "unit"),
        ({"smallest_group": "4"}, "At least 5, so that", "smallest_group"),
        ({"smallest_group": "fem"}, "Write a whole number.", "smallest_group"),
        ({"repeats_every_years": "100"}, "from 1 to 20", "repeats_every_years"),
        ({"code": "to ord"}, "Write the code with letters", "code"),
        ({"code": "new"}, "There is a survey with the code «new» already.", "code"),
    ],
)
def test_what_is_wrong_with_a_survey_is_told_at_its_field(
    solvik: Solvik,
    staff: Client,
    form: dict[str, str],
    sentence: str,
    field: str,
) -> None:
    answer = staff.post(f"{BASE}/new/", NEW | {"introduction_nb": "Skrevet lenge"} | form)
    page = text_of(answer)
    assert (answer.status_code, sentence in page, f'href="#id_{field}"' in page) == (422, True, True)
    assert "Skrevet lenge" in page
    assert not Survey.objects.exists()


def test_the_next_round_comes_with_this_years_title(filled: Survey, staff: Client) -> None:
    Survey.objects.update(titles={"nb": "Undersøkelsen 2022"}, repeats_every_years=4)
    old = field_it(filled, opens_at=oslo(2022, 11, 20), closes_at=oslo(2022, 12, 10))
    page = text_of(staff.get(f"{BASE}/"))
    assert "The next round of «Undersøkelsen 2022» is due in November 2026." in page
    assert 'value="Undersøkelsen 2026"' in text_of(staff.get(f"{BASE}/{old.code}/copy/"))
    answer = staff.post(f"{BASE}/{old.code}/copy/", {"title_nb": "Undersøkelsen 2026", "code": "next"})
    assert answer.headers["Location"] == f"{BASE}/next/questionnaire/"
    assert items_of(Survey.objects.get(code="next")) == items_of(old)
    assert "is due in" not in text_of(staff.get(f"{BASE}/"))
    again = staff.post(f"{BASE}/{old.code}/copy/", {"title_nb": "Enda en"})
    assert (again.status_code, "is the next round already" in text_of(again)) == (422, True)


def test_the_steps_say_how_far_a_survey_has_come(filled: Survey, staff: Client) -> None:
    here = f"{BASE}/{field_it(filled).code}/"
    html = staff.get(here).content.decode()
    assert (html.count("data-done"), html.count('aria-current="step"')) == (1, 1)
    Survey.objects.filter(pk=filled.pk).update(stage="published", closed_at=F("closes_at"))
    html = staff.get(here).content.decode()
    assert (html.count("data-done"), html.count('aria-current="step"')) == (4, 0)


def test_a_fielded_survey_is_shown_and_refuses(filled: Survey, staff: Client) -> None:
    here = f"{BASE}/{field_it(filled).code}"
    page = text_of(staff.get(f"{here}/questionnaire/"))
    assert "the questions stay as they are" in page
    assert "new-area" not in page
    assert "questions/safe/" not in page
    assert staff.get(f"{here}/questions/safe/").headers["Location"] == f"{here}/areas/safety/"
    assert staff.get(f"{here}/library/").headers["Location"] == f"{here}/questionnaire/"
    for path, form in (
        ("questions/safe/", {"text_nb": "Nytt", "kind": "scale", "area": "safety"}),
        ("areas/safety/", {"title_nb": "Nytt"}),
        ("areas/safety/new-question/", {"text_nb": "Nytt", "kind": "scale"}),
        ("library/", {"items": ["age"]}),
        ("new-area/", {"title_nb": "Nytt"}),
    ):
        answer = staff.post(f"{here}/{path}", form)
        assert (answer.status_code, "has been sent out, and its questions stay as they are" in text_of(answer)) == (
            422,
            True,
        )
    for path in POSTING:
        assert staff.post(f"{here}/{path}", {"way": "up"}).status_code == 302
    assert (Area.objects.count(), Question.objects.count()) == (2, 3)
    assert staff.post(f"{here}/settings/", {"repeats_every_years": "4"}).status_code == 302
    assert Survey.objects.get().repeats_every_years == 4


# --- Questions ----------------------------------------------------------------------------------------------------------


def test_a_question_is_written_in_several_languages(filled: Survey, staff: Client) -> None:
    answer = staff.post(
        f"{BASE}/{filled.code}/areas/safety/new-question/",
        {"text_nb": "Lyset er godt.", "text_nb_easy": "Det er lyst.", "text_sv": "Ljuset är bra.", "kind": "scale",
         "dont_know": "on", "show_if_question": "asked", "show_if_values": ["no"]},
    )  # fmt: skip
    assert answer.headers["Location"] == f"{BASE}/{filled.code}/areas/safety/"
    made = Question.objects.get(key="lyset-er-godt")
    assert made.texts == {"nb": "Lyset er godt.", "nb-easy": "Det er lyst.", "sv": "Ljuset är bra."}
    assert made.show_if == {"question": "asked", "values": ["no"]}
    assert "Missing: Nynorsk, English" in text_of(staff.get(f"{BASE}/{filled.code}/questionnaire/"))


CHOICES = {
    "kind": "single", "text_nb": "Har du spurt?", "area": "meeting", "option_rows": "5",
    "option_0_key": "yes", "option_0_place": "3", "option_0_nb": "Ja!",
    "option_1_key": "no", "option_1_place": "1", "option_1_nb": "Nei",
    "option_3_place": "2", "option_3_nb": "Kanskje", "option_3_sv": "Kanske",
}  # fmt: skip


def test_choices_keep_their_keys_in_a_new_order(filled: Survey, staff: Client) -> None:
    assert staff.post(f"{BASE}/{filled.code}/questions/asked/", CHOICES).status_code == 302
    assert Question.objects.get(key="asked").options == [
        {"key": "no", "texts": {"nb": "Nei"}},
        {"key": "kanskje", "texts": {"nb": "Kanskje", "sv": "Kanske"}},
        {"key": "yes", "texts": {"nb": "Ja!", "nb-easy": "Jada"}},
    ]


@pytest.mark.parametrize(
    ("form", "sentence", "field"),
    [
        ({"text_nb": ""}, "Write a few words here.", "text_nb"),
        ({"text_en": "x" * 501}, "longer than 500 characters", "text_en"),
        ({"option_0_nb": "", "option_3_nb": "", "option_3_sv": ""}, "Write at least two choices.", "option_0_nb"),
        ({"option_3_nb": ""}, "Write it in Norwegian", "option_3_nb"),
        ({"option_1_nb": "x" * 201}, "longer than 200 characters", "option_1_nb"),
        ({"option_1_place": "først"}, "Write a whole number.", "option_1_place"),
        ({"option_0_nb": ""}, "Change that first.", ""),
        ({"kind": "multiple", "at_most": "9"}, "Write a number from 1 to 3", "at_most"),
    ],
)
def test_what_is_wrong_with_a_question_is_told_at_its_field(
    filled: Survey, staff: Client, form: dict[str, str], sentence: str, field: str
) -> None:
    before = Question.objects.values().get(key="asked")
    answer = staff.post(f"{BASE}/{filled.code}/questions/asked/", CHOICES | form)
    page = text_of(answer)
    assert (answer.status_code, sentence in page) == (422, True)
    assert not field or f'href="#id_{field}"' in page
    assert "Nei" in page or "x" * 201 in page
    assert Question.objects.values().get(key="asked") == before


def test_a_condition_without_an_answer_offers_the_answers(filled: Survey, staff: Client) -> None:
    form = {"text_nb": "Jeg er trygg.", "kind": "scale", "area": "safety", "show_if_question": "answered"}
    answer = staff.post(f"{BASE}/{filled.code}/questions/safe/", form)
    page = text_of(answer)
    assert (answer.status_code, "Choose with which answers the question is asked." in page) == (422, True)
    assert page.count('name="show_if_values"') == 7
    # Ticks that were for another question are no answers to this one, and no fault.
    form |= {"show_if_values": ["5", "6", "yes"]}
    assert staff.post(f"{BASE}/{filled.code}/questions/safe/", form).status_code == 302
    assert Question.objects.get(key="safe").show_if == {"question": "answered", "values": ["5", "6"]}


def test_a_look_shows_what_is_typed_and_saves_nothing(filled: Survey, staff: Client) -> None:
    form = CHOICES | {
        "text_nb": "Har du <b>sett</b>?",
        "text_sv": "Har du sett?",
        "look": "1",
        "option_1_place": "tull",
    }
    for extra, words, language in (
        ({}, "Har du &lt;b&gt;sett&lt;/b&gt;?", "nb"),
        ({"shown_in": "sv"}, "Har du sett?", "sv"),
    ):
        answer = staff.post(f"{BASE}/{filled.code}/questions/asked/", form | extra)
        preview = text_of(answer).split('id="preview"')[1].split("</section>")[0]
        assert (answer.status_code, words in preview, f'lang="{language}"' in preview) == (200, True, True)
        assert "ds-error-summary" not in text_of(answer)
        assert "Fikk du svar?" in preview
    assert Question.objects.get(key="asked").texts == {"nb": "Har du spurt?"}
    more = staff.post(f"{BASE}/{filled.code}/questions/asked/", CHOICES | {"more": "1"})
    assert 'name="option_7_nb"' in text_of(more)
    assert 'value="Kanskje"' in text_of(more)
    empty = staff.post(f"{BASE}/{filled.code}/areas/safety/new-question/", {"look": "1", "option_rows": "9999999"})
    assert empty.status_code == 200


def test_the_preview_speaks_the_language_that_is_asked_for(filled: Survey, staff: Client) -> None:
    Question.objects.filter(key="safe").update(
        texts={"nb": "Jeg er trygg.", "nb-easy": "Trygg?", "sv": "Jag är trygg."}
    )
    for code, words in (
        ("nb-easy", "Trygg?"),
        ("sv", "Jag är trygg."),
        ("nn", "Jeg er trygg."),
        ("xx", "Jeg er trygg."),
    ):
        page = text_of(staff.get(f"{BASE}/{filled.code}/areas/safety/?shown_in={code}"))
        assert words in page.split('id="preview"')[1]


def test_areas_and_questions_move_and_the_focus_stays(filled: Survey, staff: Client) -> None:
    answer = staff.post(f"{BASE}/{filled.code}/areas/safety/move/", {"way": "up"})
    page = text_of(staff.get(answer.headers["Location"]))
    assert page.count("autofocus") == 1
    assert page.index("Jeg er trygg.") < page.index("Har du spurt?")
    answer = staff.post(f"{BASE}/{filled.code}/questions/asked/move/", {"way": "down"}, follow=True)
    assert "must come before it" in text_of(answer)
    assert [item.key for item in items_of(filled)] == ["safe", "asked", "answered"]
    assert "must come before it" in text_of(staff.post(f"{BASE}/{filled.code}/questions/asked/remove/", follow=True))
    staff.post(f"{BASE}/{filled.code}/questions/answered/remove/")
    staff.post(f"{BASE}/{filled.code}/areas/meeting/remove/")
    assert [item.key for item in items_of(filled)] == ["safe"]


def test_questions_are_taken_from_the_library(filled: Survey, staff: Client) -> None:
    address = f"{BASE}/{filled.code}/library/"
    nothing = staff.post(address, {})
    assert (nothing.status_code, "Choose at least one question." in text_of(nothing)) == (422, True)
    assert staff.post(address, {"items": ["age", "nonsense"]}).status_code == 422
    assert staff.post(address, {"area": "nonsense"}).status_code == 422
    assert Question.objects.count() == 3
    assert staff.post(address, {"area": "culture"}).headers["Location"] == f"{BASE}/{filled.code}/questionnaire/"
    assert Question.objects.filter(area__key="culture").count() == 6
    staff.post(address, {"items": ["age", "gender"]})
    assert Question.objects.filter(area__key="background").count() == 2
    assert "all taken in" in text_of(staff.get(address))


# --- No query a row -----------------------------------------------------------------------------------------------------


def queries_of(client: Client, path: str, count: Any) -> int:
    client.get(path)
    with count() as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_pages_cost_the_same_for_few_and_many(
    survey: Survey,
    staff: Client,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> CaptureQueriesContext:
        return CaptureQueriesContext(connection)

    insert_from_library(survey, ["library"], by=None, now=MONDAY)
    first = survey.areas.get()
    paths = [
        reverse("surveys:surveys"),
        reverse("surveys:survey", args=[survey.code]),
        reverse("surveys:questionnaire", args=[survey.code]),
        reverse("surveys:area", args=[survey.code, first.key]),
        reverse("surveys:library", args=[survey.code]),
        reverse("surveys:question", args=[survey.code, "library"]),
    ]
    few = [queries_of(staff, path, count) for path in paths]
    insert_from_library(
        survey, ["age", "gender", "sports-facilities", "roads", "cycling", "got-help"], by=None, now=MONDAY
    )
    copied = copy_survey(survey, titles={"nb": "Neste"}, by=None, now=MONDAY)
    copy_survey(copied, titles={"nb": "Enda en"}, by=None, now=MONDAY)
    assert [queries_of(staff, path, count) for path in paths] == few
