"""The tests' settings with static files as they are served in earnest: collected, named by their content, compressed."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = False
STATIC_ROOT = os.environ["INNSPILL_TEST_STATIC"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "config.static_files.Storage"}}
