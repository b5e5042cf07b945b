"""The lock on released law: no line of a parameter changes silently.

``python -m compliance.ear.lock`` compares every dated line with ``parameters/LOCK`` and fails on a difference;
``--write`` adds new lines, and corrected ones that say ``corrects: {was: …, on: …, why: …}``. A line may be *ended*
(``to``, ``unenforced``) once without a correction, because that is how an amendment works.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from compliance.ear.facts import json_safe
from compliance.ear.law import PARAMETERS, Line, Parameter, Rulebook, the_book

LOCK = PARAMETERS / "LOCK"
_ENDS = ("to", "unenforced")


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
    now, said = lines_of(book), []
    for identity, old in locked.items():
        if identity not in now:
            said.append(f"{identity}: a released line is gone; end it with 'to' instead of removing it")
            continue
        new, line = now[identity]
        if {"was", "on", "why"} <= set(line.raw.get("corrects") or ()):
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
        held = sorted(str(locked) for locked, _ in lines_of(book).values())
        head = "# Fingerprints of released lines. Written by: python -m compliance.ear.lock --write\n"
        path.write_text(head + "\n".join(held) + "\n", "utf-8")
        return 0
    sys.stderr.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
