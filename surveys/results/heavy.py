"""What of the statistics takes numpy and scipy, done in a process of its own: 60 MB that web workers and workers do without.

`assembling` lets all calls for one survey's results share a process.
"""

from __future__ import annotations

from functools import partial

from organisation.aside import aside
from surveys.statistics import suppression, weighted

TIME_LIMIT = 20 * 60
"""Seconds, of the thirty minutes that a worker's task may take."""

weighted_means = aside(weighted.weighted_means, seconds=TIME_LIMIT)
suppress = partial(suppression.suppress, programme=aside(suppression.by_programme, seconds=TIME_LIMIT))
