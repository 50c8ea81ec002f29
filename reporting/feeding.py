"""A source of figures, from its address to the figures: fetched, kept as it came, read, and taken in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from feedback.importing.columns import UnreadableFile
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.feeds import NeedsIndicator, claim, keep_answer
from reporting.fetching import CannotFetch, Fetcher, on_same_house, told
from reporting.importing import ValueReport, import_values
from reporting.models import Feed, Fetched, Indicator
from reporting.placing import Places
from reporting.queries import due_feeds
from reporting.rules import require_manager
from reporting.sources.answers import looks_like_json, read_json
from reporting.sources.documents import read_document
from reporting.sources.kolada import next_address, read_kolada, read_page
from reporting.sources.pxweb import read_pxweb
from reporting.taking import take_document, take_figures, take_places
from surveys.importing.benchmarks import BenchmarkReport, holds_means, import_benchmarks

MOST_PAGES = 200
MOST_NAMED = 100
"""Of more municipalities all are asked for, and those that were not meant left out: an address has its limits."""
KLASS_SINCE = "2000-01-01"


def our_fetcher() -> Fetcher:
    """Return the one that the settings describe. It names us to those it asks."""
    return Fetcher(f"Innspill (+{settings.SITE_URL})", allow_private=settings.FETCH_FROM_PRIVATE_ADDRESSES)


def run_feed(feed: Feed, fetcher: Fetcher, *, by: Person | None, now: datetime, this_year: int) -> Fetched:
    """Fetch a source and take its figures in; what came of it is written down, whatever it is. Nothing is raised for a source
    that is away or answers nonsense. The network is not waited for inside a transaction."""
    address = address_of(feed, this_year)
    try:
        pages = _pages(feed, address, fetcher)
    except Refused as refusal:
        outcome = Fetched.Outcome.UNREACHABLE if isinstance(refusal, CannotFetch) else Fetched.Outcome.REFUSED
        return keep_answer(feed, [], address=told(address), outcome=outcome, sentence=str(refusal), by=by, now=now)
    return take_answer(feed, pages, address=told(address), by=by, now=now, this_year=this_year)


def take_answer(
    feed: Feed, pages: Sequence[bytes], *, address: str, by: Person | None, now: datetime, this_year: int
) -> Fetched:
    """Read an answer, fetched or chosen as a file, take it in, and keep it with what came of it."""
    try:
        report = read_answer(feed, pages, by=by, now=now, this_year=this_year)
    except Refused as refusal:
        return keep_answer(
            feed, pages, address=address, outcome=Fetched.Outcome.REFUSED, sentence=str(refusal), by=by, now=now
        )  # fmt: skip
    outcome = (
        Fetched.Outcome.REFUSED if report.problems
        else Fetched.Outcome.TAKEN if report.new or report.changed
        else Fetched.Outcome.SAME
    )  # fmt: skip
    return keep_answer(
        feed, pages, address=address, outcome=outcome, sentence=" ".join(report.lines()), new=report.new,
        changed=report.changed, same=max(report.same, 0) if outcome != Fetched.Outcome.REFUSED else 0,
        problems=report.problems, by=by, now=now,
    )  # fmt: skip


def read_answer(
    feed: Feed, pages: Sequence[bytes], *, by: Person | None, now: datetime, this_year: int, dry_run: bool = False
) -> ValueReport:
    """Read the pages of an answer and write what is in them. Raises NotAllowed, UnreadableFile, OurOwn."""
    how = {"by": by, "now": now, "this_year": this_year, "dry_run": dry_run}
    if feed.brings_places:
        return take_places(list(pages), by=by, now=now, dry_run=dry_run)
    if feed.kind == Feed.Kind.INNSPILL:
        return take_document(read_document(_one(pages), last_year=this_year), **how)  # type: ignore[arg-type]
    if feed.indicator is None:
        raise NeedsIndicator
    wanted = set(feed.numbers)
    if feed.kind == Feed.Kind.KOLADA:
        asked = [feed.external] if feed.external else []
        answer, country = read_kolada(pages, last_year=this_year, kpis=asked, gender=feed.gender), "SE"
    else:
        named = f"SSB, {feed.external}" if feed.external else "SSB"
        answer, country = read_pxweb(_one(pages), last_year=this_year, source=named), "NO"
    measures = {found.what for found in answer.figures}
    if feed.kind == Feed.Kind.SSB and feed.measure:
        measures &= {feed.measure}
        answer.figures = [found for found in answer.figures if found.what in measures]
    if len(measures) > 1:
        raise UnreadableFile(
            _("The answer has several measures: %(names)s. Ask for one of them.")
            % {"names": ", ".join(sorted(measures))[:150]}
        )
    if feed.measure and not measures:
        raise UnreadableFile(_("The table has no measure «%(name)s».") % {"name": feed.measure})
    by_name = dict.fromkeys(measures, feed.indicator)
    if wanted:
        answer.figures = [found for found in answer.figures if found.place in wanted]
    return take_figures(answer, by_name, Places(municipality(), country=country), **how)  # type: ignore[arg-type]


def _one(pages: Sequence[bytes]) -> bytes:
    if len(pages) != 1:
        raise UnreadableFile(_("This source answers in one piece."))
    return pages[0]


def address_of(feed: Feed, this_year: int) -> str:
    """Return where the source is asked."""
    if feed.kind == Feed.Kind.KOLADA:
        years = ",".join(str(year) for year in range(this_year - feed.years + 1, this_year + 1))
        named = ",".join(feed.numbers) if len(feed.numbers) <= MOST_NAMED else ""
        whose = f"/municipality/{named}" if named else ""
        return f"{settings.KOLADA_URL}/data/kpi/{feed.external}{whose}/year/{years}"
    if feed.kind == Feed.Kind.SSB:
        return f"{settings.SSB_URL}/{feed.external}"
    if feed.kind == Feed.Kind.NORWAY:
        return f"{settings.KLASS_URL}/codesAt.json?date={this_year}-01-01"
    return f"{settings.KOLADA_URL}/municipality" if feed.kind == Feed.Kind.SWEDEN else feed.external


def table_query(feed: Feed) -> bytes:
    """Return what SSB's table is asked: the municipalities, the latest years, and the further choices of the source."""
    chosen = list(feed.selections)
    named = {str(one.get("code", "")) for one in chosen if isinstance(one, dict)}
    if feed.numbers and not named & {"Region", "KOKkommuneregion0000"}:
        chosen.append({"code": "Region", "selection": {"filter": "item", "values": feed.numbers}})
    if feed.measure and "ContentsCode" not in named:
        chosen.append({"code": "ContentsCode", "selection": {"filter": "item", "values": [feed.measure]}})
    if "Tid" not in named:
        chosen.append({"code": "Tid", "selection": {"filter": "top", "values": [str(feed.years)]}})
    return json.dumps({"query": chosen, "response": {"format": "json-stat2"}}).encode()


def _pages(feed: Feed, address: str, fetcher: Fetcher) -> list[bytes]:
    if feed.kind == Feed.Kind.SSB:
        return [fetcher.fetch(address, body=table_query(feed))]
    if feed.kind == Feed.Kind.NORWAY:
        return [fetcher.fetch(address), fetcher.fetch(f"{settings.KLASS_URL}/changes.json?from={KLASS_SINCE}")]
    if feed.kind == Feed.Kind.INNSPILL:
        return [fetcher.fetch(address)]
    pages, seen = [], {address}
    while address:
        pages.append(fetcher.fetch(address))
        found = next_address(read_page(pages[-1]))
        address = on_same_house(found, settings.KOLADA_URL) if found else ""
        if address in seen or len(pages) >= MOST_PAGES:
            raise CannotFetch(_("The source goes round in a circle: a page leads back to one before it."))
        seen.add(address)
    return pages


def fetch_what_is_due(fetcher: Fetcher, *, now: datetime, this_year: int, by_schedule: bool) -> list[Fetched]:
    """Fetch every source that somebody asked for, and with `by_schedule` those whose time has come. One after another, so
    that no house is asked for much at once; two workers never fetch the same."""
    if by_schedule:
        for feed in due_feeds(now):
            Feed.objects.filter(pk=feed.pk, asked_at=None).update(asked_at=now)
    done = []
    for pk in Feed.objects.filter(asked_at__isnull=False).values_list("pk", flat=True):
        claimed = claim(pk, asked_before=now + timedelta(minutes=1))
        if claimed is not None:
            done.append(run_feed(claimed, fetcher, by=None, now=now, this_year=this_year))
    return done


_IS = (
    (Feed.Kind.INNSPILL, re.compile(rb'"format"\s*:\s*"innspill-benchmarks"')),
    (Feed.Kind.SSB, re.compile(rb'"class"\s*:\s*"dataset"')),
    (Feed.Kind.KOLADA, re.compile(rb'"kpi"\s*:')),
    (Feed.Kind.NORWAY, re.compile(rb'"code(?:s|Changes)"\s*:')),
    (Feed.Kind.SWEDEN, re.compile(rb'"id"\s*:.*"title"\s*:|"title"\s*:.*"id"\s*:', re.DOTALL)),
)
MOST_MB = 60


def read_upload(
    content: bytes,
    *,
    indicator: Indicator | None,
    source: str,
    mapping: str,
    by: Person | None,
    now: datetime,
    this_year: int,
    dry_run: bool,
) -> ValueReport | BenchmarkReport:
    """Read whatever somebody chose: a CSV file of figures or of others' means in surveys, our open data, or an answer of
    Kolada, SSB or Klass that was saved.

    `indicator` is what figures of Kolada and SSB are of. Raises NotAllowed, NeedsIndicator, UnreadableFile, OurOwn.
    """
    if len(content) > MOST_MB * 1024 * 1024:
        raise UnreadableFile(_("The file is larger than %(most)s MB.") % {"most": MOST_MB})
    if holds_means(content):
        require_manager(by)
        return import_benchmarks(content, this_year=this_year, dry_run=dry_run)
    if not looks_like_json(content):
        return import_values(
            content, source=source, mapping=mapping, by=by, now=now, this_year=this_year, dry_run=dry_run
        )  # fmt: skip
    kind = next((kind for kind, sign in _IS if sign.search(content)), None)
    if kind is None:
        read_json(content)
        raise UnreadableFile(
            _("This is JSON, but nothing that is read here: open data of Innspill, Kolada, SSB or Klass.")
        )
    feed = Feed(kind=kind, indicator=indicator)
    return read_answer(feed, [content], by=by, now=now, this_year=this_year, dry_run=dry_run)
