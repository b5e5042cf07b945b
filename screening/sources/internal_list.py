"""The organization's own list: whom it does not deal with, in the layout of :mod:`screening.sources.plain_list`."""

from __future__ import annotations

from typing import BinaryIO

from . import plain_list
from .shape import Parsed, Source


def parse(stream: BinaryIO) -> Parsed:
    """Read the organization's own list."""
    return plain_list.parse(stream, "INT")


SOURCE = Source("internal", "Internal list", "This organization", parse, lists=("INT",), max_age=None)
