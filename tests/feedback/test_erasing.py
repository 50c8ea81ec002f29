"""Blocking, anonymising and deleting cards: every place that the models declare is emptied, and the figures stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, transaction

from feedback.actions.erasing import (
    LeadsAUnit,
    NotBlocked,
    anonymise_cards,
    block_cards,
    delete_cards,
    erase_rows,
    forget_copies,
    lift_block,
    places_of_cards,
    throw_files_away,
)
from feedback.actions.saving import save_filter
from feedback.models import Attachment, Callback, Card, CardEvent, CardRetention, Erasure, OverdueEntry, WithheldFile
from feedback.queries import search
from organisation.erasing import GONE, declared, emptied
from organisation.models import OutgoingMail, Person
from organisation.models.personal_data import WITH_THE_CARD
from tests.factories import MONDAY, Solvik, a_card, oslo
from tests.feedback.test_history import every_action
from tests.refusals import everything, refuses

pytestmark = pytest.mark.django_db

LATER = oslo(2026, 12, 24)
WORD = "Hemmeligheten"
ASKED = Erasure.Cause.ASKED


def a_life(solvik: Solvik) -> list[int]:
    """Let everything happen to some cards, with a picture on one. What the models call no personal data says nothing."""
    every_action(solvik, WORD)
    Card.objects.update(area="Sentrum")
    for card in Card.objects.filter(referrals__isnull=False):
        card.referrals.update(body="Fylket")
    card = Card.objects.order_by("pk").first()
    assert card is not None
    name = default_storage.save(f"cards/2026/11/{WORD}.jpg", ContentFile(WORD.encode()))
    Attachment.objects.create(
        card=card, file=name, name=f"{WORD}.jpg", content_type="image/jpeg", size=12, sha256="0" * 64, added_at=MONDAY
    )
    return list(Card.objects.values_list("pk", flat=True))


def kept() -> str:
    return str({name: rows for name, rows in everything().items() if name != "feedback_erasure"})


@pytest.fixture(autouse=True)
def _own_places(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


def test_every_place_that_goes_with_a_card_can_be_emptied() -> None:
    """A new model with personal data that nobody knows how to empty, or to find from its card, fails here."""
    assert [place.label for place in declared() if not place.goes_whole and not emptied(place)] == []
    lost = [
        place.label
        for place in declared()
        if WITH_THE_CARD in place.model.personal_data.values() and not place.card  # type: ignore[attr-defined]
    ]
    assert lost == []
    of_cards = {place.label for place in places_of_cards()}
    assert {"feedback.card", "feedback.submitter", "feedback.incomingmail", "feedback.handoverupdate"} <= of_cards
    assert not {"surveys.comment", "feedback.story", "feedback.cardretention"} & of_cards


def figures() -> tuple[Any, ...]:
    """What the municipality counts: dates, units, kinds, outcomes, reactions."""
    return (
        list(Card.objects.order_by("pk").values_list("kind", "unit", "state", "due_on", "category", "close_result")),
        list(Callback.objects.order_by("pk").values_list("reaction", "held_at")),
        CardEvent.objects.count(),
        OverdueEntry.objects.count(),
    )


def files() -> list[str]:
    return [path.name for path in Path(default_storage.location).rglob("*") if path.is_file()]  # type: ignore[attr-defined]


def test_a_life_is_blocked_brought_back_blocked_again_and_anonymised(
    solvik: Solvik, django_capture_on_commit_callbacks: Any
) -> None:
    """Each step with all that can happen to a card in the rows: made once, because it is long."""
    ids = a_life(solvik)
    before, counted = everything(), figures()
    assert WORD in kept()

    with django_capture_on_commit_callbacks(execute=True):
        block_cards(ids, cause=ASKED, by=None, now=LATER)
    own = ("feedback_cardretention", "feedback_withheldfile")
    assert WORD not in str({name: rows for name, rows in everything().items() if name not in own})
    assert WORD not in str(list(OutgoingMail.objects.values()))
    assert WORD in str(list(CardRetention.objects.values_list("values", flat=True)))
    assert (throw_files_away(), files()) == (0, [f"{WORD}.jpg"])  # the files of blocked cards are kept
    assert figures() == counted

    for card in Card.objects.filter(pk__in=ids):
        lift_block(card, cause=ASKED, by=None, now=LATER)
    after = everything()
    changing = {
        "feedback_erasure",
        "organisation_outgoingmail",
        "feedback_untoldchange",
        "feedback_cardchange",
        "feedback_changebatch",
    }
    assert {name for name in before if name not in changing and before[name] != after[name]} == set()
    with refuses(NotBlocked):
        lift_block(Card.objects.get(pk=ids[0]), cause=ASKED, by=None, now=LATER)

    with django_capture_on_commit_callbacks(execute=True):
        block_cards(ids[:3], cause=ASKED, by=None, now=LATER)
        made = anonymise_cards(ids, cause=ASKED, by=solvik.clerk, now=LATER)
    assert made is not None
    assert WORD not in kept()
    assert WORD not in str((made.counts, made.rows))
    assert (made.counts["feedback.card"], files(), WithheldFile.objects.count()) == (len(ids), [], 0)
    assert search(Card.objects.all(), WORD).count() == 0
    assert figures() == counted
    assert anonymise_cards(ids, cause=ASKED, by=None, now=LATER) is None  # a second time nothing is left to do

    pointed_at = set(Card.objects.filter(offspring__isnull=False).values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        delete_cards(ids, cause=ASKED, by=None, now=LATER)
    assert set(Card.objects.values_list("pk", flat=True)) == pointed_at != set()


def test_a_mail_of_many_cards_goes_with_the_one_and_others_stay(solvik: Solvik) -> None:
    one, other = a_card(text=WORD), a_card(text="Et annet")
    kept_mail = OutgoingMail.objects.filter(text__contains=other.reference).count()
    assert kept_mail
    assert forget_copies([one.pk]) > 0
    assert not OutgoingMail.objects.filter(text__contains=one.reference).exists()
    assert OutgoingMail.objects.filter(text__contains=other.reference).count() == kept_mail


def test_history_is_touched_only_through_its_door(solvik: Solvik) -> None:
    card = a_card()
    anonymise_cards([card.pk], cause=ASKED, by=None, now=LATER)
    with pytest.raises(ProgrammingError, match="only added to"), transaction.atomic():
        card.events.all().delete()
    delete_cards([card.pk], cause=ASKED, by=None, now=LATER)
    assert not Card.objects.filter(pk=card.pk).exists()


def test_an_account_goes_with_what_hangs_on_it_but_not_while_somebody_works_by_it(solvik: Solvik) -> None:
    handler = solvik.handler
    save_filter(name=WORD, query="due=overdue", shared=False, by=handler)
    with refuses(LeadsAUnit):
        erase_rows({"organisation.person": [handler.pk]}, cause=ASKED, by=None, now=LATER)
    Person.objects.filter(pk=handler.pk).update(is_active=False)
    made = erase_rows({"organisation.person": [handler.pk]}, cause=ASKED, by=None, now=LATER)
    assert made is not None
    assert made.counts == {"organisation.person": 1, "feedback.savedfilter": 1}
    gone = Person.objects.get(pk=handler.pk)
    assert (gone.name, gone.phone, gone.email) == (GONE, "", f"erased-{gone.pk}@example.invalid")
    assert erase_rows({"organisation.person": []}, cause=ASKED, by=None, now=LATER + timedelta(days=1)) is None
