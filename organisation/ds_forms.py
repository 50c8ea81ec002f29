"""Django forms in Designsystemet's markup: each field is drawn by `templates/ds/field.html`."""

from __future__ import annotations

from typing import Any

from django.forms import Widget
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting


class DesignsystemetField(BoundField):
    """A bound field that knows which of Designsystemet's three shapes it takes."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        own = (widget or self.field.widget).attrs.get("class", "")
        built["class"] = " ".join(dict.fromkeys([*own.split(), *str(built.get("class", "")).split(), "ds-input"]))
        return built

    @property
    def is_choice_group(self) -> bool:
        return bool(self.field.widget.use_fieldset)

    @property
    def is_single_checkbox(self) -> bool:
        return getattr(self.field.widget, "input_type", "") == "checkbox" and not self.is_choice_group


class DesignsystemetRenderer(TemplatesSetting):
    form_template_name = "ds/form.html"
    field_template_name = "ds/field.html"
    bound_field_class = DesignsystemetField
