"""Every fact the law can ask for: how it is written, what it is called in both languages and why it matters.

``FIELDS`` is the only list. Forms, questions, the API and :meth:`compliance.ear.facts.Facts.from_dict` all read it, so
a fact exists here or nowhere. Keys are ``case.…``, ``item.…`` and ``party.…``; ``case.parties`` and ``party.listings``
stand for the parties and the screening result, which have forms of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.ear.fields import About, Choice, Field, Kind

_ALL: dict[str, Field] = {}


def _field(
    key: str,
    kind: Kind,
    en: str,
    zh: str,
    why_en: str,
    why_zh: str,
    *,
    cite: str = "",
    unit: str = "",
    choices: tuple[tuple[str, str, str], ...] = (),
) -> None:
    _ALL[key] = Field(
        key=key,
        about=About(key.split(".", 1)[0]),
        kind=kind,
        label=MappingProxyType({"en": en, "zh": zh}),
        why=MappingProxyType({"en": why_en, "zh": why_zh}),
        choices=tuple(Choice(value, MappingProxyType({"en": e, "zh": z})) for value, e, z in choices),
        unit=unit,
        cite=cite,
    )


_YES, _CHOICE, _NUMBER, _DATE = Kind.YES_NO, Kind.CHOICE, Kind.NUMBER, Kind.DATE
_COUNTRY, _TEXT = Kind.COUNTRY, Kind.TEXT

# --- the transaction -------------------------------------------------------------------------------------------------
_field(
    "case.activity",
    _CHOICE,
    "What kind of activity is it?",
    "这是哪一类活动？",
    "Each license requirement and exception names the activities it reaches.",
    "每项许可证要求和许可例外都指明其适用的活动类型。",
    cite="15 CFR 734.13-734.16",
    choices=(
        ("export", "Export", "出口"),
        ("reexport", "Reexport", "再出口"),
        ("transfer", "In-country transfer", "国内转移"),
        ("deemed_export", "Deemed export", "视同出口"),
        ("iaas", "Computing as a service (IaaS)", "算力服务（IaaS）"),
        ("us_person_support", "Support by a US person", "美国人支持活动"),
    ),
)
_field(
    "case.exporting_from",
    _COUNTRY,
    "From which country does the item leave?",
    "物项从哪个国家或地区发出？",
    "Everything in or leaving the United States is subject to the EAR; some rules look at the country of export.",
    "凡位于美国或自美国发出的物项均受EAR管辖；部分规则还取决于发出国。",
    cite="15 CFR 734.3(a)",
)
_field(
    "case.destination",
    _COUNTRY,
    "Which country is the ultimate destination?",
    "最终目的地是哪个国家或地区？",
    "License requirements are set by the country of ultimate destination.",
    "许可证要求依最终目的地而定。",
    cite="15 CFR 748.5, 738.4",
)
_field(
    "case.parties",
    _TEXT,
    "Who are the ultimate consignee and the end user?",
    "最终收货人和最终用户是谁？",
    "Without the people who receive and use the item no list and no headquarters rule can be tested.",
    "不知道收货人和使用者，就无法核对任何名单或总部规则。",
    cite="15 CFR 748.5",
)
_field(
    "case.is_informed",
    _YES,
    "Has BIS told you, by letter or notice, that this transaction needs a license?",
    "BIS是否已以信函或通知告知本交易需要许可证？",
    "BIS may impose a license requirement on a company by informing it.",
    "BIS可通过告知的方式对特定公司施加许可证要求。",
    cite="15 CFR 744.11(c), 744.21(b), 744.23(b)",
)
_field(
    "case.fabricator_or_osat",
    _YES,
    "Is the exporter a front-end fabricator or an outsourced assembly and test company (OSAT)?",
    "出口方是否为前端晶圆制造商或外包封测企业（OSAT）？",
    "Logic chips they ship are presumed to be 3A090.a unless a designer or a package attests otherwise.",
    "除非有设计商或封装方证明，其发运的逻辑芯片推定为3A090.a。",
    cite="15 CFR Part 774, Supp. No. 1, 3A090 Note 1",
)
_field(
    "case.commercial_sample",
    _YES,
    "Is this a commercial sample?",
    "是否为商业样品？",
    "A commercial sample may go under NAC or ACA without a purchase order; the notification is still needed.",
    "商业样品依NAC或ACA出口可无采购订单，但仍须通知。",
    cite="15 CFR 740.8",
)
_field(
    "case.uae_approved_entities",
    _YES,
    "Are the ultimate consignee and every end user UAE entities approved in Supplement No. 8 to Part 740, "
    "or UAE government agencies?",
    "最终收货人及全部最终用户是否均为第740部分补编8批准的阿联酋实体或阿联酋政府机构？",
    "Approved entities need no license for advanced computing items in the United Arab Emirates.",
    "经批准的实体在阿联酋接收先进计算物项无需许可证。",
    cite="15 CFR 742.6(a)(6)(iii), Part 740 Supp. No. 8",
)

# --- end use ---------------------------------------------------------------------------------------------------------
for _name, _en, _zh, _why_en, _why_zh, _cite in (
    (
        "nuclear",
        "Do you know of a nuclear end use?",
        "是否知悉用于核最终用途？",
        "A license is needed for any item known to be meant for nuclear explosive or unsafeguarded nuclear activity.",
        "凡知悉用于核爆炸或未受保障核活动的物项均需许可证。",
        "15 CFR 744.2",
    ),
    (
        "missile",
        "Do you know of a missile or unmanned aerial vehicle end use?",
        "是否知悉用于导弹或无人飞行器最终用途？",
        "A license is needed for items known to be meant for rocket systems or unmanned aerial vehicles of concern.",
        "凡知悉用于受关注火箭系统或无人飞行器的物项需许可证。",
        "15 CFR 744.3",
    ),
    (
        "chemical_biological",
        "Do you know of a chemical or biological weapons end use?",
        "是否知悉用于化学或生物武器最终用途？",
        "A license is needed for any item known to be meant for chemical or biological weapons.",
        "凡知悉用于化学或生物武器的物项均需许可证。",
        "15 CFR 744.4",
    ),
    (
        "military",
        "Is there a military end use?",
        "是否存在军事最终用途？",
        "Military end uses in the named countries need a license and close License Exception NAC.",
        "在所列国家的军事最终用途需要许可证，且不得使用许可例外NAC。",
        "15 CFR 744.21",
    ),
    (
        "military_intelligence",
        "Is there a military-intelligence end use or end user?",
        "是否存在军事情报最终用途或最终用户？",
        "Any item subject to the EAR then needs a license for the named countries.",
        "对所列国家，任何受EAR管辖的物项均需许可证。",
        "15 CFR 744.22",
    ),
    (
        "supercomputer",
        "Will it be used in or for a supercomputer located in a D:5 country or Macau?",
        "是否用于位于D:5国家或澳门的超级计算机？",
        "Listed integrated circuits and computers need a license for that use.",
        "所列集成电路和计算机用于该用途需许可证。",
        "15 CFR 744.23(a)(1)",
    ),
    (
        "advanced_node_fab",
        "Will it be used to develop or produce chips at a facility that makes advanced-node chips?",
        "是否用于在生产先进节点集成电路的设施内开发或生产芯片？",
        "Any item subject to the EAR may need a license for such a facility in a D:5 country or Macau.",
        "对位于D:5国家或澳门的此类设施，任何受EAR管辖的物项都可能需要许可证。",
        "15 CFR 744.23(a)(2)",
    ),
    (
        "semiconductor_equipment",
        "Will it be used to develop or produce chip-making equipment or its parts?",
        "是否用于开发或生产半导体制造设备或其部件？",
        "Listed items need a license for that use in a D:5 country or Macau.",
        "所列物项在D:5国家或澳门用于该用途需许可证。",
        "15 CFR 744.23(a)(4)",
    ),
):
    _field(f"case.end_use.{_name}", _YES, _en, _zh, _why_en, _why_zh, cite=_cite)

# --- authorization ---------------------------------------------------------------------------------------------------
_field(
    "case.authorization.purchase_order",
    _YES,
    "Is there a written purchase order for this shipment?",
    "本次发货是否有书面采购订单？",
    "NAC and ACA ask for a written purchase order before each shipment.",
    "NAC和ACA要求每次发货前取得书面采购订单。",
    cite="15 CFR 740.8",
)
_field(
    "case.authorization.nac_registered_on",
    _DATE,
    "On which day did SNAP-R register the NAC notification?",
    "SNAP-R于哪一天登记NAC通知？",
    "The 25 calendar days run from registration, not from submission.",
    "25个日历日自登记之日起算，而非自提交之日。",
    cite="15 CFR 740.8(c)",
)
_field(
    "case.authorization.nac_confirmation_number",
    _TEXT,
    "What is the NAC confirmation number?",
    "NAC确认号是什么？",
    "Nothing ships under a notified NAC before BIS gives the number; AES wants it too.",
    "在BIS给出确认号之前不得依通知型NAC发货；AES申报亦须填写。",
    cite="15 CFR 740.8(c)",
)
_field(
    "case.authorization.nac_covers_shipment",
    _YES,
    "Does the notification name this end user and these items, within its value and quantity?",
    "通知是否涵盖该最终用户和这些物项，且未超出其金额和数量？",
    "One notification covers repeat shipments to the same end user up to what it declared; more needs a new one.",
    "一份通知可涵盖对同一最终用户在申报范围内的多次发货；超出须另行通知。",
    cite="15 CFR 740.8(c)",
)
_field(
    "case.authorization.uvl_statement",
    _YES,
    "Is there a signed UVL statement from the unverified party?",
    "是否已取得未经核实方签署的UVL声明？",
    "A transaction that needs no license still needs this statement when a party is on the Unverified List.",
    "交易无需许可证但一方列于未经核实清单时，仍须取得该声明。",
    cite="15 CFR 744.15(b)",
)
_field(
    "case.authorization.tgl_production_only",
    _YES,
    "Is the transaction limited to integration, assembly, inspection, testing, quality assurance or distribution?",
    "交易是否仅限于集成、组装、检验、测试、质量保证或分销？",
    "The temporary general license of the time covered only these activities.",
    "当时的临时通用许可证仅涵盖这些活动。",
    cite="15 CFR Part 736, Supp. No. 1, General Order No. 4(d)",
)
_field(
    "case.authorization.tgl_end_use_outside",
    _YES,
    "Does the ultimate end use lie outside D:1, D:4 and D:5 countries?",
    "最终使用是否在D:1、D:4和D:5国家之外？",
    "The temporary general license did not reach end uses inside these countries.",
    "临时通用许可证不涵盖在这些国家境内的最终使用。",
    cite="15 CFR Part 736, Supp. No. 1, General Order No. 4(d)",
)
_field(
    "case.authorization.tgl_directed_by_allied_company",
    _YES,
    "Is the work at the direction of a company headquartered in the US or an A:5 or A:6 country "
    "that is not majority-owned from a D:5 country or Macau?",
    "该工作是否按总部在美国或A:5、A:6国家且非由D:5国家或澳门企业多数控股的公司指示进行？",
    "This is the test of the temporary general license for less restricted chip-making parts.",
    "这是针对较低限制半导体制造部件的临时通用许可证的条件。",
    cite="15 CFR Part 736, Supp. No. 1, General Order No. 4(d)(1)",
)

# --- the certifications of the review path of 15 January 2026 --------------------------------------------------------
for _name, _en, _zh in (
    (
        "us_available",
        "Was the product commercially available in the US on 15 January 2026?",
        "该产品于2026年1月15日是否已在美国商业供应？",
    ),
    (
        "us_supply_sufficient",
        "Is US supply sufficient and are no US orders delayed?",
        "美国供应是否充足且美国订单未被延误？",
    ),
    (
        "us_capacity_not_diverted",
        "Does production for this order leave foundry capacity for US users untouched?",
        "为本订单生产是否不占用供应美国用户的晶圆代工产能？",
    ),
    (
        "share_within_half",
        "Is the total TPP of this product to China and Macau at most half of that shipped to US customers?",
        "该产品发往中国大陆和澳门的总TPP是否不超过发往美国客户的一半？",
    ),
    ("recipient_security", "Does the recipient have sufficient security procedures?", "接收方是否具备充分的安全程序？"),
    (
        "remote_users_disclosed",
        "Are the recipient's remote users of concern listed and none barred?",
        "接收方的受关注远程用户是否已列明且无被禁对象？",
    ),
    (
        "independent_test",
        "Has an independent US laboratory tested the product and certified it?",
        "是否已由美国独立实验室测试并出具证书？",
    ),
):
    _field(
        f"case.certifications.{_name}",
        _YES,
        _en,
        _zh,
        "Case-by-case review of an export to China or Macau rests on this certification.",
        "对中国大陆和澳门出口的个案审查以该项证明为前提。",
        cite="15 CFR 742.6(b)(10)(iii)(A)(1), Part 748 Supp. No. 2 (dd)",
    )

# --- the item --------------------------------------------------------------------------------------------------------
_field(
    "item.eccn",
    _TEXT,
    "Which ECCN has your company given the item?",
    "贵公司将该物项归为哪个ECCN？",
    "Controls are set by classification number; figures are checked against it.",
    "管制依出口管制分类编号而定；系统用参数与其核对。",
    cite="15 CFR Part 774, Supp. No. 1",
)
_field(
    "item.form",
    _CHOICE,
    "What is the item?",
    "该物项是什么？",
    "The entry that applies depends on whether it is a chip, memory, a computer, software or technology.",
    "适用条目取决于它是芯片、存储器、计算机、软件还是技术。",
    choices=(
        ("integrated_circuit", "Integrated circuit or accelerator", "集成电路或加速器"),
        ("memory", "High-bandwidth memory", "高带宽存储器（HBM）"),
        ("computer", "Computer, board or assembly containing such a chip", "含此类芯片的计算机、板卡或组件"),
        ("software", "Software", "软件"),
        ("technology", "Technology", "技术"),
        ("other", "Something else, without such a chip", "其他，不含此类芯片"),
    ),
)
_field(
    "item.level",
    _CHOICE,
    "At which level of 3A090 does the item, or the chip it contains or concerns, stand?",
    "该物项（或其所含、所涉芯片）属于3A090的哪一级？",
    "A .z paragraph does not show whether a chip meets 3A090.a or .b; the licensing rules differ.",
    ".z分项本身不表明芯片达到3A090.a还是.b，而许可规则不同。",
    cite="15 CFR Part 774, Supp. No. 1, 3A090",
    choices=(
        ("a", "Meets 3A090.a", "达到3A090.a"),
        ("b", "Meets 3A090.b", "达到3A090.b"),
        ("c", "Meets 3A090.c (memory)", "达到3A090.c（存储器）"),
        ("none", "Meets none of them", "均未达到"),
    ),
)
_field(
    "item.tpp",
    _NUMBER,
    "What is the highest total processing performance (dense)?",
    "最高总处理性能（TPP，稠密）是多少？",
    "3A090 begins at 1600 and 4800. Sparse figures do not count.",
    "3A090的界限为1600和4800，稀疏算力不计。",
    unit="TPP",
    cite="15 CFR Part 774, Supp. No. 1, 3A090",
)
_field(
    "item.applicable_die_area_mm2",
    _NUMBER,
    "What is the applicable die area made on a non-planar process?",
    "采用非平面工艺的适用裸片面积是多少？",
    "Performance density is TPP divided by this area.",
    "性能密度等于TPP除以该面积。",
    unit="mm²",
    cite="15 CFR Part 774, Supp. No. 1, 3A090",
)
_field(
    "item.performance_density",
    _NUMBER,
    "What performance density does the maker state?",
    "制造商给出的性能密度是多少？",
    "Between 1600 and 4800 TPP the density decides.",
    "TPP在1600至4800之间时由性能密度决定。",
    unit="TPP/mm²",
    cite="15 CFR Part 774, Supp. No. 1, 3A090",
)
_field(
    "item.non_planar",
    _YES,
    "Is any logic die made with non-planar transistors?",
    "是否有逻辑裸片采用非平面晶体管？",
    "Planar dies do not count; without a non-planar die the density is not defined.",
    "平面裸片不计；没有非平面裸片时性能密度无定义。",
    cite="15 CFR Part 774, Supp. No. 1, 3A090",
)
_field(
    "item.data_center_designed_or_marketed",
    _YES,
    "Is it designed or marketed for data centers?",
    "是否为数据中心设计或营销？",
    "Chips that are neither escape 3A090 below 4800 TPP; above it they may go under NAC or ACA. "
    "Marketing alone is enough.",
    "既非设计也非营销用于数据中心的芯片，TPP低于4800时不属3A090；达到4800时可适用NAC或ACA。仅有营销即已足够。",
    cite="15 CFR Part 774, Supp. No. 1, 3A090 Note 2; 740.8",
)
_field(
    "item.io_transfer_rate_gbps",
    _NUMBER,
    "What is the aggregate bidirectional transfer rate of all inputs and outputs, volatile memory apart?",
    "除易失性存储器外，全部输入输出的双向总传输速率是多少？",
    "The 2022 entry asked for 600 GB/s or more.",
    "2022年条目要求达到600 GB/s或以上。",
    unit="GB/s",
    cite="87 FR 62186",
)
_field(
    "item.dram_bandwidth_gbps",
    _NUMBER,
    "What is the total DRAM bandwidth of the chip?",
    "芯片的DRAM总带宽是多少？",
    "Case-by-case review of exports to China and Macau needs less than 6,500 GB/s.",
    "对中国大陆和澳门出口的个案审查要求低于6,500 GB/s。",
    unit="GB/s",
    cite="15 CFR 742.6(b)(10)(iii)(A)(1)",
)
_field(
    "item.hbm_bandwidth_gbps",
    _NUMBER,
    "What is the memory bandwidth of the package or stack?",
    "封装或堆叠的存储带宽是多少？",
    "Memory above 2 GB/s per mm² is 3A090.c.",
    "带宽密度超过2 GB/s/mm²的存储器属3A090.c。",
    unit="GB/s",
    cite="15 CFR Part 774, Supp. No. 1, 3A090.c",
)
_field(
    "item.hbm_area_mm2",
    _NUMBER,
    "What is the area of the package or stack?",
    "封装或堆叠的面积是多少？",
    "Bandwidth density is bandwidth divided by this area.",
    "带宽密度等于带宽除以该面积。",
    unit="mm²",
    cite="15 CFR Part 774, Supp. No. 1, 3A090.c",
)
_field(
    "item.us_origin",
    _YES,
    "Is the item of US origin?",
    "该物项是否原产于美国？",
    "US-origin items stay subject to the EAR wherever they are.",
    "原产于美国的物项无论位于何处均受EAR管辖。",
    cite="15 CFR 734.3(a)(2)",
)
_field(
    "item.located_in_us",
    _YES,
    "Is the item in the United States now, or does it pass through?",
    "该物项目前是否位于美国或经美国过境？",
    "Every item in the United States is subject to the EAR.",
    "位于美国境内的所有物项均受EAR管辖。",
    cite="15 CFR 734.3(a)(1)",
)

# --- a party ---------------------------------------------------------------------------------------------------------
_field(
    "party.role",
    _CHOICE,
    "What is this party's role?",
    "该方的角色是什么？",
    "Lists and headquarters rules name the roles they reach.",
    "名单和总部规则指明其适用的角色。",
    cite="15 CFR 748.5",
    choices=(
        ("exporter", "Exporter or reexporter", "出口方或再出口方"),
        ("purchaser", "Purchaser", "购买方"),
        ("intermediate_consignee", "Intermediate consignee", "中间收货人"),
        ("ultimate_consignee", "Ultimate consignee", "最终收货人"),
        ("end_user", "End user", "最终用户"),
        ("forwarding_agent", "Forwarding agent", "货运代理"),
        ("iaas_customer", "IaaS customer", "IaaS客户"),
        ("iaas_user", "User of the IaaS customer", "IaaS客户的用户"),
        ("other", "Other", "其他"),
    ),
)
_field(
    "party.country",
    _COUNTRY,
    "In which country is this party located?",
    "该方位于哪个国家或地区？",
    "Some rules look at where a party is, apart from where the item goes.",
    "部分规则取决于该方所在地，而不仅是物项去向。",
)
_field(
    "party.headquarters",
    _COUNTRY,
    "Where is this party headquartered?",
    "该方总部位于哪个国家或地区？",
    "Advanced chips for a company headquartered in a D:5 country or Macau need a license anywhere.",
    "总部位于D:5国家或澳门的公司无论身在何处，先进芯片均需许可证。",
    cite="15 CFR 742.6(a)(6)(iii), 744.23(a)(3)",
)
_field(
    "party.own_ultimate_parent",
    _YES,
    "Is this party its own ultimate parent (nobody above it)?",
    "该方本身是否即为最终母公司（其上无母公司）？",
    "An ultimate parent nobody has looked for is unknown, not absent.",
    "未经查明的最终母公司属于未知，而非不存在。",
    cite="15 CFR 742.6(a)(6)(iii), 744.23(a)(3)",
)
_field(
    "party.ultimate_parent_headquarters",
    _COUNTRY,
    "Where is its ultimate parent headquartered?",
    "其最终母公司总部位于哪个国家或地区？",
    "The headquarters of the ultimate parent counts like the party's own.",
    "最终母公司的总部与该方自身总部同等对待。",
    cite="15 CFR 742.6(a)(6)(iii), 744.23(a)(3)",
)
_field(
    "party.natural_person",
    _YES,
    "Is this party a natural person?",
    "该方是否为自然人？",
    "The headquarters rules concern entities.",
    "总部规则针对的是实体。",
)
_field(
    "party.military_end_user",
    _YES,
    "Is this party a military end user?",
    "该方是否为军事最终用户？",
    "Military end users of the named countries are caught whether or not they are listed, when at home.",
    "所列国家的军事最终用户在其本国境内，无论是否列名均受限制。",
    cite="15 CFR 744.21",
)
_field(
    "party.owned_50_percent_by_listed",
    _YES,
    "Do listed parties own 50 percent or more of it, directly or indirectly, together?",
    "列名方是否直接或间接合计持有其50%或以上股权？",
    "While the affiliates rule is in force such a party takes over its owners' restrictions.",
    "关联方规则有效期间，此类实体承接其所有者的限制。",
    cite="15 CFR 744.11(a)(1), 744.21(a)(3), 744.8(a)(2)",
)
_field(
    "party.listings",
    _TEXT,
    "On which lists does this party stand?",
    "该方列于哪些名单？",
    "A party nobody has screened may be on any list.",
    "未经筛查的一方可能在任何名单上。",
    cite="15 CFR 744.11, 744.15, 744.16, 736.2(b)(4)",
)
_field(
    "party.listings_undecided",
    _YES,
    "Are there matches nobody has judged yet?",
    "是否仍有未经裁定的匹配？",
    "A possible match is unknown until a person has judged it.",
    "可能的匹配在经人裁定之前属于未知。",
)

FIELDS: Mapping[str, Field] = MappingProxyType(_ALL)
