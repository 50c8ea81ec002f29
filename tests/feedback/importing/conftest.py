"""A municipality to import into, and an import of a few lines of CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from django.utils import translation

from feedback.importing.loading import import_cards
from feedback.importing.mapping import read_mapping
from feedback.importing.report import Report
from feedback.models import Category
from organisation.models import Municipality, Unit

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)

MAPPING = """
source = "old"
[card]
key = "id"
registered = "opened"
text = "text"
[completed]
date = "closed"
outcome = { value = "followed_up" }
"""


class Import(Protocol):
    def __call__(
        self, csv: str | bytes, mapping: str = MAPPING, *, now: datetime = NOW, dry_run: bool = False
    ) -> Report: ...


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Let sentences be compared as the code has them."""
    with translation.override("en"):
        yield


@pytest.fixture
def house(db: None) -> Municipality:
    """Solvik: a service centre, the roads below the technical sector, and the category of roads."""
    made = Municipality.objects.create(name="Solvik")
    Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    sector = Unit.objects.create(code="teknisk", name="Teknisk", kind=Unit.Kind.SECTOR)
    Unit.objects.create(code="veg", name="Veg og trafikk", parent=sector, email="veg@solvik.test")
    Category.objects.create(code="veg", name="Veg")
    return made


@pytest.fixture
def run(house: Municipality, tmp_path: Path) -> Import:
    """Import what is given, as if it were files."""

    def run(csv: str | bytes, mapping: str = MAPPING, *, now: datetime = NOW, dry_run: bool = False) -> Report:
        file, toml = tmp_path / "cases.csv", tmp_path / "cases.toml"
        file.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
        toml.write_text(mapping, encoding="utf-8")
        return import_cards(file, read_mapping(toml), now=now, dry_run=dry_run)

    return run


@pytest.fixture
def refused(run: Import) -> Callable[..., list[tuple[int, str]]]:
    """Import and return line and code of what was not taken."""

    def refused(csv: str | bytes, mapping: str = MAPPING) -> list[tuple[int, str]]:
        return [(problem.line, problem.code) for problem in run(csv, mapping).problems]

    return refused
