"""Making a questionnaire by the actions: keys, conditions, next rounds, the library, and what is refused."""

# ruff: noqa: F811  (fixtures that come from another file)

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from organisation.actions.base import Unfit
from organisation.errors import NotAllowed, Refused
from organisation.models import Change, OutgoingMail, Person
from surveys.actions.building import (
    HasNextRound,
    ImpossibleInterval,
    SurveyCodeTaken,
    SurveyInUse,
    UnitMissing,
    change_survey,
    copy_survey,
    create_survey,
    remove_survey,
    set_interval,
)
from surveys.actions.building_areas import KeyTaken, add_area, change_area, move_area, remove_area
from surveys.actions.building_base import (
    ConditionBroken,
    ConditionHalf,
    ConditionOfOther,
    GoneMeanwhile,
    LanguageUnknown,
    SurveyFrozen,
    TextMissing,
    TextTooLong,
)
from surveys.actions.building_library import NothingChosen, NotInLibrary, insert_from_library
from surveys.actions.building_questions import (
    AnotherKindBefore,
    AreaOfAnotherSurvey,
    ImpossibleAtMost,
    OptionsMissing,
    OptionTaken,
    add_question,
    change_question,
    move_question,
    remove_question,
)
from surveys.actions.next_rounds import remind_of_next_rounds
from surveys.library import library, library_items
from surveys.models import Area, Question, Survey
from surveys.queries import items_of, keys_of_earlier_rounds
from surveys.tasks import remind
from tests.factories import MONDAY, Solvik, oslo
from tests.surveys.questionnaire import a_question, an_area, field_it, survey  # noqa: F401

pytestmark = pytest.mark.django_db
YES_NO = [{"texts": {"nb": "Ja", "nn": "Ja"}}, {"texts": {"nb": "Nei"}}]


def changed(question: Question, **fields: Any) -> Question:
    """Change a question, with all that is not named as it stands."""
    values = {
        name: getattr(question, name)
        for name in ("texts", "kind", "helps", "options", "background", "dont_know", "at_most", "show_if")
    }
    return change_question(question, **(values | fields), by=None, now=MONDAY)


def keys(survey: Survey) -> list[str]:
    return [item.key for item in items_of(survey)]


# --- Surveys ------------------------------------------------------------------------------------------------------------


def test_a_survey_is_made_with_a_code_of_its_title_and_the_municipalitys_languages(adviser: Person) -> None:
    made = create_survey(titles={"nb": " Innbyggerne  2026 ", "sv": ""}, by=adviser, now=MONDAY)
    again = create_survey(titles={"nb": "Innbyggerne 2026"}, by=adviser, now=MONDAY)
    assert (made.code, made.titles, made.languages) == (
        "innbyggerne-2026",
        {"nb": "Innbyggerne 2026"},
        ["nb", "nn", "sv", "en"],
    )
    assert (again.code, made.created_by, made.created_at, made.stage) == (
        "innbyggerne-2026-2",
        adviser,
        MONDAY,
        "draft",
    )
    assert Change.objects.values_list("kind", "what", "name").earliest("id") == (
        "surveys.survey",
        "created",
        "innbyggerne-2026",
    )


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"titles": {}}, TextMissing, "title_nb"),
        ({"titles": {"sv": "Bara svenska"}}, TextMissing, "title_nb"),
        ({"titles": {"nb": "x" * 151}}, TextTooLong, "title_nb"),
        ({"titles": {"nb": "Tittel", "de": "Titel"}}, LanguageUnknown, "languages"),
        ({"introductions": {"nb-easy": "x" * 4001}}, TextTooLong, "introduction_nb_easy"),
        ({"languages": ["fi"]}, LanguageUnknown, "languages"),
        ({"kind": "user"}, UnitMissing, "unit"),
        ({"kind": "poll"}, Unfit, "kind"),
        ({"code": "citizens-2026"}, SurveyCodeTaken, "code"),
        ({"code": "new"}, SurveyCodeTaken, "code"),
        ({"code": "to ord"}, Unfit, "code"),
        ({"repeats_every_years": 0}, ImpossibleInterval, "repeats_every_years"),
        ({"smallest_group": 4}, Unfit, "smallest_group"),
    ],
)
def test_what_no_survey_can_be(survey: Survey, values: dict[str, Any], error: type[Refused], field: str) -> None:
    with pytest.raises(error) as caught:
        create_survey(**({"titles": {"nb": "Tittel"}} | values), by=None, now=MONDAY)
    assert caught.value.field == field
    assert Survey.objects.count() == 1


def test_only_who_manages_surveys_changes_them(solvik: Solvik, survey: Survey) -> None:
    area = an_area(survey)
    question = a_question(area)
    for person in (solvik.clerk, solvik.reader, solvik.administrator, solvik.chief):
        acts: list[Callable[[], object]] = [
            lambda by=person: create_survey(titles={"nb": "A"}, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: copy_survey(survey, titles={"nb": "A"}, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: set_interval(survey, repeats_every_years=2, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: add_area(survey, titles={"nb": "A"}, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: add_question(area, texts={"nb": "A"}, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: remove_question(question, by=by, now=MONDAY),  # type: ignore[misc]
            lambda by=person: insert_from_library(survey, ["age"], by=by, now=MONDAY),  # type: ignore[misc]
        ]
        for act in acts:
            with pytest.raises(NotAllowed):
                act()
    assert (Survey.objects.count(), Area.objects.count(), Question.objects.count()) == (1, 1, 1)


def test_nothing_of_a_fielded_survey_can_be_edited(survey: Survey) -> None:
    area = an_area(survey)
    other = an_area(survey, "Miljø")
    question, second = a_question(area), a_question(area, "Jeg er ute.")
    # The objects were read before somebody sent it out: the action looks at the row.
    field_it(survey)
    acts: list[Callable[[], object]] = [
        lambda: change_survey(
            survey, titles={"nb": "Ny"}, kind="citizen", unit=None, introductions={}, thanks={}, languages=[],
            repeats_every_years=None, smallest_group=5, by=None, now=MONDAY,
        ),
        lambda: remove_survey(survey, by=None, now=MONDAY),
        lambda: add_area(survey, titles={"nb": "Ny"}, by=None, now=MONDAY),
        lambda: change_area(area, titles={"nb": "Ny"}, introductions={}, by=None, now=MONDAY),
        lambda: move_area(other, up=True, by=None, now=MONDAY),
        lambda: remove_area(area, by=None, now=MONDAY),
        lambda: add_question(area, texts={"nb": "Ny"}, by=None, now=MONDAY),
        lambda: changed(question, texts={"nb": "Ny"}),
        lambda: move_question(second, up=True, by=None, now=MONDAY),
        lambda: remove_question(question, by=None, now=MONDAY),
        lambda: insert_from_library(survey, ["age"], by=None, now=MONDAY),
    ]  # fmt: skip
    before = [list(model.objects.order_by("id").values()) for model in (Survey, Area, Question, Change)]
    for act in acts:
        with pytest.raises(SurveyFrozen):
            act()
    assert [list(model.objects.order_by("id").values()) for model in (Survey, Area, Question, Change)] == before
    # How often it is held is no question that anybody answered.
    assert set_interval(survey, repeats_every_years=4, by=None, now=MONDAY).repeats_every_years == 4


def test_a_draft_is_thrown_away_unless_something_hangs_on_it(survey: Survey) -> None:
    a_question(an_area(survey))
    copied = copy_survey(survey, titles={"nb": "Neste"}, by=None, now=MONDAY)
    with pytest.raises(SurveyInUse):
        remove_survey(survey, by=None, now=MONDAY)
    remove_survey(copied, by=None, now=MONDAY)
    remove_survey(survey, by=None, now=MONDAY)
    assert (Survey.objects.count(), Question.objects.count()) == (0, 0)


# --- Questions and keys ---------------------------------------------------------------------------------------------------


def test_keys_are_made_of_the_words_and_differ_over_the_whole_survey(survey: Survey) -> None:
    safety, outdoors = an_area(survey, "Trygghet"), an_area(survey, "Ute")
    first = a_question(safety, "Jeg føler meg trygg.")
    second = a_question(outdoors, "Jeg føler meg trygg.")
    third = a_question(outdoors, "Trygghet")
    assert [first.key, second.key, third.key] == ["jeg-foler-meg-trygg", "jeg-foler-meg-trygg-2", "trygghet-2"]
    for area, key in ((outdoors, first.key), (safety, "ute")):
        with pytest.raises(KeyTaken):
            a_question(area, key=key)
    with pytest.raises(KeyTaken):
        an_area(survey, "Ny", key=first.key)
    with pytest.raises(Unfit):
        a_question(safety, key="to ord")
    renamed = changed(first, texts={"nb": "Noe annet"})
    assert (renamed.key, renamed.texts) == ("jeg-foler-meg-trygg", {"nb": "Noe annet"})


def test_choices_get_keys_that_stay(survey: Survey) -> None:
    question = a_question(an_area(survey), kind="single", options=[*YES_NO, {"texts": {"nb": "Ja"}}])
    assert [option["key"] for option in question.options] == ["ja", "nei", "ja-2"]
    options = [question.options[1], question.options[0] | {"texts": {"nb": "Jepp"}}]
    assert changed(question, options=options).options == [
        {"key": "nei", "texts": {"nb": "Nei"}},
        {"key": "ja", "texts": {"nb": "Jepp"}},
    ]


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"texts": {}}, TextMissing, "text_nb"),
        ({"texts": {"nb": "x" * 501}}, TextTooLong, "text_nb"),
        ({"kind": "single"}, OptionsMissing, "options"),
        ({"kind": "ranking", "options": YES_NO[:1]}, OptionsMissing, "options"),
        ({"kind": "single", "options": [*YES_NO, {"texts": {"sv": "Kanske"}}]}, TextMissing, "option_2_nb"),
        ({"kind": "single", "options": [YES_NO[0] | {"key": "dk"}, YES_NO[1]]}, OptionTaken, "options"),
        ({"kind": "single", "options": [one | {"key": "a"} for one in YES_NO]}, OptionTaken, "options"),
        ({"kind": "multiple", "options": YES_NO, "at_most": 3}, ImpossibleAtMost, "at_most"),
        ({"kind": "multiple", "options": YES_NO, "at_most": 0}, ImpossibleAtMost, "at_most"),
        ({"kind": "slider"}, Unfit, "kind"),
        ({"show_if": {"question": "nowhere", "values": ["1"]}}, ConditionBroken, "show_if_question"),
        ({"show_if": {"question": "before", "values": []}}, ConditionHalf, "show_if_values"),
        ({"show_if": {"question": "before", "values": ["7"]}}, ConditionHalf, "show_if_values"),
    ],
)
def test_what_no_question_can_be(survey: Survey, values: dict[str, Any], error: type[Refused], field: str) -> None:
    area = an_area(survey)
    a_question(area, key="before")
    with pytest.raises(error) as caught:
        add_question(area, **({"texts": {"nb": "Spørsmål"}} | values), by=None, now=MONDAY)
    assert caught.value.field == field
    assert keys(survey) == ["before"]


def test_what_the_type_does_not_have_is_left_out(survey: Survey) -> None:
    made = a_question(an_area(survey), kind="text", options=YES_NO, at_most=1)
    assert (made.options, made.at_most, made.dont_know) == ([], None, False)


def test_questions_and_areas_change_places(survey: Survey) -> None:
    first, second = an_area(survey, "En"), an_area(survey, "To")
    a, b, c = (a_question(first, key=key) for key in "abc")
    d = a_question(second, key="d")
    move_question(c, up=True, by=None, now=MONDAY)
    move_question(a, up=True, by=None, now=MONDAY)
    move_question(b, up=False, by=None, now=MONDAY)
    assert keys(survey) == ["a", "c", "b", "d"]
    move_area(second, up=True, by=None, now=MONDAY)
    assert keys(survey) == ["d", "a", "c", "b"]
    changed(d, area=first)
    assert keys(survey) == ["a", "c", "b", "d"]
    elsewhere = an_area(create_survey(titles={"nb": "Annen"}, by=None, now=MONDAY))
    with pytest.raises(AreaOfAnotherSurvey):
        changed(d, area=elsewhere)


def test_a_question_that_another_waits_for_stays_before_it_with_its_answers(survey: Survey) -> None:
    first, second = an_area(survey, "En"), an_area(survey, "To")
    asked = a_question(first, key="asked", kind="single", options=[*YES_NO, {"texts": {"nb": "Kanskje"}}])
    a_question(first, key="waits", show_if={"question": "asked", "values": ["ja"]})
    a_question(second, key="waits-too", show_if={"question": "asked", "values": ["nei"]})
    refused: list[tuple[Callable[[], object], type[Refused]]] = [
        (lambda: move_question(asked, up=False, by=None, now=MONDAY), ConditionBroken),
        (lambda: move_area(second, up=True, by=None, now=MONDAY), ConditionBroken),
        (lambda: remove_question(asked, by=None, now=MONDAY), ConditionBroken),
        (lambda: remove_area(first, by=None, now=MONDAY), ConditionBroken),
        (lambda: changed(asked, options=asked.options[1:]), ConditionOfOther),
        (lambda: changed(asked, kind="text"), ConditionOfOther),
    ]
    for act, error in refused:
        with pytest.raises(error):
            act()
    assert keys(survey) == ["asked", "waits", "waits-too"]
    assert len(changed(asked, options=asked.options[:2]).options) == 2


# --- The next round -----------------------------------------------------------------------------------------------------


def test_what_somebody_else_took_away_meanwhile_is_refused_in_words(survey: Survey) -> None:
    area, other = an_area(survey), an_area(survey, "Kultur")
    first = a_question(area, kind="single", options=[{"texts": {"nb": "Ja"}}, {"texts": {"nb": "Nei"}}])
    waits = a_question(area, "Og?", show_if={"question": first.key, "values": [first.options[0]["key"]]})
    words: dict[str, Any] = {
        "kind": "scale", "helps": {}, "options": [], "background": False, "dont_know": True, "at_most": None,
    }  # fmt: skip
    change = partial(change_question, texts={"nb": "Nå"}, **words, by=None, now=MONDAY)
    remove_area(other, by=None, now=MONDAY)
    with pytest.raises(GoneMeanwhile):
        change(waits, show_if=None, area=other)
    with pytest.raises(GoneMeanwhile):
        add_question(other, texts={"nb": "Ny"}, by=None, now=MONDAY)
    with pytest.raises(GoneMeanwhile):
        change_area(other, titles={"nb": "Ny"}, introductions={}, by=None, now=MONDAY)
    # The question that a stored condition names, gone past the actions (the admin, an earlier fault).
    Question.objects.filter(pk=first.pk).delete()
    with pytest.raises(ConditionBroken):
        change(waits, show_if=waits.show_if)
    change(waits, show_if=None)
    remove_question(waits, by=None, now=MONDAY)
    with pytest.raises(GoneMeanwhile):
        change(waits, show_if=None)
    remove_question(waits, by=None, now=MONDAY)  # gone is gone
    remove_survey(survey, by=None, now=MONDAY)
    with pytest.raises(GoneMeanwhile):
        add_area(survey, titles={"nb": "Ny"}, by=None, now=MONDAY)


def test_the_next_round_has_the_same_questions_under_the_same_keys(survey: Survey) -> None:
    insert_from_library(survey, ["been-in-touch", "got-help", "age"], by=None, now=MONDAY)
    set_interval(survey, repeats_every_years=4, by=None, now=MONDAY)
    old = field_it(survey)
    new = copy_survey(old, titles={"nb": "Innbyggerundersøkelsen 2030"}, by=None, now=MONDAY)
    assert (new.previous, new.stage, new.opens_at, new.repeats_every_years) == (old, "draft", None, 4)
    assert items_of(new) == items_of(old)
    assert Question.objects.count() == 2 * len(keys(old))
    changed(Question.objects.get(area__survey=new, key="got-help"), texts={"nb": "Nye ord"})
    assert Question.objects.get(area__survey=old, key="got-help").texts["nb"] == "Jeg fikk den hjelpen jeg trengte."
    with pytest.raises(HasNextRound):
        copy_survey(old, titles={"nb": "Enda en"}, by=None, now=MONDAY)


def test_a_key_of_an_earlier_round_stands_for_the_same_question(survey: Survey) -> None:
    asked = a_question(an_area(survey), "Jeg er trygg.")
    new = copy_survey(field_it(survey), titles={"nb": "Neste"}, by=None, now=MONDAY)
    copied = Question.objects.get(area__survey=new)
    assert keys_of_earlier_rounds(new) == {asked.key: "scale"}
    with pytest.raises(AnotherKindBefore):
        changed(copied, kind="text")
    remove_question(copied, by=None, now=MONDAY)
    with pytest.raises(AnotherKindBefore):
        a_question(new.areas.get(), key=asked.key, kind="three_points")
    assert a_question(new.areas.get(), "Jeg er trygg.").key == "jeg-er-trygg-2"
    assert a_question(new.areas.get(), key=asked.key).key == "jeg-er-trygg"


OPENED = oslo(2022, 11, 2, 8)


def mailed() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("id").values_list("to", "subject"))


def test_the_next_round_is_told_of_once_three_months_before(adviser: Person, survey: Survey) -> None:
    set_interval(survey, repeats_every_years=4, by=None, now=MONDAY)
    assert remind_of_next_rounds(now=MONDAY) == 0  # a draft was never held
    field_it(survey, opens_at=OPENED, closes_at=OPENED + timedelta(days=21))
    assert remind_of_next_rounds(now=oslo(2026, 8, 3)) == 0
    assert remind_of_next_rounds(now=oslo(2026, 8, 4)) == 1
    assert remind_of_next_rounds(now=oslo(2026, 8, 5)) == 0
    assert mailed() == [
        (adviser.email, "The next round of «Innbyggerundersøkelsen 2026» is due in November 2026"),
    ]
    assert "/staff/surveys/citizens-2026/" in OutgoingMail.objects.get().text
    set_interval(survey, repeats_every_years=5, by=None, now=MONDAY)
    assert remind_of_next_rounds(now=oslo(2026, 12, 1)) == 0
    assert remind_of_next_rounds(now=oslo(2027, 9, 1)) == 1
    assert len(mailed()) == 2


def test_nobody_is_told_of_a_round_that_is_being_made_and_a_new_adviser_hears_of_one_that_waits(
    adviser: Person,
    survey: Survey,
) -> None:
    Survey.objects.update(repeats_every_years=4)
    field_it(survey, opens_at=OPENED, closes_at=OPENED + timedelta(days=21))
    adviser.role_assignments.all().delete()
    assert remind_of_next_rounds(now=MONDAY) == 0
    adviser.role_assignments.create(role="quality_adviser")
    copied = copy_survey(survey, titles={"nb": "Neste"}, by=None, now=MONDAY)
    assert remind_of_next_rounds(now=MONDAY) == 0
    copied.delete()
    assert remind() == "1 surveys"


# --- The library --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_whole_library_fits_into_a_survey_once(survey: Survey) -> None:
    every = list(library_items())
    assert insert_from_library(survey, every, by=None, now=MONDAY) == len(every)
    assert insert_from_library(survey, every, by=None, now=MONDAY) == 0
    assert keys(survey) == every
    assert list(survey.areas.values_list("key", flat=True)) == [area.key for area in library()]
    by_key = {item.key: item for item in items_of(survey)}
    for key, (_area, item) in library_items().items():
        held = by_key[key]
        assert (held.texts, held.kind, held.show_if, held.at_most) == (
            item.texts,
            item.kind,
            item.show_if,
            item.at_most,
        )
        assert [option.texts for option in held.options] == [option.texts for option in item.options]


def test_single_questions_bring_along_what_they_wait_for(survey: Survey) -> None:
    assert insert_from_library(survey, ["got-help", "age"], by=None, now=MONDAY) == 3
    assert keys(survey) == ["been-in-touch", "got-help", "age"]
    assert insert_from_library(survey, ["easy-to-reach"], by=None, now=MONDAY) == 1
    with pytest.raises(NothingChosen):
        insert_from_library(survey, [], by=None, now=MONDAY)
    with pytest.raises(NotInLibrary):
        insert_from_library(survey, ["gender", "nonsense"], by=None, now=MONDAY)
    assert len(keys(survey)) == 4


def test_questions_come_in_the_surveys_languages(adviser: Person) -> None:
    made = create_survey(titles={"nb": "Kort"}, languages=["nb", "en"], by=adviser, now=MONDAY)
    insert_from_library(made, ["good-place-to-live"], by=adviser, now=MONDAY)
    assert set(items_of(made)[0].texts) == {"nb", "nb-easy", "en", "en-easy"}


def test_the_database_itself_holds_a_key_once_in_a_survey(adviser: Person) -> None:
    first, second = (create_survey(titles={"nb": name}, by=adviser, now=MONDAY) for name in ("Én", "To"))
    areas = [Area.objects.create(survey=survey, key=key) for survey, key in ((first, "a"), (first, "b"), (second, "a"))]
    Question.objects.create(area=areas[0], key="road")
    moved = Question.objects.create(area=areas[2], key="road")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(area=areas[1], key="road")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=moved.pk).update(area=areas[1])
