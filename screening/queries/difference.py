"""What a list file changed against the one before: entry by entry, field by field, and whom of ours it touches."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from ..lists import list_place, list_title
from ..models import ListedName, ListedParty, Reach, Snapshot
from .matches import subject_labels, subjects_visible_to

WHAT = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
    "altered": gettext_lazy("altered"),
}
FIELDS = {
    "name": gettext_lazy("Name"),
    "names": gettext_lazy("Names compared"),
    "kind": gettext_lazy("Type"),
    "addresses": gettext_lazy("Addresses"),
    "countries": gettext_lazy("Countries"),
    "identifiers": gettext_lazy("Numbers"),
    "programs": gettext_lazy("Programs"),
    "license_requirement": gettext_lazy("License requirement"),
    "license_policy": gettext_lazy("License review policy"),
    "federal_register_notice": gettext_lazy("Federal Register"),
    "start_date": gettext_lazy("Listed since"),
    "end_date": gettext_lazy("Listed until"),
    "remarks": gettext_lazy("Remarks"),
}
CHUNK = 500
_FORMULA = frozenset("=+-@\t\r＝＋－＠")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an altered entry: the values that left it and those that came."""

    key: str
    label: Any
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that was added, removed or altered.

    ``parties`` and ``cases`` are those the reader may see, None while nobody has counted them.
    """

    what: str
    what_words: Any
    key: str
    list_code: str
    list_title: Any
    name: str
    notice: str
    fields: tuple[FieldChange, ...]
    parties: tuple[tuple[str, str], ...] | None
    cases: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The keys of all changes in the order of the lists, and how many of each kind and list there are."""

    snapshot_id: int
    keys: tuple[tuple[str, str], ...]
    counts: dict[str, int]
    codes: tuple[tuple[str, Any, int], ...]
    reached_at: dt.datetime | None
    reached_subjects: int
    touching: int


def difference(snapshot_id: int, *, what: str = "", list_code: str = "", touching: bool = False) -> Difference | None:
    """Return the changes of a file, of one kind or list where asked; ``touching`` keeps those that touch anybody.

    None when the file does not exist or had none before it to be compared with.
    """
    row = Snapshot.objects.filter(pk=snapshot_id).only("difference").first()
    if row is None or row.difference is None:
        return None
    reach = Reach.objects.filter(snapshot_id=snapshot_id).first()
    touched = {key for key, refs in (reach.pairs if reach else {}).items() if refs}
    every = [(kind, key) for kind in WHAT for key in row.difference[kind]]
    kept = [
        (kind, key)
        for kind, key in every
        if (not what or kind == what)
        and (not list_code or _code(key) == list_code)
        and (not touching or key in touched)
    ]
    kept.sort(key=lambda one: (one[1] not in touched, list_place(_code(one[1])), list(WHAT).index(one[0]), one[1]))
    codes = Counter(_code(key) for _kind, key in every)
    return Difference(
        snapshot_id=snapshot_id,
        keys=tuple(kept),
        counts={kind: len(row.difference[kind]) for kind in WHAT},
        codes=tuple((code, list_title(code), codes[code]) for code in sorted(codes, key=list_place)),
        reached_at=reach.at if reach else None,
        reached_subjects=reach.subjects if reach else 0,
        touching=sum(1 for _kind, key in every if key in touched),
    )


def _code(key: str) -> str:
    return key.partition(":")[0]


def changes(snapshot_id: int, keys: Sequence[tuple[str, str]], user: Any) -> list[Change]:
    """Return these changes with what differs and whom they touch, in a constant number of queries."""
    row = Snapshot.objects.select_related("previous").get(pk=snapshot_id)
    wanted = [key for _kind, key in keys]
    now = _rows(row.members, wanted)
    before = _rows(row.previous.members, wanted) if row.previous else {}
    names = _names([one.pk for one in (*now.values(), *before.values())])
    pairs = Reach.objects.filter(snapshot_id=snapshot_id).values_list("pairs", flat=True).first()
    parties, cases = _touched({key: (pairs or {}).get(key, []) for key in wanted}, user)
    found = []
    for kind, key in keys:
        entry = now.get(key) or before.get(key)
        if entry is None:
            continue
        altered = kind == "altered" and key in now and key in before
        found.append(
            Change(
                what=kind,
                what_words=WHAT[kind],
                key=key,
                list_code=entry.list_code,
                list_title=list_title(entry.list_code),
                name=entry.name,
                notice=entry.federal_register_notice,
                fields=_altered(before[key], now[key], names) if altered else (),
                parties=None if pairs is None else parties[key],
                cases=None if pairs is None else cases[key],
            )
        )
    return found


def _rows(members: Sequence[int], keys: Sequence[str]) -> dict[str, ListedParty]:
    # The few rows of these keys are read first: asking for twenty-five thousand ids costs more.
    inside = set(members)
    return {row.key: row for row in ListedParty.objects.filter(key__in=keys).order_by("pk") if row.pk in inside}


def _names(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = ListedName.objects.filter(listed_id__in=ids).order_by("listed_id", "position")
    for listed_id, name in rows.values_list("listed_id", "name"):
        found.setdefault(listed_id, []).append(name)
    return found


def _altered(old: ListedParty, new: ListedParty, names: dict[int, list[str]]) -> tuple[FieldChange, ...]:
    found = []
    for key, label in FIELDS.items():
        was = names.get(old.pk, []) if key == "names" else _values(getattr(old, key))
        now = names.get(new.pk, []) if key == "names" else _values(getattr(new, key))
        if sorted(was) != sorted(now):
            gone, come = tuple(x for x in was if x not in now), tuple(x for x in now if x not in was)
            found.append(FieldChange(key, label, gone, come))
    if not found:
        # Such as dates of birth and the data of vessels, which have no column of ours: the row as published has them.
        keys = [key for key in {**old.raw, **new.raw} if old.raw.get(key) != new.raw.get(key)]
        found = [
            FieldChange(key, key, tuple(_values(old.raw.get(key))), tuple(_values(new.raw.get(key)))) for key in keys
        ]
    return tuple(found)


def _values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)] if value not in (None, "") else []


def _touched(pairs: dict[str, list[str]], user: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (reference, name) of the parties and the open cases behind each key, as far as the person may see them."""
    refs = {ref for told in pairs.values() for ref in told}
    visible = subjects_visible_to(user)
    if visible is not None:
        refs &= set(visible)
    labels = subject_labels(refs)
    open_cases: dict[str, list[str]] = import_string(settings.GATEHOUSE_OPEN_CASES)(user, refs) if refs else {}
    parties = {key: tuple((ref, labels.get(ref, ref)) for ref in told if ref in refs) for key, told in pairs.items()}
    cases = {
        key: tuple(sorted({case for ref in told if ref in refs for case in open_cases.get(ref, ())}))
        for key, told in pairs.items()
    }
    return parties, cases


COLUMNS = (
    "change", "list", "key", "name", "federal_register_notice", "altered_fields", "before", "after", "our_parties",
    "open_cases", "party_refs", "case_refs",
)  # fmt: skip
"""The columns of the exported difference; the numbers are empty where nobody has counted."""


class _Echo:
    def write(self, text: str) -> str:
        return text


def difference_csv(told: Difference, user: Any) -> Iterator[bytes]:
    """Yield the difference as CSV, in UTF-8 with a mark, so that a spreadsheet reads it; nothing becomes a formula."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + writer.writerow(COLUMNS).encode()  # type: ignore[attr-defined]
    for first in range(0, len(told.keys), CHUNK):
        for one in changes(told.snapshot_id, told.keys[first : first + CHUNK], user):
            yield writer.writerow([_neutral(cell) for cell in _cells(one)]).encode()  # type: ignore[attr-defined]


def _cells(one: Change) -> list[str]:
    def joined(side: str) -> str:
        return " | ".join(f"{field.key}: {'; '.join(getattr(field, side)) or '–'}" for field in one.fields)

    return [
        one.what,
        one.list_code,
        one.key,
        one.name,
        one.notice,
        "; ".join(field.key for field in one.fields),
        joined("before"),
        joined("after"),
        "" if one.parties is None else str(len(one.parties)),
        "" if one.cases is None else str(len(one.cases)),
        "; ".join(ref.partition(":")[2] for ref, _label in one.parties or ()),
        "; ".join(one.cases or ()),
    ]


def _neutral(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA else text
