"""What screening knows, as plain values: coverage, standings, matches, listings, snapshots."""

from .coverage import coverage, coverage_as_dict, current_searched
from .listings import confirmed_listings, footnotes_of
from .matches import (
    Hit,
    MatchPage,
    hits,
    match_for,
    match_rows,
    subject_labels,
    subjects_visible_to,
    views,
    waiting_for,
)
from .snapshots import SnapshotView, snapshots
from .standing import CODES, earlier_judgements, standing, standings, undecided_matches

__all__ = (
    "CODES",
    "Hit",
    "MatchPage",
    "SnapshotView",
    "confirmed_listings",
    "coverage",
    "coverage_as_dict",
    "current_searched",
    "earlier_judgements",
    "footnotes_of",
    "hits",
    "match_for",
    "match_rows",
    "snapshots",
    "standing",
    "standings",
    "subject_labels",
    "subjects_visible_to",
    "undecided_matches",
    "views",
    "waiting_for",
)
