"""An installation in earnest but for two things: files are served from where they lie, and a task of ours is poisoned."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
CELERY_IMPORTS = ["tests.faults.storm.poison"]
