"""Matches for people: the queue of what is undecided, one match side by side, and the hits of a look-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from ..lists import list_title
from ..matching.score import Found, wording
from ..models import ListedParty, Match
from ..shapes import JudgementView, MatchView
from .standing import earlier_judgements, latest_judgements, newest_run_of, settled_now, view_of

Scope = Callable[[Any], Any]


def subjects_visible_to(user: AbstractBaseUser | Any) -> Any:
    """Return the references of the subjects a person may see, or None for all.

    The subjects are not ours: ``settings.GATEHOUSE_SUBJECT_SCOPE`` names the function of their owner.
    """
    return import_string(settings.GATEHOUSE_SUBJECT_SCOPE)(user)


def subject_labels(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind references, from their owner (``settings.GATEHOUSE_SUBJECT_LABELS``)."""
    return dict(import_string(settings.GATEHOUSE_SUBJECT_LABELS)(list(refs)))


@dataclass(frozen=True, slots=True)
class SignalView:
    """One reason of a score in the reader's language; ``effect`` is in log odds, ``for_it`` its direction."""

    text: str
    detail: str
    effect: float
    for_it: bool
    strength: int


@dataclass(frozen=True, slots=True)
class ListedView:
    """A listed party as published."""

    id: int
    list_code: str
    list_title: Any
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    kind: str
    programs: tuple[str, ...]
    license_requirement: str
    license_policy: str
    federal_register_notice: str
    start_date: dt.date | None
    end_date: dt.date | None
    remarks: str
    source_list_url: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed party that a look-up proposes."""

    percent: int
    listed_name: str
    listed: ListedView
    signals: tuple[SignalView, ...]


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A match with everything a person needs to judge it. ``agreement`` compares field by field."""

    match: MatchView
    label: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    listed: ListedView
    signals: tuple[SignalView, ...]
    words: tuple[tuple[str, str, int], ...]
    agreement: dict[str, str]
    earlier: tuple[JudgementView, ...]
    run_at: dt.datetime
    is_latest: bool
    coverage: dict[str, Any]
    next_id: int | None


def match_rows(user: Any, *, decided: bool = False, list_code: str = "") -> QuerySet[Match]:
    """Return the matches a person may see, of the newest run of each subject, surest first.

    Undecided ones, or those a judgement settles. A door pages them and turns a page into views with :func:`views`.
    """
    rows = _visible(user).annotate(newest=newest_run_of(), settled=settled_now())
    rows = rows.filter(run_id=F("newest"), settled=decided)
    if list_code:
        rows = rows.filter(listed__list_code=list_code)
    rows = rows.select_related("listed", "run").order_by("-score", "pk")
    return rows.defer("run__subjects", "run__coverage", "run__gaps", "listed__raw", "reasons", "words")


def views(rows: Iterable[Match]) -> list[MatchView]:
    """Say where each of these matches stands, in two queries."""
    matches = list(rows)
    judged = latest_judgements({match.subject_ref for match in matches})
    today = timezone.localdate()
    return [view_of(match, judged.get((match.subject_ref, match.entity_key)), today) for match in matches]


def waiting_for(user: Any) -> int:
    """Count the undecided matches a person may see."""
    return match_rows(user).count()


def match_for(user: Any, match_id: int) -> MatchPage | None:
    """Return one match, or None when it does not exist or is of a subject outside the person's scope."""
    match = _visible(user).select_related("listed", "run").filter(pk=match_id).first()
    if match is None:
        return None
    judged = latest_judgements([match.subject_ref]).get((match.subject_ref, match.entity_key))
    asked = match.run.subjects.get(match.subject_ref, {})
    listed = listed_view(match.listed)
    newest = Match.objects.filter(pk=match.pk).annotate(newest=newest_run_of()).values_list("newest", flat=True).first()
    told = {key: tuple(asked.get(key, ())) for key in ("names", "addresses", "countries", "identifiers")}
    return MatchPage(
        match=view_of(match, judged, timezone.localdate()),
        label=subject_labels([match.subject_ref]).get(match.subject_ref, match.our_name),
        names=told["names"],
        addresses=told["addresses"],
        countries=told["countries"],
        identifiers=told["identifiers"],
        listed=listed,
        signals=signal_views(match.reasons),
        words=tuple((ours, theirs, round(alike * 100)) for ours, theirs, alike in match.words),
        agreement=_agreement(told, listed, match.score),
        earlier=tuple(earlier_judgements(match.subject_ref, match.entity_key)),
        run_at=match.run.at,
        is_latest=newest == match.run_id,
        coverage=match.run.coverage,
        next_id=match_rows(user).exclude(pk=match.pk).values_list("pk", flat=True).first(),
    )


def _visible(user: Any) -> QuerySet[Match]:
    refs = subjects_visible_to(user)
    return Match.objects.all() if refs is None else Match.objects.filter(subject_ref__in=refs)


def _agreement(ours: dict[str, tuple[str, ...]], listed: ListedView, score: float) -> dict[str, str]:
    """Say for each field whether it agrees, differs, or cannot be compared. What is missing is not known."""

    def compare(a: Sequence[str], b: Sequence[str]) -> str:
        if not a or not b:
            return "unknown"
        plain = {"".join(c for c in x.casefold() if c.isalnum()) for x in a}
        return "agrees" if plain & {"".join(c for c in x.casefold() if c.isalnum()) for x in b} else "differs"

    return {
        "names": "agrees" if score >= 0.9 else "similar",
        "countries": compare(ours["countries"], listed.countries),
        "identifiers": compare(ours["identifiers"], listed.identifiers),
    }


def hits(found: Sequence[Found]) -> tuple[Hit, ...]:
    """Return what a look-up found, with the listed parties as published."""
    rows = ListedParty.objects.prefetch_related("names").in_bulk([one.id for one in found])
    return tuple(
        Hit(
            percent=int(one.score.value * 100),
            listed_name=one.listed_name,
            listed=listed_view(rows[one.id]),
            signals=signal_views([reason.as_dict() for reason in one.score.reasons]),
        )
        for one in found
    )


def listed_view(row: ListedParty) -> ListedView:
    return ListedView(
        id=row.pk,
        list_code=row.list_code,
        list_title=list_title(row.list_code),
        name=row.name,
        names=tuple(name.name for name in row.names.all()),
        addresses=tuple(row.addresses),
        countries=tuple(row.countries),
        identifiers=tuple(row.identifiers),
        kind=row.kind,
        programs=tuple(row.programs),
        license_requirement=row.license_requirement,
        license_policy=row.license_policy,
        federal_register_notice=row.federal_register_notice,
        start_date=row.start_date,
        end_date=row.end_date,
        remarks=row.remarks,
        source_list_url=row.source_list_url,
    )


def signal_views(reasons: Iterable[dict[str, Any]]) -> tuple[SignalView, ...]:
    """Put stored reasons into the reader's language."""
    words = wording(get_language() or "en")
    return tuple(
        SignalView(
            text=words.get(reason["signal"], reason["signal"]),
            detail=reason.get("detail", ""),
            effect=reason["effect"],
            for_it=reason["effect"] >= 0,
            strength=round(reason["strength"] * 100),
        )
        for reason in reasons
    )
