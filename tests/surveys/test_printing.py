"""The questionnaire on paper: every question for a pen, in each language, for archives and screen readers too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from organisation.models import Person
from organisation.permissions import Role
from surveys.letters import letters_pdf
from surveys.models import Draw, Survey
from surveys.printing import languages_to_print, questionnaire_pdf
from surveys.sample_queries import letters_by_language, to_post
from tests.factories import MONDAY, RoleFactory, Solvik
from tests.organisation.pdf_reading import Read, read
from tests.surveys.rounds import CLOSES, make_round, survey_of_every_kind
from tests.surveys.samples import a_fielded_survey

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def printed(survey: Survey, language: str = "en", *, easy: bool = False) -> Read:
    return read(questionnaire_pdf(survey, language, easy=easy, now=MONDAY).content)


def flat(read: Read) -> str:
    return " ".join(read.text.split())


def test_every_question_stands_there_for_a_pen(solvik: Solvik) -> None:
    survey = make_round(paper_until=CLOSES + timedelta(days=7)).survey
    pdf = printed(survey)
    text = flat(pdf)
    assert (pdf.part, pdf.conformance, pdf.ua_part) == ("2", "A", "1")
    assert pdf.all_embedded
    assert set(pdf.sizes) == {(210, 297)}
    assert pdf.language == "en"
    assert pdf.tags.count("H1") == 1
    assert pdf.tags.count("H2") == 3, "two areas, and the part that is handed in"
    for words in (
        "The roads are good", "1 = completely disagree", "6 = completely agree", "Don't know / not relevant",
        "Street lights", "Disagree", "In between", "Agree", "Do you use the library?", "Choose at most 2.",
        "Write 1 in the box of the most important", "At most 2.", "Anything else?", "Citizen survey",
        "What do you think of the municipality?",
    ):  # fmt: skip
        assert words in text, words
    # Filter questions say in words of whom they are asked, on the same page and across.
    assert text.count("Answer only if you chose «Yes» in question 3.") == 2
    # Where it goes, until when, and what cannot be had afterwards.
    assert "Hand it in at Solvik, Rådhusgata 1, 3290 Solvik, or send it by post." in text
    assert "Monday 7 December 2026" in text
    assert "nobody can find them again" in text
    assert "Nothing that we know of you is copied to the answer." in text
    assert "The code in your letter" in text
    assert not any(one.code in text for one in survey.invitations.all())


@pytest.mark.parametrize(
    ("language", "easy", "words"),
    [
        ("nb", False, ["Veiene er gode", "Koden i brevet ditt", "Svar bare hvis du valgte «Ja» på spørsmål 3."]),
        ("nb", True, ["Er veiene bra?"]),
        ("en", True, ["Are the roads good?"]),
    ],
)
def test_in_each_language_and_in_easy_words(solvik: Solvik, language: str, easy: bool, words: list[str]) -> None:
    text = flat(printed(make_round().survey, language, easy=easy))
    for said in words:
        assert said in text, text


def test_without_a_sample_there_is_no_code_to_write(solvik: Solvik) -> None:
    survey = survey_of_every_kind(open_to_all=True)
    text = flat(printed(survey))
    assert "code" not in text
    assert "Your answers are kept without anything that tells who you are." in text
    assert languages_to_print(survey) == [("nb", True), ("en", True)]


def test_the_stratum_that_is_copied_is_said(solvik: Solvik) -> None:
    survey = make_round().survey
    Draw.objects.filter(survey=survey).update(stratum="district")
    assert "only the district you live in is copied" in flat(printed(survey))


def test_the_page_of_fielding_leads_to_it(solvik: Solvik, adviser: Person, client: Client) -> None:
    survey = a_fielded_survey(languages=["nb", "en"])
    client.force_login(adviser)
    client.cookies["django_language"] = "en"
    page = " ".join(client.get(f"/staff/surveys/{survey.code}/fielding/").content.decode().split())
    posted = letters_by_language(survey)
    assert sum(posted.values()) == 40
    assert f"{posted['nb']} letters are in this language" in page
    at = f"/staff/surveys/{survey.code}/fielding/questionnaire/"
    answer = client.get(f"{at}nb/")
    assert answer["Content-Type"] == "application/pdf"
    assert read(answer.content).language == "nb"
    assert client.get(f"{at}sv/").status_code == 404
    enclosed = flat(read(client.get(f"/staff/surveys/{survey.code}/fielding/letters/?enclosed").content))
    assert "Eller fyll ut spørreskjemaet som ligger i brevet" in enclosed


def test_only_who_works_with_surveys_prints_it(solvik: Solvik, client: Client) -> None:
    survey = make_round().survey
    at = f"/staff/surveys/{survey.code}/fielding/questionnaire/nb/"
    assert client.get(at).status_code == 302
    client.force_login(solvik.handler)
    assert client.get(at).status_code == 403
    client.force_login(RoleFactory(role=Role.SERVICE_CENTRE).person)
    assert client.get(at).status_code == 200


def test_letters_with_a_questionnaire_still_take_one_page_each(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    made = letters_pdf(survey, list(to_post(survey, reminder=False)), now=MONDAY, enclosed=True)
    assert len(read(made.content).pages) == 40
