"""The configuration as an app of its own: its commands, and the Celery application that every process knows."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Innspill's house."""

    name = "config"
    label = "house"

    def ready(self) -> None:
        """Make the Celery application known before any task is queued: `shared_task` binds to it. Starts nothing."""
        from config import celery, checks, watching  # noqa: F401

        watching.connect()
