"""Making any text printable: what the one printing font does not hold is spelled in Latin letters and listed.

The list gives the code points, so that nothing is lost: the original can be restored from the paper.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from anyascii import anyascii
from django.conf import settings

FONTS = Path(settings.BASE_DIR) / "static" / "fonts"
COVERAGE = FONTS / "GatehouseSans-Regular.coverage.txt"
LOOK_ALIKES = str.maketrans("✕✗✘✓✔", "×××√√")
"""Signs of our own pages for which the font has one of the same meaning."""

MOST_POINTS = 240
"""Code points listed for one stretch of text; a longer one says how many more there are."""


@lru_cache(maxsize=1)
def _missing() -> re.Pattern[str]:
    """Return what finds stretches the font cannot print. Line ends pass; blanks inside a stretch belong to it."""
    ranges = []
    for piece in COVERAGE.read_text("ascii").split():
        first, _dash, last = piece.partition("-")
        ranges.append(f"\\U{int(first, 16):08x}-\\U{int(last or first, 16):08x}")
    unknown = f"[^\\n{''.join(ranges)}]"
    return re.compile(f"{unknown}(?: ?{unknown})*")


class Printable:
    """Makes texts printable and remembers what it had to spell: ``spelled`` maps the spelling to its code points."""

    def __init__(self) -> None:
        self.spelled: dict[str, str] = {}

    def text(self, raw: str) -> str:
        """Return the text in characters the font holds; a spelled stretch stands in 〔 〕."""
        clean = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        return _missing().sub(self._spell, clean.translate(LOOK_ALIKES))

    def everything(self, data: Any) -> Any:
        """Return the same structure of mappings, lists and texts with every text printable."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, dict):
            return {key: self.everything(value) for key, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.everything(value) for value in data]
        return data

    def _spell(self, found: re.Match[str]) -> str:
        raw = found.group()
        points = [f"U+{ord(sign):04X}" for sign in raw]
        letters = " ".join(anyascii(raw).split())
        # A sign nobody can spell stands as its number; unprintable letters of a spelling are left out.
        spelled = "".join(sign for sign in letters if " " <= sign <= "~") or " ".join(points[:4])
        mark = f"〔{spelled}〕"
        while self.spelled.get(mark, " ".join(points)) not in (" ".join(points), _short(points)):
            mark = f"{mark[:-1]}′〕"
        self.spelled[mark] = _short(points)
        return mark


def _short(points: list[str]) -> str:
    if len(points) <= MOST_POINTS:
        return " ".join(points)
    return f"{' '.join(points[:MOST_POINTS])} … (+{len(points) - MOST_POINTS})"
