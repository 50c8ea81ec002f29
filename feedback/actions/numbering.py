"""Give changes of cards their place in the feed (docs/decisions/0025)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction

from feedback.models import CardChange, ChangeBatch, UntoldChange

AT_ONCE = 2000
"""Changes that get their place in one transaction: a tenth of a second, for which a reader may wait."""

KEPT = timedelta(days=90)
"""So long at least the cursors stand that were handed out."""

_LOCK = 7_401_825

# One statement sees one state of the database: what is taken is committed, and the card is read as it stands with it.
# A card has a row for its unit and, where it was on a second list (feedback.rules.visible_cards), one for those to whom it
# was reported; rows of audiences that it has left say so, also of a unit in which it only lay between two batches.
# A sensitive card is in nobody's feed: for its readers it is removed, once, and comes back when it is sensitive no longer.
# The limits cut nothing off: they tell the planner, who cannot know it, that few rows come out of a long queue.
_PLACE = """
WITH taken AS (
    DELETE FROM feedback_untoldchange WHERE id <= (
        SELECT max(id) FROM (SELECT id FROM feedback_untoldchange ORDER BY id LIMIT %(most)s) AS first
    ) RETURNING card_id, unit_id
), touched AS (SELECT DISTINCT card_id FROM taken LIMIT %(most)s
), batch AS (
    INSERT INTO feedback_changebatch (token, at)
    SELECT %(token)s, greatest(%(now)s, (SELECT at FROM feedback_changebatch ORDER BY id DESC LIMIT 1))
    WHERE EXISTS (SELECT FROM taken) RETURNING id
), present AS (
    SELECT c.id AS card_id, c.unit_id AS audience, c.reference FROM touched t JOIN feedback_card c ON c.id = t.card_id
    WHERE NOT c.sensitive
    UNION ALL
    SELECT c.id, 0, c.reference FROM touched t JOIN feedback_card c ON c.id = t.card_id WHERE NOT c.sensitive AND EXISTS (
        SELECT FROM feedback_overdueentry e WHERE e.card_id = c.id AND e.times > 1 AND NOT e.solved_before_mail
    )
), past AS (
    SELECT r.card_id, r.audience, r.reference
    FROM touched t JOIN feedback_cardchange r ON r.card_id = t.card_id WHERE r.kind = 'current'
    UNION
    SELECT t.card_id, t.unit_id, c.reference
    FROM (SELECT DISTINCT card_id, unit_id FROM taken WHERE unit_id IS NOT NULL LIMIT %(most)s) t
    JOIN feedback_card c ON c.id = t.card_id AND NOT c.sensitive
), placed AS (
    SELECT card_id, audience, reference, 'current' AS kind FROM present
    UNION ALL
    SELECT p.card_id, p.audience, p.reference,
        CASE WHEN EXISTS (SELECT FROM feedback_card c WHERE c.id = p.card_id AND NOT c.sensitive)
            THEN 'left' ELSE 'removed' END
    FROM past p WHERE NOT EXISTS (
        SELECT FROM present n WHERE n.card_id = p.card_id AND n.audience = p.audience
    )
), written AS (
    INSERT INTO feedback_cardchange (card_id, audience, reference, kind, batch_id)
    SELECT card_id, audience, reference, kind, batch.id FROM placed CROSS JOIN batch ORDER BY card_id
    ON CONFLICT (card_id, audience) DO UPDATE SET kind = excluded.kind, batch_id = excluded.batch_id
)
SELECT count(*) FROM taken
"""


def place_changes(*, now: datetime, most: int = AT_ONCE) -> int:
    """Give at most `most` committed changes their place, in a batch after all others. Return how many they were.

    One at a time: a batch is committed before the number of the next is taken, so that who has read one has missed none
    before it. A change that is not committed yet comes in a later batch, whenever that is.
    """
    if not UntoldChange.objects.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_PLACE, {"most": most, "now": now, "token": secrets.token_hex(8)})
        (taken,) = cursor.fetchone()
    return int(taken)


def forget_batches(*, now: datetime) -> int:
    """Delete the batches that no card is in any more and that were over before KEPT. Return how many.

    The one that was the latest then stays: somebody may have read so far and be back today.
    """
    latest = ChangeBatch.objects.filter(at__lt=now - KEPT).order_by("-id").values("id").first()
    if latest is None:
        return 0
    empty = ChangeBatch.objects.filter(id__lt=latest["id"]).exclude(pk__in=CardChange.objects.values("batch"))
    return int(empty._raw_delete(empty.db))
