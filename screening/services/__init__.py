"""The verbs of screening: load the lists, screen, look a name up, judge."""

from ..queries import current_searched, undecided_matches
from ..shapes import Refreshed, Subject
from .judging import MOST_TOGETHER, judge, judge_together
from .loading import fetched_sources, load_sample, refresh, refresh_from_url
from .publishing import publish, reject, retire
from .reaching import reach, reach_of_new
from .running import LookUp, lists_of, look_up, screen, search

__all__ = (
    "MOST_TOGETHER",
    "LookUp",
    "Refreshed",
    "Subject",
    "current_searched",
    "fetched_sources",
    "judge",
    "judge_together",
    "lists_of",
    "load_sample",
    "look_up",
    "publish",
    "reach",
    "reach_of_new",
    "refresh",
    "refresh_from_url",
    "reject",
    "retire",
    "screen",
    "search",
    "undecided_matches",
)
