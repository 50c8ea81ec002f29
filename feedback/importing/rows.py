"""From one row of the file to the rows of one card, writing nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from feedback.actions.intake import House, Intake, Prepared, prepare_card
from feedback.deadlines import Contact, moment_of
from feedback.errors import Refused
from feedback.importing.dates import Dates, Moment
from feedback.importing.faults import RowRefused
from feedback.importing.mapping import COMPLETING, OUTCOMES, Completed, Mapping
from feedback.importing.named import Lookup
from feedback.importing.values import Read, Row, Value
from feedback.models import Callback, CardEvent, Category, FollowUp, Referral, Submitter
from feedback.workflow import Channel, CloseResult, State, is_negative
from organisation.models import Unit
from organisation.queries import open_successor

LONGEST_KEY = 120
LONGEST_PLACE = 250
NO_SUMMARY = "Followed up in the older system."
"""The summary of a follow-up or callback whose mapping names none; the database holds no empty one."""


@dataclass
class Made:
    """The rows of one card as values of columns, without the card's reference: `record` is a FollowUp, Callback or
    Referral, still without its id."""

    card: dict[str, Any]
    submitter: dict[str, Any] | None
    events: list[dict[str, Any]]
    unit: Unit
    category: Category | None
    record: tuple[type[FollowUp | Callback | Referral], dict[str, Any]] | None = None

    @classmethod
    def of(cls, prepared: Prepared, card_id: int) -> Made:
        its = {"card_id": card_id}
        return cls(
            card={"id": card_id} | prepared.columns,
            submitter=its | prepared.submitter_values if prepared.submitter_values is not None else None,
            events=[its | event for event in prepared.event_values],
            unit=prepared.routed.unit,
            category=prepared.category,
        )


@dataclass
class RowMaker:
    """Makes cards of rows with one mapping. `header` names the columns; `now` is the moment of the import."""

    mapping: Mapping
    header: Sequence[str]
    house: House
    categories: Lookup[Category] | None
    units: Lookup[Unit] | None
    now: datetime
    _reads: dict[str, Read] = field(init=False)

    def __post_init__(self) -> None:
        here = self.house.calendar.zone
        form = self.mapping.file
        self.dates = Dates(form.dates, form.zone or here, here)
        self.key = self.bind(self.mapping.key)
        self._reads = {value.at: self.bind(value) for value in self.mapping.values()}
        self._centre = self.house.service_centre
        self._today = self.house.calendar.local_date(self.now)

    def bind(self, value: Value) -> Read:
        return value.bind(self.header, self.mapping.file.empty)

    def make(self, row: Row, key: str, next_id: Callable[[], int]) -> Made:
        """Return the card of a row whose key is `key`, its id from `next_id`. Raises RowRefused with one sentence."""
        text = self._text
        mapping = self.mapping
        if "\x00" in "".join(row):
            raise RowRefused("nul", _("The row holds a NUL character: it is damaged, or the file is no text."))
        if len(key) > LONGEST_KEY:
            raise RowRefused(
                "too_long", _("The key is longer than %(longest_key)s characters.") % {"longest_key": LONGEST_KEY}
            )
        registered_at, timed = self._registered(row)
        received = self._moment(mapping.received, row, "received")
        place = text(mapping.place, row)
        if len(place) > LONGEST_PLACE:
            raise RowRefused(
                "too_long", _("place is longer than %(longest_place)s characters.") % {"longest_place": LONGEST_PLACE}
            )
        latitude, longitude = (self._decimal(value, row) for value in (mapping.latitude, mapping.longitude))
        unit = self.units.of(row) if self.units else None
        intake = Intake(
            channel=text(mapping.channel, row) or Channel.IMPORT,
            text=text(mapping.text, row),
            kind=text(mapping.kind, row),
            category=self.categories.of(row) if self.categories else None,
            language=text(mapping.language, row) or self.house.municipality.language,
            received_on=received.day if received else None,
            registered_at=registered_at,
            contact=self._contact(row),
            callback_wanted=self._yes(mapping.callback_wanted, row),
            place=place,
            area=text(mapping.area, row),
            latitude=latitude,
            longitude=longitude,
            political=self._yes(mapping.political, row),
            unit=open_successor(unit) if unit else None,
            import_source=mapping.source,
            import_key=key,
        )
        try:
            prepared = prepare_card(intake, self.house, by=None, now=self.now)
        except Refused as error:
            raise RowRefused(error.code, f"{error.field}: {error}" if error.field else str(error)) from None
        made = Made.of(prepared, next_id())
        if mapping.completed is not None:
            self._complete(made, mapping.completed, row, timed=timed)
        return made

    def _text(self, value: Value | None, row: Row) -> str:
        return self._reads[value.at](row) if value is not None else ""

    def _yes(self, value: Value | None, row: Row) -> bool:
        said = self._text(value, row)
        if said not in ("yes", "no", ""):
            raise RowRefused(
                "unknown_choice",
                _("%(name)s: «%(said)s» says neither yes nor no.") % {"name": _name(value), "said": said[:60]},
            )
        return said == "yes"

    def _moment(self, value: Value | None, row: Row, what: str) -> Moment | None:
        said = self._text(value, row)
        if not said:
            return None
        moment = self.dates.read(said, what)
        if moment.day > self._today or (moment.instant is not None and moment.instant > self.now):
            raise RowRefused(
                "future_date", _("%(what)s: «%(said)s» is in the future.") % {"what": what, "said": said[:40]}
            )
        return moment

    def _registered(self, row: Row) -> tuple[datetime, bool]:
        """Return the instant of registration, and whether the file gave the time of day: else it is noon local."""
        moment = self._moment(self.mapping.registered, row, "registered")
        if moment is None:
            raise RowRefused("date_missing", _("registered: the date is missing."))
        if moment.instant is not None:
            return moment.instant, True
        return min(self.house.calendar.noon(moment.day), self.now), False

    def _decimal(self, value: Value | None, row: Row) -> Decimal | None:
        said = self._text(value, row).replace(",", ".")
        if not said:
            return None
        try:
            number = Decimal(said)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise RowRefused(
                "bad_number", _("%(name)s: «%(said)s» is not a number.") % {"name": _name(value), "said": said[:40]}
            )
        return number

    def _contact(self, row: Row) -> Contact:
        contact = Contact(**{name: self._text(value, row) for name, value in self.mapping.submitter.items()})
        if contact.email:
            try:
                validate_email(contact.email)
            except ValidationError:
                raise RowRefused(
                    "bad_email", _("email: «%(email)s» is not an e-mail address.") % {"email": contact.email[:60]}
                ) from None
        if contact.other_way and contact.other_way not in Submitter.OtherWay.values:
            raise RowRefused(
                "unknown_choice",
                _("other_way: «%(other_way)s» is not one of the choices.") % {"other_way": contact.other_way[:60]},
            )
        return contact

    # --- What became of it ------------------------------------------------------------------------------------------

    def _complete(self, made: Made, rule: Completed, row: Row, *, timed: bool) -> None:
        """Complete and close the card where the row has the date, with the rows and events that the actions write."""
        done = self._moment(rule.date, row, "completed")
        if done is None:
            return
        done_at = self._not_before(done, made.card["registered_at"], "completed", before_timed=timed)
        outcome = self._text(rule.outcome, row)
        if outcome not in OUTCOMES:
            raise RowRefused(
                "unknown_choice",
                _("outcome: «%(outcome)s» is not one of %(outcomes)s.")
                % {"outcome": outcome[:60], "outcomes": ", ".join(OUTCOMES)},
            )
        if outcome in COMPLETING:
            _COMPLETE[CloseResult(outcome)](self, made, rule, row, done_at)
        elif not rule.close:
            raise RowRefused(
                "unknown_choice",
                _("outcome: «%(outcome)s» closes a card, while the mapping says not to close.") % {"outcome": outcome},
            )
        if rule.close:
            closed = self._moment(rule.closed, row, "closed")
            closed_at = done_at
            if closed is not None:
                closed_at = self._not_before(closed, done_at, "closed", before_timed=done.instant is not None)
            self._close(made, CloseResult(outcome), closed_at)

    def _not_before(self, moment: Moment, start: datetime, what: str, *, before_timed: bool) -> datetime:
        """Return the instant of `moment`, which cannot lie before `start`.

        A date without a time is noon local, kept between `start` and now. Nor is a time refused that lies before the noon
        which a date without one was given, on the same day.
        """
        calendar = self.house.calendar
        first = calendar.local_date(start)
        if moment.day < first or (moment.instant is not None and moment.instant < start and before_timed):
            said = (
                moment.instant.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M")
                if moment.instant
                else str(moment.day)
            )
            sentence = (
                _("completed: %(said)s is before the card was registered (%(first)s).")
                if what == "completed"
                else _("closed: %(said)s is before the card was completed (%(first)s).")
            )
            raise RowRefused("closed_before_opened", sentence % {"said": said, "first": first})
        if moment.instant is None:
            return moment_of(moment.day, calendar=calendar, not_before=start, now=self.now)
        return max(moment.instant, start)

    def _record(
        self, kind: type[FollowUp | Callback | Referral], made: Made, state: State, at: datetime, **values: Any
    ) -> None:
        made.record = (kind, {"card_id": made.card["id"], "recorded_at": at} | values)
        made.card["state"], made.card["completed_at"] = state, at

    def _event(self, made: Made, what: CardEvent.What, at: datetime, **values: Any) -> None:
        made.events.append({"card_id": made.card["id"], "what": what, "at": at} | values)

    def _report_back(self, made: Made, at: datetime) -> None:
        if made.unit != self._centre:
            self._event(made, CardEvent.What.REPORTED_BACK, at, to_value=self._centre.code)

    def _follow_up(self, made: Made, rule: Completed, row: Row, at: datetime) -> None:
        summary = self._text(rule.summary, row) or NO_SUMMARY
        self._record(
            FollowUp, made, State.FOLLOWED_UP, at, done_at=at, summary=summary, measures=self._text(rule.measures, row)
        )
        self._event(made, CardEvent.What.FOLLOWED_UP, at)
        self._report_back(made, at)

    def _call_back(self, made: Made, rule: Completed, row: Row, at: datetime) -> None:
        said = self._text(rule.reaction, row)
        if said and said not in ("1", "2", "3", "4", "5", "6"):
            raise RowRefused(
                "impossible_reaction", _("reaction: «%(said)s» is not a number from 1 to 6.") % {"said": said[:20]}
            )
        reaction = int(said) if said else None
        negative = is_negative(reaction)
        reason, alternative = self._text(rule.reason, row), self._text(rule.alternative, row)
        self._record(
            Callback, made, State.CALLED_BACK, at, held_at=at, summary=self._text(rule.summary, row) or NO_SUMMARY,
            measures=self._text(rule.measures, row), reaction=reaction, would_not_answer=reaction is None,
            reason=reason, reason_not_given=negative and not reason,
            alternative=alternative, alternative_not_given=negative and not alternative,
        )  # fmt: skip
        self._event(
            made, CardEvent.What.CALLED_BACK, at, to_value=str(reaction or ""), details={"way": Callback.Way.VOICE}
        )
        self._report_back(made, at)

    def _refer(self, made: Made, rule: Completed, row: Row, at: datetime) -> None:
        body = self._text(rule.body, row)
        if not body:
            raise RowRefused("text_missing", _("body: to whom the card was referred is missing."))
        if len(body) > 150:
            raise RowRefused("too_long", _("body is longer than 150 characters."))
        self._record(Referral, made, State.REFERRED, at, body=body, contacted_at=at, note=self._text(rule.summary, row))
        self._event(made, CardEvent.What.REFERRED, at)

    def _close(self, made: Made, result: CloseResult, at: datetime) -> None:
        card = made.card
        before = card["state"]
        card.setdefault("completed_at", at)
        card.update(state=State.CLOSED, closed_at=at, close_result=result)
        self._event(made, CardEvent.What.CLOSED, at, from_value=before, to_value=result)


_COMPLETE: dict[CloseResult, Callable[[RowMaker, Made, Completed, Row, datetime], None]] = {
    CloseResult.FOLLOWED_UP: RowMaker._follow_up,
    CloseResult.ANSWERED: RowMaker._call_back,
    CloseResult.REFERRED: RowMaker._refer,
}


def _name(value: Value | None) -> str:
    return value.at.rpartition(".")[2] if value is not None else ""
