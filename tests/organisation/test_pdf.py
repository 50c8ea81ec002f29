"""Documents: what archives and screen readers ask for, the font that was asked for, and text that stays text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from organisation import fonts, pdf
from organisation.aside import NotDone
from organisation.fonts import FontMissing, drawable
from organisation.pdf import Refused, render_pdf
from tests.organisation.pdf_reading import read

AT = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)

PLAIN = """
#let document-in = json(bytes(sys.inputs.document))
#set document(title: document-in.title)
#set text(font: document-in.font, lang: document-in.language, fallback: false)
#set page(width: 80mm, height: auto)
#heading(document-in.title)
#document-in.data.text *bold* _italic_
"""


@pytest.fixture
def plain(tmp_path: Path, settings) -> Path:
    """A template that writes `data.text`, in a house of its own."""
    folder = tmp_path / "templates" / "pdf"
    folder.mkdir(parents=True)
    (folder / "plain.typ").write_text(PLAIN)
    settings.BASE_DIR = tmp_path
    return folder


def plainly(text: str, language: str = "nb") -> bytes:
    return render_pdf("plain", {"text": text}, language=language, title="Tittel med æøå", made_at=AT)


@pytest.mark.parametrize("language", ["nb", "nn", "sv", "en"])
def test_document_is_what_archives_and_screen_readers_ask_for(plain, language) -> None:
    document = read(plainly("Hei", language))
    assert document.title == "Tittel med æøå"
    assert document.language == language
    assert (document.part, document.conformance, document.ua_part) == ("2", "A", "1")
    assert document.marked
    assert document.shows_title
    assert document.tags[0] == "Document"
    assert "H1" in document.tags
    assert "P" in document.tags


def test_only_the_font_asked_for_is_there_and_it_is_embedded(plain) -> None:
    document = read(plainly("Åse Ørjasæter, ČčĐđŊŋŠšŦŧŽž, äöé, Привет, Γειά"))
    assert {name.split("-")[0] for name in document.fonts} == {"Inter"}
    assert document.all_embedded
    assert "Åse Ørjasæter, ČčĐđŊŋŠšŦŧŽž, äöé, Привет, Γειά" in document.text.replace("\n", "")


def test_bold_and_italic_are_drawn_apart(plain) -> None:
    (page,) = read(plainly("x")).pages
    assert "bold" in page
    assert "italic" in page
    assert "Inter-Italic" in read(plainly("x")).fonts


def test_same_data_gives_the_same_bytes(plain) -> None:
    assert plainly("Hei") == plainly("Hei")
    assert plainly("Hei") != plainly("Hå")


def test_font_package_that_is_not_installed_raises(plain, monkeypatch) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    with pytest.raises(FontMissing, match="not installed"):
        plainly("Hei")


def test_font_that_its_package_does_not_hold_raises(plain, monkeypatch) -> None:
    monkeypatch.setattr(fonts, "FAMILY", "No Such Font")
    with pytest.raises(FontMissing, match="No Such Font"):
        plainly("Hei")


def test_template_that_names_another_font_raises_and_is_not_swapped(plain) -> None:
    (plain / "plain.typ").write_text(PLAIN.replace("document-in.font", '"DejaVu Sans"'))
    with pytest.raises(FontMissing, match="dejavu sans"):
        plainly("Hei")


def test_template_without_a_title_is_refused(plain) -> None:
    (plain / "plain.typ").write_text(PLAIN.replace("#set document(title: document-in.title)", ""))
    with pytest.raises(Refused, match="title"):
        plainly("Hei")


def test_document_that_takes_too_long_is_given_up(plain, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "TIME_LIMIT", 0.001)
    with pytest.raises(NotDone, match=r"0\.001 seconds"):
        plainly("Hei")


# --- Text stays text ------------------------------------------------------------------------------------------------

TEXTS = [
    pytest.param('#import "/etc/passwd": *', id="import"),
    pytest.param('#read("/etc/passwd") #eval("1+1") #panic("x")', id="calls"),
    pytest.param("*fet* _kursiv_ `kode` = tittel <merke> @ref // ingen kommentar /* heller ikke */", id="marks"),
    pytest.param("$x^2$ \\ \\u{41} ~ -- --- ... 'x' \"y\"", id="maths, escapes, quotes"),
    pytest.param("- liste + nummer / term: x", id="list"),
    pytest.param('{"data": 1} ]} \' " \\n \\', id="json"),
    pytest.param("https://example.org/#x?a=1&b=2", id="address"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_markup_stays_text(plain, text) -> None:
    assert text in read(plainly(text)).text.replace("\u200b", "").replace("\n", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Hei 😀😀 der", "Hei □ der", id="emoji once for a run"),
        pytest.param("مرحبا بكم hei", "□ hei", id="Arabic, words together"),
        pytest.param("a\x00b\x07c\x1bd", "abcd", id="control characters go"),
        pytest.param("a\u202eb\u2066c\ufeffd", "abcd", id="characters that turn text around go"),
        pytest.param("a\ud800b", "ab", id="half a surrogate pair goes"),
        pytest.param("e\u0301", "é", id="accents join their letters"),
        pytest.param("to\r\nlinjer\rtre", "to\nlinjer\ntre", id="line breaks stay"),
        pytest.param("  to   mellom\trom ", "to mellom rom", id="white space is joined"),
        pytest.param("", "", id="empty"),
        pytest.param("x" * 60, f"{'x' * 24}\u200b{'x' * 24}\u200b{'x' * 12}", id="a long word may break"),
        pytest.param("Vedlikeholdsavdelingen", "Vedlikeholdsavdelingen", id="a long Norwegian word stays whole"),
    ],
)
def test_what_the_font_lacks_is_replaced(text, shown) -> None:
    assert drawable(text) == shown


def test_a_text_of_ten_thousand_characters_is_whole(plain) -> None:
    text = "Det er hull i vegen. " * 476 + "Slutt."
    assert len(text) > 10_000
    pages = read(plainly(text)).text
    assert pages.count("hull") == 476
    assert "Slutt." in pages


def test_a_word_of_ten_thousand_characters_stays_on_the_paper(plain) -> None:
    assert read(plainly("W" * 10_000)).text.count("W") == 10_000


def test_every_character_that_the_font_is_said_to_have_is_drawn(plain) -> None:
    """Its character map is read by our own few lines: PDF/A refuses the document if they claim one too many."""
    assert len(fonts.characters()) > 2000
    assert plainly(" ".join(map(chr, sorted(fonts.characters())))).startswith(b"%PDF-")
    assert set("æøåÆØÅäöÄÖáčđŋšŧžÁČĐŊŠŦŽéüß§€–—«»…□") <= set(map(chr, fonts.characters()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=strategies.text(max_size=200))
def test_any_text_at_all_makes_a_document(plain, text) -> None:
    assert plainly(text).startswith(b"%PDF-")


def test_texts_deep_in_the_data_are_made_drawable_too(plain) -> None:
    (plain / "plain.typ").write_text(PLAIN.replace("document-in.data.text", "document-in.data.rows.at(0).at(0).what"))
    made = render_pdf("plain", {"rows": [({"what": "Hei 😀", "n": 3},)]}, language="nb", title="T", made_at=AT)
    assert "Hei □" in read(made).text
