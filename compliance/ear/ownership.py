"""Who stands behind a party: shares held by listed persons, added up along the chain.

The affiliates rule (90 FR 47201) reaches an entity owned 50 percent or more, directly or indirectly, individually or in
aggregate, by listed persons. A share that nobody could establish may be any share: it is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

HALF = Decimal(50)

Share = tuple[str, Decimal | None]
"""An owner's reference and its percentage, ``None`` when the percentage is unknown."""


def owned_by_listed(
    party: str,
    owners: Mapping[str, Sequence[Share]],
    listed: Mapping[str, bool | None],
    _above: frozenset[str] = frozenset(),
) -> bool | None:
    """Return whether listed persons own half or more of ``party``: yes, no, or ``None`` when it cannot be told.

    ``owners`` maps each party to those who hold it; ``listed`` says of each holder whether it is on a list the rule
    names (``None``: not screened or not judged). A holder that is itself owned so counts with its whole share.
    """
    surely = possibly = Decimal(0)
    unsure = False
    for owner, percent in owners.get(party, ()):
        if owner in _above:
            continue
        counts = listed.get(owner)
        if counts is not True:
            above = owned_by_listed(owner, owners, listed, _above | {party})
            counts = True if above else (None if None in (counts, above) else False)
        if counts is False:
            continue
        if percent is None:
            unsure = True
        else:
            possibly += percent
            if counts:
                surely += percent
    if surely >= HALF:
        return True
    return None if unsure or possibly >= HALF else False


def parents_above(party: str, owners: Mapping[str, Sequence[Share]]) -> tuple[frozenset[str], frozenset[str]]:
    """Return who stands at the top of a party: surely (half or more at every step), and perhaps (some share unknown).

    A party nobody is recorded to control has neither: what is stated of its ultimate parent stands.
    """
    sure: set[str] = set()
    perhaps: set[str] = set()
    _climb(party, owners, True, frozenset({party}), sure, perhaps)
    return frozenset(sure), frozenset(perhaps - sure)


def _climb(
    party: str,
    owners: Mapping[str, Sequence[Share]],
    surely: bool,
    below: frozenset[str],
    sure: set[str],
    perhaps: set[str],
) -> None:
    for owner, percent in owners.get(party, ()):
        if owner in below or (percent is not None and percent < HALF):
            continue
        known = surely and percent is not None
        if any(share is None or share >= HALF for _above, share in owners.get(owner, ())):
            _climb(owner, owners, known, below | {owner}, sure, perhaps)
        else:
            (sure if known else perhaps).add(owner)
