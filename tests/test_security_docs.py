"""docs/security.md names for each chapter what shows it: each test is there."""

from __future__ import annotations

import ast
import re

from django.conf import settings

TEXT = (settings.BASE_DIR / "docs/security.md").read_text()


def test_each_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w/.]+\.py)::(test_\w+)`", TEXT))
    missing = []
    for file, test in sorted(named):
        body = ast.parse((settings.BASE_DIR / file).read_text()).body
        if test not in {part.name for part in body if isinstance(part, ast.FunctionDef)}:
            missing.append(f"{file}::{test}")
    assert missing == []
    assert len(named) > 40


def test_each_chapter_shows_something_or_says_that_it_is_not_used() -> None:
    chapters = dict(re.findall(r"^## V(\d+) .+\n\n((?:(?!^## ).*\n)+)", TEXT, re.M))
    assert list(chapters) == [str(number) for number in range(1, 18)]
    for number, text in chapters.items():
        assert "Shown by `" in text or text.strip() == "Not used.", number
