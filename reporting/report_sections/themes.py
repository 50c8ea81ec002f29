"""Themes that are weak or falling, seen from several sides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reporting.card_themes import cards_by_category
from reporting.documents import Cell, Row, Section, Table, Texts, in_all, in_each
from reporting.report_material import Material
from reporting.report_sections.said import day
from reporting.theme_table import Row as Theme
from reporting.theme_table import SideOf, theme_table
from reporting.wording import REASON_WORDS


def themes(material: Material) -> Section | None:
    """Each theme of which something is weak or falling, the most pressing first."""
    cards = cards_by_category(now=material.scope.now, zone=material.scope.zone)
    found = theme_table(cards, today=material.scope.today, language="nb")
    rows = [_row(theme) for theme in found.rows if theme.standing.weak or theme.standing.falling]
    if not rows:
        return None
    table = Table(
        "themes",
        in_all(_("Where something is weak or falling")),
        in_all(_("Theme")),
        (
            in_all(_("Survey")),
            in_all(_("Assessment")),
            in_all(_("Indicators")),
            in_all(_("Message cards")),
        ),
        tuple(rows),
        (
            in_all(
                _("By the latest published survey, the latest assessment, the indicators' latest year, and the messages of "
                  "twelve months to %(day)s beside the twelve before."),
                day=day(cards.last),
            ),
        ),
    )  # fmt: skip
    return Section("themes", in_all(_("The same weakness from several sides")), (table,))


def _row(theme: Theme) -> Row:
    return Row(
        in_each(theme.theme.names, theme.theme.key), tuple(_side(side) for side in theme.sides), key=theme.theme.key
    )


def _side(side: SideOf) -> Cell:
    """Why it is weak or falling there; nothing where nothing is known."""
    if not side.seen:
        return Cell()
    reasons = list(dict.fromkeys(reason for one in side.seen for reason in one.judgement.reasons))
    if not reasons:
        return Cell(text=in_all(_("nothing weak")))
    words: list[Texts] = [in_all(REASON_WORDS[reason]) for reason in reasons]
    return Cell(text={language: ", ".join(word[language] for word in words) for language in words[0]})
