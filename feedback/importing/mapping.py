"""The mapping: a TOML file that says what each column of an older system's file is here. `docs/import.md` documents it.

Read once, into typed objects; each fault is one sentence that names the key. Needs no database: whether a unit or a
category exists is asked later.
"""

from __future__ import annotations

import difflib
import string
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from feedback.importing import dates
from feedback.importing.faults import MappingFault
from feedback.importing.reading import text_encoding
from feedback.importing.values import Value
from feedback.models import Card, Submitter
from feedback.workflow import Channel, CloseResult, Kind

YES_AND_NO = {
    **dict.fromkeys(["true", "yes", "ja", "1", "y", "j", "x"], "yes"),
    **dict.fromkeys(["false", "no", "nei", "nej", "0", "n"], "no"),
}
"""What a column may hold that says yes or no."""

OUTCOMES = [
    CloseResult.FOLLOWED_UP,
    CloseResult.ANSWERED,
    CloseResult.REFERRED,
    CloseResult.WITHDRAWN,
    CloseResult.NOTED,
    CloseResult.NOT_REACHED,
]
"""What a finished case may have come to. A duplicate is not among them: it would have to name the other card."""

COMPLETING = {CloseResult.FOLLOWED_UP, CloseResult.ANSWERED, CloseResult.REFERRED}
"""Outcomes that complete a card without closing it; with the others it is closed."""


@dataclass(frozen=True)
class FileForm:
    """How the file is written. `zone` None: the municipality's. `empty` are words (casefolded) that mean nothing. With
    `notes`, rows that begin with «#» are passed over."""

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    quote: str = '"'
    dates: tuple[str, ...] = (dates.ISO,)
    zone: ZoneInfo | None = None
    empty: frozenset[str] = frozenset()
    notes: bool = False


@dataclass(frozen=True)
class Named:
    """A unit or a category: by code or name. `create` lets the import make what is not there, units below `parent`."""

    value: Value
    create: bool = False
    parent: str = ""


@dataclass(frozen=True)
class Completed:
    """What it means that a case has a date in `date`: `outcome` is one of OUTCOMES; with `close` it is closed as well,
    at the moment `closed` or, without one, at the same."""

    date: Value
    outcome: Value
    close: bool = True
    closed: Value | None = None
    summary: Value | None = None
    measures: Value | None = None
    body: Value | None = None
    reaction: Value | None = None
    reason: Value | None = None
    alternative: Value | None = None


@dataclass(frozen=True)
class Mapping:
    """All that a mapping says. A field that is None is not in the file."""

    source: str
    key: Value
    registered: Value
    text: Value
    file: FileForm = field(default_factory=FileForm)
    received: Value | None = None
    channel: Value | None = None
    kind: Value | None = None
    language: Value | None = None
    place: Value | None = None
    area: Value | None = None
    latitude: Value | None = None
    longitude: Value | None = None
    political: Value | None = None
    callback_wanted: Value | None = None
    category: Named | None = None
    unit: Named | None = None
    submitter: dict[str, Value] = field(default_factory=dict)
    completed: Completed | None = None

    def values(self) -> list[Value]:
        """Return every value of the mapping, for checks that concern them all."""
        found: list[Value] = [*self.submitter.values()]
        for holder in (self, self.completed):
            for name in fields(holder) if holder is not None else ():
                value = getattr(holder, name.name)
                if isinstance(value, Named):
                    value = value.value
                if isinstance(value, Value):
                    found.append(value)
        return found

    def check_columns(self, header: Sequence[str]) -> None:
        """Raise MappingFault where the mapping names a column that the file does not have, or has twice."""
        for value in self.values():
            for column in value.columns:
                if column not in header:
                    raise MappingFault(
                        _(
                            "%(at)s names the column «%(column)s», which the file does not have. Its columns are: "
                            "%(header)s."
                        )
                        % {"at": value.at, "column": column, "header": ", ".join(header)}
                    )
                if header.count(column) > 1:
                    raise MappingFault(
                        _("%(at)s names the column «%(column)s», which the file has more than once.")
                        % {"at": value.at, "column": column}
                    )


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises MappingFault."""
    return mapping_of(read_toml(path))


def toml_of(text: str) -> dict[str, Any]:
    """Return what a mapping that was written in a page holds, unchecked. Raises MappingFault."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise MappingFault(_("The mapping is not valid TOML: %(error)s.") % {"error": error}) from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a mapping file holds, unchecked. Raises MappingFault."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MappingFault(
            _("The mapping %(path)s cannot be read: %(strerror)s.") % {"path": path, "strerror": error.strerror}
        ) from None
    except UnicodeDecodeError as error:
        raise MappingFault(
            _("The mapping %(path)s is not UTF-8, as TOML is: see byte %(what)s.")
            % {"path": path, "what": error.start + 1}
        ) from None
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise MappingFault(
            _("The mapping %(path)s is not valid TOML: %(error)s.") % {"path": path, "error": error}
        ) from None


def mapping_of(data: dict[str, Any]) -> Mapping:
    """Turn what the TOML file holds into a Mapping. Raises MappingFault."""
    top = TomlTable(data, "")
    top.only("source", "file", "card", "submitter", "completed")
    card = top.table("card", required=True)
    card.only(
        "key", "registered", "received", "text", "channel", "kind", "language", "place", "area", "latitude", "longitude",
        "political", "callback_wanted", "category", "unit",
    )  # fmt: skip
    submitter = top.table("submitter")
    submitter.only("name", "address", "phone", "email", "other_way", "other_way_note")
    completed = top.table("completed")
    made = Mapping(
        source=top.text("source", longest=_longest(Card, "import_source")),
        file=file_form(top.table("file")),
        key=card.needed("key"),
        registered=card.needed("registered"),
        received=card.value("received"),
        text=card.needed("text"),
        channel=card.choice("channel", Channel.values),
        kind=card.choice("kind", Kind.values),
        language=card.choice("language", [code for code, _name in settings.LANGUAGES]),
        place=card.value("place"),
        area=card.value("area"),
        latitude=card.value("latitude"),
        longitude=card.value("longitude"),
        political=card.yes_or_no("political"),
        callback_wanted=card.yes_or_no("callback_wanted"),
        category=card.named("category"),
        unit=card.named("unit", "parent", category=card.value("category", "create")),
        submitter={
            name: value
            for name in submitter.data
            if (
                value := submitter.choice(name, Submitter.OtherWay.values)
                if name == "other_way"
                else submitter.value(name)
            )
        },
        completed=_completed(completed) if completed.data else None,
    )
    if made.key.default or made.key.fixed is not None:
        raise MappingFault(_("card.key must differ from row to row: it cannot be one value or have a default."))
    if (made.latitude is None) != (made.longitude is None):
        raise MappingFault(_("card.latitude and card.longitude go together: give both or neither."))
    return made


def _longest(model: type, name: str) -> int:
    return int(model._meta.get_field(name).max_length)  # type: ignore[attr-defined]


def file_form(table: TomlTable) -> FileForm:
    """Return how the file is written, by the table [file] of a mapping. Raises MappingFault."""
    table.only("encoding", "delimiter", "quote", "dates", "time_zone", "empty", "notes")
    form: dict[str, Any] = {}
    if "encoding" in table.data:
        name = table.text("encoding")
        encoding = text_encoding(name)
        if encoding is None:
            raise MappingFault(
                _("file.encoding: «%(name)s» is no text encoding. Examples: utf-8, cp1252, latin-1.") % {"name": name}
            )
        form["encoding"] = encoding
    for key in ("delimiter", "quote"):
        if key in table.data:
            form[key] = table.data[key]
            if not isinstance(form[key], str) or len(form[key]) != 1 or form[key] in "\r\n\0":
                raise MappingFault(_("%(key)s is one character, such as «;».") % {"key": table.key(key)})
    if form.get("delimiter", ",") == form.get("quote", '"'):
        raise MappingFault(_("file.delimiter and file.quote cannot be the same character."))
    if "dates" in table.data:
        formats = table.texts("dates")
        for one in formats:
            if not dates.is_whole(one):
                raise MappingFault(
                    _(
                        "file.dates: «%(one)s» is not a form in which a date keeps its day, month and year. "
                        "Examples: «%%d.%%m.%%Y», «%%Y-%%m-%%d %%H:%%M», «iso»."
                    )
                    % {"one": one}
                )
        form["dates"] = tuple(formats)
    if "time_zone" in table.data:
        name = table.text("time_zone")
        if name not in available_timezones():
            raise MappingFault(
                _("file.time_zone: «%(name)s» is not a time zone. Example: Europe/Oslo.") % {"name": name}
            )
        form["zone"] = ZoneInfo(name)
    form["notes"] = table.flag("notes", default=False)
    if "empty" in table.data:
        form["empty"] = frozenset(word.strip().casefold() for word in table.texts("empty"))
    return FileForm(**form)


def _completed(table: TomlTable) -> Completed:
    table.only("date", "outcome", "close", "closed", "summary", "measures", "body", "reaction", "reason", "alternative")
    outcome = table.choice("outcome", OUTCOMES)
    if outcome is None:
        raise MappingFault(
            _(
                "completed.outcome is missing: say what a date there means, for example outcome = { "
                'value = "followed_up" }. It is one of %(outcomes)s.'
            )
            % {"outcomes": ", ".join(OUTCOMES)}
        )
    close = table.flag("close", default=True)
    if not close and "closed" in table.data:
        raise MappingFault(
            _("completed.closed is a date of closing, while completed.close says that cards stay unclosed.")
        )
    if not close and (wrong := [word for word in outcome.own_words if word not in COMPLETING]):
        raise MappingFault(
            _("completed.outcome: «%(wrong)s» closes a card, while completed.close says not to.") % {"wrong": wrong[0]}
        )
    if CloseResult.REFERRED in outcome.own_words and "body" not in table.data:
        raise MappingFault(_("completed.body is missing: a card that was referred says to whom."))
    return Completed(
        date=table.needed("date"),
        outcome=outcome,
        close=close,
        **{
            name: table.value(name)
            for name in ("closed", "summary", "measures", "body", "reaction", "reason", "alternative")
        },
    )


@dataclass(frozen=True)
class TomlTable:
    """One table of a TOML file, and where it stands. Each reader raises MappingFault with the key."""

    data: dict[str, Any]
    at: str

    def key(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def only(self, *known: str) -> None:
        """Refuse keys that are not known: a slip of the keyboard would otherwise drop a column in silence."""
        for name in self.data:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = (
                    _("Did you mean «%(near)s»?") % {"near": near[0]}
                    if near
                    else _("The keys here are: %(known)s.") % {"known": ", ".join(known)}
                )
                raise MappingFault(
                    _("%(name)s is not a key of the mapping. %(hint)s") % {"name": self.key(name), "hint": hint}
                )

    def table(self, name: str, *, required: bool = False) -> TomlTable:
        found = self.data.get(name, {})
        if not isinstance(found, dict):
            raise MappingFault(_("%(name)s is a table: write [%(name)s].") % {"name": self.key(name)})
        if required and not found:
            raise MappingFault(_("The table [%(name)s] is missing.") % {"name": self.key(name)})
        return TomlTable(found, self.key(name))

    def text(self, name: str, *, longest: int = 200) -> str:
        found = self.data.get(name, "")
        if not isinstance(found, str):
            raise MappingFault(_("%(name)s is a text in quotation marks.") % {"name": self.key(name)})
        if not found.strip():
            raise MappingFault(_("%(name)s is missing.") % {"name": self.key(name)})
        if len(found.strip()) > longest:
            raise MappingFault(
                _("%(name)s is longer than %(longest)s characters.") % {"name": self.key(name), "longest": longest}
            )
        return found.strip()

    def texts(self, name: str) -> list[str]:
        found = self.data[name]
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one for one in found):
            raise MappingFault(_('%(name)s is a list of texts, such as ["one", "two"].') % {"name": self.key(name)})
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        found = self.data.get(name, default)
        if not isinstance(found, bool):
            raise MappingFault(_("%(name)s is true or false.") % {"name": self.key(name)})
        return found

    def needed(self, name: str) -> Value:
        value = self.value(name)
        if value is None:
            raise MappingFault(_("%(name)s is missing.") % {"name": self.key(name)})
        return value

    def value(self, name: str, *more: str, category: Value | None = None) -> Value | None:
        """Return where the value comes from, or None where the key is not there. `more` are further keys allowed in it;
        with `category` it may begin with the category's value."""
        if name not in self.data:
            return None
        found = self.data[name]
        if isinstance(found, str):
            found = {"column": found}
        if not isinstance(found, dict):
            raise MappingFault(
                _('%(name)s is a column\'s name in quotation marks, or a table such as { value = "…" }.')
                % {"name": self.key(name)}
            )
        return _value(TomlTable(found, self.key(name)), more, category)

    def named(self, name: str, *more: str, category: Value | None = None) -> Named | None:
        value = self.value(name, "create", *more, category=category)
        if value is None:
            return None
        table = TomlTable(self.data[name] if isinstance(self.data[name], dict) else {}, self.key(name))
        create = table.flag("create", default=False)
        parent = table.text("parent") if "parent" in table.data else ""
        if parent and not create:
            raise MappingFault(
                _("%(at)s is where new units go, and %(at2)s is not true.")
                % {"at": table.key("parent"), "at2": table.key("create")}
            )
        return Named(value, create, parent)

    def choice(self, name: str, choices: Collection[str]) -> Value | None:
        """Return a value whose own words are all among `choices`."""
        value = self.value(name)
        for word in value.own_words if value else ():
            if word not in choices:
                raise MappingFault(
                    _("%(name)s: «%(word)s» is not one of %(choices)s.")
                    % {"name": self.key(name), "word": word, "choices": ", ".join(choices)}
                )
        return value

    def yes_or_no(self, name: str) -> Value | None:
        """Return a value that reads as yes or no; `true` and `false` may stand there as they are."""
        if isinstance(self.data.get(name), bool):
            return Value(self.key(name), fixed="yes" if self.data[name] else "no")
        inner = self.data.get(name)
        if isinstance(inner, dict):
            inner = {key: _yes_or_no(value) for key, value in inner.items()}
            inner.setdefault("map", YES_AND_NO) if "value" not in inner else None
        elif isinstance(inner, str):
            inner = {"column": inner, "map": YES_AND_NO}
        return TomlTable({name: inner} if inner is not None else {}, self.at).choice(name, ["yes", "no"])


def _yes_or_no(found: object) -> object:
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, dict):
        return {key: _yes_or_no(value) for key, value in found.items()}
    return found


def _value(table: TomlTable, more: Collection[str], category: Value | None) -> Value:
    ways = ["column", "value", "join", "template"] + (["from"] if category is not None else [])
    table.only(*ways, "with", "map", "default", *more)
    given = [way for way in ways if way in table.data]
    if len(given) != 1:
        raise MappingFault(
            _("%(at)s says one of %(ways)s; it has %(what)s.")
            % {"at": table.at, "ways": ", ".join(ways), "what": ", ".join(given) or "–"}
        )
    build: dict[str, Callable[[], dict[str, Any]]] = {
        "column": lambda: {"columns": (table.text("column"),)},
        "value": lambda: {"fixed": table.text("value")},
        "join": lambda: {"columns": tuple(table.texts("join"))},
        "template": lambda: _template(table),
        "from": lambda: {"base": _from(table, category)},
    }
    made = build[given[0]]()
    if "with" in table.data:
        if given != ["join"] or not isinstance(table.data["with"], str):
            raise MappingFault(
                _("%(at)s is the text that stands between columns that are joined.") % {"at": table.key("with")}
            )
        made["between"] = table.data["with"]
    if "map" in table.data:
        words = table.data["map"]
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            raise MappingFault(
                _('%(at)s is a table of texts, such as { "Klage" = "complaint" }.') % {"at": table.key("map")}
            )
        made["map"] = {key.strip(): word.strip() for key, word in words.items()}
    if "default" in table.data:
        made["default"] = table.text("default")
    if "fixed" in made and ("map" in made or "default" in made):
        raise MappingFault(
            _("%(at)s is one value for all rows: map and default have nothing to do there.") % {"at": table.at}
        )
    return Value(table.at, **made)


def _from(table: TomlTable, category: Value | None) -> Value | None:
    if table.data["from"] != "category":
        raise MappingFault(_('%(at)s can only be "category".') % {"at": table.key("from")})
    return category


def _template(table: TomlTable) -> dict[str, Any]:
    at = table.key("template")
    try:
        parts = list(string.Formatter().parse(table.text("template", longest=2000)))
    except ValueError as error:
        raise MappingFault(
            _("%(at)s cannot be read (%(error)s). Columns stand in braces; a brace itself is doubled.")
            % {"at": at, "error": error}
        ) from None
    if any(form or conversion for _literal, _name, form, conversion in parts):
        raise MappingFault(_("%(at)s: in braces stands the name of a column and nothing else.") % {"at": at})
    columns = tuple(dict.fromkeys(name for _literal, name, _form, _conversion in parts if name is not None))
    if not columns or not all(columns):
        raise MappingFault(_("%(at)s names no column in braces, such as {description}.") % {"at": at})
    return {"columns": columns, "pieces": tuple((literal, name) for literal, name, _form, _conversion in parts)}
