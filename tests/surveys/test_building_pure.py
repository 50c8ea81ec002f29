"""Keys, conditions, gaps and intervals: the pure rules of a questionnaire; and the library as it lies on the shelf."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.conditions import Fault, first_fault, values_to_choose
from surveys.gaps import lacks_easy, languages_missing
from surveys.intervals import next_round_on
from surveys.keys import LONGEST_DERIVED, key_from
from surveys.library import library, library_items
from surveys.questionnaires import WITH_OPTIONS, Item, Option, QuestionKind


@pytest.mark.parametrize(
    ("words", "taken", "key"),
    [
        ("Jeg får svar når jeg ringer.", (), "jeg-far-svar-nar-jeg-ringer"),
        ("Blåbærsyltetøy", (), "blabaersyltetoy"),
        ("Är du nöjd?", (), "ar-du-nojd"),
        ("Trygg", {"trygg", "trygg-2"}, "trygg-3"),
        ("???", (), "item"),
        ("日本", {"item"}, "item-2"),
        ("ord " * 40, (), "ord-ord-ord-ord-ord-ord-ord-ord-ord-ord-ord-ord"),
        ("x" * 80, (), "x" * 50),
    ],
)
def test_key_is_made_of_words(words: str, taken: set[str], key: str) -> None:
    assert key_from(words, taken) == key


@given(st.text(max_size=120), st.sets(st.text(max_size=4), max_size=4))
def test_any_words_give_a_free_key_of_plain_letters(words: str, taken: set[str]) -> None:
    key = key_from(words, taken)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
    assert key not in taken
    assert len(key) <= LONGEST_DERIVED + 3


def an_item(key: str, kind: str = "scale", show_if: tuple[str, set[str]] | None = None, **fields: object) -> Item:
    condition = (show_if[0], frozenset(show_if[1])) if show_if else None
    return Item(key, kind, {"nb": key}, options=[Option("yes", {}), Option("no", {})], show_if=condition, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        ([an_item("a"), an_item("b", show_if=("a", {"1", "dk"}))], None),
        ([an_item("a", "single"), an_item("b", show_if=("a", {"yes"}))], None),
        ([an_item("a", show_if=("a", {"1"}))], Fault.NOT_EARLIER),
        ([an_item("b", show_if=("a", {"1"})), an_item("a")], Fault.NOT_EARLIER),
        ([an_item("a"), an_item("b", show_if=("a", {"7"}))], Fault.NO_SUCH_VALUE),
        ([an_item("a", dont_know=False), an_item("b", show_if=("a", {"dk"}))], Fault.NO_SUCH_VALUE),
        ([an_item("a", "text"), an_item("b", show_if=("a", {"1"}))], Fault.NO_SUCH_VALUE),
        ([an_item("a"), an_item("b", show_if=("a", set()))], Fault.NO_VALUE),
    ],
)
def test_a_condition_names_an_earlier_question_and_its_answers(items: list[Item], fault: Fault | None) -> None:
    found = first_fault(items)
    assert (found.fault if found else None) == fault


def test_missing_languages_are_those_of_a_text_that_is_there() -> None:
    assert languages_missing({"nb": "Hei", "en": ""}, ["nb", "nn", "en"]) == ["nn", "en"]
    assert languages_missing({"nb": ""}, ["nb", "nn"]) == []
    assert lacks_easy({"nb": "Hei", "nb-easy": "Hei", "sv": "Hej"}, ["nb", "nn", "sv"]) == ["sv"]


@pytest.mark.parametrize(
    ("last", "years", "due"),
    [
        (date(2022, 10, 3), 4, date(2026, 10, 3)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_next_round_comes_after_so_many_years(last: date, years: int, due: date) -> None:
    assert next_round_on(last, years) == due


# --- The library --------------------------------------------------------------------------------------------------------


def test_library_has_the_nine_themes_with_four_to_seven_scale_items_each() -> None:
    numbers = {area.key: sum(item.kind == "scale" for item in area.items) for area in library()}
    themes = (
        "reputation", "meeting", "services", "transport", "environment", "housing", "safety", "culture", "democracy",
    )  # fmt: skip
    assert [key for key in numbers if key in themes] == list(themes)
    assert all(4 <= numbers[key] <= 7 for key in (*themes, "service-users", "work"))
    background = {item.key for _area, item in library_items().values() if item.background}
    assert {"age", "gender", "district", "years-lived-here", "services-used", "respondent-group"} <= background
    assert library_items()["most-important-services"][1].kind == QuestionKind.RANKING


def test_library_keys_are_unique_and_conditions_hold() -> None:
    keys = [area.key for area in library()] + [item.key for area in library() for item in area.items]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}", key) for key in keys)
    assert first_fault([item for area in library() for item in area.items]) is None


@pytest.mark.parametrize("item", [pair[1] for pair in library_items().values()], ids=lambda item: item.key)
def test_library_item_is_written_in_all_languages(item: Item) -> None:
    assert languages_missing(item.texts, ["nb", "nn", "sv", "en"]) == []
    assert lacks_easy(item.texts, ["nb", "nn", "sv", "en"]) == []
    assert all(languages_missing(option.texts, ["nb", "nn", "sv", "en"]) == [] for option in item.options)
    assert (len(item.options) >= 2) == (item.kind in WITH_OPTIONS)
    assert len({option.key for option in item.options}) == len(item.options)
    # A statement ends with a full stop, a question with a question mark.
    assert item.texts["nb"][-1] == ("." if item.kind == "scale" or item.kind == "ranking" else "?")
    assert set(values_to_choose(item)) or item.kind == QuestionKind.TEXT
