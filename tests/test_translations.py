"""Every string of code and templates has a translation in each language, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext

from config import translations
from config.translations import LANGUAGES, catalogue, compile_stale, extracted, po_file

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+[^>]*>")
CODE = re.compile(r"`[^`]+`")


@pytest.fixture(scope="module")
def words() -> Catalog:
    return extracted()


def forms(message: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message)


def pairs(words: Catalog, language: str) -> Iterator[tuple[str, str]]:
    """Yield each English string beside its translation; a plural as many times as it has forms."""
    known = catalogue(language)
    for message in words:
        if message.id:
            found = known.get(message.id, message.context)
            ours = forms(found.string) if found else []
            yield from zip(forms(message.id), ours, strict=False)


def test_there_are_strings(words: Catalog) -> None:
    """The extraction itself works: otherwise nothing would ever be missing."""
    found = {forms(message.id)[0] for message in words if message.id}
    assert {"What do you want to tell us?", "Over the deadline", "The card is with «%(unit)s» already."} <= found
    assert len(found) > 800


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_lacks_a_translation_and_nothing_is_left_over(words: Catalog, language: str) -> None:
    known = catalogue(language)
    wanted = {(forms(message.id)[0], message.context) for message in words if message.id}
    translated = {
        (forms(message.id)[0], message.context)
        for message in known
        if message.id
        and not message.fuzzy
        and all(forms(message.string))
        and len(forms(message.string)) == len(forms(message.id))
    }
    assert sorted(wanted - translated) == [], "run «manage.py compile_translations --update» and translate these"
    assert sorted((forms(message.id)[0], message.context) for message in known if message.id) == sorted(wanted)
    assert list(known.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_code_are_the_same(words: Catalog, language: str) -> None:
    wrong = [
        (english, ours)
        for english, ours in pairs(words, language)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(ours))
        or sorted(CODE.findall(english)) != sorted(CODE.findall(ours))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_stay_sentences(words: Catalog, language: str) -> None:
    """A final full stop, question mark or colon is there in both or in neither."""
    wrong = [
        (english, ours)
        for english, ours in pairs(words, language)
        if english[-1:] in ".?:" and ours[-1:] != english[-1:]
    ]
    assert wrong == []


def test_django_reads_them() -> None:
    said = {}
    for language in (*LANGUAGES, "en"):
        with translation.override(language):
            said[language] = gettext("Tell the municipality"), ngettext("%(days)s day over", "%(days)s days over", 2)
    assert said == {
        "nb": ("Si fra til kommunen", "%(days)s dager over"),
        "nn": ("Sei frå til kommunen", "%(days)s dagar over"),
        "sv": ("Säg till kommunen", "%(days)s dagar över"),
        "en": ("Tell the municipality", "%(days)s days over"),
    }


def test_what_is_fresh_is_not_compiled_again() -> None:
    compile_stale()
    before = po_file("nb").with_suffix(".mo").stat().st_mtime_ns
    assert compile_stale() == []
    assert po_file("nb").with_suffix(".mo").stat().st_mtime_ns == before


def test_what_is_compiled_is_read_by_who_had_asked_before(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As at the first `run`: words are asked for, then compiled, and the demonstration is loaded with them."""
    monkeypatch.setattr(translations, "BASE_DIR", tmp_path)
    monkeypatch.setattr(translations, "LANGUAGES", ("nb",))
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    po_file("nb").parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    po_file("nb").write_text(f'{head}\nmsgid "Roads and traffic"\nmsgstr "Vei og trafikk"\n')
    with translation.override("nb"):
        assert gettext("Roads and traffic") == "Roads and traffic"
    call_command("compile_translations", verbosity=0)
    with translation.override("nb"):
        assert gettext("Roads and traffic") == "Vei og trafikk"
