"""The published files this program reads. Explicit and ordered: a new file is a module and a line here.

Where two sources print the same entry, the one that stands first is shown.
"""

from . import consolidated_screening_list, denied_persons, internal_list, ofac_legacy, outside_lists
from .shape import Listed, Parsed, Source, Unreadable

SOURCES: tuple[Source, ...] = (
    consolidated_screening_list.SOURCE,
    ofac_legacy.SOURCE,
    denied_persons.SOURCE,
    *outside_lists.SOURCES,
    internal_list.SOURCE,
)
BY_CODE: dict[str, Source] = {source.code: source for source in SOURCES}

__all__ = ("BY_CODE", "SOURCES", "Listed", "Parsed", "Source", "Unreadable")
