"""Rows with their lines, what is torn, and the encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.importing.faults import CannotImport
from feedback.importing.reading import CsvFile, check_encoding, text_encoding

OPEN = "A quotation mark is opened in this row and never closed."
SPILT = "A quotation mark is opened in this row and not closed where its column ends."


def rows(text: str, delimiter: str = ",") -> list[tuple[int, list[str] | str]]:
    file = CsvFile(io.StringIO(text, newline=""), delimiter=delimiter, quote='"')
    return [(line.number, line.torn or line.values) for line in file]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [(2, ["1", "2"])]),
        ("a,b\r\n1,2\r\n\r\n3,4", [(2, ["1", "2"]), (4, ["3", "4"])]),
        ('a,b\n1,"two\nlines"\n3,4\n', [(2, ["1", "two\nlines"]), (4, ["3", "4"])]),
        ('a,b\n1,"he said ""no"""\n', [(2, ["1", 'he said "no"'])]),
        ('a,b\n1,5" pipe\n', [(2, ["1", '5" pipe'])]),
        ("a,b\n1\n3,4\n", [(2, "The line has 1 columns, the first line 2."), (3, ["3", "4"])]),
        ("a,b\n1,2,3\n3,4\n", [(2, "The line has 3 columns, the first line 2."), (3, ["3", "4"])]),
        ('a,b\n1,"two\n3,4\n5,6\n', [(2, OPEN), (3, ["3", "4"]), (4, ["5", "6"])]),
        ('a,b\n1,"two\n3,"four, and"\n5,6\n', [(2, SPILT), (3, ["3", "four, and"]), (4, ["5", "6"])]),
        ('a,b\n1,"two\n3,"four\n5,6\n', [(2, SPILT), (3, OPEN), (4, ["5", "6"])]),
        ('a,b\n1,"two" \n3,4\n', [(2, SPILT), (3, ["3", "4"])]),
        ("a,b\n", []),
    ],
    ids=[
        "plain", "empty lines", "text of two lines", "doubled quotes", "a quote inside", "a column too few",
        "a column too many", "open to the end", "open to the next quote", "two in a row",
        "a blank after the quote", "no rows",
    ],
)  # fmt: skip
def test_rows_have_the_line_on_which_they_begin(text: str, expected: list[tuple[int, list[str] | str]]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("\n\n", "The file is empty."),
        ('a,"b\n1,2\n', f"The first line, which names the columns, cannot be read: {OPEN}"),
    ],
)
def test_file_without_a_first_line_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(CannotImport) as caught:
        rows(text)
    assert str(caught.value) == sentence


cells = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8), st.sampled_from(",;\t|"))
def test_whatever_csv_writes_is_read_as_it_was(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *table])
    assert [values for _number, values in rows(out.getvalue(), delimiter)] == table


keyed = st.tuples(st.text("ab1", min_size=1, max_size=4), st.text('a"\n, ', max_size=6)).map(list)


@given(st.lists(keyed, min_size=1, max_size=6), st.data())
def test_a_torn_row_takes_no_other_with_it(table: list[list[str]], data: st.DataObject) -> None:
    """A row with an open quote at its end, put between whole ones, is the only one that is lost.

    The next row begins with a key: where it began with an empty cell or with a quote, the two could be one valid row.
    """
    at = data.draw(st.integers(0, len(table)))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["a", "b"])
    writer.writerows(table[:at])
    number = out.getvalue().count("\n") + 1
    out.write('1,"torn\n')
    writer.writerows(table[at:])
    found = rows(out.getvalue())
    assert [values for _number, values in found if isinstance(values, list)] == table
    assert [line for line, values in found if isinstance(values, str)] == [number]


# --- Encoding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "encoding", "sentence"),
    [
        (
            "id,text\n1,abc\n2,Bø\n".encode("cp1252"), "utf-8-sig",
            "The file is not UTF-8: line 3, byte 18 of the file is 0xF8. Name its encoding in the mapping (file.encoding), "
            "for example «cp1252» or «latin-1».",
        ),
        (
            b"\xef\xbb\xbf" + "id\n1\nBø\n".encode("cp1252"), "utf-8-sig",
            "The file is not UTF-8: line 3, byte 10 of the file is 0xF8. Name its encoding in the mapping (file.encoding), "
            "for example «cp1252» or «latin-1».",
        ),
        (
            "id,text\n1,Bø\n".encode("utf-16"), "utf-8-sig",
            "The file is not UTF-8: line 1, byte 1 of the file is 0xFF. It looks like UTF-16. Name its encoding in the "
            "mapping (file.encoding), for example «cp1252» or «latin-1».",
        ),
        (
            "id,text\n1,Bø\n".encode(), "iso8859-1",
            "The file is UTF-8 and not Latin-1 (iso8859-1), as letters such as the one in line 2, byte 12 of the file show. "
            "Name its encoding in the mapping (file.encoding).",
        ),
        (
            "id\n" + "1\n" * 600_000 + "B\xf8", "utf-8-sig",
            "The file is not UTF-8: line 600002, byte 1200005 of the file is 0xF8. Name its encoding in the mapping "
            "(file.encoding), for example «cp1252» or «latin-1».",
        ),
    ],
    ids=["cp1252 as UTF-8", "behind a BOM", "UTF-16 as UTF-8", "UTF-8 as Latin-1", "far into the file"],
)  # fmt: skip
def test_wrong_encoding_is_told_with_line_and_byte(
    tmp_path: Path, content: bytes | str, encoding: str, sentence: str
) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    with pytest.raises(CannotImport) as caught:
        check_encoding(path, encoding)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "cp1252", "latin-1", "iso-8859-15", "utf-16", "mac-roman"])
def test_right_encoding_is_let_through(tmp_path: Path, name: str) -> None:
    encoding = text_encoding(name)
    assert encoding is not None
    path = tmp_path / "cases.csv"
    path.write_bytes("id;text\r\n1;Bø, Ås, «ærlig»\r\n".encode(name, errors="replace"))
    check_encoding(path, encoding)
