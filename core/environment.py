"""What the process is told from outside: the environment, `.env`, and secret files."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class SecretFiles(FileAwareMapping):  # type: ignore[misc]
    """A name that ends in _FILE is read from that file: Docker and Kubernetes hand out secrets so.

    The line break that editors leave at a file's end is no part of a secret.
    """

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return value.rstrip("\r\n") if self.env.get(f"{key}_FILE") else value


class Env(environ.Env):  # type: ignore[misc]
    ENVIRON = SecretFiles()


env = Env()

DEVELOPMENT_SECRET = "development-only-secret-key-never-used-with-DEBUG=0"  # noqa: S105


def read_env_file(base_dir: Path) -> None:
    """Read `.env` beside manage.py; what the process already has wins."""
    env_file = base_dir / ".env"
    if env_file.is_file():
        env.read_env(str(env_file))


def choose_development(base_dir: Path) -> None:
    """DEBUG=1 and with it DEV_OTP=1, where neither the environment nor `.env` says otherwise."""
    read_env_file(base_dir)
    os.environ.setdefault("DEBUG", "1")
    if env.bool("DEBUG"):
        os.environ.setdefault("DEV_OTP", "1")


def refuse_unsafe_production(*, debug: bool, dev_otp: bool) -> None:
    """Stop the start when DEBUG=0 lacks what production needs, in one sentence."""
    if debug:
        return
    missing = [
        name
        for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL")
        if not env.str(name, default="").strip()
    ]
    if missing:
        raise ImproperlyConfigured(f"With DEBUG=0 these must be set: {', '.join(missing)}.")
    if env.str("SECRET_KEY") == DEVELOPMENT_SECRET:
        raise ImproperlyConfigured("With DEBUG=0 SECRET_KEY must be a secret of your own.")
    if dev_otp:
        raise ImproperlyConfigured("DEV_OTP=1 shows codes to anyone: it is refused with DEBUG=0.")


def derived_secret(secret_key: str, purpose: str) -> str:
    """A key of its own for each purpose, where none is configured."""
    return hmac.digest(secret_key.encode(), purpose.encode(), hashlib.sha256).hex()


def redis_urls(listed: str, password: str) -> str:
    """`listed` with the password filled in wherever an address has none of its own."""
    if not password:
        return listed
    return ",".join(
        url if "@" in url else url.replace("://", f"://:{quote(password, safe='')}@", 1)
        for url in listed.split(",")
        if url
    )
