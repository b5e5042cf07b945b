"""The verbs of screening: load the lists, screen, look a name up, judge."""

from ..queries import current_searched, undecided_matches
from ..shapes import Refreshed, Subject
from .judging import MOST_TOGETHER, judge, judge_together
from .loading import load_sample, refresh, refresh_from_url
from .running import LookUp, look_up, screen, touched_by

__all__ = (
    "MOST_TOGETHER",
    "LookUp",
    "Refreshed",
    "Subject",
    "current_searched",
    "judge",
    "judge_together",
    "load_sample",
    "look_up",
    "refresh",
    "refresh_from_url",
    "screen",
    "touched_by",
    "undecided_matches",
)
