"""The chain's entries about a party, an item, a person or a unit, as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .fact_words import label, value_words
from .history import names_of

SENTENCES: dict[str, str | Promise] = {
    "party.add": _("entered the party"),
    "party.change": _("changed names, addresses or numbers"),
    "party.attach": _("attached “{name}”"),
    "party.own": _("recorded {owner} as owner of {share}"),
    "party.disown": _("recorded that {owner} owns a share no longer"),
    "party.screen": _("screened the party"),
    "item.add": _("entered the item"),
    "item.change": _("changed {changed}"),
    "person.add": _("opened the account"),
    "person.change": _("changed the account: {rights}"),
    "person.close": _("closed the account"),
    "person.reopen": _("opened the account again"),
    "person.new_password": _("gave a new first password"),
    "token.create": _("made the API token “{name}”"),
    "token.revoke": _("revoked the API token “{name}”"),
    "match.judge": _("judged a match"),
    "match.escalate": _("passed a match on to {waits_for}"),
}
_COLUMNS = {
    "kind": _("kind"),
    "vendor": _("maker"),
    "model": _("model"),
    "description": _("description"),
    "eccn": _("ECCN"),
    "name": _("name"),
    "roles": _("roles"),
    "units": _("business units"),
    "email": _("e-mail address"),
    "language": _("language"),
}


def worded(entries: Iterable[Any]) -> list[dict[str, Any]]:
    """Return entries as the timeline shows them: moment, who, what, reason, digest."""
    rows = list(entries)
    names = names_of(entry.actor for entry in rows)
    return [
        {
            "at": entry.at,
            "who": _now("the system") if entry.actor == "system" else names.get(entry.actor, entry.actor),
            "words": sentence(entry.action, entry.payload),
            "reason": str(entry.payload.get("reason") or ""),
            "digest": entry.digest,
            "tone": "quiet",
        }
        for entry in rows
    ]


def sentence(action: str, payload: dict[str, Any]) -> str:
    """Return what an entry says; an action without a sentence is named as it is."""
    if action in {"party.fact", "item.fact"}:
        key = str(payload.get("key", ""))
        now = _now("cannot be known") if payload.get("cannot_be_known") else value_words(key, payload.get("now"))
        was = value_words(key, payload.get("was"))
        return _now("“{question}” {was} → {now}").format(question=label(key), was=was, now=now)
    if action not in SENTENCES:
        return action
    share = payload.get("percent")
    values = {
        "name": str(payload.get("name", "")),
        "owner": str(payload.get("owner", "")),
        "share": _now("a share not known") if share == "unknown" else f"{share} %",
        "changed": _columns(payload.get("now") or {}),
        "rights": _changed(payload.get("was") or {}, payload.get("now") or {}),
        "waits_for": str(payload.get("waits_for") or "–"),
    }
    return str(SENTENCES[action]).format_map(values)


def _columns(changed: dict[str, Any]) -> str:
    return ", ".join(str(_COLUMNS.get(name, name)) for name in changed) or _now("nothing")


def _changed(was: dict[str, Any], now: dict[str, Any]) -> str:
    return _columns({name: now[name] for name in now if was.get(name) != now[name]})
