#!/usr/bin/env python
"""Innspill's command line: `python manage.py help` lists what it can do."""

import os
import signal
import sys
from types import FrameType

# These touch neither database nor broker, and run where there is none (an image's build, an editor).
WITHOUT_PARTS = {
    "help",
    "version",
    "--help",
    "-h",
    "--version",
    "collectstatic",
    "compile_translations",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "spectacular",
}
# This one says itself what does not answer.
WITHOUT_TRIAL = {"doctor"}


def stop_in_order(number: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that the last user of the embedded parts stops them."""
    sys.exit(128 + number)


def main() -> None:
    """Bring up what the command needs and run it; what is wrong with that is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop_in_order)

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config import embedded
    from config.reachable import make_ready

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command in WITHOUT_TRIAL:
            embedded.ensure_running()
        elif command not in WITHOUT_PARTS:
            make_ready()
        from django.conf import settings

        settings.INSTALLED_APPS  # noqa: B018  (a mistake in the settings shows here and not in the middle of the command)
    except (embedded.PartsError, ImproperlyConfigured) as error:
        print(f"Innspill cannot start: {error}", file=sys.stderr)
        sys.exit(1)
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
