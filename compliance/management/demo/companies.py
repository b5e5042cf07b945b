"""Parties of the demo. Invented, but for a few companies that stand on the public lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """One party. Countries are two-letter codes; an empty one is *unknown*. ``parent`` empty: nobody knows."""

    key: str
    unit: str
    name: str
    country: str
    headquarters: str
    parent: str
    own_parent: bool = False
    names: tuple[str, ...] = ()
    address: str = ""
    kind: str = "organization"


REGISTRY = "company registry extract"

COMPANIES = (
    Company("us", "emea", "Example Systems Inc", "US", "US", "US", True, address="100 Example Way, Austin, TX"),
    Company("us-apac", "apac", "Example Systems Inc", "US", "US", "US", True, address="100 Example Way, Austin, TX"),
    Company("us-cloud", "cloud", "Example Cloud Inc", "US", "US", "US", True, address="200 Sample Road, Seattle, WA"),
    Company("thames", "emea", "Thames Compute Ltd", "GB", "GB", "GB", True, address="12 Wharf Road, London"),
    Company("rhine", "emea", "Rheinland Rechenzentrum GmbH", "DE", "DE", "DE", True, address="Hafenstraße 4, Köln"),
    Company("nordic", "emea", "Nordlys Datasenter AS", "NO", "NO", "NO", True, address="Fjordveien 9, Narvik"),
    Company("levant", "emea", "Carmel Vision Labs Ltd", "IL", "IL", "IL", True, address="3 HaYarkon St, Haifa"),
    Company(
        "gulf",
        "emea",
        "Khaleej AI Factory LLC",
        "AE",
        "AE",
        "AE",
        True,
        ("مصنع خليج للذكاء الاصطناعي",),
        "Al Maryah Island, Abu Dhabi",
    ),
    Company("anatolia", "emea", "Anadolu Teknoloji Dağıtım A.Ş.", "TR", "TR", "", False, address="Levent, İstanbul"),
    Company("freight", "emea", "Hanse Freight Forwarding GmbH", "DE", "DE", "DE", True, address="Am Kai 1, Hamburg"),
    Company("straits", "apac", "Straits Freight Pte Ltd", "SG", "SG", "SG", True, address="8 Keppel Bay, Singapore"),
    Company(
        "linhai-sg",
        "apac",
        "Linhai Cloud (Singapore) Pte Ltd",
        "SG",
        "SG",
        "CN",
        False,
        ("临海云（新加坡）有限公司",),
        "71 Robinson Road, Singapore",
    ),
    Company(
        "linhai",
        "apac",
        "临海云计算有限公司",
        "CN",
        "CN",
        "CN",
        True,
        ("Linhai Cloud Computing Co., Ltd.",),
        "浙江省临海市东方大道100号",
    ),
    Company(
        "yunhe",
        "apac",
        "云河科技有限公司",
        "CN",
        "CN",
        "CN",
        True,
        ("Yunhe Technology Co., Ltd.",),
        "深圳市南山区科苑路8号",
    ),
    Company(
        "games",
        "apac",
        "Pearl River Games Studio Ltd",
        "CN",
        "CN",
        "CN",
        True,
        ("珠江游戏工作室有限公司",),
        "广州市天河区体育西路1号",
    ),
    Company(
        "macau",
        "apac",
        "Lótus Dados, Limitada",
        "MO",
        "MO",
        "MO",
        True,
        ("蓮花數據有限公司",),
        "Avenida da Praia Grande, Macau",
    ),
    Company("kyoto", "apac", "Kamo Research Institute", "JP", "JP", "JP", True, ("加茂研究所",), "Sakyo-ku, Kyoto"),
    Company(
        "taipei",
        "apac",
        "Tamsui Packaging Corp.",
        "TW",
        "TW",
        "TW",
        True,
        ("淡水封裝股份有限公司",),
        "Hsinchu Science Park",
    ),
    Company("penang", "apac", "Penang Nusantara Hosting Sdn Bhd", "MY", "MY", "", False, address="Bayan Lepas, Penang"),
    Company("johor", "apac", "Johor Strait Data Sdn Bhd", "MY", "MY", "CN", False, address="Iskandar Puteri, Johor"),
    Company("bharat", "apac", "Deccan Supercompute Pvt Ltd", "IN", "IN", "IN", True, address="Hitec City, Hyderabad"),
    Company(
        "huawei",
        "apac",
        "Huawei Technologies Co., Ltd.",
        "CN",
        "CN",
        "CN",
        True,
        ("华为技术有限公司",),
        "Bantian, Longgang, Shenzhen",
    ),
    Company(
        "inspur",
        "apac",
        "Inspur Group Co., Ltd.",
        "CN",
        "CN",
        "CN",
        True,
        ("浪潮集团有限公司",),
        "Langchao Road, Jinan",
    ),
    Company(
        "lion", "apac", "Lion City Instruments Pte Ltd", "SG", "SG", "SG", True, address="Tuas Avenue 4, Singapore"
    ),
    Company(
        "rhine-apac", "apac", "Rheinland Rechenzentrum GmbH", "DE", "DE", "DE", True, address="Hafenstraße 4, Köln"
    ),
    Company("maas", "emea", "Stichting Maasland Research", "NL", "NL", "NL", True, address="Maaskade 12, Rotterdam"),
    Company("acme", "apac", "Inspire Robotics Pty Ltd", "AU", "AU", "AU", True, address="Fitzroy, Melbourne"),
    Company("user-us", "cloud", "Prairie Biolabs LLC", "US", "US", "US", True, address="Lincoln, Nebraska"),
    Company("user-fr", "cloud", "Laboratoire Garonne SAS", "FR", "FR", "FR", True, address="Toulouse"),
    Company(
        "user-kz",
        "cloud",
        "Steppe Mining Analytics LLP",
        "KZ",
        "KZ",
        "",
        False,
        ("ТОО «Степь Майнинг Аналитикс»",),
        "Astana",
    ),
    Company(
        "user-cn",
        "cloud",
        "星帆智能（北京）有限公司",
        "CN",
        "CN",
        "CN",
        True,
        ("Xingfan Intelligence (Beijing) Co., Ltd.",),
        "北京市海淀区中关村大街1号",
    ),
    Company(
        "user-sg",
        "cloud",
        "Xingfan International Pte Ltd",
        "SG",
        "SG",
        "CN",
        False,
        ("星帆国际有限公司",),
        "1 Raffles Place, Singapore",
    ),
    Company(
        "engineer", "cloud", "Aleksandr Ivanov", "US", "", "", False, ("Александр Иванов",), "San Jose, CA", "person"
    ),
)

OWNERSHIP = (
    ("linhai", "linhai-sg", "100", "registry extract of 12 November 2026"),
    ("inspur", "johor", None, "press report; share not stated"),
)
"""(owner, owned, percent or ``None`` for unknown, source)."""
