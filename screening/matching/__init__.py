"""Who is on a list, and how surely. Pure: no Django, no database, no network, no clock."""

from .index import Entry, Index
from .names import Form, forms, warm
from .score import MATCHER_VERSION, Found, Reason, Score, Who, find

__all__ = ("MATCHER_VERSION", "Entry", "Form", "Found", "Index", "Reason", "Score", "Who", "find", "forms", "warm")
