"""What every test stands on: real PostgreSQL, throw-away folders, English, and no way out of this machine."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

from tests.cast import Cast, enter_cast

LOCAL = {"localhost", "127.0.0.1", "::1", ""}
_connect = socket.socket.connect


def pytest_configure(config: pytest.Config) -> None:
    """Set once what is the same for every test; nothing has read these settings yet."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-tests-"))
    config.stash[FOLDER] = folder
    settings.STATE_DIR = folder
    settings.MEDIA_ROOT = str(folder / "media")
    settings.STATIC_ROOT = str(folder / "static")
    (folder / "static").mkdir()
    settings.SCREENING_INDEX_DIR = folder / "index"
    settings.EMAIL_FILE_PATH = str(folder / "mail")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # A slow hash protects passwords, and there are none here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_COOKIES = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = False
    settings.SECURE_HSTS_SECONDS = 0
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"gatehouse-test-{folder.name[-8:]}"}}
    # Two reach the same broker when tests run in two processes; neither may see the other's queue.
    socket.socket.connect = _refuse_the_network  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    socket.socket.connect = _connect  # type: ignore[method-assign]
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


FOLDER = pytest.StashKey[Path]()


def _refuse_the_network(self: socket.socket, address: Any) -> None:
    """Let tests reach this machine and the broker they were given, and nothing else."""
    host = address[0] if isinstance(address, tuple) else ""
    if host not in LOCAL | {urlsplit(settings.REDIS_URL).hostname}:
        raise OSError(f"a test reached for the network: {host}")
    _connect(self, address)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Connect without a pool, and let the flush between tests empty tables that refuse to be emptied."""
    from django.db import connections

    for connection in connections.all():
        connection.settings_dict.setdefault("OPTIONS", {}).pop("pool", None)
        connection.ops.sql_flush = partial(_flush_all, connection, connection.ops.sql_flush)


GUARDED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"


def _flush_all(connection: Any, flush: Callable[..., list[str]], style: Any, tables: Any, **how: Any) -> list[str]:
    """Empty every table. As the owner of the test database the tests may switch its guards off for that moment.

    A table whose model was replaced by ours is unknown to the flush and still points at what it empties: cascade.
    """
    with connection.cursor() as cursor:
        cursor.execute(GUARDED)
        guarded = [row[0] for row in cursor.fetchall()]
    return [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
        *flush(style, tables, **{**how, "allow_cascade": True}),
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
    ]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Start every test in English, whatever the one before it chose."""
    with translation.override("en"):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of tests/cast.py, with their roles and units."""
    return enter_cast()


@pytest.fixture
def signed_in(client: Any) -> Callable[[Any], Any]:
    """Return a function that signs a person in and gives back the browser she uses."""

    def sign_in(person: Any) -> Any:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
