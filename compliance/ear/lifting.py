"""Which authorizations can lift which kind of requirement; whether one does is for its own rules to say.

License exceptions overcome General Prohibitions 1 to 3 and 8, never 4, 7, 9 or 10 (15 CFR 736.2, 740.1(a)). Each
requirement names one of these sets in ``overcome_by``; conditions that depend on day, item or place stay with the
exception itself (the modules ``rules/part_740_*.py``).
"""

from __future__ import annotations

ADVANCED = ("NAC", "ACA", "TMP", "RPL", "GOV", "TSU", "HBM", "AIA", "ACM", "LPP", "TGL", "VEU")
"""742.6(a)(6)(iii): advanced computing items by destination."""

ADVANCED_HEADQUARTERS = ("NAC", "TMP", "RPL", "GOV", "TSU", "HBM", "TGL")
"""742.6(a)(6)(iii)(A) and 744.23(a)(3)(i): advanced computing items to parties from a D:5 country or Macau."""

MEMORY = ("HBM", "TMP", "RPL", "GOV", "TSU", "ACM", "TGL")
"""742.6(a)(6)(i)(B): 3A090.c."""

EQUIPMENT = ("GOV", "VEU")
"""742.4(a)(4), 742.6(a)(6)(i)(A): the equipment set to D:5 or Macau (740.2(a)(9)(i))."""

WORLDWIDE_EQUIPMENT = ("IEC", "TMP", "RPL", "GOV", "TSU", "GO6")
"""742.4(a)(5), 742.6(a)(10) (740.2(a)(22)) and General Order No. 6, whose items are the same."""

CHART = ("NAC", "ACA", "TMP", "RPL", "GOV", "TSU", "HBM", "IEC", "AIA", "ACM", "LPP", "VEU")
"""738.4: a column of the Country Chart. Exceptions beside these (LVS, GBS, ENC, STA) are named and left to a person."""

AFFILIATES = ("GO7",)
"""744.11(a)(1), 744.21(a)(3): the affiliates of listed parties (never 744.8)."""

RESTRICTED_FABS = ("RFF",)
"""744.11: an Entity List entry that names 740.26."""

MILITARY = ("GOV",)
"""744.21(c): paragraphs (b)(2)(i) and (ii) of GOV, which the exception itself asks for."""

UNASKED = frozenset({"NAC", "ACA", "TGL", "TGL1"})
"""What is examined although nobody said that he relies on it."""


def examined(relied_on: str | None) -> frozenset[str]:
    """Return what is examined at all: the few that always are, and what somebody relies on."""
    return UNASKED if relied_on is None else UNASKED | {relied_on}
