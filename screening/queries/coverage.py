"""Which lists are searched, as of when, and which are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import policy
from ..lists import (
    BESIDE,
    CORE,
    LISTS,
    NEVER_SEARCHED,
    NOT_LOADED,
    SEARCHED,
    SOURCES,
    list_keeper,
    list_place,
    list_title,
)
from ..matching import MATCHER_VERSION
from ..models import Run, Snapshot
from ..reasons import sentence
from ..shapes import Coverage, SearchedFile, SearchedList
from ..sources import BY_CODE
from .snapshots import snapshots_on


def coverage(*, on: dt.date | None = None) -> Coverage:
    """Return what a search now would cover, or one against the lists of a past day.

    Without lists, ``loaded`` is False and nothing may be called searched.
    """
    rows = snapshots_on(on)
    if on is not None:
        return _coverage(rows, on=on)
    confirmed = {row.source_id: row.confirmed_at for row in rows}
    # Every page of the product asks this: one query for all that is not in use.
    oldest = min(confirmed.values(), default=timezone.now())
    idle = Q(state=Snapshot.State.AWAITING) | Q(state=Snapshot.State.QUARANTINED, retrieved_at__gt=oldest)
    told = list(Snapshot.objects.filter(idle).values_list("source_id", "state", "retrieved_at"))
    refused = [at for source, state, at in told if state == "quarantined" and at > confirmed.get(source, at)]
    waiting = [at for _source, state, at in told if state == "awaiting"]
    return _coverage(
        rows,
        quarantined_since=min(refused, default=None),
        awaiting_since=min(waiting, default=None),
        idle=_idle_sources(told, set(confirmed)),
    )


def _idle_sources(told: Sequence[tuple[str, str, dt.datetime]], used: set[str]) -> list[tuple[Any, Any]]:
    """Return the sources of which somebody loaded a file and none is in use: that nothing of them is searched is said
    with its reason, though nobody may have meant to use them yet."""
    last = {source: (state, at) for source, state, at in sorted(told, key=lambda one: one[2]) if source not in used}
    why = {
        "awaiting": _("A file loaded on %(day)s waits for a second person; nothing of it is searched."),
        "quarantined": _("The file loaded on %(day)s was refused; nothing of it is searched."),
    }
    return [
        (SOURCES.get(source, source), why[state] % {"day": date_format(timezone.localtime(at), "Y-m-d")})
        for source, (state, at) in last.items()
    ]


def _coverage(
    rows: Sequence[Snapshot],
    *,
    on: dt.date | None = None,
    quarantined_since: dt.datetime | None = None,
    awaiting_since: dt.datetime | None = None,
    idle: Sequence[tuple[Any, Any]] = (),
) -> Coverage:
    moment = _end_of(on) if on else timezone.now()
    files = [_file(row, moment) for row in rows]
    by_code: dict[str, list[tuple[int, SearchedFile]]] = {}
    for row, file in zip(rows, files, strict=True):
        for code, count in row.counts.items():
            by_code.setdefault(code, []).append((count, file))
    missing = [info for info in SEARCHED if info.code not in by_code]
    # The consolidated file may hold no entry of a list; without that file its lists are not searched at all.
    whole = any(row.source_id == "csl" for row in rows)
    unasked = {info.code for info in (*BESIDE, *(() if whole else missing))} - set(by_code)
    not_searched = (*idle, *_not_searched(unasked))
    if not rows:
        return Coverage(loaded=False, on=on, not_searched=not_searched, awaiting_since=awaiting_since)
    searched = tuple(_searched(code, by_code[code]) for code in sorted(by_code, key=list_place))
    # The day that is shown is that of the lists that change daily; a list of last year is not out of date.
    daily = {code for file in files if BY_CODE[file.source].max_age == 0 for code in _printed(file, by_code)}
    shown = [one for one in searched if one.code in daily] or list(searched)
    return Coverage(
        loaded=True,
        on=on,
        as_of=min((one.as_of for one in shown if one.as_of), default=min(file.as_of for file in files)),
        published_at=min((one.published_at for one in shown if one.published_at), default=None),
        sha256=files[0].sha256,
        entries=sum(file.entries for file in files),
        searched=searched,
        absent=tuple(SearchedList(i.code, i.title, i.keeper, 0) for i in missing if whole),
        not_searched=not_searched,
        files=tuple(files),
        stale=any(one.stale for one in searched),
        sample=any(file.sample for file in files),
        quarantined_since=quarantined_since,
        awaiting_since=awaiting_since,
    )


def _printed(file: SearchedFile, by_code: Mapping[str, Sequence[tuple[int, SearchedFile]]]) -> list[str]:
    return [code for code, found in by_code.items() if any(file is one for _count, one in found)]


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _file(row: Snapshot, moment: dt.datetime) -> SearchedFile:
    as_of = min(row.confirmed_at, moment)
    days = BY_CODE[row.source_id].max_age
    accepted = settings.GATEHOUSE_LIST_MAX_AGE_DAYS if days == 0 else days
    return SearchedFile(
        source=row.source_id,
        title=SOURCES.get(row.source_id, row.source_id),
        snapshot_id=row.pk,
        name=row.file_name,
        sha256=row.sha256,
        published_at=row.published_at,
        as_of=as_of,
        entries=row.row_count,
        stale=accepted is not None and moment - as_of > dt.timedelta(days=accepted),
        sample=row.is_sample,
    )


def _searched(code: str, found: list[tuple[int, SearchedFile]]) -> SearchedList:
    """A list may come in two files: then it is searched in both, and is as new as the newer of them.

    What the older one still prints is proposed as well, which hides nothing.
    """
    newest = max((file for _count, file in found), key=lambda file: (not file.stale, file.as_of))
    return SearchedList(
        code,
        list_title(code),
        list_keeper(code),
        sum(count for count, _file in found),
        as_of=newest.as_of,
        published_at=newest.published_at,
        stale=newest.stale,
    )


def _not_searched(codes: set[str]) -> list[tuple[Any, Any]]:
    asked = ((info.title, info.why or NOT_LOADED) for info in LISTS if info.code in codes)
    return [*asked, *NEVER_SEARCHED]


def searched_by(told: Mapping[str, Any]) -> list[SearchedList]:
    """Return the lists that a stored search asked, in the order of the lists, as it keeps them; see not_searched_by."""
    dates = told.get("dates") or {}
    return [
        SearchedList(
            code,
            str(list_title(code)),
            str(list_keeper(code)),
            count,
            as_of=_moment((dates.get(code) or {}).get("as_of")),
            published_at=_moment((dates.get(code) or {}).get("published_at")),
        )
        for code, count in sorted((told.get("searched") or {}).items(), key=lambda one: list_place(one[0]))
    ]


def asked_by_match(match_id: int) -> Mapping[str, Any]:
    """Return the coverage kept with the search that found a match; empty where there is no such match."""
    told = Run.objects.filter(matches=match_id).values_list("coverage", flat=True).first()
    return told or {}


def dated(told: Mapping[str, Any]) -> str:
    """Return the lists a stored search asked as one line: each code with the day it was published or last looked at."""
    days = ((one.code, one.published_at or one.as_of) for one in searched_by(told))
    return "; ".join(f"{code} {day:%Y-%m-%d}" if day else code for code, day in days)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def not_searched_by(told: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return the lists that a stored search did not ask, with the reason; ``told`` is the coverage kept with it."""
    return _not_searched(set(told.get("not_searched") or [i.code for i in BESIDE if i.code not in _codes(told)]))


def _codes(told: Mapping[str, Any]) -> set[str]:
    return set(told.get("searched") or {})


def cautions(told: Coverage) -> list[str]:
    """Return why nothing may rest on a search of these lists, as sentences; empty where it may."""
    if not told.loaded:
        return [sentence("no_lists")]
    return _cautions(told.sample, [one.code for one in told.out_of_date], told.stale, told.lacking)


def cautions_by(told: Mapping[str, Any]) -> list[str]:
    """Return the same of a stored search; ``told`` is the coverage kept with it."""
    if not told.get("loaded", True):
        return [sentence("no_lists")]
    missing = (*(told.get("absent") or ()), *(told.get("not_searched") or ()))
    lacking = [code for code in missing if code in CORE]
    return _cautions(bool(told.get("sample")), told.get("out_of_date") or [], bool(told.get("stale")), lacking)


def _cautions(sample: bool, old: Sequence[str], stale: bool, lacking: Sequence[str]) -> list[str]:
    found = []
    if sample:
        found.append(_("SAMPLE: a small hand-written list is in use. Nothing searched against it may be relied on."))
    if stale:
        # Searches of before the lists were told apart say only that one of them was.
        which = _("Lists that were out of date: %(lists)s.") % {"lists": ", ".join(old)}
        found.append(which if old else _("The lists were out of date."))
    if lacking:
        found.append(
            _("Lists that belong to every search and were in no file: %(lists)s.") % {"lists": ", ".join(lacking)}
        )
    return found


def coverage_as_dict(rows: Sequence[Snapshot], *, on: dt.date | None = None) -> dict[str, Any]:
    """Return the coverage of these snapshots as it is stored with a run: codes and dates, no words.

    ``dates`` says of each list when it was last found current and, where the file says so, when it was published.
    """
    told = _coverage(rows, on=on)
    return {
        "loaded": told.loaded,
        "on": on.isoformat() if on else None,
        "as_of": told.as_of.isoformat() if told.as_of else None,
        "published_at": told.published_at.isoformat() if told.published_at else None,
        "sha256": [row.sha256 for row in rows],
        "entries": told.entries,
        "searched": {one.code: one.entries for one in told.searched},
        "dates": {
            one.code: {
                "as_of": one.as_of.isoformat() if one.as_of else None,
                "published_at": one.published_at.isoformat() if one.published_at else None,
            }
            for one in told.searched
        },
        "absent": [one.code for one in told.absent],
        "not_searched": [
            info.code for info in LISTS if info.code not in {one.code for one in (*told.searched, *told.absent)}
        ],
        "stale": told.stale,
        "out_of_date": [one.code for one in told.out_of_date],
        "sample": told.sample,
    }


def current_searched() -> str:
    """Return what a search now would use, as one string; a run with another ``searched_key`` is out of date."""
    digests = Snapshot.objects.filter(state=Snapshot.State.CURRENT).values_list("sha256", flat=True)
    return policy.searched_key(MATCHER_VERSION, policy.current(), digests)
