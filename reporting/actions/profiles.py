"""Make the indicators of a profile that are missing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.models import Person
from reporting.actions.indicators import create_indicator
from reporting.benchmark_profiles import Profile
from reporting.group_queries import indicators_with_keys
from reporting.rules import require_manager


def make_profile(profile: Profile, *, by: Person | None, now: datetime) -> int:
    """Make the indicators of `profile` that are not there, in all languages. Return how many were made. Those that are there
    stay as they are, also where somebody has changed them. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        there = indicators_with_keys([measure.key for measure in profile.measures])
        missing = [measure for measure in profile.measures if measure.key not in there]
        for measure in missing:
            create_indicator(
                key=measure.key,
                names=measure.names,
                scale=measure.scale,
                direction=measure.direction,
                perspective=measure.perspective,
                decimals=measure.decimals,
                source=profile.source,
                by=by,
                now=now,
            )
    return len(missing)
