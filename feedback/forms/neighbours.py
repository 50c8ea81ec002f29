"""Forms of the administrator's pages on Open311: neighbours, and what we offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.actions.neighbours import Known
from feedback.actions.offering import Asked
from feedback.models import Category, Neighbour, OfferedService, ServiceQuestion
from feedback.queries import categories_in_use

CODE_WRONG = _("Write the code with letters a–z, digits and dashes alone, like street-lights.")


class NeighbourForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Such as «The county's roads»."),
        error_messages={"required": _("Write a name.")},
    )  # fmt: skip
    code = forms.SlugField(
        label=_("Code"), max_length=60, help_text=_("Letters, digits and dashes; it never changes."),
        error_messages={"required": _("Write a code, like county-roads."), "invalid": CODE_WRONG},
    )  # fmt: skip
    address = forms.CharField(
        label=_("Address of their Open311"), max_length=500, widget=forms.URLInput,
        help_text=_("What stands before «services.xml», such as https://example.org/open311/v2/."),
        error_messages={"required": _("Write the address.")},
    )  # fmt: skip
    jurisdiction = forms.CharField(
        label="jurisdiction_id", max_length=100, required=False, help_text=_("Only if they ask for one.")
    )
    key = forms.CharField(
        label=_("Their key for us"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Goes along with each message that we send. Once saved it is shown to nobody."),
    )  # fmt: skip
    format = forms.ChoiceField(label=_("Ask for"), choices=Neighbour.Format.choices, initial=Neighbour.Format.XML)
    knows_again = forms.BooleanField(
        label=_("They know a message again that comes twice"), required=False,
        help_text=_("Then we send once more by ourselves when no answer came; else a person looks first. Innspill does."),
    )  # fmt: skip
    tells_updates = forms.BooleanField(
        label=_("They tell what is new (servicerequestupdates)"), required=False,
        help_text=_("FixMyStreet's extension. Innspill does."),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("Out of use nothing more is sent; what is there is followed."),
    )

    NAMES = ("name", "address", "jurisdiction", "format", "knows_again", "tells_updates", "is_active")

    def __init__(self, *args: Any, neighbour: Neighbour | None = None, **kwargs: Any) -> None:
        if neighbour is not None:
            kwargs["initial"] = {name: getattr(neighbour, name) for name in self.NAMES}
        super().__init__(*args, **kwargs)
        if neighbour is not None:
            del self.fields["code"]
            if neighbour.key:
                self.fields["key"].help_text = _("There is one. Leave this empty to keep it.")

    def known(self) -> Known:
        data = self.cleaned_data
        return Known(key=data["key"] or None, **{name: data[name] for name in self.NAMES})


class MappingForm(forms.Form):
    """Which of our categories belong to which of a neighbour's services."""

    def __init__(self, *args: Any, neighbour: Neighbour, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = list(neighbour.services.all())
        categories = list(categories_in_use())
        known: dict[int, list[str]] = {}
        mapped = neighbour.services.filter(categories__isnull=False)
        for service_id, code in mapped.values_list("pk", "categories__code"):
            known.setdefault(service_id, []).append(code)
        for number, service in enumerate(self.services):
            self.fields[f"service_{number}"] = forms.MultipleChoiceField(
                label=f"{service.group}: {service.name}" if service.group else service.name,
                required=False,
                choices=[(category.code, str(category)) for category in categories],
                initial=known.get(service.pk, []),
                widget=forms.CheckboxSelectMultiple,
            )

    def chosen(self) -> dict[str, list[Category]]:
        """Return our categories by the code of their service."""
        by_code = {category.code: category for category in categories_in_use()}
        return {
            service.code: [by_code[code] for code in self.cleaned_data[f"service_{number}"] if code in by_code]
            for number, service in enumerate(self.services)
        }


class OfferedForm(forms.Form):
    is_offered = forms.BooleanField(label=_("Offered to other systems"), required=False)
    place = forms.ChoiceField(label=_("Where is it?"), choices=OfferedService.Place.choices)
    description = forms.CharField(label=_("Description"), max_length=500, required=False)
    group = forms.CharField(
        label=_("Group"), max_length=100, required=False, help_text=_("The heading under which other systems list it.")
    )
    keywords = forms.CharField(label=_("Keywords"), max_length=250, required=False, help_text=_("With commas between."))


class QuestionForm(forms.Form):
    text = forms.CharField(label=_("Question"), max_length=300, error_messages={"required": _("Write the question.")})
    code = forms.SlugField(
        label=_("Code"), max_length=60,
        help_text=_("By which other systems answer; it never changes. «fixmystreet_id» takes FixMyStreet's own number."),
        error_messages={"required": _("Write a code, like depth."), "invalid": CODE_WRONG},
    )  # fmt: skip
    datatype = forms.ChoiceField(label=_("Answer"), choices=ServiceQuestion.Datatype.choices)
    options = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": "4"}),
        help_text=_("For lists: one a line, key and name with = between, such as 01 = In the middle."),
    )  # fmt: skip
    help = forms.CharField(label=_("Help"), max_length=300, required=False)
    is_asked = forms.BooleanField(
        label=_("It is a question"), required=False, initial=True, help_text=_("Otherwise it is shown as information.")
    )
    is_required = forms.BooleanField(label=_("Compulsory"), required=False)
    is_filled_in = forms.BooleanField(label=_("Filled in by the system, not by people"), required=False)

    def __init__(self, *args: Any, question: ServiceQuestion | None = None, **kwargs: Any) -> None:
        if question is not None:
            names = ("text", "datatype", "help", "is_asked", "is_required", "is_filled_in")
            kwargs["initial"] = {name: getattr(question, name) for name in names} | {
                "options": "\n".join(f"{key} = {name}" for key, name in question.options)
            }
        super().__init__(*args, **kwargs)
        self.question = question
        if question is not None:
            del self.fields["code"]

    def asked(self) -> Asked:
        data = dict(self.cleaned_data)
        lines = [line.partition("=") for line in data.pop("options").splitlines() if line.strip()]
        code = self.question.code if self.question else data.pop("code")
        return Asked(code=code, options=[(key.strip(), name.strip()) for key, _is, name in lines], **data)
