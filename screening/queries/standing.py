"""Where our parties stand: which matches are undecided, which a person confirmed, which cleared."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..matching import MATCHER_VERSION
from ..models import Judgement, Match, Run, RunSubject
from ..shapes import JudgementView, MatchView, Standing

CODES = {
    "match": {
        "same_identifier": _("a registration or identity number agrees"),
        "same_address": _("name and address agree"),
        "confirmed_by_party": _("the party itself confirmed it"),
        "confirmed_by_documents": _("documents confirm it"),
        "other": _("another ground, given below"),
    },
    "no_match": {
        "different_name": _("a different name"),
        "different_country": _("another country"),
        "different_address": _("another address"),
        "different_kind": _("a person and not a company, or the other way round"),
        "different_identifier": _("a registration or identity number differs"),
        "different_business": _("another line of business"),
        "other": _("another ground, given below"),
    },
    "unsure": {
        "more_information": _("more information is needed"),
        "asked_party": _("the party has been asked"),
        "other": _("another ground, given below"),
    },
    "escalated": {
        "several_similarities": _("several similarities or exact matches"),
        "second_opinion": _("a second pair of eyes is needed"),
        "legal_advice": _("legal advice is needed"),
        "call_keeper": _("the keeper of the list has to be called"),
        "other": _("another ground, given below"),
    },
}
"""The coded grounds by answer."""

_PAST_CODES = {"escalated": _("passed on to a colleague")}
"""Grounds that can no longer be chosen but stand in earlier answers."""


VERDICTS: dict[str, Any] = dict(Judgement.Verdict.choices)
"""The answers to a match in words."""


def ground(verdict: str, code: str) -> str:
    """Return a coded ground in words; one nobody knows is shown as it is."""
    return str(grounds().get(f"{verdict}:{code}", code))


def grounds() -> dict[str, Any]:
    """Return every coded ground in words, under its answer and code: ``match:same_address``."""
    told = {f"{verdict}:{code}": words for verdict, codes in CODES.items() for code, words in codes.items()}
    return told | {f"escalated:{code}": words for code, words in _PAST_CODES.items()}


_ADDRESS_SIGNALS = frozenset({"addresses_agree", "listed_address"})
_ALIKE = 0.6
"""From this share of common words on, two addresses resemble each other; so the matcher reads bare addresses, too."""


def standing(subject_ref: str, run: Run) -> Standing:
    """Return where one subject stands after a run. A subject the run did not ask about stands nowhere: ``failed``."""
    return standings([subject_ref], run)[subject_ref]


def standings(refs: Iterable[str], run: Run) -> dict[str, Standing]:
    """Return where these subjects stand after a run, in a constant number of queries."""
    wanted = list(dict.fromkeys(refs))
    matches = list(Match.objects.filter(run=run, subject_ref__in=wanted).select_related("listed"))
    judged = latest_judgements(wanted)
    today = timezone.localdate()
    views: dict[str, list[MatchView]] = {ref: [] for ref in wanted}
    for match in matches:
        views[match.subject_ref].append(view_of(match, judged.get((match.subject_ref, match.entity_key)), today))
    by_address = {match.pk for match in matches if _address_alike(match.reasons)}
    gaps = {gap["ref"] for gap in run.gaps}
    found: dict[str, Standing] = {}
    for ref in wanted:
        state: str = run.state
        if ref not in run.subjects:
            state = Run.State.FAILED
        elif state == Run.State.PARTIAL and ref not in gaps:
            state = Run.State.COMPLETE
        undecided = tuple(v for v in views[ref] if v.standing == "undecided")
        found[ref] = Standing(
            ref,
            run.pk,
            str(state),
            undecided=undecided,
            matched=tuple(v for v in views[ref] if v.standing == "matched"),
            cleared=tuple(v for v in views[ref] if v.standing == "cleared"),
            address_alike=any(v.id in by_address for v in undecided),
        )
    return found


def _address_alike(reasons: Iterable[dict[str, Any]]) -> bool:
    return any(reason["signal"] in _ADDRESS_SIGNALS and reason["strength"] >= _ALIKE for reason in reasons)


def undecided_matches(run: Run, *, refs: Iterable[str] | None = None) -> int:
    """Count the matches of a run that nobody has judged, or whose judgement no longer holds."""
    asked = list(run.subjects) if refs is None else refs
    return sum(len(one.undecided) for one in standings(asked, run).values())


def undecided_in(asked: Sequence[tuple[int, Collection[str]]]) -> list[int]:
    """Count the same for several runs at once, each with the subjects it is asked for, in two queries at most."""
    refs = {ref for _run, some in asked for ref in some}
    if not refs:
        return [0] * len(asked)
    rows = Match.objects.filter(run__in={run for run, _some in asked}, subject_ref__in=refs).select_related("run")
    rows = rows.only("subject_ref", "entity_key", "subject_fingerprint", "listed_fingerprint", "run__matcher_version")
    judged = latest_judgements(refs)
    today = timezone.localdate()
    open_ones: Counter[tuple[int, str]] = Counter()
    for match in rows.order_by():
        stands, _why = _stands(match, judged.get((match.subject_ref, match.entity_key)), today)
        open_ones[match.run_id, match.subject_ref] += stands == "undecided"
    return [sum(open_ones[run, ref] for ref in set(some)) for run, some in asked]


def confirmed_entries_moved(refs: Iterable[str], before: Run, after: Run) -> int:
    """Count the confirmed pairs of these subjects whose entry another run found in other words, or not at all.

    A confirmed identity does not lapse by itself, but what the list says of it may have changed what was decided on it.
    """
    wanted = list(refs)
    confirmed = {pair for pair, one in latest_judgements(wanted).items() if one.verdict == Judgement.Verdict.MATCH}
    if not confirmed:
        return 0
    found: dict[int, dict[tuple[str, str], str]] = {before.pk: {}, after.pk: {}}
    rows = Match.objects.filter(run__in=found, subject_ref__in=wanted)
    for run_id, ref, key, fingerprint in rows.values_list("run", "subject_ref", "entity_key", "listed_fingerprint"):
        found[run_id][ref, key] = fingerprint
    return sum(found[before.pk].get(pair) != found[after.pk].get(pair) for pair in confirmed)


def earlier_judgements(subject_ref: str, entity_key: str) -> list[JudgementView]:
    """Return every judgement of a pair, latest first."""
    rows = Judgement.objects.filter(subject_ref=subject_ref, entity_key=entity_key).order_by("-pk")
    return [judgement_view(row) for row in rows]


def judgements(subject_refs: Collection[str] | QuerySet[Any] | None) -> QuerySet[Judgement]:
    """Return the judgements of these subjects, of all where ``None`` is given, the first one first."""
    rows = Judgement.objects.order_by("pk")
    return rows if subject_refs is None else rows.filter(subject_ref__in=subject_refs)


def latest_judgements(refs: Iterable[str]) -> dict[tuple[str, str], Judgement]:
    """Return the judgement that counts for every pair of these subjects."""
    rows = Judgement.objects.filter(subject_ref__in=list(refs)).order_by("subject_ref", "entity_key", "-pk")
    return {(row.subject_ref, row.entity_key): row for row in rows.distinct("subject_ref", "entity_key")}


def last_run(subject_ref: str) -> Run | None:
    """Return the last run that asked about a subject, whatever became of it; None before the first."""
    asked = RunSubject.objects.filter(subject_ref=subject_ref).select_related("run").order_by("-run_id").first()
    return asked.run if asked else None


def newest_run_of() -> Subquery:
    """Return, for a query over matches, the newest run that asked about the same subject."""
    asked = RunSubject.objects.filter(subject_ref=OuterRef("subject_ref")).exclude(run__state=Run.State.FAILED)
    return Subquery(asked.order_by("-run_id").values("run_id")[:1])


def asked_again() -> Exists:
    """Return, for a query over matches, whether a later run asked about the same subject.

    Says the same as :func:`newest_run_of`, and is the quicker of the two where every match of a person is asked for.
    """
    later = RunSubject.objects.filter(subject_ref=OuterRef("subject_ref"), run_id__gt=OuterRef("run_id"))
    return Exists(later.exclude(run__state=Run.State.FAILED))


def settled_now() -> Case:
    """Return, for a query over matches, whether the judgement that counts for the pair still holds.

    Looked up pair by pair on purpose: joined, the database takes few judgements to hold for none after a new matcher,
    compares each of them with every match, and a queue of ten thousand takes a second.
    """
    pair = Judgement.objects.filter(subject_ref=OuterRef("subject_ref"), entity_key=OuterRef("entity_key"))
    holds = Q(verdict=Judgement.Verdict.MATCH) | Q(
        verdict=Judgement.Verdict.NO_MATCH,
        subject_fingerprint=OuterRef("subject_fingerprint"),
        listed_fingerprint=OuterRef("listed_fingerprint"),
        matcher_version=MATCHER_VERSION,
        expires_on__gte=timezone.localdate(),
    ) & Q(matcher_version=OuterRef("run__matcher_version"))
    last = pair.annotate(holds=ExpressionWrapper(holds, BooleanField())).order_by("-pk").values("holds")
    return Case(When(Exists(pair), then=Subquery(last[:1])), default=False)


def view_of(match: Match, judgement: Judgement | None, today: dt.date) -> MatchView:
    """Say where a match stands, given the judgement that counts for its pair."""
    stands, why = _stands(match, judgement, today)
    return MatchView(
        id=match.pk,
        run_id=match.run_id,
        subject_ref=match.subject_ref,
        our_name=match.our_name,
        listed_name=match.listed_name,
        list_code=match.listed.list_code,
        entity_key=match.entity_key,
        score=match.score,
        standing=stands,
        why=why,
        judgement=judgement_view(judgement) if judgement else None,
    )


def _stands(match: Match, judgement: Judgement | None, today: dt.date) -> tuple[str, str]:
    if judgement is None:
        return "undecided", "new"
    if judgement.verdict == Judgement.Verdict.UNSURE:
        return "undecided", "unsure"
    if judgement.verdict == Judgement.Verdict.ESCALATED:
        return "undecided", "escalated"
    if judgement.verdict == Judgement.Verdict.MATCH:
        # A confirmed identity does not lapse by itself: only a person may take it back.
        return "matched", ""
    if judgement.subject_fingerprint != match.subject_fingerprint:
        return "undecided", "subject_changed"
    if judgement.listed_fingerprint != match.listed_fingerprint:
        return "undecided", "entry_changed"
    if judgement.matcher_version != MATCHER_VERSION or match.run.matcher_version != judgement.matcher_version:
        return "undecided", "matcher_changed"
    if judgement.expires_on is None or judgement.expires_on < today:
        return "undecided", "expired"
    return "cleared", ""


def judgement_view(row: Judgement) -> JudgementView:
    return JudgementView(
        row.pk, row.verdict, row.code, row.reason, row.by, row.at, row.expires_on, dict(row.walk), row.waits_for
    )
