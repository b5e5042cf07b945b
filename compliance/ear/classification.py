"""Where an item stands under 3A090: its level, from figures first, then from the ECCN, then from what was stated.

The level (a, b, c) is held apart from the ECCN, because until 2025-01-13 no .z paragraph showed it. In 2022 the entry
had no letters; its level is called ``entry``. Source: 15 CFR Part 774, Supp. No. 1, 3A090 with notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from compliance.ear.facts import json_safe
from compliance.ear.law import Cited, Law
from compliance.ear.proposals import NUMBERED_Z, ROWS, other_entry, proposed_entry
from compliance.ear.records import Item

ECCN = re.compile(r"(?P<entry>\d[A-E]\d{3}|EAR99)(?:\.(?P<paragraph>[a-z0-9.]+))?\Z", re.IGNORECASE)
# Makers round each figure on its own; rows more than one part in a hundred above the stated TPP contradict it.
_ROUNDING = Decimal("1.01")
# How far up the levels reach; of two that disagree the stricter governs.
_RANK = {"none": 0, "c": 1, "b": 2, "a": 3, "entry": 3}
# Entries that hold chips, computers or their cryptographic kin: here a figure could move the item into 3A090.
_CHIP_ENTRIES = frozenset(
    {"3A001", "3A090", "3A991", "4A003", "4A004", "4A005", "4A090", "4A994", "5A002", "5A004", "5A992", "EAR99"}
)
# Software, technology and models that concern equipment, materials or weights, never a chip of 3A090.
_NOT_OF_CHIPS = frozenset(
    {"3D901", "3D907", "3D991", "3D992", "3D993", "3D994", "4D906", "4E091", "4E906"}
    | {"3E901", "3E905", "3E991", "3E992", "3E993", "3E994"}
)
# First parts of the paragraphs these entries have had on any day; any other letter is no paragraph.
_LETTERS: Mapping[str, frozenset[str]] = {
    "3A090": frozenset("abc"),
    "4A090": frozenset("ab"),
    "3B001": frozenset("abcdefghijklmnopqr"),
    "3B002": frozenset("abc"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """The level of an item. ``value`` is ``None`` when unknown; ``missing`` names what to ask."""

    value: str | None
    key: str
    relied_on: tuple[Cited, ...] = ()
    missing: tuple[str, ...] = ()
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Classification:
    """The level that governs, the entry of the company's ECCN and what the figures propose."""

    entry: str | None
    paragraph: str
    level: Level
    proposed: str | None
    disagrees: bool

    @property
    def group(self) -> str:
        """The product group letter of the ECCN (A-E), empty if there is none."""
        return self.entry[1] if self.entry and self.entry != "EAR99" else ""

    @property
    def advanced(self) -> bool | None:
        """Whether the item belongs to the advanced computing set (never 3A090.c); ``None`` is unknown."""
        return None if self.level.value is None else self.level.value in {"a", "b", "entry"}


# The item classified last: a determination asks for the same one again and again, and comparing items takes its time.
_last: tuple[Item | None, Law | None, Classification | None] = (None, None, None)


def classify(item: Item, law: Law) -> Classification:
    """Classify ``item`` under ``law``."""
    global _last
    known_item, known_law, known = _last
    if known_item is item and known_law is law and known is not None:
        return known
    found = _classified(item, law)
    _last = (item, law, found)
    return found


@lru_cache(maxsize=512)
def _classified(item: Item, law: Law) -> Classification:
    entry, paragraph, from_eccn = read_eccn(item.eccn, law)
    figures = _from_figures(item, entry, law)
    stated = [
        Level(value, key)
        for value, key in (
            (from_eccn, "from_eccn"),
            (item.level, "stated"),
            (_from_related(item, entry, law), "from_related"),
        )
        if value is not None and _exists(value, law)
    ]
    if figures is None:
        level = (
            max(stated, key=lambda one: _RANK[one.value or "none"]) if stated else _unasked(item, entry, paragraph, law)
        )
        said = {one.value for one in stated}
        disagrees = len(said) > 1 or (
            level.value is not None and bool(said) and _too_low(level.value, entry, paragraph)
        )
    elif figures.value is None:
        # Figures that do not yet decide leave a stricter statement standing.
        strict = [one for one in stated if one.value in {"a", "entry"}]
        level, disagrees = (strict[0] if strict else figures), False
    else:
        known = [figures, *stated]
        level = max(known, key=lambda one: _RANK[one.value or "none"])
        disagrees = any(one.value != figures.value for one in stated) or _too_low(figures.value, entry, paragraph)
    proposed = proposed_entry(item, entry, level.value, law)
    disagrees = disagrees or other_entry(item, entry, proposed)
    return Classification(entry, paragraph, level, proposed, disagrees)


def describe(item: Item, law: Law) -> dict[str, Any]:
    """Return the classification as JSON-safe data: level, proposed ECCN, reason, missing facts and conflicts.

    Raises :class:`compliance.ear.law.NotYetEncoded` for a day before the first encoded law.
    """
    found, dense = classify(item, law), density(item)
    tpp = highest_tpp(item)
    disagreements = [
        {"key": f"classification_agrees.{key}", "values": json_safe_mapping(values)}
        for key, values in disagreements_of(item, law)
    ]
    return {
        "eccn": item.eccn,
        "entry": found.entry,
        "paragraph": found.paragraph,
        "level": found.level.value,
        "advanced": found.advanced,
        "proposed": found.proposed,
        "reason": {
            "key": f"advanced_level.{found.level.key}",
            "values": json_safe_mapping(
                {
                    "level": found.level.value or "?",
                    "tpp": "?" if tpp is None else tpp,
                    "density": "?" if dense is None else round(dense, 2),
                    "eccn": item.eccn or "?",
                }
            ),
        },
        "checked": found.level.checked and all(cited.checked for cited in found.level.relied_on),
        "missing": list(found.level.missing),
        "relied_on": [cited.to_dict() for cited in found.level.relied_on],
        "disagreements": disagreements,
    }


def json_safe_mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` so that JSON keeps them exactly."""
    return {name: json_safe(value) for name, value in values.items()}


def disagreements_of(item: Item, law: Law) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Say what of ECCN, paragraph, day and figures does not go together: keys of sentences with their values."""
    if item.eccn is None:
        return (("eccn_missing", {}),)
    found = classify(item, law)
    given = item.eccn[:40]
    if found.entry is None:
        return (("eccn_unreadable", {"eccn": given}),)
    out: list[tuple[str, dict[str, Any]]] = []
    letters = _LETTERS.get(found.entry)
    if letters and found.paragraph and found.paragraph[0] not in letters:
        out.append(("no_such_paragraph", {"eccn": given, "entry": found.entry}))
    dated = law.parameters["part_774.dated_entries"].by_member
    if found.entry in dated and law.member("part_774.dated_entries", found.entry).value is not True:
        out.append(("entry_of_another_day", {"entry": found.entry}))
    if (rows := _from_rows(item)) is not None and item.tpp is not None and rows > item.tpp * _ROUNDING:
        out.append(("rows_above_tpp", {"tpp": item.tpp, "rows": rows}))
    if item.figures_with_sparsity and highest_tpp(item) is not None:
        out.append(("sparse", {}))
    if found.disagrees:
        out.append(("disagrees", {"eccn": given, "proposed": found.proposed or "@level.none"}))
    return tuple(out)


def highest_tpp(item: Item) -> Decimal | None:
    """Return the TPP that counts: of the stated one and the rows of the data sheet the highest; ``None`` if unknown."""
    rows = _from_rows(item)
    if rows is None:
        return item.tpp
    return rows if item.tpp is None else max(rows, item.tpp)


def _from_rows(item: Item) -> Decimal | None:
    """Return the highest product of speed and bit length among the rows, or ``None`` without rows."""
    best: Decimal | None = None
    for name, bits in ROWS:
        tops = getattr(item, name)
        if tops is not None and (best is None or tops * bits > best):
            best = tops * bits
    return best


def read_eccn(eccn: str | None, law: Law) -> tuple[str | None, str, str | None]:
    """Split an ECCN into entry and paragraph and read the level it shows, if any."""
    matched = ECCN.match((eccn or "").strip())
    if matched is None:
        return None, "", None
    entry, paragraph = matched["entry"].upper(), (matched["paragraph"] or "").lower()
    first, _, rest = paragraph.partition(".")
    level: str | None = None
    if entry in {"3A090", "4A090"}:
        level = first if first in {"a", "b", "c"} else None
        if not law.has("part_774.ic_thresholds"):
            level = "entry"
    elif first == "z" and law.member("part_774.z_entries", entry).value:
        if entry in NUMBERED_Z:
            level = {"1": "a", "2": "b"}.get(rest)
        elif rest.rpartition(".")[2] in {"a", "b"}:
            level = rest.rpartition(".")[2]
    return entry, paragraph, level


def density(item: Item) -> Decimal | None:
    """Return performance density: as stated or TPP over the non-planar die area, of two the higher (the stricter).

    ``None`` if it is unknown or not defined.
    """
    # A density of zero is none: with a TPP above zero no area gives it.
    held = [item.performance_density] if item.performance_density else []
    tpp = highest_tpp(item)
    if tpp is not None and item.applicable_die_area_mm2 and item.non_planar is not False:
        held.append(tpp / item.applicable_die_area_mm2)
    return max(held, default=None)


def _exists(level: str, law: Law) -> bool:
    if level == "none":
        return True
    if level == "c":
        return law.has("part_774.memory_density")
    if level == "entry":
        return law.has("part_774.ic_2022")
    return law.has("part_774.ic_thresholds")


def _from_figures(item: Item, entry: str | None, law: Law) -> Level | None:
    tpp = highest_tpp(item)
    if tpp is not None and item.figures_with_sparsity:
        # The note counts dense operations; how much of a sparse figure is dense only the maker can say.
        return Level(None, "sparse")
    bare_memory = item.form is None and tpp is None and item.hbm_bandwidth_gbps is not None
    fixed = item.form in {None, "integrated_circuit"} and item.hbm_packaging in {"stack", "control_logic"}
    if item.form == "memory" or fixed or (bare_memory and entry == "3A090"):
        memory = _memory(item, law)
        if tpp is None and item.hbm_packaging == "processor":
            return Level(None, "tpp_missing", (), ("item.tpp",))
        # Memory that also computes is tested as a chip too; the stricter of the two stands.
        chip = None if tpp is None else _chip(item, law)
        return memory if chip is None or chip.value == "none" else chip
    if tpp is None:
        return None
    chip = _chip(item, law)
    unclear = item.form in {None, "other"} and item.hbm_packaging is None
    if chip.value != "none" or not unclear:
        return chip
    memory = _memory(item, law)
    # With a form nobody gave, a slow chip may still be memory, and what is EAR99 may be a chip of 3A991.p.
    unsaid = item.form is None and entry in _CHIP_ENTRIES and (entry == "EAR99" or law.has("part_774.memory_density"))
    if memory is not None and (memory.value == "c" or (memory.value is None and unsaid)):
        return Level(None, "form_missing", memory.relied_on, ("item.form",))
    if unsaid and entry == "EAR99":
        return Level(None, "form_missing", (), ("item.form",))
    return chip


def _chip(item: Item, law: Law) -> Level:
    if law.has("part_774.ic_2022"):
        return _by_2022_test(item, law)
    if law.has("part_774.ic_thresholds"):
        return _by_thresholds(item, law)
    return Level("none", "before_3a090")


def _memory(item: Item, law: Law) -> Level | None:
    if not law.has("part_774.memory_density"):
        return Level("none", "memory_not_yet")
    limit = law.value("part_774.memory_density")
    if item.hbm_packaging == "processor":
        return Level("none", "memory_with_processor", (limit,))
    if item.hbm_bandwidth_gbps is None or not item.hbm_area_mm2:
        missing = tuple(f"item.{name}" for name in ("hbm_bandwidth_gbps", "hbm_area_mm2") if not getattr(item, name))
        return Level(None, "memory_figures_missing", (limit,), missing)
    above = item.hbm_bandwidth_gbps > Decimal(limit.value) * item.hbm_area_mm2
    return Level("c" if above else "none", "memory_above" if above else "memory_below", (limit,))


def _by_2022_test(item: Item, law: Law) -> Level:
    limits = law.value("part_774.ic_2022")
    tpp = highest_tpp(item)
    if tpp is None or tpp < Decimal(limits.value["tpp"]):
        return Level("none", "below_2022", (limits,))
    if item.io_transfer_rate_gbps is None:
        return Level(None, "io_missing", (limits,), ("item.io_transfer_rate_gbps",))
    if item.io_transfer_rate_gbps >= Decimal(limits.value["io_gbps"]):
        return Level("entry", "meets_2022", (limits,))
    wording = law.value("part_774.ic_2022_io_wording")
    return Level("none", "io_below_2022", (limits, wording), checked=wording.checked)


def _by_thresholds(item: Item, law: Law) -> Level:
    cited = law.value("part_774.ic_thresholds")
    limit = {name: Decimal(value) for name, value in cited.value.items()}
    tpp, relied = highest_tpp(item) or Decimal(0), (cited,)
    if tpp >= limit["a1_tpp"]:
        return Level("a", "meets_a1", relied)
    if tpp < min(limit["a2_tpp"], limit["b2_tpp"]):
        return Level("none", "below_every_limit", relied)
    if item.data_center_designed_or_marketed is False:
        return Level("none", "not_data_center", relied)
    dense = density(item)
    if dense is None:
        if item.non_planar is False or item.applicable_die_area_mm2 == 0:
            # No non-planar die: the divisor is zero and the text gives no value; a person has to decide.
            return Level(None, "density_not_defined", relied)
        asked = ["item.applicable_die_area_mm2"]
        if item.data_center_designed_or_marketed is None:
            asked.insert(0, "item.data_center_designed_or_marketed")
        return Level(None, "density_missing", relied, tuple(asked))
    if dense >= limit["a2_density"]:
        value, key = "a", "meets_a2"
    elif tpp >= limit["b2_tpp"] and dense >= limit["b2_density"]:
        value, key = "b", "meets_b2"
    elif tpp >= limit["b1_tpp"] and dense >= limit["b1_density"]:
        value, key = "b", "meets_b1"
    else:
        return Level("none", "below_density", relied)
    if item.data_center_designed_or_marketed is None:
        return Level(None, "data_center_missing", relied, ("item.data_center_designed_or_marketed",))
    return Level(value, key, relied)


def _unasked(item: Item, entry: str | None, paragraph: str, law: Law) -> Level:
    """Say what an item without figures and without a stated level is: a question, or nothing of the kind."""
    if entry in _NOT_OF_CHIPS:
        return Level("none", "other_entry")
    if item.form in {"software", "technology"} or (
        entry and (law.member("part_774.related_entries", entry).value or entry in {"4D090", "5D002", "5D992"})
    ):
        return Level(None, "level_missing", (), ("item.level",))
    if item.form == "other" and entry not in {"3A090", "4A090"} and not paragraph.startswith("z"):
        return Level("none", "no_chip")
    if entry is None or entry in _CHIP_ENTRIES:
        if entry == "EAR99" and item.form is None:
            return Level(None, "form_missing", (), ("item.form",))
        return Level(None, "tpp_missing", (), ("item.tpp",))
    return Level("none", "other_entry")


def _from_related(item: Item, entry: str | None, law: Law) -> str | None:
    """Read the level of software or technology from the ECCNs of what it is for; ``None`` if they do not show it."""
    if item.related_eccn is None or not (item.form in {"software", "technology"} or (entry and entry[1] in "DE")):
        return None
    read = [read_eccn(one, law) for one in item.related_eccn.replace(",", " ").replace(";", " ").split()]
    if not read or any(own is None or (level is None and own[:2] != "3B") for own, _, level in read):
        return None
    return max((level or "none" for _, _, level in read), key=_RANK.__getitem__)


def _too_low(level: str, entry: str | None, paragraph: str) -> bool:
    """Whether the item is at a level its ECCN does not show at all, or its ECCN shows a level that is denied."""
    shows = entry in {"3A090", "4A090", "4D090"} or paragraph.startswith("z")
    if level == "none":
        return shows
    return entry in _CHIP_ENTRIES and not shows
