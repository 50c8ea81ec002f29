"""Writes on the organisation. Each action is one transaction and checks its own rule; its refusals are named beside it.

`by` is the person who does it, None for the command line of the machine itself.
"""
