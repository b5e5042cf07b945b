"""One party asked about by a program: all that is known of it in one question, and an answer that stores nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .. import policy, queries
from ..matching import MATCHER_VERSION, Who, forms
from ..matching.index import KINDS
from ..matching.names import clean
from ..models import ListedParty
from ..queries.matches import ListedView, SignalView, listed_view, signal_views
from ..reasons import Refusal
from ..shapes import Coverage
from .running import MOST_MATCHES, asked_about, lists_of, proposals, refuse_unsearchable

MOST_NAMES = 20
MOST_HITS = MOST_MATCHES


@dataclass(frozen=True, slots=True)
class Proposed:
    """A listed party that may be the one asked about, with what speaks for it and against it."""

    rank: int
    score: float
    entity_id: str
    entity_key: str
    our_name: str
    listed_name: str
    listed: ListedView
    signals: tuple[SignalView, ...]
    words: tuple[tuple[str, str, float], ...]
    rarity: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the lists say of a party. ``names_not_compared`` are those without a letter that could be.

    ``threshold`` is the lowest score asked about; ``more`` counts the less sure hits that the limit left out.
    """

    on: dt.date | None
    threshold: float
    matcher_version: str
    hits: tuple[Proposed, ...]
    names_not_compared: tuple[str, ...]
    coverage: Coverage
    more: int = 0


def ask(
    names: Sequence[str],
    *,
    addresses: Sequence[str] = (),
    countries: Sequence[str] = (),
    identifiers: Sequence[str] = (),
    kind: str = "",
    on: dt.date | None = None,
    threshold: float | None = None,
    limit: int = 10,
) -> Answer:
    """Look a party up by all its names, places and numbers, in the lists in use or those of a past day.

    ``threshold`` is a probability in place of the policy's, ``kind`` one of
    :data:`~screening.matching.index.KINDS`. Raises
    :class:`~screening.reasons.Refusal`, naming the field, for what cannot be searched.
    """
    given = [name for name in names if name.strip()]
    if not given or len(given) > MOST_NAMES:
        raise Refusal("too_many_names" if given else "name_missing", field="names", most=MOST_NAMES)
    for name in given:
        refuse_unsearchable(name, field="names")
    given = [clean(name) for name in given]
    without = tuple(name for name in given if not forms(name))
    if len(without) == len(given):
        raise Refusal("name_empty", field="names")
    for one in countries:
        if not re.fullmatch(r"[A-Z]{2}", one):
            raise Refusal("country", field="countries", found=one[:20])
    snapshots = lists_of(on)
    thresholds = policy.current() if threshold is None else policy.Policy(threshold)
    least = thresholds.least
    who = Who(tuple(given), tuple(addresses), tuple(countries), tuple(identifiers), kind if kind in KINDS else "")
    found = proposals(who, snapshots, threshold=least)
    rows = ListedParty.objects.prefetch_related("names").in_bulk([one.id for one in found])
    best = asked_about(found, rows, thresholds)
    hits = tuple(
        Proposed(
            rank=rank,
            score=round(one.score.value, 6),
            entity_id=rows[one.id].entity_id,
            entity_key=rows[one.id].key,
            our_name=one.our_name,
            listed_name=one.listed_name,
            listed=listed_view(rows[one.id]),
            signals=signal_views([reason.as_dict() for reason in one.score.reasons]),
            words=one.score.words,
            rarity=one.score.rarity,
        )
        for rank, one in enumerate(best[:limit], start=1)
    )
    return Answer(on, least, MATCHER_VERSION, hits, without, queries.coverage(on=on), len(best[limit:]))
