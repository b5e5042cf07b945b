"""What an approval is bound to: everything that was decided on, as one canonical text and its digest."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.chain import canonical
from compliance.models import Case, StoredDetermination

from .facts import CaseFacts


def content_of(case: Case, gathered: CaseFacts | None = None) -> dict[str, Any]:
    """Return what a decision on the case rests on, in named parts, as plain values in a fixed order."""
    known = gathered or CaseFacts(case)
    latest = case.determinations.first()
    return {
        "case": {
            "ref": case.ref,
            "unit": case.unit.code,
            **{
                name: str(getattr(case, name) or "")
                for name in (
                    "title",
                    "activity",
                    "exporting_from",
                    "destination",
                    "planned_on",
                    "end_use",
                    "purchase_order",
                    "purchase_order_on",
                    "value",
                    "currency",
                )
            },
            "route": case.route,
        },
        "lines": [
            [line.item.ref, f"{line.quantity:f}", "" if line.unit_value is None else f"{line.unit_value:f}"]
            for line in known.lines
        ],
        "items": {
            item.ref: {"eccn": item.eccn, "model": str(item), "facts": _facts(known, item.subject)}
            for item in known.items
        },
        "parties": {
            party.ref: {
                "name": party.name,
                "roles": sorted(place.role for place in known.places if place.party_id == party.pk),
                "facts": _facts(known, party.subject),
            }
            for party in known.parties
        },
        "ownership": sorted(
            [owner.ref, str(owned), "unknown" if percent is None else f"{percent:f}"]
            for owner, owned, percent in known.owners
        ),
        "owners": {owner.ref: _facts(known, owner.subject) for owner, _owned, _percent in known.owners},
        "facts": _facts(known, case.subject),
        "screening": {ref: standing.fingerprint for ref, standing in sorted(known.lists.items())},
        "red flags": {
            flag.code: [flag.answer, flag.closed_because if flag.closed_at else ""] for flag in case.flags.all()
        },
        "documents": sorted(case.documents.values_list("sha256", flat=True)),
        "determination": _digest_of(latest),
    }


def _facts(known: CaseFacts, subject: str) -> dict[str, Any]:
    return {
        key: "cannot be known" if fact.cannot_be_known else fact.value
        for key, fact in sorted(known.standing.get(subject, {}).items())
    }


def _digest_of(latest: StoredDetermination | None) -> dict[str, str]:
    if latest is None:
        return {}
    return {
        "on": latest.on.isoformat(),
        "outcome": latest.outcome,
        "rulebook": latest.rulebook,
        "facts": latest.facts_digest,
    }


def digest(content: dict[str, Any]) -> str:
    """Return the fingerprint of a content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def changed_parts(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return the names of the parts that differ."""
    return [name for name in now if was.get(name) != now[name]]


_PART_WORDS = {
    "case": _("the case itself"),
    "lines": _("lines"),
    "items": _("items"),
    "parties": _("parties"),
    "ownership": _("ownership"),
    "owners": _("owners"),
    "facts": _("facts"),
    "screening": _("screening"),
    "red flags": _("red flags"),
    "documents": _("documents"),
    "determination": _("determination"),
}


def part_words(part: str) -> str:
    """Return what a part of a content is called, in the reader's language."""
    return str(_PART_WORDS[part])
