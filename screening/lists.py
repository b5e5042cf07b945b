"""The lists: those the Consolidated Screening List holds, those that are loaded beside it, and what no list says."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ListInfo:
    """A list of parties: its code, its name, who keeps it; ``why`` is said where it is not searched."""

    code: str
    title: Promise | str
    keeper: Promise | str = ""
    why: Promise | str = ""


BIS, TREASURY, STATE = _("Bureau of Industry and Security"), _("Department of the Treasury"), _("Department of State")
DEFENSE, HOMELAND = _("Department of Defense"), _("Department of Homeland Security")

SEARCHED: tuple[ListInfo, ...] = (
    ListInfo("EL", _("Entity List"), BIS),
    ListInfo("UVL", _("Unverified List"), BIS),
    ListInfo("MEU", _("Military End-User List"), BIS),
    ListInfo("DPL", _("Denied Persons List"), BIS),
    ListInfo("SDN", _("Specially Designated Nationals"), TREASURY),
    ListInfo("CMIC", _("Chinese Military-Industrial Complex Companies List"), TREASURY),
    ListInfo("SSI", _("Sectoral Sanctions Identifications List"), TREASURY),
    ListInfo("MBS", _("Menu-Based Sanctions List"), TREASURY),
    ListInfo("CAP", _("Correspondent Account or Payable-Through Account Sanctions List"), TREASURY),
    ListInfo("PLC", _("Palestinian Legislative Council List"), TREASURY),
    ListInfo("FSE", _("Foreign Sanctions Evaders List"), TREASURY),
    ListInfo("ISN", _("Nonproliferation Sanctions"), STATE),
    ListInfo("DTC", _("AECA Debarred List"), STATE),
)
"""What the Consolidated Screening List holds."""

BESIDE: tuple[ListInfo, ...] = (
    ListInfo(
        "1260H",
        _("Section 1260H list of Chinese military companies"),
        DEFENSE,
        _("Published by the Department of Defense outside the Consolidated Screening List."),
    ),
    ListInfo(
        "1286",
        _("Section 1286 list of foreign institutions"),
        DEFENSE,
        _("Published by the Department of Defense outside the Consolidated Screening List."),
    ),
    ListInfo(
        "UFLPA",
        _("UFLPA Entity List"),
        HOMELAND,
        _("Published by the Department of Homeland Security; concerns imports, yet tells of a party."),
    ),
    ListInfo(
        "METI",
        _("Foreign End User List of Japan (METI)"),
        _("Ministry of Economy, Trade and Industry of Japan"),
        _("Kept by Japan's Ministry of Economy, Trade and Industry."),
    ),
    ListInfo("INT", _("Internal list"), _("this organization"), _("No list of the organization's own is loaded.")),
)
"""Lists with a file of their own. Each is searched once it is loaded, and named as not searched until then."""

NOT_LOADED = _("No file that holds it is loaded.")
"""Why a list that the consolidated file holds is not searched."""

NEVER_SEARCHED: tuple[tuple[Promise, Promise], ...] = (
    (_("Lists of the European Union, the United Kingdom and the United Nations"), _("Kept by other authorities.")),
    (
        _("Ownership by listed parties"),
        _("No list names the companies that listed parties own. Owners must be entered as parties to be screened."),
    ),
)

SOURCES: dict[str, Promise | str] = {
    "csl": _("Consolidated Screening List"),
    "ofac": _("Specially Designated Nationals, OFAC's own files"),
    "dpl": _("Denied Persons List, the file of BIS"),
    "1260h": BESIDE[0].title,
    "1286": BESIDE[1].title,
    "uflpa": BESIDE[2].title,
    "meti": BESIDE[3].title,
    "internal": BESIDE[4].title,
}
"""The name of every source of ``screening.sources`` in the reader's language."""

CORE = ("EL", "MEU", "UVL", "DPL", "SDN")
"""Lists that every search has to cover: one without any of them answers a part of the question only."""

LISTS = (*SEARCHED, *BESIDE)
"""Every list that can be searched, in the order in which they are shown."""

_KNOWN = {info.code: info for info in LISTS}


def list_title(code: str) -> Promise | str:
    """Return the name of a list in the reader's language; an unknown code is its own name."""
    info = _KNOWN.get(code)
    return info.title if info else code


def list_keeper(code: str) -> Promise | str:
    """Return who keeps a list; nothing for an unknown code."""
    info = _KNOWN.get(code)
    return info.keeper if info else ""


def list_place(code: str) -> tuple[int, str]:
    """Return where a list stands in the order of the lists; unknown codes come last, by their letters."""
    return (list(_KNOWN).index(code) if code in _KNOWN else len(_KNOWN), code)
