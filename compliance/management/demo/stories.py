"""The thirty cases of the demo: what is sold to whom, and how far each case has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Story:
    """One case. ``days`` is the planned day counted from today; ``stage`` how far the demo takes it.

    ``answers`` override the plain answers of an unremarkable transaction; a key with ``None`` stays unanswered.
    """

    unit: str
    title: str
    to: str
    days: int
    goods: tuple[tuple[str, int, int], ...]
    parties: tuple[tuple[str, str], ...]
    stage: str
    use: str
    activity: str = "export"
    source: str = "US"
    route: tuple[str, ...] = ()
    order: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


def _sale(seller: str, *others: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((seller, "exporter"), *others)


STORIES = (
    # --- the law lets it go -----------------------------------------------------------------------------------------
    Story("emea", "96 H100 to Thames Compute, London, for research computing", "GB", 12, (("h100", 96, 29000),),
          _sale("us", ("thames", "ultimate_consignee")), "proposed",
          "Training and inference for UK universities in our own hall at Wharf Road.", order="PO-TC-4471"),
    Story("emea", "16 XS-8 servers to Rheinland Rechenzentrum, Cologne", "DE", 20, (("server", 16, 268000),),
          _sale("us", ("freight", "intermediate_consignee"), ("rhine", "ultimate_consignee")), "countersigned",
          "Model training for automotive customers, hosted in Cologne.", order="RRZ-2026-118"),
    Story("emea", "8 H200 to Nordlys Datasenter, Narvik", "NO", 3, (("h200", 8, 34000),),
          _sale("us", ("nordic", "ultimate_consignee")), "authorized",
          "Weather models of the national institute.", order="ND-771"),
    Story("apac", "24 H100 to Kamo Research Institute, Kyoto", "JP", -6, (("h100", 24, 29500),),
          _sale("us-apac", ("kyoto", "ultimate_consignee")), "shipped",
          "Molecular dynamics in the institute's own cluster.", order="KRI-2210"),
    Story("apac", "2 A100 to Inspire Robotics, Melbourne", "AU", -40, (("a100", 2, 9000),),
          _sale("us-apac", ("acme", "ultimate_consignee")), "closed",
          "Vision models for warehouse robots.", order="IR-90"),
    Story("emea", "40 workstation cards to Thames Compute", "GB", 9, (("workstation", 40, 1800),),
          _sale("us", ("thames", "ultimate_consignee")), "determined",
          "Desktop rendering for staff.", order="PO-TC-4490"),
    # --- a license is needed ----------------------------------------------------------------------------------------
    Story("apac", "12 H200 to Linhai Cloud (Singapore), for model training", "SG", 13, (("h200", 12, 34000),),
          _sale("us-apac", ("straits", "intermediate_consignee"), ("linhai-sg", "ultimate_consignee")), "reviewed",
          "Training of customers' models in the Jurong hall.", route=("SG",), order="LHC-SG-031",
          answers={"facility.physically_connected_to_advanced_node_facility": None}),
    Story("apac", "64 H100 to Linhai Cloud, Linhai", "CN", 25, (("h100", 64, 29000),),
          _sale("us-apac", ("linhai", "ultimate_consignee")), "refused",
          "Public cloud service for enterprises in Zhejiang.", order="LHC-2026-77"),
    Story("apac", "20 H200 to Yunhe Technology, case-by-case path", "CN", 60, (("h200", 20, 34000),),
          _sale("us-apac", ("yunhe", "ultimate_consignee")), "license_pending",
          "Recommendation models for an online shop, own data center in Shenzhen.", order="YH-5521"),
    Story("apac", "30 A100 to Lótus Dados, Macau", "MO", 33, (("a100", 30, 9000),),
          _sale("us-apac", ("macau", "ultimate_consignee")), "license_needed",
          "Hosting for local banks.", order="LD-14"),
    Story("emea", "48 H100 to Carmel Vision Labs, Haifa", "IL", 18, (("h100", 48, 29000),),
          _sale("us", ("levant", "ultimate_consignee")), "determined",
          "Medical imaging research.", order="CVL-309"),
    Story("emea", "512 B200 to Khaleej AI Factory, Abu Dhabi", "AE", 75, (("b200", 512, 41000),),
          _sale("us", ("gulf", "ultimate_consignee")), "determined",
          "National language model.", order="KAF-1"),
    Story("apac", "100 MI325X to Deccan Supercompute, Hyderabad", "IN", 45, (("mi325x", 100, 21000),),
          _sale("us-apac", ("bharat", "ultimate_consignee")), "determined",
          "National research cloud.", order="DSC-88"),
    Story("apac", "16 H100 to Johor Strait Data, parent in China", "MY", 22, (("h100", 16, 29000),),
          _sale("us-apac", ("johor", "ultimate_consignee")), "licensed",
          "Cloud rendering for regional studios.", order="JSD-7"),
    # --- NAC and ACA ------------------------------------------------------------------------------------------------
    Story("apac", "300 GeForce RTX 4090 to Pearl River Games Studio", "CN", 30, (("rtx4090", 300, 1600),),
          _sale("us-apac", ("games", "ultimate_consignee")), "nac_pending",
          "Workstations of artists and developers in our own offices.", order="PRG-2026-12"),
    Story("apac", "120 GeForce RTX 4090 to Yunhe Technology", "CN", 41, (("rtx4090", 120, 1600),),
          _sale("us-apac", ("yunhe", "ultimate_consignee")), "nac_paused",
          "Design workstations in Shenzhen.", order="YH-5533"),
    Story("apac", "80 GeForce RTX 4090 to Pearl River Games Studio, second lot", "CN", 5, (("rtx4090", 80, 1600),),
          _sale("us-apac", ("games", "ultimate_consignee")), "nac_confirmed",
          "Workstations of artists and developers in our own offices.", order="PRG-2026-15"),
    Story("emea", "60 GeForce RTX 4090 to Carmel Vision Labs", "IL", 15, (("rtx4090", 60, 1600),),
          _sale("us", ("levant", "ultimate_consignee")), "determined",
          "Development workstations.", order="CVL-311"),
    # --- lists, ownership, red flags --------------------------------------------------------------------------------
    Story("apac", "500 H20 to Inspur Group", "CN", 28, (("h20", 500, 12000),),
          _sale("us-apac", ("inspur", "ultimate_consignee")), "matched",
          "Servers for resale in China.", order="INS-1"),
    Story("apac", "Spare cards to Huawei Technologies", "CN", 35, (("workstation", 5, 1800),),
          _sale("us-apac", ("huawei", "end_user")), "submitted",
          "Repair of workstations bought earlier."),
    Story("emea", "200 H100 to Anadolu Teknoloji, a distributor", "TR", 17, (("h100", 200, 30000),),
          _sale("us", ("freight", "intermediate_consignee"), ("anatolia", "purchaser"), ("anatolia", "ultimate_consignee")),
          "flagged", "Resale; the customer does not name its customers.", route=("DE", "TR"), order="ADT-600",
          answers={"order.end_user_identified": False, "order.party_type": "distributor",
                   "enquiry.reexport_intent_answer": "evasive", "payment.prepaid_when_credit_offered": True}),
    Story("apac", "400 H100 to Penang Nusantara Hosting, parent unknown", "MY", 21, (("h100", 400, 30000),),
          _sale("us-apac", ("straits", "intermediate_consignee"), ("penang", "ultimate_consignee")), "submitted",
          "Data center rental.", route=("SG",), order="PNH-2"),
    Story("apac", "Memory stacks to Tamsui Packaging", "TW", 27, (("hbm3e", 5000, 420),),
          _sale("us-apac", ("taipei", "ultimate_consignee")), "determined",
          "Co-packaging for a US designer.", order="TPC-9"),
    # --- compute, weights, technology, tools ------------------------------------------------------------------------
    Story("cloud", "H100 hours for Prairie Biolabs", "US", 7, (("hours", 1000, 3),),
          (("us-cloud", "exporter"), ("user-us", "iaas_customer")), "submitted",
          "Protein folding on our own data.", activity="iaas", order="CL-1001"),
    Story("cloud", "H100 cluster for Xingfan International, training", "SG", 10, (("hours", 4000000, 3),),
          (("us-cloud", "exporter"), ("user-sg", "iaas_customer"), ("user-cn", "iaas_user")), "iaas_flagged",
          "Pre-training of a large language model.", activity="iaas", order="CL-1007",
          answers={"workload.training_operations": "200000000000000000000000000"}),
    Story("cloud", "Inference hours for Laboratoire Garonne", "FR", 6, (("hours", 20000, 3),),
          (("us-cloud", "exporter"), ("user-fr", "iaas_customer")), "draft",
          "Inference of an open model.", activity="iaas"),
    Story("cloud", "GPU hours for Steppe Mining Analytics", "KZ", 16, (("hours", 9000, 3),),
          (("us-cloud", "exporter"), ("user-kz", "iaas_customer")), "held",
          "Geological models.", activity="iaas", order="CL-1015"),
    Story("cloud", "Release of H100 integration notes to a new engineer", "US", 4, (("h100", 1, 0),),
          (("us-cloud", "exporter"), ("engineer", "recipient")), "submitted",
          "Work on our own servers in San Jose.", activity="deemed_export"),
    Story("apac", "Dry etch tool to Tamsui Packaging", "TW", 90, (("etch", 1, 3800000),),
          _sale("us-apac", ("taipei", "ultimate_consignee")), "determined",
          "Through-silicon vias for memory.", order="TPC-21"),
    Story("cloud", "Model weights EM-1 to Laboratoire Garonne", "FR", 50, (("weights", 1, 0),),
          (("us-cloud", "exporter"), ("user-fr", "end_user")), "draft",
          "Research on robustness."),
    Story("emea", "32 A800 in 2023, looked at again for an audit", "CN", -1150, (("a800", 32, 8500),),
          _sale("us", ("freight", "forwarding_agent"), ("thames", "purchaser")), "draft",
          "Audit of an old sale: what did the law say that day?"),
)
