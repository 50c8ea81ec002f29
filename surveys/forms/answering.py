"""The pages on which somebody answers: one area each, drawn from the questionnaire and from what is answered so far."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.actions.answering import LONGEST_COMMENT
from surveys.codes import parse_code
from surveys.models import Area, Survey
from surveys.questionnaires import (
    DONT_KNOW,
    SCALE,
    THREE_POINTS,
    InvalidAnswer,
    Item,
    QuestionKind,
    cleaned_value,
    text_in,
)

START, REVIEW = ".start", ".review"
"""Steps beside the areas; no area's key has a full stop."""


@dataclass(frozen=True)
class Choice:
    """One radio button, checkbox, or line of a list."""

    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Place:
    """One place of a ranking: the list to choose from."""

    number: int
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Asked:
    """One question as it stands on the page."""

    item: Item
    text: str
    help: str
    choices: Sequence[Choice] = ()
    places: Sequence[Place] = ()
    low: str = ""
    high: str = ""
    offers_dont_know: bool = False
    dont_know: bool = False
    typed: str = ""
    error: str = ""
    only_if: str = ""
    """In words, where an answer on this page decides whether it is asked; then `depends_on` and `with_values` say it."""
    depends_on: str = ""
    with_values: str = ""

    @property
    def name(self) -> str:
        return name_of(self.item)

    @property
    def has_places(self) -> bool:
        """Whether several answers can be given, so that «don't know» is a box to tick of its own."""
        return self.item.kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING)

    @property
    def first_id(self) -> str:
        """The id of what an error leads to."""
        return f"{self.name}-1"


@dataclass
class Wording:
    """How questions read in one language, easy to read where that is chosen: on the pages of answering, and in a preview."""

    language: str
    easy: bool = False

    def words(self, texts: Mapping[str, str]) -> str:
        return text_in(texts, self.language, easy=self.easy)

    def asked_of(
        self, item: Item, others: Sequence[Item], value: Any = None, *, wrong: bool = False
    ) -> Asked:  # fmt: skip
        """Return the question as it is shown, with `value` given. `others` are those that its condition may name."""
        drawn: dict[str, Any] = {}
        given = value if isinstance(value, list) else [] if value is None else [value]
        chosen = [str(one) for one in given]
        if item.kind == QuestionKind.TEXT:
            drawn["typed"] = chosen[0] if chosen else ""
        elif item.kind == QuestionKind.RANKING:
            drawn["places"] = self._places(item, chosen)
        else:
            drawn["choices"] = [Choice(key, text, key in chosen) for key, text in self.choices(item)]
        if item.kind == QuestionKind.SCALE:
            drawn["low"], drawn["high"] = self.ends(item)
        if item.show_if and (other := next((one for one in others if one.key == item.show_if[0]), None)):
            drawn["depends_on"] = name_of(other)
            drawn["with_values"] = " ".join(sorted(item.show_if[1]))
            known = [*self.choices(other), (DONT_KNOW, _("Don't know / not relevant"))]
            wanted = [text or "…" for key, text in known if key in item.show_if[1]]
            drawn["only_if"] = _("Answer this if you chose «%(answers)s» for «%(question)s».") % {
                "answers": _("» or «").join(wanted) or "…",
                "question": self.words(other.texts),
            }
        return Asked(
            item=item,
            text=self.words(item.texts),
            help=self.words(item.help),
            offers_dont_know=item.dont_know and item.kind != QuestionKind.TEXT,
            dont_know=DONT_KNOW in chosen,
            error=self.complaint(item) if wrong else "",
            **drawn,
        )

    def choices(self, item: Item) -> list[tuple[str, str]]:
        """Return what can be chosen, as (value, text). The points of a scale are numbers; those of three points are words."""
        own = {option.key: self.words(option.texts) for option in item.options}
        if item.kind == QuestionKind.SCALE:
            return [(str(point), str(point)) for point in SCALE]
        if item.kind == QuestionKind.THREE_POINTS:
            three = [_("Disagree"), _("In between"), _("Agree")]
            return [(str(point), own.get(str(point)) or three[point - 1]) for point in THREE_POINTS]
        return list(own.items())

    def ends(self, item: Item) -> tuple[str, str]:
        """Return the words at the two ends of a scale: a statement to disagree or agree with, as the library has them."""
        own = {option.key: self.words(option.texts) for option in item.options}
        return own.get("1") or _("completely disagree"), own.get("6") or _("completely agree")

    def _places(self, item: Item, chosen: Sequence[str]) -> list[Place]:
        places = []
        for number in range(1, (item.at_most or len(item.options)) + 1):
            here = chosen[number - 1] if number <= len(chosen) else ""
            places.append(Place(number, [Choice(key, text, key == here) for key, text in self.choices(item)]))
        return places

    def complaint(self, item: Item) -> str:
        """Return the sentence for an answer that cannot be."""
        if item.kind == QuestionKind.TEXT:
            return _("The text is longer than %(limit_value)s characters. Shorten it.") % {
                "limit_value": LONGEST_COMMENT
            }
        if item.kind == QuestionKind.RANKING:
            return _("Choose each only once, or «don't know» alone.")
        if item.kind == QuestionKind.MULTIPLE and item.at_most:
            return _("Choose at most %(number)s, or «don't know» alone.") % {"number": item.at_most}
        if item.kind == QuestionKind.MULTIPLE:
            return _("Choose «don't know» alone, or some of the others.")
        return _("That is not a possible answer to this question.")


class Questionnaire(Wording):
    """A survey's pages for one respondent: the areas in which something is asked, in one language."""

    def __init__(self, survey: Survey, areas: Sequence[Area], language: str, easy: bool = False) -> None:
        super().__init__(language, easy)
        self.survey, self.areas = survey, areas
        self.items = [question.item for area in areas for question in area.questions.all()]

    @property
    def has_easy(self) -> bool:
        """Whether there is an easy-to-read text of any question."""
        return any(text_in(item.texts, self.language, easy=True) != text_in(item.texts, self.language)
                   for item in self.items)  # fmt: skip

    def items_in(self, step: str) -> list[Item]:
        return [item for item in self.items if item.area == step]

    def steps(self, values: Mapping[str, Any]) -> list[str]:
        """Return the keys of the areas that hold a question for somebody who has given `values`."""
        keys: list[str] = []
        for area in self.areas:
            on_page = self.items_in(area.key)
            if any(self._may_be_asked(item, on_page, values) for item in on_page):
                keys.append(area.key)
        return keys

    def beside(self, step: str, values: Mapping[str, Any], by: int) -> str:
        """Return the next step after `step` (`by` is 1) or the one before it (-1). First is the start, last the review."""
        every = [START, *(area.key for area in self.areas), REVIEW]
        order = {START, *self.steps(values), REVIEW}
        here = every.index(step) if step in every else 0
        onwards = [at for at in range(len(every)) if every[at] in order and (at > here if by > 0 else at < here)]
        if not onwards:
            return REVIEW if by > 0 else START
        return every[onwards[0] if by > 0 else onwards[-1]]

    def first_open(self, values: Mapping[str, Any]) -> str:
        """Return the first area in which nothing is answered, else the review."""
        for step in self.steps(values):
            if not any(item.key in values for item in self.items_in(step)):
                return step
        return REVIEW

    def asked(
        self, step: str, values: Mapping[str, Any], raw: Mapping[str, Any] | None = None, errors: Sequence[str] = ()
    ) -> list[Asked]:
        """Return the questions of an area. `raw` is what was sent where that could not be understood."""
        on_page = self.items_in(step)
        shown = [item for item in on_page if self._may_be_asked(item, on_page, values)]
        given = values if raw is None else raw
        return [self.asked_of(item, on_page, given.get(item.key), wrong=item.key in errors) for item in shown]

    def all_asked(self, raw: Mapping[str, Any], errors: Sequence[str] = ()) -> list[tuple[str, list[Asked]]]:
        """Return all questions as one page has them: each area's title with its questions, the conditional ones too."""
        return [
            (self.words(area.titles), [self.asked_of(item, self.items, raw.get(item.key), wrong=item.key in errors)
                                       for item in self.items_in(area.key)])
            for area in self.areas if self.items_in(area.key)
        ]  # fmt: skip

    def _may_be_asked(self, item: Item, on_page: Sequence[Item], values: Mapping[str, Any]) -> bool:
        """Whether it is asked, or may yet be by an answer on the same page."""
        if item.show_if and any(other.key == item.show_if[0] for other in on_page):
            return True
        return item.is_asked(values)

    def in_words(self, item: Item, values: Mapping[str, Any]) -> str:
        """Return what was answered as it is read on the review; empty where nothing was."""
        value = values.get(item.key)
        if value is None:
            return ""
        if value == DONT_KNOW and item.kind != QuestionKind.TEXT:
            return _("Don't know / not relevant")
        texts = dict(self.choices(item))
        if isinstance(value, list):
            named = [str(texts.get(one, one)) for one in value]
            if item.kind == QuestionKind.RANKING:
                return " · ".join(f"{at}. {text}" for at, text in enumerate(named, 1))
            return ", ".join(named)
        if item.kind == QuestionKind.SCALE:
            return _("%(number)s of 6") % {"number": value}
        return texts.get(str(value), str(value))

    def review(self, values: Mapping[str, Any]) -> list[tuple[Area, list[tuple[Item, str, str]]]]:
        """Return each area with its asked questions: the question, its text, and the answer in words."""
        steps = set(self.steps(values))
        return [
            (area, [(item, self.words(item.texts), self.in_words(item, values))
                    for item in self.items_in(area.key) if item.is_asked(values)])
            for area in self.areas if area.key in steps
        ]  # fmt: skip


def name_of(item: Item) -> str:
    """Return the name of a question's field."""
    return f"q-{item.key}"


def sent_in(items: Sequence[Item], data: QueryDict) -> dict[str, Any]:
    """Return what the page's form sent for its questions, as it came, without what is empty."""
    raw: dict[str, Any] = {}
    for item in items:
        name = name_of(item)
        if item.kind == QuestionKind.RANKING:
            places = range(1, (item.at_most or len(item.options)) + 1)
            value: Any = [one for place in places if (one := data.get(f"{name}.{place}", ""))]
            value += data.getlist(name)  # «don't know»
        elif item.kind == QuestionKind.MULTIPLE:
            value = data.getlist(name)
        else:
            value = data.get(name, "")
        if value:
            raw[item.key] = value
    return raw


def understood(items: Sequence[Item], raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the answers as they are kept, and the keys of the questions whose answer cannot be."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for item in items:
        try:
            value = cleaned_value(item, raw.get(item.key))
        except InvalidAnswer:
            wrong.append(item.key)
            continue
        if item.kind == QuestionKind.TEXT and len(value or "") > LONGEST_COMMENT:
            wrong.append(item.key)
        elif value is not None:
            values[item.key] = value
    return values, wrong


def brought_along(items: Sequence[Item], text: str) -> dict[str, Any]:
    """Return the answers that the page itself brought along; what is spoiled is left out."""
    try:
        raw = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return understood(items, raw)[0] if isinstance(raw, dict) else {}


class CodeForm(forms.Form):
    """The code from the letter."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("The code in the letter"),
        max_length=40,
        help_text=gettext_lazy("Nine letters and digits, like K7QM-2XPD-4. Dashes and capital letters do not matter."),
        error_messages={
            "required": gettext_lazy("Type the code that stands in the letter."),
            "max_length": gettext_lazy("That is longer than a code. It has nine letters and digits."),
        },
        widget=forms.TextInput(
            attrs={"size": "14", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        """Return the code as it is stored. Raises ValidationError for what nobody's code is written like."""
        code = parse_code(self.cleaned_data["code"])
        if code is None:
            raise ValidationError(
                _(
                    "There is a slip in the code: no code is written like that. Look at it once more, one letter at a time."
                ),
                code="mistyped",
            )
        return code


class PaperCodeForm(forms.Form):
    """The code on a paper, as staff type it. What it is good for the action says."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("The code on the paper"),
        max_length=40,
        help_text=gettext_lazy("Like K7QM-2XPD-4. Dashes and capital letters do not matter."),
        error_messages={
            "required": gettext_lazy("Type the code that stands on the paper."),
            "max_length": gettext_lazy("That is longer than a code. It has nine letters and digits."),
        },
        widget=forms.TextInput(
            attrs={"size": "14", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                   "autofocus": True}
        ),
    )  # fmt: skip
