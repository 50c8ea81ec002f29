"""A municipality for the tests of what everybody may see."""

from __future__ import annotations

import pytest

from tests.factories import Solvik, make_solvik


@pytest.fixture
def solvik(db: None) -> Solvik:
    return make_solvik()
