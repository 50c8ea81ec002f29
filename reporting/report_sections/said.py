"""What sections say alike: periods, days and places in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from organisation.dates import short_day
from reporting.documents import Cell, Row, Texts, in_all
from reporting.periods import Period
from reporting.report_material import Material
from reporting.wording import period_said

SHARE = _("Share")
CARDS = _("Messages")


def day(value: date) -> Callable[[str], str]:
    """A day, said in each language."""
    return lambda language: short_day(value, language)


def period_in_words(period: Period) -> Texts:
    """«3. kvartal 2026», «juli 2026», «2026»."""
    return in_all("%(period)s", period=lambda language: period_said(period, language))


def times_as_columns(material: Material) -> tuple[Texts, ...]:
    return tuple(period_in_words(period) for period in material.periods)


def received_note(material: Material) -> Texts:
    """From what and when. Of how many, the row that holds all of them says."""
    first, last = material.times[0]
    return in_all(_("Messages received from %(first)s to %(last)s."), first=day(first), last=day(last))


def all_of(*cells: Cell) -> Row:
    """The last row of a table of groups: all of them together."""
    return Row(in_all(_("All")), cells, key="all", is_total=True)
