"""What a text that somebody typed as one name holds beside it: further names, and a person in the order of a list."""

from __future__ import annotations

import re

from .words import words

_ALSO = re.compile(
    r"[;,(]?\s*\b(?:a\.?k\.?a\.?|f\.?k\.?a\.?|d\.?b\.?a\.?|d/b/a|also known as|formerly known as|doing business as)"
    r"(?![a-z])[.:,]?\s*",
    re.I,
)


def known_as(text: str) -> list[str]:
    """Return the names of a text in which "also known as" or the like stands between them."""
    return _ALSO.split(text)


def written(text: str) -> list[str]:
    """Return a name as written, then each name it holds beside: behind "aka", or with a title behind the comma."""
    found = [text]
    if _ALSO.search(text):
        # The bracket that "(a.k.a. …)" leaves behind.
        names = [one.strip(" ;,)") for one in known_as(text)]
        # A company may itself be called Aka: then nothing stands before it.
        found += names if len(names[0]) > 1 else []
    if text.count(",") == 1:
        last, first = (half.strip() for half in text.split(","))
        if last and first and first.split()[0].casefold().rstrip(".") in words().titles:
            found.append(f"{first} {last}")
    return [one for one in dict.fromkeys(found) if one]
