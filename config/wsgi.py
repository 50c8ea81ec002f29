"""The WSGI application for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from config import embedded
from config.encodings import survivable
from config.interpreter import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Under gunicorn its first process has done this already (config/gunicorn.py), with a clear sentence for what is wrong.
embedded.ensure_running()

application = with_room(survivable(get_wsgi_application()))
