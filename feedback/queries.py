"""Reads on cards and overdue lists. Every list starts from what the person may see."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject

from feedback.masking import FIELDS, masked
from feedback.models import (
    Attachment,
    Card,
    CardEvent,
    CardLook,
    CardReader,
    Category,
    ContactAttempt,
    ContactCard,
    Escalation,
    HeldUpload,
    IncomingMail,
    Mailing,
    OverdueEntry,
    OverdueList,
    OverdueRun,
    OwnReaction,
    ReopeningRequest,
    RoutingRule,
    SavedFilter,
    Story,
    Submitter,
)
from feedback.reference import parse_reference
from feedback.routing import Rule
from feedback.rules import (
    SEEING_CARDS,
    needs_contact,
    sensitive_cards,
    visible_cards,
    visible_escalated,
    visible_filters,
    visible_lists,
    visible_stories,
)
from feedback.suggesting import Subject, suggest_category, suggest_kind
from feedback.workflow import HIGHEST_NEGATIVE, OPEN_STATES, State
from organisation.calendar import IsoWeek
from organisation.gathering import Gathering, InOne, hang
from organisation.kept_queries import KeptQuery
from organisation.models import Person, RoleAssignment, Unit
from organisation.permissions import ROLES, Permission
from organisation.queries import grants_of

AnyRow = TypeVar("AnyRow", bound=Model)
AsRows = Callable[[QuerySet[Card]], QuerySet[Card]]
"""What joins to cards all that a row of a list shows of them."""


def visible_to(person: Person) -> QuerySet[Card]:
    """Return the cards that `person` may see: where every list, page, search, count and export begins."""
    return Card.objects.filter(visible_cards(person))


def open_to(person: Person) -> QuerySet[Card]:
    """Return the sensitive cards that `person` may open, one at a time and with a reason; none of them is in `visible_to`."""
    return Card.objects.filter(sensitive_cards(person))


def for_list(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Join what a row of a list shows, so that a list costs no query a row. Adds `attempts`: calls that count."""
    return with_attempts(cards.select_related("unit", "category", "handler", "submitter"))


def masked_for(person: Person, cards: Iterable[Card]) -> list[Card]:
    """Return the cards of a list with their submitters' contact details as `person` sees them there: masked where it is
    not for them to ring. The rows are for showing; they are saved by nobody."""
    shown = list(cards)
    for card in shown:
        submitter = getattr(card, "submitter", None)
        if submitter is not None and not needs_contact(person, card.unit_id):
            for field in FIELDS:
                setattr(submitter, field, masked(field, getattr(submitter, field)))
    return shown


def with_attempts(rows: QuerySet[AnyRow], card: str = "") -> QuerySet[AnyRow]:
    """Add `attempts`: calls of the present cycle that count. The rows are cards, or name theirs by the field `card`.

    The count is a sub-query on the rows shown; a join with GROUP BY would count for every card before the first page.
    """
    pk, cycle = (OuterRef(f"{card}__{name}" if card else name) for name in ("pk", "cycle"))
    counted = ContactAttempt.objects.filter(card=pk, cycle=cycle, undone_at__isnull=True)
    number = counted.order_by().values("card").annotate(number=Count("pk")).values("number")
    return rows.annotate(attempts=Coalesce(Subquery(number), 0))  # type: ignore[return-value]


def with_seen(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Add `seen`: the card's latest event that weighs, as `feedback.actions.seen` counts them; 0 where there is none."""
    events = CardEvent.objects.filter(card=OuterRef("pk")).exclude(what__in=CardEvent.OF_NO_WEIGHT).order_by()
    latest = events.values("card").annotate(latest=Max("pk")).values("latest")
    return cards.annotate(seen=Coalesce(Subquery(latest), 0))


def with_returns(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Add `returns`: by which unit each was sent back (`unit`, its code) and why (`reason`), the first time first."""
    sent_back = CardEvent.objects.filter(card=OuterRef("pk"), what=CardEvent.What.RETURNED).order_by("at", "id")
    reason = Coalesce("note__text", Value(""))
    return cards.annotate(returns=ArraySubquery(sent_back.values(row=JSONObject(unit="from_value", reason=reason))))


def for_forwarding(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Join what a row shows at the service centre, where cards wait to be forwarded."""
    return with_returns(for_list(cards))


def _shown(ids: str) -> QuerySet[Card]:
    return with_seen(Card.objects.filter(pk__in=RawSQL("%s", [ids])).select_related("submitter")).order_by()


SHOWN: KeptQuery[Card] = KeptQuery(lambda ids: with_attempts(_shown(ids)))
"""The cards of a page of the work list by their ids, in no order: as `for_list` with `seen`, but for unit, category and
handler. A page has these by other ways (`feedback.kept_house`): joined, they take longer to plan than all the rest to do."""

SHOWN_TO_FORWARD: KeptQuery[Card] = KeptQuery(lambda ids: with_returns(_shown(ids)))
"""The same for rows at the service centre, where nobody has rung yet: `returns` in place of the attempts."""


ON_A_PAGE = Gathering(
    Card,
    "attachments",
    "callbacks",
    "followups",
    "preliminaryanswers",
    "referrals",
    "contactcards",
    "contactattempts",
    "offspring",
    "additions",
    "incomingmails",
    "ownreactions",
    "reopeningrequests",
    "notes",
    "handovers",
    "linked_pictures",
    "accesses",
    events=CardEvent.objects.order_by("-at", "-id"),
    overdue_entries=OverdueEntry.objects.order_by("iso_year", "iso_week"),
    stories=Story.objects.order_by("-written_at", "-id"),
)
IN_A_ROW = Gathering(Card, "contactcards", "contactattempts")


def with_all(cards: QuerySet[Card]) -> list[Card]:
    """Return `cards`, in no order, with all that a card's page shows of each (two queries, and one for the cards that they
    come from or repeat)."""
    # What is joined here nearly every card has: with each table more PostgreSQL plans longer than it then reads.
    found = ON_A_PAGE.read(cards.order_by().select_related("unit", "category", "submitter"))
    people: list[tuple[Model, str]] = []
    for card in found:
        people += [(card.unit, "leader"), (card, "handler"), (card, "registered_by")]
        people += [(row, "recorded_by") for rows in (card.contactattempts, card.callbacks) for row in rows.all()]
        people += [(event, "by") for event in card.events.all()]
    _put_beside(Person, people)
    _put_beside(Card, [(card, link) for card in found for link in ("duplicate_of", "origin")])
    for card in found:
        for addition in card.additions.all():
            hang(addition, "attachments", [one for one in card.attachments.all() if one.addition_id == addition.pk])
        notes = {note.event_id: note for note in card.notes.all()}
        for event in card.events.all():
            CardEvent._meta.get_field("note").set_cached_value(event, notes.get(event.pk))
    return found


def _put_beside(model: type[Model], links: Sequence[tuple[Model, str]]) -> None:
    """Put the rows of `model` where a join by these links would have put them (one query; none where all are empty)."""
    found = model._default_manager.in_bulk({getattr(row, f"{link}_id") for row, link in links} - {None})
    for row, link in links:
        if (other := found.get(getattr(row, f"{link}_id"))) is not None:
            setattr(row, link, other)


def card_by_reference(person: Person, reference: str) -> Card | None:
    """Return the card with this reference as its page shows it, or None where it is not there or not to be seen."""
    parsed = parse_reference(reference)
    found = with_all(visible_to(person).filter(reference=parsed)) if parsed else []
    return found[0] if found else None


def sensitive_card(person: Person, reference: str, shown: AsRows | None = None) -> Card | None:
    """Return the sensitive card with this reference if `person` may open it: as its page shows it or, with `shown`, as a
    row. Whoever asks for it stands at the door: `feedback.views.access`, `feedback.api.writes`."""
    if (parsed := parse_reference(reference)) is None:
        return None
    found = open_to(person).filter(reference=parsed)
    if shown is not None:
        return with_seen(shown(found)).first()
    whole = with_all(found)
    return whole[0] if whole else None


def looks_at(card: Card, limit: int = 50) -> list[CardLook]:
    """Return the latest looks at a card, the latest first, with who looked and what they wrote (one query)."""
    return list(CardLook.objects.filter(card=card).select_related("person", "note")[:limit])


def readers_of(card: Card) -> list[CardReader]:
    """Return who was named for a card, with the person (one query)."""
    return list(CardReader.objects.filter(card=card).select_related("person").order_by("person__name_key"))


def latest_look(card: Card, person: Person) -> CardLook | None:
    return CardLook.objects.filter(card=card, person=person).first()


def may_be_named(card: Card) -> QuerySet[Person]:
    """Return the active people who can be named for a card: whoever sees cards by a role, and is not named yet."""
    seeing = [role for role, entry in ROLES.items() if entry.permissions & set(SEEING_CARDS)]
    leads = Exists(Unit.objects.filter(Q(leader=OuterRef("pk")) | Q(deputy=OuterRef("pk"))))
    holds = Exists(RoleAssignment.objects.filter(person=OuterRef("pk"), role__in=seeing))
    named = Exists(CardReader.objects.filter(card=card, person=OuterRef("pk")))
    return Person.objects.filter(leads | holds, ~named, is_active=True).order_by("name_key", "pk")


def listed_card(person: Person, reference: str, shown: AsRows = for_list) -> Card | None:
    """Return the card with this reference as a row of the work list, or None where it is not there or not to be seen."""
    parsed = parse_reference(reference)
    return with_seen(shown(visible_to(person))).filter(reference=parsed).first() if parsed else None


def keys_sent(beginning: str) -> list[str]:
    """Return the keys of intakes that begin so (one query): what a client's key was used for before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT idempotency_key FROM feedback_card WHERE idempotency_key LIKE %s", [f"{beginning}%"])
        return [key for (key,) in cursor.fetchall()]


def card_sent_under(key: str) -> Card:
    """Return the card whose intake had this key, as a row of a list.

    One that was marked as sensitive since is among them, or it would be registered twice: what is answered of it is the
    interface's to say."""
    return for_list(Card.objects.filter(idempotency_key=key)).get()


MOST_OWN_CARDS = 200
"""Cards that one citizen's page lists: more than anybody sends in the time that their pages stand."""


def card_by_secret(secret: str, *, closed_after: datetime) -> Card | None:
    """Return the card whose private page has this secret, with what the submitter is shown.

    None too where it was closed before `closed_after` (aware): then the page is over.
    """
    return _with_own_page(Card.objects.filter(_page_stands(closed_after), secret=secret)).first()


def own_cards(signer: str, *, closed_after: datetime) -> list[Card]:
    """Return what a citizen sent signed in, newest first, as far as their private pages stand, each as `card_by_secret`."""
    cards = Card.objects.filter(_page_stands(closed_after), signed__signer=signer)
    return list(_with_own_page(cards.order_by("-registered_at", "-id"))[:MOST_OWN_CARDS])


def _with_own_page(cards: QuerySet[Card]) -> QuerySet[Card]:
    return cards.select_related("unit", "category", "submitter").prefetch_related(
        "callbacks", "followups", "preliminaryanswers", "referrals", "contactcards", "contactattempts", "events",
        "attachments", "additions", "ownreactions", "interviewconsents", "reopeningrequests", "offspring",
    )  # fmt: skip


def _page_stands(closed_after: datetime) -> Q:
    return Q(closed_at__isnull=True) | Q(closed_at__gte=closed_after)


def private_card_of_reference(reference: str, *, closed_after: datetime) -> Card | None:
    """Return the card with this reference while its private page stands: only for the page that then asks for its code."""
    parsed = parse_reference(reference)
    found = Card.objects.filter(_page_stands(closed_after), reference=parsed)
    return found.only("secret").first() if parsed else None


def asking_to_reopen(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Return the cards whose submitter asks to have them opened again, and has no answer yet."""
    return cards.filter(pk__in=ReopeningRequest.objects.filter(answered_at__isnull=True).values("card"))


def taken_badly(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Return the cards whose submitter has said, by the own page, that the present cycle's answer was taken badly."""
    badly = OwnReaction.objects.filter(card=OuterRef("pk"), cycle=OuterRef("cycle"), reaction__lte=HIGHEST_NEGATIVE)
    return cards.filter(Exists(badly))


def open_cards(cards: QuerySet[Card]) -> QuerySet[Card]:
    return cards.filter(state__in=sorted(OPEN_STATES))


def contact_cards_to_post(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Return the cards whose contact card is made and waits to be posted."""
    waiting = ContactCard.objects.filter(card=OuterRef("pk"), cycle=OuterRef("cycle"), posted_on__isnull=True)
    return open_cards(cards).filter(Exists(waiting))


def contact_cards_waiting(cards: QuerySet[Card]) -> QuerySet[ContactCard]:
    """Return the contact cards of `cards` that are made and not posted, the oldest first, with what their list shows.

    Adds `seen`: the card's latest event that weighs, as `feedback.actions.seen` counts them.
    """
    events = CardEvent.objects.filter(card=OuterRef("card")).exclude(what__in=CardEvent.OF_NO_WEIGHT).order_by("-pk")
    return (
        ContactCard.objects.filter(card__in=open_cards(cards), cycle=F("card__cycle"), posted_on__isnull=True)
        .select_related("card__unit", "card__category", "card__submitter", "printed_by")
        .annotate(seen=Subquery(events.values("pk")[:1]))
        .order_by("recorded_at", "id")
    )


def cards_printed_at(person: Person, moment: datetime) -> list[Card]:
    """Return the cards whose contact cards were printed together at this moment, as far as the person sees them."""
    printed = ContactCard.objects.filter(card__in=visible_to(person), cycle=F("card__cycle"), printed_at=moment)
    return [made.card for made in printed.select_related("card").order_by("recorded_at", "id")]


def cards_by_reference(person: Person, references: Iterable[str]) -> dict[str, Card]:
    """Return those of the cards with these references that the person may see, by reference."""
    return {card.reference: card for card in visible_to(person).filter(reference__in=list(references))}


def registered_on(day: date, zone: tzinfo) -> Q:
    """Return the condition on cards that were registered on the local date `day`."""
    start, end = (datetime.combine(on, time.min, zone) for on in (day, day + timedelta(days=1)))
    return Q(registered_at__gte=start, registered_at__lt=end)


COUNTED_TO = 1000
"""So far numbers are counted that tell how much waits: of more it is told that they are more."""


class _Counted(Subquery):
    """How many rows a sub-query gives."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counts_for_today(person: Person, today: date, zone: tzinfo) -> dict[str, int]:
    """Return the numbers at the top of the work list by the filter's choice that leads to each, in one query.

    Each is counted by itself along an index, and no further than one more than COUNTED_TO.
    """
    sql, params = _sql_of_counts(person.pk, visible_cards(person), today, zone)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
    return dict(zip(_COUNTS, row, strict=True))


_COUNTS = (
    "unrouted", "registered_today", "today", "tomorrow", "overdue", "to_post", "returned", "asks_reopen", "open",
)  # fmt: skip


@lru_cache(maxsize=256)
def _sql_of_counts(person: int, visible: Q, today: date, zone: tzinfo) -> tuple[str, tuple[Any, ...]]:
    """The statement of `counts_for_today`: putting nine counts together takes longer than counting them, and until the day
    ends, or the person sees other cards, it is the same."""
    seen = Card.objects.filter(visible).order_by()
    is_open, registered = open_cards(seen), seen.filter(state=State.REGISTERED)
    asked = {
        "unrouted": registered.filter(returned_at__isnull=True),
        "registered_today": seen.filter(registered_on(today, zone)),
        "today": is_open.filter(due_on=today),
        "tomorrow": is_open.filter(due_on=today + timedelta(days=1)),
        "overdue": is_open.filter(due_on__lt=today),
        "to_post": contact_cards_to_post(seen),
        "returned": registered.filter(returned_at__isnull=False),
        "asks_reopen": asking_to_reopen(seen),
        "open": is_open,
    }
    counted = {name: _Counted(cards.values("pk")[: COUNTED_TO + 1]) for name, cards in asked.items()}
    rows = Person.objects.order_by().filter(pk=person).values_list(*(counted[name] for name in _COUNTS))
    return rows.query.sql_with_params()


# --- Search --------------------------------------------------------------------------------------------------------


def search(cards: QuerySet[Card], text: str) -> QuerySet[Card]:
    """Return the cards that `text` finds: a reference, a phone number, words of the text, a name or an address.

    Words are matched by stem and by beginning: PostgreSQL's Norwegian stemmer does not join «vei» and «veien», a prefix
    does. All words must be found in the card, or all in the submitter's name and address.
    """
    ways = ways_to_find(text)
    return cards.filter(reduce(or_, ways)) if ways else cards


def ways_to_find(text: str) -> list[Q]:
    """Return the conditions of which a card that `text` finds fits one; none where everything is found.

    One by one each goes along an index of its own. Joined by OR they go along none: every card is looked at.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    if not re.search(r"\w", text):
        return [Q(pk__in=[])]  # signs alone are no words, and PostgreSQL refuses an empty query
    digits = re.sub(r"[\s()+.-]", "", text)
    if reference := parse_reference(text):
        # One phone number in ten, written without its plus, has a check digit that holds by chance.
        by_phone = Submitter.objects.filter(phone_key__in=_phones(digits)).values("card")
        return [Q(reference=reference), Q(pk__in=by_phone)]
    if digits.isdigit() and len(digits) >= 5:
        by_phone = Submitter.objects.filter(phone_key__in=_phones(digits)).values("card")
        return [Q(pk__in=by_phone), Q(search=_query(text, "norwegian"))]
    by_name = Submitter.objects.filter(search=_query(text, "simple")).values("card")
    return [Q(search=_query(text, "norwegian")), Q(pk__in=by_name)]


def phone_keys(text: str) -> set[str]:
    """Return the keys under which the phone number `text` may lie; empty where it is none yet."""
    digits = re.sub(r"[\s()+./-]", "", text)
    return _phones(digits) if digits.isdigit() and len(digits) >= 8 else set()


def _phones(digits: str) -> set[str]:
    """Return what `digits` may be as a phone number: with its country or without, Norwegian or Swedish."""
    return {f"+{digits.removeprefix('00')}", f"+47{digits}", f"+46{digits.removeprefix('0')}", digits}


# The definite and plural endings that the stemmer leaves on short words: «veien» is to find «vei», as «vei» finds «veien».
_ENDINGS = re.compile(r"(?<=\w\w\w)(ene|ane|en|et|a|er|ar)$")


def _query(text: str, config: str) -> SearchQuery:
    """Every word of `text` as a beginning of a word; a word with a Norwegian ending also without it."""
    parts = []
    for word in re.findall(r"\w+", text.casefold()):
        forms = {word, _ENDINGS.sub("", word)} if config == "norwegian" else {word}
        parts.append("(" + " | ".join(f"{form}:*" for form in sorted(forms)) + ")")
    return SearchQuery(" & ".join(parts), search_type="raw", config=config)


# --- Overdue lists --------------------------------------------------------------------------------------------------


def runs_for(person: Person, limit: int = 60, *, week: IsoWeek | None = None) -> QuerySet[OverdueRun]:
    """Return the latest weeks' runs, or that of one week, with how many units, cards and repeats the person may see of
    each."""
    lists = OverdueList.objects.filter(visible_lists(person))
    runs = OverdueRun.objects.filter(iso_year=week.year, iso_week=week.week) if week else OverdueRun.objects.all()
    return runs.annotate(
        units=Count("lists", filter=Q(lists__in=lists), distinct=True),
        cards=Count("lists__entries", filter=Q(lists__in=lists), distinct=True),
        repeats=Count("lists__entries", filter=Q(lists__in=lists, lists__entries__times__gt=1), distinct=True),
    ).order_by("-iso_year", "-iso_week")[:limit]


def lists_of_week(person: Person, year: int, week: int) -> QuerySet[OverdueList]:
    """Return a week's lists with their numbers: cards, new ones, repeats, and how many are solved by now."""
    solved = Q(entries__card__completed_at__isnull=False) | Q(entries__cycle__lt=F("entries__card__cycle"))
    return (
        OverdueList.objects.filter(visible_lists(person), iso_year=year, iso_week=week)
        .select_related("unit__parent", "run")
        .annotate(
            cards=Count("entries"),
            new=Count("entries", filter=Q(entries__times=1)),
            repeats=Count("entries", filter=Q(entries__times__gt=1)),
            solved=Count("entries", filter=solved),
        )
        .order_by("unit__name_key")
    )


def entries_of(overdue_list: OverdueList) -> QuerySet[OverdueEntry]:
    """Return a list's entries, the longest overdue first, with their cards."""
    return overdue_list.entries.select_related("card__handler", "card__unit").order_by("due_on", "id")


def entries_by_list(lists: Sequence[OverdueList]) -> dict[int, list[OverdueEntry]]:
    """Return the entries of several lists by the list's id, as `entries_of` gives each (one query)."""
    found: dict[int, list[OverdueEntry]] = {listed.pk: [] for listed in lists}
    entries = OverdueEntry.objects.filter(overdue_list__in=list(found)).select_related("card__handler", "card__unit")
    for entry in entries.order_by("due_on", "id"):
        found[entry.overdue_list_id].append(entry)
    return found


def with_sight(entries: QuerySet[OverdueEntry], person: Person) -> QuerySet[OverdueEntry]:
    """Add `in_sight`: whether the person may see the card as it stands now.

    An entry stays with the unit on whose list it was; what the card says goes with the card.
    """
    return entries.annotate(in_sight=Exists(visible_to(person).filter(pk=OuterRef("card"))))


ESCALATED = Q(times__gt=1, solved_before_mail=False)
"""Of a week's entries, those that went to the chief executive."""


def escalations_for(person: Person) -> QuerySet[Escalation]:
    """Return the weeks' messages to the chief executive that hold something the person may see, the latest first, with
    `cards_seen` and `units_seen`: how many of each that is."""
    every = Escalation.objects.select_related("run").order_by("-iso_year", "-iso_week")
    if grants_of(person).allows(Permission.SEE_ESCALATIONS):
        return every.annotate(cards_seen=F("cards"), units_seen=F("units"))
    seen = OverdueEntry.objects.filter(ESCALATED, visible_escalated(person), overdue_list__run=OuterRef("run"))
    of_run = seen.order_by().values("overdue_list__run")
    return every.annotate(
        cards_seen=Subquery(of_run.annotate(number=Count("pk")).values("number")),
        units_seen=Subquery(of_run.annotate(number=Count("overdue_list__unit", distinct=True)).values("number")),
    ).filter(cards_seen__gt=0)


def entries_of_escalation(escalation: Escalation, person: Person) -> QuerySet[OverdueEntry]:
    """Return the entries that went to the chief executive, those that the person may see, by unit in the alphabet's order."""
    return (
        OverdueEntry.objects.filter(ESCALATED, visible_escalated(person), overdue_list__run=escalation.run)
        .select_related("card__handler", "overdue_list__unit__leader")
        .order_by("overdue_list__unit__name_key", "due_on", "id")
    )


def overdue_by_week(last: IsoWeek, weeks: int = 12) -> list[tuple[IsoWeek, int | None, int | None]]:
    """Return the weeks up to and with `last`, the earliest first, each with how many cards its lists held and how many of
    them for the second time or more; None of a week whose lists were not run (one query)."""
    span = [last]
    while len(span) < weeks:
        span.append(span[-1].previous())
    counted = (
        OverdueRun.objects.filter(iso_year__gte=span[-1].year, iso_year__lte=last.year)
        .annotate(cards=Count("lists__entries"), repeats=Count("lists__entries", filter=Q(lists__entries__times__gt=1)))
        .order_by()
    )
    found = {run.week: run for run in counted.filter(in_weeks(span))}
    numbers = ((week, found.get(week)) for week in reversed(span))
    return [(week, run.cards, run.repeats) if run is not None else (week, None, None) for week, run in numbers]


def in_weeks(weeks: Iterable[IsoWeek]) -> Q:
    by_year: dict[int, list[int]] = defaultdict(list)
    for week in weeks:
        by_year[week.year].append(week.week)
    condition = Q(pk__in=[])
    for year, numbers in by_year.items():
        condition |= Q(iso_year=year, iso_week__in=numbers)
    return condition


def with_course(entries: QuerySet[OverdueEntry]) -> QuerySet[OverdueEntry]:
    """Join what the chief executive reads of each entry: the card's history and what the submitter was told meanwhile."""
    return entries.prefetch_related(
        "card__preliminaryanswers",
        Prefetch("card__events", CardEvent.objects.select_related("by", "note").order_by("-at", "-id")),
    )


# --- The work of a unit -----------------------------------------------------------------------------------------------


def to_ring(person: Person) -> QuerySet[Card]:
    """Return the open cards that wait for an answer from `person`'s units, and those delegated to them elsewhere."""
    units = grants_of(person).units_with(Permission.WORK_ON_CARDS)
    return open_cards(visible_to(person)).filter(Q(unit__in=units) | Q(handler=person))


def mine(person: Person, answered_for: Iterable[Unit]) -> Q:
    """Return the condition on cards delegated to `person`, and those delegated to nobody in units that they answer for."""
    return Q(handler=person) | Q(handler=None, unit__in=[unit.pk for unit in answered_for])


class UnitCount(NamedTuple):
    """How many cards of a unit wait, and how many of them are past their deadline; `own` is the same of some of them."""

    code: str
    name: str
    waiting: int
    overdue: int
    own: tuple[int, int] = (0, 0)

    def of_own(self) -> UnitCount:
        return self._replace(waiting=self.own[0], overdue=self.own[1])


def counts_by_unit(cards: QuerySet[Card], today: date, own: Q) -> list[UnitCount]:
    """Return the counts of each unit of the cards, and of those that fit `own` (one query)."""
    late = Q(due_on__lt=today)
    rows = (
        cards.order_by()
        .values("unit__code", "unit__name", "unit__name_key")
        .annotate(
            waiting=Count("pk"),
            overdue=Count("pk", filter=late),
            own_waiting=Count("pk", filter=own),
            own_overdue=Count("pk", filter=own & late),
        )
        .order_by("unit__name_key")
    )
    return [
        UnitCount(
            row["unit__code"],
            row["unit__name"],
            row["waiting"],
            row["overdue"],
            (row["own_waiting"], row["own_overdue"]),
        )
        for row in rows
    ]


def for_rows(cards: QuerySet[Card]) -> list[Card]:
    """Return `cards` with what a row shows that can be worked on in place (one query), each with `seen`."""
    joined = with_seen(cards.select_related("unit", "category", "handler", "submitter"))
    return IN_A_ROW.read(joined)


def rows_of_entries(entries: Iterable[OverdueEntry]) -> dict[int, Card]:
    """Return the cards of overdue entries as rows show them, by id."""
    cards = Card.objects.filter(pk__in=[entry.card_id for entry in entries])
    return {card.pk: card for card in for_rows(cards)}


def read_cards_of(entries: Sequence[OverdueEntry]) -> None:
    """Put on each entry as `card_seen` its card as a list of cards shows it, None where it is not in sight (`with_sight`)
    (one query)."""
    wanted = [entry.card_id for entry in entries if entry.in_sight]  # type: ignore[attr-defined]
    cards = {card.pk: card for card in for_list(Card.objects.filter(pk__in=wanted))}
    for entry in entries:
        entry.card_seen = cards.get(entry.card_id)  # type: ignore[attr-defined]


def delays_of(cards: Iterable[Card]) -> dict[int, CardEvent]:
    """Return by card what was last written of why it is late, since its last reopening (one query)."""
    known = {card.pk: card.reopened_at for card in cards}
    written = CardEvent.objects.filter(card__in=known, what=CardEvent.What.DELAY_EXPLAINED).select_related("by", "note")
    latest = {event.card_id: event for event in written.order_by("at", "id")}
    return {pk: event for pk, event in latest.items() if (since := known[pk]) is None or event.at >= since}


def entry_in_week(card: Card, week: IsoWeek) -> OverdueEntry | None:
    """Return the card's entry on that week's list."""
    entries = OverdueEntry.objects.select_related("overdue_list", "card")
    return entries.filter(card=card, iso_year=week.year, iso_week=week.week).first()


def political_cards(person: Person) -> QuerySet[Card]:
    """Return the cards of the mayor's office that `person` may see."""
    return visible_to(person).filter(unit__kind=Unit.Kind.MAYORS_OFFICE)


def answered_cards(cards: QuerySet[Card], limit: int = 30) -> QuerySet[Card]:
    """Return the latest of these cards that were completed, with what was said."""
    done = cards.filter(completed_at__isnull=False).select_related("unit", "category", "handler", "submitter")
    return done.prefetch_related("callbacks__recorded_by", "followups", "referrals").order_by("-completed_at", "-id")[
        :limit
    ]


# --- Choices --------------------------------------------------------------------------------------------------------


def categories_in_use() -> QuerySet[Category]:
    return Category.objects.filter(is_active=True)


def all_categories() -> QuerySet[Category]:
    """Return the categories, those out of use too."""
    return Category.objects.all()


def rules_in_use() -> list[Rule]:
    """Return the routing rules in their order, as fitting needs them."""
    rules = _active_rules()
    return [Rule(rule.pk, rule.unit_id, rule.category_id, rule.kind, rule.area, tuple(rule.words)) for rule in rules]


def units_and_rules() -> tuple[list[Unit], list[Rule]]:
    """Return all units, sectors too, with their successors, and the rules of `rules_in_use` (one query)."""
    units, rules = _parted(_ALL.rows())
    by_id = {unit.pk: unit for unit in units}
    for unit in units:
        unit.successor = by_id.get(unit.successor_id or 0)  # every unit is here: joined, each would be read once more
    return units, rules


def units_to_route() -> tuple[list[Unit], list[Rule]]:
    """Return the rules of `rules_in_use` and the units that a card can come to by them or without one, with their
    successors (one query): of two hundred units a few."""
    return _parted(_TO_ROUTE.rows())


def _to_route() -> QuerySet[Unit]:
    by_rule = Q(pk__in=_active_rules().order_by().values("unit"))
    without = Q(kind__in=[Unit.Kind.SERVICE_CENTRE, Unit.Kind.MAYORS_OFFICE], closed_on=None)
    return _with_rules(Unit.objects.filter(by_rule | without)).select_related("successor")


_TO_ROUTE, _ALL = KeptQuery(_to_route), KeptQuery(lambda: _with_rules(Unit.objects.all()))


def _active_rules() -> QuerySet[RoutingRule]:
    return RoutingRule.objects.filter(is_active=True).exclude(category__is_active=False)


def _with_rules(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Let one of the units bring the active rules."""
    values = {name: name for name in ("position", "pk", "unit_id", "category_id", "kind", "area", "words")}
    rules = InOne(_active_rules().order_by().values(row=JSONObject(**values)))
    # Read once and brought by one of the units: asked for by unit they would be read as often as there are units.
    first = Subquery(units.order_by("pk").values("pk")[:1])
    return units.annotate(rules=Case(When(pk=first, then=rules), default=None))


def _parted(found: Iterable[Any]) -> tuple[list[Unit], list[Rule]]:
    units = list(found)
    rows = (row for unit in units for row in unit.rules or ())
    ordered = sorted(rows, key=lambda row: (row["position"], row["pk"]))
    return units, [
        Rule(row["pk"], row["unit_id"], row["category_id"], row["kind"], row["area"], tuple(row["words"]))
        for row in ordered
    ]


def rule_name(pk: int) -> str | None:
    return RoutingRule.objects.filter(pk=pk).values_list("name", flat=True).first()


def suggestion_for(text: str) -> tuple[Category | None, str]:
    """Return the category and the kind that a message seems to be about, None and "" where nothing shows (two queries)."""
    categories = {category.pk: category for category in categories_in_use()}
    subjects = [Subject(pk, (one.name, *map(str, one.names.values()))) for pk, one in categories.items()]
    found = suggest_category(text, rules_in_use(), subjects)
    return categories.get(found or 0), suggest_kind(text)


def held_uploads(keys: Sequence[str], since: datetime) -> list[HeldUpload]:
    """Return the files that wait under these keys and came at `since` or later, in the order in which they came."""
    return list(HeldUpload.objects.filter(key__in=keys, held_at__gte=since)) if keys else []


def category_names() -> dict[int, str]:
    """Return the names of all categories, those out of use too, by id, in the active language."""
    return {category.pk: str(category) for category in Category.objects.all()}


def card_of_reference(reference: str) -> Card | None:
    """Return the card with this reference, whoever asks: only for a page that then asks for its code."""
    parsed = parse_reference(reference)
    return Card.objects.filter(reference=parsed).only("secret", "sensitive").first() if parsed else None


def is_visible(person: Person, card: Card) -> bool:
    """Whether the person may see the card as it stands now, a sensitive one by saying why."""
    return Card.objects.filter(visible_cards(person) | sensitive_cards(person), pk=card.pk).exists()


def categories_for(card: Card) -> QuerySet[Category]:
    """Return the categories in use, and the card's own though it may be in use no more."""
    return Category.objects.filter(Q(is_active=True) | Q(pk=card.category_id or 0))


def people_in_history(*cards: Card) -> dict[str, str]:
    """Return the names of the people by id to whom the cards were delegated, as the events hold them (one query)."""
    people = {
        event.to_value
        for card in cards
        for event in card.events.all()
        if event.what in CardEvent.NAMING_PEOPLE and event.to_value
    }
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name")}


def units_in_history(*cards: Card) -> dict[str, str]:
    """Return the names of the units by the codes under which the cards' events hold them (one query)."""
    codes = {
        code
        for card in cards
        for event in card.events.all()
        if event.what in CardEvent.NAMING_UNITS
        for code in (event.from_value, event.to_value)
    }
    return dict(Unit.objects.filter(code__in=codes - {""}).order_by().values_list("code", "name"))


def attachment_of(card: Card, pk: int) -> Attachment | None:
    return Attachment.objects.filter(card=card, pk=pk).first()


def attachment_with_digest(card: Card, sha256: str) -> Attachment | None:
    """Return the card's file with this content; of two that are alike either will do."""
    return None if "\x00" in sha256 else card.attachments.filter(sha256=sha256).first()


def events_of(card: Card) -> QuerySet[CardEvent]:
    """Return the card's history, the latest first, with who wrote it and what was written with it (one query)."""
    return CardEvent.objects.filter(card=card).select_related("by", "note").order_by("-at", "-id")


def attempts_of(card: Card) -> QuerySet[ContactAttempt]:
    """Return every call that failed, of all cycles, with who wrote it down (one query)."""
    return ContactAttempt.objects.filter(card=card).select_related("recorded_by").order_by("made_at", "id")


def own_attachment(card: Card, pk: int) -> Attachment | None:
    """Return a file that the submitter sent. What staff attached is not for the submitter's page."""
    return Attachment.objects.filter(card=card, pk=pk, by_submitter=True).first()


def run_of_week(year: int, week: int) -> OverdueRun | None:
    """Return the week's run. Which of its lists the person sees is for `lists_of_week` to say."""
    return OverdueRun.objects.filter(iso_year=year, iso_week=week).first()


def latest_run() -> OverdueRun | None:
    return OverdueRun.objects.order_by("-iso_year", "-iso_week").first()


def escalation_of_week(person: Person, year: int, week: int) -> Escalation | None:
    """Return that week's message to the chief executive, or None where it is not there or holds nothing for the person."""
    return escalations_for(person).filter(iso_year=year, iso_week=week).first()


def list_of_unit(person: Person, year: int, week: int, code: str) -> OverdueList | None:
    """Return one unit's list of a week with its numbers, or None where it is not there or not to be seen."""
    return lists_of_week(person, year, week).filter(unit__code=code).first()


# --- What citizens are told -----------------------------------------------------------------------------------------


def mailings() -> QuerySet[Mailing]:
    """Return the mailings of paper cards, the latest first."""
    return Mailing.objects.select_related("recorded_by").order_by("-sent_on", "-id")


def mailings_between(first: date, last: date) -> list[Mailing]:
    """Return the mailings sent out on the local days from `first` to `last`, the earliest first."""
    return list(Mailing.objects.filter(sent_on__range=(first, last)).order_by("sent_on", "id"))


def mailing(pk: int) -> Mailing | None:
    return Mailing.objects.filter(pk=pk).first()


def stories_for(person: Person) -> QuerySet[Story]:
    """Return the stories that `person` works on, the newest first."""
    return (
        Story.objects.filter(visible_stories(person))
        .select_related("card", "category", "written_by")
        .order_by("-written_at", "-id")
    )


def story_for(person: Person, pk: int) -> Story | None:
    """Return one story as its page shows it, or None where it is not there or not to be seen."""
    return stories_for(person).filter(pk=pk).first()


def published_stories() -> QuerySet[Story]:
    """Return the stories that everybody reads, the newest first."""
    published = Story.objects.filter(state=Story.State.PUBLISHED).exclude(card__sensitive=True)
    return published.select_related("category").order_by("-published_at", "-id")


def saved_filters(person: Person) -> QuerySet[SavedFilter]:
    """Return the filters that `person` may use, with who keeps each."""
    return SavedFilter.objects.filter(visible_filters(person)).select_related("person").order_by("name", "id")


def saved_filter_of(person: Person, pk: int) -> SavedFilter | None:
    """Return a filter that `person` keeps, or None."""
    return SavedFilter.objects.filter(person=person, pk=pk).first()


# --- Documents ------------------------------------------------------------------------------------------------------


def list_for_document(list_id: int) -> OverdueList:
    """Return an overdue list with what its document is headed by. Raises OverdueList.DoesNotExist."""
    return OverdueList.objects.select_related("unit", "run").get(pk=list_id)


def cards_for_posting(cards: Sequence[Card]) -> list[Card]:
    """Return the cards, in the order given, with what a contact card shows: submitter, category, calls, and when
    it was made."""
    found = (
        Card.objects.filter(pk__in=[card.pk for card in cards])
        .select_related("category", "submitter")
        .prefetch_related("contactattempts", "contactcards")
        .in_bulk()
    )
    return [found[card.pk] for card in cards]


# --- For the administrator ------------------------------------------------------------------------------------------


def number_of_categories() -> int:
    return categories_in_use().count()


def number_of_rules() -> int:
    return RoutingRule.objects.filter(is_active=True).count()


def what_hangs_on(unit: Unit) -> dict[str, int]:
    """Return how many open cards lie with a unit and how many routing rules in use point to it."""
    return {
        "cards": Card.objects.filter(unit=unit, completed_at__isnull=True).count(),
        "rules": RoutingRule.objects.filter(unit=unit, is_active=True).count(),
    }


# --- Mail that came in -------------------------------------------------------------------------------------------------


def mails_that_wait() -> QuerySet[IncomingMail]:
    """Return the mails that wait for a person, the oldest first."""
    waiting = IncomingMail.objects.filter(state=IncomingMail.State.WAITING)
    return waiting.select_related("card", "overdue_list__unit").defer("text", "rest").order_by("received_at", "id")


def mails_dealt_with() -> QuerySet[IncomingMail]:
    """Return the other mails, the latest first; one that was filed on a sensitive card is read there."""
    others = IncomingMail.objects.exclude(state=IncomingMail.State.WAITING).exclude(card__sensitive=True)
    return others.select_related("card", "decided_by").defer("text", "rest")


def unscanned_files(model: type[Attachment] | type[IncomingMail]) -> QuerySet[Any]:
    """Return the rows whose file came while clamd was away, and was not looked through since (along an index)."""
    return model._default_manager.filter(unscanned=True).exclude(file="")


def not_tried_since(rows: QuerySet[Any], moment: datetime) -> QuerySet[Any]:
    """Return those of them that clamd was not asked about since a moment."""
    return rows.filter(Q(scan_tried_at=None) | Q(scan_tried_at__lt=moment), unscanned=True)


def incoming_mail(pk: int) -> IncomingMail | None:
    readable = Q(state=IncomingMail.State.WAITING) | Q(card=None) | Q(card__sensitive=False)
    found = IncomingMail.objects.select_related("card__unit", "overdue_list__unit", "decided_by")
    return found.filter(readable, pk=pk).first()
