"""Taking in documents: the kind is checked, the size is bounded, the digest is kept, nothing is ever run."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import puremagic
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.lifecycle import Action
from compliance.models import Document, User

from . import words
from .act import act, role_of
from .parties import locked_party
from .refusals import BadInput

# What may be handed in: the ending, the media type it is served back as, and how its first bytes look.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".tif": ("image/tiff", (b"II*\x00", b"MM\x00*")),
    ".tiff": ("image/tiff", (b"II*\x00", b"MM\x00*")),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".eml": ("message/rfc822", ()),
    ".txt": ("text/plain", ()),
    ".csv": ("text/csv", ()),
}
PIECE = 1024 * 1024


class Upload(Protocol):
    """A file as a door hands it over."""

    name: str

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


def attach(ref: str, *, by: User, upload: Upload, kind: str) -> Document:
    """Put a document into a case. Raises :class:`~.refusals.BadInput` for a wrong kind, size or content."""
    _known(kind)
    with _received(upload) as received, act(ref, Action.ATTACH, by=by) as (case, note):
        if case.documents.filter(sha256=received.sha256).exists():
            raise BadInput("file", _("This very file is already in the case."))
        document = received.keep(uploaded_by=by, kind=kind, case=case)
        note.update(document=document.pk, name=document.name, sha256=document.sha256, kind=kind, size=document.size)
    return document


def attach_to_party(ref: str, *, by: User, upload: Upload, kind: str) -> Document:
    """Put a document beside a party."""
    _known(kind)
    with _received(upload) as received, transaction.atomic():
        party = locked_party(ref, by=by)
        document = received.keep(uploaded_by=by, kind=kind, party=party)
        record(
            "party.attach",
            party.subject,
            by=by.username,
            role=role_of(by),
            document=document.pk,
            name=document.name,
            sha256=document.sha256,
            kind=kind,
            size=document.size,
        )
    return document


def _known(kind: str) -> None:
    if kind not in Document.Kind.values:
        raise BadInput("kind", _("“%(given)s” is not a kind of document."), given=str(kind)[:40])


class _Received:
    """A file on its way in: measured, hashed and recognised, not yet kept."""

    def __init__(self, name: str, media_type: str, size: int, sha256: str, content: BinaryIO) -> None:
        self.name = name
        self.media_type = media_type
        self.size = size
        self.sha256 = sha256
        self.content = content

    def keep(self, **columns: object) -> Document:
        """Store the bytes under their digest and write the row."""
        place = f"documents/{self.sha256[:2]}/{self.sha256}"
        # A process that was killed while it wrote has left a shorter file under this digest: it is not taken for ours.
        if not default_storage.exists(place) or default_storage.size(place) != self.size:
            self.content.seek(0)
            place = default_storage.save(place, File(self.content))
        return Document.objects.create(
            name=self.name, media_type=self.media_type, size=self.size, sha256=self.sha256, stored_as=place, **columns
        )


@contextmanager
def _received(upload: Upload) -> Iterator[_Received]:
    name = words.text("file", Path(str(upload.name).replace("\\", "/")).name, limit=200, required=True)
    ending = Path(name).suffix.casefold()
    if ending not in KINDS:
        raise BadInput(
            "file",
            _("Files of the kind “%(ending)s” are not taken in. Use one of: %(allowed)s."),
            ending=ending or name[-20:],
            allowed=" ".join(sorted(KINDS)),
        )
    media_type, openings = KINDS[ending]
    limit = settings.DOCUMENT_MAX_BYTES
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=4 * PIECE) as content:
        for piece in upload.chunks(PIECE):
            size += len(piece)
            if size > limit:
                raise BadInput(
                    "file",
                    _("The file is larger than %(limit)d MB. Split it or make it smaller."),
                    limit=limit // PIECE,
                )
            digest.update(piece)
            content.write(piece)
        if not size:
            raise BadInput("file", _("The file is empty."))
        content.seek(0)
        opening = content.read(8192)
        if not _looks_like(opening, ending, openings):
            raise BadInput(
                "file",
                _("The content of “%(name)s” is not what its ending says. Save it again in its own kind."),
                name=name,
            )
        yield _Received(name, media_type, size, digest.hexdigest(), content)  # type: ignore[arg-type]


def _looks_like(opening: bytes, ending: str, openings: tuple[bytes, ...]) -> bool:
    if openings:
        return opening.startswith(openings)
    # Text kinds have no mark of their own: they must be text, and not something puremagic knows as another kind.
    if b"\x00" in opening:
        return False
    try:
        guesses = puremagic.magic_string(opening)
    except puremagic.PureError:
        return True
    return not any(guess.confidence >= 0.8 and guess.extension.casefold() not in KINDS for guess in guesses)
