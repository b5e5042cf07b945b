"""Reading items: the list, the sheet of one, what a search box finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from audit.queries import entries_about
from compliance.ear.calculate import BadFigures, performance_density
from compliance.ear.fields import About
from compliance.models import CaseLine, Fact, Item, User

from .facts import current_facts, fields
from .parties import Known, known_of
from .scope import item_for, visible_cases, visible_items

TPP, DENSITY, AREA = "item.tpp", "item.performance_density", "item.applicable_die_area_mm2"
_CHIP = (
    "item.form", "item.level", TPP, "item.applicable_die_area_mm2", "item.non_planar", DENSITY,
    "item.data_center_designed_or_marketed", "item.io_transfer_rate_gbps", "item.dram_bandwidth_gbps",
    "item.us_origin", "item.located_in_us",
)  # fmt: skip
_MEMORY = (
    "item.form", "item.level", "item.hbm_bandwidth_gbps", "item.hbm_area_mm2", "item.hbm_packaging",
    "item.us_origin", "item.located_in_us",
)  # fmt: skip
_ANY = ("item.form", "item.us_origin", "item.located_in_us")
ASKED: dict[str, tuple[str, ...]] = {
    "chip": _CHIP,
    "board": _CHIP,
    "server": (*_CHIP, "item.encryption"),
    "compute": _CHIP,
    "memory": _MEMORY,
    "tool": _ANY,
    "software": (*_ANY, "item.level", "item.related_eccn"),
    "technology": (*_ANY, "item.level", "item.related_eccn"),
    "weights": _ANY,
    "other": _ANY,
}
"""The facts that decide about each kind of item; the others can be recorded all the same."""


def found_items(user: User, said: str = "", *, kind: str = "") -> QuerySet[Item]:
    """Return the items a person may see whose maker, model, number or ECCN holds what was said, word by word."""
    rows = visible_items(user)
    if kind:
        rows = rows.filter(kind=kind)
    for word in said.replace("\x00", "").strip()[:200].split()[:8]:
        rows = rows.filter(
            Q(vendor__icontains=word) | Q(model__icontains=word) | Q(ref__iexact=word) | Q(eccn__istartswith=word)
        )
    return rows


@dataclass(frozen=True, slots=True)
class Row:
    """An item in a list."""

    item: Item
    tpp: Known
    density: Decimal | None
    cases: int


def rows_of(user: User, items: Sequence[Item]) -> list[Row]:
    """Return what the list shows of the items, in two queries however many they are."""
    standing = current_facts(items)
    counted = dict(
        CaseLine.objects.filter(item__in=items, case__in=visible_cases(user))
        .values_list("item")
        .annotate(count=Count("case", distinct=True))
    )
    return [
        Row(
            item,
            known_of((TPP,), standing[item.subject])[0],
            density_of(standing[item.subject]),
            counted.get(item.pk, 0),
        )
        for item in items
    ]


def density_of(standing: Mapping[str, Fact]) -> Decimal | None:
    """Return TPP over applicable die area where both are known, else what the maker states; ``None`` is unknown."""
    known = {key: fact.value for key, fact in standing.items() if fact.value is not None}
    try:
        if TPP in known and known.get(AREA) and known.get("item.non_planar") is not False:
            return performance_density(Decimal(str(known[TPP])), Decimal(str(known[AREA]))).result
    except BadFigures:
        return None
    return Decimal(str(known[DENSITY])) if DENSITY in known else None


@dataclass(frozen=True, slots=True)
class ItemSheet:
    """Everything the page of an item shows."""

    item: Item
    figures: list[Known]
    more: list[Known]
    density: Decimal | None
    lines: list[CaseLine]
    history: list[Any]


def item_sheet(user: User, ref: str) -> ItemSheet:
    """Return the sheet of one item. Raises ``Item.DoesNotExist`` outside the person's scope."""
    item = item_for(user, ref)
    standing = current_facts([item])[item.subject]
    asked = ASKED.get(item.kind, _ANY)
    every = [
        key
        for key, known in fields().items()
        if known.about is About.ITEM and key != "item.eccn" and not getattr(known, "derived", False)
    ]
    lines = CaseLine.objects.filter(item=item, case__in=visible_cases(user)).select_related("case").order_by("-case_id")
    return ItemSheet(
        item=item,
        figures=known_of(asked, standing),
        more=known_of([key for key in every if key not in asked], standing),
        density=density_of(standing),
        lines=list(lines[:50]),
        history=list(entries_about(item.subject).order_by("-sequence")[:50]),
    )


def fact_of(user: User, ref: str, key: str) -> tuple[Item, Known | None]:
    """Return the item and how one of its facts stands; ``None`` for a fact nobody asks of an item."""
    item = item_for(user, ref)
    asked = fields().get(key)
    if asked is None or asked.about is not About.ITEM or key == "item.eccn":
        return item, None
    return item, Known(asked, current_facts([item])[item.subject].get(key))
