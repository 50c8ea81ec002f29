"""Which texts lack which languages: nothing is refused for it, but whoever builds the survey is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveys.questionnaires import EASY


def languages_missing(texts: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    """Return those of `languages` in which there is no text. A text that is empty in all is left out on purpose."""
    if not any(texts.values()):
        return []
    return [language for language in languages if not texts.get(language)]


def lacks_easy(texts: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    """Return those of `languages` that have a text and no easy-to-read variant of it."""
    return [language for language in languages if texts.get(language) and not texts.get(language + EASY)]
