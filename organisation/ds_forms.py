"""Django forms in Designsystemet's markup: each field is drawn by `jinja2/ds/field.html`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import Widget
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from organisation.jinja import jinja


class DesignsystemetField(BoundField):
    """A bound field that knows which of Designsystemet's three shapes it takes."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        # The browser's own messages are not ours and not in the page's language: the server says what is missing.
        built.pop("required", None)
        built.pop("cols", None)
        own = (widget or self.field.widget).attrs.get("class", "")
        built["class"] = " ".join(dict.fromkeys([*own.split(), *str(built.get("class", "")).split(), "ds-input"]))
        return built

    @property
    def is_choice_group(self) -> bool:
        return bool(self.field.widget.use_fieldset)

    @property
    def is_single_checkbox(self) -> bool:
        return getattr(self.field.widget, "input_type", "") == "checkbox" and not self.is_choice_group

    @property
    def is_scale(self) -> bool:
        return isinstance(self.field.widget, Scale)


class DesignsystemetRenderer(TemplatesSetting):
    """Fields and their widgets are drawn by Jinja2, which takes a fifth of the time of Django's templates over them: a page
    of a card has fifty fields and five hundred options. What has no template for it (the admin's widgets, a form's own) is
    drawn by those.
    """

    form_template_name = "ds/form.html"
    field_template_name = "ds/field.html"
    bound_field_class = DesignsystemetField

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith(("ds/", "django/forms/")):
            return jinja().get_template(template_name)
        return super().get_template(template_name)


class Scale(forms.RadioSelect):
    """Radio buttons in a row, for 1–6."""


class TypedChoice(forms.TextInput):
    """A text field that offers values while one types. Without script, and for what is not offered, it is a text field.

    `offered` gives pairs of value and explanation, read when the field is drawn.
    """

    template_name = "ds/typed_choice.html"

    def __init__(
        self, offered: Callable[[], Iterable[tuple[str, str]]] = tuple, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs={"autocomplete": "off", **(attrs or {})})
        self.offered = offered

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["attrs"]["list"] = f"{widget['attrs'].get('id', name)}-offered"
        widget["offered"] = list(self.offered())
        return context


_NORDIC = re.compile(r"(\d{1,2})[.\s/-]+(\d{1,2})[.\s/-]+(\d{4}|\d{2})\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def parse_day(text: str) -> date:
    """Read a date as people here write it («31.12.2026», «31.12.26») or as ISO («2026-12-31»).

    Raises ValidationError with a sentence that repeats what was typed.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _NORDIC.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
    else:
        raise ValidationError(
            _("«%(value)s» is not a date. Write day, month and year, like 31.12.2026."),
            code="invalid",
            params={"value": text[:40]},
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise ValidationError(
            _("«%(value)s» is not in the calendar. Look at day and month again."),
            code="invalid",
            params={"value": text[:40]},
        ) from None


class DayInput(forms.DateInput):
    """A date as text: quick by keyboard, and an impossible one is still there to be put right."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"size": "12", "autocomplete": "off", **(attrs or {})}, format="%d.%m.%Y")


class DayField(forms.DateField):
    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        """Return the date. Raises ValidationError with a sentence for what is none."""
        if isinstance(value, str) and value.strip():
            return parse_day(value)
        return super().to_python(value)
