"""A folder for letters, so that what left can be counted."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest


class Letters:
    """The letters that have left, each a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[EmailMessage]:
        found = sorted(self.folder.glob("*.eml")) if self.folder.exists() else []
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]

    def to(self, person: Any) -> list[EmailMessage]:
        return [letter for letter in self.all() if letter["To"] == person.email]


@pytest.fixture
def letters(settings: Any, tmp_path: Path) -> Letters:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return Letters(tmp_path / "mail")
