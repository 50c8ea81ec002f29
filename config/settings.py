"""All of Innspill's settings: each reads one environment variable, with a default where nothing is set up.

`docs/settings.md` lists the variables for those who run it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Literal

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.addresses import database_at, mailbox_at, redis_at
from config.demo.municipality import SHARED_PASSWORD
from config.logs import logging_settings
from config.redis_servers import celery_options, celery_url
from config.schedule import SCHEDULE
from config.secret_files import read_secret_files
from config.secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
"""Kept with each report: by which version of the software its figures were computed."""
VAR_DIR = embedded.var_dir()
TESTING = "pytest" in sys.modules

read_secret_files(os.environ)
env = environ.Env()

# --- Who we are on the network -------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = SITE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
if BEHIND_TLS:
    # A browser takes a cookie of such a name over TLS alone, from this host alone: no neighbouring site can lay one here.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 60 * 60)
# For the hours of an upgrade in which a release runs, too, that has them under Django's names.
BOTH_COOKIE_NAMES = env.bool("BOTH_COOKIE_NAMES", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Only a proxy tells us that somebody came by plain HTTP; without its word we would send everybody round in circles.
SECURE_SSL_REDIRECT = BEHIND_TLS and BEHIND_PROXY
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names below the municipality's domain are not ours to decide about
    "security.W021",  # nor is the browsers' list
]
# Addresses hold keys (receipt, survey, weekly list): no other site is told them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Demonstration -------------------------------------------------------------------------------------------------

# Made-up people with logins shown on the sign-in page: only where the embedded database is used, or where asked for.
DEMONSTRATION = env.bool("DEMONSTRATION", not env.str("DATABASE_URL", ""))

DEMONSTRATION_PASSWORD = SHARED_PASSWORD if DEMONSTRATION else None

# --- The parts -----------------------------------------------------------------------------------------------------


def _database(entry: dict[str, Any]) -> dict[str, Any]:
    """Add to a database's address how its connections are used."""
    entry.setdefault("CONN_MAX_AGE", env.int("DATABASE_CONN_MAX_AGE", 60))
    entry["CONN_HEALTH_CHECKS"] = True
    options = entry.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    # Server-side cursors do not live through a transaction-pooling proxy such as PgBouncer.
    entry["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("BEHIND_PGBOUNCER", False)
    # What a request waits for at most: for somebody who holds a row or a table, and for one statement. config/gunicorn.py
    # sets both; workers and commands wait as long as it takes. A proxy such as PgBouncer takes no such options.
    for limit, seconds in (
        ("lock_timeout", env.int("DATABASE_LOCK_SECONDS", 0)),
        ("statement_timeout", env.int("DATABASE_STATEMENT_SECONDS", 0)),
    ):
        if seconds and not env.bool("BEHIND_PGBOUNCER", False):
            options["options"] = f"{options.get('options', '')} -c {limit}={seconds}s".strip()
    return entry


_address = env.str("DATABASE_URL", "")
DATABASES = {"default": _database(database_at(_address) if _address else embedded.database())}
# A streaming replica, which figures are read from once it has all that the primary has (organisation/replica.py).
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = _database(database_at(env.str("DATABASE_REPLICA_URL"), called="DATABASE_REPLICA_URL"))
    DATABASES["replica"]["OPTIONS"]["connect_timeout"] = 2  # the primary can answer as well
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["organisation.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis_at(env.str("REDIS_URL", "") or embedded.redis_url())

CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",
        "LOCATION": [REDIS_URL],
        "KEY_PREFIX": "innspill",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

if env.str("EMAIL_URL", ""):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Innspill <innspill@localhost>")

# --- Mail that comes in --------------------------------------------------------------------------------------------

# A mailbox that is read: imaps://user:password@host/INBOX, or imap+tls://, which asks for TLS after the greeting.
MAIL_IN_URL = mailbox_at(env.str("MAIL_IN_URL", ""))
# A file with an access token that somebody else keeps fresh, for servers that take no password (XOAUTH2).
MAIL_IN_TOKEN_FILE = env.str("MAIL_IN_TOKEN_FILE", "")
# What becomes of a mail on the server once it is stored: seen, deleted, or the name of a folder to move it to.
MAIL_IN_AFTERWARDS = env.str("MAIL_IN_AFTERWARDS", "seen")
# The address of that mailbox: answers go there, and what bears it as sender is our own.
MAIL_ADDRESS = env.str("MAIL_ADDRESS", "").strip()
MAIL_PLUS_ADDRESSES = env.bool("MAIL_PLUS_ADDRESSES", False)
# The name under which our own mail server writes Authentication-Results; empty, those are anybody's word.
MAIL_AUTHENTICATION_SERVER = env.str("MAIL_AUTHENTICATION_SERVER", "")
MAIL_LARGEST = env.int("MAIL_LARGEST_MEGABYTES", 25) * 1024 * 1024
MAIL_RECEIPTS_PER_HOUR = env.int("MAIL_RECEIPTS_PER_HOUR", 5)
MAIL_CARDS_PER_HOUR = env.int("MAIL_CARDS_PER_HOUR", 20)
MAIL_KEEP_DAYS = env.int("MAIL_KEEP_DAYS", 90)

# --- Django --------------------------------------------------------------------------------------------------------

# In earnest the secret is given; where nothing is set up one is made once and kept in var/.
SECRET_KEY = env.str("SECRET_KEY", "") or (kept_secret_key(VAR_DIR) if not env.str("DATABASE_URL", "") else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be set where DATABASE_URL is set: a long random text, kept secret.")

# Close what must be read again, such as the secrets that sign webhooks. The first closes, each of them opens.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or [SECRET_KEY]

INSTALLED_APPS = [
    "config",
    "reporting",
    "surveys",
    "feedback",
    "organisation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "template_partials",
]

MIDDLEWARE = [
    "config.metrics.MetricsMiddleware",
    "config.logs.RequestIdMiddleware",
    "config.watching.TracesMiddleware",
    "config.health.HealthMiddleware",
    "config.response_headers.ResponseHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.both_cookies.BothCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.kept_pages.KeptPagesMiddleware",
    "organisation.middleware.MunicipalityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "organisation.middleware.Utf8Middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "organisation.middleware.HtmxLoginRedirectMiddleware",
    "organisation.middleware.SecondStepMiddleware",
    "config.looks.LooksMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "feedback.views.door.DoorMiddleware",
    "config.request_limits.RequestLimits",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "NAME": "django",  # by which the partials of templates know it
        "BACKEND": "organisation.drawing.Templates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "organisation.context.page",
            ],
        },
    }
]
FORM_RENDERER = "organisation.ds_forms.DesignsystemetRenderer"

# --- People --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = ["organisation.backend.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "organisation.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "organisation.sign_in.SignInForm",
    "reset_password": "organisation.sign_in.AskForNewPasswordForm",
    "reset_password_from_key": "organisation.sign_in.NewPasswordForm",
    "change_password": "organisation.sign_in.PasswordChangeForm",
    "reauthenticate": "organisation.sign_in.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Bursts are stopped in the cache; what slows guessing at one login lies in the database (organisation/tries.py).
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60

# A second step, by an app's code, a passkey or a security key.
MFA_ADAPTER = "organisation.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "organisation.second_step.CodeForm",
    "reauthenticate": "organisation.second_step.CodeAgainForm",
    "activate_totp": "organisation.second_step.NewAppForm",
    "deactivate_totp": "organisation.second_step.RemoveAppForm",
    "add_webauthn": "organisation.second_step.NewKeyForm",
    "edit_webauthn": "organisation.second_step.NameKeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS  # browsers themselves allow it at 127.0.0.1 and localhost alone
# Whoever may see citizens' names has to have one. In the demonstration everybody is made up, and has one password.
SECOND_STEP_DEMANDED = env.bool("SECOND_STEP_DEMANDED", not DEMONSTRATION)

SESSION_ENGINE = "organisation.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 60)
SESSION_HOURS = env.int("SESSION_HOURS", 12)
SIGN_IN_LOG_MONTHS = env.int("SIGN_IN_LOG_MONTHS", 12)
# A person's API token for e-mail and password: no second step is asked for, so none is given but in the demonstration.
SENSITIVE_LOOK_MINUTES = env.int("SENSITIVE_LOOK_MINUTES", 30)
PASSWORD_TOKENS = env.bool("PASSWORD_TOKENS", DEMONSTRATION)

# The municipality's identity provider (docs/sign-in.md).
OIDC_ISSUER = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
OIDC_NAME = env.str("OIDC_NAME", "")
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
OIDC_UID_CLAIM = env.str("OIDC_UID_CLAIM", "sub")
OIDC_EMAIL_CLAIM = env.str("OIDC_EMAIL_CLAIM", "email")
OIDC_ROLE_CLAIM = env.str("OIDC_ROLE_CLAIM", "roles")
OIDC_ACR_VALUES = env.list("OIDC_ACR_VALUES", default=[])
OIDC_MAKES_LOGINS = env.bool("OIDC_MAKES_LOGINS", True)
# «False»: passwords are for emergency logins alone; everybody else signs in at the provider.
PASSWORDS_FOR_ALL = env.bool("PASSWORDS_FOR_ALL", True)
# Tokens of the provider at the API, for the audience that is ours there.
API_AUDIENCE = env.str("API_AUDIENCE", "")
API_ISSUER = env.str("API_ISSUER", OIDC_ISSUER).rstrip("/")
# Citizens may sign in at ID-porten or another national provider; nobody has to (docs/sign-in.md).
CITIZEN_OIDC_ISSUER = env.str("CITIZEN_OIDC_ISSUER", "").rstrip("/")
CITIZEN_OIDC_CLIENT_ID = env.str("CITIZEN_OIDC_CLIENT_ID", "")
CITIZEN_OIDC_CLIENT_SECRET = env.str("CITIZEN_OIDC_CLIENT_SECRET", "")
# Instead of a secret: a private key in PEM, and the number under which the provider knows it (private_key_jwt).
CITIZEN_OIDC_PRIVATE_KEY = env.str("CITIZEN_OIDC_PRIVATE_KEY", "", multiline=True)
CITIZEN_OIDC_KEY_ID = env.str("CITIZEN_OIDC_KEY_ID", "")
CITIZEN_OIDC_NAME = env.str("CITIZEN_OIDC_NAME", "ID-porten")
CITIZEN_OIDC_SCOPES = env.list("CITIZEN_OIDC_SCOPES", default=["openid", "profile"])
# The first is asked for, each is enough.
CITIZEN_OIDC_ACR_VALUES = env.list("CITIZEN_OIDC_ACR_VALUES", default=["idporten-loa-substantial", "idporten-loa-high"])
CITIZEN_OIDC_UID_CLAIM = env.str("CITIZEN_OIDC_UID_CLAIM", "sub")
# With it is made what we know a citizen by again. Whoever changes it cuts all from the messages they sent before.
CITIZEN_KEY = env.str("CITIZEN_KEY", "") or SECRET_KEY
CITIZEN_IDLE_MINUTES = env.int("CITIZEN_IDLE_MINUTES", 30)
CITIZEN_HOURS = env.int("CITIZEN_HOURS", 4)
SOCIALACCOUNT_ADAPTER = "organisation.identity_provider.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# --- Language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nb"
LANGUAGES = [
    ("nb", _("Norwegian (bokmål)")),
    ("nn", _("Norwegian (nynorsk)")),
    ("sv", _("Swedish")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# The clock of servers and schedules. The municipality's own time zone (its settings) rules deadlines and lists.
TIME_ZONE = env.str("TIME_ZONE", "Europe/Oslo")

# --- Files ---------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/ds", NODE_MODULES / "@digdir/designsystemet-css/dist"),
    ("vendor/inter", NODE_MODULES / "@fontsource-variable/inter"),
    ("vendor/leaflet", NODE_MODULES / "leaflet/dist"),
]
# What is not installed is told of by config.checks, in one sentence, and not by every command.
STATICFILES_DIRS = [entry for entry in STATICFILES_DIRS if not isinstance(entry, tuple) or entry[1].is_dir()]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
# The register of erasures: outside the database and its backups, so that a restored backup forgets what was erased since.
ERASURES_FILE = Path(env.str("ERASURES_FILE", str(VAR_DIR / "erasures.jsonl")))
# A bucket that speaks S3 in place of the folder: several machines then share what is attached. Needs requirements-s3.txt.
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", "")
STORAGES: dict[str, dict[str, Any]] = {
    # Citizens' pictures and scans are never served by path: a view looks at who asks first.
    "default": {
        "BACKEND": "config.object_storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": env.str("MEDIA_S3_ENDPOINT", "") or None,
            "region_name": env.str("MEDIA_S3_REGION", "") or None,
            # Without them: what the machine itself is let do (a role, a file of credentials).
            "access_key": env.str("MEDIA_S3_ACCESS_KEY", "") or None,
            "secret_key": env.str("MEDIA_S3_SECRET_KEY", "") or None,
        },
    }
    if MEDIA_S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "config.static_files.Storage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600
# A clamd that looks through files that come in: unix:///run/clamav/clamd.ctl or tcp://clamd:3310. Empty: none does.
CLAMD_URL = env.str("CLAMD_URL", "")
if CLAMD_URL and not CLAMD_URL.startswith(("unix:///", "tcp://")):
    raise ImproperlyConfigured("CLAMD_URL must begin with unix:/// or tcp://.")
# What becomes of a file while clamd is away: refuse, or accept and mark it.
CLAMD_AWAY = env.str("CLAMD_AWAY", "refuse")
if CLAMD_AWAY not in ("refuse", "accept"):
    raise ImproperlyConfigured("CLAMD_AWAY must be refuse or accept.")
CLAMD_SECONDS = env.float("CLAMD_SECONDS", 20)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- What a page may load ------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Designsystemet's icons are data: masks
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],  # the one that shows the page for sending where there is no net
    }
}

# --- Citizens' page ------------------------------------------------------------------------------------------------

# Public pages are made once and kept in Valkey until something in them changes. While templates are worked on they are not.
KEEP_PAGES = env.bool("KEEP_PAGES", not DEBUG)

# Seconds from opening to sending below which a message is asked for once more.
SEND_MINIMUM_SECONDS = env.int("SEND_MINIMUM_SECONDS", 3)
# The empty page is kept in the browser and opens without a net. Off, browsers that kept it are freed of it.
KEEP_SEND_PAGE = env.bool("KEEP_SEND_PAGE", True)
# The map is off until an address for its pictures is given: whoever serves them sees who asks for which place.
MAP_TILES_URL = env.str("MAP_TILES_URL", "")
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", "")
MAP_START = tuple(env.list("MAP_START", cast=float, default=[62.0, 11.0, 5]))
MAP_LINK_URL = env.str("MAP_LINK_URL", "")

# --- Figures from other houses -------------------------------------------------------------------------------------

KOLADA_URL = env.str("KOLADA_URL", "https://api.kolada.se/v3").rstrip("/")
SSB_URL = env.str("SSB_URL", "https://data.ssb.no/api/v0/no/table").rstrip("/")
KLASS_URL = env.str("KLASS_URL", "https://data.ssb.no/api/klass/v1/classifications/131").rstrip("/")
# The schedule fetches nothing in a demonstration, whose figures are made up; the button on the page does.
FETCH_BY_SCHEDULE = env.bool("FETCH_BY_SCHEDULE", not DEMONSTRATION)
# A server that fetches what a page asks for must not reach into its own house: off but where a proxy of ours answers.
FETCH_FROM_PRIVATE_ADDRESSES = env.bool("FETCH_FROM_PRIVATE_ADDRESSES", False)
FETCHED_KEPT_DAYS = env.int("FETCHED_KEPT_DAYS", 400)
# The terms under which everybody may use our figures, by SPDX name.
OPEN_DATA_LICENCE = env.str("OPEN_DATA_LICENCE", "CC-BY-4.0")

# --- Work in the background ----------------------------------------------------------------------------------------

CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
# A worker process that a large export or import has made large is replaced by a fresh one (kilobytes, of which it begins
# with some 140,000, most of them shared).
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: a worker waits out whatever happens to the broker
# A citizen never waits for a broker that is down: the sweep finds what a lost nudge missed.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
    **celery_options(REDIS_URL),
}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_WORKER_CONSUMER = "config.unknown_tasks:Consumer"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# One clock for all workers, whatever becomes of a machine's own (organisation/clock.py).
WORK_BY_THE_DATABASES_CLOCK = True

# --- Doors for other systems ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "feedback.api.authentication.ApiTokenAuthentication",
        "feedback.api.authentication.ApiSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["feedback.api.rendering.LetGo"],
    "DEFAULT_PARSER_CLASSES": ["feedback.api.parsers.SoundJSONParser"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "feedback.api.problems.handler",
    # Who is behind a proxy is told by its last word in X-Forwarded-For; without a proxy that header is anybody's word.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Innspill",
    "DESCRIPTION": "Message cards, callbacks and overdue lists of a municipality. Errors are problem details by RFC 9457.",
    "VERSION": "1",
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # a validator elsewhere would be told of us
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": False,
    "WEBHOOKS": [
        f"feedback.api.told.{name}"
        for name in (
            "CARD_REGISTERED",
            "CARD_FORWARDED",
            "CARD_CALLED_BACK",
            "CARD_OVERDUE",
            "CARD_CLOSED",
            "SURVEY_PUBLISHED",
        )
    ],
    "ENUM_NAME_OVERRIDES": {
        "Channel": "feedback.workflow.Channel.choices",
        "ChannelOfNewCard": "feedback.api.serializers.CHANNELS",
        "Language": "config.settings.LANGUAGES",
        "OtherWay": "feedback.api.serializers.OTHER_WAYS",
        "Kind": "feedback.workflow.Kind.choices",
        "State": "feedback.workflow.State.choices",
        "CloseResult": "feedback.workflow.CloseResult.choices",
        "SurveyKind": "surveys.questionnaires.SurveyKind.choices",
        "SurveyStage": "surveys.questionnaires.Stage.choices",
        "SurveyItemType": "surveys.questionnaires.QuestionKind.choices",
        "Standing": "reporting.scales.Standing.choices",
        "EvidenceStanding": "reporting.api.shapes.EvidenceStanding.choices",
        "NewStanding": "reporting.api.indicators.NewValue.WRITEABLE",
        "ResultStatus": "reporting.judging.Status",
        "ActionStatus": "reporting.plans.Status.choices",
        "ActionOrigin": "reporting.plans.Origin.choices",
        "IndicatorOrigin": "reporting.scales.Origin.choices",
        "GroupKind": "reporting.api.shapes.GroupKind.choices",
        "AssessmentKind": "reporting.api.shapes.AssessmentKind.choices",
        "ReportKind": "reporting.report_names.Kind.choices",
    },
}

# How many requests a minute the API takes of one key, of one person and of one address that names neither. 0: any number.
API_REQUESTS_PER_MINUTE = {
    "key": env.int("API_REQUESTS_PER_MINUTE_KEY", 1200),
    "person": env.int("API_REQUESTS_PER_MINUTE_PERSON", 600),
    "address": env.int("API_REQUESTS_PER_MINUTE_ADDRESS", 120),
}

# Webhooks are sent out of the house: never into it, but where somebody runs a receiver on the municipality's own network.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", False)
WEBHOOK_TIMEOUT = env.float("WEBHOOK_TIMEOUT", 10)
WEBHOOK_OFF_AFTER_DAYS = env.int("WEBHOOK_OFF_AFTER_DAYS", 5)
WEBHOOK_KEPT_DAYS = env.int("WEBHOOK_KEPT_DAYS", 30)
# What we are called as a jurisdiction; where not set, the bare domain of the municipality's website.
OPEN311_JURISDICTION = env.str("OPEN311_JURISDICTION", "")
# The specification lets a list of more than 90 days be refused; no other server does.
OPEN311_REFUSE_LONG_WINDOWS = env.bool("OPEN311_REFUSE_LONG_WINDOWS", False)

# --- Logging: to standard error, never card text, addresses or secrets ----------------------------------------------

LOGGING = logging_settings(env.str("LOG_FORMAT", "plain"), env.str("LOG_LEVEL", "INFO"))

# --- For those who watch over the service ---------------------------------------------------------------------------

METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# By choice, and with requirements-watching.txt. The address of traces is read by OpenTelemetry's own code, as are its others.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
SENTRY_DSN = env.str("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "production")
# Where weaknesses are reported: mailto: or https: addresses. RFC 9116.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
if bad := [contact for contact in SECURITY_CONTACT if not contact.startswith(("mailto:", "https://", "tel:"))]:
    raise ImproperlyConfigured(f"SECURITY_CONTACT: «{bad[0]}» begins with none of mailto:, https:// and tel:.")
