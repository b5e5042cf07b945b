"""What the filters of a report offer to choose from, within the reader's scope."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.models import Case, Unit, User
from compliance.queries.outcomes import WORDS as OUTCOMES

from .shape import Report

Choices = list[tuple[str, Any]]


def filter_choices(report: Report, user: User) -> dict[str, Choices]:
    """Return the choices of every filter the report takes, by name; the first of each filters nothing."""
    offered = {"state": _states, "unit": _units, "person": _people, "outcome": _outcomes}
    return {name: [("", _("all")), *offered[name](user)] for name in report.takes}


def _states(user: User) -> Choices:
    return list(Case.StateLabel.choices)


def _outcomes(user: User) -> Choices:
    return list(OUTCOMES.items())


def _visible_units(user: User) -> Any:
    return Unit.objects.all() if user.has_perm("compliance.see_all_units") else user.units.all()


def _units(user: User) -> Choices:
    return [(unit.code, f"{unit.code} · {unit}") for unit in _visible_units(user)]


def _people(user: User) -> Choices:
    rows = User.objects.filter(is_active=True)
    if not user.has_perm("compliance.see_all_units"):
        rows = rows.filter(units__in=_visible_units(user)).distinct()
    return [(person.username, person.name) for person in rows.order_by("username")]
