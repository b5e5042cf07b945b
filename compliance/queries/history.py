"""The chain's entries about a case, as sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from audit.queries import entries_about
from compliance.models import Case, CaseParty, Clock, Decision, Document, FlagState, User

from .fact_words import day_words, label, value_words
from .outcomes import outcome_label

SHOWN = 60
"""How many entries the case page shows; the whole log is in the evidence and in the printed file."""

# What each entry says. Names in braces are filled by :func:`_values`.
SENTENCES: dict[str, str | Promise] = {
    "case.open": _("opened the case"),
    "case.amend": _("amended the case: {changed}"),
    "case.answer": _("answered “{question}”: {value}"),
    "case.attach": _("attached {kind} “{name}”"),
    "case.assign": _("handed the case to {now}"),
    "case.comment": _("commented"),
    "case.submit": _("submitted the case"),
    "case.screen": _("screened the parties: {subjects} searched, matches: {matches}"),
    "case.determine": _("determined for {on}: {outcome}"),
    "case.inquire": _("{inquiry}"),
    "case.close_flag": _("closed red flag {flag} ({answer})"),
    "case.propose": _("proposed to {recommendation}"),
    "case.countersign": _("approved as first of two"),
    "case.approve": _("approved"),
    "case.require_authorization": _("approved: an authorization must be obtained"),
    "case.send_back": _("sent the case back"),
    "case.refuse": _("refused the transaction"),
    "case.hold": _("put the case on hold"),
    "case.resume": _("took the case up again"),
    "case.file": _("recorded the filing of {application}"),
    "case.pause_clock": _("recorded a change of BIS's clock; due {due_on}"),
    "case.grant": _("recorded authorization {number}"),
    "case.deny": _("recorded that the authorization was not given"),
    "case.ship": _("released the shipment after asking lists and law again: {outcome}"),
    "case.reopen": _("reopened the case"),
    "case.close": _("closed the case"),
    "case.recheck": _("asked the law again: {outcome}, unchanged"),
    "clock.warn": _("{clock} is due {due_on}"),
    "clock.overdue": _("{clock} was due {due_on} and is overdue"),
    "clock.expire": _("{clock} ended {due_on}"),
    "report.export": _("exported the case file"),
    "proof.export": _("took the proof file of determination {number}"),
    "match.judge": _("judged a match: {verdict}"),
    "match.escalate": _("passed a match on to {waits_for}"),
}

TONES = {
    "case.approve": "authorized",
    "case.countersign": "authorized",
    "case.grant": "authorized",
    "case.ship": "authorized",
    "case.refuse": "refused",
    "case.deny": "refused",
    "case.send_back": "held",
    "case.hold": "held",
    "case.propose": "held",
    "case.reopen": "open",
    "clock.overdue": "overdue",
    "clock.warn": "due",
    "clock.expire": "open",
    "case.submit": "accent",
    "case.determine": "accent",
    "case.screen": "accent",
}

_BECAUSE = {
    "expired": _("what it relied on ended"),
    "lists": _("new matches on the lists"),
    "confirmed entry": _("what a list says of a confirmed party changed, or the entry is gone"),
    "law": _("the law answers differently"),
    "asked again before shipment": _("asked again before shipment, lists or law answered differently"),
    "rulebook or facts": _("the rulebook or the facts moved"),
}
_FIELDS = {
    "title": _("title"),
    "activity": _("kind of activity"),
    "exporting_from": _("exporting from"),
    "destination": _("destination"),
    "route": _("route"),
    "planned_on": _("planned date"),
    "end_use": _("end use"),
    "purchase_order": _("purchase order"),
    "purchase_order_on": _("date of the purchase order"),
    "value": _("value"),
    "currency": _("currency"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the chain, worded."""

    sequence: int
    at: dt.datetime
    who: str
    actor: str
    words: str
    reason: str
    tone: str
    digest: str
    new: bool = False


def history_of(case: Case, *, limit: int = SHOWN) -> list[Any]:
    """Return the last entries about the case, newest first, as rows of the chain."""
    return list(entries_about(case.subject).order_by("-sequence")[:limit])


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Return the names behind user names, in one query."""
    return {person.username: person.name for person in User.objects.filter(username__in=set(actors))}


def worded(entries: Iterable[Any], *, names: Mapping[str, str], since: int = 0, reader: str = "") -> list[Said]:
    """Return entries as sentences. Those after ``since`` that others made are marked as new to ``reader``."""
    return [
        Said(
            sequence=entry.sequence,
            at=entry.at,
            who=gettext("the system") if entry.actor == "system" else names.get(entry.actor, entry.actor),
            actor=entry.actor,
            words=sentence(entry.action, entry.payload),
            reason=_reason(entry.payload),
            tone=TONES.get(entry.action, "quiet"),
            digest=entry.digest,
            new=bool(since) and entry.sequence > since and entry.actor != reader,
        )
        for entry in entries
    ]


def sentence(action: str, payload: Mapping[str, Any]) -> str:
    """Return what an entry says, in the reader's language; an action without a sentence is named as it is."""
    if action not in SENTENCES:
        return action
    if action == "case.amend":
        return _amended(payload)
    if action == "case.answer" and "answers" in payload:
        return ngettext(
            "answered %(n)d question of a questionnaire",
            "answered %(n)d questions of a questionnaire",
            len(payload["answers"]),
        ) % {"n": len(payload["answers"])}
    text = str(SENTENCES[action])
    return text.format_map(_Blank(_values(payload)))


class _Blank(dict[str, str]):
    """Values of a sentence; one that an older entry does not hold is left out."""

    def __missing__(self, key: str) -> str:
        return "–"


def _values(payload: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(value) for name, value in payload.items() if isinstance(value, str | int | float)}
    if "key" in payload:
        values["question"] = label(payload["key"])
        known = not payload.get("cannot_be_known")
        values["value"] = value_words(payload["key"], payload.get("now")) if known else gettext("cannot be known")
    for name in ("on", "due_on"):
        if payload.get(name):
            values[name] = day_words(str(payload[name]))
    if "outcome" in payload:
        values["outcome"] = outcome_label(payload["outcome"])
    values["subjects"] = str(len(payload.get("subjects") or ()))
    for name, choices in (
        ("recommendation", Decision.Recommendation),
        ("answer", FlagState.Answer),
        ("role", CaseParty.Role),
    ):
        if payload.get(name) in choices.values:
            values[name] = str(choices(payload[name]).label)
    if payload.get("kind") in Document.Kind.values and "sha256" in payload:
        values["kind"] = str(Document.Kind(payload["kind"]).label)
    if payload.get("kind") in Clock.Kind.values:
        values["clock"] = str(Clock.Kind(payload["kind"]).label)
    if "question" in payload and "flag" in payload:
        values["inquiry"] = gettext("inquired about {flag}: “{question}”").format(
            flag=payload["flag"], question=payload["question"]
        )
    elif "inquiry" in payload:
        values["inquiry"] = gettext("recorded the answer to an inquiry about {flag}").format(
            flag=payload.get("flag", "–")
        )
    return values


def _amended(payload: Mapping[str, Any]) -> str:
    if "added_line" in payload:
        line = payload["added_line"]
        return gettext("added {quantity} of item {item}").format(quantity=line["quantity"], item=line["item"])
    if "dropped_line" in payload:
        line = payload["dropped_line"]
        return gettext("took out {quantity} of item {item}").format(quantity=line["quantity"], item=line["item"])
    for key, words in (
        ("added_party", _("added {party} as {role}")),
        ("dropped_party", _("took out {party} as {role}")),
    ):
        if key in payload:
            place = payload[key]
            return str(words).format(party=place["party"], role=CaseParty.Role(place["role"]).label)
    changed = [str(_FIELDS.get(name, name)) for name in payload.get("changed", ())]
    if not changed:
        return gettext("looked the case over; nothing changed")
    return str(SENTENCES["case.amend"]).format(changed=", ".join(changed))


def _reason(payload: Mapping[str, Any]) -> str:
    for name in ("reason", "text"):
        if payload.get(name):
            return str(payload[name])
    if payload.get("because"):
        return str(_BECAUSE.get(payload["because"], payload["because"]))
    return str(payload["answer"]) if "inquiry" in payload and payload.get("answer") else ""
