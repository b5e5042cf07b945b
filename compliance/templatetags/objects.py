"""Words for facts, parties and items in the templates of intake. Every template of ours says `{% load objects %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from compliance.queries.fact_words import label, lang, value_words
from compliance.queries.parties import Known, pinyin

register = template.Library()

SHORT: dict[str, Promise] = {
    "party.country": _("Located in"),
    "party.headquarters": _("Headquarters"),
    "party.own_ultimate_parent": _("Is its own ultimate parent"),
    "party.ultimate_parent_headquarters": _("Ultimate parent's headquarters"),
    "item.form": _("Form of the item"),
    "item.level": _("Level of 3A090"),
    "item.tpp": _("TPP"),
    "item.applicable_die_area_mm2": _("Applicable die area"),
    "item.performance_density": _("Performance density, as stated"),
    "item.non_planar": _("Non-planar transistors"),
    "item.data_center_designed_or_marketed": _("Designed or marketed for data centers"),
    "item.io_transfer_rate_gbps": _("Transfer rate of inputs and outputs"),
    "item.dram_bandwidth_gbps": _("DRAM bandwidth"),
    "item.hbm_bandwidth_gbps": _("Memory bandwidth"),
    "item.hbm_area_mm2": _("Area of package or stack"),
    "item.hbm_packaging": _("Packaging of the memory"),
    "item.encryption": _("Encryption"),
    "item.related_eccn": _("For which item"),
    "item.figures_with_sparsity": _("Figures with sparsity"),
    "item.us_origin": _("US origin"),
    "item.located_in_us": _("In or through the United States"),
}
"""What a fact is called where there is no room for its question."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

PLACES = {
    "lines": "lines",
    "parties": "parties",
    "destination": "id_destination",
    "planned_on": "id_planned_on",
    "end_use": "id_end_use",
}


@register.filter
def short_label(known: Known) -> str:
    """The name of a fact in a word or two; its question where it has no short name."""
    return str(SHORT.get(known.key) or label(known.key))


@register.filter
def long_label(known: Known) -> str:
    """The question a fact answers."""
    return label(known.key)


@register.filter
def why_words(known: Known) -> str:
    """Why the law asks for a fact."""
    return known.field.why[lang()]


@register.filter
def fact_words(known: Known) -> str:
    """A value in words, with its unit, choice or country; empty where nothing is known."""
    return value_words(known.key, known.fact.value) if known.fact else ""


@register.filter
def stored_words(fact: Any) -> str:
    """What an earlier fact said, in words."""
    return str(_("cannot be known")) if fact.cannot_be_known else value_words(fact.key, fact.value)


@register.filter
def spoken(name: str) -> str:
    """How a Chinese name is spoken; empty for a name in other letters."""
    return pinyin(name)


@register.filter
def place_of_part(part: str) -> str:
    """Where on the page a missing part of a case is filled in."""
    return PLACES.get(part, "case-fields")


@register.filter
def heading(column: str, headings: dict[str, str]) -> str:
    """What a column of an import is called in the file."""
    return headings.get(column, column)


@register.filter
def month_word(day: Any) -> str:
    """The short name of a day's month."""
    return f"{day.month}月" if (get_language() or "").startswith("zh") else _MONTHS[day.month - 1]
