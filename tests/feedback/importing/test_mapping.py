"""Each fault of a mapping is one sentence that names the key."""

# ruff: noqa: E501  (a table of sentences, one a line)

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from feedback.importing.faults import MappingFault
from feedback.importing.mapping import mapping_of, read_mapping

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"

LEAST = """
source = "old"
[card]
key = "id"
registered = "opened"
text = "text"
"""


def test_least_mapping_has_the_defaults() -> None:
    made = mapping_of(tomllib.loads(LEAST))
    assert (made.source, made.key.columns, made.registered.columns, made.text.columns) == (
        "old",
        ("id",),
        ("opened",),
        ("text",),
    )
    assert (made.file.encoding, made.file.delimiter, made.file.dates, made.file.zone) == (
        "utf-8-sig",
        ",",
        ("iso",),
        None,
    )
    assert (made.unit, made.category, made.completed, made.submitter) == (None, None, None, {})


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_examples_are_valid(example: Path) -> None:
    assert read_mapping(example).source == example.stem


def test_example_of_the_manual_is_valid() -> None:
    manual = (EXAMPLES.parent / "import.md").read_text(encoding="utf-8")
    made = mapping_of(tomllib.loads(manual.partition("```toml\n")[2].partition("```")[0]))
    assert (made.source, made.unit and made.unit.parent) == ("acos-2009", "teknisk")


FAULTS: list[tuple[str, str, str]] = [
    ("source missing", LEAST.replace('source = "old"', ""), "source is missing."),
    ("source empty", LEAST.replace('"old"', '" "'), "source is missing."),
    ("source too long", LEAST.replace("old", "o" * 61), "source is longer than 60 characters."),
    ("source a number", LEAST.replace('"old"', "7"), "source is a text in quotation marks."),
    ("no card", 'source = "old"', "The table [card] is missing."),
    ("card no table", 'source = "old"\ncard = 1', "card is a table: write [card]."),
    ("key missing", LEAST.replace('key = "id"', ""), "card.key is missing."),
    ("registered missing", LEAST.replace('registered = "opened"', ""), "card.registered is missing."),
    ("text missing", LEAST.replace('text = "text"', ""), "card.text is missing."),
    ("key the same for all", LEAST.replace('"id"', '{ value = "1" }'), "card.key must differ from row to row: it cannot be one value or have a default."),
    ("slip of the keyboard", LEAST + 'recieved = "x"', "card.recieved is not a key of the mapping. Did you mean «received»?"),
    ("unknown table", LEAST + "[cards]", "cards is not a key of the mapping. Did you mean «card»?"),
    ("nothing near", LEAST + "[submitter]\nzzz = 1", "submitter.zzz is not a key of the mapping. The keys here are: name, address, phone, email, other_way, other_way_note."),
    ("column a number", LEAST + "kind = 3", 'card.kind is a column\'s name in quotation marks, or a table such as { value = "…" }.'),
    ("two ways", LEAST + 'kind = { column = "a", value = "praise" }', "card.kind says one of column, value, join, template; it has column, value."),
    ("no way", LEAST + "kind = { map = {} }", "card.kind says one of column, value, join, template; it has –."),
    ("unknown kind", LEAST + 'kind = { value = "rant" }', "card.kind: «rant» is not one of request, suggestion, complaint, criticism, praise, fault_report."),
    ("unknown kind in a map", LEAST + 'kind = { column = "k", map = { K = "klage" } }', "card.kind: «klage» is not one of request, suggestion, complaint, criticism, praise, fault_report."),
    ("unknown channel", LEAST + 'channel = { column = "c", default = "pigeon" }', "card.channel: «pigeon» is not one of web, paper, post, fax, email, phone, meeting, api, open311, survey, import."),
    ("unknown language", LEAST + 'language = { value = "no" }', "card.language: «no» is not one of nb, nn, sv, en."),
    ("map no table", LEAST + 'kind = { column = "k", map = "praise" }', 'card.kind.map is a table of texts, such as { "Klage" = "complaint" }.'),
    ("map of a fixed value", LEAST + 'place = { value = "x", map = { x = "y" } }', "card.place is one value for all rows: map and default have nothing to do there."),
    ("with without join", LEAST + 'place = { column = "x", with = "," }', "card.place.with is the text that stands between columns that are joined."),
    ("join no list", LEAST + 'place = { join = "x" }', 'card.place.join is a list of texts, such as ["one", "two"].'),
    ("template without column", LEAST + 'place = { template = "x" }', "card.place.template names no column in braces, such as {description}."),
    ("template with format", LEAST + 'place = { template = "{x:>9}" }', "card.place.template: in braces stands the name of a column and nothing else."),
    ("latitude alone", LEAST + 'latitude = "lat"', "card.latitude and card.longitude go together: give both or neither."),
    ("callback neither yes nor no", LEAST + 'callback_wanted = { value = "perhaps" }', "card.callback_wanted: «perhaps» is not one of yes, no."),
    ("create no boolean", LEAST + 'unit = { column = "u", create = "yes" }', "card.unit.create is true or false."),
    ("parent of nothing new", LEAST + 'unit = { column = "u", parent = "tek" }', "card.unit.parent is where new units go, and card.unit.create is not true."),
    ("create of a kind", LEAST + 'kind = { column = "u", create = true }', "card.kind.create is not a key of the mapping. The keys here are: column, value, join, template, with, map, default."),
    ("unit from no category", LEAST + 'unit = { from = "category" }', "card.unit.from is not a key of the mapping. The keys here are: column, value, join, template, with, map, default, create, parent."),
    ("encoding", LEAST + '[file]\nencoding = "utf-9"', "file.encoding: «utf-9» is no text encoding. Examples: utf-8, cp1252, latin-1."),
    ("encoding of no text", LEAST + '[file]\nencoding = "hex"', "file.encoding: «hex» is no text encoding. Examples: utf-8, cp1252, latin-1."),
    ("delimiter", LEAST + '[file]\ndelimiter = ";;"', "file.delimiter is one character, such as «;»."),
    ("delimiter and quote", LEAST + "[file]\ndelimiter = '\"'", "file.delimiter and file.quote cannot be the same character."),
    ("dates without year", LEAST + '[file]\ndates = ["%d.%m."]', "file.dates: «%d.%m.» is not a form in which a date keeps its day, month and year. Examples: «%d.%m.%Y», «%Y-%m-%d %H:%M», «iso»."),
    ("dates no list", LEAST + '[file]\ndates = "%d.%m.%Y"', 'file.dates is a list of texts, such as ["one", "two"].'),
    ("time zone", LEAST + '[file]\ntime_zone = "Europe/Solvik"', "file.time_zone: «Europe/Solvik» is not a time zone. Example: Europe/Oslo."),
    ("no outcome", LEAST + '[completed]\ndate = "c"', 'completed.outcome is missing: say what a date there means, for example outcome = { value = "followed_up" }. It is one of followed_up, answered, referred, withdrawn, noted, not_reached.'),
    ("outcome duplicate", LEAST + '[completed]\ndate = "c"\noutcome = { value = "duplicate" }', "completed.outcome: «duplicate» is not one of followed_up, answered, referred, withdrawn, noted, not_reached."),
    ("outcome without date", LEAST + '[completed]\noutcome = { value = "noted" }', "completed.date is missing."),
    ("closed but not to close", LEAST + '[completed]\ndate = "c"\noutcome = { value = "noted" }\nclose = false', "completed.outcome: «noted» closes a card, while completed.close says not to."),
    ("date of closing but not to close", LEAST + '[completed]\ndate = "c"\noutcome = { value = "answered" }\nclose = false\nclosed = "d"', "completed.closed is a date of closing, while completed.close says that cards stay unclosed."),
    ("referred to nobody", LEAST + '[completed]\ndate = "c"\noutcome = { value = "referred" }', "completed.body is missing: a card that was referred says to whom."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_fault_is_one_sentence_that_names_the_key(text: str, sentence: str) -> None:
    with pytest.raises(MappingFault) as caught:
        mapping_of(tomllib.loads(text))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"source = ", "The mapping {path} is not valid TOML: Invalid value (at end of document)."),
        ('source = "Årdal"'.encode("latin-1"), "The mapping {path} is not UTF-8, as TOML is: see byte 11."),
        (None, "The mapping {path} cannot be read: No such file or directory."),
    ],
    ids=["no TOML", "Latin-1", "not there"],
)
def test_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes | None, beginning: str) -> None:
    path = tmp_path / "cases.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MappingFault) as caught:
        read_mapping(path)
    assert str(caught.value) == beginning.format(path=path)


def value(text: str, row: dict[str, str], empty: str = "") -> str:
    made = mapping_of(tomllib.loads(f'{LEAST}place = {text}\n[file]\nempty = ["{empty or "zzz"}"]'))
    assert made.place is not None
    return made.place.bind(list(row), made.file.empty)(list(row.values()))


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ('"a"', {"a": " x "}, "x"),
        ('{ value = "x" }', {"a": "y"}, "x"),
        ('{ column = "a", map = { "Ja" = "x" } }', {"a": "JA"}, "x"),
        ('{ column = "a", map = { "Ja" = "x" } }', {"a": "nei"}, "nei"),
        ('{ column = "a", map = { "Ja" = "x", "*" = "rest" } }', {"a": "nei"}, "rest"),
        ('{ column = "a", map = { "Ja" = "x", "*" = "rest" }, default = "none" }', {"a": " "}, "none"),
        ('{ join = ["a", "b", "c"], with = ", " }', {"a": "1", "b": "", "c": "3"}, "1, 3"),
        ('{ join = ["a", "b"], default = "none" }', {"a": "", "b": " "}, "none"),
        ('{ template = "{a} ({b}) {{x}}" }', {"a": "1", "b": "2"}, "1 (2) {x}"),
        ('{ template = "{a} ({b})", default = "none" }', {"a": "", "b": ""}, "none"),
        ('{ template = "{a}{b}" }', {"a": "{b}", "b": "2"}, "{b}2"),
    ],
)  # fmt: skip
def test_value_of_a_row(text: str, row: dict[str, str], expected: str) -> None:
    assert value(text, row) == expected


def test_words_that_mean_nothing_are_nothing_in_any_case() -> None:
    assert value('{ column = "a", default = "none" }', {"a": "UKJENT"}, empty="Ukjent") == "none"


def test_column_that_the_file_lacks_is_named_with_those_it_has() -> None:
    made = mapping_of(tomllib.loads(LEAST))
    with pytest.raises(MappingFault) as caught:
        made.check_columns(["id", "opened", "Text"])
    assert str(caught.value) == (
        "card.text names the column «text», which the file does not have. Its columns are: id, opened, Text."
    )


def test_column_that_the_file_has_twice_is_refused_only_where_it_is_used() -> None:
    made = mapping_of(tomllib.loads(LEAST))
    made.check_columns(["id", "opened", "text", "x", "x"])
    with pytest.raises(
        MappingFault, match=r"^card\.text names the column «text», which the file has more than once\.$"
    ):
        made.check_columns(["id", "opened", "text", "text"])


@pytest.mark.parametrize("data", [{}, {"source": "x", "card": []}, {"source": "x", "card": {"key": {}}}])
def test_no_mapping_is_a_fault_and_no_crash(data: dict[str, Any]) -> None:
    with pytest.raises(MappingFault):
        mapping_of(data)
