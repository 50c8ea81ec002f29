"""Load a file of cards: read and check every row, then write all that can be cards in one transaction.

One transaction, so that an import that is stopped or crashes leaves nothing behind and users see either all its cards or
none. Reading comes first and holds no lock; writing is a COPY per table. The numbers of references are taken last, because
from then on until the end other registrations of the same year wait: seconds for a hundred thousand cards.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from heapq import merge
from itertools import islice
from pathlib import Path

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from feedback.actions.intake import House, NoServiceCentre
from feedback.actions.registration import take_numbers
from feedback.importing.copying import Copied, Ids
from feedback.importing.faults import CannotImport, MappingFault, RowRefused
from feedback.importing.mapping import Mapping
from feedback.importing.named import Lookup, known_units, new_category, new_unit
from feedback.importing.reading import CsvFile, Line, check_encoding
from feedback.importing.report import DUPLICATE, Problem, Report
from feedback.importing.rows import Made, RowMaker
from feedback.models import Callback, Card, CardEvent, Category, FollowUp, Referral, Submitter
from feedback.reference import reference
from organisation.models import Unit

BATCH = 2000
"""Rows whose keys are looked up at once."""

SORTED_AT_ONCE = 50_000
"""Rows whose moments of registration are sorted at once."""

Progress = Callable[[str, int], None]
"""Is told what is being done («reading», «writing») and how many rows of it are done."""

_RECORDS = {FollowUp: "follow_up", Callback: "callback", Referral: "referral"}


def import_cards(
    path: Path, mapping: Mapping, *, now: datetime, dry_run: bool = False, progress: Progress = lambda what, rows: None
) -> Report:
    """Import the cards of a CSV file. With `dry_run` everything is read and checked, and nothing written.

    A row whose key is there already changes nothing. Of rows with one key in the file the first counts, even where it is
    refused: what it says is not for a later row to overrule. Sends nothing.

    Raises CannotImport (MappingFault among them), having written nothing.
    """
    check_encoding(path, mapping.file.encoding)
    try:
        with path.open(encoding=mapping.file.encoding, newline="") as text, transaction.atomic():
            file = CsvFile(text, delimiter=mapping.file.delimiter, quote=mapping.file.quote, notes=mapping.file.notes)
            mapping.check_columns(file.header)
            _hold(mapping.source)
            with _Load(mapping, file.header, now=now, dry_run=dry_run, progress=progress) as load:
                load.read(file)
                if not dry_run:
                    load.write()
                return load.report
    except NoServiceCentre as error:
        raise CannotImport(str(error)) from None
    except (IntegrityError, DataError) as error:
        # Somebody changed units or categories meanwhile. Only the first line: the second may quote a row.
        raise CannotImport(
            _("The database refused the cards, so none is there: %(fault)s.") % {"fault": str(error).splitlines()[0]}
        ) from error


def _hold(source: str) -> None:
    """Let one import of a source run at a time: of two at once the second would find cards that the first takes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('import_cards'), hashtext(%s))", [source])
        if not cursor.fetchone()[0]:
            raise CannotImport(
                _("Another import from «%(source)s» is under way. Wait until it has ended.") % {"source": source}
            )


class _Load(ExitStack):
    """One import: what it reads with, and the rows that wait to be written."""

    def __init__(
        self, mapping: Mapping, header: list[str], *, now: datetime, dry_run: bool, progress: Progress
    ) -> None:
        super().__init__()
        self.report = Report(mapping.source, dry_run=dry_run)
        self._progress = progress
        self._mapping = mapping
        self._house = House.read()
        self._ids = {model: Ids(model, pretend=dry_run) for model in (Card, *_RECORDS)}
        self._units, self._categories = self._lookups(header, pretend=dry_run)
        self._maker = RowMaker(mapping, header, self._house, self._categories, self._units, now)
        self._keys = _Keys(mapping.source)
        self._cards = self.enter_context(Copied(Card, last="reference"))
        self._submitters = self.enter_context(Copied(Submitter))
        self._events = self.enter_context(Copied(CardEvent, leave_out=("id",)))
        self._records = {model: self.enter_context(Copied(model)) for model in _RECORDS}
        # Of each card that waits, in the file's order: when it was registered, and the year of its reference.
        self._instants, self._years = array("d"), array("H")

    def _lookups(self, header: list[str], *, pretend: bool) -> tuple[Lookup[Unit] | None, Lookup[Category] | None]:
        categories: Lookup[Category] | None = None
        units: Lookup[Unit] | None = None
        empty = self._mapping.file.empty
        if (named := self._mapping.category) is not None:
            ids = Ids(Category, pretend=pretend, block=1)
            categories = Lookup(
                "category", named, named.value.bind(header, empty), Category.objects.all(),
                lambda code, name: new_category(ids.next(), code, name),
            )  # fmt: skip
            categories.check_own_words()
        if (named := self._mapping.unit) is not None:
            known = known_units()
            parent = self._parent(named.parent, known)
            unit_ids = Ids(Unit, pretend=pretend, block=1)
            units = Lookup(
                "unit", named, named.value.bind(header, empty), known,
                lambda code, name: new_unit(unit_ids.next(), code, name, parent),
            )  # fmt: skip
            units.check_own_words()
        return units, categories

    @staticmethod
    def _parent(code: str, known: Iterable[Unit]) -> Unit | None:
        if not code:
            return None
        for unit in known:
            if unit.code == code and unit.kind == Unit.Kind.SECTOR:
                return unit
        raise MappingFault(_("card.unit.parent: there is no sector with the code «%(code)s».") % {"code": code})

    # --- Reading ----------------------------------------------------------------------------------------------------

    def read(self, file: Iterable[Line]) -> None:
        lines = iter(file)
        while batch := list(islice(lines, BATCH)):
            keys = {line.number: self._maker.key(line.values) for line in batch if not line.torn}
            firsts, there = self._keys.look_up(keys)
            for line in batch:
                self._read(line, keys.get(line.number, ""), firsts, there)
            self._progress("reading", self.report.rows)
        self.report.created_categories = [row.code for row in self._categories.to_create()] if self._categories else []
        self.report.created_units = [row.code for row in self._units.to_create()] if self._units else []

    def _read(self, line: Line, key: str, firsts: dict[str, int], there: set[str]) -> None:
        report = self.report
        report.rows += 1
        try:
            if line.torn:
                raise RowRefused("torn_row", line.torn)
            if not key:
                raise RowRefused("key_missing", _("key: the row has none, so a second run would not know it again."))
            if firsts.get(key, line.number) != line.number:
                raise RowRefused(
                    DUPLICATE,
                    _("The key stands on line %(firsts)s already; that row counts.") % {"firsts": firsts[key]},
                )
            if key in there:
                report.already_there += 1
                return
            self._keep(self._maker.make(line.values, key, self._ids[Card].next))
        except RowRefused as error:
            report.problems.append(Problem(line.number, key[:120], error.code, str(error)))
        else:
            report.imported += 1

    def _keep(self, made: Made) -> None:
        """Put the card's rows aside."""
        if self._units:
            self._units.use(made.unit)
        if self._categories:
            self._categories.use(made.category)
        registered_at = made.card["registered_at"]
        self._instants.append(registered_at.timestamp())
        self._years.append(self._house.calendar.local_date(registered_at).year)
        self._cards.add(made.card)
        if made.submitter is not None:
            self._submitters.add(made.submitter)
        named: dict[str, int] = {}
        if made.record is not None:
            model, values = made.record
            values["id"] = named[_RECORDS[model]] = self._ids[model].next()
            self._records[model].add(values)
        for event in made.events:
            if named and event["what"] in _COMPLETING_EVENTS:
                event["details"] = named | event.get("details", {})
            self._events.add(event)

    # --- Writing ----------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write what waits: new categories and units, then each table by COPY."""
        if not self.report.imported:
            return
        for made in (self._categories, self._units):
            for row in made.to_create() if made else ():
                row.save(force_insert=True)
        # Foreign keys are looked at when the transaction ends, so the cards may come last.
        written = 0
        for table in (self._submitters, *self._records.values(), self._events):
            table.send(sent=lambda: self._progress("writing", 0))

        references = self._references()  # now: while COPY runs nothing else can be asked of the database

        def counted() -> Iterator[str]:
            nonlocal written
            for one in references:
                written += 1
                yield one

        self._cards.send(counted(), sent=lambda: self._progress("writing", written))

    def _references(self) -> Iterator[str]:
        """Take the numbers, a block a year, and return each card's reference in the file's order. Within a year they
        follow the order of registration; cards of one moment that of the file."""
        years, numbers = self._years, array("Q", bytes(8 * len(self._years)))
        following = {year: take_numbers(year, count) for year, count in sorted(Counter(years).items())}
        first, last = None, 0
        for last in _in_order(self._instants):
            first = last if first is None else first
            numbers[last] = following[years[last]]
            following[years[last]] += 1
        self.report.first_reference = reference(years[first or 0], numbers[first or 0])
        self.report.last_reference = reference(years[last], numbers[last])
        return map(reference, years, numbers)


def _in_order(instants: array[float]) -> Iterator[int]:
    """Yield the places of `instants` from the earliest to the latest, equal ones as they stand.

    Sorted in pieces: a list of all of them takes eighty bytes for each.
    """
    places, instant = range(len(instants)), instants.__getitem__
    pieces = (places[start : start + SORTED_AT_ONCE] for start in places[::SORTED_AT_ONCE])
    return merge(*[array("Q", sorted(piece, key=instant)) for piece in pieces], key=instant)


_COMPLETING_EVENTS = {CardEvent.What.FOLLOWED_UP, CardEvent.What.CALLED_BACK, CardEvent.What.REFERRED}


class _Keys:
    """Which line had a key first, and which keys have a card. Kept by the database, so that memory stays flat."""

    def __init__(self, source: str) -> None:
        self._source = source
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.import_keys")
            cursor.execute("CREATE TEMPORARY TABLE import_keys (key text PRIMARY KEY, line bigint) ON COMMIT DROP")

    def look_up(self, keys: dict[int, str]) -> tuple[dict[str, int], set[str]]:
        """Take the keys by line. Return the first line of each so far, and those that have a card."""
        lines = [line for line, key in keys.items() if _storable(key)]
        names = [keys[line] for line in lines]
        if not lines:
            return {}, set()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO import_keys SELECT key, min(line) FROM unnest(%s::text[], %s::bigint[]) AS given (key, line)"
                " GROUP BY key ON CONFLICT DO NOTHING",
                [names, lines],
            )
            cursor.execute("SELECT key, line FROM import_keys WHERE key = ANY(%s)", [names])
            firsts = dict(cursor.fetchall())
            cursor.execute(
                "SELECT import_key FROM feedback_card"
                " WHERE import_source = %s AND import_key = ANY(%s) AND NOT import_key = ''",
                [self._source, names],
            )
            return firsts, {key for (key,) in cursor}


def _storable(key: str) -> bool:
    # Rows with other keys are refused anyway; a NUL PostgreSQL would not take, and an index no key of many kilobytes.
    return 0 < len(key) <= 120 and "\x00" not in key
