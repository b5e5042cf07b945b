"""Reading: nouns and questions. Rows come out of here scoped to the person who asks; out of scope they do not exist."""

from .scope import (
    case_for,
    item_for,
    party_for,
    subject_labels,
    visible_cases,
    visible_items,
    visible_parties,
    visible_subject_refs,
)

__all__ = (
    "case_for",
    "item_for",
    "party_for",
    "subject_labels",
    "visible_cases",
    "visible_items",
    "visible_parties",
    "visible_subject_refs",
)
