"""Shares held by listed persons, added up along the chain (90 FR 47201)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from compliance.ear.ownership import owned_by_listed

Owners = Mapping[str, Sequence[tuple[str, Decimal | None]]]


@pytest.mark.parametrize(
    ("owners", "listed", "expected"),
    [
        ({"us": [("a", Decimal("50"))]}, {"a": True}, True),
        ({"us": [("a", Decimal("49.99"))]}, {"a": True}, False),
        ({"us": [("a", Decimal(30)), ("b", Decimal(20))]}, {"a": True, "b": True}, True),
        ({"us": [("a", Decimal(30)), ("b", Decimal(15))]}, {"a": True, "b": True}, False),
        # B owns 60 percent of C, so the whole share of C counts: 30 and 40 make 70.
        (
            {"us": [("a", Decimal(30)), ("c", Decimal(40))], "c": [("b", Decimal(60))]},
            {"a": True, "b": True, "c": False},
            True,
        ),
        # B owns less than half of C, so nothing of C counts.
        (
            {"us": [("a", Decimal(30)), ("c", Decimal(40))], "c": [("b", Decimal(49))]},
            {"a": True, "b": True, "c": False},
            False,
        ),
        # A share nobody could find out may be any share.
        ({"us": [("a", None)]}, {"a": True}, None),
        ({"us": [("a", None), ("b", Decimal(50))]}, {"a": True, "b": True}, True),
        ({"us": [("a", None)]}, {"a": False}, False),
        # A holder nobody has screened may be listed.
        ({"us": [("a", Decimal(50))]}, {"a": None}, None),
        ({"us": [("a", Decimal(50))]}, {}, None),
        ({"us": [("a", Decimal(49))]}, {"a": None}, False),
        # A circle ends where it began.
        ({"us": [("a", Decimal(60))], "a": [("us", Decimal(60))]}, {"a": False}, False),
    ],
)
def test_shares_of_listed_holders_are_added_up_along_the_chain(
    owners: Owners, listed: Mapping[str, bool | None], expected: bool | None
) -> None:
    assert owned_by_listed("us", owners, listed) is expected
