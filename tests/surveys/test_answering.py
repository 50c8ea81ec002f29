"""Taking answers: once for each code, what cannot be is refused, and nobody's is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from surveys.actions.answering import (
    AlreadyAnswered,
    ImpossibleValue,
    NotByLink,
    NothingAnswered,
    NotOpenYet,
    SurveyClosed,
    save_draft,
    submit_answer,
)
from surveys.actions.closing import NotFielded, close_survey
from surveys.actions.spending import flush_spent
from surveys.models import Answer, Comment, Draft, Invitation, Resident, SpentCode
from surveys.queries import is_spent
from tests.factories import MONDAY, MunicipalityFactory
from tests.surveys.rounds import ANSWERED, CLOSES, make_round, survey_of_every_kind
from tests.threads import at_once, errors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house() -> None:
    MunicipalityFactory(phone="33 00 00 00")


def test_answer_is_stored_without_its_texts() -> None:
    made = make_round()
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], language="nb", now=MONDAY)
    answer, comment = Answer.objects.get(), Comment.objects.get()
    assert answer.values == {"road": 5, "used": "yes", "library": 4}
    assert (answer.source, answer.stratum) == ("invited", "")
    assert (comment.question, comment.text, comment.language, comment.state, comment.found) == (
        "words", "Fin by", "nb", "kept", [],
    )  # fmt: skip


def test_code_is_used_once() -> None:
    made = make_round()
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)
    with pytest.raises(AlreadyAnswered):
        submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)
    assert is_spent(made.invited[0])
    assert not is_spent(made.invited[1])
    assert Answer.objects.count() == 1


def test_code_is_used_once_after_it_was_written_down() -> None:
    made = make_round(people=9)
    for one in made.invited:
        submit_answer(made.survey, ANSWERED, invitation=one, now=MONDAY)
    assert flush_spent(made.survey) == 5
    assert Invitation.objects.filter(answered=True).count() == 5
    assert SpentCode.objects.count() == 4
    for one in made.invited:
        with pytest.raises(AlreadyAnswered):
            submit_answer(made.survey, ANSWERED, invitation=one, now=MONDAY)
    assert Answer.objects.count() == 9
    assert SpentCode.objects.count() == 4


def test_fewer_than_five_are_not_written_down() -> None:
    made = make_round(people=8, strata=("north", "south"))
    for one in made.invited:
        submit_answer(made.survey, ANSWERED, invitation=one, now=MONDAY)
    assert flush_spent(made.survey) == 0
    assert flush_spent(made.survey, everything=True) == 8


@pytest.mark.parametrize(
    ("values", "field"),
    [({"road": "7"}, "road"), ({"road": 0}, "road"), ({"road": "five"}, "road"), ({"lights": 4}, "lights"),
     ({"used": "perhaps"}, "used"), ({"which": ["school", "roads", "care"]}, "which"), ({"which": ["dk", "care"]}, "which"),
     ({"most": ["school", "school"]}, "most"), ({"words": "x" * 4001}, "words")],
)  # fmt: skip
def test_impossible_value_is_refused_and_the_code_is_not_spent(values: dict[str, Any], field: str) -> None:
    made = make_round()
    with pytest.raises(ImpossibleValue) as refused:
        submit_answer(made.survey, ANSWERED | values, invitation=made.invited[0], now=MONDAY)
    assert refused.value.field == field
    assert Answer.objects.count() == Comment.objects.count() == SpentCode.objects.count() == 0


def test_what_is_not_asked_is_dropped() -> None:
    made = make_round()
    submit_answer(made.survey, ANSWERED | {"used": "no", "often": "yes"}, invitation=made.invited[0], now=MONDAY)
    assert Answer.objects.get().values == {"road": 5, "used": "no"}


def test_nothing_answered_is_refused() -> None:
    made = make_round()
    with pytest.raises(NothingAnswered):
        submit_answer(made.survey, {"library": "4"}, invitation=made.invited[0], now=MONDAY)


def test_only_while_it_is_open() -> None:
    made = make_round()
    with pytest.raises(NotOpenYet):
        submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY - timedelta(seconds=1))
    with pytest.raises(SurveyClosed):
        submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=CLOSES)
    with pytest.raises(SurveyClosed):
        save_draft(made.invited[0], {"road": 5}, language="nb", easy=False, now=CLOSES)
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], source=Answer.Source.PAPER, now=CLOSES)
    assert Answer.objects.get().source == "paper"
    close_survey(made.survey, now=CLOSES)
    with pytest.raises(SurveyClosed):
        submit_answer(made.survey, ANSWERED, invitation=made.invited[1], source=Answer.Source.PAPER, now=CLOSES)


def test_without_code_only_where_the_survey_is_open_to_all() -> None:
    made = make_round()
    for source in (Answer.Source.INVITED, Answer.Source.OPEN):
        with pytest.raises(NotByLink):
            submit_answer(made.survey, ANSWERED, source=source, now=MONDAY)
    made.survey.open_to_all = True
    made.survey.save()
    submit_answer(made.survey, ANSWERED, source=Answer.Source.OPEN, now=MONDAY)
    assert Answer.objects.get().source == "open"


def test_invitation_to_another_survey_opens_nothing() -> None:
    made, other = make_round(), survey_of_every_kind(code="another")
    with pytest.raises(AlreadyAnswered):
        submit_answer(other, ANSWERED, invitation=made.invited[0], now=MONDAY)


def test_draft_comes_back_and_goes_with_the_answer() -> None:
    made = make_round()
    save_draft(made.invited[0], {"road": 5}, language="en", easy=True, now=MONDAY)
    save_draft(made.invited[0], {"road": 4}, language="nb", easy=False, now=MONDAY)
    draft = Draft.objects.get()
    assert (draft.values, draft.language, draft.easy) == ({"road": 4}, "nb", False)
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)
    assert not Draft.objects.exists()
    with pytest.raises(AlreadyAnswered):
        save_draft(made.invited[0], {"road": 1}, language="nb", easy=False, now=MONDAY)


@pytest.mark.parametrize(
    ("text", "found"),
    [("Ring 33 18 10 00 da", ["phone"]), ("Skriv til kari@example.test", ["email"]),
     ("Jeg heter Ola", ["name"]), ("Vi bor i Storgata 0 nederst", ["address"]), ("Ring kommunen på 33 00 00 00", [])],
)  # fmt: skip
def test_comment_that_may_name_somebody_is_held(text: str, found: list[str]) -> None:
    made = make_round()
    submit_answer(made.survey, {"words": text}, invitation=made.invited[0], now=MONDAY)
    comment = Comment.objects.get()
    assert (comment.found, comment.state) == (found, "held" if found else "kept")


def test_comment_with_a_residents_name_is_held_at_closing() -> None:
    made = make_round()
    for text in ("Ordfører Ola Etternavnb er grei", "Fint med ola og kari", "Familien Etternavnas hus"):
        submit_answer(made.survey, {"words": text}, invitation=made.invited.pop(), now=MONDAY, source="paper")
    Comment.objects.update(found=[], state="kept")  # as if the writers' own names were not known
    close_survey(made.survey, now=CLOSES)
    assert sorted(Comment.objects.values_list("text", "state")) == [
        ("Familien Etternavnas hus", "held"), ("Fint med ola og kari", "kept"), ("Ordfører Ola Etternavnb er grei", "held"),
    ]  # fmt: skip


def test_closing_writes_all_down_and_puts_people_away() -> None:
    made = make_round(people=4)
    for one in made.invited[:3]:
        submit_answer(made.survey, ANSWERED, invitation=one, now=MONDAY)
    save_draft(made.invited[3], {"road": 5}, language="nb", easy=False, now=MONDAY)
    before = set(Answer.objects.values_list("pk", flat=True))
    closed = close_survey(made.survey, now=CLOSES)
    assert (closed.stage, closed.closed_at) == ("closed", CLOSES)
    assert list(Invitation.objects.order_by("pk").values_list("answered", "resident")) == [(True, None)] * 3 + [
        (False, None)
    ]
    assert not before & set(Answer.objects.values_list("pk", flat=True))
    assert Answer.objects.count() == Comment.objects.count() == 3
    assert Resident.objects.count() == Draft.objects.count() == SpentCode.objects.count() == 0
    after = set(Answer.objects.values_list("pk", flat=True))
    assert close_survey(made.survey, now=CLOSES + timedelta(days=1)).closed_at == CLOSES
    assert set(Answer.objects.values_list("pk", flat=True)) == after


def test_residents_stay_while_another_survey_asks_them() -> None:
    made, other = make_round(), survey_of_every_kind(code="another")
    draw = made.survey.draw
    draw.pk, draw.survey = None, other
    draw.save()
    close_survey(made.survey, now=CLOSES)
    assert Resident.objects.count() == 3
    assert not Invitation.objects.filter(resident__isnull=False).exists()
    close_survey(other, now=CLOSES)
    assert Resident.objects.count() == 0


def test_a_draft_survey_is_not_closed() -> None:
    survey = survey_of_every_kind(stage="draft", opens_at=None, closes_at=None, fielded_at=None)
    with pytest.raises(NotFielded):
        close_survey(survey, now=CLOSES)


@pytest.mark.django_db(transaction=True)
def test_hundred_at_once_lose_none() -> None:
    made = make_round(people=100)

    def answer(number: int) -> None:
        values = {"road": str(1 + number % 6), "words": f"Nummer {number}"}
        submit_answer(made.survey, values, invitation=made.invited[number], now=MONDAY)

    at_once_of_twenty = [
        at_once(*[lambda n=n: answer(n) for n in range(start, start + 20)]) for start in range(0, 100, 20)
    ]
    assert [errors(one) for one in at_once_of_twenty] == [[]] * 5
    assert Answer.objects.count() == 100
    assert sorted(Comment.objects.values_list("text", flat=True)) == sorted(f"Nummer {n}" for n in range(100))
    assert SpentCode.objects.count() == 100


@pytest.mark.django_db(transaction=True)
def test_same_code_at_once_counts_once_while_codes_are_written_down() -> None:
    made = make_round(people=12)
    for one in made.invited[1:]:
        submit_answer(made.survey, ANSWERED, invitation=one, now=MONDAY)

    def answer() -> None:
        submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=MONDAY)

    done = at_once(answer, lambda: flush_spent(made.survey), answer, lambda: flush_spent(made.survey), answer)
    assert errors(done) == ["AlreadyAnswered", "AlreadyAnswered"]
    assert Answer.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_answer_at_the_moment_of_closing_is_in_or_refused() -> None:
    made = make_round(people=8)

    def answer(number: int) -> None:
        submit_answer(made.survey, ANSWERED, invitation=made.invited[number], now=MONDAY)

    done = at_once(
        *[lambda n=n: answer(n) for n in range(4)], lambda: close_survey(made.survey, now=CLOSES),
        *[lambda n=n: answer(n) for n in range(4, 8)],
    )  # fmt: skip
    refused = errors(done)
    assert set(refused) <= {"SurveyClosed"}
    assert Answer.objects.count() == 8 - len(refused) == Invitation.objects.filter(answered=True).count()
