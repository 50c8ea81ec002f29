"""One form for each thing that can be done to a card. A form knows fields and sentences; the rules are the actions'."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import ImpossibleMoment
from feedback.consent import WORDING, WORDINGS
from feedback.deadlines import moment_of
from feedback.forms.choices import Choices, draw_from
from feedback.forms.citizen import AboutFields, ContactFields
from feedback.forms.files import FilesField
from feedback.forms.ready_texts import completed
from feedback.models import Callback, Card, Category, ContactAttempt, Submitter
from feedback.queries import card_of_reference, categories_for, categories_in_use, is_visible
from feedback.workflow import CloseResult, results_for
from organisation.calendar import WorkingCalendar
from organisation.dates import long_day
from organisation.ds_forms import DayField, Scale, TypedChoice
from organisation.models import Person, Unit
from organisation.queries import answering_units, handlers_of, municipality

REQUIRED = _("Write a few words here.")


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": str(rows)})


class TimeInput(forms.TextInput):
    def __init__(self) -> None:
        super().__init__(attrs={"size": "6", "autocomplete": "off"})


class ClockField(forms.TimeField):
    """A time of day as people write it: «14:30», «14.30», «1430»."""

    widget = TimeInput

    def to_python(self, value: Any) -> time | None:
        """Return the time. Raises ValidationError with a sentence for what is none."""
        if value in self.empty_values:
            return None
        digits = str(value).strip().replace(".", ":").replace(" ", "")
        if digits.isdigit() and len(digits) in (3, 4):
            digits = f"{digits[:-2]}:{digits[-2:]}"
        try:
            hour, minute = (int(part) for part in digits.split(":"))
            return time(hour, minute)
        except ValueError:
            raise ValidationError(
                _("«%(value)s» is not a time. Write it like 14:30."), params={"value": str(value)[:20]}
            ) from None


class StepForm(forms.Form):
    """What every step's form knows: the card as it was read, the calendar, who asks, and the moment.

    `seen` is the latest event that the page showed. Field names carry the step's name, as many forms stand on one page.
    """

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        *args: Any,
        card: Card,
        calendar: WorkingCalendar,
        person: Person,
        now: datetime,
        choices: Choices | None = None,
        **kwargs: Any,
    ) -> None:
        self.card, self.calendar, self.person, self.now = card, calendar, person, now
        self.choices = choices or Choices(card, municipality())
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and suggestions that depend on the card."""

    @property
    def summary_id(self) -> str:
        """What the error summary is called: as the fields, by the card too where many stand on one page."""
        return str(self.auto_id) % str(self.prefix)

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)

    def moment(self, day: str, clock: str | None = None) -> datetime | None:
        """Return the instant of the fields `day` and `clock`; a day without a time is noon, kept in what is possible.

        Raises ImpossibleMoment for a day before the card was (re)opened or after today.
        """
        on: date | None = self.cleaned_data.get(day)
        at: time | None = self.cleaned_data.get(clock) if clock else None
        if on is None:
            return None
        start = self.card.reopened_at or self.card.registered_at
        if not self.calendar.local_date(start) <= on <= self.today:
            raise ImpossibleMoment(day)
        if at is not None:
            return datetime.combine(on, at, self.calendar.zone)
        return moment_of(on, calendar=self.calendar, not_before=start, now=self.now)


class UnitForm(StepForm):
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), to_field_name="code", empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose a unit."), "invalid_choice": _("There is no such unit. Choose another.")},
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["unit"].queryset = answering_units().exclude(pk=self.card.unit_id)  # type: ignore[attr-defined]
        draw_from(self.fields["unit"], self.choices.others)


class RerouteForm(UnitForm):
    reason = forms.CharField(
        label=_("Why does it belong there?"), widget=_area(2), error_messages={"required": REQUIRED}
    )


class ReasonForm(StepForm):
    reason = forms.CharField(label=_("Why?"), widget=_area(2), error_messages={"required": REQUIRED})


class ReopenForm(ReasonForm):
    """Where the submitter asked for it, the submitter's reason stands there to be sent to the unit as it is."""

    def prepare(self) -> None:
        asked = next((asked for asked in self.card.reopeningrequests.all() if asked.answered_at is None), None)
        if asked is not None:
            self.initial.setdefault("reason", asked.reason)


class DeclineForm(StepForm):
    reason = forms.CharField(
        label=_("Why not?"), widget=_area(3), error_messages={"required": REQUIRED},
        help_text=_("The submitter reads this on the own page, and gets it by e-mail if there is an address."),
    )  # fmt: skip


class DelayForm(StepForm):
    reason = forms.CharField(
        label=_("Why is it not answered yet?"), widget=_area(2), max_length=1000, error_messages={"required": REQUIRED},
        help_text=_("The service centre and the chief executive see it beside the card. The submitter does not."),
    )  # fmt: skip


class DelegateForm(StepForm):
    handler = forms.ModelChoiceField(
        Person.objects.none(), label=_("Case handler"), required=False, empty_label=_("Nobody: the leader answers for it"),
        error_messages={"invalid_choice": _("That person does not work with this unit's cards. Choose another.")},
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["handler"].queryset = handlers_of(self.card.unit)  # type: ignore[attr-defined]
        self.initial.setdefault("handler", self.card.handler_id)


class AboutForm(AboutFields, StepForm):
    area = forms.CharField(label=_("Area"), max_length=100, required=False)
    political = forms.BooleanField(label=_("Political content"), required=False)

    field_order = ["kind", "category", "place", "area", "political", "seen"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card = self.card
        known = {"kind": card.kind, "category": card.category.code if card.category else None, "place": card.place}
        self.initial = {**known, "area": card.area, "political": card.political, **self.initial}
        self.fields["category"].queryset = categories_for(card)  # type: ignore[attr-defined]
        draw_from(self.fields["category"], self.choices.own_categories)


class ContactForm(ContactFields, StepForm):
    def prepare(self) -> None:
        if (submitter := getattr(self.card, "submitter", None)) is not None:
            names = ("name", "address", "phone", "email")
            self.initial = {**{name: getattr(submitter, name) for name in names}, **self.initial}


class SplitForm(StepForm):
    remaining_text = forms.CharField(
        label=_("What stays on this card"), widget=_area(4), error_messages={"required": REQUIRED}
    )
    split_text = forms.CharField(
        label=_("What becomes a card of its own"), widget=_area(4), error_messages={"required": REQUIRED}
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What the new card is about"), required=False, to_field_name="code",
        empty_label=_("No category"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit of the new card"), required=False, to_field_name="code",
        empty_label=_("By the routing rules"),
    )  # fmt: skip

    def prepare(self) -> None:
        self.initial.setdefault("remaining_text", self.card.text)
        self.initial.setdefault("split_text", self.card.text)
        self.fields["category"].queryset = categories_in_use()  # type: ignore[attr-defined]
        self.fields["unit"].queryset = answering_units()  # type: ignore[attr-defined]
        draw_from(self.fields["category"], self.choices.categories)
        draw_from(self.fields["unit"], self.choices.answering)


class OtherWayForm(StepForm):
    way = forms.ChoiceField(
        label=_("How"), required=False, choices=[("", _("By phone, as usual")), *Submitter.OtherWay.choices]
    )
    note = forms.CharField(
        label=_("Where and how to reach them"),
        max_length=250,
        required=False,
    )

    def prepare(self) -> None:
        if (submitter := getattr(self.card, "submitter", None)) is not None:
            self.initial = {"way": submitter.other_way, "note": submitter.other_way_note, **self.initial}


class PreliminaryForm(StepForm):
    reason = forms.CharField(
        label=_("What do we tell the submitter?"), widget=_area(3), error_messages={"required": REQUIRED},
        help_text=_("Sent by e-mail if there is an address, and shown on the submitter's page. The deadline does not move."),
    )  # fmt: skip
    expected_on = DayField(label=_("When is the answer expected?"), error_messages={"required": _("Write a date.")})

    def prepare(self) -> None:
        key = "answer.political" if self.card.political else "answer.preliminary"
        self.initial.setdefault("reason", lambda: self.choices.texts[key])
        self.fields["reason"].widget.attrs["lang"] = self.card.language

    def clean(self) -> dict[str, Any]:
        """Put the expected day into the text. A gap that is left is a fault of the text's."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("expected_on")
        if "reason" in data:
            try:
                data["reason"] = completed(data["reason"], day=day and long_day(day, self.card.language))
            except ValidationError as gap:
                if day or gap.params != {"gap": "{day}"}:  # without a day, that is what is missing
                    self.add_error("reason", gap)
        return data


class AttemptForm(StepForm):
    made_on = DayField(label=_("Day"), required=False)
    made_time = ClockField(label=_("Time"), required=False)
    note = forms.CharField(label=_("Note"), max_length=250, required=False)

    def made_at(self) -> datetime | None:
        """Return when the call was made: now where nothing is said, or where it was today without a time."""
        day: date | None = self.cleaned_data["made_on"]
        if self.cleaned_data["made_time"] is not None and day is None:
            self.cleaned_data["made_on"] = day = self.today
        if day is None or (day == self.today and self.cleaned_data["made_time"] is None):
            return None
        return self.moment("made_on", "made_time")


class UndoForm(StepForm):
    attempt = forms.ModelChoiceField(
        ContactAttempt.objects.none(), widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The attempt is undone already."), "required": _("Say which attempt.")},
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["attempt"].queryset = self.card.contactattempts.all()  # type: ignore[attr-defined]


class NothingMoreForm(StepForm):
    """A step that asks for nothing."""


class PostedForm(StepForm):
    posted_on = DayField(label=_("Posted on"), error_messages={"required": _("Write the day it was posted.")})

    def prepare(self) -> None:
        self.initial.setdefault("posted_on", self.today)


AGREED_WAYS: dict[str, str] = {
    Submitter.OtherWay.WRITTEN: Callback.Way.WRITTEN,
    Submitter.OtherWay.VISIT: Callback.Way.VISIT,
}
"""How a conversation is held where another way than the phone is agreed; an interpreter is called by phone."""


class CallbackForm(StepForm):
    """The conversation, in the order in which it goes."""

    WOULD_NOT = "none"
    template_name = "feedback/cards/_callback_fields.html"

    summary = forms.CharField(label=_("What was said?"), widget=_area(4), error_messages={"required": REQUIRED})
    measures = forms.CharField(label=_("What will be done?"), widget=_area(2), required=False)
    reaction = forms.ChoiceField(
        label=_("How does the submitter take the answer?"),
        help_text=_("Ask at the end. 1 is very dissatisfied, 6 is very satisfied."),
        choices=[*((str(n), str(n)) for n in range(1, 7)), (WOULD_NOT, _("Would not answer"))],
        widget=Scale,
        error_messages={
            "required": _("Choose a number from 1 to 6, or «would not answer»."),
            "invalid_choice": _("The reaction is a number from 1 to 6, or «would not answer»."),
        },
    )
    reason = forms.CharField(label=_("On 1–3: why?"), widget=_area(2), required=False)
    reason_not_given = forms.BooleanField(label=_("Would not say why"), required=False)
    alternative = forms.CharField(label=_("On 1–3: what should we have done instead?"), widget=_area(2), required=False)
    alternative_not_given = forms.BooleanField(label=_("Had no proposal"), required=False)
    register_alternative = forms.BooleanField(label=_("Register the proposal as a card of its own"), required=False)
    interview = forms.ChoiceField(
        label=_("May we ring later for an interview about how this went?"),
        help_text=WORDINGS[WORDING],
        choices=[("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))],
        required=False,
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(label=_("How did you talk?"), choices=Callback.Way.choices)
    held_on = DayField(label=_("Day"), error_messages={"required": _("Write the day of the conversation.")})
    held_time = ClockField(label=_("Time"), required=False)

    def prepare(self) -> None:
        self.initial.setdefault("held_on", self.today)
        agreed = getattr(getattr(self.card, "submitter", None), "other_way", "")
        self.initial.setdefault("way", AGREED_WAYS.get(agreed, Callback.Way.VOICE))
        for name in ("reason", "alternative"):
            # Asked for after 1–3: «optional» beside it would say otherwise.
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        if not getattr(getattr(self.card, "submitter", None), "phone", ""):
            del self.fields["interview"]

    @property
    def interview_answer(self) -> bool | None:
        """Whether the submitter may be rung for an interview; None where that was not asked."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("interview", ""))

    @property
    def reaction_number(self) -> int | None:
        chosen = self.cleaned_data["reaction"]
        return None if chosen == self.WOULD_NOT else int(chosen)


class FollowUpForm(StepForm):
    summary = forms.CharField(label=_("What was done?"), widget=_area(4), error_messages={"required": REQUIRED})
    measures = forms.CharField(label=_("What will be done?"), widget=_area(2), required=False)
    told = forms.CharField(
        label=_("What do we tell the submitter?"), widget=_area(2), required=False,
        help_text=_("Shown on the submitter's own page, without your name."),
    )  # fmt: skip
    done_on = DayField(label=_("Day"), error_messages={"required": _("Write the day.")})

    def prepare(self) -> None:
        self.initial.setdefault("done_on", self.today)


class ReferForm(StepForm):
    body = forms.CharField(
        label=_("To whom?"), max_length=150, help_text=_("Such as the county, the road authority, the power company."),
        error_messages={"required": _("Write whom the submitter was referred to.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("What do we tell the submitter?"), widget=_area(3), required=False,
        help_text=_("Sent by e-mail if there is an address. Empty: only whom to contact."),
    )  # fmt: skip
    contacted_on = DayField(label=_("When was the submitter told?"), required=False)
    contacted_time = ClockField(label=_("Time"), required=False)
    note = forms.CharField(label=_("Internal note"), widget=_area(2), required=False)

    def prepare(self) -> None:
        if self.card.callback_owed:
            self.initial.setdefault("contacted_on", self.today)
        if getattr(self.card, "submitter", None) is not None:
            self.initial.setdefault("text", lambda: self.choices.texts["answer.referred"])
        self.fields["text"].widget.attrs["lang"] = self.card.language
        self.fields["body"].widget = TypedChoice(
            lambda: ((line.strip(), "") for line in self.choices.texts["bodies.external"].splitlines() if line.strip())
        )

    def clean_text(self) -> str:
        """Put whom it is referred to into the text. Raises ValidationError for a gap that is left."""
        return completed(self.cleaned_data["text"], body=self.cleaned_data.get("body"))


class CloseForm(StepForm):
    result = forms.ChoiceField(label=_("Result"), error_messages={"required": _("Choose a result.")})
    duplicate_of = forms.CharField(
        label=_("Duplicate of which card?"),
        max_length=30,
        required=False,
        help_text=_("Only for a duplicate: the reference of the other card."),
    )
    note = forms.CharField(label=_("Note"), widget=_area(2), required=False)

    def prepare(self) -> None:
        results = results_for(self.card.state, callback_owed=self.card.callback_owed)
        self.fields["result"].choices = [(result.value, result.label) for result in results]  # type: ignore[attr-defined]
        if CloseResult.DUPLICATE not in results:
            del self.fields["duplicate_of"]

    def clean_duplicate_of(self) -> Card | None:
        typed = self.cleaned_data["duplicate_of"].strip()
        if not typed:
            return None
        if (other := card_of_reference(typed)) is None or (other.sensitive and not is_visible(self.person, other)):
            raise ValidationError(_("There is no card with the reference «%(typed)s»."), params={"typed": typed})
        return other


class NoteForm(StepForm):
    text = forms.CharField(label=_("Internal note"), widget=_area(3), error_messages={"required": REQUIRED})


class AttachForm(StepForm):
    uploads = FilesField(label=_("Files"), help_text=_("Up to five pictures or PDFs, at most 10 MB each."))
