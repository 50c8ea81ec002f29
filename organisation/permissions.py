"""Who may do what: one enum of permissions, one table of roles. No other place names a role.

Object rules (which cards, which units) are in each app's `rules.py` and start from this table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Role(models.TextChoices):
    SERVICE_CENTRE = "service_centre", _("Service centre")
    UNIT_LEADER = "unit_leader", _("Unit leader")
    CASE_HANDLER = "case_handler", _("Case handler")
    MAYORS_OFFICE = "mayors_office", _("Mayor's office")
    CHIEF_EXECUTIVE = "chief_executive", _("Chief executive")
    QUALITY_ADVISER = "quality_adviser", _("Quality adviser")
    ADMINISTRATOR = "administrator", _("Administrator")
    READER = "reader", _("Reader")
    PRIVACY = "privacy", _("Privacy contact")


class Permission(StrEnum):
    SEE_ALL_CARDS = "see_all_cards"
    SEE_UNIT_CARDS = "see_unit_cards"  # those of the units the person belongs to
    SEE_POLITICAL_CARDS = "see_political_cards"  # the page of the mayor's office: its cards and their answers
    SEE_ESCALATED_CARDS = "see_escalated_cards"  # those that were on a second list, whatever their unit
    REGISTER_CARDS = "register_cards"
    ROUTE_CARDS = "route_cards"  # forward, refer outside, mark political, split, correct
    WORK_ON_CARDS = "work_on_cards"  # call, answer, send back, on the cards the person sees
    DELEGATE_CARDS = "delegate_cards"
    CLOSE_CARDS = "close_cards"
    MARK_SENSITIVE = "mark_sensitive"  # then the leader and named people alone see the card
    SEE_OVERDUE_LISTS = "see_overdue_lists"  # of the units the person belongs to; all, with SEE_ALL_CARDS
    RUN_OVERDUE_LISTS = "run_overdue_lists"
    SEE_ESCALATIONS = "see_escalations"
    INFORM_CITIZENS = "inform_citizens"  # the paper card, what was sent out, the stories that are published
    MANAGE_ORGANISATION = "manage_organisation"
    SEE_AUDIT = "see_audit"  # who read and changed what: of the units the person leads, or of all
    MANAGE_WEBHOOKS = "manage_webhooks"  # which other systems are told of events
    MANAGE_SURVEYS = "manage_surveys"  # build, draw, field, close, publish
    SEE_SURVEYS = "see_surveys"  # how a survey goes, and its results before they are published
    TYPE_ANSWERS = "type_answers"  # paper answers, and the tablet at the desk
    SEE_SCORECARDS = "see_scorecards"  # figures of the municipality and of each unit, none of a person
    MANAGE_SCORECARDS = "manage_scorecards"  # indicators, scorecards, limits, and values that are typed or imported
    SEE_ACTIONS = "see_actions"  # what is planned about weak results, in all units
    PLAN_ACTIONS = "plan_actions"  # actions and meetings of the units the person leads, or of all
    COUNT_CONTACTS = "count_contacts"  # one press for each contact at the desk
    TAKE_JOURNAL = "take_journal"  # the public journal; with SEE_ALL_CARDS the internal one too
    HANDLE_PERSONAL_DATA = "handle_personal_data"  # find all on a person, hand it over, block and erase it


class RoleEntry(NamedTuple):
    sentence: _StrPromise
    permissions: frozenset[Permission]


P = Permission

ROLES: dict[Role, RoleEntry] = {
    Role.SERVICE_CENTRE: RoleEntry(
        _("Receives, registers and forwards all cards, runs the overdue lists, and tells citizens what they led to."),
        frozenset(
            {P.SEE_ALL_CARDS, P.REGISTER_CARDS, P.ROUTE_CARDS, P.WORK_ON_CARDS, P.DELEGATE_CARDS, P.CLOSE_CARDS}
            | {P.SEE_OVERDUE_LISTS, P.RUN_OVERDUE_LISTS, P.SEE_ESCALATIONS, P.INFORM_CITIZENS, P.SEE_POLITICAL_CARDS}
            | {P.TYPE_ANSWERS, P.COUNT_CONTACTS, P.SEE_SCORECARDS, P.SEE_ACTIONS, P.MARK_SENSITIVE}
            | {P.TAKE_JOURNAL}
        ),
    ),
    Role.UNIT_LEADER: RoleEntry(
        _(
            "Answers for each card of the unit, may delegate it, gets the unit's overdue list, and plans what is done about"
            " weak results."
        ),
        frozenset(
            {P.SEE_UNIT_CARDS, P.WORK_ON_CARDS, P.DELEGATE_CARDS, P.CLOSE_CARDS, P.SEE_OVERDUE_LISTS}
            | {P.SEE_SCORECARDS, P.SEE_ACTIONS, P.PLAN_ACTIONS, P.SEE_AUDIT, P.MARK_SENSITIVE}
        ),
    ),
    Role.CASE_HANDLER: RoleEntry(
        _("Calls the submitters of the cards of the unit and writes down what was said."),
        frozenset({P.SEE_UNIT_CARDS, P.WORK_ON_CARDS, P.CLOSE_CARDS, P.MARK_SENSITIVE}),
    ),
    Role.MAYORS_OFFICE: RoleEntry(
        _("Answers the political cards, and sees no others."),
        frozenset(
            {P.SEE_UNIT_CARDS, P.WORK_ON_CARDS, P.DELEGATE_CARDS, P.CLOSE_CARDS, P.SEE_OVERDUE_LISTS}
            | {P.SEE_POLITICAL_CARDS, P.SEE_SCORECARDS, P.SEE_ACTIONS, P.MARK_SENSITIVE}
        ),
    ),
    Role.CHIEF_EXECUTIVE: RoleEntry(
        _("Gets the weekly escalation, sees the cards that came up on a list again, and no others."),
        frozenset({P.SEE_ESCALATED_CARDS, P.SEE_ESCALATIONS, P.SEE_SCORECARDS, P.SEE_ACTIONS}),
    ),
    Role.QUALITY_ADVISER: RoleEntry(
        _("Reads cards and lists of all units, for figures and surveys."),
        frozenset(
            {P.SEE_ALL_CARDS, P.SEE_OVERDUE_LISTS, P.SEE_ESCALATIONS, P.MANAGE_SURVEYS, P.SEE_SURVEYS, P.TYPE_ANSWERS}
            | {P.SEE_SCORECARDS, P.MANAGE_SCORECARDS, P.SEE_ACTIONS, P.PLAN_ACTIONS, P.SEE_AUDIT, P.MARK_SENSITIVE}
        ),
    ),
    Role.ADMINISTRATOR: RoleEntry(
        _("Keeps units, people, roles, categories and rules. Sees no cards by that alone."),
        frozenset(
            {P.MANAGE_ORGANISATION, P.SEE_AUDIT, P.MANAGE_WEBHOOKS, P.SEE_SCORECARDS, P.MANAGE_SCORECARDS}
            | {P.SEE_ACTIONS, P.PLAN_ACTIONS, P.TAKE_JOURNAL}
        ),
    ),
    Role.READER: RoleEntry(
        _("Reads all cards and changes none."),
        frozenset({P.SEE_ALL_CARDS, P.SEE_OVERDUE_LISTS, P.SEE_SURVEYS, P.SEE_SCORECARDS, P.SEE_ACTIONS}),
    ),
    Role.PRIVACY: RoleEntry(
        _("Finds what is kept about a person, hands it over, blocks or erases it, and sees who read and changed what."),
        frozenset({P.HANDLE_PERSONAL_DATA, P.SEE_AUDIT, P.TAKE_JOURNAL}),
    ),
}


SEES_PERSONAL_DATA = frozenset(
    {P.SEE_ALL_CARDS, P.SEE_UNIT_CARDS, P.SEE_POLITICAL_CARDS, P.SEE_ESCALATED_CARDS, P.REGISTER_CARDS}
    | {P.MANAGE_ORGANISATION, P.SEE_AUDIT, P.MANAGE_SURVEYS, P.SEE_SURVEYS, P.TYPE_ANSWERS, P.HANDLE_PERSONAL_DATA}
)
"""Whoever holds one of these somewhere reads names, and may be asked for a second step at sign-in."""


class Scope(models.TextChoices):
    """What an API key may be used for. A scope takes away from what a person may, and never gives."""

    CARDS_READ = "cards:read", _("Read cards")
    CARDS_WRITE = "cards:write", _("Register cards and take every step with them")
    OVERDUE_READ = "overdue:read", _("Read overdue lists and escalations")
    OVERDUE_RUN = "overdue:run", _("Run overdue lists")
    SURVEYS_READ = "surveys:read", _("Read surveys and their results")
    SURVEYS_WRITE = "surveys:write", _("Keep surveys")
    FIGURES_READ = "figures:read", _("Read figures, scorecards, benchmarks, assessments and reports")
    FIGURES_WRITE = "figures:write", _("Write figures")
    WEBHOOKS_WRITE = "webhooks:write", _("Keep webhooks")
    ACTIONS_READ = "actions:read", _("Read actions")
    ACTIONS_WRITE = "actions:write", _("Plan actions and write how they go")
    OPEN311_WRITE = "open311:write", _("Send messages by Open311 and follow its own")
    AUDIT_READ = "audit:read", _("Read who read and changed what")


_READING_CARDS = {P.SEE_ALL_CARDS, P.SEE_UNIT_CARDS, P.SEE_POLITICAL_CARDS, P.SEE_ESCALATED_CARDS}
SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.CARDS_READ: frozenset(_READING_CARDS),
    Scope.CARDS_WRITE: frozenset(
        {*_READING_CARDS, P.REGISTER_CARDS, P.ROUTE_CARDS, P.WORK_ON_CARDS, P.DELEGATE_CARDS, P.CLOSE_CARDS}
    ),
    Scope.OPEN311_WRITE: frozenset({P.REGISTER_CARDS}),
    Scope.OVERDUE_READ: frozenset({P.SEE_OVERDUE_LISTS, P.SEE_ESCALATIONS}),
    Scope.OVERDUE_RUN: frozenset({P.SEE_OVERDUE_LISTS, P.RUN_OVERDUE_LISTS}),
    Scope.SURVEYS_READ: frozenset({P.SEE_SURVEYS}),
    Scope.SURVEYS_WRITE: frozenset({P.SEE_SURVEYS, P.MANAGE_SURVEYS, P.TYPE_ANSWERS}),
    Scope.FIGURES_READ: frozenset({P.SEE_SCORECARDS}),
    Scope.FIGURES_WRITE: frozenset({P.SEE_SCORECARDS, P.MANAGE_SCORECARDS, P.COUNT_CONTACTS}),
    Scope.WEBHOOKS_WRITE: frozenset({P.MANAGE_WEBHOOKS}),
    Scope.AUDIT_READ: frozenset({P.SEE_AUDIT}),
    Scope.ACTIONS_READ: frozenset({P.SEE_ACTIONS}),
    Scope.ACTIONS_WRITE: frozenset({P.SEE_ACTIONS, P.PLAN_ACTIONS}),
}
"""The permissions that a scope leaves. Whoever writes a card reads it: it is the answer."""
