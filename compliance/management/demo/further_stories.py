"""More cases of the demo: one for each corner of the law that an ordinary sale does not reach."""

from __future__ import annotations

from .stories import STORIES, Story

FURTHER = (
    Story(
        "apac",
        "Reexport of 200 frame grabbers made in Singapore",
        "DE",
        19,
        (("grabber", 200, 640),),
        (("lion", "exporter"), ("rhine-apac", "ultimate_consignee")),
        "determined",
        "Inspection cameras of a car maker's paint shop.",
        activity="reexport",
        source="SG",
        order="LCI-77",
        answers={
            "case.support.us_person": False,
            "case.origin.us_content_percent": "11",
            "case.origin.content_without_de_minimis": False,
            "case.origin.direct_product": False,
            "case.origin.product_of_listed_plant": False,
        },
    ),
    Story(
        "emea",
        "Upgrade of 8 H100 that a customer bought from a trader",
        "AE",
        11,
        (("h100", 8, 31000),),
        (("us", "exporter"), ("gulf", "ultimate_consignee")),
        "determined",
        "The customer told us that the trader shipped without the license it needed.",
        answers={"case.dealing.path": "third_party", "case.dealing.violation_known": True},
    ),
    Story(
        "emea",
        "Gate-all-around process notes to Maasland Research",
        "NL",
        14,
        (("gaafet", 1, 0),),
        (("us", "exporter"), ("maas", "ultimate_consignee")),
        "determined",
        "Joint research begun in 2023 and carried on.",
        answers={
            "case.authorization.exception_relied_on": "GO6",
            "case.general.order_6_paragraph": "gaafet",
            "case.general.began_before": True,
            "case.general.directed_from_d1_d5": False,
        },
    ),
    Story(
        "apac",
        "2 H100 boards against failed ones, Pearl River Games Studio",
        "CN",
        8,
        (("h100", 2, 29000),),
        (("us-apac", "exporter"), ("games", "ultimate_consignee")),
        "determined",
        "Two boards of the licensed lot failed; the old ones are destroyed before our engineer.",
        order="PRG-RMA-3",
        answers={
            "case.authorization.exception_relied_on": "RPL",
            "case.rpl.kind": "parts",
            "case.rpl.improves": False,
            "case.rpl.one_for_one": True,
            "case.rpl.original_lawful": True,
            "case.rpl.exporter_entitled": True,
            "case.rpl.for_stock": False,
            "case.rpl.old_disposed": True,
            "case.rpl.license_demands_license": False,
        },
    ),
)

ALL_STORIES = (*STORIES, *FURTHER)
