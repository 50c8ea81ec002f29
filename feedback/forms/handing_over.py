"""Send a card to a neighbour: to whom, in which words, and what of the submitter goes along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.handing_over import FIELDS, LONGEST, ToSend
from feedback.forms.steps import REQUIRED, StepForm
from feedback.georeport.moments import moment_of, written
from feedback.models import Handover, NeighbourService

ANSWER = "answer_"
NEEDED = _("The neighbour asks for this.")


class HandOverForm(StepForm):
    """The questions of the chosen service stand on the form once it is chosen: without script, when it comes back."""

    to = forms.ChoiceField(
        label=_("To whom, and what is it about there?"),
        error_messages={
            "required": _("Choose who gets it."),
            "invalid_choice": _("They do not take such messages any more. Choose another."),
        },
    )
    text = forms.CharField(
        label=_("What they read"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": "6"}),
        help_text=_("Read it through: what stands here goes along. Take out what they need not know."),
        error_messages={"required": REQUIRED},
    )  # fmt: skip
    with_place = forms.BooleanField(label=_("With the place"), required=False)
    fields_to_send = forms.MultipleChoiceField(
        label=_("Of the submitter goes along"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing, unless you choose it."),
    )  # fmt: skip
    basis = forms.ChoiceField(
        label=_("Why may it go along?"), required=False, widget=forms.RadioSelect,
        choices=[("", _("Nothing of the submitter goes along")), *Handover.Basis.choices],
    )  # fmt: skip

    def prepare(self) -> None:
        services = self.choices.services
        to = self.fields["to"]
        to.choices = [("", _("Choose")), *_grouped(services)]  # type: ignore[attr-defined]
        usual = [service for service in services if service.pk in self.choices.usual_services]
        first = {"text": self.card.text[:LONGEST], "with_place": True, "to": str(usual[0].pk) if usual else ""}
        self.initial = {**first, **self.initial}
        self._offer_details()
        if not self.card.place and self.card.latitude is None:
            del self.fields["with_place"]
        chosen = self.data.get(self.add_prefix("to")) if self.is_bound else self.initial["to"]
        self.service = next((service for service in services if str(service.pk) == chosen), None)
        for number, question in enumerate(self.service.attributes if self.service else []):
            if question["asked"]:
                self.fields[f"{ANSWER}{number}"] = _field(question)

    def _offer_details(self) -> None:
        submitter = getattr(self.card, "submitter", None)
        known = [(name, getattr(submitter, name)) for name in FIELDS if submitter and getattr(submitter, name)]
        if known:
            self.fields["fields_to_send"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["fields_to_send"]
            self.fields["basis"].help_text = _("Needed only where the text names somebody.")

    def to_send(self) -> ToSend:
        """Return what the action takes."""
        data = self.cleaned_data
        assert self.service is not None  # noqa: S101 (the form asks for it)
        return ToSend(
            service=self.service,
            text=data["text"],
            answers=self._answers(),
            with_place=data.get("with_place", False),
            fields=data.get("fields_to_send", []),
            basis=data["basis"],
        )

    def _answers(self) -> dict[str, str | list[str]]:
        assert self.service is not None  # noqa: S101 (as above)
        given: dict[str, str | list[str]] = {}
        for number, question in enumerate(self.service.attributes):
            answer: Any = self.cleaned_data.get(f"{ANSWER}{number}")
            if answer not in (None, "", []):
                given[question["code"]] = list(answer) if isinstance(answer, list) else str(answer)
        return given


class MomentField(forms.CharField):
    """Day and time, sent as GeoReport writes them."""

    def clean(self, value: Any) -> str:
        said: str = super().clean(value)
        if not said:
            return ""
        try:
            return written(moment_of(said)) or ""
        except ValueError:
            raise forms.ValidationError(_("Write day and time like 2026-11-21 14:30.")) from None


def _grouped(services: list[NeighbourService]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the services under the name of each neighbour."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service in services:
        name = f"{service.group}: {service.name}" if service.group else service.name
        found.setdefault(service.neighbour.name, []).append((str(service.pk), name))
    return list(found.items())


def _field(question: dict[str, Any]) -> forms.Field:
    """Return the field for a neighbour's question, in the neighbour's own words."""
    common: dict[str, Any] = {
        "label": question["question"],
        "help_text": question["help"],
        "required": question["required"],
        "error_messages": {"required": NEEDED},
    }
    values = [(key, name) for key, name in question["values"]]
    if question["datatype"] == "singlevaluelist":
        return forms.ChoiceField(choices=[("", _("Choose")), *values], **common)
    if question["datatype"] == "multivaluelist":
        return forms.MultipleChoiceField(choices=values, widget=forms.CheckboxSelectMultiple, **common)
    if question["datatype"] == "number":
        common["error_messages"]["invalid"] = _("Write a number.")
        return forms.DecimalField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if question["datatype"] == "datetime":
        return MomentField(max_length=40, **common)
    if question["datatype"] == "text":
        return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": "3"}), **common)
    return forms.CharField(max_length=1000, **common)
