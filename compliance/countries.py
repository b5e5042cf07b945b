"""Countries and territories by their two-letter ISO 3166-1 code, named by Unicode CLDR in the reader's language."""

from __future__ import annotations

from functools import cache

from babel import Locale

# CLDR also names groupings, private-use codes and islands that have no ISO code of their own.
_NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


@cache
def names(language: str) -> dict[str, str]:
    """Return code → name in ``language`` (``en`` or anything that begins with ``zh``), in the order of the codes."""
    territories = Locale.parse("zh_Hans" if language.startswith("zh") else "en").territories
    return {
        code: territories[code]
        for code in sorted(territories)
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


CODES: frozenset[str] = frozenset(names("en"))


def name(code: str, language: str) -> str:
    """Return the country's name, or the code itself where it is not one."""
    return names(language).get(code, code)


def choices(language: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs ordered by name, for a form."""
    return sorted(names(language).items(), key=lambda pair: pair[1])
