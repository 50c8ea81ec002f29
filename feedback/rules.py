"""Who may do what to which card."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from feedback.errors import NotAllowed, WrongState
from feedback.models import Card, CardReader, OverdueEntry, Story
from feedback.workflow import SUBMITTERS_STEPS, Channel, State, Step, may
from organisation.models import Person, RoleAssignment, Unit
from organisation.permissions import Permission, Role
from organisation.queries import grants_of

PERMISSION_FOR: dict[Step, Permission] = {
    Step.FORWARD: Permission.ROUTE_CARDS,
    Step.REROUTE: Permission.ROUTE_CARDS,
    Step.REFER: Permission.ROUTE_CARDS,
    Step.HAND_OVER: Permission.ROUTE_CARDS,
    Step.SPLIT: Permission.ROUTE_CARDS,
    Step.DELEGATE: Permission.DELEGATE_CARDS,
    Step.CLOSE: Permission.CLOSE_CARDS,
    Step.REOPEN: Permission.CLOSE_CARDS,
    Step.DECLINE_REOPENING: Permission.CLOSE_CARDS,
    Step.MARK_SENSITIVE: Permission.MARK_SENSITIVE,
    Step.UNMARK_SENSITIVE: Permission.DELEGATE_CARDS,
    Step.NAME_READER: Permission.DELEGATE_CARDS,
    Step.UNNAME_READER: Permission.DELEGATE_CARDS,
    Step.PUBLIC_VERSION: Permission.DELEGATE_CARDS,
}
"""What each step asks for, in the card's unit; every other step asks for WORK_ON_CARDS."""


SEEING_CARDS = (Permission.SEE_ALL_CARDS, Permission.SEE_UNIT_CARDS, Permission.SEE_ESCALATED_CARDS)
"""Whoever holds one of these, anywhere, sees cards; which ones, `visible_cards` says."""


def visible_cards(person: Person) -> Q:
    """Return the condition on cards that `person` may see: all, or those that lie with the person's units now, and
    for the chief executive those that were reported to them.

    A unit that a card has left sees it no more. A sensitive card is in no list, count, search or file, whoever asks: who
    may open it does so one at a time, `sensitive_cards` says which.
    """
    grants = grants_of(person)
    if grants.allows(Permission.SEE_ALL_CARDS):
        return Q(sensitive=False)
    visible = Q(unit__in=grants.units_with(Permission.SEE_UNIT_CARDS))
    if grants.allows(Permission.SEE_ESCALATED_CARDS):
        escalated = OverdueEntry.objects.filter(card=OuterRef("pk"), times__gt=1, solved_before_mail=False)
        visible |= Q(Exists(escalated))
    return Q(visible, sensitive=False)


def sensitive_cards(person: Person) -> Q:
    """Return the condition on sensitive cards that `person` may open, each by saying why (docs/decisions/0032).

    They are those of the units whose leader or deputy the person is, and those for which the person was named. Where a
    unit has neither leader nor deputy, whoever may delegate its cards opens them; while a card is with the service
    centre, which has to send it on, whoever routes cards.
    """
    grants = grants_of(person)
    nobody_leads = ~Q(unit__leader__is_active=True) & ~Q(unit__deputy__is_active=True)
    leads = Q(unit__leader=person.pk) | Q(unit__deputy=person.pk)
    opens = Q(leads, unit__in=grants.units_with(Permission.SEE_UNIT_CARDS))
    opens |= Q(nobody_leads, unit__in=grants.units_with(Permission.DELEGATE_CARDS))
    if grants.allows(Permission.ROUTE_CARDS):
        opens |= Q(unit__kind=Unit.Kind.SERVICE_CENTRE)
    if grants.leaves(Permission.SEE_UNIT_CARDS):
        named = Q(Exists(CardReader.objects.filter(card=OuterRef("pk"), person=person.pk)))
        opens |= Q(named, unit__in=grants.only) if grants.only else named
    return Q(opens, sensitive=True)


def opens_sensitive_cards_of(unit: Unit) -> bool:
    """Whether there is somebody whom `sensitive_cards` lets open the cards of `unit`, whoever is named besides."""
    step: Unit | None = unit
    if unit.kind == Unit.Kind.SERVICE_CENTRE:
        return True
    roles = [Role.MAYORS_OFFICE] if unit.kind == Unit.Kind.MAYORS_OFFICE else []
    if RoleAssignment.objects.filter(role__in=roles, person__is_active=True).exists():
        return True
    while step is not None:
        if any(person is not None and person.is_active for person in (step.leader, step.deputy)):
            return True
        step = step.parent
    return False


def may_see_cards(person: Person) -> bool:
    """Whether `person` may see cards at all, of whatever unit."""
    grants = grants_of(person)
    return any(grants.somewhere(permission) for permission in SEEING_CARDS)


def needs_contact(person: Person, unit_id: int | None) -> bool:
    """Whether `person` rings the submitters of a unit's cards: to who only reads, lists and files show masked details."""
    return grants_of(person).allows(Permission.WORK_ON_CARDS, unit_id)


def may_register(person: Person, channel: str = "") -> bool:
    """Whether `person` may register cards for citizens. Whoever manages surveys may, of what people wrote in one, and
    whoever plans actions, of what was said in a meeting."""
    grants = grants_of(person)
    if grants.somewhere(Permission.REGISTER_CARDS):
        return True
    if channel == Channel.MEETING:
        return grants.somewhere(Permission.PLAN_ACTIONS)
    return channel == Channel.SURVEY and grants.allows(Permission.MANAGE_SURVEYS)


def may_share_filters(person: Person) -> bool:
    """Whether `person` is of those who route cards, the service centre: shared filters are theirs."""
    return grants_of(person).somewhere(Permission.ROUTE_CARDS)


def visible_filters(person: Person) -> Q:
    """Return the condition on saved filters that `person` may use: their own, and those shared with the service centre."""
    return Q(person=person) | Q(is_shared=True) if may_share_filters(person) else Q(person=person)


def visible_lists(person: Person) -> Q:
    """Return the condition on overdue lists that `person` may see: those of all units, or of the person's own."""
    grants = grants_of(person)
    if grants.allows(Permission.SEE_OVERDUE_LISTS):
        return Q()
    return Q(unit__in=grants.units_with(Permission.SEE_OVERDUE_LISTS))


def visible_escalated(person: Person) -> Q:
    """Return the condition on entries that `person` may see among what went to the chief executive: all, or those of the
    units in which the right is held."""
    grants = grants_of(person)
    if grants.allows(Permission.SEE_ESCALATIONS):
        return Q()
    return Q(overdue_list__unit__in=grants.units_with(Permission.SEE_ESCALATIONS))


def may_inform(person: Person) -> bool:
    """Whether `person` keeps what citizens are told: the paper card, the mailings, which stories are published."""
    return grants_of(person).allows(Permission.INFORM_CITIZENS)


def may_sort_mail(person: Person) -> bool:
    """Whether `person` is of those who deal with mails that wait: the service centre, which routes all cards."""
    return grants_of(person).allows(Permission.ROUTE_CARDS)


def may_propose_story(person: Person, card: Card) -> bool:
    """Whether `person` may write a story from `card`: who publishes them, and who answers for the card's unit."""
    if card.sensitive:
        return False
    return may_inform(person) or grants_of(person).allows(Permission.DELEGATE_CARDS, card.unit_id)


def may_write_story(person: Person, story: Story) -> bool:
    """Whether `person` may change `story`, with its card loaded. One whose card is gone is for who publishes."""
    return may_inform(person) or (story.card is not None and may_propose_story(person, story.card))


def visible_stories(person: Person) -> Q:
    """Return the condition on stories that `person` works on: all, or those from the cards of the person's units."""
    grants = grants_of(person)
    ordinary = Q(card=None) | Q(card__sensitive=False)
    if grants.allows(Permission.INFORM_CITIZENS):
        return ordinary
    return Q(ordinary, card__unit__in=grants.units_with(Permission.DELEGATE_CARDS))


def may_see_audit(person: Person, card: Card) -> bool:
    """Whether `person` may see who read and changed `card`: who answers for its unit, and who watches over all."""
    return grants_of(person).allows(Permission.SEE_AUDIT, card.unit_id)


def may_do(person: Person, step: Step, card: Card) -> bool:
    """Whether `person` holds what `step` asks for, whatever the card's state. The submitter's steps are nobody else's."""
    if step in SUBMITTERS_STEPS:
        return False
    return grants_of(person).allows(PERMISSION_FOR.get(step, Permission.WORK_ON_CARDS), card.unit_id)


def require(step: Step, card: Card, by: Person | None) -> None:
    """Raise NotAllowed or WrongState unless the step may be taken. `by` is None for the submitter and for the schedule,
    whose interfaces let them do only what they may."""
    if by is not None and not may_do(by, step, card):
        raise NotAllowed
    if not may(step, card.state):
        raise WrongState(state=State(card.state).label)
