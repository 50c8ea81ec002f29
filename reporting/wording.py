"""How results are said: a word and a sign for each status, numbers with their unit. Pure: the language is an argument."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import format_decimal
from django.utils.translation import gettext_lazy as _

from organisation.dates import locale_of
from reporting.judging import Range, Status, Turn
from reporting.scales import LARGEST, Scale, as_shown

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STATUS_WORDS: dict[str, _StrPromise] = {
    Status.DESIRED: _("Desired"),
    Status.ACCEPTABLE: _("Acceptable"),
    Status.UNACCEPTABLE: _("Unacceptable"),
    Status.OUTSIDE: _("Outside the desired"),
}
STATUS_SIGNS: dict[str, str] = {
    Status.DESIRED: "✓", Status.ACCEPTABLE: "◐", Status.UNACCEPTABLE: "✕", Status.OUTSIDE: "!",
}  # fmt: skip
STATUS_COLOURS: dict[str, str] = {
    Status.DESIRED: "success", Status.ACCEPTABLE: "warning", Status.UNACCEPTABLE: "danger", Status.OUTSIDE: "warning",
}  # fmt: skip
TURN_WORDS: dict[str, _StrPromise] = {
    Turn.BETTER: _("better"),
    Turn.WORSE: _("worse"),
    Turn.UNCHANGED: _("unchanged"),
    Turn.UP: _("up"),
    Turn.DOWN: _("down"),
}
TURN_COLOURS: dict[str, str] = {Turn.BETTER: "success", Turn.WORSE: "danger"}

QUARTER_WORDS: dict[int, _StrPromise] = {
    1: _("the best quarter"),
    2: _("the next best quarter"),
    3: _("the next weakest quarter"),
    4: _("the weakest quarter"),
}
QUARTER_SIZES: dict[int, _StrPromise] = {
    1: _("the highest quarter"),
    2: _("the next highest quarter"),
    3: _("the next lowest quarter"),
    4: _("the lowest quarter"),
}
"""Where neither is better."""
QUARTER_SIGNS = {1: "●●●●", 2: "●●●○", 3: "●●○○", 4: "●○○○"}
QUARTER_COLOURS = {1: "success", 4: "danger"}

_UNITS: dict[str, str] = {Scale.PER_CENT: "\u00a0%", Scale.RATIO: "\u00a0: 1"}
_MINUS = "−"


def number_said(value: Decimal, decimals: int, language: str) -> str:
    """«1 018 671», «4,6»: rounded, with so many decimals."""
    pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return format_decimal(as_shown(value, decimals), format=pattern, locale=locale_of(language))


def value_said(value: Decimal, scale: str, decimals: int, language: str) -> str:
    """«87 %», «3,2 : 1», «4,6»."""
    return f"{number_said(value, decimals, language)}{_UNITS.get(scale, '')}"


def change_said(amount: Decimal, decimals: int, language: str) -> str:
    """«+0,2», «−3», «0»."""
    sign = "+" if amount > 0 else _MINUS if amount < 0 else ""
    return f"{sign}{number_said(abs(amount), decimals, language)}"


def range_said(asked: Range, scale: str, decimals: int, language: str) -> str:
    """«4,6–6,0», «75–100 %»; a range without an upper end «50 or more». With the decimals that its ends need."""
    decimals = min(decimals, max(_needed(asked.low), 0 if asked.high >= LARGEST else _needed(asked.high)))
    low = number_said(asked.low, decimals, language)
    if asked.high >= LARGEST:
        return str(_("%(number)s or more")) % {"number": f"{low}{_UNITS.get(scale, '')}"}
    return f"{low}–{number_said(asked.high, decimals, language)}{_UNITS.get(scale, '')}"


def _needed(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
