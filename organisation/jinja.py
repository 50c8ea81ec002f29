"""Jinja2 for what a page draws very often: fields, widgets, long rows. It compiles to Python and takes a fifth of the time of
Django's templates, which draw the pages (docs/decisions/0044-what-draws-many-pieces.md)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import django.forms
from django.template.backends.jinja2 import Jinja2
from django.template.loader import render_to_string
from django.utils.translation import gettext


@cache
def jinja() -> Jinja2:
    """Return the environment: templates in `jinja2` of each app, ours for fields before Django's. All is escaped."""
    folders = [parent / "jinja2" for parent in (Path(__file__).parent, Path(django.forms.__file__).parent)]
    made = Jinja2({"NAME": "pieces", "APP_DIRS": True, "DIRS": folders, "OPTIONS": {}})
    made.env.globals |= {"_": gettext, "django": _by_django}
    return made


def _by_django(template: str, **context: Any) -> str:
    return render_to_string(template, context)
