"""The two-letter code behind a country as a list names it, after Unicode CLDR and OFAC's own spelling."""

from __future__ import annotations

from functools import cache

from babel import Locale

# As OFAC, METI and other keepers write them, where that differs from CLDR's English name.
_AS_WRITTEN = {
    "bahamas, the": "BS", "burma": "MM", "congo, democratic republic of the": "CD", "congo, republic of the": "CG",
    "cote d ivoire": "CI", "cote d'ivoire": "CI", "czech republic": "CZ", "hong kong": "HK", "korea, north": "KP",
    "korea, south": "KR", "democratic people's republic of korea": "KP", "republic of korea": "KR", "macau": "MO",
    "macao": "MO", "netherlands antilles": "CW", "palestinian": "PS", "region: gaza": "PS", "west bank": "PS",
    "region: crimea": "UA", "region: kafia kingi": "SD", "region: northern mali": "ML", "the gambia": "GM",
    "turkey": "TR", "virgin islands, british": "VG", "prc": "CN", "people's republic of china": "CN", "uk": "GB",
    "usa": "US", "united states of america": "US", "uae": "AE", "russian federation": "RU",
    "islamic republic of iran": "IR", "syrian arab republic": "SY", "viet nam": "VN", "lao pdr": "LA",
    "saint kitts and nevis": "KN", "saint vincent and the grenadines": "VC", "trinidad and tobago": "TT",
    "bosnia and herzegovina": "BA", "islamic republic of afghanistan": "AF", "arab republic of egypt": "EG",
    "islamic republic of pakistan": "PK", "republic of lebanon": "LB", "lebanese republic": "LB",
    "republic of yemen": "YE", "state of israel": "IL", "hashemite kingdom of jordan": "JO", "republic of iraq": "IQ",
    "kingdom of saudi arabia": "SA", "republic of turkey": "TR", "republic of türkiye": "TR", "republic of india": "IN",
    "republic of belarus": "BY", "republic of the union of myanmar": "MM", "state of qatar": "QA",
    "state of kuwait": "KW", "sultanate of oman": "OM", "kingdom of bahrain": "BH", "republic of singapore": "SG",
    "bolivarian republic of venezuela": "VE", "republic of cuba": "CU", "state of libya": "LY",
    "republic of the sudan": "SD", "socialist republic of viet nam": "VN", "republic of the philippines": "PH",
}  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    territories = Locale.parse("en").territories
    named = {name.casefold(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}
    return named | _AS_WRITTEN


@cache
def names_of(code: str) -> tuple[str, ...]:
    """Return a two-letter code and the English names it goes by, or the code alone where it is none."""
    return (code, *(name for name, known in _codes().items() if known == code))


def country_code(text: str) -> str:
    """Return the ISO 3166-1 two-letter code of a country as written, or an empty string where it is not one."""
    told = " ".join(text.split())
    if len(told) == 2 and told.isascii() and told.isalpha():
        return told.upper()
    return _codes().get(told.casefold(), "")
