"""What a program does in one call and a person in several: a whole case at once, and handing it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from compliance.models import Case, Unit, User

from . import intake
from .determine import determine_case
from .refusals import BadInput
from .screen import screen_parties


def open_whole_case(
    *,
    by: User,
    unit: Unit | None = None,
    lines: Iterable[Mapping[str, Any]] = (),
    parties: Iterable[Mapping[str, Any]] = (),
    **given: Any,
) -> Case:
    """Open a draft with its lines and parties: all of it or nothing.

    A line holds ``item``, ``quantity`` and perhaps ``unit_value``; a party holds ``party`` and ``role``. Raises what
    :mod:`~.intake` raises; :class:`~.refusals.BadInput` names the place, as in ``lines[2].quantity``.
    """
    with transaction.atomic():
        case = intake.open_case(by=by, unit=unit, **given)
        for place, line in enumerate(lines):
            _at(
                f"lines[{place}]",
                lambda line=line: intake.add_line(
                    case.ref,
                    by=by,
                    item_ref=line["item"],
                    quantity=line["quantity"],
                    unit_value=line.get("unit_value"),
                ),
            )
        for place, party in enumerate(parties):
            _at(
                f"parties[{place}]",
                lambda party=party: intake.add_party(case.ref, by=by, party_ref=party["party"], role=party["role"]),
            )
    return case


def _at(place: str, do: Callable[[], Any]) -> None:
    try:
        do()
    except BadInput as error:
        error.field = f"{place}.{error.field}"
        raise


def hand_in(ref: str, *, by: User) -> Case:
    """Submit a draft, screen its parties and ask the law. Each step is kept even where the next one fails.

    Raises what :func:`~.intake.submit` raises.
    """
    case = intake.submit(ref, by=by)
    screen_parties(ref, by=by)
    determine_case(ref, by=by)
    return case
