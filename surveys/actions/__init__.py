"""Writes. Each action is one transaction, checks its own rule, and writes all that belongs together."""
