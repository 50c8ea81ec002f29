"""Cards from a file with our own columns, so that no mapping is to be written: the file that the template begins.

The header becomes the same mapping that a TOML file would be (`feedback.importing.mapping`), and the rest is one import.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from feedback.importing.columns import Columns, UnreadableFile, first_line
from feedback.importing.mapping import OUTCOMES, Mapping, mapping_of
from feedback.importing.templates import NameOf, Template, header_of
from feedback.models import Submitter
from feedback.workflow import Channel, CloseResult, Kind

_NAMES: dict[str, NameOf] = {
    "key": ("nøkkel", "nykel", "nyckel", "key"),
    "registered": ("registrert", "registrert", "registrerad", "registered"),
    "received": ("mottatt", "motteke", "mottagen", "received"),
    "channel": ("kanal", "kanal", "kanal", "channel"),
    "kind": ("type", "type", "typ", "kind"),
    "category": ("kategori", "kategori", "kategori", "category"),
    "unit": ("enhet", "eining", "enhet", "unit"),
    "text": ("tekst", "tekst", "text", "text"),
    "place": ("sted", "stad", "plats", "place"),
    "area": ("område", "område", "område", "area"),
    "latitude": ("breddegrad", "breiddegrad", "latitud", "latitude"),
    "longitude": ("lengdegrad", "lengdegrad", "longitud", "longitude"),
    "language": ("språk", "språk", "språk", "language"),
    "name": ("navn", "namn", "namn", "name"),
    "address": ("adresse", "adresse", "adress", "address"),
    "phone": ("telefon", "telefon", "telefon", "phone"),
    "email": ("e-post", "e-post", "e-post", "email"),
    "other_way": ("annen_måte", "annan_måte", "annat_sätt", "other_way"),
    "callback_wanted": ("vil_bli_oppringt", "vil_bli_oppringd", "vill_bli_uppringd", "callback_wanted"),
    "completed": ("fulgt_opp", "følgt_opp", "uppföljd", "completed"),
    "outcome": ("utfall", "utfall", "utfall", "outcome"),
    "summary": ("oppsummering", "oppsummering", "sammanfattning", "summary"),
    "measures": ("tiltak", "tiltak", "åtgärder", "measures"),
    "body": ("henvist_til", "vist_til", "hänvisad_till", "referred_to"),
    "reaction": ("reaksjon", "reaksjon", "reaktion", "reaction"),
}
COLUMNS = {name: column for column, names in _NAMES.items() for name in names}
_NOT_IN_TEMPLATE = {"area", "latitude", "longitude", "language", "other_way", "measures", "body"}
NEEDED = ("key", "registered", "text")
SUBMITTER = ("name", "address", "phone", "email", "other_way")
COMPLETED = ("outcome", "summary", "measures", "body", "reaction")
DATES = ["iso", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y"]


def template() -> Template:
    """Return the file to begin with, its columns and examples in the active language."""
    yes = {"en": "yes"}.get(translation.get_language() or "nb", "ja")
    called = [
        "2019-0815", "2019-05-02 08:40", "2019-05-01", str(Channel.PHONE.label), str(Kind.FAULT_REPORT.label), "", "",
        _("The street light at Kaiveien 3 is out."), "Kaiveien 3", "Kari Eksempel", "Kaiveien 5", "900 00 000", "", yes,
        "2019-05-06", str(CloseResult.ANSWERED.label), _("The lamp is changed."), "5",
    ]  # fmt: skip
    open_one = [
        "2019-0816", "2019-05-02", "", str(Channel.WEB.label), str(Kind.SUGGESTION.label), "", "",
        _("Put a bench by the bus stop."), "", "", "", "", "", "", "", "", "", "",
    ]  # fmt: skip
    return Template(
        header_of(names for column, names in _NAMES.items() if column not in _NOT_IN_TEMPLATE), [called, open_one]
    )


def own_mapping(path: Path, source: str) -> Mapping:
    """Return the mapping that the columns of a file say. `source` is what the older system is called.

    Raises UnreadableFile where a column lacks, is not known or stands twice; CannotImport for a file that cannot be read.
    """
    header, delimiter, encoding = first_line(path)
    columns = Columns(header, COLUMNS)
    if columns.unknown:
        raise UnreadableFile(
            _("There is a column «%(name)s». These are read: %(columns)s.")
            % {"name": columns.unknown[0][:60], "columns": ", ".join(_NAMES)}
        )
    if columns.lacks(*NEEDED):
        raise UnreadableFile(
            _("The first line must name the columns key, registered and text. It says: %(line)s.")
            % {"line": ", ".join(header)[:200]}
        )
    return mapping_of(_as_toml(columns, header, source, delimiter, encoding))


def _as_toml(columns: Columns, header: Sequence[str], source: str, delimiter: str, encoding: str) -> dict[str, Any]:
    there = {column: header[place] for column in _NAMES if (place := columns.place(column)) is not None}
    card: dict[str, Any] = {
        column: there[column]
        for column in _NAMES
        if column in there and column not in (*SUBMITTER, "completed", *COMPLETED)
    }
    _choose(card, "channel", Channel)
    _choose(card, "kind", Kind)
    submitter: dict[str, Any] = {column: there[column] for column in SUBMITTER if column in there}
    _choose(submitter, "other_way", Submitter.OtherWay)
    made = {
        "source": source,
        "file": {"encoding": encoding, "delimiter": delimiter, "dates": DATES, "notes": True},
        "card": card,
        "submitter": submitter,
    }
    if "completed" in there:
        completed: dict[str, Any] = {"date": there["completed"], "outcome": {"value": CloseResult.FOLLOWED_UP.value}}
        completed |= {column: there[column] for column in COMPLETED if column in there}
        if "outcome" in there:
            leading = [one for one in OUTCOMES if one != CloseResult.REFERRED or "body" in there]
            _choose(completed, "outcome", leading)
            completed["outcome"]["default"] = CloseResult.FOLLOWED_UP.value
        made["completed"] = completed
    return made


def _choose(table: dict[str, Any], name: str, choices: Any) -> None:
    """Let a column hold the words that pages have for the choices, in each language, beside the codes."""
    if name not in table:
        return
    words: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(choice.label).casefold(): choice.value for choice in choices}
    table[name] = {"column": table[name], "map": words}
