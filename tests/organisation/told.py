"""A webhook that has been told something: taken, tried in vain, given up, and waiting."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from organisation.actions.webhooks import create_webhook
from organisation.models import Person, WebhookDelivery, WebhookEndpoint


def a_webhook_with_deliveries(owner: Person, now: datetime) -> WebhookEndpoint:
    made = create_webhook(
        url="https://maps.example/a/very/long/address/that/does/not/fit/on/a/phone?with=parameters", owner=owner,
        events=["card.registered", "card.closed"], description="Kartet", by=None, now=now,
    ).endpoint  # fmt: skip
    hour = timedelta(hours=1)
    states = (
        {"status": "delivered", "attempts": 1, "http_status": 204, "took": 80, "tried_at": now, "delivered_at": now},
        {
            "status": "failed",
            "attempts": 10,
            "http_status": 500,
            "took": 9,
            "tried_at": now,
            "answer": "<b>Traceback</b>" * 9,
        },
        {
            "status": "waiting",
            "attempts": 2,
            "fault": "timeout",
            "took": 9999,
            "tried_at": now,
            "next_attempt_at": now + hour,
        },
        {"status": "waiting", "next_attempt_at": now + hour},
    )
    for number, state in enumerate(states):
        body = json.dumps({"type": "card.closed", "data": {"reference": f"26-00000{number}-1"}})
        values = {"next_attempt_at": now, "delete_on": now.date(), "body": body} | state
        WebhookDelivery.objects.create(endpoint=made, event="card.closed", cause=f"card:{number}", at=now, **values)
    WebhookEndpoint.objects.filter(pk=made.pk).update(failing_since=now, failures=2)
    made.refresh_from_db()
    return made
