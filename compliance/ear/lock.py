"""The lock on released law: no line of a parameter changes silently.

``python -m compliance.ear.lock`` compares every dated line, and every row of the catalogues of red flags and deadlines,
with ``parameters/LOCK`` and fails on a difference;
``--write`` adds new lines, and corrected ones that say ``corrects: {was: …, on: …, why: …}``. A line may be *ended*
(``to``, ``unenforced``) once without a correction, because that is how an amendment works.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from compliance.ear.facts import json_safe
from compliance.ear.law import PARAMETERS, Line, Parameter, Rulebook, the_book

LOCK = PARAMETERS / "LOCK"
_ENDS = ("to", "unenforced")
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of the lock: which line of which parameter, its fingerprint, and how it ends."""

    identity: str
    fingerprint: str
    ends: str

    def __str__(self) -> str:
        return f"{self.fingerprint} {self.ends} {self.identity}"


def of(parameter: Parameter, line: Line) -> Locked:
    """Return the lock line of one dated line."""
    raw = {name: json_safe(value) for name, value in line.raw.items() if name not in {*_ENDS, "corrects"}}
    what = raw.get("member", raw.get("code", ""))
    only = f" only={raw['only']}" if "only" in raw else ""
    text = json.dumps([parameter.cite, raw], sort_keys=True, ensure_ascii=False, default=str)
    ends = ",".join(str(line.raw.get(name) or "-") for name in _ENDS)
    identity = " ".join(filter(None, (parameter.key, str(what), f"from={raw['from']}"))) + only
    return Locked(identity, hashlib.sha256(text.encode()).hexdigest()[:16], ends)


def catalogue_rows() -> dict[str, tuple[Locked, Mapping[str, Any]]]:
    """Return the rows of the red-flag and deadline catalogues, which have readers of their own, by identity.

    A row is law as released, like a dated line. Of a flag's history the last line may be ended. Raises ValueError when
    two rows are the same row.
    """
    found: dict[str, tuple[Locked, Mapping[str, Any]]] = {}
    for name, key in (("part_732/red_flags.yaml", "flags"), ("deadlines.yaml", "deadlines")):
        content = yaml.load((PARAMETERS / name).read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader
        for row in content[key]:
            identity = f"{PurePosixPath(name).stem} {row['code']}"
            if identity in found:
                raise ValueError(f"{identity}: the same row twice")
            history = [dict(one) for one in row.get("history", ())]
            ends = [str(one.pop(end, None) or "-") for one in history[-1:] for end in _ENDS] or ["-", "-"]
            kept = {field: value for field, value in row.items() if field not in {"history", "corrects"}}
            text = json.dumps([kept, history], sort_keys=True, ensure_ascii=False, default=str)
            fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
            found[identity] = (Locked(identity, fingerprint, ",".join(ends)), row)
    return found


def _held(book: Rulebook) -> dict[str, tuple[Locked, Mapping[str, Any]]]:
    return {name: (locked, line.raw) for name, (locked, line) in lines_of(book).items()} | catalogue_rows()


def lines_of(book: Rulebook) -> dict[str, tuple[Locked, Line]]:
    """Return every dated line of the book by identity. Raises ValueError when two lines are the same line."""
    found: dict[str, tuple[Locked, Line]] = {}
    for parameter in book.parameters.values():
        for line in parameter.lines:
            locked = of(parameter, line)
            if locked.identity in found:
                raise ValueError(f"{locked.identity}: the same line twice")
            found[locked.identity] = (locked, line)
    return found


def read(text: str) -> dict[str, Locked]:
    """Read the lock file."""
    entries = (line.split(" ", 2) for line in text.splitlines() if line and not line.startswith("#"))
    return {identity: Locked(identity, fingerprint, ends) for fingerprint, ends, identity in entries}


def problems(book: Rulebook, locked: dict[str, Locked]) -> list[str]:
    """Say what differs from the lock: changed, lost or new lines. Empty means the law is as released."""
    now, said = _held(book), []
    for identity, old in locked.items():
        if identity not in now:
            said.append(f"{identity}: a released line is gone; end it with 'to' instead of removing it")
            continue
        new, raw = now[identity]
        if {"was", "on", "why"} <= set(raw.get("corrects") or ()):
            continue
        if new.fingerprint != old.fingerprint:
            said.append(f"{identity}: a released line was changed without 'corrects: {{was, on, why}}'")
        for name, before, after in zip(_ENDS, old.ends.split(","), new.ends.split(","), strict=True):
            if before not in {"-", after}:
                said.append(f"{identity}: '{name}' was {before} and is now {after}, without 'corrects'")
    said += [f"{identity}: not locked yet; run with --write" for identity in now if identity not in locked]
    return said


def main(arguments: Iterable[str]) -> int:
    """Check the lock, or write it when nothing released was changed silently. Returns the exit code."""
    book, path = the_book(), Path(LOCK)
    found = problems(book, read(path.read_text("utf-8")) if path.exists() else {})
    changed = [one for one in found if "not locked yet" not in one]
    if "--write" in arguments and not changed:
        held = sorted(str(locked) for locked, _ in _held(book).values())
        head = "# Fingerprints of released lines. Written by: python -m compliance.ear.lock --write\n"
        path.write_text(head + "\n".join(held) + "\n", "utf-8")
        return 0
    sys.stderr.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
