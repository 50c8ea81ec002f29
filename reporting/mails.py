"""Which mails tell of what in the figures: each function returns mails for the outbox, and queues nothing itself."""

from __future__ import annotations

from django.conf import settings

from organisation.models import Municipality, Person
from organisation.outbox.queueing import Mail
from reporting.models import ReportVersion


def draft_waits(version: ReportVersion, title: str, to: Person, house: Municipality) -> Mail:
    """Tell a quality adviser that a report was made by itself, and waits to be read, written to and published."""
    context = {
        "title": title,
        "url": f"{settings.SITE_URL}/staff/reports/{version.report.name}/",
        "municipality": house,
    }
    key = f"report_draft:{version.report.name}:{version.number}:{to.pk}"
    return Mail("report_draft", key, to.email, to.language, context)
