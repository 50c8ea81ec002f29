"""Surveys for other systems: what can be answered, the answers, what was published. Shared parts are in `feedback/api/`."""
