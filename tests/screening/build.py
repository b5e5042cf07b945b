"""List files as the tests need them: small, written here, in the published layouts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

COLUMNS = [
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice",
    "start_date", "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type",
    "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url",
    "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
]  # fmt: skip

ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
UNVERIFIED = "Unverified List (UVL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"


def row(name: str, **told: Any) -> dict[str, str]:
    """One row of the list; what is not told is empty, and the id follows from the name."""
    base = {"_id": f"id-{name[:40]}", "source": ENTITY_LIST, "name": name}
    return dict.fromkeys(COLUMNS, "") | base | told


def csv_text(rows: list[dict[str, str]], columns: list[str] = COLUMNS, **dialect: Any) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, quoting=csv.QUOTE_ALL, lineterminator="\n", extrasaction="ignore", **dialect)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def json_text(results: list[dict[str, Any]], **told: Any) -> str:
    return json.dumps({"results": results, "offset": 0, "total": len(results)} | told, ensure_ascii=False)


def file_of(directory: Path, rows: list[dict[str, str]], name: str = "list.csv") -> Path:
    path = directory / name
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


FORTY = [
    row(
        f"{first} {second} Works Co., Ltd.",
        addresses=f"{number} River Road, Wuhan, CN",
        federal_register_notice="88 FR 1",
    )
    for number, (first, second) in enumerate(
        (first, second)
        for first in ("Amberly", "Brontix", "Cordovan", "Delphar", "Estrogal", "Fanwick", "Gortham", "Heliqua")
        for second in ("Quorvel", "Ristano", "Sumbric", "Tandoora", "Uvlenko")
    )
]
"""Forty entries of the Entity List, enough for a list to be measured."""

LANTERN = row(
    "Quartz Lantern Computing Co., Ltd.",
    alt_names="QLC Computing; Shiying Denglong Jisuan",
    addresses="8 Lantern Road, Hefei, Anhui, CN",
    federal_register_notice="89 FR 41886",
    start_date="2024-05-14",
    license_requirement="For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4",
    license_policy="Presumption of denial",
)

TRUE_WALK = {
    "entry": "yes",
    "kind": "same",
    "name": "whole",
    "address": "agrees",
    "country": "agrees",
    "number": "unknown",
    "dates": "unknown",
    "similarities": "several",
}
"""Answers to the questions that speak for a true match."""
