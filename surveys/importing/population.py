"""Read a file from the population register: everything or nothing, with a sentence for each line that is wrong.

Columns are found by their names, in Norwegian, Swedish or English, in any order; others are never read. Sentences are
in the active language: a page shows them, and a terminal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.importing.columns import Columns, UnreadableFile, opened
from feedback.importing.faults import RowRefused
from feedback.importing.mapping import YES_AND_NO
from feedback.importing.reading import CsvFile, Line
from feedback.importing.report import Problem
from feedback.importing.templates import NameOf, Template, header_of
from organisation.errors import Refused
from organisation.models import Municipality, Person
from organisation.queries import municipality
from surveys.models import Population, Resident
from surveys.rules import require_manager
from surveys.strata import Gender

MOST_MB = 50
"""Of a file: a million people."""
OLDEST = 120
"""Years: nobody in the register is older."""

_NAMES: dict[str, str] = {
    "number": "id nummer number nr løpenummer löpnummer personid person-id",
    "name": "navn namn name fullt_navn",
    "address": "adresse adress address postadresse",
    "birth_year": "fødselsår fødeår fødselsaar födelseår birth_year birthyear year_of_birth",
    "gender": "kjønn kjonn kön gender sex",
    "district": "bydel krets grunnkrets distrikt område stadsdel district area",
    "group": "gruppe grupp group respondentgruppe respondentgrupp eierkommune eigarkommune ägarkommun owner",
    "email": "e-post epost email e-mail e_mail mail",
    "phone": "telefon tlf mobil phone telephone mobile",
    "language": "språk målform sprak språkkode language lang",
    "reserved": "reservasjon reservert reservation reserverad reserved",
}
COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split()}
"""Which column of ours a header means, casefolded, blanks as underscores."""

_GENDERS = {
    **dict.fromkeys(["k", "f", "w", "kvinne", "kvinner", "kvinna", "female", "woman", "jente", "2"], Gender.FEMALE),
    **dict.fromkeys(["m", "mann", "menn", "man", "male", "gutt", "1"], Gender.MALE),
    **dict.fromkeys(["a", "x", "o", "annet", "anna", "annat", "other"], Gender.OTHER),
}
_LANGUAGES = {
    **dict.fromkeys(["nb", "no", "nor", "nob", "nb-no", "norsk", "bokmål", "norwegian"], "nb"),
    **dict.fromkeys(["nn", "nno", "nn-no", "nynorsk"], "nn"),
    **dict.fromkeys(["sv", "swe", "sv-se", "svensk", "svenska", "swedish"], "sv"),
    **dict.fromkeys(["en", "eng", "en-gb", "engelsk", "engelska", "english"], "en"),
}


def template() -> Template:
    """Return the file to begin with, its columns in the active language. Its people are made up."""
    names: list[NameOf] = [
        ("id", "id", "id", "id"), ("navn", "namn", "namn", "name"), ("adresse", "adresse", "adress", "address"),
        ("fødselsår", "fødselsår", "födelseår", "birth_year"), ("kjønn", "kjønn", "kön", "gender"),
        ("bydel", "bydel", "stadsdel", "district"), ("e-post", "e-post", "e-post", "email"),
        ("telefon", "telefon", "telefon", "phone"), ("språk", "språk", "språk", "language"),
        ("reservasjon", "reservasjon", "reservation", "reservation"),
    ]  # fmt: skip
    return Template(
        header_of(names),
        [
            ["1001", "Kari Eksempel", "Kaiveien 5, 6789 Solvik", "1974", "K", "Sentrum", "", "900 00 000", "nb", ""],
            [
                "1002",
                "Per Eksempel",
                "Bakken 2, 6789 Solvik",
                "1959",
                "M",
                "Bakken",
                "per@solvik.example",
                "",
                "",
                "ja",
            ],
        ],
    )


class NameTaken(Refused):
    code = "name_taken"
    field = "name"
    message = gettext_lazy("Another file has been read in as «%(name)s». Give this one a name of its own.")


@dataclass
class Report:
    """What was read. With problems nothing was written, unless the lines with faults were to be left out."""

    name: str
    dry_run: bool = False
    leave_out: bool = False
    rows: int = 0
    people: int = 0
    reserved: int = 0
    without_address: int = 0
    with_email: int = 0
    already_there: bool = False
    languages: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def was_read(self) -> bool:
        """Whether the people are there now because of this reading."""
        return not (self.dry_run or self.already_there or self.stops)

    @property
    def stops(self) -> bool:
        """Whether the problems keep the file from being read in."""
        return (bool(self.problems) and not self.leave_out) or not self.people

    def lines(self) -> list[str]:
        """Return the sum in sentences, without the problems."""
        said = [
            ngettext("%(n)s line read.", "%(n)s lines read.", self.rows) % {"n": self.rows},
            ngettext("%(n)s person.", "%(n)s people.", self.people) % {"n": self.people},
        ]
        if self.reserved:
            said.append(_("%(n)s do not want to be asked and are never drawn.") % {"n": self.reserved})
        if self.without_address:
            said.append(_("%(n)s have neither address nor e-mail and cannot be reached.") % {"n": self.without_address})
        if self.ignored:
            said.append(_("Columns that were not read: %(names)s.") % {"names": ", ".join(self.ignored)})
        if self.problems:
            said.append(
                ngettext("%(n)s line has a fault.", "%(n)s lines have faults.", len(self.problems))
                % {"n": len(self.problems)}
            )
        said.append(self.outcome())
        return said

    def outcome(self) -> str:
        """Return what came of it, in one sentence."""
        if self.already_there:
            return _("This file was read in before, as «%(name)s». Nothing was changed.") % {"name": self.name}
        if self.stops:
            return _("Nothing was read in. Put the lines right and choose the file again.")
        if self.dry_run:
            return _("The file can be read in. Nothing was written.")
        return _("Read in as «%(name)s».") % {"name": self.name}


def import_population(
    content: bytes, *, name: str, by: Person | None, now: datetime, dry_run: bool = False, leave_out: bool = False
) -> Report:
    """Read a register file in as the population `name`. A file that was read before changes nothing.

    With `leave_out` the lines with faults are left out; else one fault is enough for nothing to be read in. Raises
    NotAllowed, UnreadableFile, NameTaken.
    """
    require_manager(by)
    house = municipality()
    file = opened(content, most_mb=MOST_MB)
    name = " ".join(name.replace("\x00", "").split())[:100] or _("Population %(day)s") % {
        "day": now.astimezone(house.zone).date().isoformat()
    }
    digest = sha256(content).hexdigest()
    report = Report(name, dry_run=dry_run, leave_out=leave_out)
    residents = _read(file, report, house, now)
    with transaction.atomic():
        with_people = Resident.objects.values("population")
        there = Population.objects.select_for_update().filter(sha256=digest, pk__in=with_people).first()
        if there is not None:
            report.already_there, report.name = True, there.name
            return report
        if report.stops:
            return report
        if Population.objects.filter(name=name).exists():
            raise NameTaken(name=name)
        if dry_run:
            return report
        population = Population.objects.create(name=name, size=len(residents), read_at=now, read_by=by, sha256=digest)
        for resident in residents:
            resident.population = population
        Resident.objects.bulk_create(residents, batch_size=2000)
    return report


def _read(file: CsvFile, report: Report, house: Municipality, now: datetime) -> list[Resident]:
    columns = Columns(file.header, COLUMNS)
    report.ignored += columns.unknown
    if columns.lacks("number", "name"):
        raise UnreadableFile(
            _("The first line must name the columns; «id» and «navn» must be there. It says: %(line)s.")
            % {"line": ", ".join(file.header)[:200]}
        )
    maker = _Maker(columns, house, now.astimezone(house.zone).date())
    residents: list[Resident] = []
    for line in file:
        report.rows += 1
        try:
            resident = maker.make(line)
        except RowRefused as refusal:
            report.problems.append(Problem(line.number, columns.raw(line, "number"), refusal.code, str(refusal)))
            continue
        residents.append(resident)
        report.reserved += resident.reserved
        report.with_email += bool(resident.email)
        report.without_address += not (resident.address or resident.email)
        report.languages[resident.language] += 1
    report.people = len(residents)
    return residents


class _Maker:
    """Makes a resident of each row, and remembers on which line each number stood."""

    def __init__(self, columns: Columns, house: Municipality, today: date) -> None:
        self._cell = columns.cell
        self._check_whole = columns.check_whole
        self._house = house
        self._today = today
        self._lines: dict[str, int] = {}

    def make(self, line: Line) -> Resident:
        """Raises RowRefused with a sentence."""
        self._check_whole(line)
        number = self._cell(line, "number", 60)
        if not number:
            raise RowRefused("number_missing", _("The id is missing."))
        if number in self._lines:
            raise RowRefused(
                "duplicate",
                _("The id %(number)s stands on line %(line)s already.")
                % {"number": number, "line": self._lines[number]},
            )
        self._lines[number] = line.number
        name = self._cell(line, "name", 150)
        if not name:
            raise RowRefused("name_missing", _("The name is missing."))
        return Resident(
            number=number,
            name=name,
            address=self._cell(line, "address", 250),
            birth_year=self._birth_year(self._cell(line, "birth_year", 20)),
            gender=self._named(line, "gender", _GENDERS, _("«%(value)s» is no gender we know. Write K, M or annet.")),
            district=self._cell(line, "district", 100),
            group=self._cell(line, "group", 100),
            email=self._email(self._cell(line, "email", 254)),
            phone=self._cell(line, "phone", 30),
            language=self._named(
                line,
                "language",
                _LANGUAGES,
                _("«%(value)s» is no language of ours. Write nb, nn, sv or en, or leave it empty."),
            )
            or self._house.language,
            reserved=self._reserved(self._cell(line, "reserved", 20)),
        )

    def _named(self, line: Line, column: str, known: Mapping[str, str], sentence: str) -> str:
        value = self._cell(line, column, 40)
        if value and value.casefold() not in known:
            raise RowRefused(f"unknown_{column}", sentence % {"value": value})
        return str(known[value.casefold()]) if value else ""

    def _birth_year(self, value: str) -> int | None:
        if not value:
            return None
        this = self._today.year
        if not re.fullmatch(r"[0-9]{4}", value) or not this - OLDEST <= int(value) <= this:
            raise RowRefused(
                "impossible_birth_year",
                _("«%(value)s» cannot be a year of birth. It is four digits from %(first)s to %(last)s.")
                % {"value": value, "first": this - OLDEST, "last": this},
            )
        return int(value)

    def _email(self, value: str) -> str:
        if value:
            try:
                validate_email(value)
            except ValidationError:
                raise RowRefused(
                    "impossible_email", _("«%(value)s» is no e-mail address.") % {"value": value}
                ) from None
        return value

    def _reserved(self, value: str) -> bool:
        if not value:
            return False
        if value.casefold() not in YES_AND_NO:
            raise RowRefused(
                "unknown_reservation",
                _("«%(value)s» under reservation is neither yes nor no. Write ja or nei.") % {"value": value},
            )
        return YES_AND_NO[value.casefold()] == "yes"
