"""Lists that the Consolidated Screening List does not hold.

They are published as PDF or HTML, so each comes as a CSV file of its own in the layout of
:mod:`screening.sources.plain_list`:

- Section 1260H of Public Law 116-283: Chinese military companies, Department of Defense, Federal Register, yearly.
- Section 1286 of Public Law 115-232: foreign institutions in problematic activities, Department of Defense, yearly.
- UFLPA Entity List, Public Law 117-78, Department of Homeland Security, Federal Register.
- Foreign End User List of Japan's Ministry of Economy, Trade and Industry, about once a year.
"""

from __future__ import annotations

from functools import partial

from . import plain_list
from .shape import Source

OF_DEFENSE = "US Department of Defense"

SOURCES: tuple[Source, ...] = tuple(
    Source(code, title, publisher, partial(plain_list.parse, list_code=code.upper()), (code.upper(),), max_age=days)
    for code, title, publisher, days in (
        ("1260h", "Section 1260H list", OF_DEFENSE, 400),
        ("1286", "Section 1286 list", OF_DEFENSE, 400),
        ("uflpa", "UFLPA Entity List", "US Department of Homeland Security", 180),
        ("meti", "Foreign End User List", "Ministry of Economy, Trade and Industry of Japan", 400),
    )
)
"""``max_age`` in days: about the time between two editions; after it somebody should look for a newer one."""
