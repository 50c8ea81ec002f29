"""The clock of what works in the background."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from organisation import clock

FAR = timedelta(days=100)


@pytest.mark.django_db
def test_a_workers_own_clock_makes_nobody_act_too_early(settings: Any) -> None:
    settings.WORK_BY_THE_DATABASES_CLOCK = True
    true = datetime.now(UTC)
    with time_machine.travel(true + FAR):
        assert abs(clock.now() - true) < timedelta(hours=1)
        settings.WORK_BY_THE_DATABASES_CLOCK = False
        assert clock.now() - true >= FAR
