"""A municipality for the tests of surveys."""

from __future__ import annotations

import pytest

from organisation.models import Person
from organisation.permissions import Role
from tests.factories import RoleFactory, Solvik, make_solvik


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik(phone="33 00 00 00", email="post@solvik.test", address="Rådhusgata 1\n3290 Solvik")


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    """The quality adviser, who manages surveys."""
    return RoleFactory(
        role=Role.QUALITY_ADVISER,
        person__name="Quality Adviser",
        person__email="adviser@solvik.test",
        person__language="en",
    ).person
