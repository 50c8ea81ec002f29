"""What came from the submitter's own page, as staff see it on the card."""

from __future__ import annotations

from dataclasses import dataclass

from feedback.models import Addition, Callback, Card, CardEvent, OwnReaction, ReopeningRequest
from feedback.workflow import is_negative

FAR_APART = 2
"""From how many steps on the scale of 1–6 the submitter's own number is shown as another than the one written down."""


@dataclass(frozen=True)
class Reactions:
    """The submitter's own reaction beside the one that was written down in the conversation of the same cycle."""

    own: OwnReaction
    said: Callback | None

    @property
    def differs(self) -> int:
        """How many steps the two lie apart, where that is many; else 0."""
        if self.said is None or self.said.reaction is None:
            return 0
        apart = abs(self.own.reaction - self.said.reaction)
        return apart if apart >= FAR_APART else 0

    @property
    def negative(self) -> bool:
        return is_negative(self.own.reaction)


@dataclass(frozen=True)
class OwnWords:
    """All that the submitter wrote after the card was sent; `asked` is a request to reopen that waits."""

    asked: ReopeningRequest | None
    additions: list[Addition]
    reactions: list[Reactions]

    def __bool__(self) -> bool:
        return bool(self.asked or self.additions or self.reactions)


def own_words_of(card: Card) -> OwnWords:
    """Return what came from the submitter's page, by the rows that `for_page` joins, the newest first."""
    said = {callback.cycle: callback for callback in card.callbacks.all()}
    return OwnWords(
        asked=next((asked for asked in card.reopeningrequests.all() if asked.answered_at is None), None),
        additions=list(card.additions.all())[::-1],
        reactions=[Reactions(own, said.get(own.cycle)) for own in card.ownreactions.all()][::-1],
    )


def alternative_to_register(card: Card) -> OwnReaction | None:
    """Return the submitter's own reaction whose proposal is no card of its own yet."""
    done = [event for event in card.events.all() if event.what == CardEvent.What.ALTERNATIVE_REGISTERED]
    registered = {event.details.get("own_reaction") for event in done}
    open_ = (own for own in card.ownreactions.all() if own.alternative and own.pk not in registered)
    return next(open_, None)
