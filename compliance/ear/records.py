"""The records that facts are made of. ``None`` is *unknown* everywhere, never "no".

A fact is an attribute here and a field of the same name in ``words/fields``. A record holds what one chapter asks for;
:data:`GROUPS` names the records of a case. :mod:`compliance.ear.facts` reads and writes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Activity(StrEnum):
    """What is done with the item, 15 CFR 734.13-734.16; the last two move no item."""

    EXPORT = "export"
    REEXPORT = "reexport"
    TRANSFER = "transfer"
    DEEMED_EXPORT = "deemed_export"
    IAAS = "iaas"
    US_PERSON_SUPPORT = "us_person_support"


NO_ITEM = frozenset({Activity.IAAS, Activity.US_PERSON_SUPPORT})
"""What moves no item subject to the EAR."""
NO_SHIPMENT = NO_ITEM | {Activity.DEEMED_EXPORT}
"""What is not sent anywhere."""


class Role(StrEnum):
    """A party's part in the transaction, 15 CFR 748.5; the IaaS roles come from BIS guidance."""

    EXPORTER = "exporter"
    PURCHASER = "purchaser"
    INTERMEDIATE_CONSIGNEE = "intermediate_consignee"
    ULTIMATE_CONSIGNEE = "ultimate_consignee"
    END_USER = "end_user"
    FORWARDING_AGENT = "forwarding_agent"
    IAAS_CUSTOMER = "iaas_customer"
    IAAS_USER = "iaas_user"
    OTHER = "other"


# 748.5(c)-(f): the parties that list and headquarters rules reach; for a service the customer and its users.
RECIPIENTS = frozenset(
    {
        Role.PURCHASER,
        Role.INTERMEDIATE_CONSIGNEE,
        Role.ULTIMATE_CONSIGNEE,
        Role.END_USER,
        Role.IAAS_CUSTOMER,
        Role.IAAS_USER,
    }
)
USERS = frozenset({Role.ULTIMATE_CONSIGNEE, Role.END_USER, Role.IAAS_CUSTOMER, Role.IAAS_USER})


class ListCode(StrEnum):
    """The lists the law of this package knows; any other code is kept and shown for a person to judge."""

    ENTITY_LIST = "entity_list"
    MILITARY_END_USER = "military_end_user"
    DENIED_PERSONS = "denied_persons"
    UNVERIFIED = "unverified"
    SDN = "sdn"
    NONPROLIFERATION = "nonproliferation"
    CMIC = "cmic"


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a list that a person has judged to be this party.

    ``license_requirement`` and ``license_policy`` are the entry's own words; ``programs`` are the tags of an SDN
    entry; ``effective`` is the day the entry took effect, ``None`` if the source does not say.
    """

    code: str
    footnotes: tuple[str, ...] = ()
    license_requirement: str = ""
    license_policy: str = ""
    programs: tuple[str, ...] = ()
    cited: str = ""
    effective: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One party. ``listings`` is ``None`` until the party has been screened, ``()`` when nothing was found."""

    ref: str
    role: Role | None = None
    country: str | None = None
    headquarters: str | None = None
    own_ultimate_parent: bool | None = None
    ultimate_parent_headquarters: str | None = None
    majority_owned_d5m: bool | None = None
    natural_person: bool | None = None
    military_end_user: bool | None = None
    owned_50_percent_by_listed: bool | None = None
    owning_list: str | None = None
    is_informed: bool | None = None
    listings: tuple[Listing, ...] | None = None
    listings_undecided: bool | None = None

    @property
    def receives(self) -> bool:
        """Whether list and headquarters rules reach this party; an unknown role counts as receiving."""
        return self.role is None or self.role in RECIPIENTS


@dataclass(frozen=True, slots=True)
class Item:
    """The item of one line. For a computer, software or technology the figures are those of the chip concerned.

    ``tpp`` is the highest figure stated; ``tops_8_bit`` and its kin are rows of a data sheet, dense, at that bit
    length. ``related_eccn`` names what software or technology is for.
    """

    eccn: str | None = None
    form: str | None = None
    level: str | None = None
    tpp: Decimal | None = None
    applicable_die_area_mm2: Decimal | None = None
    performance_density: Decimal | None = None
    non_planar: bool | None = None
    data_center_designed_or_marketed: bool | None = None
    io_transfer_rate_gbps: Decimal | None = None
    dram_bandwidth_gbps: Decimal | None = None
    hbm_bandwidth_gbps: Decimal | None = None
    hbm_area_mm2: Decimal | None = None
    hbm_packaging: str | None = None
    tops_4_bit: Decimal | None = None
    tops_8_bit: Decimal | None = None
    tops_16_bit: Decimal | None = None
    tops_32_bit: Decimal | None = None
    tops_64_bit: Decimal | None = None
    figures_with_sparsity: bool | None = None
    encryption: str | None = None
    related_eccn: str | None = None
    civil_telecom: bool | None = None
    missile_technology: bool | None = None
    nuclear_nonproliferation: bool | None = None
    fingerprint_equipment: bool | None = None
    foreign_substitute: bool | None = None
    developed_by_d5m_entity: bool | None = None
    direct_product_of_ear_software: bool | None = None
    for_producing_listed_commodities: bool | None = None
    us_origin: bool | None = None
    located_in_us: bool | None = None
    is_informed: bool | None = None


@dataclass(frozen=True, slots=True)
class EndUse:
    """What is known about the end use; ``False`` means somebody asked and the answer was no."""

    nuclear: bool | None = None
    missile: bool | None = None
    chemical_biological: bool | None = None
    military: bool | None = None
    military_intelligence: bool | None = None
    supercomputer: bool | None = None
    advanced_node_fab: bool | None = None
    semiconductor_equipment: bool | None = None
    ukraine_occupied_regions: bool | None = None
    russia_allied_subsidiary: bool | None = None
    facility_country: str | None = None
    supercomputer_fp64_pflops: Decimal | None = None
    supercomputer_fp32_pflops: Decimal | None = None
    node_kind: str | None = None
    node_logic_nm: Decimal | None = None
    node_non_planar: bool | None = None
    node_nand_layers: Decimal | None = None
    node_dram_half_pitch_nm: Decimal | None = None
    node_dram_cell_area_um2: Decimal | None = None
    node_dram_density_gbit_mm2: Decimal | None = None
    node_dram_tsv_per_die: Decimal | None = None
    node_not_known: bool | None = None
    ecad_tcad_design: bool | None = None
    back_end_only: bool | None = None
    equipment_eccn: str | None = None
    equipment_indirect: bool | None = None


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the company holds toward an exception, a general license or a statement."""

    purchase_order: bool | None = None
    nac_registered_on: dt.date | None = None
    nac_confirmation_number: str | None = None
    nac_covers_shipment: bool | None = None
    uvl_statement: bool | None = None
    tgl_production_only: bool | None = None
    tgl_end_use_outside: bool | None = None
    tgl_directed_by_allied_company: bool | None = None
    exception_relied_on: str | None = None
    enc_met: bool | None = None
    nac_declared_quantity: Decimal | None = None
    nac_shipped_quantity: Decimal | None = None
    nac_declared_value: Decimal | None = None
    nac_shipped_value: Decimal | None = None
    country_allocation_tpp: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Certifications:
    """The exporter's certifications for case-by-case review, Part 748 Supp. No. 2 (dd), from 2026-01-15."""

    us_available: bool | None = None
    us_supply_sufficient: bool | None = None
    us_capacity_not_diverted: bool | None = None
    share_within_half: bool | None = None
    recipient_security: bool | None = None
    remote_users_disclosed: bool | None = None
    independent_test: bool | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a foreign-made item comes from: controlled U.S. content and direct products, 15 CFR 734.4 and 734.9.

    The share is in percent of the value of the item, worked out by Supp. No. 2 to Part 734.
    """

    us_content_percent: Decimal | None = None
    content_without_de_minimis: bool | None = None
    direct_product: bool | None = None
    product_of_listed_plant: bool | None = None
    contains_us_technology_ic: bool | None = None
    for_footnote_entity: bool | None = None
    trained_on_controlled_chips: bool | None = None
    informed_subject: bool | None = None


@dataclass(frozen=True, slots=True)
class Foundry:
    """What overcomes the presumption for chips of a fabricator or OSAT, Note 1 to 3A090."""

    advanced_logic: bool | None = None
    designer_standing: str | None = None
    designer: str | None = None
    designer_attestation: bool | None = None
    designer_country: str | None = None
    designer_headquarters: str | None = None
    designer_ultimate_parent_headquarters: str | None = None
    designer_agreed_to_report: bool | None = None
    designer_applied_on: dt.date | None = None
    packager: str | None = None
    osat: str | None = None
    packaging_place: str | None = None
    transistors_billion: Decimal | None = None
    transistors_attested: bool | None = None
    contains_hbm: bool | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: 4E091, its operations and its parents."""

    operations: Decimal | None = None
    published: bool | None = None
    derived_from_published: bool | None = None
    additional_operations: Decimal | None = None
    parent_operations: Decimal | None = None
    synthetic_share_percent: Decimal | None = None
    generator_operations: Decimal | None = None
    most_capable_published_operations: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """What a United States person does, 15 CFR 744.6, and what a provider of computing knows."""

    us_person: bool | None = None
    natural_person: bool | None = None
    activity: str | None = None
    item_subject_to_ear: bool | None = None
    employer_headquarters: str | None = None
    employer_majority_owned_d5m: bool | None = None
    precursor_plant: bool | None = None
    trains_models: bool | None = None
    users_known: bool | None = None
    beneficiary_cleared: bool | None = None
    chips_under_2026_license: bool | None = None
    license_conditions_met: bool | None = None


@dataclass(frozen=True, slots=True)
class Dealing:
    """How the item was or will be obtained and passed on: General Prohibitions 8 to 10, purchase paths."""

    path: str | None = None
    lawful_chain_shown: bool | None = None
    violation_known: bool | None = None
    terms_broken: bool | None = None
    transit_country: str | None = None
    chip_made_by_d5m: bool | None = None
    technical_analysis_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """License Exception TMP, 15 CFR 740.9(a)(6)."""

    inspection_or_repair: bool | None = None
    order_received: bool | None = None
    stays_abroad: bool | None = None
    lease_or_rental: bool | None = None
    returns_within_year: bool | None = None
    longer_stay_authorized: bool | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """License Exception RPL, 15 CFR 740.10."""

    kind: str | None = None
    one_for_one: bool | None = None
    original_lawful: bool | None = None
    exporter_entitled: bool | None = None
    improves: bool | None = None
    for_stock: bool | None = None
    old_disposed: bool | None = None
    license_demands_license: bool | None = None
    original_licensee_unchanged: bool | None = None
    exported_under_license: bool | None = None
    for_wear: bool | None = None
    free_of_charge: bool | None = None
    within_warranty: bool | None = None


@dataclass(frozen=True, slots=True)
class Government:
    """License Exception GOV, 15 CFR 740.11(b)."""

    basis: str | None = None
    documented: bool | None = None
    aes_filed: bool | None = None


@dataclass(frozen=True, slots=True)
class OperationTechnology:
    """License Exception TSU, 15 CFR 740.13(a) and (c)."""

    basis: str | None = None
    minimum_necessary: bool | None = None
    equipment_lawful: bool | None = None
    object_code: bool | None = None
    development_or_production: bool | None = None
    bug_fix_only: bool | None = None
    same_consignee: bool | None = None
    adds_function: bool | None = None


@dataclass(frozen=True, slots=True)
class MemoryException:
    """License Exception HBM, 15 CFR 740.25."""

    exporter_eligible: bool | None = None
    route: str | None = None
    designer_purchase: bool | None = None
    packager_allied: bool | None = None
    confirmation_given: bool | None = None
    finished_not_above: bool | None = None
    finished_returned: bool | None = None
    counts_matched: bool | None = None
    distributor: bool | None = None
    other_intermediate: bool | None = None
    advanced_node_site: bool | None = None
    unresolved_gap_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RestrictedFab:
    """License Exception RFF, 15 CFR 740.26."""

    entry_names_exception: bool | None = None
    services_controlled_tools: bool | None = None
    advanced_node: bool | None = None
    notified_on: dt.date | None = None
    notice_complete: bool | None = None


@dataclass(frozen=True, slots=True)
class ImplementedControls:
    """License Exception IEC, 15 CFR 740.24."""

    on_table: bool | None = None


@dataclass(frozen=True, slots=True)
class AIAuthorization:
    """License Exception AIA, 15 CFR 740.27."""

    approved_designer: bool | None = None
    trains_for_outsiders: bool | None = None
    weights_storage: bool | None = None
    certificate: bool | None = None
    consignee_total_tpp: Decimal | None = None
    certificate_sent: bool | None = None
    shipment_notice: bool | None = None
    eccn_told: bool | None = None


@dataclass(frozen=True, slots=True)
class Manufacturing:
    """License Exception ACM, 15 CFR 740.28."""

    private_sector: bool | None = None
    purpose: str | None = None
    customers_outside: bool | None = None
    ai_training: bool | None = None
    approved_designer: bool | None = None
    records_kept: bool | None = None


@dataclass(frozen=True, slots=True)
class LowPower:
    """License Exception LPP, 15 CFR 740.29."""

    consignee_year_tpp: Decimal | None = None
    shipment_tpp: Decimal | None = None
    distributor: bool | None = None
    certificate: bool | None = None
    notified: bool | None = None


@dataclass(frozen=True, slots=True)
class ValidatedEndUser:
    """Validated end users, 15 CFR 748.15."""

    kind: str | None = None
    holder: str | None = None
    listed: bool | None = None
    missile_or_crime_control: bool | None = None
    certificate: bool | None = None
    notice: bool | None = None
    share_outside_percent: Decimal | None = None
    share_country_percent: Decimal | None = None
    us_headquartered: bool | None = None
    share_us_percent: Decimal | None = None
    site_notified_on: dt.date | None = None
    cumulative_tpp: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GeneralLicenses:
    """General licenses other than the temporary ones of General Order No. 4: General Orders No. 6 and 7."""

    order_6_paragraph: str | None = None
    began_before: bool | None = None
    employed_before: bool | None = None
    person_barred: bool | None = None
    directed_from_d1_d5: bool | None = None
    joint_venture_partner: bool | None = None


GROUPS: Mapping[str, type] = {
    "end_use": EndUse,
    "authorization": Authorization,
    "certifications": Certifications,
    "origin": Origin,
    "foundry": Foundry,
    "weights": Weights,
    "support": Support,
    "dealing": Dealing,
    "tmp": Temporary,
    "rpl": Replacement,
    "gov": Government,
    "tsu": OperationTechnology,
    "hbm": MemoryException,
    "rff": RestrictedFab,
    "iec": ImplementedControls,
    "aia": AIAuthorization,
    "acm": Manufacturing,
    "lpp": LowPower,
    "veu": ValidatedEndUser,
    "general": GeneralLicenses,
}
"""The records of a case, by the middle word of their field keys (``case.end_use.nuclear``)."""
