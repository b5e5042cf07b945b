"""Processes beside the tests: on the same test database, with a folder for the letters they write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """Return the address of the database this test works on."""
    at = connection.settings_dict
    who = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}@" if at["USER"] else ""
    host = quote(at["HOST"], safe="") or "127.0.0.1"
    return f"postgres://{who}{host}:{at['PORT'] or 5432}/{at['NAME']}"


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Path:
    """The folder of letters, for this process and those it starts."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def start(transactional_db: None, mail: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start processes with the settings of this test; those that are left are killed at its end."""
    started: list[subprocess.Popen[str]] = []

    def start(*command: str) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": database_url(),
            "DATABASE_POOL": "false",
            "REDIS_URL": configured.REDIS_URL,
            "SECRET_KEY": configured.SECRET_KEY,
            "EMAIL_URL": "file:",
            "EMAIL_FILE_PATH": str(mail),
            "LOG_LEVEL": "ERROR",
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
