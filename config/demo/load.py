"""Load Solvik: its organisation, the cards of its story, and the weekly overdue lists of its past. Sends nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model

from config.demo.action_plans import action_plans
from config.demo.assessments import make_assessments
from config.demo.benchmarks import make_benchmarks
from config.demo.days import CALENDAR, OSLO, at
from config.demo.furnish import Furnished, furnish, make_rules
from config.demo.informing import inform
from config.demo.interviews import interviews
from config.demo.keeping import keeping
from config.demo.mail_in import mails_that_came
from config.demo.neighbours import neighbours
from config.demo.places import NEW_RULES
from config.demo.plans import Story
from config.demo.records import public_records
from config.demo.reports import make_reports
from config.demo.rows import Rows
from config.demo.scorecards import scorecards
from config.demo.sensitive import CLERK, sensitive
from config.demo.sources import sources
from config.demo.story import build_story
from config.demo.surveys import surveys
from config.demo.themes import make_themes
from config.demo.webhooks import webhooks
from feedback.actions.intake import House
from feedback.actions.listing import run_overdue_list
from feedback.actions.registration import take_numbers
from feedback.mails import escalation_key, overdue_list_key
from feedback.models import (
    Attachment,
    Card,
    CardEvent,
    CardNote,
    Category,
    Erasure,
    Escalation,
    IncomingMail,
    LegalGround,
    ListNotice,
    Neighbour,
    OverdueList,
    ReferenceCounter,
    RetentionRun,
    Submitter,
    WithheldFile,
)
from feedback.reference import reference
from organisation.calendar import IsoWeek
from organisation.models import AuditEntry, DayOff, Municipality, OutgoingMail, OwnWording, Person, Unit
from organisation.permissions import Role
from organisation.queries import people_with
from reporting.card_themes import count_cards_by_category
from reporting.figures import count_anew
from reporting.models import (
    Assessment,
    Counting,
    DeskContact,
    Elsewhere,
    Group,
    Indicator,
    Initiative,
    Meeting,
    Report,
    Scorecard,
    Theme,
)
from surveys.models import Comparator, Population, Survey

BATCH = 1000
AFTER_LIST_MOMENT = timedelta(seconds=21)  # beat and worker need a little while after six

# All other rows of the demonstration hang on these.
_ROOTS = (
    AuditEntry,
    Municipality,
    DayOff,
    Person,
    Unit,
    Category,
    Card,
    ReferenceCounter,
    OutgoingMail,
    OwnWording,
    Neighbour,
    LegalGround,
    Survey,
    Report,
    Assessment,
    Elsewhere,
    Group,
    Indicator,
    Scorecard,
    Initiative,
    Meeting,
    Theme,
    Counting,
    DeskContact,
    Population,
    Comparator,
    Erasure,
    RetentionRun,
    WithheldFile,
)

ADVISER = "ragnhild.opsahl@solvik.example"
ADMINISTRATOR = "vidar.klokk@solvik.example"


class CannotLoad(Exception):
    """There is something here already that is not the demonstration: one sentence for whoever asked."""


@dataclass(frozen=True)
class Loaded:
    """What the load wrote."""

    today: date
    cards: int
    events: int
    lists: int
    escalations: int


def story_day(now: datetime) -> date:
    """The story's today. It is told as at 08:00; who comes earlier in the day gets yesterday's, as nothing may lie ahead."""
    today = CALENDAR.local_date(now)
    return today if now >= at(today, 8) else today - timedelta(days=1)


def load_demo(*, seed: int, now: datetime, anew: bool = False) -> Loaded | None:
    """Load the demonstration in one transaction: all of it is there afterwards, or nothing.

    Returns None where it is loaded already and `anew` is not asked for; with `anew` the old one is thrown away, cards that
    somebody tried things on included.

    Raises CannotLoad where there is another municipality.
    """
    with transaction.atomic():
        _hold()
        here = Municipality.objects.first()
        if here is None and (Card.objects.exists() or Unit.objects.exists()):
            raise CannotLoad(
                "There are units or cards but no municipality here. Load the demonstration into an empty database."
            )
        if here is not None and not here.is_demonstration:
            raise CannotLoad(f"«{here.name}» is here already. The demonstration never mixes with a real municipality.")
        if here is not None and not anew:
            return None
        if here is not None:
            _clear()
        story = build_story(seed, story_day(now))
        furnished = furnish(story.today)
        events = write_story(story, furnished)
        make_rules(NEW_RULES, furnished.units, furnished.categories)
        _make_past_lists(story)
        inform(story, furnished)
        sensitive(story, furnished)
        neighbours(furnished, by=furnished.people[ADMINISTRATOR], now=story.now)
        mails_that_came(story)
        surveys(by=furnished.people[ADVISER], units=furnished.units, today=story.today, seed=seed)
        _tell_of_past_lists()
        interviews(by=furnished.people[ADVISER], now=story.now, seed=seed)
        scorecards(by=furnished.people[ADVISER], today=story.today, now=story.now, seed=seed)
        sources(by=furnished.people[ADVISER], now=story.now, this_year=story.today.year)
        make_assessments(by=furnished.people[ADVISER], now=story.now, this_year=story.today.year)
        make_benchmarks(by=furnished.people[ADVISER], today=story.today, seed=seed)
        make_themes(by=furnished.people[ADVISER], now=story.now)
        action_plans(by=furnished.people[ADVISER], today=story.today)
        make_reports(by=furnished.people[ADVISER], today=story.today, now=story.now)
        keeping(by=furnished.people[ADMINISTRATOR], now=story.now)
        public_records(by=furnished.people[CLERK], administrator=furnished.people[ADMINISTRATOR], now=story.now)
        webhooks(by=furnished.people[ADMINISTRATOR], units=furnished.units, now=story.now, seed=seed)
        transaction.on_commit(partial(_count, now))
        return Loaded(story.today, len(story.cards), events, OverdueList.objects.count(), Escalation.objects.count())


def _count(now: datetime) -> None:
    """Count what is kept for hours: of a demonstration loaded anew nobody shall see the old one's figures."""
    count_anew(now=now, zone=OSLO)
    count_cards_by_category(now=now, zone=OSLO)


def _hold() -> None:
    """Let one load run at a time: the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_demo'))")


def _clear() -> None:
    """Throw the old demonstration away with all that hangs on it, whichever app's it is: it was made up, every row.

    Its histories and its audit log too, which nothing else ever empties.
    """
    originals = IncomingMail.objects.exclude(file="").values_list("file", flat=True)
    files = [*Attachment.objects.values_list("file", flat=True), *originals]
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _ROOTS)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come is not truncated
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'stays_whole'")
        histories = [row[0] for row in cursor.fetchall()]
        for table in histories:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER stays_whole")
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        for table in histories:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER stays_whole")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    transaction.on_commit(partial(_delete_files, files))


def _delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def write_story(story: Story, furnished: Furnished) -> int:
    """Write the story's cards and all that happened to them. Return the number of events."""
    rows = Rows(House.read(), furnished)
    references = _references(story)
    for plan in story.cards:
        rows.register(plan, references[plan.number])
    children = {
        plan.split_from or plan.grown_from: rows.cards[plan.number]
        for plan in story.cards
        if plan.split_from or plan.grown_from
    }
    for plan in story.cards:
        child = children.get(plan.number)
        rows.live(plan, split_into=child, grown_into=child)
    _write(rows)
    with connection.cursor() as cursor:
        # Sixty weeks of lists follow: where the planner still holds the tables for empty, each of them takes seconds.
        cursor.execute("ANALYZE")
    return len(rows.events)


def _references(story: Story) -> dict[int, str]:
    """A reference for each card, numbered within its year in the order of registration."""
    years = {plan.number: plan.registered_at.astimezone(OSLO).year for plan in story.cards}
    next_number = {year: take_numbers(year, count) for year, count in Counter(years.values()).items()}
    references = {}
    for number, year in years.items():
        references[number] = reference(year, next_number[year])
        next_number[year] += 1
    return references


def _write(rows: Rows) -> None:
    cards = list(rows.cards.values())
    alone = [card for card in cards if card.origin is None and card.duplicate_of is None]
    Card.objects.bulk_create(alone, batch_size=BATCH)
    # Those that name another card come when it has its id.
    Card.objects.bulk_create([card for card in cards if card.pk is None], batch_size=BATCH)
    Submitter.objects.bulk_create(rows.submitters, batch_size=BATCH)
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    for record in rows.records:
        by_model[type(record)].append(record)
    for model, records in by_model.items():
        model._default_manager.bulk_create(records, batch_size=BATCH)
    for event, name, record in rows.pointing:
        event.details[name] = record.pk
    # In the order of time, as ids of events are elsewhere; the sort is stable, so a card's own order stays.
    CardEvent.objects.bulk_create(sorted(rows.events, key=lambda event: event.at), batch_size=BATCH)
    CardNote.objects.bulk_create(rows.notes, batch_size=BATCH)


def _make_past_lists(story: Story) -> None:
    """Run the overdue lists of every Monday since the launch, each as it would have been run then; mail none of them."""
    week, last = IsoWeek.of(story.launch).next(), CALENDAR.latest_list_week(story.now)
    while week <= last:
        run_overdue_list(week=week, now=CALENDAR.list_moment(week) + AFTER_LIST_MOMENT, mail=False)
        week = week.next()


def _tell_of_past_lists() -> None:
    """Write whom the story's lists went to: each unit's leader, and the chief executive."""
    lists = OverdueList.objects.select_related("unit", "run")
    chiefs = list(people_with(Role.CHIEF_EXECUTIVE))
    notices = [
        ListNotice(
            overdue_list=listed,
            person_id=listed.unit.leader_id,
            told_at=listed.run.created_at,
            dedupe_key=overdue_list_key(listed),
        )
        for listed in lists
    ]
    notices += [
        ListNotice(escalation=made, person=chief, told_at=made.created_at, dedupe_key=escalation_key(made, chief))
        for made in Escalation.objects.all()
        for chief in chiefs
    ]
    ListNotice.objects.bulk_create(notices, batch_size=BATCH)
