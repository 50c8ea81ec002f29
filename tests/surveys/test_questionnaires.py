"""What an answer to each kind of question may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaires import InvalidAnswer, Item, Option, QuestionKind, cleaned_value, text_in, without_unasked

OPTIONS = [Option("a", {}), Option("b", {}), Option("c", {})]


def an_item(kind: str, **fields: Any) -> Item:
    return Item("q", kind, {"nb": "?"}, options=OPTIONS, **fields)


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("scale", "6", 6),
        ("scale", ["1"], 1),
        ("scale", "", None),
        ("scale", [], None),
        ("scale", None, None),
        ("scale", "dk", "dk"),
        ("three_points", "3", 3),
        ("single", "b", "b"),
        ("multiple", ["c", "a"], ["c", "a"]),
        ("multiple", "a", ["a"]),
        ("multiple", [], None),
        ("ranking", ["b", "a"], ["b", "a"]),
        ("ranking", ["dk"], "dk"),
        ("text", "  Hei\x00 ", "Hei"),
        ("text", " ", None),
    ],
)
def test_valid_answers(kind: str, raw: Any, stored: Any) -> None:
    assert cleaned_value(an_item(kind), raw) == stored


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("scale", "0"),
        ("scale", "7"),
        ("scale", "3.5"),
        ("scale", "٣"),
        ("three_points", "4"),
        ("single", "d"),
        ("multiple", ["a", "a"]),
        ("multiple", ["a", "d"]),
        ("multiple", ["a", "dk"]),
        ("ranking", ["a", "b", "c"]),
    ],
)
def test_what_no_answer_can_be(kind: str, raw: Any) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        cleaned_value(an_item(kind, at_most=2), raw)
    assert caught.value.key == "q"


def test_dont_know_only_where_it_is_offered() -> None:
    with pytest.raises(InvalidAnswer):
        cleaned_value(an_item("scale", dont_know=False), "dk")


@pytest.mark.slow
@given(st.sampled_from(list(QuestionKind)), st.one_of(st.text(), st.lists(st.text()), st.none()))
def test_anything_typed_is_stored_or_refused(kind: str, raw: Any) -> None:
    try:
        value = cleaned_value(an_item(kind), raw)
    except InvalidAnswer:
        return
    assert value is None or cleaned_value(an_item(kind), value) == value


def test_a_question_that_is_no_longer_asked_loses_its_answer_and_what_hangs_on_it() -> None:
    first = an_item("single")
    second = Item("second", "scale", {}, show_if=("q", frozenset({"a"})))
    third = Item("third", "scale", {}, show_if=("second", frozenset({"5", "6"})))
    values = {"q": "a", "second": 6, "third": 2}
    assert without_unasked([first, second, third], values) == values
    assert without_unasked([first, second, third], values | {"second": 4}) == {"q": "a", "second": 4}
    assert without_unasked([first, second, third], values | {"q": "b"}) == {"q": "b"}


def test_texts_in_another_language() -> None:
    texts = {"nb": "Hei", "nb-easy": "Hei!", "sv": "Hej"}
    assert text_in(texts, "nb", easy=True) == "Hei!"
    assert text_in(texts, "nn") == "Hei"
    assert text_in(texts, "sv", easy=True) == "Hej"
    assert text_in(texts, "en") == "Hei"
    assert text_in({"sv": "Hej"}, "en") == "Hej"
    assert text_in({}, "nb") == ""
