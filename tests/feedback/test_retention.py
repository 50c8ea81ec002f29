"""How long cards are kept: the rules, what is due when, the run, and the pages on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from feedback.actions.closing import reopen_card
from feedback.actions.reopening import ask_reopening
from feedback.actions.retention import (
    KeptAlready,
    NoSuchCard,
    StepsMixed,
    apply_retention,
    hold_card,
    release_card,
    remove_rule,
    set_rule,
    what_would_go,
)
from feedback.models import Card, CardRetention, Erasure, RetentionHold, RetentionRule, RetentionRun
from feedback.personal_queries import CARD, Sought, find_person
from feedback.privacy_kinds import KINDS, LAST_DAYS
from organisation.erasing import GONE, declared
from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Role
from tests.factories import FULL_CONTACT, CategoryFactory, RoleFactory, Solvik, a_card, oslo
from tests.feedback.steps import called_back, closed
from tests.refusals import refuses

pytestmark = pytest.mark.django_db

CAME, CLOSED = oslo(2026, 1, 5), oslo(2026, 1, 9, 23, 30)
DAY = date(2026, 1, 9)
NIGHT = oslo(2026, 12, 1, 3)


@pytest.fixture(autouse=True)
def _own_places(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.ERASURES_FILE = tmp_path / "media", tmp_path / "erasures.jsonl"


def a_closed_card(**intake: Any) -> Card:
    card = a_card(now=CAME, **intake)
    called_back(card, by=None, now=CLOSED)
    return closed(card, by=None, now=CLOSED, result="answered")


def a_rule(
    category: Any = None, block: int | None = 10, anonymise: int | None = 20, delete: int | None = None
) -> RetentionRule:
    return set_rule(
        category, block_days=block, anonymise_days=anonymise, delete_days=delete, archive_duty=False, by=None, now=CAME
    )


def run(day: date) -> dict[str, int]:
    return apply_retention(today=day, now=NIGHT, batch=2).totals()


def test_each_step_comes_on_its_day_and_not_the_day_before(solvik: Solvik) -> None:
    a_rule(delete=30)
    card = a_closed_card(text="Hemmelig")
    still_open, reopened, asked = a_card(now=CAME), a_closed_card(), a_closed_card()
    reopen_card(reopened, reason="Igjen", by=solvik.clerk, now=CLOSED)
    ask_reopening(asked, reason="Igjen", now=CLOSED)
    steps = [
        (9, {}),
        (10, {"block": 1}),
        (10, {}),
        (19, {}),
        (20, {"anonymise": 1}),
        (29, {}),
        (30, {"delete": 1}),
        (31, {}),
    ]
    for days, done in steps:
        foreseen = [(one.step, one.cards) for one in what_would_go(today=DAY + timedelta(days=days))]
        assert foreseen == list(done.items()), days
        assert run(DAY + timedelta(days=days)) == done, days
        if done == {"block": 1}:
            assert (Card.objects.get(pk=card.pk).text, card.submitter.name) == (GONE, FULL_CONTACT.name)
            assert "Hemmelig" in str(CardRetention.objects.get().values)
    assert set(Card.objects.values_list("pk", flat=True)) == {still_open.pk, reopened.pk, asked.pk}
    assert not Card.objects.filter(text=GONE).exists()
    assert [one.step for one in Erasure.objects.order_by("id")] == ["block", "anonymise", "delete"]
    assert (RetentionRun.objects.count(), RetentionRun.objects.filter(finished_at=None).count()) == (len(steps), 0)


def test_a_category_goes_by_its_own_rule_and_what_must_be_kept_is_counted(solvik: Solvik) -> None:
    roads, archived, slow = (CategoryFactory() for _ in range(3))
    a_rule()
    own = a_rule(slow, block=None, anonymise=500)
    set_rule(archived, block_days=1, anonymise_days=2, delete_days=None, archive_duty=True, by=None, now=CAME)
    cards = [a_closed_card(category=category) for category in (roads, archived, slow, roads, roads)]
    hold = hold_card(cards[3], kind="legal", reason="Sak 26/118", by=solvik.administrator, now=CAME)
    assert run(DAY + timedelta(days=100)) == {"anonymise": 2, "kept": 2}
    gone = set(Card.objects.filter(text=GONE).values_list("pk", flat=True))
    assert gone == {cards[0].pk, cards[4].pk}
    release_card(hold, by=None, now=CAME)
    remove_rule(own, by=None, now=CAME)
    assert run(DAY + timedelta(days=100)) == {"anonymise": 2, "kept": 1}
    hold_card(cards[0], kind="legal", reason="x", by=None, now=CAME)
    with refuses(KeptAlready):
        hold_card(cards[0], kind="legal", reason="x", by=None, now=CAME)


def test_what_is_refused(solvik: Solvik) -> None:
    with refuses(StepsMixed, field="anonymise_days"):
        a_rule(block=20, anonymise=20)
    with refuses(StepsMixed):
        a_rule(anonymise=None, delete=30)
    with refuses(NoSuchCard, field="reference"):
        hold_card(None, kind="legal", reason="x", by=None, now=CAME)
    card = a_card()
    with refuses(NotAllowed):
        hold_card(card, kind="legal", reason="x", by=solvik.clerk, now=CAME)


def test_the_command_tells_by_step_category_and_kind_and_does_nothing(solvik: Solvik) -> None:
    a_closed_card(category=CategoryFactory(code="roads"), kind="complaint")
    out = StringIO()
    with time_machine.travel(oslo(2026, 2, 1), tick=False):
        call_command("apply_retention", "--dry-run", "--in-days", "400", stdout=out)
    assert out.getvalue().split() == ["block", "roads", "complaint", "1"]
    assert not CardRetention.objects.exists()


def test_a_stopped_run_is_finished_by_the_next(solvik: Solvik, monkeypatch: pytest.MonkeyPatch) -> None:
    a_rule()
    for _ in range(5):
        a_closed_card()

    def stops(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("feedback.actions.retention.forget_copies", stops)
    with pytest.raises(KeyboardInterrupt):
        run(DAY + timedelta(days=30))
    assert RetentionRun.objects.get().finished_at is None
    monkeypatch.undo()
    run(DAY + timedelta(days=30))
    assert Card.objects.filter(text=GONE).count() == 5
    assert sum(len(one.rows["feedback.card"]) for one in Erasure.objects.all()) == 5


def test_every_kind_of_personal_data_has_its_words_and_stands_in_the_register() -> None:
    """A new model with personal data says on the privacy page and in docs/privacy.md what it is for."""
    told = [label for kind in KINDS for label in kind.models]
    assert sorted(told) == sorted(place.label for place in declared())
    last_days = {goes for place in declared() for goes in place.model.personal_data.values()}  # type: ignore[attr-defined]
    assert last_days <= set(LAST_DAYS)
    register = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text()
    assert [label for label in told if f"`{label}`" not in register] == []


def test_the_privacy_page_tells_what_for_and_how_long_in_each_language(solvik: Solvik, client: Client) -> None:
    a_rule(block=77, anonymise=99)
    for language, words in (("nb", "Rettslig grunnlag"), ("sv", "Rättslig grund"), ("en", "Legal basis")):
        page = client.get("/privacy/", headers={"Accept-Language": language}).content.decode()
        assert page.count(words) == len([kind for kind in KINDS if kind.for_citizens])
        assert "77" in page and "99" in page  # noqa: PT018


def test_administration_shows_and_changes_the_rules_and_bad_input_is_told(solvik: Solvik, client: Client) -> None:
    category = CategoryFactory(code="roads", name="Vei")
    card = a_closed_card(category=category)
    page = "/staff/administration/retention/"
    client.force_login(solvik.administrator)
    assert "Vei" in client.get(page).content.decode()
    own = f"{page}categories/roads/"
    for typed in (
        {"block_days": "ti"},
        {"block_days": "0"},
        {"block_days": "9", "anonymise_days": "8"},
        {"delete_days": "9"},
    ):
        answer = client.post(own, typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors
        assert next(iter(typed.values())) in answer.content.decode()
    assert not RetentionRule.objects.exists()
    assert client.post(own, {"block_days": "8", "anonymise_days": "9"}).status_code == 302
    assert "Vei" in client.get(page).content.decode()
    assert client.post(page, {"reference": "26-1", "kind": "legal", "reason": "Sak"}).status_code == 422
    assert client.post(page, {"reference": card.reference, "kind": "legal", "reason": "Sak"}).status_code == 302
    assert RetentionHold.objects.get().card == card
    client.post(f"{page}cards/{card.reference}/release/")
    client.post(f"{own}remove/")
    assert (RetentionHold.objects.count(), RetentionRule.objects.count()) == (0, 0)


@pytest.fixture
def privacy(solvik: Solvik) -> Person:
    return RoleFactory(role=Role.PRIVACY).person


def test_a_person_is_found_handed_over_and_erased_by_the_page(solvik: Solvik, privacy: Person, client: Client) -> None:
    card, other, open_card = a_closed_card(), a_closed_card(text="Kari Nordmann er sint"), a_card()
    archived = a_closed_card(category=CategoryFactory())
    hold_card(archived, kind="archive", reason="Arkiv", by=None, now=CAME)
    page = "/staff/personal-data/"
    client.force_login(privacy)
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"phone": "12"}).status_code == 422
    for sought in (
        {"name": "nordmann, KARI"},
        {"phone": "+47 33181000"},
        {"email": "KARI@example.test"},
        {"address": "storgata 1"},
    ):
        found = {one.key for one in client.post(page, sought).context["found"]}
        assert {card.reference, open_card.reference, archived.reference} <= found, sought
    [mentioned] = [one for one in find_person(Sought(name="Kari Nordmann")) if one.key == other.reference]
    assert mentioned.places

    chosen = [f"feedback.card:{one.reference}" for one in (card, archived, open_card)]
    told = client.post(f"{page}data.json", {"chosen": chosen}).json()
    assert FULL_CONTACT.address in str(told)
    assert client.post(f"{page}data.pdf", {"chosen": chosen}).content.startswith(b"%PDF")
    asked = client.post(f"{page}decide/", {"act": "erase", "chosen": chosen})
    assert {one.key for one in asked.context["stays"]} == {archived.reference, open_card.reference}
    for refused in (chosen, chosen[1:2], chosen[2:]):
        sent = {"act": "erase", "confirmed": "1", "cause": "asked", "chosen": refused}
        assert client.post(f"{page}decide/", sent).status_code == 422
    assert client.post(f"{page}decide/", {"act": "erase", "confirmed": "1", "chosen": chosen[:1]}).status_code == 422
    assert not Erasure.objects.exists()
    done = {"confirmed": "1", "cause": "asked", "chosen": chosen[:1]}
    assert client.post(f"{page}decide/", done | {"act": "erase"}).status_code == 302
    assert Card.objects.get(pk=card.pk).text == GONE
    kept = {"confirmed": "1", "cause": "asked", "chosen": chosen[1:2]}
    assert client.post(f"{page}decide/", kept | {"act": "block"}).status_code == 302
    assert FULL_CONTACT.address in str(client.post(f"{page}data.json", {"chosen": chosen[1:2]}).json())
    assert client.post(f"{page}decide/", kept | {"act": "lift"}).status_code == 302
    assert Card.objects.get(pk=archived.pk).text == archived.text
    assert [one.by for one in Erasure.objects.all()] == [privacy] * 3


def test_others_are_kept_out_and_strange_choices_are_nothing(solvik: Solvik, privacy: Person, client: Client) -> None:
    paths = ["/staff/personal-data/", "/staff/personal-data/decide/", "/staff/personal-data/data.json"]
    for person in (solvik.clerk, solvik.administrator, solvik.chief, solvik.roads_leader):
        client.force_login(person)
        assert [client.post(path, {"name": "Kari"}).status_code for path in paths] == [403] * 3
    client.force_login(privacy)
    assert client.get("/staff/administration/retention/").status_code == 403
    strange = [
        "feedback.card:x",
        "x",
        "organisation.person:'",
        "auth.group:1",
        "organisation.person:99999999999999999999",
    ]
    for chosen in (strange, []):
        assert client.post(paths[1], {"act": "erase", "chosen": chosen}).status_code == 302
        assert client.post(paths[2], {"chosen": chosen}).status_code == 302
    assert client.post(paths[1], {"act": "burn", "chosen": strange}).status_code == 404


@pytest.mark.usefixtures("solvik")
def test_only_those_are_chosen_whose_sender_is_all_that_was_written() -> None:
    theirs = a_card(contact=FULL_CONTACT)
    namesake = a_card(contact=replace(FULL_CONTACT, phone="33 18 22 22", email="annen@example.test"))
    longer = a_card(contact=replace(FULL_CONTACT, name=f"{FULL_CONTACT.name} Hansen"))

    def sure(**sought: str) -> set[str]:
        found = {one.key: one for one in find_person(Sought(**sought))}
        assert {theirs.reference, namesake.reference, longer.reference} <= set(found)
        assert FULL_CONTACT.address in found[theirs.reference].who
        return {key for key, one in found.items() if one.sure and one.label == CARD}

    name = FULL_CONTACT.name
    assert sure(name=name) == {theirs.reference, namesake.reference}
    assert sure(name=name.upper(), phone=FULL_CONTACT.phone) == {theirs.reference}
    assert sure(name=name, email=FULL_CONTACT.email) == {theirs.reference}
    # Many have one surname, and many live in one house.
    assert sure(name=name.split()[-1]) == sure(address=FULL_CONTACT.address) == set()
