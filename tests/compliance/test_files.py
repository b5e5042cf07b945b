"""Documents are kept under their digest, whole or not at all."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.services import files
from tests.build import a_case
from tests.cast import Cast

PDF = b"%PDF-1.7 the purchase order, both pages"


def test_what_a_killed_process_left_half_written_is_not_taken_for_the_file(cast: Cast) -> None:
    name = hashlib.sha256(PDF).hexdigest()
    default_storage.save(f"documents/{name[:2]}/{name}", ContentFile(PDF[:10]))
    case = a_case(by=cast.mira)
    kept = files.attach(case.ref, by=cast.mira, kind="other", upload=SimpleUploadedFile("po.pdf", PDF))
    with default_storage.open(kept.stored_as) as stored:
        assert stored.read() == PDF


def test_the_same_bytes_in_two_cases_are_stored_once(cast: Cast) -> None:
    pair = [a_case(by=cast.mira), a_case(by=cast.mira)]
    kept = [
        files.attach(case.ref, by=cast.mira, kind="other", upload=SimpleUploadedFile("a.pdf", PDF + b"!"))
        for case in pair
    ]
    assert kept[0].stored_as == kept[1].stored_as
