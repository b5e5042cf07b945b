"""The lists: those the Consolidated Screening List holds, and those this program does not search and says so."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ListInfo:
    """A list of parties: its code, its name, who keeps it."""

    code: str
    title: Promise | str
    keeper: Promise | str = ""


BIS, TREASURY, STATE = _("Bureau of Industry and Security"), _("Department of the Treasury"), _("Department of State")

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

NOT_SEARCHED: tuple[tuple[Promise, Promise], ...] = (
    (
        _("Section 1260H list of Chinese military companies"),
        _("Published by the Department of Defense outside the Consolidated Screening List."),
    ),
    (
        _("Section 1286 list of foreign institutions"),
        _("Published by the Department of Defense outside the Consolidated Screening List."),
    ),
    (
        _("UFLPA Entity List"),
        _("Published by the Department of Homeland Security; concerns imports, yet tells of a party."),
    ),
    (_("Foreign End User List of Japan (METI)"), _("Kept by Japan's Ministry of Economy, Trade and Industry.")),
    (_("Lists of the European Union, the United Kingdom and the United Nations"), _("Kept by other authorities.")),
    (
        _("Ownership by listed parties"),
        _("No list names the companies that listed parties own. Owners must be entered as parties to be screened."),
    ),
)

_KNOWN = {info.code: info for info in SEARCHED}


def list_title(code: str) -> Promise | str:
    """Return the name of a list in the reader's language; an unknown code is its own name."""
    info = _KNOWN.get(code)
    return info.title if info else code
