"""The form of one question: its text in each language, its type, its choices, and when it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from organisation.models import Municipality
from surveys.actions.building_questions import MOST_OPTIONS
from surveys.conditions import values_to_choose
from surveys.forms.building import NAMES, LanguageFields, codes_of
from surveys.models import Area, Question, Survey
from surveys.questionnaires import DONT_KNOW, WITH_OPTIONS, Item, Option, QuestionKind, text_in

EMPTY_ROWS = 3


class KnownValues(forms.MultipleChoiceField):
    """Ticks among the choices. What was ticked for a question chosen before is no fault: it is simply not among these."""

    def to_python(self, value: Any) -> list[str]:
        return [one for one in super().to_python(value) if self.valid_value(one)]


class QuestionForm(forms.Form):
    """One question. `earlier` are the questions asked before it, on which it may depend; `question` is None for a new one.

    `typed` is what stood in the form when somebody asked to see how it looks: shown again without being judged.
    """

    kind = forms.ChoiceField(label=_("Type"), choices=QuestionKind.choices)
    dont_know = forms.BooleanField(
        label=_("Offer «Don't know / not relevant»"), required=False,
        help_text=_("Kept apart from no answer, and never part of a mean."),
    )  # fmt: skip
    background = forms.BooleanField(
        label=_("Background question"), required=False,
        help_text=_("Says who answers: results can be shown by its groups, and it is in no area's mean."),
    )  # fmt: skip
    at_most = forms.IntegerField(
        label=_("Choices at most"), required=False, widget=forms.TextInput(attrs={"size": "4", "inputmode": "numeric"}),
        help_text=_("For several choices and ranking. Empty: as many as one likes."),
        error_messages={"invalid": _("Write a whole number.")},
    )  # fmt: skip
    show_if_question = forms.ChoiceField(label=_("Asked only if an answer was given to"), required=False)
    show_if_values = KnownValues(
        label=_("with one of these answers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: QueryDict | None = None, *, house: Municipality, survey: Survey, earlier: Sequence[Item],
        areas: Sequence[Area] = (), question: Question | None = None, typed: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.question, self.language = question, house.language
        self.earlier = [item for item in earlier if item.kind != QuestionKind.TEXT]
        super().__init__(data, initial=_initial(question))
        given = data if data is not None else typed
        codes = codes_of(house, survey.languages)
        self.text = LanguageFields(
            self, "text", codes, question.texts if question else {}, label=_("Question"), rows=2,
            help_text=_("One thing at a time. For a scale: a statement one can agree or disagree with."),
        )  # fmt: skip
        self.help = LanguageFields(
            self, "help", codes, question.helps if question else {}, label=_("Explanation"), required=False, rows=2,
            help_text=_("Only where the question needs it."),
        )  # fmt: skip
        self.options = OptionRows(self, codes, question.options if question else [], given)
        self._add_condition(given)
        if question is None:
            self.fields["key"] = forms.SlugField(
                label=_("Key"), max_length=60, required=False,
                help_text=_("The same in every round and every language; it never changes. Empty: made of the question."),
                error_messages={"invalid": _("Write the key with letters a–z, digits and dashes alone.")},
            )  # fmt: skip
        else:
            self.fields["area"] = forms.ChoiceField(
                label=_("Area"), choices=[(area.key, text_in(area.titles, house.language)) for area in areas]
            )
        if typed is not None:
            for name in self.fields:
                self.initial[name] = typed.getlist(name) if name == "show_if_values" else typed.get(name, "")

    def _add_condition(self, given: QueryDict | None) -> None:
        named = [(item.key, _short(text_in(item.texts, self.language))) for item in self.earlier]
        self.fields["show_if_question"].choices = [("", _("Always asked")), *named]  # type: ignore[attr-defined]
        chosen = given.get("show_if_question", "") if given is not None else self.initial.get("show_if_question", "")
        item = next((item for item in self.earlier if item.key == chosen), None)
        self.fields["show_if_values"].choices = _values(item, self.language) if item else []  # type: ignore[attr-defined]

    @property
    def has_condition(self) -> bool:
        return bool(self.fields["show_if_values"].choices)  # type: ignore[attr-defined]

    @property
    def chosen_kind(self) -> str:
        return str(self["kind"].value() or QuestionKind.SCALE)

    def values(self) -> dict[str, Any]:
        """Return the action's arguments."""
        data = self.cleaned_data
        condition = data["show_if_question"]
        values = {
            "texts": self.text.texts(),
            "helps": self.help.texts(),
            "options": self.options.texts(),
            "show_if": {"question": condition, "values": data["show_if_values"]} if condition else None,
            **{name: data[name] for name in ("kind", "dont_know", "background", "at_most")},
        }
        return values | ({"key": data["key"]} if self.question is None else {})

    def place_of(self, field: str) -> str:
        """Return the field at which a refusal of `field` is shown: choices were sent without empty rows, in order."""
        if field == "options":
            return self.options.name(0, self.options.codes[0])
        if field.startswith("option_"):
            _word, number, code = field.split("_", 2)
            return self.options.name(self.options.rows_sent[int(number)], code.replace("_", "-"))
        return field

    def item(self, area: str) -> Item:
        """Return the question as it stands in the form, whatever is wrong with it: what a preview shows."""
        kind = self.chosen_kind
        condition, values = self["show_if_question"].value(), self["show_if_values"].value()
        return Item(
            key=self.question.key if self.question else "",
            kind=kind if kind in QuestionKind.values else QuestionKind.SCALE,
            texts=self.text.typed(),
            area=area,
            options=[Option(key, texts) for key, texts in self.options.typed()],
            dont_know=bool(self["dont_know"].value()) and kind != QuestionKind.TEXT,
            at_most=int(most)
            if (most := str(self["at_most"].value() or "")).isdecimal() and len(most) == 1 and most != "0"
            else None,
            show_if=(condition, frozenset(values or ())) if condition else None,
            help=self.help.typed(),
        )


class OptionRows:
    """The choices: a row each with its place, its key (hidden) and its text in each language; some rows are empty."""

    def __init__(
        self, form: forms.Form, codes: list[str], options: Sequence[dict[str, Any]], given: QueryDict | None
    ) -> None:
        self.form, self.codes = form, codes
        self.known = {option["key"]: option["texts"] for option in options}
        self.count = len(options) + EMPTY_ROWS
        if given is not None:
            sent = given.get("option_rows", "")
            self.count = (
                min(int(sent), MOST_OPTIONS) if sent.isascii() and sent.isdigit() and len(sent) < 6 else self.count
            )
            if "more" in given:
                self.count = min(self.count + EMPTY_ROWS, MOST_OPTIONS)
        self.rows_sent: list[int] = []
        for row in range(self.count):
            option: dict[str, Any] = options[row] if row < len(options) else {"key": "", "texts": {}}
            form.fields[f"option_{row}_key"] = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
            form.fields[f"option_{row}_place"] = forms.IntegerField(
                label=format_lazy("{} {}", _("Place of choice"), row + 1), required=False,
                widget=forms.TextInput(attrs={"size": "3", "inputmode": "numeric"}),
                error_messages={"invalid": _("Write a whole number.")},
            )  # fmt: skip
            form.initial[f"option_{row}_key"] = option["key"]
            form.initial[f"option_{row}_place"] = row + 1 if row < len(options) else None
            for code in codes:
                form.fields[self.name(row, code)] = forms.CharField(
                    label=_label(row, code, codes[0]), required=False, widget=forms.TextInput(attrs={"lang": code})
                )
                form.initial[self.name(row, code)] = option["texts"].get(code, "")

    def name(self, row: int, code: str) -> str:
        return f"option_{row}_{code}"

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return each row's fields for the page."""
        return [
            {
                "key": self.form[f"option_{row}_key"],
                "place": self.form[f"option_{row}_place"],
                "first": self.form[self.name(row, self.codes[0])],
                "others": [self.form[self.name(row, code)] for code in self.codes[1:]],
                "number": row + 1,
            }
            for row in range(self.count)
        ]

    @property
    def is_open(self) -> bool:
        return self.form.chosen_kind in WITH_OPTIONS or self.has_errors  # type: ignore[attr-defined]

    @property
    def has_errors(self) -> bool:
        return self.form.is_bound and any(name.startswith("option_") for name in self.form.errors)

    def texts(self) -> list[dict[str, Any]]:
        """Return the choices in the order of their places, without the empty rows; where each stood is in `rows_sent`."""
        data = self.form.cleaned_data
        filled = [row for row in range(self.count) if any(data.get(self.name(row, code)) for code in self.codes)]
        # A row without a place stands behind those that have one; of two on one place the upper row is first.
        places = {row: data.get(f"option_{row}_place") for row in filled}
        self.rows_sent = sorted(filled, key=lambda row: (places[row] is None, places[row] or 0, row))
        return [self._option(row) for row in self.rows_sent]

    def _option(self, row: int) -> dict[str, Any]:
        data = self.form.cleaned_data
        key, texts = (
            data.get(f"option_{row}_key", ""),
            {code: data.get(self.name(row, code), "") for code in self.codes},
        )
        # The easy-to-read variants and languages that the rows do not show stay; a key of nobody's making is none.
        before = self.known.get(key, {})
        return {"key": key if key in self.known else "", "texts": {**before, **texts}}

    def typed(self) -> list[tuple[str, dict[str, str]]]:
        """Return the choices as they stand in the rows, for a preview."""
        rows = [
            (row, {code: str(self.form[self.name(row, code)].value() or "") for code in self.codes})
            for row in range(self.count)
        ]
        places = {row: str(self.form[f"option_{row}_place"].value() or "") for row, _texts in rows}
        shown = [(row, texts) for row, texts in rows if any(texts.values())]
        placed = {row: int(at) if at.isdecimal() and len(at) < 6 else MOST_OPTIONS for row, at in places.items()}
        shown.sort(key=lambda pair: (placed[pair[0]], pair[0]))
        return [(str(self.form[f"option_{row}_key"].value() or f"row-{row}"), texts) for row, texts in shown]


def _label(row: int, code: str, first: str) -> Any:
    """«Choice 2», and in another language than the first «Choice 2 – Swedish»."""
    label = format_lazy("{} {}", _("Choice"), row + 1)
    return label if code == first else format_lazy("{} – {}", label, NAMES[code])


def _initial(question: Question | None) -> dict[str, Any]:
    if question is None:
        return {"kind": QuestionKind.SCALE, "dont_know": True}
    return {
        "kind": question.kind,
        "dont_know": question.dont_know,
        "background": question.background,
        "at_most": question.at_most,
        "area": question.area.key,
        "show_if_question": question.show_if.get("question", ""),
        "show_if_values": question.show_if.get("values", []),
    }


def _values(item: Item, language: str) -> list[tuple[str, Any]]:
    texts = {option.key: text_in(option.texts, language) for option in item.options} | {DONT_KNOW: _("Don't know")}
    return [(value, texts.get(value, value)) for value in values_to_choose(item)]


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rstrip() + "…"
