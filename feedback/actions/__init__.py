"""Writes. Each action is one transaction, checks its own rule, and writes row, history and mail together.

`by` is the person who does it, None for the submitter and for the schedule; `now` is the moment, read at the edge.
"""
