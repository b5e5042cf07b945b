"""Whether a file that was read may be taken into use: its size, its names, and the names it must and must not find."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.conf import settings
from django.utils import timezone

from ..matching import Index, Who, find
from ..models import Snapshot
from ..sources import Listed, Unreadable

CANARIES = Path(__file__).resolve().parent.parent / "data" / "canaries.yaml"
SMALL_LIST = 20
"""Below this many entries a list may lose some without being suspect; losing all of them is always suspect."""
LOOKED_UP = 25
MOST_OF_ONE_NAME = 0.05
"""The share of a file's entries that may have one name; above it, a column was filled down or rows were copied."""
FEW_OF_ONE_NAME = 50
"""Fewer entries than these may share a name, whatever their share of the file."""
FIRST_FILES = dt.date(1990, 1, 1)
SURE = 0.5
"""The score from which a canary counts as found. A quiet one must stay below the score that proposes a match."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A name whose answer is known. ``list_code`` is the list it stands on, or empty for one that stands on none.

    It is asked of a list with at least ``from_entries`` entries: an extract need not hold it.
    """

    name: str
    list_code: str = ""
    country: str = ""
    from_entries: int = 0


def canaries() -> list[Canary]:
    """Return the names of this program and those of ``GATEHOUSE_CANARIES``, a YAML file of the same form.

    Raises :class:`Unreadable` ``canary_file`` saying which line of which file is wrong.
    """
    own = settings.GATEHOUSE_CANARIES
    return [one for path in (CANARIES, *([Path(own)] if own else [])) for one in _read(path)]


def _read(path: Path) -> list[Canary]:
    def refuse(detail: str) -> Unreadable:
        return Unreadable("canary_file", path=path.name, detail=detail)

    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise refuse("it cannot be read") from None
    except yaml.YAMLError as error:
        raise refuse(str(error).partition("\n")[0]) from None
    if not isinstance(told, dict) or set(told) - {"found", "quiet"}:
        raise refuse("it must hold the two lists found and quiet")
    read = []
    for group in ("found", "quiet"):
        for number, row in enumerate(told.get(group) or (), start=1):
            known = {"name", "list", "country", "from_entries"}
            if not isinstance(row, dict) or not isinstance(row.get("name"), str) or set(row) - known:
                raise refuse(f"{group}, entry {number}: give name, list, country and from_entries")
            if (group == "found") != bool(row.get("list")):
                raise refuse(f"{group}, entry {number}: only a name to be found has a list, and it must")
            if not isinstance(row.get("from_entries", 0), int):
                raise refuse(f"{group}, entry {number}: from_entries is a whole number")
            least = row.get("from_entries", 0)
            read.append(Canary(row["name"], str(row.get("list", "")), str(row.get("country", "")), least))
    return read


def try_canaries(index: Index, counts: dict[str, int], codes: dict[int, str]) -> int:
    """Ask the canaries of a file about to be taken into use; return how many were asked.

    ``codes`` are the list codes of its entries. Raises :class:`Unreadable` for the first that answers wrongly.
    """
    asked = 0
    for canary in canaries():
        if canary.list_code and counts.get(canary.list_code, 0) < max(1, canary.from_entries):
            continue
        asked += 1
        who = Who((canary.name,), countries=(canary.country,) if canary.country else ())
        hits = find(who, index, threshold=settings.GATEHOUSE_MATCH_THRESHOLD, limit=25)
        if canary.list_code:
            best = max((hit.score.value for hit in hits if codes.get(hit.id) == canary.list_code), default=0.0)
            if best < SURE:
                raise Unreadable("canary_lost", name=canary.name, code=canary.list_code, percent=int(best * 100))
        elif hits:
            raise Unreadable("canary_loud", name=canary.name, found=hits[0].listed_name[:100])
    return asked


def refuse_shrinkage(counts: dict[str, int], before: Snapshot) -> None:
    """A file that lost entries is suspect: as a whole, list by list, and above all when a list is gone."""
    most: float = settings.GATEHOUSE_LIST_MAX_SHRINK
    percent = f"{most * 100:g}"
    for code, earlier in before.counts.items():
        found = counts.get(code, 0)
        if not found:
            raise Unreadable("list_vanished", code=code, before=earlier)
        if earlier >= SMALL_LIST and found < earlier * (1 - most):
            raise Unreadable("list_shrunken", code=code, found=found, before=earlier, percent=percent)
    found, earlier = sum(counts.values()), before.row_count
    if found < earlier * (1 - most):
        raise Unreadable("shrunken", found=found, before=earlier, percent=percent)


def refuse_another_list(known: Mapping[str, object], keyed: Mapping[str, Listed], before: Snapshot) -> None:
    """A file that keeps less than half of a list, however many entries it has, is the file of another list.

    What tells an entry again is its key, so that a publisher may give all entries other ids.
    """
    kept = Counter(key.partition(":")[0] for key in known if key in keyed)
    for code, earlier in before.counts.items():
        if earlier >= SMALL_LIST and kept[code] < earlier / 2:
            raise Unreadable("another_list", code=code, found=kept[code], before=earlier)


def refuse_impossible_day(day: dt.datetime) -> None:
    """A file that says it was published tomorrow, or before there were such files, does not know when it was."""
    if not FIRST_FILES <= day.date() <= timezone.localdate() + dt.timedelta(days=1):
        raise Unreadable("published_when", found=day.date().isoformat())


def refuse_older(published_at: dt.datetime, before: Snapshot) -> None:
    """A file older than the one in use would take away what was listed since."""
    if before.published_at and published_at < before.published_at:
        raise Unreadable(
            "older", found=published_at.date().isoformat(), before=timezone.localdate(before.published_at).isoformat()
        )


def refuse_one_name_for_many(entries: Sequence[Listed]) -> None:
    """A file in which one name stands for many entries has lost the names that it wrote over."""
    names = Counter(" ".join(entry.name.casefold().split()) for entry in entries if entry.name)
    for folded, count in names.most_common(1):
        if count >= FEW_OF_ONE_NAME and count > len(entries) * MOST_OF_ONE_NAME:
            shown = next(entry.name for entry in entries if " ".join(entry.name.casefold().split()) == folded)
            raise Unreadable("name_repeated", name=shown[:100], count=count, total=len(entries))


def self_check(index: Index, keyed: dict[str, Listed], members: Sequence[int]) -> None:
    """Look names of the file up again: a list that cannot be searched must not be taken into use."""
    named = [entry for entry in keyed.values() if entry.names]
    if not named:
        raise Unreadable("self_check", name="-")
    if index.rows.size != len(members):
        raise Unreadable("self_check", name=f"{index.rows.size} ≠ {len(members)}")
    for entry in named[:: max(1, len(named) // LOOKED_UP)]:
        found = find(Who((entry.names[0],)), index, limit=1)
        if not found or found[0].score.value < 0.5:
            raise Unreadable("self_check", name=entry.names[0][:100])
