"""Secrets from files: where `SECRET_KEY_FILE` names one, `SECRET_KEY` is what stands in it."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "MAIL_IN_URL",
    "OIDC_CLIENT_SECRET",
    "CITIZEN_OIDC_CLIENT_SECRET",
    "CITIZEN_OIDC_PRIVATE_KEY",
    "CITIZEN_KEY",
    "METRICS_TOKEN",
    "MEDIA_S3_ACCESS_KEY",
    "MEDIA_S3_SECRET_KEY",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "SENTRY_DSN",
)


def read_secret_files(environment: MutableMapping[str, str]) -> None:
    """Put what the files hold, without the line's end, where the variables are read. Raises ImproperlyConfigured."""
    for name in SECRETS:
        if not (file := environment.get(f"{name}_FILE", "")):
            continue
        try:
            secret = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            raise ImproperlyConfigured(f"{name}_FILE: «{file}» cannot be read: {why}.") from None
        if not secret:
            raise ImproperlyConfigured(f"{name}_FILE: «{file}» is empty.")
        # Processes that we start find both, and they say the same.
        if (environment.get(name, "") or secret) != secret:
            raise ImproperlyConfigured(f"{name} and {name}_FILE say different things: set one of them.")
        environment[name] = secret
