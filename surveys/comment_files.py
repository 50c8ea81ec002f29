"""The released comments as rows of a file: what they are coded as, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from feedback.workflow import CloseResult
from feedback.workflow import State as CardState
from organisation.workbooks import workbook
from surveys.comment_queries import RELEASED, Questions, comments_of
from surveys.models import Comment, Survey
from surveys.questionnaires import text_in

COLUMNS = (
    "area", "area_label", "unit", "unit_label", "kind", "category", "question", "comment", "state", "outcome",
)  # fmt: skip


def comment_rows(survey: Survey, language: str) -> Iterator[dict[str, Any]]:
    """Yield the released comments in their random order (three queries). No key, no time, and no number of a card."""
    questions = Questions(survey)
    for comment in comments_of(survey).filter(state__in=RELEASED):
        yield {
            "area": comment.area.key if comment.area else "",
            "area_label": text_in(comment.area.titles, language) if comment.area else "",
            "unit": comment.unit.code if comment.unit else "",
            "unit_label": comment.unit.name if comment.unit else "",
            "kind": comment.get_kind_display() if comment.kind else "",
            "category": str(comment.category or ""),
            "question": questions.named(comment.question, language),
            "comment": comment.text,
            "state": str(comment.get_state_display()),
            "outcome": outcome(comment),
        }


def outcome(comment: Comment) -> str:
    """Return in words what became of a comment's card; empty where there is none."""
    card = comment.card
    if card is None:
        return ""
    return str(CloseResult(card.close_result).label if card.close_result else CardState(card.state).label)


def write_comments(rows: Sequence[dict[str, Any]], to: IO[bytes], *, heading: str) -> None:
    """Write an Excel file with a sheet of the name `heading`."""
    with workbook(to) as book:
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        sheet = book.add_worksheet(heading[:31])
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column, bold)
            sheet.set_column(place, place, 70 if column == "comment" else 18)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(COLUMNS):
                sheet.write_string(number, place, row[column], wrapped)
        sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
