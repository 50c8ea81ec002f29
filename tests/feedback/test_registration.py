"""Registering a card: rules 1, 2, 3 and 5 of Larvik's routine, through the one action that all doors use."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.actions.base import TextMissing
from feedback.actions.intake import (
    LONGEST_TEXT,
    House,
    ImpossiblePlace,
    ImpossibleReceived,
    Intake,
    NoServiceCentre,
    NotAnAnsweringUnit,
    TextTooLong,
    TooLong,
    UnknownChoice,
    UnknownLanguage,
)
from feedback.actions.registration import register_card
from feedback.deadlines import Contact
from feedback.errors import NotAllowed
from feedback.models import Card, ReferenceCounter, Submitter
from feedback.reference import parse_reference, reference
from feedback.workflow import Channel, Kind
from organisation.models import OutgoingMail
from organisation.models.municipality import CallbackRule, DeadlineKind
from tests.factories import (
    FULL_CONTACT,
    MONDAY,
    NO_PHONE,
    CategoryFactory,
    DayOffFactory,
    RuleFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    events,
    mails,
    make_solvik,
    oslo,
)
from tests.refusals import refuses
from tests.threads import at_once, errors


def test_card_with_everything_is_written_whole(solvik: Solvik) -> None:
    category = CategoryFactory()
    RuleFactory(category=category, unit=solvik.roads)
    card = a_card(
        by=solvik.clerk,
        channel=Channel.POST,
        text="  Hull i veien\r\nved brua \n",
        kind=Kind.FAULT_REPORT,
        category=category,
        language="nn",
        received_on=day("2026-10-30"),
        place=" Storgata 5 ",
        area="Sentrum",
        latitude=Decimal("59.053"),
        longitude=Decimal("10.0261"),
        source=" Innbyggerundersøkelsen ",
    )
    row = Card.objects.values().get()
    assert row.pop("secret")
    assert row.pop("search")
    assert row == {
        "id": card.pk, "reference": reference(2026, 1), "channel": "post", "kind": "fault_report",
        "source": "Innbyggerundersøkelsen",
        "category_id": category.pk, "text": "Hull i veien\nved brua", "language": "nn", "political": False,
        "place": "Storgata 5", "area": "Sentrum", "latitude": Decimal("59.053000"), "longitude": Decimal("10.026100"),
        "received_on": day("2026-10-30"), "registered_at": MONDAY, "registered_by_id": solvik.clerk.pk,
        "unit_id": solvik.roads.pk, "handler_id": None, "state": "forwarded", "cycle": 1, "reopened_at": None,
        "returned_at": None, "callback_owed": True, "callback_wanted": False, "due_on": day("2026-11-12"),
        "expected_on": None, "completed_at": None, "closed_at": None, "close_result": "", "duplicate_of_id": None,
        "origin_id": None, "origin_kind": "", "idempotency_key": None, "import_source": "", "import_key": "",
        "sensitive": False,
    }  # fmt: skip
    submitter = Submitter.objects.values().get()
    submitter.pop("search")
    assert submitter == {
        "card_id": card.pk, "name": "Kari Nordmann", "address": "Storgata 1", "phone": "33 18 10 00",
        "phone_key": "+4733181000", "email": "kari@example.test", "email_failed_at": None, "other_way": "",
        "other_way_note": "",
    }  # fmt: skip
    assert events(card) == [("registered", "", "post"), ("forwarded", "", "roads")]
    assert set(card.events.values_list("at", "by")) == {(MONDAY, solvik.clerk.pk)}
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]


def test_rule_1_only_the_text_is_compulsory(solvik: Solvik) -> None:
    """«Name, address and daytime phone are all optional.»"""
    card = a_card(contact=Contact())
    assert (card.callback_owed, card.state, card.registered_by, card.unit) == (False, "registered", None, solvik.centre)
    assert not Submitter.objects.exists()
    assert mails() == []


@pytest.mark.parametrize("channel", Channel.values)
def test_rule_1_every_way_in_makes_the_same_card(solvik: Solvik, channel: str) -> None:
    card = a_card(channel=channel)
    assert (card.channel, card.due_on, card.callback_owed) == (channel, day("2026-11-12"), True)


def test_rule_2_received_date_and_registration_time_are_both_kept(solvik: Solvik) -> None:
    late = a_card(received_on=day("2026-10-30"))
    same_day = a_card()
    assert (late.received_on, late.registered_at) == (day("2026-10-30"), MONDAY)
    assert (same_day.received_on, same_day.registered_at) == (day("2026-11-02"), MONDAY)
    assert late.due_on == same_day.due_on  # counted from the registration


def test_rule_3_forwarded_at_once_to_the_unit_by_mail(solvik: Solvik) -> None:
    RuleFactory(words=["hull"], unit=solvik.roads)
    a_card(contact=Contact())
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.queued_at, mail.next_attempt_at, mail.status) == (
        "card_forwarded", "roads@solvik.test", MONDAY, MONDAY, "queued",
    )  # fmt: skip


def test_unit_without_an_address_is_told_by_its_leader(solvik: Solvik) -> None:
    solvik.roads.email = ""
    solvik.roads.save()
    a_card(unit=solvik.roads, contact=Contact())
    assert mails() == [("card_forwarded", "roads_leader@solvik.test")]


def test_rule_5_due_ten_days_from_the_local_date_of_registration(solvik: Solvik) -> None:
    assert a_card(now=datetime(2026, 7, 6, 22, 30, tzinfo=UTC)).due_on == day("2026-07-17")


def test_deadline_by_the_municipalitys_settings_and_days_off(solvik: Solvik) -> None:
    solvik.municipality.deadline_kind = DeadlineKind.WORKING_DAYS
    solvik.municipality.deadline_days = 5
    solvik.municipality.save()
    assert a_card().due_on == day("2026-11-09")
    DayOffFactory(on=day("2026-11-04"))
    assert a_card().due_on == day("2026-11-10")


def test_category_with_a_deadline_of_its_own_uses_that(solvik: Solvik) -> None:
    quick = CategoryFactory(deadline_days=2, deadline_kind=DeadlineKind.WORKING_DAYS)
    assert a_card(category=quick, now=oslo(2026, 11, 6)).due_on == day("2026-11-10")


def test_setting_lets_the_phone_suffice(solvik: Solvik) -> None:
    phone_only = Contact(phone="33 18 10 00")
    assert a_card(contact=phone_only).callback_owed is False
    solvik.municipality.callback_rule = CallbackRule.PHONE
    solvik.municipality.save()
    assert a_card(contact=phone_only).callback_owed is True


def test_a_mapping_may_set_that_a_callback_is_wanted(solvik: Solvik) -> None:
    card = a_card(contact=Contact(), callback_wanted=True)
    assert (card.callback_wanted, card.callback_owed) == (True, True)


def test_numbers_follow_each_other_and_begin_anew_with_the_local_year(solvik: Solvik) -> None:
    before = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    after = datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC)
    made = [a_card(now=now).reference for now in (before, before, after)]
    assert made == [reference(2026, 1), reference(2026, 2), reference(2027, 1)]
    assert list(ReferenceCounter.objects.order_by("year").values_list("year", "last")) == [(2026, 2), (2027, 1)]


def test_secrets_differ_and_cannot_be_guessed(solvik: Solvik) -> None:
    found = {a_card().secret for _ in range(5)}
    assert len(found) == 5
    assert {len(secret) for secret in found} == {32}


def test_mails_are_in_the_readers_language(solvik: Solvik) -> None:
    a_card(unit=solvik.roads, language="sv")
    assert list(OutgoingMail.objects.order_by("id").values_list("kind", "language")) == [
        ("card_forwarded", "nb"),
        ("receipt", "sv"),
    ]


@pytest.mark.parametrize(
    ("phone", "country", "key"),
    [
        pytest.param("33 18 10 00", "NO", "+4733181000", id="with spaces"),
        pytest.param("+47 33181000", "NO", "+4733181000", id="with the country"),
        pytest.param("0047 33 18 10 00", "NO", "+4733181000", id="with 00"),
        pytest.param("054-540 00 00", "SE", "+46545400000", id="Swedish"),
        pytest.param("+46 54 540 00 00", "NO", "+46545400000", id="Swedish in Norway"),
        pytest.param("ring meg", "NO", "", id="no number"),
        pytest.param("", "NO", "", id="nothing"),
    ],
)
def test_the_same_phone_however_it_was_typed(solvik: Solvik, phone: str, country: str, key: str) -> None:
    solvik.municipality.country = country
    solvik.municipality.save()
    card = a_card(contact=Contact(name="Kari", phone=phone))
    assert Submitter.objects.get(card=card).phone_key == key


# --- Refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["roads_leader", "handler", "chief", "reader", "administrator", "mayors_secretary"])
def test_only_the_service_centre_registers(solvik: Solvik, person: str) -> None:
    a_card(by=solvik.clerk)
    with refuses(NotAllowed):
        a_card(by=getattr(solvik, person))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00"])
def test_card_without_text_is_refused(solvik: Solvik, text: str) -> None:
    with refuses(TextMissing, "Write a few words here."):
        a_card(text=text)


def test_text_may_be_as_long_as_the_limit_and_no_longer(solvik: Solvik) -> None:
    assert len(a_card(text="æ" * LONGEST_TEXT).text) == LONGEST_TEXT
    with refuses(TextTooLong, "20000"):
        a_card(text="æ" * (LONGEST_TEXT + 1))


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        pytest.param(Contact(name="K" * 151), "name", id="name"),
        pytest.param(Contact(address="S" * 251), "address", id="address"),
        pytest.param(Contact(phone="3" * 31), "phone", id="phone"),
        pytest.param(Contact(email="k" * 250 + "@e.no"), "email", id="e-mail"),
        pytest.param(Contact(other_way="written", other_way_note="x" * 251), "other_way_note", id="note"),
    ],
)
def test_contact_detail_that_is_too_long_is_refused_and_not_cut(solvik: Solvik, contact: Contact, field: str) -> None:
    with refuses(TooLong, "longer than", field=field):
        a_card(contact=contact)


def test_signs_that_the_database_cannot_hold_are_left_out(solvik: Solvik) -> None:
    card = a_card(text="Hull\x00 i veien", place="Her\x00", area="Der\x00", contact=Contact(name="Ka\x00ri"))
    assert (card.text, card.place, card.area, card.submitter.name) == ("Hull i veien", "Her", "Der", "Kari")


@pytest.mark.parametrize(
    ("intake", "field"),
    [
        pytest.param({"channel": "pigeon"}, "channel", id="channel"),
        pytest.param({"kind": "threat"}, "kind", id="kind"),
        pytest.param({"contact": Contact(email="a@b.no", other_way="pigeon")}, "other_way", id="other way"),
    ],
)
def test_unknown_choice_is_refused(solvik: Solvik, intake: dict, field: str) -> None:
    with refuses(UnknownChoice, "is not one of the choices", field=field):
        a_card(**intake)


def test_unknown_language_is_refused(solvik: Solvik) -> None:
    assert "da" not in dict(settings.LANGUAGES)
    with refuses(UnknownLanguage, "«da»"):
        a_card(language="da")


def test_received_after_it_was_registered_is_refused(solvik: Solvik) -> None:
    assert a_card(received_on=day("2026-11-02")).received_on == day("2026-11-02")
    with refuses(ImpossibleReceived):
        a_card(received_on=day("2026-11-03"))


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        pytest.param("59.05", None, id="half a place"),
        pytest.param(None, "10.02", id="the other half"),
        pytest.param("90.000001", "10", id="past the pole"),
        pytest.param("NaN", "10", id="no number"),
        pytest.param("59", "Infinity", id="nowhere"),
        pytest.param("59", "-180.000001", id="past the date line"),
    ],
)
def test_impossible_place_is_refused(solvik: Solvik, latitude: str | None, longitude: str | None) -> None:
    with refuses(ImpossiblePlace):
        a_card(
            latitude=None if latitude is None else Decimal(latitude),
            longitude=None if longitude is None else Decimal(longitude),
        )


def test_sector_or_closed_unit_cannot_be_chosen(solvik: Solvik) -> None:
    closed = UnitFactory(closed_on=day("2026-01-01"), successor=solvik.roads)
    for unit in (solvik.sector, closed):
        with refuses(NotAnAnsweringUnit, unit.name):
            a_card(unit=unit)


def test_municipality_without_a_service_centre_says_so(solvik: Solvik) -> None:
    solvik.centre.delete()
    with refuses(NoServiceCentre):
        a_card()


def test_a_fault_in_what_belongs_to_the_card_takes_the_card_with_it(solvik: Solvik) -> None:
    """Row, history, attachments and mail are there together or not at all, and no number is lost."""

    def breaks(card: Card) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        register_card(
            Intake(channel="web", text="Hull", contact=FULL_CONTACT, unit=solvik.roads),
            by=None, now=MONDAY, and_then=breaks,
        )  # fmt: skip
    assert not Card.objects.exists()
    assert mails() == []
    assert a_card().reference == reference(2026, 1)


# --- Once, whatever happens -----------------------------------------------------------------------------------------


def test_same_key_twice_makes_one_card(solvik: Solvik) -> None:
    first = a_card(idempotency_key="k1", unit=solvik.roads)
    queued = mails()
    again = a_card(idempotency_key="k1", text="Something else")
    other = a_card(idempotency_key="k2")
    assert again == first
    assert again.text == "Hull i veien"
    assert other != first
    assert queued == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]
    assert mails() == [*queued, ("receipt", "kari@example.test")]


def test_what_is_sent_again_takes_no_number(solvik: Solvik) -> None:
    sent = [a_card(idempotency_key=key).reference for key in ("k1", "k1", "k1", "k2")]
    assert sent == [reference(2026, 1), reference(2026, 1), reference(2026, 1), reference(2026, 2)]
    assert ReferenceCounter.objects.get().last == 2


def test_what_could_be_no_card_any_more_is_answered_by_the_card_that_it_became(solvik: Solvik) -> None:
    first = a_card(idempotency_key="k1", unit=solvik.roads)
    solvik.roads.closed_on, solvik.roads.successor = day("2026-01-01"), solvik.water
    solvik.roads.save()
    assert a_card(idempotency_key="k1", unit=solvik.roads) == first
    with refuses(NotAnAnsweringUnit):
        a_card(idempotency_key="k2", unit=solvik.roads)
    with refuses(NotAnAnsweringUnit):
        a_card(unit=solvik.roads)


def test_a_card_with_a_key_costs_no_statement_more_and_of_the_units_few_are_read(
    solvik: Solvik, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    RuleFactory(words=["annet"], unit=solvik.water)
    for _ in range(5):
        UnitFactory()
    with django_assert_num_queries(5):
        a_card(idempotency_key="k1")
    assert {unit.code for unit in House.to_route().units.values()} == {"service-centre", "mayor", "water"}


def test_mails_have_the_number_that_the_card_got(solvik: Solvik, settings: Any) -> None:
    settings.MAIL_ADDRESS, settings.MAIL_PLUS_ADDRESSES = "post@solvik.test", True
    a_card()
    card = a_card(unit=solvik.roads)
    to_unit, to_citizen = OutgoingMail.objects.order_by("-id")[:2][::-1]
    assert (to_unit.dedupe_key, to_citizen.dedupe_key) == (
        f"card_forwarded:{card.reference}:1", f"receipt:{card.reference}"
    )  # fmt: skip
    for mail in (to_unit, to_citizen):
        assert card.reference in mail.subject
        assert mail.text.count(card.reference) == mail.html.count(card.reference) - (mail is to_unit) * 2
    assert f"/staff/cards/{card.reference}/" in to_unit.text
    assert to_citizen.reply_to == f"post+{card.reference}@solvik.test"


@pytest.mark.django_db(transaction=True)
def test_a_card_without_files_is_one_statement_that_is_its_own_transaction() -> None:
    solvik = make_solvik()
    house = House.to_route()
    with CaptureQueriesContext(connection) as asked:
        card = a_card(house=house, unit=solvik.roads, idempotency_key="k1")
    assert len(asked) == 1
    assert card.reference == Card.objects.get().reference == reference(2026, 1)
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]


@pytest.mark.django_db(transaction=True)
def test_same_key_at_once_makes_one_card() -> None:
    solvik = make_solvik()

    def send() -> Card:
        return a_card(idempotency_key="double click", unit=solvik.roads)

    cards = at_once(*[send] * 4)
    assert errors(cards) == []
    assert len({card.pk for card in cards}) == 1
    assert Card.objects.get().reference == reference(2026, 1)
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]


@pytest.mark.django_db(transaction=True)
def test_references_are_unique_and_without_gaps_under_eight_at_once() -> None:
    make_solvik()

    def send_five() -> list[str]:
        house = House.read()
        return [a_card(house=house, contact=NO_PHONE).reference for _ in range(5)]

    answers = at_once(*[send_five] * 8)
    assert errors(answers) == []
    made = list(itertools.chain.from_iterable(answers))
    assert sorted(made) == [reference(2026, number) for number in range(1, 41)]
    assert [parse_reference(one) for one in made] == made
    assert len(mails()) == 40


def test_registering_costs_the_same_whatever_the_number_of_rules(
    solvik: Solvik, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    RuleFactory(words=["annet"], unit=solvik.roads)
    with django_assert_num_queries(5):
        a_card()
    for _ in range(30):
        RuleFactory(words=["annet"], unit=UnitFactory())
    with django_assert_num_queries(5):
        a_card()
