"""The pages of sample and fielding: who may, what is refused in words, what is lost (nothing)."""

from __future__ import annotations

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organisation.models import Person
from surveys.actions.answering import save_draft
from surveys.models import Draw, Invitation, Population, Survey
from tests.factories import MONDAY, Solvik
from tests.surveys.samples import WHILE_OPEN, a_fielded_survey, a_population, a_survey, register_rows

pytestmark = pytest.mark.django_db

AT = "/staff/surveys/innbygger-2026"


@pytest.fixture
def page(client: Client, adviser: Person) -> Client:
    client.force_login(adviser)
    client.cookies["django_language"] = "en"
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def upload(page: Client, content: bytes, do: str = "read", **more: str):
    file = SimpleUploadedFile("november.csv", content, "text/csv")
    return page.post("/staff/populations/", {"file": file, "do": do, **more})


def test_a_file_is_checked_then_read_in(page: Client) -> None:
    content = "\n".join(register_rows(20)).encode()
    checked = upload(page, content, do="check")
    assert checked.status_code == 200
    assert "The file can be read in. Nothing was written." in text(checked)
    assert not Population.objects.exists()
    assert upload(page, content).status_code == 302
    assert Population.objects.get().name == "november"
    assert "This file was read in before" in text(upload(page, content))
    assert Population.objects.count() == 1


def test_faults_are_shown_line_by_line(page: Client) -> None:
    answer = upload(page, b"id;navn;sprak\n1;Kari;nb\n1;<b>Ola</b>;nb\n", name="Mitt register")
    assert answer.status_code == 422
    assert "The id 1 stands on line 2 already." in text(answer)
    assert 'value="Mitt register"' in text(answer)
    assert not Population.objects.exists()


def test_a_file_that_is_none_is_refused_at_its_field(page: Client) -> None:
    for content, said in ((b"\x00\x01", "This is no CSV file."), (b"", "The file is empty.")):
        answer = upload(page, content)
        assert answer.status_code == 422
        assert said in text(answer)
    assert "Choose a file." in text(page.post("/staff/populations/", {"do": "read"}))


def test_the_sample_is_planned_drawn_and_drawn_anew(page: Client) -> None:
    survey, population = a_survey(), a_population(100)
    planned = page.get(f"{AT}/sample/", {"margin": "0,3", "response": "40", "sd": "1,2", "people": "100"})
    assert "Invite 100 to get 40 answers." in text(planned) or "Invite" in text(planned)
    assert "Not even" in text(
        page.get(f"{AT}/sample/", {"margin": "0,0000001", "response": "40", "sd": "1,2", "people": ""})
    )
    form = {"population": population.pk, "method": "proportional", "stratum": "", "size": "40", "seed": "2026"}
    refused = page.post(f"{AT}/sample/", form)
    assert refused.status_code == 422
    assert "Choose what the groups are made by." in text(refused)
    assert 'value="2026"' in text(refused)
    assert page.post(f"{AT}/sample/", form | {"size": "mange"}).status_code == 422
    assert page.post(f"{AT}/sample/", form | {"stratum": "district"}).status_code == 302
    shown = text(page.get(f"{AT}/sample/"))
    assert "40 drawn of 100" in shown
    assert "<code>2026</code>" in shown
    assert "Small groups, joined" in shown
    page.post(f"{AT}/sample/", form | {"stratum": "gender"})
    assert "Draw number 2 of this survey." in text(page.get(f"{AT}/sample/"))
    assert Draw.objects.get(survey=survey).stratum == "gender"


def test_fielding_by_the_page(page: Client) -> None:
    survey = a_survey()
    form = {
        "opens_on": "09.11.2026",
        "opens_time": "8",
        "closes_on": "30.11.2026",
        "closes_time": "",
        "reminders_at_most": "2",
    }
    with time_machine.travel(MONDAY, tick=False):
        assert "08:00" not in text(page.get(f"{AT}/fielding/"))
        wrong = page.post(f"{AT}/fielding/", form)
        assert wrong.status_code == 422
        assert "is not a time" in text(wrong)
        assert 'value="30.11.2026"' in text(wrong)
        form["opens_time"] = "0800"
        nobody = page.post(f"{AT}/fielding/", form)
        assert "Nobody is asked" in text(nobody)
        page.post(f"{AT}/sample/", {"population": a_population(60).pk, "method": "simple", "size": "30"})
        assert page.post(f"{AT}/fielding/", form).status_code == 302
    survey.refresh_from_db()
    assert survey.opens_at is not None
    assert survey.closes_at is not None
    assert (survey.opens_at.isoformat(), survey.closes_at.isoformat()) == (
        "2026-11-09T07:00:00+00:00",
        "2026-11-30T22:59:00+00:00",
    )
    pdf = page.get(f"{AT}/fielding/letters/")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert page.get(f"{AT}/fielding/letters/?reminder").status_code == 404


def test_reminders_marks_and_closing_by_the_page(page: Client, solvik: Solvik) -> None:
    survey = a_fielded_survey()
    code = Invitation.objects.order_by("pk")[0].code
    with time_machine.travel(WHILE_OPEN, tick=False):
        assert "0 of 40 have answered" in text(page.get(f"{AT}/fielding/"))
        assert "Reminded:" in text(page.post(f"{AT}/fielding/remind/", {"after": "0"}, follow=True))
        again = page.post(f"{AT}/fielding/remind/", {"after": "0"}, follow=True)
        assert "Reminders have gone out since you opened this page." in text(again)
        assert not Invitation.objects.filter(reminders=2).exists()
        page.post(f"{AT}/fielding/remind/", {"after": "spoiled"})
        assert not Invitation.objects.filter(reminders=2).exists()
        slip = page.post(f"{AT}/fielding/mark/", {"code": code[:-1] + "?", "what": "returned"})
        assert slip.status_code == 422
        assert "That is not a code" in text(slip)
        marked = page.post(f"{AT}/fielding/mark/", {"code": code.lower(), "what": "returned"}, follow=True)
        assert "the letter came back" in text(marked)
        assert Invitation.objects.get(code=code).returned
        moved = page.post(f"{AT}/fielding/closing/", {"closes_on": "01.12.2026", "closes_time": "12:00"})
        assert moved.status_code == 302
        early = page.post(f"{AT}/fielding/closing/", {"closes_on": "01.01.2026"})
        assert early.status_code == 422
        assert "must close after it opens" in text(early)
    assert Survey.objects.get(pk=survey.pk).closes_at.day == 1


def test_opening_and_closing_at_once_by_the_page(page: Client, solvik: Solvik) -> None:
    survey = a_fielded_survey(open_to_all=True, kiosk=True)
    one = Invitation.objects.order_by("pk")[0]
    with time_machine.travel(MONDAY, tick=False):
        before = text(page.get(f"{AT}/fielding/"))
        assert "Open it now" in before
        assert f"{settings.SITE_URL}/surveys/innbygger-2026/" in before
        assert "/surveys/innbygger-2026/kiosk/" in before
        move = {
            "opens_on": "16.11.2026",
            "opens_time": "",
            "closes_on": "30.11.2026",
            "closes_time": "",
            "paper_until": "",
        }
        early = page.post(f"{AT}/fielding/closing/", move | {"paper_until": "30.11.2026"})
        assert early.status_code == 422
        assert "Paper comes after the closing" in text(early)
        assert page.post(f"{AT}/fielding/closing/", move | {"paper_until": "07.12.2026"}).status_code == 302
        assert "The survey is open." in text(page.post(f"{AT}/fielding/open/", follow=True))
        assert "The survey has opened already." in text(page.post(f"{AT}/fielding/open/", follow=True))
        survey.refresh_from_db()
        assert (survey.opens_at, survey.paper_until.isoformat()) == (MONDAY, "2026-12-07T22:59:00+00:00")
        save_draft(one, {"q1": 4}, language="nb", easy=False, now=MONDAY)
        asked = text(page.get(f"{AT}/fielding/close/"))
        for said in (
            "It cannot be undone",
            "1 answer that was begun and not sent is deleted.",
            "0 of 40 have answered",
        ):
            assert said in asked
        assert Survey.objects.get(pk=survey.pk).stage == "fielded"  # asking closes nothing
        assert "The survey is closed." in text(page.post(f"{AT}/fielding/close/", follow=True))
        assert page.get(f"{AT}/fielding/close/").status_code == 302
    survey.refresh_from_db()
    assert (survey.stage, survey.closed_at) == ("closed", MONDAY)
    assert not Population.objects.get().residents.exists()


def test_a_draft_is_not_closed(page: Client) -> None:
    a_survey()
    assert page.get(f"{AT}/fielding/close/").status_code == 302
    assert "Only a survey that is in the field can be closed." in text(page.post(f"{AT}/fielding/close/", follow=True))
    assert "That is for surveys that are fielded" in text(page.post(f"{AT}/fielding/open/", follow=True))


@pytest.mark.parametrize(
    ("who", "sees_counts", "marks"),
    [("adviser", True, True), ("clerk", True, True), ("reader", True, False), ("handler", False, False)],
)
def test_who_may(client: Client, solvik: Solvik, adviser: Person, who: str, sees_counts: bool, marks: bool) -> None:
    a_fielded_survey()
    manages = who == "adviser"
    client.force_login(adviser if manages else getattr(solvik, who))
    for path in ("/staff/populations/", f"{AT}/sample/", f"{AT}/fielding/letters/"):
        assert client.get(path).status_code == (200 if manages else 403), path
    assert client.get(f"{AT}/fielding/").status_code == (200 if sees_counts else 403)
    code = Invitation.objects.order_by("pk")[0].code
    marked = client.post(f"{AT}/fielding/mark/", {"code": code, "what": "returned"})
    assert marked.status_code == (302 if marks else 403)
    for path, form in (("remind/", {"after": "0"}), ("closing/", {"closes_on": "01.12.2026"}), ("open/", {}), ("", {})):
        answer = client.post(f"{AT}/fielding/{path}", form)
        assert (answer.status_code == 403) is not manages, path
    assert (client.get(f"{AT}/fielding/close/").status_code == 403) is not manages
    if not manages:
        assert client.post(f"{AT}/fielding/close/").status_code == 403
    population = Population.objects.get()
    assert (client.post(f"/staff/populations/{population.pk}/forget/").status_code == 403) is not manages
    assert population.residents.exists()


def test_whoever_is_not_signed_in_is_asked_to(client: Client, solvik: Solvik) -> None:
    a_fielded_survey()
    for path in ("/staff/populations/", f"{AT}/sample/", f"{AT}/fielding/", f"{AT}/fielding/letters/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_the_pages_take_as_many_queries_for_many(page: Client, django_assert_max_num_queries) -> None:
    a_fielded_survey(people=400)
    page.get(f"{AT}/fielding/")
    with time_machine.travel(WHILE_OPEN, tick=False), django_assert_max_num_queries(20):
        page.get(f"{AT}/fielding/?by=district")
    with django_assert_max_num_queries(14):
        page.get(f"{AT}/sample/")


def test_what_is_not_there_is_not_found(page: Client, solvik: Solvik) -> None:
    for path in ("sample/", "fielding/", "fielding/letters/"):
        assert page.get(f"/staff/surveys/nothing/{path}").status_code == 404
