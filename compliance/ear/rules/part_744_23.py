"""Supercomputers, advanced-node chips and chip-making equipment in a D:5 country or Macau (15 CFR 744.23).

A person answers one question for each use (``case.end_use.supercomputer`` and its kin); figures, where given, are
measured against the definition of the day. Until 2023-11-16 the section named China (Macau from 2023-01-17). What the
section said before 2022-10-21 was not read. The section concerns items: a service falls under 744.6.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from compliance.ear.classification import classify
from compliance.ear.equipment import within
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Missing, Said, Step, applies, does_not_apply, rule, unknown
from compliance.ear.law import FIRST_DAY, Cited, Law
from compliance.ear.origin import foreign_made
from compliance.ear.parties import Tested, any_from_d5m, any_of, d5m
from compliance.ear.records import NO_ITEM, USERS, ListCode
from compliance.ear.rules.part_744_lists import names_all_items, on_list

NEEDS = Effect.REQUIRES_LICENSE
TEXT_2022 = date(2022, 10, 21)
TEXT_2023 = date(2023, 11, 17)
INDIRECT_FROM = date(2024, 4, 4)
TOOLS_FROM = date(2024, 12, 2)
FACILITY = "case.end_use.facility_country"
CATEGORY_3 = frozenset({"3B", "3C", "3D", "3E"})
DRAM = (
    ("half_pitch_nm", "node_dram_half_pitch_nm"),
    ("cell_area_um2", "node_dram_cell_area_um2"),
    ("density_gbit_mm2", "node_dram_density_gbit_mm2"),
    ("tsv_per_die", "node_dram_tsv_per_die"),
)


def named_place(code: str | None, law: Law, field: str = FACILITY) -> Tested:
    """Whether the section of the day names a country: D:5 or Macau, until 2023-11-16 China (and Macau)."""
    if code is None or not TEXT_2022 <= law.day < TEXT_2023:
        return d5m(code, law, field)
    cited = law.member("part_744.end_use_places_2022", code)
    return Tested(cited.value, (cited,), value=code)


def _located(facts: Facts, law: Law) -> Tested:
    """Whether the goods go to, or a user sits in, a place the section names."""
    users = [party for party in facts.parties if party.role is None or party.role in USERS]
    tests = [named_place(facts.destination, law, "case.destination")]
    for party in users:
        test = named_place(party.country, law, "party.country")
        tests.append(test if party.country else Tested(None, (), (Missing("party.country", party.ref),)))
    return any_of(tests)


def where(facts: Facts, law: Law, use: bool | None = None) -> Tested:
    """Whether the use happens in a place the section names.

    The place of the facility decides. While nobody has stated it, it is taken to be where the goods go and the users
    sit; a recipient that comes from a D:5 country or Macau leaves it open, and so does a ``use`` that is known to be
    meant: goods that go to another country may still be meant for a facility in a named one.
    """
    stated = facts.end_use.facility_country
    if stated is not None:
        return named_place(stated, law)
    located = _located(facts, law)
    if located.answer is True:
        return located
    if use is True:
        return Tested(None, located.relied_on, (Missing(FACILITY),))
    came = any_of((located, any_from_d5m(facts, law)))
    if came.answer is False:
        return Tested(False, came.relied_on, value=facts.destination or "")
    return Tested(None, came.relied_on, (Missing(FACILITY),))


def unasked(facts: Facts, law: Law, field: str) -> Said:
    """Answer while nobody has said whether there is such a use: a question only where the section could reach."""
    read, near = facts.seen("case.destination", FACILITY, field), where(facts, law)
    if near.answer is False:
        return does_not_apply("general.outside_d5m", *near.relied_on, read=read)
    return unknown("general.end_use_unasked", missing=(field,), read=read)


def contradicted(facts: Facts, field: str, measured: Tested) -> Said | None:
    """Answer where "no" was said although the figures meet the definition of the day; ``None`` where they do not."""
    if measured.answer is not True:
        return None
    return unknown("use_744_23.contradicted", *measured.relied_on, missing=(field,), read=facts.seen(field))


def supercomputer(facts: Facts, law: Law) -> Tested:
    """Whether the figures stated for a system make it a supercomputer."""
    use = facts.end_use
    if use.supercomputer_fp64_pflops is None and use.supercomputer_fp32_pflops is None:
        return Tested(None)
    cited = law.value("part_744.supercomputer_definition")
    pairs = (
        (use.supercomputer_fp64_pflops, cited.value["fp64_pflops"]),
        (use.supercomputer_fp32_pflops, cited.value["fp32_pflops"]),
    )
    if any(figure is not None and figure >= Decimal(limit) for figure, limit in pairs):
        return Tested(True, (cited,))
    return Tested(None if any(figure is None for figure, _ in pairs) else False, (cited,))


def advanced_node(facts: Facts, law: Law) -> Tested:
    """Whether the figures stated for a facility make its chips advanced-node; one figure that meets a test is enough.

    "No" needs the kind of chip and every figure the test of that kind asks for on the day.
    """
    use = facts.end_use
    if use.node_kind is None and not _any_figure(facts):
        return Tested(None)
    plain, dram = law.value("part_744.advanced_node_logic_nand"), law.value("part_744.advanced_node_dram")
    both = (plain, dram)
    logic, nand = Decimal(plain.value["logic_nm"]), Decimal(plain.value["nand_layers"])
    if use.node_non_planar is True or (use.node_logic_nm is not None and use.node_logic_nm <= logic):
        return Tested(True, (plain,), value="logic")
    if use.node_nand_layers is not None and use.node_nand_layers >= nand:
        return Tested(True, (plain,), value="nand")
    figures = [(name, limit, getattr(use, field)) for name, field in DRAM if (limit := dram.value.get(name))]
    if any(figure is not None and _dram_meets(name, figure, Decimal(limit)) for name, limit, figure in figures):
        return Tested(True, (dram,), value="dram")
    complete = {
        "logic": use.node_logic_nm is not None and use.node_non_planar is False,
        "nand": use.node_nand_layers is not None,
        "dram": all(figure is not None for _, _, figure in figures),
        "other": True,
    }
    return Tested(False if complete.get(use.node_kind or "", False) else None, both, value=use.node_kind or "")


def _any_figure(facts: Facts) -> bool:
    use = facts.end_use
    plain = (use.node_logic_nm, use.node_non_planar, use.node_nand_layers)
    return any(one is not None for one in (*plain, *(getattr(use, field) for _, field in DRAM)))


def _dram_meets(name: str, figure: Decimal, limit: Decimal) -> bool:
    if name == "half_pitch_nm":
        return figure <= limit
    return figure < limit if name == "cell_area_um2" else figure > limit


def _footnote_5_governs(facts: Facts, law: Law) -> bool:
    """Whether everybody who receives and uses stands under footnote 5 and an entry that reaches every item.

    Only then does the carve-out of (a)(2)(iv) leave nothing behind: the license is needed under 744.11 instead. A
    foreign-made item may fall through the matrix of 744.11(a)(2)(v), so there the paragraph is kept.
    """
    if foreign_made(facts):
        return False
    users = [party for party in facts.parties if party.role in USERS]
    caught = {
        party.ref
        for party, listing in on_list(facts, law, ListCode.ENTITY_LIST)
        if "5" in listing.footnotes and names_all_items(listing, facts, law)
    }
    return bool(users) and all(party.ref in caught for party in users)


@rule("15 CFR 744.23(a)(1)", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def supercomputer_end_use(facts: Facts, law: Law) -> Said:
    """Listed chips and computers, never "any item", for a supercomputer in a D:5 country or Macau (of 2022: China).

    3A090, 4A090, 4A005 and EAR99 are not listed; 742.6 reaches those it reaches.
    """
    field = "case.end_use.supercomputer"
    gate, read = facts.end_use.supercomputer, facts.seen("case.destination", FACILITY, field, "item.eccn")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if law.day < TEXT_2022:
        return does_not_apply("general.end_use_none", read=read) if gate is False else _before_text(facts, field, gate)
    measured = supercomputer(facts, law)
    if gate is False:
        return contradicted(facts, field, measured) or does_not_apply("general.end_use_none", read=read)
    if measured.answer is False:
        return does_not_apply("below", *measured.relied_on, read=read)
    place = _supercomputer_place(facts, law)
    if place.answer is False:
        return does_not_apply("use_744_23.elsewhere", *place.relied_on, read=read, values={"country": place.value})
    items, entry = law.value("part_744.supercomputer_items"), classify(facts.item, law).entry
    if entry is None:
        return unknown("eccn_missing", items, missing=("item.eccn", *(() if gate else (field,))), read=read)
    if entry not in items.value:
        return does_not_apply("other_item", items, read=read, values={"entry": entry})
    if gate is None:
        return unknown("general.end_use_unasked", items, missing=(field,), read=read)
    if place.answer is None:
        return unknown("use_744_23.place_missing", items, *place.relied_on, missing=place.missing, read=read)
    return applies("listed_item", items, *measured.relied_on, *place.relied_on, read=read, values={"entry": entry})


def _supercomputer_place(facts: Facts, law: Law) -> Tested:
    """As :func:`where`; but the question itself asks for a D:5 country or Macau, so "yes" has said the place.

    In the text of 2022, which named China, such a yes leaves open which country it is.
    """
    if facts.end_use.facility_country is not None:
        return where(facts, law)
    located = _located(facts, law)
    if located.answer is True or law.day >= TEXT_2023:
        return Tested(True, located.relied_on if located.answer else ())
    return Tested(None, located.relied_on, (Missing(FACILITY),))


def _before_text(facts: Facts, field: str, gate: bool | None) -> Said:
    """The section as it stood from 2022-10-07 to 2022-10-20 was not read."""
    missing = () if gate else (field,)
    return unknown("use_744_23.before_text", missing=missing, read=facts.seen("case.destination", field))


@rule("15 CFR 744.23(a)(2)(i)", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def advanced_node_end_use(facts: Facts, law: Law) -> Said:
    """Any item for developing or producing chips at an advanced-node facility in a D:5 country or Macau."""
    field = "case.end_use.advanced_node_fab"
    gate, read = facts.end_use.advanced_node_fab, facts.seen("case.destination", FACILITY, field)
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if gate is None and (said := unasked(facts, law, field)).missing == ():
        return said
    if law.day < TEXT_2022:
        return does_not_apply("general.end_use_none", read=read) if gate is False else _before_text(facts, field, gate)
    node = advanced_node(facts, law)
    if gate is False:
        return contradicted(facts, field, node) or does_not_apply("general.end_use_none", read=read)
    if said_out := _outside(facts, law, read, node, gate):
        return said_out
    if gate is None:
        return unasked(facts, law, field)
    place = where(facts, law, gate)
    if place.answer is None:
        return unknown("use_744_23.place_missing", *place.relied_on, missing=place.missing, read=read)
    relied = (*node.relied_on, *place.relied_on)
    return applies("any_item", *relied, read=read, values={"country": place.value})


def _outside(
    facts: Facts, law: Law, read: tuple[tuple[str, object], ...], node: Tested, use: bool | None
) -> Said | None:
    """Answer what lies outside (a)(2): another node, another place, a back-end step, a footnote 5 entity."""
    if node.answer is False:
        return does_not_apply("advanced_node_end_use.other_node", *node.relied_on, read=read)
    place = where(facts, law, use)
    if place.answer is False:
        return does_not_apply("use_744_23.elsewhere", *place.relied_on, read=read, values={"country": place.value})
    if law.day >= TEXT_2023 and facts.end_use.back_end_only is True:
        seen = read + facts.seen("case.end_use.back_end_only")
        return does_not_apply("advanced_node_end_use.back_end", read=seen, cite="15 CFR 744.23(a)(5)")
    if law.day >= TOOLS_FROM and _footnote_5_governs(facts, law):
        return does_not_apply("advanced_node_end_use.footnote_5", read=read, cite="15 CFR 744.23(a)(2)(iv)")
    return None


@rule("15 CFR 744.23(a)(2)(ii)", step=Step.END_USE, since=TEXT_2022, effect=NEEDS)
def unknown_node_end_use(facts: Facts, law: Law) -> Said:
    """Category 3 items of groups B to E for making chips at a facility whose node nobody could find out."""
    field = "case.end_use.node_not_known"
    read = facts.seen("case.destination", FACILITY, field, "item.eccn")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    known, entry = facts.end_use.node_not_known, classify(facts.item, law).entry
    if known is False:
        return does_not_apply("node_known", read=read)
    if entry is not None and entry[:2] not in CATEGORY_3:
        return does_not_apply("other_item", read=read, values={"entry": entry})
    if said := _outside(facts, law, read, advanced_node(facts, law), known):
        return said
    place = where(facts, law, known)
    if known is None:
        return unknown("general.end_use_unasked", *place.relied_on, missing=(field,), read=read)
    if entry is None:
        return unknown("eccn_missing", missing=("item.eccn",), read=read)
    if place.answer is None:
        return unknown("use_744_23.place_missing", *place.relied_on, missing=place.missing, read=read)
    return applies("category_3", *place.relied_on, read=read, values={"entry": entry, "country": place.value})


@rule("15 CFR 744.23(a)(2)(iii)", step=Step.END_USE, since=TOOLS_FROM, effect=NEEDS)
def design_tools_end_use(facts: Facts, law: Law) -> Said:
    """ECAD or TCAD software or technology for designing chips to be made at an advanced-node facility."""
    field = "case.end_use.ecad_tcad_design"
    known, read = facts.end_use.ecad_tcad_design, facts.seen("case.destination", FACILITY, field, "item.eccn")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if known is False:
        return does_not_apply("general.end_use_none", read=read)
    entry = classify(facts.item, law).entry or ""
    plain = entry in {"", "EAR99"} and facts.item.form in {None, "software", "technology"}
    if not (plain or entry[:2] in {"3D", "3E"}):
        # Chips, gear and other entries are no design tools.
        return does_not_apply("no_tool", read=read)
    if known is None:
        return unasked(facts, law, field)
    node, place = advanced_node(facts, law), where(facts, law, known)
    if node.answer is False:
        return does_not_apply("advanced_node_end_use.other_node", *node.relied_on, read=read)
    if place.answer is False:
        return does_not_apply("use_744_23.elsewhere", *place.relied_on, read=read, values={"country": place.value})
    if place.answer is None:
        return unknown("use_744_23.place_missing", *place.relied_on, missing=place.missing, read=read)
    return applies("design", *place.relied_on, read=read, values={"country": place.value})


@rule("15 CFR 744.23(a)(4)", step=Step.END_USE, since=FIRST_DAY, effect=NEEDS)
def semiconductor_equipment_end_use(facts: Facts, law: Law) -> Said:
    """Items for developing or producing chip-making equipment in a D:5 country or Macau (of 2022: China).

    In 2022 any item for any such equipment. Since 2023-11-17 the equipment is listed; the conditions of the indirect
    limb of 2024-04-04, and whether the paragraph reaches EAR99, were not read.
    """
    field = "case.end_use.semiconductor_equipment"
    gate, read = facts.end_use.semiconductor_equipment, facts.seen("case.destination", FACILITY, field, "item.eccn")
    if facts.activity in NO_ITEM:
        return does_not_apply("general.no_item_moves", read=read)
    if gate is False:
        return does_not_apply("general.end_use_none", read=read)
    if gate is None:
        if law.day >= INDIRECT_FROM:
            # The indirect limb reaches what is made elsewhere, so every destination is asked about.
            return unknown("general.end_use_unasked", missing=(field,), read=read)
        return unasked(facts, law, field)
    if law.day < TEXT_2022:
        if where(facts, law).answer is False:
            return does_not_apply("general.outside_d5m", read=read)
        return _before_text(facts, field, gate)
    place = where(facts, law, gate)
    if place.answer is not True and law.day >= INDIRECT_FROM:
        if said := _indirect(facts, place, read):
            return said
    elif place.answer is False:
        return does_not_apply("use_744_23.elsewhere", *place.relied_on, read=read, values={"country": place.value})
    if place.answer is None:
        return unknown("use_744_23.place_missing", *place.relied_on, missing=place.missing, read=read)
    return _equipment(facts, law, place, read)


def _indirect(facts: Facts, place: Tested, read: tuple[tuple[str, object], ...]) -> Said | None:
    key = "case.end_use.equipment_indirect"
    known, seen = facts.end_use.equipment_indirect, read + facts.seen(key)
    if known is True:
        return unknown("semiconductor_equipment_end_use.indirect_not_read", read=seen)
    if known is None:
        return unknown(
            "semiconductor_equipment_end_use.indirect_unasked",
            missing=(key, *place.missing),
            read=seen,
        )
    if place.answer is False:
        return does_not_apply("use_744_23.elsewhere", *place.relied_on, read=seen, values={"country": place.value})
    return None


def _equipment(facts: Facts, law: Law, place: Tested, read: tuple[tuple[str, object], ...]) -> Said:
    lifted = law.value("part_744.equipment_exceptions")
    values = {"country": place.value, "equipment": facts.end_use.equipment_eccn or "?"}
    relied: tuple[Cited, ...] = (lifted, *place.relied_on)
    if law.day < TEXT_2023:
        key = "semiconductor_equipment_end_use.any_item_2022"
        return applies(key, *relied, read=read, values=values)
    field, eccn = "case.end_use.equipment_eccn", facts.end_use.equipment_eccn
    if eccn is not None:
        read = read + facts.seen(field)
        inside = _scope(eccn, law)
        relied = (*relied, *inside.relied_on)
        if inside.answer is False:
            if law.day < TOOLS_FROM:
                # The text of the time also spoke of front-end production equipment; its reach was not read.
                return unknown("semiconductor_equipment_end_use.front_end_not_read", *relied, read=read, values=values)
            return does_not_apply("semiconductor_equipment_end_use.other_equipment", *relied, read=read, values=values)
        if inside.answer is None:
            key = "semiconductor_equipment_end_use.equipment_in_doubt"
            return unknown(key, *relied, missing=(field,), read=read, values=values)
    entry = classify(facts.item, law).entry
    if entry is None:
        return unknown("semiconductor_equipment_end_use.eccn_missing", *relied, missing=("item.eccn",), read=read)
    if entry == "EAR99":
        return unknown("semiconductor_equipment_end_use.ear99_not_read", *relied, read=read)
    key = "semiconductor_equipment_end_use.listed_equipment"
    return applies(key, *relied, read=read, values=values, overcome_by=lifted.value)


def _scope(eccn: str, law: Law) -> Tested:
    """Whether the equipment stands in the product scope of the day; software and technology since 2024-04-04."""
    field = "case.end_use.equipment_eccn"
    inside = within(eccn, "part_744.equipment_scope", law, field)
    if inside.answer is True:
        out = within(eccn, "part_744.equipment_scope_excepted", law, field)
        if out.answer is True:
            return Tested(False, (*inside.relied_on, *out.relied_on), value=out.value)
        if out.answer is None:
            return Tested(None, inside.relied_on, (Missing(field),), inside.value)
        return inside
    if inside.answer is False and law.day >= INDIRECT_FROM and eccn.strip().upper()[:2] in {"3D", "3E"}:
        return Tested(True, inside.relied_on, value=eccn)
    return inside


RULES = (
    supercomputer_end_use,
    advanced_node_end_use,
    unknown_node_end_use,
    design_tools_end_use,
    semiconductor_equipment_end_use,
)
