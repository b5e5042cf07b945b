"""Who should hear of something: the people behind an entry of the chain, found without anybody asking for them.

These questions are asked by the clock, not by a person, so they take no reader; what a reader may then see of the case
is a question of :mod:`compliance.queries.scope`.
"""

from __future__ import annotations

from collections.abc import Iterable

from compliance.models import Case, Clock, Decision, User

from .people import who_may
from .scope import visible_cases


def case_behind(subject: str) -> Case | None:
    """Return the case an entry is about (``case:GH-2026-00042``), or ``None`` when it is about something else."""
    noun, _colon, ref = subject.partition(":")
    if noun != "case":
        return None
    return Case.objects.select_related("unit", "assigned_to", "created_by").filter(ref=ref).first()


def may_see(person: User, case: Case | None) -> bool:
    """Return whether the case is in the person's scope; what is about no case, everybody may hear of."""
    return case is None or visible_cases(person).filter(pk=case.pk).exists()


def visible_titles(person: User, refs: Iterable[str]) -> dict[str, str]:
    """Return the titles, by reference, of those of the cases that the person may see."""
    return dict(visible_cases(person).filter(ref__in=list(refs)).values_list("ref", "title"))


def those_who_may(permission: str, *, case: Case | None = None) -> list[User]:
    """Return the active people with a permission and, where a case is given, with the case in their units."""
    return list(who_may(permission, case=case))


def proposer_of(case: Case) -> User | None:
    """Return who made the latest proposal of a case."""
    latest = Decision.objects.filter(case=case).select_related("proposed_by").order_by("-pk").first()
    return latest.proposed_by if latest else None


def people_named(usernames: Iterable[str]) -> list[User]:
    """Return the active people with these user names."""
    return list(User.objects.filter(username__in=[name for name in usernames if name], is_active=True))


def names_of(usernames: Iterable[str]) -> dict[str, str]:
    """Return the names to show behind user names, in one query; those of closed accounts too."""
    return {person.username: person.name for person in User.objects.filter(username__in=set(usernames))}


def clock_word(kind: str) -> str:
    """Return what a kind of clock is called, in the reader's language."""
    return str(Clock.Kind(kind).label) if kind in Clock.Kind.values else str(kind)
