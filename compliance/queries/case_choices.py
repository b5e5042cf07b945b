"""What the small forms of the case file offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.ear import Outcome
from compliance.lifecycle import WORK
from compliance.models import Authorization, Case, Decision, Document, Pause, User

from .case_law import governing
from .desk import holders
from .outcomes import WORDS
from .people import who_may
from .scope import visible_cases

Choices = list[tuple[str, Any]]


def fitting_kinds(case: Case) -> tuple[str, ...]:
    """Return what lets an approved case go: it follows from the determination that was approved, not from a wish."""
    decision = case.decisions.filter(standing="approved").select_related("determination").first()
    if decision is None:
        return ()
    latest = decision.determination
    if latest.outcome == Outcome.LICENSE_EXCEPTION.value:
        governs = governing(latest)
        relied_on = {line[governs]["authorization"] for line in latest.lines}
        kind = Authorization.Kind.NAC if "NAC" in relied_on else Authorization.Kind.EXCEPTION
        return (kind.value, Authorization.Kind.LICENSE.value)
    if latest.outcome == Outcome.GENERAL_LICENSE.value:
        return (Authorization.Kind.GENERAL.value, Authorization.Kind.LICENSE.value)
    return (Authorization.Kind.LICENSE.value,)


def authorization_kinds(case: Case | None) -> Choices:
    """Return the kinds of authorization that fit what was approved of the case, with their words."""
    return [(kind, Authorization.Kind(kind).label) for kind in (fitting_kinds(case) if case else ())]


def pause_grounds() -> Choices:
    """Return the grounds on which BIS's clock stands still."""
    return list(Pause.Ground.choices)


def document_kinds() -> Choices:
    """Return the kinds of document a case keeps."""
    return [("", _("choose")), *Document.Kind.choices]


def documents_of(case: Case | None) -> Choices:
    """Return the documents of the case, newest first."""
    if case is None:
        return []
    return [(str(each.pk), each.name) for each in sorted(case.documents.all(), key=lambda each: -each.pk)]


def colleagues(case: Case | None) -> Choices:
    """Return the people who can work on the case."""
    if case is None:
        return []
    return [(person.username, person.name) for person in who_may(WORK, case=case)]


def recommendations(case: Case | None) -> Choices:
    """Return what can be recommended, in the order of the form."""
    return list(Decision.Recommendation.choices)


def document_for(user: User, ref: str, pk: int) -> Document:
    """Return a document of a case the person may see. Raises ``Document.DoesNotExist``."""
    return Document.objects.get(pk=pk, case__in=visible_cases(user).filter(ref=ref))


def case_filters(user: User, asked: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the filters of the list of cases: name → label, choices (none for free text) and what was asked."""
    given = asked or {}
    filters: dict[str, tuple[Any, Choices | None]] = {
        "text": (_("Number or words"), None),
        "state": (_("State"), [("open", _("all open")), *Case.StateLabel.choices]),
        "activity": (_("Activity"), list(Case.Activity.choices)),
        "outcome": (_("Outcome"), list(WORDS.items())),
        "destination": (_("Destination"), None),
        "holder": (_("With"), [("nobody", _("nobody")), *(holders(user) if asked is not None else ())]),
        "flags": (_("Red flags"), [("open", _("some open"))]),
    }
    return {
        name: {"name": name, "label": label, "choices": choices, "value": given.get(name, "")}
        for name, (label, choices) in filters.items()
    }
