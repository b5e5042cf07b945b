"""Screen subjects against the lists in use, and look one name up."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from .. import indexes, policy, queries
from ..matching import MATCHER_VERSION, Found, Who, find, forms
from ..matching.names import LONGEST, clean
from ..models import ListedParty, Match, Run, RunSubject, Snapshot
from ..queries.snapshots import first_day, snapshots_on
from ..reasons import Refusal, sentence
from ..shapes import Coverage, Subject

MOST_MATCHES = 100
"""Matches kept per subject. A subject with more is a gap: the run is partial and clears nobody."""

OVERRIDES = frozenset("\u202d\u202e")
"""Signs that show letters in another order than they are written."""

SHOWN = 25
"""Listed parties shown for a name that is looked up."""


@transaction.atomic
def screen(subjects: Sequence[Subject], *, on: dt.date | None = None) -> Run:
    """Screen subjects by all their names, addresses and numbers; return the run, with its matches stored.

    ``on`` reads the lists as they stood at the end of that day; without it, the lists in use. A run on a past day is
    evidence of that day and never the newest of its subjects. Does not record: the caller does.
    The run is ``failed`` without lists, ``partial`` when a subject could not be screened fully; neither clears anybody.
    """
    told = {subject.ref: subject.as_dict() | {"fingerprint": subject.fingerprint} for subject in subjects}
    snapshots, thresholds = snapshots_on(on), policy.current()
    run = Run(
        at=timezone.now(),
        subjects=told,
        subject_digest=hashlib.sha256(
            "\n".join(sorted(f"{s.ref} {s.fingerprint}" for s in subjects)).encode()
        ).hexdigest(),
        snapshots=[s.pk for s in snapshots],
        snapshot_digests=[s.sha256 for s in snapshots],
        coverage=queries.coverage_as_dict(snapshots, on=on),
        matcher_version=MATCHER_VERSION,
        threshold=thresholds.base,
        rules=thresholds.as_rows(),
    )
    if not snapshots:
        run.state, run.failure = Run.State.FAILED, "no_lists"
        _save(run, told)
        return run
    gaps: list[dict[str, str]] = []
    found: list[Match] = []
    for snapshot in snapshots:
        index = indexes.index_of(snapshot)
        for subject in subjects:
            gaps += _gaps(subject)
            matches = find(subject.who(), index, threshold=thresholds.least, limit=MOST_MATCHES + 1)
            if len(matches) > MOST_MATCHES:
                gaps.append({"ref": subject.ref, "why": "too_many_matches"})
            found += [_match(run, subject, one) for one in matches[:MOST_MATCHES]]
    run.gaps = gaps
    run.state = Run.State.PARTIAL if gaps else Run.State.COMPLETE
    _save(run, told)
    Match.objects.bulk_create(_each_once(found, thresholds, {one.ref: one.roles for one in subjects}))
    return run


def _save(run: Run, told: dict[str, Any]) -> None:
    run.save()
    if run.coverage.get("on"):
        return
    RunSubject.objects.bulk_create(
        RunSubject(run=run, subject_ref=ref, fingerprint=subject["fingerprint"]) for ref, subject in told.items()
    )


def _gaps(subject: Subject) -> list[dict[str, str]]:
    """Say what of a subject could not be compared. What was not compared is not known to be unlisted."""
    gaps = []
    if not any(forms(name) for name in subject.names):
        gaps.append({"ref": subject.ref, "why": "no_comparable_name"})
    else:
        gaps += [
            {"ref": subject.ref, "why": "name_not_comparable", "name": n[:80]} for n in subject.names if not forms(n)
        ]
    gaps += [{"ref": subject.ref, "why": "name_too_long", "name": n[:80]} for n in subject.names if too_long(n)]
    return gaps


def too_long(name: str) -> bool:
    """Say whether a part of a name would not be compared. One sign may stand for a whole phrase: ㍿, ﷺ."""
    return len(name) > LONGEST or (not name.isascii() and len(unicodedata.normalize("NFKC", name)) > LONGEST)


def refuse_unsearchable(name: str, *, field: str) -> None:
    """Raise :class:`~screening.reasons.Refusal` for a name of which another would be searched than a person sees."""
    if too_long(name):
        raise Refusal("name_long", field=field, most=LONGEST)
    if turned := next((sign for sign in name if sign in OVERRIDES), ""):
        raise Refusal("name_turned", field=field, code=f"{ord(turned):04X}")


def one_letter(name: str) -> bool:
    """Say whether a name has but one letter or digit, as few listed names do: finding none then says little."""
    return sum(sign.isalnum() for sign in name) == 1


def one_word(name: str) -> bool:
    """Say whether a name is one word of a script that puts spaces between words."""
    return len(name.split()) == 1 and not any("\u2e80" <= sign <= "\ud7ff" for sign in name)


def _match(run: Run, subject: Subject, found: Any) -> Match:
    return Match(
        run=run,
        subject_ref=subject.ref,
        subject_fingerprint=subject.fingerprint,
        our_name=found.our_name,
        listed_id=found.id,
        listed_name=found.listed_name,
        score=found.score.value,
        reasons=[reason.as_dict() for reason in found.score.reasons],
        words=[
            [ours, listed, round(alike, 2), round(rarity, 2)]
            for (ours, listed, alike), rarity in zip(found.score.words, found.score.rarity, strict=True)
        ],
    )


def _each_once(matches: list[Match], thresholds: policy.Policy, roles: dict[str, tuple[str, ...]]) -> list[Match]:
    """Fill in what the listed rows say, in one query, leave what the policy asks about, and each entry once.

    The file that stands first in ``screening.sources`` keeps it, whatever its score: otherwise a clearance would lapse
    whenever the other wording of the same entry happened to come out on top.
    """
    rows = ListedParty.objects.in_bulk({match.listed_id for match in matches})
    for match in matches:
        match.entity_key = rows[match.listed_id].key
        match.listed_fingerprint = rows[match.listed_id].fingerprint
    first: dict[tuple[str, str], Match] = {}
    for match in matches:
        row = rows[match.listed_id]
        if match.score < thresholds.threshold(row.list_code, row.kind, roles[match.subject_ref]):
            continue
        first.setdefault((match.subject_ref, match.entity_key), match)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer to one name typed in: what may be it, and which lists were asked. Nothing is stored.

    ``more`` counts the less sure that are not shown; at most :data:`MOST_MATCHES` of a file are looked at.
    ``not_compared`` are further names that could not be compared, or not as a whole.
    """

    name: str
    hits: tuple[queries.Hit, ...]
    coverage: Coverage
    more: int = 0
    not_compared: tuple[str, ...] = ()

    @property
    def caution(self) -> str:
        """Return why finding nothing says less here than elsewhere; empty where it says what it always says."""
        if one_letter(self.name):
            return sentence("look_one_letter", {})
        return sentence("look_one_word", {}) if one_word(self.name) else ""


def look_up(name: str, *, country: str = "", address: str = "", on: dt.date | None = None) -> LookUp:
    """Look one name up in the lists in use, or in those of a past day.

    Raises :class:`~screening.reasons.Refusal` for what cannot be searched, and for a day without lists.
    """
    name, country = name.strip(), country.strip().upper()
    if not name:
        raise Refusal("name_missing", field="name")
    refuse_unsearchable(name, field="name")
    if not forms(name):
        raise Refusal("name_empty", field="name")
    name = clean(name)
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise Refusal("country", field="country", found=country[:20])
    who = Who((name,), (address,) if address.strip() else (), (country,) if country else ())
    return _look_up(name, who, on)


def search(subject: Subject, *, on: dt.date | None = None) -> LookUp:
    """Search one of our subjects by all it has, as :func:`look_up` does for a name; nothing is stored."""
    if not any(forms(name) for name in subject.names):
        raise Refusal("name_empty", field="name")
    found = _look_up(subject.names[0], subject.who(), on)
    return replace(found, not_compared=tuple(one for one in subject.names if not forms(one) or too_long(one)))


def _look_up(name: str, who: Who, on: dt.date | None) -> LookUp:
    snapshots, thresholds = lists_of(on), policy.current()
    found = proposals(who, snapshots, threshold=thresholds.least)
    rows = ListedParty.objects.only("key", "list_code", "kind").in_bulk([one.id for one in found])
    best = asked_about(found, rows, thresholds)
    return LookUp(name, queries.hits(best[:SHOWN]), queries.coverage(on=on), len(best[SHOWN:]))


def proposals(who: Who, snapshots: Iterable[Snapshot], *, threshold: float) -> list[Found]:
    """Return what each file proposes for one of ours, at most :data:`MOST_MATCHES` of a file.

    More than are shown: an entry may stand in two files, and a policy may ask for more on its list.
    """
    return [
        one
        for snapshot in snapshots
        for one in find(who, indexes.index_of(snapshot), threshold=threshold, limit=MOST_MATCHES)
    ]


def asked_about(found: Iterable[Found], rows: Mapping[int, ListedParty], thresholds: policy.Policy) -> list[Found]:
    """Return what the policy asks about, surest first, each entry once.

    Whoever keeps only some takes them from here: cut before, what one list asks about would be pushed out by surer
    names of a list that does not.
    """
    asked = [one for one in found if one.score.value >= thresholds.threshold(rows[one.id].list_code, rows[one.id].kind)]
    return each_entry_once(asked, lambda listed: rows[listed].key)


def each_entry_once(found: Iterable[Found], key_of: Callable[[int], str]) -> list[Found]:
    """Return what was found, surest first; of an entry that two files print, the surer reading."""
    best: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: (-one.score.value, one.id)):
        best.setdefault(key_of(one.id), one)
    return list(best.values())


def lists_of(on: dt.date | None) -> list[Snapshot]:
    """Return the files to search, of now or of the end of a past day.

    Raises :class:`~screening.reasons.Refusal`: without lists, before the first were in use, or for a day to come.
    """
    if on is not None and on > timezone.localdate():
        raise Refusal("day_ahead", field="on", found=on.isoformat())
    snapshots = snapshots_on(on)
    if not snapshots:
        first = first_day()
        if on is None or first is None:
            raise Refusal("no_lists")
        raise Refusal("before_lists", field="on", found=on.isoformat(), first=first.isoformat())
    return snapshots
