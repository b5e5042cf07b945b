"""Items of the demo, with the figures their makers or the press published. Illustrative; verify with the data sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Good:
    """One item. ``figures`` are facts of the item, each written with the source below."""

    key: str
    kind: str
    vendor: str
    model: str
    eccn: str
    description: str
    figures: dict[str, Any] = field(default_factory=dict)


SOURCE = "maker's published data sheet, dense figures"

_CHIP = {"item.form": "integrated_circuit", "item.non_planar": True, "item.us_origin": True, "item.located_in_us": True}
_CENTER = {"item.data_center_designed_or_marketed": True}
_OUTSIDE = {"item.data_center_designed_or_marketed": False}


def _chip(tpp: str, area: str, io: str, dram: str, **more: Any) -> dict[str, Any]:
    return {
        **_CHIP,
        "item.tpp": tpp,
        "item.applicable_die_area_mm2": area,
        "item.io_transfer_rate_gbps": io,
        "item.dram_bandwidth_gbps": dram,
        **more,
    }


GOODS = (
    Good(
        "h100",
        "chip",
        "NVIDIA",
        "H100 SXM5 80GB",
        "3A090.a",
        "Accelerator",
        _chip("15832", "814", "900", "3350", **_CENTER),
    ),
    Good(
        "h200",
        "chip",
        "NVIDIA",
        "H200 SXM 141GB",
        "3A090.a",
        "Accelerator",
        _chip("15832", "814", "900", "4800", **_CENTER),
    ),
    Good(
        "h800",
        "chip",
        "NVIDIA",
        "H800",
        "3A090.a",
        "Accelerator for the 2022 rule",
        _chip("15832", "814", "400", "3350", **_CENTER),
    ),
    Good(
        "a100", "chip", "NVIDIA", "A100 80GB", "3A090.a", "Accelerator", _chip("4992", "826", "600", "2039", **_CENTER)
    ),
    Good(
        "a800",
        "chip",
        "NVIDIA",
        "A800",
        "3A991.p",
        "Accelerator for the 2022 rule",
        _chip("4992", "826", "400", "2039", **_CENTER),
    ),
    Good(
        "h20",
        "chip",
        "NVIDIA",
        "H20",
        "",
        "Accelerator below the 2023 thresholds",
        _chip("2368", "814", "900", "4000", **_CENTER),
    ),
    Good(
        "rtx4090",
        "board",
        "NVIDIA",
        "GeForce RTX 4090",
        "3A090.a",
        "Consumer graphics board",
        _chip("5285", "609", "0", "1008", **_OUTSIDE),
    ),
    Good(
        "mi325x",
        "chip",
        "AMD",
        "Instinct MI325X",
        "3A090.a",
        "Accelerator; die area not published",
        {
            **_CHIP,
            **_CENTER,
            "item.tpp": "20919",
            "item.dram_bandwidth_gbps": "6000",
        },
    ),
    Good(
        "b200",
        "chip",
        "NVIDIA",
        "B200",
        "3A090.a",
        "Accelerator; die area not published",
        {
            **_CHIP,
            **_CENTER,
            "item.tpp": "36000",
            "item.dram_bandwidth_gbps": "8000",
        },
    ),
    Good(
        "server",
        "server",
        "Example Systems",
        "XS-8 (8 × H100)",
        "5A992.z",
        "Eight-accelerator server",
        {
            **_chip("15832", "814", "900", "3350", **_CENTER),
            "item.form": "computer",
            "item.level": "a",
        },
    ),
    Good(
        "hbm3e",
        "memory",
        "Example Memory",
        "HBM3E stack 12-high",
        "3A090.c",
        "High-bandwidth memory stack",
        {
            "item.form": "memory",
            "item.hbm_bandwidth_gbps": "1180",
            "item.hbm_area_mm2": "121",
            "item.us_origin": True,
            "item.located_in_us": True,
        },
    ),
    Good(
        "workstation",
        "board",
        "Example Systems",
        "WS-70 graphics card",
        "3A991",
        "Workstation card without data-center use",
        _chip("1320", "290", "0", "640", **_OUTSIDE),
    ),
    Good(
        "etch",
        "tool",
        "Example Tools",
        "Etcher E-300",
        "3B001.c.1.a",
        "Dry etch equipment",
        {
            "item.form": "other",
            "item.us_origin": True,
            "item.located_in_us": True,
        },
    ),
    Good(
        "weights",
        "weights",
        "Example Models",
        "EM-1 weights",
        "4E091",
        "Weights of a large model",
        {
            "item.form": "technology",
            "item.us_origin": True,
            "item.located_in_us": True,
        },
    ),
    Good(
        "hours",
        "compute",
        "Example Cloud",
        "H100 hours",
        "3A090.a",
        "Computing time on H100",
        {
            **_chip("15832", "814", "900", "3350", **_CENTER),
        },
    ),
    Good(
        "grabber",
        "board",
        "Lion City Instruments",
        "FG-2 frame grabber",
        "EAR99",
        "Frame grabber made in Singapore",
        {"item.form": "other", "item.us_origin": False, "item.located_in_us": False},
    ),
    Good(
        "gaafet",
        "technology",
        "Example Systems",
        "GAA process notes",
        "3E905",
        "Technology for gate-all-around transistors",
        {"item.form": "technology", "item.level": "none", "item.us_origin": True, "item.located_in_us": True},
    ),
)
