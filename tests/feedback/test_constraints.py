"""Integrity lives in the database: each named constraint of feedback refuses once what it is there to refuse."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from feedback.models import (
    Attachment,
    Callback,
    Card,
    CardChange,
    CardNote,
    CardReader,
    CardRetention,
    Category,
    ChangeBatch,
    ContactCard,
    Escalation,
    FollowUp,
    Handover,
    HandoverUpdate,
    IncomingMail,
    InterviewConsent,
    LegalGround,
    ListNotice,
    Mailing,
    Neighbour,
    NeighbourService,
    OverdueEntry,
    OverdueList,
    OverdueRun,
    OwnReaction,
    ReceivedRequest,
    ReceivedUpdate,
    RecordAccess,
    Referral,
    ReopeningRequest,
    RetentionRule,
    RoutingRule,
    SavedFilter,
    ServiceQuestion,
    Story,
)
from organisation.history_door import erasing
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card, day, events, oslo
from tests.feedback.open311 import a_key

TODAY = day("2026-11-16")


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads)


def change(card: Card, **values: Any) -> None:
    Card.objects.filter(pk=card.pk).update(**values)


def callback(card: Card, **values: Any) -> Callback:
    given = {"card": card, "recorded_at": MONDAY, "held_at": MONDAY, "summary": "x", "reaction": 5}
    return Callback.objects.create(**(given | values))


def access(card: Card, **values: Any) -> RecordAccess:
    return RecordAccess.objects.create(**({"card": card, "part": "card"} | values))


def neighbour() -> Neighbour:
    given = {"name": "Fylkets veier", "address": "https://veier.example/open311/v2/"}
    return Neighbour.objects.get_or_create(code="county-roads", defaults=given)[0]


def handover(card: Card, **values: Any) -> Handover:
    given = {"card": card, "neighbour": neighbour(), "key": uuid.uuid4(), "text": "x", "asked_at": MONDAY}
    return Handover.objects.create(**(given | values))


def question(position: int, **values: Any) -> ServiceQuestion:
    category = Category.objects.filter(code="asked").first() or CategoryFactory(code="asked")
    return ServiceQuestion.objects.create(**({"category": category, "position": position, "text": "x"} | values))


def mail(**values: Any) -> IncomingMail:
    given = {"key": "k", "digest": "d", "reason": "spam", "received_at": MONDAY, "size": 1}
    return IncomingMail.objects.create(**(given | values))


def check_deferred() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def of_card(model: Any, card: Card, **values: Any) -> Any:
    return model.objects.create(card=card, recorded_at=MONDAY, **values)


def mailing(**values: Any) -> Mailing:
    given = {"sent_on": TODAY, "cards": 100, "languages": ["nb"], "recorded_at": MONDAY}
    return Mailing.objects.create(**(given | values))


def saved(solvik: Solvik, **values: Any) -> SavedFilter:
    return SavedFilter.objects.create(**({"person": solvik.clerk, "name": "Mine", "query": "due=open"} | values))


def consent(card: Card) -> InterviewConsent:
    return InterviewConsent.objects.create(card=card, cycle=1, agreed=True, wording="1", recorded_at=MONDAY)


def story(**values: Any) -> Story:
    given = {"language": "nb", "title": "x", "said": "x", "did": "x", "written_at": MONDAY}
    return Story.objects.create(**(given | values))


def run(week: int = 47) -> OverdueRun:
    return OverdueRun.objects.create(iso_year=2026, iso_week=week, as_of=MONDAY, created_at=MONDAY)


def listed(card: Card, made: OverdueRun, unit: Any = None, **values: Any) -> OverdueEntry:
    week = {"iso_year": 2026, "iso_week": made.iso_week}
    overdue_list = OverdueList.objects.create(run=made, unit=unit or card.unit, grace_on=TODAY, **week)
    given = {"overdue_list": overdue_list, "card": card, "cycle": 1, "due_on": TODAY, "times": 1}
    return OverdueEntry.objects.create(**(week | given | values))


def twice(card: Card, solvik: Solvik) -> None:
    made = run()
    listed(card, made)
    listed(card, made, solvik.water)


def escalation(cards: int, units: int, week: int = 47) -> Escalation:
    return Escalation.objects.create(
        iso_year=2026, iso_week=47, run=run(week), created_at=MONDAY, cards=cards, units=units
    )


def rule(solvik: Solvik, **values: Any) -> RoutingRule:
    return RoutingRule.objects.create(position=1, name="x", unit=solvik.roads, **values)


NEGATIVE = {"reaction": 3, "reason": "x", "alternative": "y"}
DONE = {"state": "called_back", "completed_at": MONDAY}
CLOSED = {"state": "closed", "completed_at": MONDAY, "closed_at": MONDAY, "close_result": "withdrawn"}

VIOLATIONS: dict[str, list[Callable[[Card, Solvik], Any]]] = {
    "card_has_text": [lambda c, s: change(c, text="")],
    "card_open_is_not_completed": [
        lambda c, s: change(c, completed_at=MONDAY),
        lambda c, s: change(c, state="called_back"),
    ],
    "card_closed_has_time_and_result": [
        lambda c, s: change(c, **(CLOSED | {"closed_at": None})),
        lambda c, s: change(c, **(CLOSED | {"close_result": ""})),
        lambda c, s: change(c, **(DONE | {"closed_at": MONDAY})),
        lambda c, s: change(c, **(DONE | {"close_result": "answered"})),
    ],
    "card_duplicate_names_the_other": [
        lambda c, s: change(c, **(CLOSED | {"close_result": "duplicate"})),
        lambda c, s: change(c, **(CLOSED | {"duplicate_of": a_card()})),
    ],
    "card_not_its_own_duplicate": [
        lambda c, s: change(c, **(CLOSED | {"close_result": "duplicate", "duplicate_of": c}))
    ],
    "card_origin_has_kind": [lambda c, s: change(c, origin_kind="split"), lambda c, s: change(c, origin=a_card())],
    "card_place_is_whole": [
        lambda c, s: change(c, latitude=59),
        lambda c, s: change(c, longitude=10),
        lambda c, s: change(c, latitude=91, longitude=10),
        lambda c, s: change(c, latitude=59, longitude=-181),
    ],
    "card_reopened_with_cycle": [
        lambda c, s: change(c, cycle=2),
        lambda c, s: change(c, reopened_at=MONDAY),
    ],
    "card_import_key_has_source": [
        lambda c, s: change(c, import_key="1"),
        lambda c, s: change(c, import_source="old"),
    ],
    "card_imported_once": [
        lambda c, s: [change(one, import_source="old", import_key="1") for one in (c, a_card())],
    ],
    "feedback_card_reference_key": [lambda c, s: change(c, reference=a_card().reference)],
    "feedback_card_secret_key": [lambda c, s: change(c, secret=a_card().secret)],
    "feedback_card_idempotency_key_key": [lambda c, s: [change(one, idempotency_key="k") for one in (c, a_card())]],
    "contact_card_once_a_cycle": [lambda c, s: [of_card(ContactCard, c, attempts=3) for _ in range(2)]],
    "contact_card_posted_is_whole": [
        lambda c, s: of_card(ContactCard, c, attempts=3, posted_on=TODAY),
        lambda c, s: of_card(ContactCard, c, attempts=3, posted_at=MONDAY),
    ],
    "callback_once_a_cycle": [lambda c, s: [callback(c) for _ in range(2)]],
    "callback_reaction_or_none": [
        lambda c, s: callback(c, reaction=0, reason="x", alternative="y"),
        lambda c, s: callback(c, reaction=7),
        lambda c, s: callback(c, reaction=None),
        lambda c, s: callback(c, would_not_answer=True),
    ],
    "callback_negative_has_reason": [lambda c, s: callback(c, **(NEGATIVE | {"reason": ""}))],
    "callback_negative_has_alternative": [lambda c, s: callback(c, **(NEGATIVE | {"alternative": ""}))],
    "follow_up_once_a_cycle": [lambda c, s: [of_card(FollowUp, c, done_at=MONDAY, summary="x") for _ in range(2)]],
    "referral_once_a_cycle": [lambda c, s: [of_card(Referral, c, body="x") for _ in range(2)]],
    "own_reaction_once_a_cycle": [lambda c, s: [of_card(OwnReaction, c, reaction=5) for _ in range(2)]],
    "own_reaction_one_to_six": [
        lambda c, s: of_card(OwnReaction, c, reaction=0),
        lambda c, s: of_card(OwnReaction, c, reaction=7),
    ],
    "reopening_one_waits": [lambda c, s: [of_card(ReopeningRequest, c, reason="x") for _ in range(2)]],
    "reopening_answer_is_whole": [
        lambda c, s: of_card(ReopeningRequest, c, reason="x", answer="reopened"),
        lambda c, s: of_card(ReopeningRequest, c, reason="x", answered_at=MONDAY),
    ],
    "reopening_declined_says_why": [
        lambda c, s: of_card(ReopeningRequest, c, reason="x", answer="declined", answered_at=MONDAY)
    ],
    "note_has_text": [lambda c, s: CardNote.objects.create(card=c, event=c.events.first(), text="")],
    "overdue_run_once_a_week": [lambda c, s: [run(), run()]],
    "overdue_list_once_a_week": [lambda c, s: [listed(c, made) for made in [run()] * 2]],
    "overdue_entry_once_a_week": [twice],
    "overdue_entry_counts_from_one": [lambda c, s: listed(c, run(), times=0)],
    "escalation_once_a_week": [lambda c, s: [escalation(1, 1, week) for week in (47, 48)]],
    "escalation_has_cards": [lambda c, s: escalation(1, 2), lambda c, s: escalation(0, 0)],
    "category_deadline_is_whole": [
        lambda c, s: CategoryFactory(deadline_days=3),
        lambda c, s: CategoryFactory(deadline_kind="calendar_days"),
        lambda c, s: CategoryFactory(deadline_days=0, deadline_kind="calendar_days"),
    ],
    "retention_one_default": [lambda c, s: [RetentionRule.objects.create(block_days=1) for _ in range(2)]],
    "retention_steps_in_order": [
        lambda c, s: RetentionRule.objects.create(block_days=2, anonymise_days=2),
        lambda c, s: RetentionRule.objects.create(anonymise_days=9, delete_days=9),
        lambda c, s: RetentionRule.objects.create(delete_days=9),
    ],
    "card_retention_of_something": [lambda c, s: CardRetention.objects.create(card=c)],
    "card_retention_anonymised_is_empty": [
        lambda c, s: CardRetention.objects.create(card=c, anonymised_at=MONDAY, values={"feedback.card": []})
    ],
    "reader_named_once": [
        lambda c, s: [CardReader.objects.create(card=c, person=s.clerk, named_at=MONDAY) for _ in range(2)]
    ],
    "access_once_a_text": [lambda c, s: [access(c) for _ in range(2)]],
    "access_exempt_has_ground": [
        lambda c, s: access(c, grade="exempt", graded_at=MONDAY),
        lambda c, s: access(c, ground=LegalGround.objects.create(name="offl. § 13")),
    ],
    "access_grade_has_moment": [lambda c, s: access(c, grade="public")],
    "access_card_alone_has_title": [
        lambda c, s: access(c, part="message", title="x"),
        lambda c, s: access(c, part="message", sender_shown=True),
        lambda c, s: access(c, public_text="x", public_at=MONDAY),
    ],
    "access_text_is_never_freer": [lambda c, s: access(c, part="message", grade="public", graded_at=MONDAY)],
    "access_public_text_has_moment": [lambda c, s: access(c, part="message", public_text="x")],
    "feedback_category_code_key": [lambda c, s: [CategoryFactory(code="roads") for _ in range(2)]],
    "routing_rule_asks_something": [lambda c, s: rule(s)],
    "mailing_of_some_cards": [lambda c, s: mailing(cards=0), lambda c, s: mailing(cards=10_000_001)],
    "mailing_has_language": [lambda c, s: mailing(languages=[])],
    "notice_of_a_list_or_an_escalation": [
        lambda c, s: ListNotice.objects.create(told_at=MONDAY, dedupe_key="x"),
        lambda c, s: ListNotice.objects.create(
            told_at=MONDAY, dedupe_key="x", escalation=escalation(1, 1), overdue_list=listed(c, run(48)).overdue_list
        ),
    ],
    "saved_filter_name_once": [lambda c, s: [saved(s) for _ in range(2)]],
    "saved_filter_filters": [lambda c, s: saved(s, query=""), lambda c, s: saved(s, name="")],
    "interview_consent_once": [lambda c, s: [consent(c) for _each in range(2)]],
    "story_has_words": [lambda c, s: story(title=""), lambda c, s: story(said=""), lambda c, s: story(did="")],
    "story_state_has_its_moment": [
        lambda c, s: story(state="published"),
        lambda c, s: story(published_at=MONDAY),
        lambda c, s: story(state="withdrawn", published_at=MONDAY),
    ],
    "change_once_for_each": [
        lambda c, s: [
            CardChange.objects.create(
                card=c, audience=1, reference=c.reference, kind="current", batch=ChangeBatch.objects.create(at=MONDAY)
            )
            for _ in range(2)
        ]
    ],
    "handover_one_under_way": [lambda c, s: [handover(c) for _ in range(2)]],
    "handover_open_has_number": [lambda c, s: handover(c, state="open")],
    "handover_token_is_there": [lambda c, s: handover(c, state="token")],
    "handover_closed_has_moment": [lambda c, s: handover(c, state="closed")],
    "handover_person_has_basis": [lambda c, s: handover(c, fields=["name"])],
    "update_told_once": [
        lambda c, s: [
            HandoverUpdate.objects.create(handover=one, update_id="1", at=MONDAY) for one in [handover(c)] for _ in "12"
        ]
    ],
    "update_received_once": [
        lambda c, s: [
            ReceivedUpdate.objects.create(
                card=c, key=key, update_id="1", status="OPEN", updated_at=MONDAY, received_at=MONDAY
            )
            for key in [a_key(s.clerk)[0]]
            for _ in "12"
        ]
    ],
    "received_once": [
        lambda c, s: [
            ReceivedRequest.objects.create(card=one, key=key, their_id="1", digest="d", received_at=MONDAY)
            for key in [a_key(s.clerk)[0]]
            for one in (c, a_card())
        ]
    ],
    "service_once_a_neighbour": [
        lambda c, s: [
            NeighbourService.objects.create(neighbour=one, code="1", name="Hull") for one in [neighbour()] for _ in "12"
        ]
    ],
    "question_code_once_a_service": [lambda c, s: [question(place, code="a") for place in (1, 2)]],
    "question_place_once_a_service": [
        lambda c, s: [*(question(1, code=code) for code in "ab"), check_deferred()],
    ],
    "question_counts_from_one": [lambda c, s: question(0)],
    "question_list_has_choices": [
        lambda c, s: question(1, datatype="singlevaluelist"),
        lambda c, s: question(1, options=[["a", "A"]]),
    ],
    "incoming_mail_on_its_card": [lambda c, s: mail(state="filed", card=None)],
    "incoming_mail_waits_for_a_reason": [lambda c, s: mail(state="waiting", reason="")],
    "incoming_mail_dismissed_says_why": [lambda c, s: mail(state="dismissed", decided_at=None)],
}
CASES = [
    pytest.param(name, violate, id=f"{name}-{n}") for name, all_ in VIOLATIONS.items() for n, violate in enumerate(all_)
]


@pytest.mark.parametrize(("name", "violate"), CASES)
def test_database_refuses(solvik: Solvik, card: Card, name: str, violate: Callable[[Card, Solvik], Any]) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        violate(card, solvik)


def test_every_constraint_of_feedback_is_violated_above() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("feedback").get_models()
        for constraint in model._meta.constraints
    }
    assert named - set(VIOLATIONS) == set()


@pytest.mark.django_db
def test_what_looks_like_it_is_allowed(solvik: Solvik, card: Card) -> None:
    """The same rows without the fault: what is refused above is refused for the fault alone."""
    callback(card, **NEGATIVE)
    callback(card, cycle=2, reaction=None, would_not_answer=True)
    callback(card, cycle=3, reaction=1, reason_not_given=True, alternative_not_given=True)
    of_card(ContactCard, card, attempts=3, posted_on=TODAY, posted_at=MONDAY)
    change(card, **CLOSED, latitude=59, longitude=10, cycle=2, reopened_at=MONDAY, import_source="old", import_key="1")
    listed(card, run())
    listed(card, run(48), times=2)
    escalation(2, 1, week=49)
    CategoryFactory(deadline_days=3, deadline_kind="working_days")
    rule(solvik, words=["hull"])
    assert Category.objects.count() == 1


def test_what_others_stand_on_is_not_deleted(solvik: Solvik, card: Card) -> None:
    """A card on a list, a unit with cards, a category in use: the figures of the past stay."""
    category = CategoryFactory()
    change(card, category=category)
    listed(card, run())
    for row in (card, solvik.roads, category):
        with pytest.raises(ProtectedError):
            row.delete()


def test_erased_card_takes_all_that_is_personal_with_it(solvik: Solvik, card: Card) -> None:
    callback(card)
    CardNote.objects.create(card=card, event=card.events.first(), text="x")
    Attachment.objects.create(card=card, file="x", name="x", content_type="x", size=1, sha256="x", added_at=MONDAY)
    with erasing():
        card.delete()
    models = apps.get_app_config("feedback").get_models()
    assert [model.__name__ for model in models if model.objects.exists()] == [
        "ReferenceCounter",
        "UntoldChange",
    ]  # which tells other systems that the card is gone, and holds its number alone


def test_person_who_is_erased_leaves_the_cards_history(solvik: Solvik) -> None:
    card = a_card(by=solvik.clerk, unit=solvik.roads, now=oslo(2026, 11, 2, 10))
    solvik.clerk.delete()
    card.refresh_from_db()
    assert (card.registered_by, events(card)[0]) == (None, ("registered", "", "web"))
