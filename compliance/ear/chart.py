"""The Country Chart: which columns an entry is controlled by, and which of them are marked for a country.

A line of ``part_774.reasons`` may reach a whole entry or some paragraphs, software and technology for some items, or
items of a certain kind; what is not known about the item stays unknown and is asked for. The marks are one snapshot
with the changes that are known (``part_738.country_chart``). Sources: 15 CFR 738.3, 738.4 and Supp. No. 1 to Part 738.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from compliance.ear.equipment import controlled_set, parts, worldwide_set
from compliance.ear.findings import Missing
from compliance.ear.law import Cited, Law
from compliance.ear.parties import Tested, all_of, any_of
from compliance.ear.records import Item

CHART = "part_738.country_chart"
REASONS = "part_774.reasons"
PRINTED = "part_774.printed_exceptions"
# Software and technology for these follow 742.6(a)(6) alone.
_BY_742 = ("3A090", "4A090", "3B090")


@lru_cache(maxsize=4096)
def row_of(code: str, law: Law, table: str = CHART) -> Cited | None:
    """Return the row of a country: marked columns, columns in doubt, and whether Part 746 stands in its place.

    The columns are one text, parted by spaces, which is the quickest to read.
    """
    for line in law.parameters[table].lines:
        if line.raw["code"] == code and line.span.covers(law.day, law.reading):
            return line.cited
    return None


@lru_cache(maxsize=2048)
def lines_of(entry: str, law: Law) -> tuple[Cited, ...]:
    """Return the lines of ``entry`` that name a column, or encryption (``EI``, which has no column)."""
    return tuple(
        line.cited
        for line in law.parameters[REASONS].lines
        if line.raw["entry"] == entry and line.span.covers(law.day, law.reading)
    )


def known_before(entry: str, law: Law) -> bool:
    """Whether a line of ``entry`` had begun by the day: then the entry is gone, and not merely not modelled."""
    lines = [line for line in law.parameters[REASONS].lines if line.raw["entry"] == entry]
    lines += law.parameters["part_774.antiterrorism_only"].by_member.get(entry, ())
    return any(line.span.effective <= law.day for line in lines)


def marked(column: str, row: Cited, country: str) -> bool:
    """Whether ``column`` is marked; encryption reaches every country except Canada (15 CFR 742.15)."""
    return country != "CA" if column == "EI" else column in row.value["marks"]


def reached(item: Item, line: Cited) -> Tested:
    """Whether a line of reasons reaches ``item``: its paragraph and what it is for, and only then what it is."""
    value = line.value
    tests = []
    if listed := value.get("paragraphs"):
        tests.append(_paragraph(item.eccn or "", f"{value['entry']}.", listed))
    if related := value.get("related"):
        tests.append(_for(item, related))
    if spared := value.get("unless_related"):
        inside = _for(item, spared)
        tests.append(Tested(None if inside.answer is None else not inside.answer, (), inside.missing))
    found = all_of(tests)
    name = value.get("fact")
    if name is None or found.answer is False:
        return found
    known = getattr(item, name)
    if known is not None:
        return found if known is value["fact_is"] else Tested(False)
    return found if found.answer is None else Tested(None, (), (Missing(f"item.{name}"),))


def _paragraph(eccn: str, prefix: str, listed: Iterable[str]) -> Tested:
    """Compare part by part; an ECCN that stops short of a listed paragraph may be inside or outside."""
    held, short = parts(eccn) or (), False
    for one in listed:
        wanted = parts(prefix + one) or ()
        if held[: len(wanted)] == wanted:
            return Tested(True)
        short = short or wanted[: len(held)] == held
    return Tested(None, (), (Missing("item.eccn"),)) if short else Tested(False)


def _for(item: Item, listed: Iterable[str]) -> Tested:
    """Whether software or technology is for one of the listed items; several may be named."""
    named = [one for one in (item.related_eccn or "").replace(",", " ").replace(";", " ").split() if one]
    if not named:
        return Tested(None, (), (Missing("item.related_eccn"),))
    return any_of(_one_for(one, tuple(listed)) for one in named)


def _one_for(related: str, listed: tuple[str, ...]) -> Tested:
    held, short = parts(related), False
    if held is None:
        return Tested(None, (), (Missing("item.related_eccn"),))
    for one in listed:
        wanted = parts(one) or ()
        if held[: len(wanted)] == wanted:
            return Tested(True)
        short = short or wanted[: len(held)] == held
    return Tested(None, (), (Missing("item.related_eccn"),)) if short else Tested(False)


def spared_elsewhere(item: Item, law: Law) -> bool:
    """Whether an item that no line reaches is one that other paragraphs of Part 742 control on the day.

    One that stops short of a controlled paragraph may be another, which nobody listed.
    """
    if any(test(item, law).answer is True for test in (controlled_set, worldwide_set)):
        return True
    chips = tuple(entry for entry in _BY_742 if law.member("part_774.dated_entries", entry).value is True)
    return item.related_eccn is not None and _for(item, chips).answer is not False
