"""What happens to a card: the ways that its life can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from config.demo import texts_answers as said
from config.demo.days import DAY, OSLO, at, working_on_or_after
from config.demo.pen import REROUTES, Pen
from config.demo.plans import (
    NOT_REACHED_AFTER,
    AnotherWayAgreed,
    Closed,
    ContactCardPosted,
    ContactCardPrepared,
    ReferredOutside,
    Reopened,
    Split,
)


def contact_card(pen: Pen, target: date, *, answered: bool = True) -> None:
    """Three or four calls in vain, the card, and then a call from the submitter (not if `answered` is off) or silence."""
    pen.attempts(pen.rng.choice((3, 3, 4)), target - DAY)
    pen.add(ContactCardPrepared(at=pen.moment(target), by=pen.actor))
    pen.add(ContactCardPosted(at=pen.after(pen.rng.choice((0, 0, 1))), by=pen.clerk))
    posted = pen.last
    if answered and pen.rng.random() < 0.4:
        answer = working_on_or_after(posted.date() + DAY * pen.rng.randint(2, 18))
        if pen.moment(answer) + timedelta(hours=8) <= pen.limit:
            pen.callback(answer)
            pen.close()
            return
    # The nightly job; by way of UTC, as on one night of the year 02:10 does not exist.
    silence = at((posted + NOT_REACHED_AFTER).date(), 2, 10).astimezone(UTC).astimezone(OSLO)
    if silence <= pen.limit:
        pen.add(Closed(at=silence, by=None, result="not_reached"))


def outside(pen: Pen, *, close: bool = True) -> None:
    """Not the municipality's: registered by staff it is never forwarded; from the web the rules have sent it somewhere first."""
    if pen.card.arrival.registered_by is None and pen.route():
        pen.return_misrouted()
    note = said.OUTSIDE_ANONYMOUS_NOTE if pen.card.submitter.anonymous else pen.rng.choice(said.OUTSIDE_NOTES)
    pen.add(ReferredOutside(at=pen.after(pen.rng.choice((0, 0, 1, 2))), by=pen.clerk, body=pen.card.outside, note=note))
    if close:
        pen.close()


def done_life(pen: Pen, target: date) -> None:
    """The usual life of a card that is completed on `target` or as soon after it as the office hours allow."""
    rng = pen.rng
    if pen.card.outside:
        outside(pen)
        return
    pen.route_or_keep()
    begin(pen, target)
    if pen.due_on < target and rng.random() < 0.35:
        pen.preliminary(min(pen.due_on, target) - DAY)
    elif rng.random() < 0.03 and pen.room_until(target) > 4:
        pen.preliminary(pen.last.date() + 3 * DAY)
    finish(pen, target)


def begin(pen: Pen, target: date) -> None:
    """Into the right hands: sometimes by way of the wrong ones."""
    rng, luck = pen.rng, pen.rng.random()
    if pen.room_until(target) >= 4 and pen.unit in REROUTES:
        if luck < 0.03:
            first = pen.unit
            pen.return_misrouted()
            pen.route_by_hand(rng.choice((0, 0, 1)), rng.choice([u for u, _ in REROUTES[first]]))
        elif luck < 0.07:
            pen.reroute()
    if pen.room_until(target) >= 1 and rng.random() < (0.75 if pen.unit in ("VEI", "PLAN") else 0.55):
        pen.delegate()


def finish(pen: Pen, target: date) -> None:
    rng, luck = pen.rng, pen.rng.random()
    if not pen.card.submitter.owed_callback:
        if luck < 0.05 and pen.card.kind in ("criticism", "praise", "suggestion"):
            pen.add(Closed(at=pen.moment(target), by=pen.clerk, result="noted", note=said.CLOSE_NOTES[-1]))
            return
        pen.follow_up(target)
        pen.close()
    elif luck < 0.012:
        pen.close_early("withdrawn")
    elif luck < 0.08 and pen.card.submitter.email:
        pen.add(
            AnotherWayAgreed(
                at=pen.after(0),
                by=pen.actor,
                note=rng.choice(said.AGREED_WAYS[:2] if pen.card.language == "nb" else said.AGREED_WAYS[1:]),
            )
        )
        pen.callback(target, written=True)
        pen.close()
    elif luck < 0.075 and pen.room_until(target) >= 4:
        contact_card(pen, target)
    else:
        if luck < 0.36 and pen.room_until(target) >= 1:
            pen.attempts(rng.choice((1, 1, 1, 2, 2, 3)), target - DAY)
        pen.callback(target)
        pen.close()


def reopened_life(pen: Pen, target: date, *, still_open: datetime | None = None) -> None:
    """Answered and closed, then opened again; answered once more unless `still_open` says when it was reopened."""
    pen.route()
    pen.callback(target)
    pen.close(surely=True)
    when = (
        still_open
        if still_open is not None and still_open > pen.last
        else pen.after(pen.rng.randint(3, 12) if still_open is None else 1)
    )
    pen.add(Reopened(at=when, by=pen.clerk, reason=pen.rng.choice(said.REOPEN_REASONS)))
    if still_open is None:
        pen.callback(working_on_or_after(pen.last.date() + DAY * pen.rng.randint(1, 8)))
        pen.close()


def split_life(pen: Pen, target: date, *, split_at: datetime, remaining_text: str) -> None:
    """Two matters on one card: the second gets a card of its own within the hour, this one keeps the first."""
    pen.route()
    pen.add(Split(at=split_at, by=pen.clerk, remaining_text=remaining_text))
    if pen.card.submitter.owed_callback:
        pen.callback(target)
    else:
        pen.follow_up(target)
    pen.close()


def open_life(pen: Pen, until: date) -> None:
    """Not completed: as far as somebody had come on `until`, the last day of work."""
    rng = pen.rng
    if pen.card.outside and pen.card.arrival.registered_by is not None:
        return  # still with the service centre, which will ring
    pen.route()
    ways: list[Callable[[], None]] = []
    if rng.random() < 0.06 and pen.unit in REROUTES:
        ways.append(pen.reroute)
    if rng.random() < 0.65:
        ways.append(pen.delegate)
    if pen.card.submitter.owed_callback and rng.random() < 0.5:
        ways.append(lambda: pen.attempts(rng.choice((1, 1, 2)), until))
    if until > pen.due_on - 3 * DAY and rng.random() < 0.4:
        ways.append(lambda: pen.preliminary(min(pen.due_on, until)))
    for way in ways:
        way()
    if pen.due_on + 2 * DAY < until and rng.random() < 0.75:
        pen.explain_delay(until)
