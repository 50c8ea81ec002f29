"""Other systems are told when a survey's results are there for everybody to read: on their day, not when they are made."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.urls import reverse

from organisation.models import WebhookEvent
from organisation.queries import municipality
from organisation.webhooks.telling import Telling, tell, untell
from surveys.models import Publication


def announce_publication(publication: Publication, *, now: datetime) -> None:
    """Tell of a version on its local day, or at once where that is today. A survey is of no unit: every endpoint that asks
    for it is told."""
    begins = datetime.combine(publication.publish_on, time.min, municipality().zone)
    at = max(begins, now)
    survey = publication.survey.code
    address = settings.SITE_URL + reverse("surveys:public_results", args=[survey])
    data = {"survey": survey, "url": address, "version": str(publication.version)}
    tell([Telling(WebhookEvent.SURVEY_PUBLISHED, _cause(publication), at, data, not_before=at)], now=now)


def take_back_announcement(publication: Publication) -> None:
    """Tell nobody of a version that is taken back before its day."""
    untell(_cause(publication))


def _cause(publication: Publication) -> str:
    return f"publication:{publication.pk}"
