"""What every model says of its fields: which are personal data, and when they go.

Each model has `personal_data = {"field": "when it goes"}`; a field that is not named there is held not to be personal.
A test reads all models and fails for a text field that nobody decided on.
"""

from __future__ import annotations

# When a value goes, in words that the privacy page can show.
WITH_THE_ACCOUNT = "when the person's account is erased"
WITH_THE_CARD = "when the card's retention ends"
WITH_THE_MAIL = "when the mail's last day has come"
WHEN_SENT = "when the message is sent, or after a day"
