"""The pages of a survey's comments: who may open them, what they show and refuse, undo, files, and no query a row."""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from typing import Any

import pytest
import time_machine
from django.test import Client

from feedback.actions.closing import close_card
from feedback.models import Card
from feedback.workflow import CloseResult
from organisation.models import Person
from surveys.actions.comment_base import fingerprint
from surveys.actions.comments import Coding, send_comment
from surveys.comment_queries import comments_of
from surveys.models import Comment, Publication, Survey
from surveys.publishing import fresh_figures
from tests.factories import MONDAY, CategoryFactory, RuleFactory, Solvik
from tests.surveys.commented import make_commented, the_comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def survey(adviser: Person) -> Survey:
    return make_commented("Hull i veien", "Fint bibliotek", "Skolen er bra", held=("Ring 33 18 10 00 <b>",))


@pytest.fixture
def staff(adviser: Person, client: Client) -> Client:
    client.force_login(adviser)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def here(survey: Survey, path: str = "") -> str:
    return f"/staff/surveys/{survey.code}/comments/{path}"


def one(comment: Comment, step: str = "", query: str = "") -> str:
    return here(comment.survey, f"one/{comment.pk}/{step}") + query


def text_of(answer: Any) -> str:
    return answer.content.decode()


def coded(comment: Comment, **typed: str) -> dict[str, str]:
    return {"area": "", "unit": "", "kind": "", "category": "", "seen": fingerprint(comment), "do": "code"} | typed


def undo(client: Client, survey: Survey, answer: Any) -> Any:
    """Press the «undo» that the page offers."""
    found = re.search(r'name="steps" value="([^"]+)"', text_of(answer))
    assert found is not None
    return client.post(here(survey, "undo/"), {"steps": found[1], "back": ""}, follow=True)


# --- Who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "works", "reads"),
    [
        ("adviser", 200, 200),
        ("reader", 403, 200),
        ("clerk", 403, 403),
        ("roads_leader", 403, 403),
        ("handler", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_each_sees_what_is_theirs(
    solvik: Solvik, adviser: Person, survey: Survey, client: Client, name: str, works: int, reads: int
) -> None:
    client.force_login(adviser if name == "adviser" else getattr(solvik, name))
    comment = the_comment(survey, "Hull")
    assert {client.get(address).status_code for address in (here(survey), one(comment))} == {works}
    paths = ("by-area/", "files/csv/", "files/xlsx/")
    assert {client.get(here(survey, path)).status_code for path in paths} == {reads}
    if works == 403:
        before = list(Comment.objects.order_by("pk").values())
        doors = [here(survey), one(comment), here(survey, "undo/")]
        doors += [one(comment, step) for step in ("release/", "leave-out/", "redact/")]
        assert {client.post(door, coded(comment, unit="Vei", do="send")).status_code for door in doors} == {403}
        assert (list(Comment.objects.order_by("pk").values()), Card.objects.count()) == (before, 0)


def test_nobody_gets_in_without_signing_in(survey: Survey, client: Client) -> None:
    comment = the_comment(survey, "Hull")
    for door in (here(survey), one(comment), here(survey, "by-area/"), here(survey, "files/csv/")):
        assert client.get(door).headers["Location"].startswith("/accounts/login/")
    assert client.post(one(comment, "leave-out/")).headers["Location"].startswith("/accounts/login/")


def test_what_is_not_there_or_not_to_be_read_is_404(survey: Survey, staff: Client) -> None:
    running = make_commented("Ny", code="running", stage="fielded")
    few = make_commented("Ny", code="few", answers=4)
    for door in (
        one(the_comment(running)), one(the_comment(few)), here(running, "files/csv/"), here(few, "files/xlsx/"),
        here(survey, f"one/{uuid.uuid4()}/"), here(few, f"one/{the_comment(survey, 'Hull').pk}/"),
        here(survey, "files/pdf/"),
    ):  # fmt: skip
        assert staff.get(door).status_code == 404
    assert staff.post(one(the_comment(survey, "Hull"), "burn/")).status_code == 404
    for which, sentence in ((running, "when the survey is closed"), (few, "Fewer than 5 have answered")):
        for path in ("", "by-area/"):
            page = staff.get(here(which, path))
            assert (page.status_code, sentence in text_of(page), "Ny<" in text_of(page)) == (200, True, False)


# --- The list -------------------------------------------------------------------------------------------------------------


def test_the_list_shows_progress_and_filters(solvik: Solvik, survey: Survey, staff: Client) -> None:
    hole = the_comment(survey, "Hull")
    staff.post(one(hole), coded(hole, area="roads", unit="Vei"))
    Comment.objects.filter(text="Skolen er bra").update(question="about-roads")
    page = text_of(staff.get(here(survey)))
    assert "1 of 4 coded" in page
    assert "1 comment may name somebody" in page
    shown = {
        "?state=kept": {"Fint bibliotek", "Skolen er bra"},
        "?state=held": {"Ring 33 18 10 00 &lt;b&gt;"},
        "?area=roads": {"Hull i veien"},
        "?area=-&state=kept": {"Fint bibliotek", "Skolen er bra"},
        "?unit=roads": {"Hull i veien"},
        "?unit=-": {"Fint bibliotek", "Skolen er bra", "Ring 33 18 10 00 &lt;b&gt;"},
        "?question=about-roads": {"Skolen er bra"},
        "?state=nonsense": {"Hull i veien", "Fint bibliotek", "Skolen er bra", "Ring 33 18 10 00 &lt;b&gt;"},
    }
    for query, texts in shown.items():
        found = re.findall(r'comment-row" [^>]+>([^<]+)<', text_of(staff.get(here(survey, query))))
        assert set(found) == texts, query


def test_the_list_costs_no_query_a_row(survey: Survey, staff: Client, django_assert_num_queries: Any) -> None:
    RuleFactory(words=["hull"])
    with django_assert_num_queries(20):
        staff.get(here(survey))
    for number in range(30):
        Comment.objects.create(survey=survey, question="more", text=f"Hull {number}")
    with django_assert_num_queries(20):
        staff.get(here(survey))


def test_several_are_coded_sent_and_undone(solvik: Solvik, survey: Survey, staff: Client) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    ticks = [f"{comment.pk}.{fingerprint(comment)}" for comment in comments_of(survey).exclude(state="held")]
    answer = staff.post(here(survey), {"comment": ticks, "do": "code", "area": "roads", "unit": "vann"}, follow=True)
    assert "3 comments are coded." in text_of(answer)
    assert set(comments_of(survey).exclude(state="held").values_list("area__key", "unit__code")) == {("roads", "water")}
    answer = undo(staff, survey, answer)
    assert "Undone: 3 comments are as they were." in text_of(answer)
    assert set(comments_of(survey).values_list("state", flat=True)) == {"kept", "held"}
    ticks = [f"{comment.pk}.{fingerprint(comment)}" for comment in comments_of(survey)]
    answer = staff.post(here(survey), {"comment": ticks, "do": "suggested", "area": "", "unit": ""})
    assert answer.status_code == 422
    assert "2 comments were not changed" in text_of(answer)
    assert (the_comment(survey, "Hull").unit, the_comment(survey, "Fint").state) == (solvik.roads, "kept")
    hole = the_comment(survey, "Hull")
    tick = f"{hole.pk}.{fingerprint(hole)}"
    answer = staff.post(
        here(survey), {"comment": [tick, "nonsense"], "do": "send", "area": "", "unit": ""}, follow=True
    )
    assert "1 card was made." in text_of(answer)
    assert Card.objects.get().unit == solvik.roads


def test_the_list_refuses_with_a_sentence_and_keeps_what_was_ticked(survey: Survey, staff: Client) -> None:
    hole = the_comment(survey, "Hull")
    tick = f"{hole.pk}.{fingerprint(hole)}"
    for posted, sentence in (
        ({"do": "code", "area": "roads", "unit": ""}, "Tick the comments first."),
        ({"do": "code", "comment": tick, "area": "", "unit": ""}, "Choose an area or a unit."),
        ({"do": "code", "comment": tick, "area": "", "unit": "Vegen"}, "There is no unit «Vegen»"),
        ({"do": "code", "comment": tick, "area": "nowhere", "unit": ""}, "Select a valid choice"),
    ):
        answer = staff.post(here(survey), posted)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True), sentence
        if "comment" in posted:
            assert re.search(rf'value="{re.escape(tick)}"[^>]* checked', text_of(answer))
    assert staff.post(here(survey), {"do": "burn", "comment": tick, "area": "", "unit": ""}).status_code == 404
    assert the_comment(survey, "Hull").state == "kept"


# --- One comment ----------------------------------------------------------------------------------------------------------


def test_a_comment_is_sent_with_one_press_and_the_next_comes(solvik: Solvik, survey: Survey, staff: Client) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    category = CategoryFactory(name="Veg")
    hole = the_comment(survey, "Hull")
    page = text_of(staff.get(one(hole, query="?state=kept")))
    assert 'value="Vei"' in page
    assert "Vei is suggested by the rules: «hull»." in page
    typed = coded(hole, area="roads", unit="Vei", kind="complaint", category=category.code, do="send")
    answer = staff.post(one(hole, query="?state=kept"), typed, follow=True)
    card = Card.objects.get()
    assert f"Card {card.reference} was made for Vei." in text_of(answer)
    assert (card.kind, card.category, card.unit) == ("complaint", category, solvik.roads)
    path, _status = answer.redirect_chain[-1]
    assert path in {one(the_comment(survey, text), query="?state=kept") for text in ("Fint", "Skolen")}
    staff.post(one(hole), typed)  # pressed once more, from a page that is out of date
    assert Card.objects.count() == 1
    assert card.reference in text_of(staff.get(one(hole)))
    assert "Undone" in text_of(undo(staff, survey, answer))
    assert (Card.objects.count(), the_comment(survey, "Hull").state) == (0, "kept")


def test_after_the_last_comes_the_list(solvik: Solvik, adviser: Person, staff: Client) -> None:
    survey = make_commented("Alene", code="alone")
    comment = the_comment(survey)
    answer = staff.post(one(comment, query="?state=kept"), coded(comment, unit="Vei"))
    assert answer.headers["Location"] == here(survey, "?state=kept")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"do": "send"}, "Choose the unit that the card goes to."),
        ({}, "Choose an area or a unit."),
        ({"unit": "Vegen og sånt"}, "There is no unit «Vegen og sånt»."),
        ({"area": "nowhere"}, "Select a valid choice"),
        ({"unit": "Vei", "seen": "old"}, "Somebody else has changed the comment meanwhile."),
    ],
)
def test_what_is_refused_comes_back_with_what_was_typed(
    survey: Survey, staff: Client, typed: dict[str, str], sentence: str
) -> None:
    hole = the_comment(survey, "Hull")
    answer = staff.post(one(hole), coded(hole, kind="praise", **typed))
    page = text_of(answer)
    assert (answer.status_code, sentence in page) == (422, True)
    assert '<option value="praise" selected>' in page
    assert (the_comment(survey, "Hull").state, Card.objects.count()) == ("kept", 0)


def test_a_held_comment_is_looked_through(survey: Survey, staff: Client) -> None:
    held = the_comment(survey, "Ring")
    page = text_of(staff.get(one(held)))
    assert "<mark>33 18 10 00</mark> &lt;b&gt;" in page
    assert "It may hold a phone number." in page
    assert "Ring […] &lt;b&gt;</textarea>" in page
    seen = {"seen": fingerprint(held)}
    answer = staff.post(one(held, "redact/"), seen | {"text": "Ring oss"})
    assert answer.status_code == 422
    assert "There are words here that were not in the comment." in text_of(answer)
    assert "Ring oss</textarea>" in text_of(answer)
    answer = staff.post(one(held), coded(held, unit="Vei", do="send"))
    assert (answer.status_code, "may name somebody" in text_of(answer)) == (422, True)
    answer = staff.post(one(held, "redact/"), seen | {"text": "Ring […] <b>"}, follow=True)
    assert "Taken away for good." in text_of(answer)
    assert 'name="steps"' not in text_of(answer)
    assert (the_comment(survey, "Ring").text, the_comment(survey, "Ring").state) == ("Ring […] <b>", "kept")


def test_leaving_out_and_releasing_can_be_undone_by_the_one_who_did_it(
    solvik: Solvik, survey: Survey, staff: Client, adviser: Person
) -> None:
    held = the_comment(survey, "Ring")
    seen = {"seen": fingerprint(held)}
    answer = staff.post(one(held, "release/"), seen, follow=True)
    assert "The comment can be coded now." in text_of(answer)
    assert "Undone" in text_of(undo(staff, survey, answer))
    answer = staff.post(one(held, "leave-out/"), seen, follow=True)
    token = re.search(r'name="steps" value="([^"]+)"', text_of(answer))[1]  # type: ignore[index]
    assert the_comment(survey, "Ring").state == "removed"
    wrong = staff.post(here(survey, "undo/"), {"steps": token + "x"}, follow=True)
    assert "by the one who did it" in text_of(wrong)
    with time_machine.travel(MONDAY.timestamp() + 601, tick=False):
        late = staff.post(here(survey, "undo/"), {"steps": token}, follow=True)
    assert "by the one who did it" in text_of(late)
    undone = staff.post(here(survey, "undo/"), {"steps": token, "back": "https://evil.test/staff/surveys/"})
    assert undone.headers["Location"] == one(held)
    assert the_comment(survey, "Ring").state == "held"


def test_one_comment_costs_as_many_queries_as_many_do(
    survey: Survey, staff: Client, django_assert_num_queries: Any
) -> None:
    hole = the_comment(survey, "Hull")
    for _round in range(2):
        with django_assert_num_queries(22):
            staff.get(one(hole))
        for number in range(20):
            Comment.objects.create(survey=survey, question="more", text=f"Hull {number}")


# --- Read, files, figures -------------------------------------------------------------------------------------------------


def test_readers_read_released_comments_by_area(
    solvik: Solvik, survey: Survey, adviser: Person, client: Client
) -> None:
    roads = survey.areas.get(key="roads")
    send_comment(the_comment(survey, "Hull"), Coding(roads, solvik.roads, "complaint"), by=adviser, now=MONDAY)
    client.force_login(solvik.reader)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = text_of(client.get(here(survey, "by-area/")))
    assert re.findall(r'id="area-\d">\s*([^<]+?) <', page) == ["Roads", "Not coded by area"]
    assert ("Hull i veien" in page, "Ring 33" in page, "Code the comments" in page) == (True, False, False)
    answer = client.get(here(survey, "files/csv/"))
    rows = {row["comment"]: row for row in csv.DictReader(io.StringIO(text_of(answer)))}
    assert set(rows) == {"Hull i veien", "Fint bibliotek", "Skolen er bra"}
    assert (rows["Hull i veien"]["area_label"], rows["Hull i veien"]["unit"], rows["Hull i veien"]["kind"]) == (
        "Roads",
        "roads",
        "Complaint",
    )
    assert set(rows["Hull i veien"]) & {"id", "language", "card", "reference", "stratum"} == set()
    book = client.get(here(survey, "files/xlsx/"))
    with zipfile.ZipFile(io.BytesIO(b"".join(book))) as inside:
        assert "Hull i veien" in inside.read("xl/sharedStrings.xml").decode()


def test_a_formula_in_a_comment_is_text_in_the_file(adviser: Person, staff: Client) -> None:
    survey = make_commented("=HYPERLINK(1)", code="formula")
    rows = list(csv.DictReader(io.StringIO(text_of(staff.get(here(survey, "files/csv/"))))))
    assert rows[0]["comment"] == "'=HYPERLINK(1)"


def test_reading_costs_no_query_a_comment(survey: Survey, staff: Client, django_assert_num_queries: Any) -> None:
    for _round in range(2):
        with django_assert_num_queries(13):
            staff.get(here(survey, "by-area/"))
        for number in range(20):
            Comment.objects.create(survey=survey, question="more", text=f"Hull {number}")


def test_staff_and_everybody_see_what_came_of_the_comments(solvik: Solvik, adviser: Person, staff: Client) -> None:
    survey = make_commented(*(f"Hull {number}" for number in range(12)), code="told", stage="published")
    for comment in list(comments_of(survey))[:6]:
        card = send_comment(comment, Coding(unit=solvik.roads), by=adviser, now=MONDAY).card
        close_card(card, result=CloseResult.NOTED, by=solvik.roads_leader, now=MONDAY)
    Publication.objects.create(survey=survey, publish_on=MONDAY.date(), figures=fresh_figures(survey), made_at=MONDAY)
    page = text_of(staff.get(f"/staff/surveys/{survey.code}/results/"))
    assert "What came of the comments" in page
    assert "<strong>12</strong> came in" in page
    public = text_of(staff.get(f"/surveys/{survey.code}/results/"))
    assert "About 10 comments were written" in public
    assert "The unit has considered about 5 of these, and has written down what came of it." in public
    assert "Hull 1" not in public
    assert "comments/" in text_of(staff.get(f"/staff/surveys/{survey.code}/"))
    card_page = text_of(staff.get(f"/staff/cards/{Card.objects.first().reference}/"))  # type: ignore[union-attr]
    assert "Citizen survey" in card_page or "Innbyggerundersøkelsen: Anything else?" in card_page
