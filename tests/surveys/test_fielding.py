"""Fielding: what it asks for, whom it writes to and reminds, what it shows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import CommandError, call_command

from organisation.errors import NotAllowed, Refused
from organisation.models import OutgoingMail, Person
from organisation.outbox.delivery import deliver_due
from surveys.actions.answering import NotOpenYet, SurveyClosed, save_draft, submit_answer
from surveys.actions.fielding import (
    ClosesTooEarly,
    ImpossibleReminders,
    NobodyAsked,
    NoQuestions,
    NotACode,
    NotFielded,
    OpenAlready,
    PaperTooEarly,
    StillAsked,
    UnknownCode,
    Ways,
    delete_people,
    field_survey,
    mail_invitations,
    mark_reserved,
    mark_returned,
    move_times,
    open_now,
)
from surveys.actions.reminding import (
    NobodyToRemind,
    NoMoreReminders,
    NotOpen,
    RemindedMeanwhile,
    send_reminders,
)
from surveys.actions.sampling import AlreadyFielded, Wanted, draw_sample
from surveys.actions.spending import flush_spent
from surveys.codes import new_code
from surveys.forms.sampling import FieldForm
from surveys.models import Invitation, Resident, Survey
from surveys.sample_queries import due_to_close, progress_of, rates, to_post
from surveys.tasks import close_surveys, open_surveys
from tests.factories import MONDAY, Solvik
from tests.post_office import open_post_office, send_to
from tests.surveys.samples import CLOSES, OPENS, WHILE_OPEN, a_fielded_survey, a_population, a_survey

pytestmark = pytest.mark.django_db


def answer(survey: Survey, how_many: int) -> set[int]:
    """Let so many answer, and return the ids of their invitations."""
    chosen = list(Invitation.objects.filter(survey=survey).order_by("pk")[:how_many])
    for one in chosen:
        submit_answer(survey, {"q1": "4"}, invitation=one, now=WHILE_OPEN)
    return {one.pk for one in chosen}


# --- Fielding -------------------------------------------------------------------------------------------------------


def test_fielding_freezes_and_keeps_the_moments(solvik: Solvik, adviser: Person) -> None:
    survey = a_survey()
    draw_sample(survey, a_population(20), Wanted("simple", 10), by=None, now=MONDAY)
    field_survey(survey, OPENS, CLOSES, by=adviser, now=MONDAY)
    survey.refresh_from_db()
    assert survey.is_frozen
    assert (survey.opens_at, survey.closes_at, survey.fielded_at) == (OPENS, CLOSES, MONDAY)
    with pytest.raises(AlreadyFielded):
        field_survey(survey, OPENS, CLOSES, by=adviser, now=MONDAY)


def test_what_cannot_be_fielded_is_refused(solvik: Solvik) -> None:
    def refused(survey: Survey, refusal: type[Refused], opens=OPENS, closes=CLOSES, by=None) -> None:
        with pytest.raises(refusal):
            field_survey(survey, opens, closes, by=by, now=MONDAY)
        assert not Survey.objects.get(pk=survey.pk).is_frozen

    refused(a_survey("without-questions", questions=0, open_to_all=True), NoQuestions)
    refused(a_survey("without-sample"), NobodyAsked)
    open_survey = a_survey("open", open_to_all=True)
    refused(open_survey, ClosesTooEarly, opens=CLOSES, closes=OPENS)
    refused(open_survey, ClosesTooEarly, opens=OPENS.replace(year=2025), closes=CLOSES.replace(year=2025))
    refused(open_survey, NotAllowed, by=solvik.clerk)
    assert field_survey(open_survey, OPENS, CLOSES, by=None, now=MONDAY).is_frozen


def test_the_closing_can_be_moved_while_it_is_fielded(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    later = CLOSES.replace(month=12)
    assert move_times(survey, later, by=None, now=WHILE_OPEN).closes_at == later
    with pytest.raises(ClosesTooEarly):
        move_times(survey, MONDAY, by=None, now=WHILE_OPEN)
    with pytest.raises(NotFielded):
        move_times(a_survey("draft"), later, by=None, now=WHILE_OPEN)


# --- Mails ----------------------------------------------------------------------------------------------------------


def test_invitations_by_mail_go_once_when_the_survey_has_opened(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    with_mail = Invitation.objects.filter(survey=survey).exclude(resident__email="").count()
    assert with_mail > 5
    assert mail_invitations(now=MONDAY) == 0
    with time_machine.travel(WHILE_OPEN, tick=False):
        assert open_surveys() == f"{with_mail} mails"
        assert open_surveys() == "0 mails"
    OutgoingMail.objects.all().delete()  # as after ninety days
    assert mail_invitations(now=WHILE_OPEN) == 0


def test_the_mails_arrive_whole_in_each_language(solvik: Solvik, settings) -> None:
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"string_if_invalid": "¡MISSING %s!"}}]
    survey = a_fielded_survey(wanted=Wanted("proportional", 80, "gender", "2026"))
    Resident.objects.update(email="")
    for language in ("nb", "nn", "sv", "en"):
        one = Resident.objects.filter(language=language, invitations__isnull=False).first()
        Resident.objects.filter(pk=one.pk).update(email=f"{language}@example.test")
    mail_invitations(now=WHILE_OPEN)
    send_reminders(survey, by=None, now=WHILE_OPEN)
    with open_post_office() as office:
        send_to(office.port, settings)
        deliver_due(now=WHILE_OPEN)
    said = {"nb": "Ingen kan se", "nn": "Ingen kan sjå", "sv": "Ingen kan se vem", "en": "Nobody can see who"}
    for language, words in said.items():
        invitation, reminder = office.to(f"{language}@example.test")
        code = Invitation.objects.get(resident__email=f"{language}@example.test").code
        for message in (invitation, reminder):
            text = message.get_body("plain").get_content()
            html = message.get_body("html").get_content()
            assert code in text
            assert f"{settings.SITE_URL}/answer/#{code}" in text
            assert f"#{code}" in html
            assert words in text
            assert "MISSING" not in text + html + str(message["Subject"])
        assert len(reminder.get_body("plain").get_content()) > len(invitation.get_body("plain").get_content())


# --- Reminders ------------------------------------------------------------------------------------------------------


def test_reminders_go_to_those_who_have_not_answered_and_no_more_often_than_set(solvik: Solvik) -> None:
    survey = a_fielded_survey(reminders_at_most=2)
    answered = answer(survey, 20)
    done = send_reminders(survey, by=None, now=WHILE_OPEN, after=0)
    written = set(Invitation.objects.filter(answered=True).values_list("pk", flat=True))
    # All but the four that stay behind, so that no reminder tells when somebody answered.
    assert written < answered
    assert len(answered - written) == survey.smallest_group - 1
    reminded = Invitation.objects.filter(reminders=1)
    assert not reminded.filter(pk__in=written).exists()
    assert done.mails + done.letters == reminded.count() == 40 - len(written)
    assert done.mails == OutgoingMail.objects.filter(kind="survey_reminder").count()
    assert to_post(survey, reminder=True).count() == done.letters
    with pytest.raises(RemindedMeanwhile):
        send_reminders(survey, by=None, now=WHILE_OPEN, after=0)
    send_reminders(survey, by=None, now=WHILE_OPEN, after=1)
    with pytest.raises(NoMoreReminders):
        send_reminders(survey, by=None, now=WHILE_OPEN)
    assert OutgoingMail.objects.filter(kind="survey_reminder").count() == 2 * done.mails


def test_who_says_no_and_whose_letter_came_back_are_not_reminded(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    by_letter = Invitation.objects.filter(resident__email="").order_by("pk")
    says_no, back = by_letter[0], by_letter[1]
    mark_reserved(survey, says_no.code.lower().replace("-", " "), by=solvik.clerk)
    mark_returned(survey, back.code, by=solvik.clerk)
    send_reminders(survey, by=None, now=WHILE_OPEN)
    assert set(Invitation.objects.filter(reminders=0).values_list("pk", flat=True)) == {says_no.pk, back.pk}
    progress = progress_of(survey)
    assert (progress.returned, progress.reserved) == (1, 1)


def test_codes_that_are_none_are_told_from_wrong_ones(solvik: Solvik, adviser: Person) -> None:
    survey = a_fielded_survey()
    with pytest.raises(NotACode):
        mark_returned(survey, "K7QM", by=adviser)
    with pytest.raises(UnknownCode):
        mark_returned(survey, new_code(Random(1)), by=adviser)
    with pytest.raises(NotAllowed):
        mark_returned(survey, Invitation.objects.first().code, by=solvik.reader)


def test_reminders_go_only_while_it_is_open(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    for moment in (MONDAY, CLOSES):
        with pytest.raises(NotOpen):
            send_reminders(survey, by=None, now=moment)
    with pytest.raises(NotFielded):
        send_reminders(a_survey("draft"), by=None, now=WHILE_OPEN)
    Invitation.objects.update(answered=True)
    with pytest.raises(NobodyToRemind):
        send_reminders(survey, by=None, now=WHILE_OPEN)
    with pytest.raises(NotAllowed):
        send_reminders(survey, by=solvik.clerk, now=WHILE_OPEN)


def test_the_command_reminds(solvik: Solvik) -> None:
    survey, out = a_fielded_survey(), StringIO()
    with time_machine.travel(WHILE_OPEN, tick=False):
        call_command("remind_survey", survey.code, "--dry-run", stdout=out)
        assert not Invitation.objects.filter(reminders__gt=0).exists()
        call_command("remind_survey", survey.code, stdout=out)
    assert Invitation.objects.filter(reminders=1).count() == 40
    assert out.getvalue().count("Reminder 1:") == 2
    with pytest.raises(CommandError, match="no survey"):
        call_command("remind_survey", "nothing")


# --- Opening and closing at local times ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "opens_utc", "closes_utc"),
    [
        (("09.11.2026", "08:00"), ("30.11.2026", ""), "2026-11-09T07:00", "2026-11-30T22:59"),  # winter
        (("01.06.2026", ""), ("30.06.2026", "12:00"), "2026-05-31T22:00", "2026-06-30T10:00"),  # summer
        (("20.03.2026", "08:00"), ("29.03.2026", "23:59"), "2026-03-20T07:00", "2026-03-29T21:59"),  # over the spring night
        (("29.03.2026", "02:30"), ("30.03.2026", ""), "2026-03-29T01:30", "2026-03-30T21:59"),  # a time that there is not
        (("25.10.2026", "02:30"), ("25.10.2026", "23:00"), "2026-10-25T00:30", "2026-10-25T22:00"),  # the first of two
    ],
)  # fmt: skip
def test_opens_and_closes_by_the_local_clock(
    solvik: Solvik, opens: tuple[str, str], closes: tuple[str, str], opens_utc: str, closes_utc: str
) -> None:
    given = {"opens_on": opens[0], "opens_time": opens[1], "closes_on": closes[0], "closes_time": closes[1]}
    form = FieldForm(given | {"reminders_at_most": "2"})
    assert form.is_valid(), form.errors
    zone = solvik.municipality.zone
    opens_at, closes_at = form.opens_at(zone).astimezone(UTC), form.closes_at(zone).astimezone(UTC)
    assert opens_at.isoformat().startswith(opens_utc)
    assert closes_at.isoformat().startswith(closes_utc)
    survey = a_fielded_survey(opens=opens_at, closes=closes_at, fielded=opens_at - timedelta(days=9))
    one = Invitation.objects.filter(survey=survey).first()
    for moment, refusal in ((opens_at - timedelta(seconds=1), NotOpenYet), (closes_at, SurveyClosed)):
        with pytest.raises(refusal):
            submit_answer(survey, {"q1": "4"}, invitation=one, now=moment)
    with time_machine.travel(closes_at - timedelta(seconds=1), tick=False):
        assert close_surveys() == "0 closed"
    with time_machine.travel(closes_at, tick=False):
        assert close_surveys() == "1 closed"
        assert close_surveys() == "0 closed"


def test_opening_and_paper_can_be_moved_and_what_cannot_be_is_refused(solvik: Solvik, adviser: Person) -> None:
    survey = a_fielded_survey()
    day = timedelta(days=1)
    moved = move_times(survey, CLOSES, opens_at=OPENS + day, paper_until=CLOSES + 7 * day, by=adviser, now=MONDAY)
    assert (moved.opens_at, moved.closes_at, moved.paper_until) == (OPENS + day, CLOSES, CLOSES + 7 * day)
    with pytest.raises(PaperTooEarly):
        move_times(survey, CLOSES, paper_until=CLOSES, by=adviser, now=MONDAY)
    with pytest.raises(OpenAlready):
        move_times(survey, CLOSES, opens_at=OPENS + 9 * day, by=adviser, now=WHILE_OPEN)
    assert open_now(moved, by=adviser, now=MONDAY).opens_at == MONDAY
    with pytest.raises(OpenAlready):
        open_now(Survey.objects.get(pk=survey.pk), by=adviser, now=WHILE_OPEN)
    with pytest.raises(NotFielded):
        open_now(a_survey("draft"), by=adviser, now=MONDAY)
    with pytest.raises(NotAllowed):
        open_now(moved, by=solvik.clerk, now=MONDAY)
    late = Survey.objects.get(pk=survey.pk)
    assert late.paper_until == CLOSES + 7 * day
    assert not due_to_close(CLOSES).exists()
    assert due_to_close(CLOSES + 7 * day).get() == late


def test_ways_are_chosen_when_it_is_fielded(solvik: Solvik) -> None:
    survey = a_survey()
    with pytest.raises(ImpossibleReminders):
        field_survey(survey, OPENS, CLOSES, ways=Ways(True, False, 6), by=None, now=MONDAY)
    fielded = field_survey(survey, OPENS, CLOSES, ways=Ways(True, True, 0), by=None, now=MONDAY)
    assert (fielded.open_to_all, fielded.kiosk, fielded.reminders_at_most) == (True, True, 0)


# --- Counts ---------------------------------------------------------------------------------------------------------


def test_counts_are_live_and_small_groups_are_not_shown(solvik: Solvik, django_assert_num_queries) -> None:
    survey = a_fielded_survey(wanted=Wanted("proportional", 60, "gender", "2026"))
    chosen = answer(survey, 12)
    save_draft(Invitation.objects.order_by("pk")[20], {"q1": 4}, language="nb", easy=False, now=WHILE_OPEN)
    with django_assert_num_queries(3):
        progress = progress_of(survey)
    assert (progress.invited, progress.answered, progress.share, progress.begun) == (60, 12, 0.2, 1)
    # By group as of last night: by two live pages, of district and of age, one could see who answered between them.
    assert [rate.answered for rate in rates(survey, "stratum", 2026)] == [0, 0]
    flush_spent(survey)
    strata = Counter(Invitation.objects.filter(pk__in=chosen).values_list("stratum", flat=True))
    written = sum(max(0, count - 4) for count in strata.values())  # all but four of each stratum
    assert sum(rate.answered or 0 for rate in rates(survey, "stratum", 2026)) == written
    flush_spent(survey, everything=True)
    by_stratum = rates(survey, "stratum", 2026)
    assert sum(rate.answered or 0 for rate in by_stratum) == 12
    assert [rate.invited for rate in by_stratum] == [27, 33]
    district = {rate.label: rate for rate in rates(survey, "district", 2026)}
    few = Invitation.objects.filter(resident__district="Øya").count()
    assert 0 < few < 5
    # Øya alone would follow from the total, so the smaller of the others is not shown either.
    assert district["Øya"].invited is None
    assert sum(rate.invited is None for rate in district.values()) == 2


def test_people_are_deleted_only_when_no_survey_asks_them(solvik: Solvik, adviser: Person) -> None:
    survey = a_fielded_survey()
    with pytest.raises(StillAsked):
        delete_people(survey.draw.population, by=adviser)
    unused = a_population(30, "Ubrukt")
    assert delete_people(unused, by=adviser) == 30
    unused.refresh_from_db()
    assert unused.size == 30
