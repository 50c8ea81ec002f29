"""`manage.py beat_alive`: for the health check of the container that runs beat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import Max
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

# Some job is due each minute; beat writes down what it started every three minutes.
LATEST = timedelta(minutes=10)


class Command(BaseCommand):
    """Tell by the exit code whether beat has lately started a job."""

    help = "Exit with 0 if the scheduler has started a job in the last ten minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where beat is not at work."""
        last = PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
        if last is None or timezone.now() - last > LATEST:
            raise CommandError(f"The scheduler has started no job since {last or 'the beginning'}.")
        self.stdout.write(f"The scheduler started a job at {last:%Y-%m-%d %H:%M:%S %Z}.")
