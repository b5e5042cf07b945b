"""E-mail: handing one letter over, and knowing afterwards whether it was.

A *postman* is asked three things: to get ready (nothing has left yet, so this may be repeated), to hand over one
letter, and, about a letter whose hand-over was cut off, whether it left. A folder can answer the last question, because
the letter has a name of its own there and a name is taken once. A mail server cannot: it is never asked twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import smtplib
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

NONE = "django.core.mail.backends.dummy.EmailBackend"
FOLDER = "django.core.mail.backends.filebased.EmailBackend"


class NotSent(Exception):
    """The letter did not leave. ``final``: trying again would not help."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why[:300])
        self.final = final


class PerhapsSent(Exception):
    """The connection broke between the letter and the answer to it: nobody can tell whether it left."""


class Postman(Protocol):
    """Who takes letters away."""

    def get_ready(self) -> None:
        """Make the way free; raises :class:`NotSent`."""

    def hand_over(self, name: str, letter: EmailMessage) -> None:
        """Give one letter away; raises :class:`NotSent` or :class:`PerhapsSent`."""

    def has_left(self, name: str) -> bool | None:
        """Say whether the letter of this name left; ``None`` when that cannot be known."""

    def go(self) -> None:
        """Leave; raises nothing."""


def in_use() -> bool:
    """Return whether this installation sends mail at all."""
    return settings.EMAIL_BACKEND != NONE


def postman() -> Postman:
    """Return who takes letters on this installation."""
    return Folder(Path(settings.EMAIL_FILE_PATH)) if settings.EMAIL_BACKEND == FOLDER else Server()


def message_id(name: str) -> str:
    """Return the Message-ID of a letter: always the same for the same notice of the same installation.

    A receiving server that drops what it has seen before recognizes a letter by it.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mark = hashlib.sha256(f"{settings.SECRET_KEY}\n{name}".encode()).hexdigest()[:16]
    return f"<{name}.{mark}@{domain}>"


class Folder:
    """A folder of letters, one file each, for a mail program to collect or for trying things out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_ready(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotSent(f"folder of mail: {error}") from error

    def hand_over(self, name: str, letter: EmailMessage) -> None:
        """Write the letter under a name of this process, then link it to its own: the link exists whole or not at all.

        A name that is taken is a letter that has left, so handing over twice is handing over once.
        """
        draft = self.folder / f".{name}.{os.getpid()}"
        try:
            with draft.open("wb") as stream:
                stream.write(letter.message().as_bytes(linesep="\n"))
                stream.flush()
                os.fsync(stream.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, self._place(name))
            _sync(self.folder)
        except OSError as error:
            raise NotSent(f"folder of mail: {error}") from error
        finally:
            draft.unlink(missing_ok=True)

    def has_left(self, name: str) -> bool | None:
        return self._place(name).exists()

    def go(self) -> None:
        return

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}.eml"


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Server:
    """A mail server, through the backend of the settings. Once it was given a letter it cannot be asked about it."""

    def __init__(self) -> None:
        self.backend = get_connection(fail_silently=False)

    def get_ready(self) -> None:
        connection = getattr(self.backend, "connection", None)
        if connection is not None:
            # A connection that fell asleep is replaced now, while nothing has been handed over yet.
            try:
                connection.noop()
            except (OSError, smtplib.SMTPException):
                self.go()
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(_why(error)) from error

    def hand_over(self, name: str, letter: EmailMessage) -> None:
        try:
            self.backend.send_messages([letter])
        except smtplib.SMTPServerDisconnected as error:
            self.go()
            raise PerhapsSent(_why(error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _words in error.recipients.values()}
            raise NotSent(_why(error), final=all(code >= 500 for code in codes)) from error
        except smtplib.SMTPResponseException as error:
            # The server answered, and its answer was no: the letter is certainly not with it.
            raise NotSent(_why(error), final=error.smtp_code >= 500) from error
        except smtplib.SMTPException as error:
            raise NotSent(_why(error)) from error
        except OSError as error:
            self.go()
            raise PerhapsSent(_why(error)) from error

    def has_left(self, name: str) -> bool | None:
        return None

    def go(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.backend.close()


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
