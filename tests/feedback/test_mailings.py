"""The log of what was sent out: what it takes, what it refuses, and who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from feedback.actions.mailings import (
    ImpossibleDay,
    ImpossibleNumber,
    MailingIsGone,
    NoLanguage,
    SentOut,
    correct_mailing,
    record_mailing,
    remove_mailing,
)
from feedback.errors import NotAllowed
from feedback.models import Mailing
from tests.factories import Solvik, oslo
from tests.refusals import refuses

NOW = oslo(2026, 11, 16, 9)
SENT = SentOut(date(2026, 11, 3), 12_000, Mailing.How.POSTED, ["en", "nb"], " hele  kommunen ", "x")
PAGE = "/staff/mailings/"
FORM = {"sent_on": "3.11.2026", "cards": "12 000", "how": "posted", "languages": ["nb", "en"], "area": "", "note": ""}


def test_a_mailing_is_written_down(solvik: Solvik) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    made.refresh_from_db()
    assert (made.sent_on, made.cards, made.languages, made.area) == (
        date(2026, 11, 3), 12_000, ["nb", "en"], "hele kommunen",
    )  # fmt: skip
    assert (made.recorded_by, made.recorded_at) == (solvik.clerk, NOW)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sent_on": date(2026, 11, 17)}, ImpossibleDay),
        ({"sent_on": date(1989, 12, 31)}, ImpossibleDay),
        ({"cards": 0}, ImpossibleNumber),
        ({"cards": -3}, ImpossibleNumber),
        ({"cards": 10_000_001}, ImpossibleNumber),
        ({"languages": []}, NoLanguage),
        ({"languages": ["nb", "tlh"]}, NoLanguage),
    ],
)
def test_what_cannot_be_is_refused(solvik: Solvik, change: dict[str, Any], error: type[Any]) -> None:
    wrong = SentOut(**(vars(SENT) | change))
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    with refuses(error):
        record_mailing(wrong, by=solvik.clerk, now=NOW)
    with refuses(error):
        correct_mailing(made, wrong, by=solvik.clerk, now=NOW)


def test_today_is_the_local_day(solvik: Solvik) -> None:
    """00:30 in Oslo is yesterday in UTC."""
    record_mailing(SentOut(date(2026, 11, 16), 1, "posted", ["nb"]), by=solvik.clerk, now=oslo(2026, 11, 16, 0, 30))


def test_others_may_not(solvik: Solvik) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    for person in (solvik.roads_leader, solvik.reader, solvik.administrator):
        with refuses(NotAllowed):
            record_mailing(SENT, by=person, now=NOW)
        with refuses(NotAllowed):
            correct_mailing(made, SENT, by=person, now=NOW)
        with refuses(NotAllowed):
            remove_mailing(made, by=person)


def test_one_that_was_removed_is_not_put_right(solvik: Solvik) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    remove_mailing(made, by=solvik.clerk)
    with refuses(MailingIsGone):
        correct_mailing(Mailing(pk=made.pk or 1), SENT, by=solvik.clerk, now=NOW)


@pytest.mark.parametrize("change", [{"cards": 0}, {"languages": []}])
def test_the_database_refuses_it_too(solvik: Solvik, change: dict[str, Any]) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.filter(pk=made.pk).update(**change)


# --- The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


@pytest.mark.parametrize("typed", ["12 000", "12.000", "12000", "12\u00a0000"])
@time_machine.travel(NOW, tick=False)
def test_a_number_is_read_as_people_write_it(clerk: Client, typed: str) -> None:
    assert clerk.post(PAGE, FORM | {"cards": typed}).status_code == 302
    assert Mailing.objects.get().cards == 12_000


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"sent_on": "17.11.2026"}, "sent_on", "a day from 1990 until today"),
        ({"sent_on": "31.2.2026"}, "sent_on", "«31.2.2026» is not in the calendar"),
        ({"sent_on": ""}, "sent_on", "Write the day"),
        ({"cards": "0"}, "cards", "a number from 1 to ten million"),
        ({"cards": "mange"}, "cards", "a number from 1 to ten million"),
        ({"cards": "-5"}, "cards", "a number from 1 to ten million"),
        ({"cards": "²"}, "cards", "a number from 1 to ten million"),
        ({"cards": ""}, "cards", "a number from 1 to ten million"),
        ({"languages": []}, "languages", "Choose the language"),
        ({"how": "by pigeon"}, "how", "by pigeon"),
        ({"area": "x" * 121}, "area", "120"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_bad_input_stays_with_a_sentence_at_its_field(
    clerk: Client, change: dict[str, Any], field: str, says: str
) -> None:
    form = FORM | {"area": "Biblioteket", "note": "husk dette"} | change
    answer = clerk.post(PAGE, form, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    assert "husk dette" in answer.content.decode()
    assert not Mailing.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_put_right_and_removed(clerk: Client, solvik: Solvik) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    path = f"{PAGE}{made.pk}/"
    assert 'value="03.11.2026"' in clerk.get(path).content.decode()
    assert clerk.post(path, FORM | {"cards": "x"}).status_code == 422
    assert clerk.post(path, FORM | {"cards": "500"}).headers["Location"] == PAGE
    assert Mailing.objects.get().cards == 500
    assert clerk.get(f"{path}remove/").status_code == 405
    assert clerk.post(f"{path}remove/").headers["Location"] == PAGE
    assert not Mailing.objects.exists()
    assert [clerk.get(path).status_code, clerk.post(f"{path}remove/").status_code] == [404, 404]


@pytest.mark.parametrize("name", ["roads_leader", "handler", "chief", "mayors_secretary", "administrator", "reader"])
def test_the_pages_are_for_those_who_may(solvik: Solvik, client: Client, name: str) -> None:
    made = record_mailing(SENT, by=solvik.clerk, now=NOW)
    client.force_login(getattr(solvik, name))
    for path in (PAGE, f"{PAGE}{made.pk}/"):
        assert [client.get(path).status_code, client.post(path, FORM).status_code] == [403, 403]
    assert client.post(f"{PAGE}{made.pk}/remove/").status_code == 403
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_log_costs_the_same_whatever_its_length(
    clerk: Client, solvik: Solvik, django_assert_num_queries: Any, how_many: int
) -> None:
    for _each in range(how_many):
        record_mailing(SENT, by=solvik.clerk, now=NOW)
    with django_assert_num_queries(4):
        clerk.get(PAGE)
