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
    natural_person: bool | None = None
    military_end_user: bool | None = None
    owned_50_percent_by_listed: bool | None = None
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
    us_origin: bool | None = None
    located_in_us: bool | None = None


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


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: 4E091, its operations and its parents."""


@dataclass(frozen=True, slots=True)
class Support:
    """What a United States person does, 15 CFR 744.6, and what a provider of computing knows."""


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


@dataclass(frozen=True, slots=True)
class Replacement:
    """License Exception RPL, 15 CFR 740.10."""


@dataclass(frozen=True, slots=True)
class Government:
    """License Exception GOV, 15 CFR 740.11(b)."""


@dataclass(frozen=True, slots=True)
class OperationTechnology:
    """License Exception TSU, 15 CFR 740.13(a) and (c)."""


@dataclass(frozen=True, slots=True)
class MemoryException:
    """License Exception HBM, 15 CFR 740.25."""


@dataclass(frozen=True, slots=True)
class RestrictedFab:
    """License Exception RFF, 15 CFR 740.26."""


@dataclass(frozen=True, slots=True)
class ImplementedControls:
    """License Exception IEC, 15 CFR 740.24."""


@dataclass(frozen=True, slots=True)
class AIAuthorization:
    """License Exception AIA, 15 CFR 740.27."""


@dataclass(frozen=True, slots=True)
class Manufacturing:
    """License Exception ACM, 15 CFR 740.28."""


@dataclass(frozen=True, slots=True)
class LowPower:
    """License Exception LPP, 15 CFR 740.29."""


@dataclass(frozen=True, slots=True)
class ValidatedEndUser:
    """Validated end users, 15 CFR 748.15."""


@dataclass(frozen=True, slots=True)
class GeneralLicenses:
    """General licenses other than the temporary ones of General Order No. 4: General Orders No. 6 and 7."""


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
