"""What the pages of answering need of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from surveys.forms.answering import Questionnaire

register = template.Library()


@register.filter
def words(paper: Questionnaire, texts: Mapping[str, str]) -> str:
    """Return the text in the respondent's language, easy to read where that is chosen."""
    return paper.words(texts)
