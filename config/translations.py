"""Translations with Babel alone: no GNU gettext is needed on the machine.

The words are English in code and templates; `locale/<language>/LC_MESSAGES/django.po` holds the translations, and the
`.mo` beside it, which Django reads, is made from it where it is older. Extraction needs what only developers have.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGES = ("nb", "nn", "sv")
APPS = ("config", "organisation", "feedback", "surveys", "reporting")
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}


def po_file(language: str) -> Path:
    return BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """Return what is translated into `language`."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def compile_stale() -> list[str]:
    """Make each `.mo` that is missing or older than its `.po`, and return the languages made.

    The file is put in place in one move: a server or a parallel test that reads it meets the old one or the new one.
    """
    made = []
    for language in LANGUAGES:
        po = po_file(language)
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with tempfile.NamedTemporaryFile(dir=po.parent, prefix=".django-", suffix=".mo", delete=False) as file:
            write_mo(file, catalogue(language))
        Path(file.name).chmod(0o644)
        os.replace(file.name, mo)
        made.append(language)
    return made


def extracted() -> Catalog:
    """Return every translatable string of code and templates, with the files it stands in.

    Templates are read by enmerkar, which is not installed where Innspill only runs.
    """
    from babel.messages.extract import extract_from_dir

    found = Catalog(charset="utf-8")
    for root, methods in (
        *((app, [("**.py", "python"), ("jinja2/**.html", "jinja2.ext:babel_extract")]) for app in APPS),
        ("templates", [("**.*", "enmerkar.extract:extract_django")]),
    ):
        for filename, _line, message, _comments, context in extract_from_dir(
            BASE_DIR / root, methods, {"**.*": {"encoding": "utf-8"}}, keywords=KEYWORDS
        ):
            found.add(message, locations=[(f"{root}/{filename}", 0)], context=context)
    return found


def update(language: str) -> int:
    """Bring `language`'s file in line with code and templates, keeping translations; return how many strings lack one."""
    known, template = catalogue(language), extracted()
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in sorted(template, key=lambda message: (message.locations[:1], str(message.id))):
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        files = sorted({(file, 0) for file, _line in message.locations})
        fresh.add(message.id, before.string if before else "", locations=files, context=message.context)
    po = po_file(language)
    with po.open("wb") as file:
        write_po(file, fresh, width=120, omit_header=False, include_lineno=False)
    _without_dates(po)
    return sum(1 for message in fresh if message.id and not _is_translated(message.string))


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) if isinstance(string, str) else all(string or [""])


def _without_dates(po: Path) -> None:
    """Leave out of the header what changes with each run and says nothing: dates, and names that are not ours."""
    dull = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By", "Report-Msgid")
    lines = po.read_text().splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("msgid"))
    kept = [line for line in lines[start:] if not any(line.startswith(f'"{word}') for word in dull)]
    po.write_text("".join(kept))
