"""The pages of actions and meetings: who may, bad input, nothing lost, files, and that a list costs the same."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from feedback.models import Card
from organisation.models import Person
from organisation.permissions import Role
from reporting.models import Initiative, InitiativeNote, Meeting, MeetingInput, Theme
from tests.factories import PersonFactory, RoleFactory, Solvik, oslo
from tests.reporting.plans import a_meeting, an_action, told
from tests.reporting.scorecards import an_indicator, write

pytestmark = pytest.mark.django_db
NOW = oslo(2026, 11, 16, 13)
ACTIONS, MEETINGS = "/staff/actions/", "/staff/meetings/"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    return RoleFactory(person=PersonFactory(language="en"), role=Role.QUALITY_ADVISER).person


def english(client: Client, person: Person) -> Client:
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(answer.content.decode().split())


@pytest.mark.slow
def test_who_sees_and_who_writes(client: Client, solvik: Solvik, adviser: Person) -> None:
    action = an_action(solvik.roads, person=solvik.handler)
    hidden = an_action(solvik.roads, title="Noe annet")
    meeting, (said,) = a_meeting(solvik.roads, "Hei")
    here, there, held = f"{ACTIONS}{action.pk}/", f"{ACTIONS}{hidden.pk}/", f"{MEETINGS}{meeting.pk}/"
    pages = [
        ACTIONS, here, there, f"{here}settings/", f"{ACTIONS}new/", f"{ACTIONS}budget/", f"{ACTIONS}budget.csv", MEETINGS,
        held, f"{held}settings/", f"{MEETINGS}new/", f"{held}said/{said.pk}/card/",
    ]  # fmt: skip
    sees = [200, 200, 200, 403, 403, 200, 200, 200, 200, 403, 403, 403]
    for person, expected in (
        (adviser, [200] * 12),
        (solvik.roads_leader, [200] * 12),
        (solvik.water_leader, [200, 200, 200, 403, 200, 200, 200, 200, 200, 403, 200, 403]),
        (solvik.clerk, [200, 200, 200, 403, 403, 200, 200, 200, 200, 200, 200, 200]),
        (solvik.chief, sees),
        (solvik.reader, sees),
        # The case handler is responsible for one, and sees that one alone.
        (solvik.handler, [200, 200, 404, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
        (PersonFactory(), [403] * 12),
    ):
        client.force_login(person)
        assert [client.get(path).status_code for path in pages] == expected, person
    posts = [f"{here}follow-up/", f"{here}evidence/", f"{here}settings/", f"{held}said/", f"{held}remove/"]
    posts += [f"{held}said/{said.pk}/"]
    posts += [f"{held}said/{said.pk}/make-card/", f"{held}said/{said.pk}/remove/", f"{ACTIONS}new/", f"{MEETINGS}new/"]
    for person in (solvik.chief, solvik.reader):
        client.force_login(person)
        assert {client.post(path, {"text": "x", "inputs": "x"}).status_code for path in posts} == {403}
    client.force_login(solvik.water_leader)
    assert {client.post(path, {"text": "x", "inputs": "x"}).status_code for path in posts[:8]} == {403}
    client.force_login(adviser)
    for missing in (f"{ACTIONS}99/", f"{MEETINGS}99/", f"{held}said/99/card/", f"{ACTIONS}new/?input=99"):
        assert client.get(missing).status_code == 404
    assert client.get(f"{ACTIONS}new/?input=many").status_code == 404
    assert client.get(f"{ACTIONS}budget.pdf").status_code == 404
    client.logout()
    assert client.get(ACTIONS).status_code == 302
    assert (Card.objects.count(), InitiativeNote.objects.count(), Meeting.objects.count()) == (0, 0, 1)


def test_an_action_is_planned_from_a_theme(client: Client, solvik: Solvik, adviser: Person) -> None:
    Theme.objects.create(key="roads", names={"nb": "Veier", "en": "Roads"})
    indicator = an_indicator("Brøyting", decimals=1)
    write(indicator, {2025: "3.9"}, unit=solvik.roads.pk)
    english(client, adviser)
    asked = f"{ACTIONS}new/?theme=roads&indicator={indicator.key}&unit=roads&title=Bedre+br%C3%B8yting"
    html = text(client, asked)
    for chosen in ("roads", indicator.key):
        assert f'<option value="{chosen}" selected>' in html
    assert html.count('<option value="roads" selected>') == 3  # theme, responsible unit, and whose figures
    assert 'value="Bedre brøyting"' in html
    assert '<option value="theme" selected>' in html
    typed = {
        "title": "Bedre brøyting", "unit": "roads", "due_on": "1.12.2026", "theme": "roads", "indicator": indicator.key,
        "place": "roads", "target": "4,6", "budget_amount": "350 000", "origin": "theme",
    }  # fmt: skip
    response = client.post(asked, typed)
    made = Initiative.objects.get()
    assert response.headers["Location"] == f"{ACTIONS}{made.pk}/"
    assert (str(made.target), made.target_year, made.budget_amount) == ("4.600000", 2026, 350_000)
    html = text(client, f"{ACTIONS}{made.pk}/")
    assert "The action is planned." in html
    assert "350,000 NOK" in html
    assert "Measured last" in html
    # An address that names what is not there begins with nothing of it.
    html = text(client, f"{ACTIONS}new/?theme=none&indicator=%00&unit=none&title=Hei&origin=x")
    assert 'value="Hei"' in html


def test_a_plan_that_cannot_be_keeps_all_that_was_typed(client: Client, solvik: Solvik, adviser: Person) -> None:
    indicator = an_indicator()
    english(client, adviser)
    typed = {
        "title": "Bedre", "what": "Mer enn nå", "unit": "roads", "due_on": "31.02.2027", "indicator": indicator.key,
        "target": "syv", "target_year": "20225", "budget_amount": "mye", "person": "999999",
    }  # fmt: skip
    response = client.post(f"{ACTIONS}new/", typed)
    html = response.content.decode()
    assert response.status_code == 422
    for sentence in (
        "«31.02.2027» is not in the calendar.", "«syv» is no number.", "«20225» is no year from 1950 to 2046.",
        "«mye» is no whole amount.", "That one is not there any more.",
    ):  # fmt: skip
        assert html.count(sentence) == 2, sentence
    for kept in ('value="Bedre"', "Mer enn nå</textarea>", 'value="syv"', 'value="mye"', 'value="31.02.2027"'):
        assert kept in html, kept
    good = typed | {"due_on": "1.12.2026", "target": "7", "target_year": "", "budget_amount": "", "person": ""}
    for wrong, sentence in (
        ({}, "The scale goes from 1 to 6. 7 is outside it."),
        ({"target": "", "due_on": "15.11.2026"}, "The deadline has passed already."),
        ({"target": "", "person": str(solvik.water_leader.pk)}, "does not work in Vei."),
        ({"target": "5", "indicator": ""}, "Choose the indicator that the target is of."),
        ({"target": "", "title": ""}, "Write in a few words what shall be done."),
        ({"target": "", "budget_amount": "-5"}, "«-5» is no whole amount."),
    ):
        response = client.post(f"{ACTIONS}new/", good | wrong)
        assert (response.status_code, response.content.decode().count(sentence)) == (422, 2), sentence
    assert not Initiative.objects.exists()
    # A leader cannot choose another's unit.
    english(client, solvik.roads_leader)
    response = client.post(f"{ACTIONS}new/", good | {"target": "", "unit": "water"})
    assert (response.status_code, Initiative.objects.count()) == (422, 0)


def test_a_follow_up_from_the_page(client: Client, solvik: Solvik) -> None:
    action = an_action(solvik.roads, person=solvik.handler)
    here = f"{ACTIONS}{action.pk}/"
    english(client, solvik.handler)
    assert "Change the plan" not in text(client, here)
    response = client.post(f"{here}follow-up/", {"text": "Begynt på Neset", "status": "under_way"})
    assert response.headers["Location"] == here
    html = text(client, here)
    assert "Status: Planned → Under way · Follow-up" in html
    assert "Begynt på Neset" in html
    response = client.post(f"{here}follow-up/", {"text": "Ferdig <b>", "status": "done", "on": "17.11.2026"})
    html = response.content.decode()
    assert (response.status_code, html.count("That day has not come yet.")) == (422, 2)
    assert "Ferdig &lt;b&gt;</textarea>" in html
    assert 'value="17.11.2026"' in html
    assert re.search(r'value="done"[^>]* checked', html)
    assert client.post(f"{here}follow-up/", {}).status_code == 422
    response = client.post(f"{here}follow-up/", {"status": "planned", "text": "x"})
    assert "Somebody has changed the status meanwhile." in response.content.decode()
    response = client.post(f"{here}evidence/", {"evidence": "Kart", "url": "ikke en adresse"})
    assert (response.status_code, response.content.decode().count("Write the address in full")) == (422, 2)
    client.post(f"{here}evidence/", {"evidence": "Kart", "url": "https://solvik.test/kart"})
    assert 'href="https://solvik.test/kart"' in text(client, here)
    client.post(f"{here}evidence/{action.evidence.get().pk}/remove/")
    note = InitiativeNote.objects.get()
    client.post(f"{here}notes/{note.event_id}/remove/")
    html = text(client, here)
    assert "Begynt på Neset" not in html
    assert "Put right: follow-up taken away" in html
    assert "solvik.test/kart" not in html


def test_the_list_is_mine_my_units_late_or_by_theme(client: Client, solvik: Solvik, adviser: Person) -> None:
    theme = Theme.objects.create(key="roads", names={"nb": "Veier", "en": "Roads"})

    an_action(solvik.roads, title="Brøyte", theme=theme)
    an_action(solvik.roads, title="Strø", on=date(2026, 1, 1), due_on=date(2026, 11, 15), person=solvik.handler)
    an_action(solvik.water, title="Lekkasje")
    told(an_action(solvik.water, title="Gammelt"), status="done")

    def titles(path: str) -> list[str]:
        return re.findall(r'<a class="ds-link headline"[^>]*>([^<]+)</a>', text(client, f"{ACTIONS}{path}"))

    english(client, solvik.roads_leader)
    assert titles("") == titles("?whose=unit") == ["Strø", "Brøyte"]
    assert titles("?whose=mine") == ["Brøyte"]
    assert titles("?whose=all") == ["Strø", "Lekkasje", "Brøyte"]
    english(client, adviser)
    assert titles("") == ["Strø", "Lekkasje", "Brøyte"]
    assert titles("?status=late") == ["Strø"]
    assert titles("?status=done") == ["Gammelt"]
    assert titles("?status=all") == ["Strø", "Lekkasje", "Brøyte", "Gammelt"]
    assert titles("?theme=roads") == ["Brøyte"]
    assert titles("?unit=water&status=all") == ["Lekkasje", "Gammelt"]
    assert titles("?theme=none&unit=none&status=none&whose=none&page=none")  # what is not known is not chosen
    assert "Late" in text(client, ACTIONS)
    english(client, solvik.handler)
    assert titles("") == titles("?whose=all") == ["Strø"]
    assert "Scorecards</a>" not in text(client, ACTIONS).split("<main")[1]


@pytest.mark.parametrize("how_many", [1, 25])
def test_lists_cost_the_same_for_few_and_many(
    client: Client, solvik: Solvik, adviser: Person, how_many: int, django_assert_num_queries: Any
) -> None:
    indicator = an_indicator()
    for number in range(how_many):
        action = an_action(
            solvik.roads, title=f"Tiltak {number}", indicator=indicator, budget_note="x", person=solvik.handler
        )
        told(action, f"Hei {number}", status="under_way")
        _meeting, (said,) = a_meeting(solvik.roads, f"Innspill {number}")
    last = Meeting.objects.latest("pk")
    client.force_login(adviser)
    client.get(ACTIONS)
    for path, queries in ((ACTIONS, 9), (f"{ACTIONS}budget/", 4), (MEETINGS, 5)):
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200
    for number in range(how_many):
        said = MeetingInput.objects.create(meeting=last, text=f"Sagt {number}")
        client.post(f"{MEETINGS}{last.pk}/said/{said.pk}/make-card/")
    client.get(MEETINGS)  # what was said of the presses
    with django_assert_num_queries(7):
        assert client.get(f"{MEETINGS}{last.pk}/").status_code == 200


def test_an_actions_page_costs_the_same_however_long_its_course(
    client: Client, solvik: Solvik, adviser: Person, django_assert_max_num_queries: Any
) -> None:
    indicator = an_indicator(decimals=1)
    write(indicator, dict.fromkeys(range(2010, 2026), "4.1"))
    action = an_action(solvik.roads, indicator=indicator)
    for number in range(20):
        told(action, f"Hei {number}", by=solvik.roads_leader)
    client.force_login(adviser)
    with django_assert_max_num_queries(10):
        assert client.get(f"{ACTIONS}{action.pk}/").status_code == 200


def test_the_list_for_the_budget_as_page_and_files(client: Client, solvik: Solvik, adviser: Person) -> None:
    an_action(solvik.roads, title="=1+1", budget_amount=350_000, budget_year=2027, budget_note="@mannskap")
    an_action(solvik.roads, title="Skilt", budget_amount=50_000, budget_year=2028)
    an_action(solvik.water, title="Bare et ord", budget_note="Kommer tilbake", budget_year=2027)
    an_action(solvik.water, title="Uten")
    told(an_action(solvik.water, title="Droppet", budget_amount=9), "Nei", status="dropped")
    english(client, adviser)
    html = text(client, f"{ACTIONS}budget/")
    for shown in ("400,000", "Bare et ord", "1 of them names no amount."):
        assert shown in html
    assert "Droppet" not in html
    assert "Uten<" not in html
    assert "<strong>350,000</strong>" in text(client, f"{ACTIONS}budget/?year=2027")
    answer = client.get(f"{ACTIONS}budget.csv?year=2027")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="actions-for-the-budget-2027.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Responsible unit;Action;Theme;Status;Deadline;Budget year;Amount (NOK);Note for the budget"
    assert lines[1:] == [
        "Vann;Bare et ord;;Planned;2027-11-16;2027;;Kommer tilbake",
        "Vei;'=1+1;;Planned;2027-11-16;2027;350000;'@mannskap",
    ]
    answer = client.get(f"{ACTIONS}budget.xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet, strings = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<v>350000</v>" in sheet
    assert "=1+1" in strings


def test_a_meeting_with_its_inputs_cards_and_actions(client: Client, solvik: Solvik) -> None:
    english(client, solvik.roads_leader)
    response = client.post(f"{MEETINGS}new/", {"kind": "user_council", "title": "Rådet", "held_on": "17.11.2026"})
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count("Choose the unit.") == 2  # a leader's meetings are of the leader's units
    typed = {"kind": "user_council", "title": "Rådet", "held_on": "17.11.2026", "unit": "roads", "participants": "ni"}
    assert client.post(f"{MEETINGS}new/", typed).content.decode().count("Write a whole number of people.") == 2
    response = client.post(f"{MEETINGS}new/", typed | {"participants": "9"})
    assert (response.status_code, response.content.decode().count("The meeting has not been held yet.")) == (422, 2)
    response = client.post(f"{MEETINGS}new/", typed | {"participants": "9", "held_on": "9.11.2026"})
    meeting = Meeting.objects.get()
    here = f"{MEETINGS}{meeting.pk}/"
    assert response.headers["Location"] == here
    assert client.post(f"{here}said/", {"inputs": " \n "}).status_code == 422
    long = f"Én\nTo\n{'x' * 2001}"
    response = client.post(f"{here}said/", {"inputs": long})
    assert (response.status_code, response.content.decode().count("Number 3 has more than 2000 characters")) == (422, 2)
    assert long in response.content.decode()
    client.post(f"{here}said/", {"inputs": "- Mørkt gangfelt\r\n- Benker"})
    dark, benches = MeetingInput.objects.all()
    response = client.post(f"{here}said/{dark.pk}/make-card/")
    assert response.headers["Location"] == f"{here}#input-{dark.pk}"
    card = Card.objects.get()
    html = text(client, here)
    assert f'href="/staff/cards/{card.reference}/">{card.reference}</a>' in html
    response = client.post(f"{here}said/{benches.pk}/card/", {"name": "Kari", "unit": "roads"})
    assert response.content.decode().count("Write a phone number or an e-mail address, or leave the name out.") == 2
    response = client.post(
        f"{here}said/{benches.pk}/card/", {"name": "Kari", "address": "Storgata 1", "phone": "33 00 00 00", "unit": ""}
    )
    second = Card.objects.latest("pk")
    assert (second.unit, second.callback_owed, second.text) == (solvik.roads, True, "Benker")
    assert client.get(f"{here}said/{benches.pk}/card/").status_code == 302
    html = text(client, f"{ACTIONS}new/?input={benches.pk}")
    assert "Benker</textarea>" in html
    assert '<option value="roads" selected>' in html
    client.post(f"{ACTIONS}new/?input={benches.pk}", {"title": "Benker", "unit": "roads", "due_on": "1.5.2027"})
    action = Initiative.objects.get()
    assert f'href="{ACTIONS}{action.pk}/"' in text(client, here)
    assert "Said in a meeting" in text(client, f"{ACTIONS}{action.pk}/")
    change = f"{here}said/{dark.pk}/"
    assert "Mørkt gangfelt</textarea>" in text(client, change)
    response = client.post(change, {"text": " "})
    assert (response.status_code, response.content.decode().count("Write what was said.")) == (422, 2)
    client.post(change, {"text": "Mørkt gangfelt ved skolen"})
    dark.refresh_from_db()
    assert (dark.text, dark.card.text) == ("Mørkt gangfelt ved skolen", "Mørkt gangfelt")
    assert client.post(f"{here}remove/").headers["Location"] == f"{here}settings/"
    # Who may not see the card reads where it lies, without a link.
    html = text(english(client, solvik.chief), here)
    assert card.reference in html
    assert f"/staff/cards/{card.reference}/" not in html
    assert "Make a card" not in html
