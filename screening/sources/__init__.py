"""The published files this program reads. Explicit and ordered: a new file is a module and a line here."""

from . import consolidated_screening_list
from .shape import Listed, Parsed, Source, Unreadable

SOURCES: tuple[Source, ...] = (consolidated_screening_list.SOURCE,)

__all__ = ("SOURCES", "Listed", "Parsed", "Source", "Unreadable")
