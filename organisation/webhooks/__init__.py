"""Webhooks. `telling` writes rows in the transaction of what they tell of; `delivery` sends them afterwards."""
