"""Archives and files that mean no good, or were only cut off: each is named, and the lists in use stay."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from screening import services
from screening.models import Snapshot
from tests.screening.build import FORTY, LANTERN, csv_text, json_text, row

pytestmark = pytest.mark.django_db

WHOLE = csv_text([*FORTY, LANTERN, row("Newcomer Ristano")]).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def lying(content: bytes, said: int) -> bytes:
    """An archive that says of its member in both places that it is ``said`` bytes long."""
    packed = bytearray(zipped(("list.csv", content)))
    packed[22:26] = struct.pack("<I", said)
    at = packed.index(b"PK\x01\x02")
    packed[at + 24 : at + 28] = struct.pack("<I", said)
    return bytes(packed)


JSON = json_text([*FORTY, LANTERN]).encode()
FILES = {
    "an archive in an archive": (zipped(("inner.zip", zipped(("list.csv", WHOLE)))), "not UTF-8 text"),
    "a compressed file in an archive": (zipped(("list.csv.gz", gzip.compress(WHOLE))), "not UTF-8 text"),
    "fifty-one members": (zipped(*((f"{n}.csv", WHOLE) for n in range(51))), "holds 51 files; at most 50"),
    "two members": (zipped(("one.csv", WHOLE), ("two.csv", WHOLE)), "holds 2 files; this list is one file"),
    "no member": (zipped(), "holds 0 files"),
    "a member said to be shorter": (lying(WHOLE, 900), "damaged, cut short"),
    "an archive cut in half": (zipped(("list.csv", WHOLE))[:900], "damaged, cut short"),
    "a compressed file with something behind it": (gzip.compress(WHOLE) + b"<html>", "damaged or cut short"),
    "a compressed page of a proxy": (gzip.compress(b"<html><body>503</body></html>"), "not the header of the list"),
    "JSON cut in half": (JSON[: len(JSON) // 2], "not valid JSON"),
    "JSON that says it holds more": (json_text([LANTERN], total=99).encode(), "says it holds 99 entries but 1"),
    "JSON without an entry": (b'{"results": [], "total": 0}', "a header but no entries"),
    "JSON with an id twice": (json_text([LANTERN, LANTERN]).encode(), "repeats the id"),
    "JSON with the list as text": (b'{"results": "none"}', "no “results” array"),
    "JSON of one number": (b"[1]", "is not an object"),
    "tabs": (csv_text([LANTERN], delimiter="\t").encode(), "separated by tab, not by comma"),
    "pipes": (csv_text([LANTERN], delimiter="|").encode(), "separated by pipe, not by comma"),
    "UTF-16": (csv_text([LANTERN]).encode("utf-16"), "not UTF-8 text"),
    "semicolons": (csv_text([LANTERN], delimiter=";").encode(), "separated by semicolon, not by comma"),
    "NUL bytes alone": (b"\0" * 5000, "not the header of the list"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_list_is_named_and_the_lists_in_use_stay(lists: Any, tmp_path: Path, kind: str) -> None:
    content, words = FILES[kind]
    path = tmp_path / "list"
    path.write_bytes(content)
    done = services.refresh(path, by="mira")
    assert (done.outcome, words in done.message) == ("quarantined", True), done.message
    assert Snapshot.objects.get(state="current").pk == lists.snapshot_id
    assert services.look_up("Quartz Lantern Computing").hits


def test_a_file_of_two_gigabytes_is_not_read_to_its_end(lists: Any, tmp_path: Path, settings: Any) -> None:
    settings.GATEHOUSE_LIST_MAX_BYTES = 8 * 1024 * 1024
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.write(WHOLE)
        file.truncate(2 * 1024**3)
    done = services.refresh(path, by="mira")
    assert "larger than 8388608 bytes" in done.message
    assert Snapshot.objects.get(state="current").pk == lists.snapshot_id


def test_a_file_whose_dates_are_no_dates_is_loaded_without_one(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json_text([*FORTY, LANTERN], sources_used=7), "utf-8")
    assert services.refresh(path, by="mira").outcome == "loaded"
    assert Snapshot.objects.get(state="current").published_at is None


def test_what_an_archive_says_of_its_size_is_not_believed(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    path.write_bytes(lying(WHOLE, 0xFFFFFFF0))
    assert services.refresh(path, by="mira").counts == {"EL": 42}


def test_a_file_name_that_is_no_text_is_kept_readable(lists: Any, tmp_path: Path) -> None:
    path = tmp_path / "list\udcff.csv"
    path.write_bytes(WHOLE)
    assert services.refresh(path, by="mira").outcome == "loaded"
    assert Snapshot.objects.get(state="current").file_name == "list\ufffd.csv"
    assert "cannot be opened" in services.refresh(tmp_path / "no\udcff.csv", by="mira").message
