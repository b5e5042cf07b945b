"""The exact difference of two determinations of the same facts: finding by finding, with values and citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compliance.ear import say

from .stored import READINGS

Data = Mapping[str, Any]
_COMPARED = ("answer", "key", "values", "effect", "checked", "cite", "missing", "overcome_by", "read")
_HEAD = ("outcome", "authorization", "review_policy")


def between_lines(old: Sequence[Data], new: Sequence[Data]) -> list[dict[str, Any]]:
    """Compare the lines of a stored determination with the same lines answered again; equal readings are left out."""
    found = []
    for place, (was, now) in enumerate(zip(old, new, strict=True), 1):
        for reading in READINGS:
            if told := between(was[reading], now[reading]):
                found.append({"line": place, "item": was.get("item", ""), "reading": reading, **told})
    return found


def between(old: Data, new: Data) -> dict[str, Any]:
    """Return what differs between two determinations but for their rulebooks; empty if nothing does."""
    head = {name: {"was": old[name], "now": new[name]} for name in _HEAD if old[name] != new[name]}
    findings = _findings(old["findings"], new["findings"])
    lists: dict[str, Any] = {}
    for name, shown in (("questions", _question), ("conditions", _condition), ("not_encoded", _gap)):
        was, now = [shown(one) for one in old[name]], [shown(one) for one in new[name]]
        added, gone = [one for one in now if one not in was], [one for one in was if one not in now]
        if added or gone:
            lists[name] = {"added": added, "gone": gone}
        elif was != now:
            lists[name] = {"order": now}
    if old["aes_codes"] != new["aes_codes"]:
        lists["aes_codes"] = {"was": old["aes_codes"], "now": new["aes_codes"]}
    out: dict[str, Any] = {}
    if head:
        out["head"] = head
    if findings:
        out["findings"] = findings
    return out | lists


def _findings(old: Iterable[Data], new: Iterable[Data]) -> list[dict[str, Any]]:
    before, after = _placed(old), _placed(new)
    out = []
    for place in dict.fromkeys((*before, *after)):
        was, now = before.get(place), after.get(place)
        about = {"rule": place[0], "party": place[1], "cite": (now or was or {})["cite"]}
        if was is None and now is not None:
            out.append({"change": "added", **about, "now": _told(now)})
        elif now is None and was is not None:
            out.append({"change": "gone", **about, "was": _told(was)})
        elif was is not None and now is not None and was != now:
            fields = [name for name in _COMPARED if was[name] != now[name]]
            lines = _lines_apart(was["relied_on"], now["relied_on"])
            more = {"lines": lines} if lines else {}
            out.append({"change": "changed", **about, "fields": fields, "was": _told(was), "now": _told(now), **more})
    return out


def _placed(findings: Iterable[Data]) -> dict[tuple[str, str | None, int], Data]:
    """Give every finding a place: its rule, its party and which of them it is."""
    placed: dict[tuple[str, str | None, int], Data] = {}
    for one in findings:
        number = 0
        while (place := (one["rule"], one["party"], number)) in placed:
            number += 1
        placed[place] = one
    return placed


def _told(finding: Data) -> dict[str, Any]:
    return {name: finding[name] for name in ("answer", "key", "values", "effect", "checked", "relied_on")}


def _lines_apart(old: Iterable[Data], new: Iterable[Data]) -> dict[str, Any]:
    was, now = list(old), list(new)
    added, gone = [one for one in now if one not in was], [one for one in was if one not in now]
    return {"added": added, "gone": gone} if added or gone else {}


def _question(one: Data) -> dict[str, Any]:
    return {"field": one["field"], "party": one["party"]}


def _condition(one: Data) -> dict[str, Any]:
    return {"rule": one["rule"], "of": one["of"], "met": one["met"]}


def _gap(one: Data) -> dict[str, Any]:
    return {"cite": one["cite"], "key": one["key"], "party": one["party"], "holds": one["holds"]}


def as_text(found: Iterable[Data], lang: str = "en") -> list[str]:
    """Write a difference as lines to read: ``+`` added, ``-`` gone, ``~`` changed."""
    out = []
    for line in found:
        out.append(f"{line['line']}. {line['item']} [{line['reading']}]".replace("  ", " "))
        for name, moved in line.get("head", {}).items():
            out.append(f"  ~ {name}: {_short(moved['was'])} → {_short(moved['now'])}")
        for one in line.get("findings", ()):
            who = f" ({one['party']})" if one["party"] else ""
            sign = {"added": "+", "gone": "-", "changed": "~"}[one["change"]]
            out.append(f"  {sign} {one['rule']}{who}, {one['cite']}")
            out.extend(
                f"      {mark} {_said(one[side], lang)}" for mark, side in (("-", "was"), ("+", "now")) if side in one
            )
            for word, mark in (("gone", "-"), ("added", "+")):
                out.extend(f"      {mark} {_cited(cited)}" for cited in one.get("lines", {}).get(word, ()))
        for name in ("questions", "conditions", "not_encoded"):
            for word, mark in (("gone", "-"), ("added", "+")):
                out.extend(f"  {mark} {name}: {_plain(each)}" for each in line.get(name, {}).get(word, ()))
    return out


def _short(value: Any) -> str:
    return str(value["policy"]) if isinstance(value, Mapping) else str(value)


def _said(told: Data, lang: str) -> str:
    return f"{told['answer']}: {say(told['key'], lang, told['values'])}"


def _cited(cited: Data) -> str:
    until = cited["until"] or ""
    return f"{cited['parameter']} = {cited['value']} ({cited['cite']}; {cited['since']}–{until}; {cited['by']})"


def _plain(one: Data) -> str:
    return " ".join(str(value) for value in one.values() if value is not None)
