"""What a notice says, action by action, in the language that is active. Names in braces are filled by ``values``.

``{who}`` is the person who acted; whose name it is stands in the entry, so an account closed since keeps its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from compliance.queries import hearers
from screening.reasons import sentence as of_screening

SENTENCES: dict[str, str | Promise] = {
    "case.assign": _("{who} handed this case to you"),
    "case.comment": _("{who} commented"),
    "case.submit": _("{who} submitted the case: it is ready for review"),
    "case.propose": _("{who} proposed a decision: it waits for a reviewer"),
    "case.countersign": _("{who} approved as first of two: a second reviewer must decide"),
    "case.approve": _("{who} approved: the case is authorized"),
    "case.require_authorization": _("{who} approved: an authorization must be obtained before anything leaves"),
    "case.send_back": _("{who} sent the case back"),
    "case.refuse": _("{who} refused the transaction"),
    "case.hold": _("{who} put the case on hold"),
    "case.resume": _("{who} took the case up again"),
    "case.file": _("{who} recorded the filing of {application}"),
    "case.pause_clock": _("{who} recorded a change of BIS's clock: the answer is due {due_on}"),
    "case.grant": _("{who} recorded authorization {number}: the case may go within its limits"),
    "case.deny": _("{who} recorded that the authorization was not given"),
    "case.ship": _("{who} released the shipment"),
    "case.reopen": _("The case went back to review: {because}"),
    "clock.warn": _("Due {due_on}: {clock}"),
    "clock.overdue": _("Overdue since {due_on}: {clock}"),
    "clock.expire": _("Ended on {due_on}: {clock}. What relied on it must be looked at again"),
    "match.escalate": _("{who} passed a match on to you: it waits for your answer"),
    "list.await": _("{who} loaded a list file: it waits for a second person. See Screening, Lists"),
    "list.reject": _("{who} rejected a list file that waited; the lists before it stay in use"),
    "list.retire": _("{who} took a list out of use: from now on it is named as not searched"),
    "list.quarantine": _("A list file was refused; the lists before it stay in use. See Screening, Lists"),
    "person.change": _("{who} changed your account: your roles, business units or address"),
    "person.new_password": _(
        "{who} gave your account a new password. If you did not ask for it, tell the administrator"
    ),
    "roles.sync": _("The permissions of roles were changed"),
}

BECAUSE: dict[str, str | Promise] = {
    "expired": _("what it relied on has ended"),
    "lists": _("the lists have changed and a new match must be judged"),
    "confirmed entry": _("what a list says of a confirmed party has changed, or the entry is gone"),
    "law": _("the law answers differently now"),
    "asked again before shipment": _("lists or law answered differently before shipment"),
    "": _("{who} reopened it"),
}


def sentence(action: str, payload: Mapping[str, Any], *, who: str) -> str:
    """Return what happened, as one sentence without a full stop."""
    text = str(SENTENCES.get(action, action))
    because = str(BECAUSE.get(str(payload.get("because") or ""), BECAUSE[""])).format(who=who)
    return text.format_map(_Blank(_values(payload), who=who, because=because))


def reason(payload: Mapping[str, Any]) -> str:
    """Return the words of the person who acted, if she gave any: they are quoted, never translated.

    Where it was a file that was refused, no person spoke: the entry holds the key of a sentence, and its values.
    """
    if isinstance(values := payload.get("values"), Mapping) and payload.get("sha256"):
        return of_screening(str(payload.get("reason") or ""), dict(values))
    return str(payload.get("reason") or payload.get("text") or "")


class _Blank(dict[str, str]):
    """Values of a sentence; one that an older entry does not hold is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _values(payload: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(payload[name]) for name in ("application", "number") if payload.get(name)}
    if payload.get("due_on"):
        values["due_on"] = day(str(payload["due_on"]))
    if "kind" in payload:
        title = str(payload.get("title") or "")
        kind = hearers.clock_word(str(payload["kind"]))
        values["clock"] = _now("{kind} ({title})").format(kind=kind, title=title) if title else kind
    return values


def day(text: str) -> str:
    """Return a day written as 2026-11-21 the way the reader writes it."""
    try:
        value = dt.date.fromisoformat(text)
    except ValueError:
        return text
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return date_format(value, "j M Y")
