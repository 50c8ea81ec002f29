"""Settings as in earnest, in a process of their own: Django's own checks, cookies, HSTS, and secrets from files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from config.secret_files import SECRETS, read_secret_files
from tests.config.conftest import ROOT

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DATABASE_URL": "postgres://innspill@127.0.0.1/innspill",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "k7#mQ2" * 12,
    "SITE_URL": "https://innspill.example.no",
    "ALLOWED_HOSTS": "innspill.example.no",
    "BEHIND_PROXY": "1",
}
TOLD = """
import json, django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
print(json.dumps({
    "complaints": [str(one) for one in run_checks(include_deployment_checks=True) if not one.is_silenced()],
    **{name: getattr(settings, name) for name in %r},
}))
"""


def told(tmp_path: Path, *names: str, **environment: str) -> dict[str, object]:
    """Return what is complained of and what the settings say, where the environment is this and no other."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", TOLD % (names,)], cwd=ROOT, capture_output=True, text=True, check=False,
        env=bare | PRODUCTION | {"INNSPILL_VAR": str(tmp_path)} | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.slow
def test_django_has_nothing_to_say_about_settings_in_earnest_and_secrets_come_from_files(tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text("an-other-long-secret-that-nobody-guesses-0123456789-abcdefgh\n")
    said = told(
        tmp_path, "SECRET_KEY", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SAMESITE", "DEBUG",
        "DEMONSTRATION",
        SECRET_KEY="", SECRET_KEY_FILE=str(kept),
    )  # fmt: skip
    assert said == {
        "complaints": [], "SECRET_KEY": "an-other-long-secret-that-nobody-guesses-0123456789-abcdefgh",
        "SESSION_COOKIE_NAME": "__Host-session", "CSRF_COOKIE_NAME": "__Host-csrf", "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True, "LANGUAGE_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True, "SESSION_COOKIE_SAMESITE": "Lax", "DEBUG": False, "DEMONSTRATION": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "secret"
    kept.write_text("hemmelig med mellomrom \n")
    environment = {f"{name}_FILE": str(kept)}
    read_secret_files(environment)
    assert environment[name] == "hemmelig med mellomrom "
    read_secret_files(environment)  # a process that we start finds both


@pytest.mark.parametrize(
    ("content", "given", "sentence"),
    [
        (None, {}, "SECRET_KEY_FILE: «.*» cannot be read: No such file or directory"),
        (b"\n", {}, "SECRET_KEY_FILE: «.*» is empty"),
        (b"\xff\xfe", {}, "cannot be read: it is not text in UTF-8"),
        (b"one", {"SECRET_KEY": "another"}, "SECRET_KEY and SECRET_KEY_FILE say different things"),
    ],
)
def test_a_file_that_is_no_secret_is_told_without_what_is_in_it(
    tmp_path: Path, content: bytes | None, given: dict[str, str], sentence: str
) -> None:
    kept = tmp_path / "secret"
    if content is not None:
        kept.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=sentence) as told:
        read_secret_files(given | {"SECRET_KEY_FILE": str(kept)})
    assert "another" not in str(told.value)


def test_the_container_is_nobody_and_its_root_is_read_only() -> None:
    users = [line.split()[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("USER ")]
    assert users[-1] not in ("root", "0")
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name: one for name, one in services.items() if one["image"] == "innspill:latest"}
    assert set(ours) == {"migrate", "web", "worker", "beat"}
    for name, one in ours.items():
        assert (one["read_only"], one["cap_drop"], one["security_opt"]) == (
            True,
            ["ALL"],
            ["no-new-privileges:true"],
        ), name
        assert not one.get("privileged"), name
        assert not one.get("user"), name
