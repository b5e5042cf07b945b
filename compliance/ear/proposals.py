"""The entry that comes first for an item of a level: what the figures propose beside the company's own ECCN."""

from __future__ import annotations

from decimal import Decimal

from compliance.ear.law import Law
from compliance.ear.records import Item

# In these four the z.1 paragraph is the .a level and z.2 the .b level; elsewhere the last letter says it.
NUMBERED_Z = frozenset({"4A004", "4A005", "5A992", "5D992"})
_LETTERED_Z = frozenset({"3A001", "4A003", "5A002", "5A004", "5D002"})
# The rows of a data sheet, by the bit length of the operation.
ROWS = (
    ("tops_4_bit", 4),
    ("tops_8_bit", 8),
    ("tops_16_bit", 16),
    ("tops_32_bit", 32),
    ("tops_64_bit", 64),
)


def other_entry(item: Item, entry: str | None, proposed: str | None) -> bool:
    """Whether the company's entry is none of those that come first: EAR99 for 3A991.p, 4A090 for encryption."""
    if proposed == "3A991.p":
        return entry == "EAR99" and item.form == "integrated_circuit"
    return entry == "4A090" and proposed is not None and proposed.startswith("5")


def proposed_entry(item: Item, entry: str | None, level: str | None, law: Law) -> str | None:
    """Propose the ECCN for a level, ``None`` where the level is unknown or the company's entry may stand."""
    if level is None:
        return None
    if level == "none":
        return _general_chip(item, entry, law)
    letter = "" if level == "entry" else f".{level}"
    if level == "c":
        return "3A090.c"
    computer = item.form == "computer" or entry in {"4A090", "4A994"}
    if computer and law.member("part_774.z_entries", "5A992").value:
        # Encryption comes first: such a computer is 5A992.z or 5A002.z, not 4A090.
        encrypting = {"mass_market": "5A992", "controlled": "5A002"}.get(item.encryption or "")
        if encrypting:
            return _z(encrypting, level, law)
    if entry in NUMBERED_Z | _LETTERED_Z and level != "entry":
        return _z(entry or "", level, law)
    if entry == "4D090":
        return "4D090"
    return f"4A090{letter}" if computer else f"3A090{letter}"


def _z(entry: str, level: str, law: Law) -> str:
    """Name the .z paragraph; since 2025-01-13 the numbered ones show the level. The others need a reader."""
    if entry in NUMBERED_Z and law.value("part_774.computer_b_entry").value == "populated":
        return f"{entry}.z.{'1' if level == 'a' else '2'}"
    return f"{entry}.z"


def _general_chip(item: Item, entry: str | None, law: Law) -> str | None:
    """Propose 3A991.p for a chip below 3A090 that reaches 8 TOPS or 150 GB/s over its inputs and outputs."""
    if item.form not in {None, "integrated_circuit"} or entry not in {None, "EAR99", "3A991"}:
        return None
    limit = law.value("part_774.ic_general").value
    tops = [value for name, _ in ROWS if (value := getattr(item, name)) is not None]
    if item.tpp is not None:
        # At most 64 bit are multiplied, so no chip has fewer TOPS than this.
        tops.append(item.tpp / 64)
    io = item.io_transfer_rate_gbps
    fast = io is not None and io >= Decimal(limit["io_gbps"])
    return "3A991.p" if fast or any(one >= Decimal(limit["tops"]) for one in tops) else None
