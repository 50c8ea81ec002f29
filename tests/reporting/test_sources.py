"""Readers of what other houses answer: bytes in, figures and refusals by entry out. No database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from feedback.importing.columns import UnreadableFile
from reporting.periods import Period
from reporting.sources.documents import read_document
from reporting.sources.kolada import next_address, read_kolada, read_page
from reporting.sources.places import read_places
from reporting.sources.pxweb import read_pxweb
from tests.reporting.houses import CHANGES, KLASS, SWEDEN, as_bytes, document, kolada, table

D = Decimal
YEAR = 2026


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def of_kolada(*pages: bytes, **more: Any) -> Any:
    return read_kolada(pages, last_year=YEAR, **more)


def figures(answer: Any) -> list[tuple[Any, ...]]:
    return [(found.place, found.period.year, found.value) for found in answer.figures]


@pytest.mark.parametrize("version", [2, 3])
def test_kolada_in_both_versions_with_all_women_and_men(version: int) -> None:
    rows = (("N1", "9801", 2024, 10.5, 9, 12), ("N1", "9802", 2024, None), ("N1", "9802", 2025, 0))
    content = kolada(*rows, version=version)
    assert figures(of_kolada(content)) == [("9801", 2024, D("10.5")), ("9802", 2024, None), ("9802", 2025, D(0))]
    assert figures(of_kolada(content, gender="K")) == [("9801", 2024, D(9))]
    assert figures(of_kolada(content, gender="M")) == [("9801", 2024, D(12))]
    assert of_kolada(content, kpis=["N1"]).source == "Kolada (RKA), N1"


def test_kolada_page_by_page() -> None:
    """`count` may be of the page or of the whole; the last page has no next."""
    first = kolada(("N1", "9801", 2024, 1), next_address="https://api.kolada.se/v3/x?page=2", count=2)
    last = kolada(("N1", "9802", 2024, 2), count=2)
    assert next_address(read_page(first)).endswith("page=2")
    assert next_address(read_page(last)) == ""
    assert figures(of_kolada(first, last)) == [("9801", 2024, 1), ("9802", 2024, 2)]
    with pytest.raises(UnreadableFile, match="one page of several"):
        of_kolada(first)
    with pytest.raises(UnreadableFile, match="speaks of 5 entries and holds 1"):
        of_kolada(kolada(("N1", "9801", 2024, 1), count=5))


def test_kolada_what_is_deleted_or_held_back() -> None:
    def entry(**part: Any) -> bytes:
        values = [{"gender": "T", "count": 1, "status": "", "value": 4} | part]
        return as_bytes({"count": 1, "values": [{"kpi": "N1", "municipality": "1", "period": 2024, "values": values}]})

    assert figures(of_kolada(entry(isdeleted=True))) == [("1", 2024, None)]
    assert [one.too_few for one in of_kolada(entry(value=None, status="Private")).figures] == [True]
    assert [one.too_few for one in of_kolada(entry(value=None, status="Missing")).figures] == [False]


def test_kolada_each_bad_entry_has_its_sentence() -> None:
    answer = of_kolada(
        kolada(
            ("N1", "9801", 20225, 1), ("N1", "9801", 2027, 1), ("N2", "9801", 2024, 1), ("N1", "9801", 2024, "much"),
            ("N1", "9801", 2023, True), (None, "9801", 2024, 1), ("N1", "9801", 2022, 3), ("N1", "9801", 2022, 3),
            ("N1", "9801", 2022, 4),
        ),
        kpis=["N1"],
    )  # fmt: skip
    assert [(one.line, one.code) for one in answer.problems] == [
        (1, "impossible_year"), (2, "impossible_year"), (3, "unknown_indicator"), (4, "no_number"), (5, "no_number"),
        (6, "no_entry"), (9, "contradiction"),
    ]  # fmt: skip
    assert "20225" in answer.problems[0].sentence
    assert "Entry 7" in answer.problems[-1].sentence
    assert all(one.sentence.endswith(".") for one in answer.problems)


GOOD = kolada(("N1", "9801", 2024, 1.5))
NONSENSE = [
    (b"", "is empty"), (b"<!doctype html><title>Maintenance</title>", "web page"), (GOOD[:-9], "cut short"),
    (GOOD.replace(b"1.5", b"1.5}"), "no JSON"), (GOOD.replace(b"1.5", b"NaN"), "no JSON"),
    ('{"values": "Høyanger"}'.encode("latin-1"), "not written in UTF-8"),
    ('{"a": 1}'.encode("utf-16"), "not written in UTF-8"),
    (b"[" * 100_000, "no JSON"), (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"), (b"[]", ""), (b"{}", ""), (b"null", ""),
]  # fmt: skip


@pytest.mark.parametrize(("content", "said"), NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize(
    "read",
    [
        lambda content: read_kolada([content], last_year=YEAR), lambda content: read_pxweb(content, last_year=YEAR),
        read_places, lambda content: read_document(content, last_year=YEAR),
    ],
    ids=["kolada", "pxweb", "places", "document"],
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_a_sentence(read: Any, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_retired_id_has_no_figures() -> None:
    with pytest.raises(UnreadableFile, match=r"no figures for N00001\. The number may be retired"):
        of_kolada(kolada(), kpis=["N00001"])


def test_a_data_set_is_the_same_in_every_order_of_dimensions() -> None:
    wanted = {("9101", 2024): D("1.5"), ("9101", 2025): D(2), ("9102", 2024): None, ("9102", 2025): D(4)}
    cells = {("9101", "2024"): 1.5, ("9101", "2025"): 2, ("9102", "2024"): None, ("9102", "2025"): 4}
    codes = {"r": ["9101", "9102"], "c": ["Share"], "t": ["2024", "2025"]}
    for order in permutations("rct"):
        walk = [
            {order[0]: a, order[1]: b, order[2]: c}
            for a in codes[order[0]]
            for b in codes[order[1]]
            for c in codes[order[2]]
        ]
        values = [cells[each["r"], each["t"]] for each in walk]
        sparse = {str(at): value for at, value in enumerate(values) if value is not None}
        for given_ in (values, sparse):
            answer = read_pxweb(table(given_, order="".join(order)), last_year=YEAR)
            assert {(one.place, one.period.year): one.value for one in answer.figures} == wanted
            assert answer.problems == []


def test_a_data_set_with_signs_measures_and_quarters() -> None:
    answer = read_pxweb(table([1, None, None, 4], status={"1": ":", "2": ".."}), last_year=YEAR)
    assert [(one.value, one.too_few) for one in answer.figures] == [(1, False), (None, True), (None, False), (4, False)]
    several = read_pxweb(table(list(range(8)), measures=("A", "B")), last_year=YEAR)
    assert {(one.what, one.value) for one in several.figures if one.place == "9102"} == {
        ("A", 4), ("A", 5), ("B", 6), ("B", 7),
    }  # fmt: skip
    quarters = table([1, 2, 3, 4]).replace(b'"2024"', b'"2024K3"').replace(b'"2025"', b'"2025M07"')
    assert {one.period for one in read_pxweb(quarters, last_year=YEAR).figures} == {
        Period(2024, "quarter", 3), Period(2025, "month", 7),
    }  # fmt: skip
    named = json.loads(table([1, 2, 3, 4])) | {"extension": {"px": {"tableid": "07459"}}}
    assert read_pxweb(as_bytes(named), last_year=YEAR).source == "SSB, 07459"


def test_a_data_set_that_is_not_whole_is_refused() -> None:
    other = table([1, 2, 3, 4]).replace(b'"Region"', b'"Kjonn"')
    for content, said in (
        (table([1, 2, 3]), "do not go together"), (table({"9": 1}), "do not go together"),
        (table([1, 2, 3, 4]).replace(b'"9102": 1', b'"9102": 0'), "do not go together"), (other, "one for municipalities"),
        (table([1, 2, 3, 4]).replace(b'"2.0"', b'"1.0"'), "JSON-stat 2"),
        (as_bytes({"class": "dataset", "version": "2.0", "id": ["Region", "Kjonn", "Tid"], "size": [1, 2, 1], "value": [1, 2],
                   "dimension": {"Region": {"category": {"index": ["9101"]}}, "Kjonn": {"category": {"index": ["1", "2"]}},
                                 "Tid": {"category": {"index": ["2024"]}}}}), "«Kjonn» has 2 values"),
    ):  # fmt: skip
        with pytest.raises(UnreadableFile, match=said):
            read_pxweb(content, last_year=YEAR)
    bad = read_pxweb(table([1, "x", 3, 4]).replace(b'"2025"', b'"20225"'), last_year=YEAR)
    assert [(one.line, one.code) for one in bad.problems] == [(2, "impossible_year"), (4, "impossible_year")]


def test_lists_of_municipalities() -> None:
    norway, sweden = read_places(KLASS), read_places(SWEDEN)
    assert [(one.code, one.name) for one in norway.named] == [("9101", "Nordvik"), ("9102", "Fjelldal")]
    assert [(one.code, one.kind) for one in sweden.named] == [
        ("9801", "municipality"), ("0000", "country"), ("0001", "region"),
    ]  # fmt: skip
    change = read_places(CHANGES).renumbered[0]
    assert (change.old, change.new, str(change.on)) == ("9185", "9101", "2020-01-01")
    csv = '"code";"name";"validFrom";"validTo"\n"9101";"Nordvik";"2020-01-01";""\n"91";"Fjell";"";""\n'
    read = read_places(csv.encode("cp1252"))
    assert [one.code for one in read.named] == ["9101"]
    assert [(one.line, one.code) for one in read.problems] == [(3, "no_place")]
    twice = as_bytes({"codes": [{"code": "9101", "name": "A"}, {"code": "9101", "name": "B"}]})
    assert [one.code for one in read_places(twice).problems] == ["contradiction"]


def measured(period: Any = "2024", value: Any = 4.5, **more: Any) -> dict[str, Any]:
    return {"period": period, "standing": "measured", "value": value} | more


def test_a_document_of_ours_and_its_faults() -> None:
    good = read_document(document(measured(n=120, margin=0.2, measured_on="2024-10-31")), last_year=YEAR)
    found = good.answer.figures[0]
    assert (good.number, good.name, found.value, found.n, found.margin) == ("9101", "Nordvik", D("4.5"), 120, D("0.2"))
    bad = document(
        measured("20225"), measured(2024), measured(value=6.1), measured(value=None), measured(n=2.5), measured(margin=-1),
        measured(measured_on="2024-02-31"), measured(source=7), {"period": "2023", "standing": "unknown", "value": None},
        measured(), measured(value=4.6), "nothing",
    )  # fmt: skip
    assert [one.code for one in read_document(bad, last_year=YEAR).answer.problems] == [
        "impossible_year", "impossible_year", "outside_scale", "no_standing", "no_count", "negative_margin", "no_date",
        "no_source", "no_standing", "contradiction", "impossible_year",
    ]  # fmt: skip
    assert read_document(document(measured(), scale="1-5"), last_year=YEAR).answer.problems[0].code == "wrong_scale"
    for more, said in (
        ({"format": "other"}, "no document of benchmarks"), ({"version": 2}, "version 2"), ({"municipality": {}}, "whose"),
        ({"indicators": {}}, "no list"),
    ):  # fmt: skip
        with pytest.raises(UnreadableFile, match=said):
            read_document(document(measured(), **more), last_year=YEAR)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["values", "kpi", "municipality", "period", "gender", "value", "count", "class", "version", "id",
                             "size", "dimension", "category", "index", "format", "indicators", "codes", "code", "name"]),
            inner, max_size=5,
        ),
        max_leaves=25,
    )
)  # fmt: skip
def test_no_json_whatever_breaks_a_reader(data: Any) -> None:
    """It is read, or refused with a sentence; nothing else is raised."""
    content = as_bytes(data)
    for read in (
        lambda: read_kolada([content], last_year=YEAR), lambda: read_pxweb(content, last_year=YEAR),
        lambda: read_places(content), lambda: read_document(content, last_year=YEAR),
    ):  # fmt: skip
        try:
            read()
        except UnreadableFile as refusal:
            assert str(refusal)  # noqa: PT017
