"""The WSGI application for gunicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config import embedded  # noqa: E402  (the settings' module must be named first)

embedded.ensure_running()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
