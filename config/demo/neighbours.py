"""A made-up road owner that runs Open311, cards that were sent to it, and what Solvik offers to other systems. Asks nobody."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from config.demo.furnish import Furnished
from feedback.actions.base import write
from feedback.actions.neighbours import Known, OfferedThere, keep_services, map_categories, save_neighbour
from feedback.actions.offering import Asked, offer_service, save_question
from feedback.models import Card, CardEvent, Handover, HandoverUpdate
from organisation.models import Person

What = CardEvent.What
ADDRESS = "https://innmelding.solvikfylke.example/open311/v2/"
LANES = {
    "code": "retning", "datatype": "singlevaluelist", "required": True, "question": "I hvilken retning?", "help": "",
    "values": [["01", "Mot sentrum"], ["02", "Fra sentrum"], ["03", "Begge"]], "asked": True,
}  # fmt: skip
OFFERED = [
    OfferedThere("hull", "Hull i veibanen", "Fylkesvei", attributes=[LANES]),
    OfferedThere("broyting", "Brøyting og strøing", "Fylkesvei", attributes=[]),
    OfferedThere("skilt", "Skilt og oppmerking", "Fylkesvei", attributes=[]),
]
OURS = {"hull": ["road"], "broyting": ["snow"], "skilt": ["traffic_safety"]}
NO_PLACE = ("library", "kindergarten", "school", "home_care", "building", "service", "culture")


def neighbours(furnished: Furnished, *, by: Person, now: datetime) -> None:
    """Add the road owner, what it offers, the cards it has, and what we offer ourselves."""
    known = Known("Solvik fylke, vei", ADDRESS, jurisdiction="solvikfylke.example", key="oppdiktet", knows_again=True)
    then = now - timedelta(days=60)
    neighbour = save_neighbour(None, known, code="solvik-fylke", allow_plain=False, by=by, now=then)
    keep_services(neighbour, OFFERED, now=now - timedelta(hours=4))
    chosen = {code: [furnished.categories[name] for name in names] for code, names in OURS.items()}
    map_categories(neighbour, chosen, by=by, now=then)
    clerk = furnished.people["lene.myhre@solvik.example"]
    cards = list(
        Card.objects.filter(category__code="road", completed_at=None, registered_at__lt=now - timedelta(days=1))
        .order_by("-registered_at")[:3]
    )  # fmt: skip
    states = (Handover.State.OPEN, Handover.State.CLOSED, Handover.State.FAILED)
    for number, (card, state) in enumerate(zip(cards, states, strict=False)):
        asked = min(card.registered_at + timedelta(hours=3), now - timedelta(hours=5))
        made = Handover(
            card=card, neighbour=neighbour, service_code="hull", service_name="Hull i veibanen", key=uuid.UUID(int=number + 1),
            text=card.text, answers={"retning": "01"}, asked_at=asked, asked_by=clerk, state=state,
        )  # fmt: skip
        if state == Handover.State.FAILED:
            made.fault = "Veien er kommunal her. Meldingen hører ikke til hos fylket."
        else:
            made.sent_at, made.checked_at = asked + timedelta(minutes=1), now - timedelta(minutes=10)
            made.their_id, made.notice = f"SF-{26_0411 + number}", "Vi ser på veien innen tre dager."
            made.status_notes = "Satt på lista for uka."
        if state == Handover.State.OPEN:
            made.next_try_at = now + timedelta(hours=1)
        if state == Handover.State.CLOSED:
            made.closed_at, made.status_notes = now - timedelta(hours=3), "Hullet er fylt med asfalt."
        made.save()
        _tell(made, card, clerk)
    for code in NO_PLACE:
        if code in furnished.categories:
            offer_service(
                furnished.categories[code], is_offered=True, place="none", group="", description="", keywords="",
                by=by, now=then,
            )  # fmt: skip
    road = furnished.categories["road"]
    offer_service(
        road, is_offered=True, place="any", group="Vei og trafikk", description="Hull, kanter, fortau og rekkverk",
        keywords="hull, asfalt, fortau", by=by, now=then,
    )  # fmt: skip
    save_question(
        road, None,
        Asked("where", "singlevaluelist", "Hvor i veien?", options=[("01", "Kjørebanen"), ("02", "Fortauet"), ("03", "Kanten")]),
        by=by, now=then,
    )  # fmt: skip


def _tell(made: Handover, card: Card, clerk: Person) -> None:
    name = made.neighbour.name
    write(card, What.HANDED_OVER, by=clerk, now=made.asked_at, to_value=name, fields=[], basis="")
    if made.state == Handover.State.FAILED:
        write(card, What.NEIGHBOUR_REFUSED, by=None, now=made.asked_at + timedelta(minutes=1), to_value=name)
        return
    assert made.sent_at is not None  # noqa: S101 (written above)
    write(card, What.NEIGHBOUR_NUMBERED, by=None, now=made.sent_at, to_value=name)
    HandoverUpdate.objects.create(
        handover=made, update_id=f"{made.their_id}-1", status="IN_PROGRESS", at=made.sent_at + timedelta(hours=2),
        text="Veimesteren har vært på stedet.",
    )  # fmt: skip
    if made.closed_at is not None:
        write(card, What.NEIGHBOUR_CLOSED, by=None, now=made.closed_at, to_value=name)
