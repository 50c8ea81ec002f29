"""Settings of the tests: the embedded parts in a folder of their own, a database of Valkey for each parallel worker."""

import os
from pathlib import Path

from config import embedded
from config.redis_servers import SENTINELS, celery_url
from config.translations import compile_stale

# Kept between runs, so that a run does not begin with making a database server, and thrown away without regret.
os.environ.setdefault("INNSPILL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "tests"))
os.environ.setdefault("INNSPILL_EMBEDDED_DURABLE", "0")
embedded.make_var(embedded.var_dir().parent)

# Before the models are loaded: their constraints' sentences make Django read its first language for good.
compile_stale()

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, REDIS_URL  # noqa: E402

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_number = 0 if WORKER == "main" else int(WORKER.removeprefix("gw")) + 1
if REDIS_URL.startswith("unix:"):
    REDIS_URL = f"{REDIS_URL.partition('?')[0]}?db={_number}"
elif not REDIS_URL.startswith(SENTINELS):  # which a test has started for itself
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0] if REDIS_URL.count('/') > 2 else REDIS_URL}/{_number}"
CACHES["default"]["LOCATION"] = [REDIS_URL]
CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = f"tests-{WORKER}"

# A real worker or command that a test starts (fixture `process_env`) works on that test's database.
if os.environ.get("INNSPILL_TEST_DATABASE"):
    DATABASES["default"]["NAME"] = os.environ["INNSPILL_TEST_DATABASE"]

# Tests type faster than people; those of the minimum time set it.
SEND_MINIMUM_SECONDS = 0

# Tests ask more often than people; those of the limits set them.
API_REQUESTS_PER_MINUTE = {"key": 0, "person": 0, "address": 0}
# What is signed in stays so, however a test moves the clock; the tests of the limits set theirs.
SESSION_IDLE_MINUTES, SESSION_HOURS = 14 * 24 * 60, 14 * 24
SECOND_STEP_DEMANDED = False
PASSWORD_TOKENS = True
OIDC_ISSUER = OIDC_CLIENT_ID = API_AUDIENCE = API_ISSUER = ""

# Tests move the clock of the process they are in; that of the clock itself sets it.
WORK_BY_THE_DATABASES_CLOCK = False

# Nothing is collected for tests: files are served from where they lie.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
