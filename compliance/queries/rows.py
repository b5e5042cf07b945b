"""How parties stand that were just made of rows of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from screening import queries as screening
from screening.shapes import Standing


def standings_of(refs: Sequence[str], run: Any) -> dict[str, Standing]:
    """Return where each party stands after the run that screened it, by its number."""
    if run is None:
        return {}
    found = screening.standings([f"party:{ref}" for ref in refs], run)
    return {ref.partition(":")[2]: standing for ref, standing in found.items()}
