"""Matches for people: the queue of what is undecided, one match side by side, and the hits of a look-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F, Func, JSONField, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import walk
from ..lists import list_title
from ..matching.score import Found, wording
from ..models import ListedParty, Match, Run
from ..shapes import JudgementView, MatchView
from .compare import Field, compare, not_compared, source_words
from .standing import asked_again, earlier_judgements, ground, latest_judgements, newest_run_of, settled_now, view_of

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
    """One reason of a score in the reader's language; ``effect`` is in log odds, ``for_it`` its direction.

    ``counts`` says in words how much it moved the score, ``strength`` in percent how far it is so.
    """

    text: str
    detail: str
    effect: float
    for_it: bool
    strength: int
    counts: Any = ""


@dataclass(frozen=True, slots=True)
class WordView:
    """A word of ours beside the word of the list it met, empty where it met none.

    ``alike`` is in percent. ``rare`` says in words how much the rarer of the two tells; empty where that was not kept.
    """

    ours: str
    listed: str
    alike: int
    rare: Any
    weighty: bool


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
    words: tuple[WordView, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An earlier answer to a pair in words. ``walked`` are questions and answers of its walk."""

    verdict: str
    ground: str
    reason: str
    by: str
    at: dt.datetime
    expires_on: dt.date | None
    waits_for: str
    walked: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A match with everything a person needs to judge it. ``others`` counts the undecided matches of the entry."""

    match: MatchView
    label: str
    fields: tuple[Field, ...]
    not_compared: tuple[str, ...]
    listed: ListedView
    signals: tuple[SignalView, ...]
    words: tuple[WordView, ...]
    earlier: tuple[Answered, ...]
    run_at: dt.datetime
    is_latest: bool
    coverage: dict[str, Any]
    others: int


def match_rows(user: Any, *, decided: bool = False, list_code: str = "") -> QuerySet[Match]:
    """Return the matches a person may see, of the newest run of each subject, surest first.

    Undecided ones, or those a judgement settles. A door pages them and turns a page into views with :func:`views`.
    """
    rows = _visible(user).exclude(run__state=Run.State.FAILED).annotate(settled=settled_now())
    rows = rows.filter(~asked_again(), settled=decided)
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
    rows = _visible(user).select_related("listed", "run").prefetch_related("listed__names").filter(pk=match_id)
    # A run keeps what was asked of every subject, thousands of them: one is read.
    rows = rows.annotate(asked=_asked_of_subject(), newest=newest_run_of()).defer("run__subjects", "listed__raw")
    match = rows.first()
    if match is None:
        return None
    judged = latest_judgements([match.subject_ref]).get((match.subject_ref, match.entity_key))
    listed = listed_view(match.listed)
    fields = compare(match, match.asked or {})
    return MatchPage(
        match=view_of(match, judged, timezone.localdate()),
        label=subject_labels([match.subject_ref]).get(match.subject_ref, match.our_name),
        fields=fields,
        not_compared=not_compared(fields, [gap for gap in match.run.gaps if gap.get("ref") == match.subject_ref]),
        listed=listed,
        signals=signal_views(match.reasons),
        words=word_views(match.words),
        earlier=tuple(_answered(one) for one in earlier_judgements(match.subject_ref, match.entity_key)),
        run_at=match.run.at,
        is_latest=match.newest == match.run_id,
        coverage=match.run.coverage,
        others=match_rows(user).filter(entity_key=match.entity_key).exclude(pk=match.pk).count(),
    )


def _asked_of_subject() -> Func:
    return Func(
        F("run__subjects"),
        F("subject_ref"),
        arg_joiner=" -> ",
        template="(%(expressions)s)",
        output_field=JSONField(),
    )


def _visible(user: Any) -> QuerySet[Match]:
    refs = subjects_visible_to(user)
    return Match.objects.all() if refs is None else Match.objects.filter(subject_ref__in=refs)


def _answered(one: JudgementView) -> Answered:
    return Answered(
        verdict=one.verdict,
        ground=ground(one.verdict, one.code),
        reason=one.reason,
        by=one.by,
        at=one.at,
        expires_on=one.expires_on,
        waits_for=one.waits_for,
        walked=tuple((q.words, dict(q.answers)[one.walk[q.key]]) for q in walk.QUESTIONS if q.key in one.walk),
    )


def hits(found: Sequence[Found]) -> tuple[Hit, ...]:
    """Return what a look-up found, with the listed parties as published."""
    rows = ListedParty.objects.prefetch_related("names").in_bulk([one.id for one in found])
    return tuple(
        Hit(
            percent=int(one.score.value * 100),
            listed_name=one.listed_name,
            listed=listed_view(rows[one.id]),
            signals=signal_views([reason.as_dict() for reason in one.score.reasons]),
            words=word_views((*pair, rare) for pair, rare in zip(one.score.words, one.score.rarity, strict=True)),
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
            detail=source_words(reason.get("detail", "")),
            effect=reason["effect"],
            for_it=reason["effect"] >= 0,
            strength=round(reason["strength"] * 100),
            counts=_counts(abs(reason["effect"])),
        )
        for reason in reasons
    )


def word_views(rows: Iterable[Sequence[Any]]) -> tuple[WordView, ...]:
    """Put the words of a score into rows. What was stored before rarity was kept has none."""
    return tuple(
        WordView(ours, listed, round(alike * 100), _rare(told[0]) if told else "", bool(told) and told[0] >= RARE)
        for ours, listed, alike, *told in rows
    )


RARE, UNCOMMON = 0.7, 0.4
"""From how much a word tells on it is called rare, or less common. At 0.7 some two dozen listed names share it."""
STRONG, PLAIN = 1.5, 0.5
"""From which effect on, in log odds, a signal counts much, or somewhat. 1.5 moves an even chance to 82 percent."""


def _rare(tells: float) -> Any:
    return _("rare") if tells >= RARE else _("less common") if tells >= UNCOMMON else _("common")


def _counts(effect: float) -> Any:
    return _("counts much") if effect >= STRONG else _("counts") if effect >= PLAIN else _("counts little")
