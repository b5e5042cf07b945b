"""Cut the one font the printed files use out of Noto Sans CJK SC: Latin, Greek, Cyrillic, kana, GB 2312 and more.

A tool for whoever keeps the font, not part of the running product: it needs ``fonttools`` and the font collection
(package fonts-noto-cjk on Debian).

python static/fonts/subset.py NotoSansCJK-Regular.ttc

It writes ``GatehouseSans-Regular.otf`` and ``GatehouseSans-Regular.coverage.txt``, the ranges the font can print, which
the product reads to find the characters it has to write out in another way.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = Path(__file__).resolve().parent
NAME = "Gatehouse Sans"
FILE = HERE / "GatehouseSans-Regular.otf"
COVERAGE = HERE / "GatehouseSans-Regular.coverage.txt"

# Latin with its accents, Greek, Cyrillic, punctuation, arrows, figures, shapes, kana, full-width forms.
BLOCKS = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x02B0, 0x02FF), (0x0300, 0x036F), (0x0370, 0x03FF), (0x0400, 0x045F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x21FF),
    (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x25A0, 0x25FF), (0x2600, 0x260F), (0x2700, 0x27BF),
    (0x3000, 0x30FF), (0x3220, 0x3243), (0xFF00, 0xFFEF),
)  # fmt: skip


def wanted() -> set[int]:
    """Return the code points to keep."""
    kept = {point for first, last in BLOCKS for point in range(first, last + 1)}
    kept |= _double_byte("gb2312")
    # Names of the region are also written in traditional characters and in hangul: those in daily use.
    kept |= {point for point in _double_byte("big5") if 0x3400 <= point <= 0x9FFF}
    kept |= {point for point in _double_byte("euc_kr") if 0xAC00 <= point <= 0xD7AF}
    return kept


def _double_byte(encoding: str) -> set[int]:
    """Return the characters of a two-byte encoding; of Big5 only its first level, the 5,401 in daily use."""
    last = 0xC6 if encoding == "big5" else 0xF7
    pairs = (bytes((high, low)) for high in range(0xA1, last + 1) for low in range(0x40, 0xFF))
    signs = (pair.decode(encoding, errors="ignore") for pair in pairs)
    return {ord(sign) for sign in signs if len(sign) == 1 and sign > "\x7f"}


def main(collection: str) -> None:
    font = next(one for one in TTCollection(collection).fonts if one["name"].getDebugName(1).endswith("CJK SC"))
    options = subset.Options()
    options.layout_features = ["ccmp", "kern", "mark", "mkmk"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 11, 13, 14]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    _rename(font)
    font.save(FILE)
    points = sorted(font.getBestCmap())
    ranges = _ranges(points)
    lines = (" ".join(ranges[place : place + 12]) for place in range(0, len(ranges), 12))
    COVERAGE.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size:,} bytes, {len(points):,} characters\n")


def _rename(font: object) -> None:
    """Give the cut font a name of its own: it is not the whole of Noto, and must not be taken for it."""
    new = {1: NAME, 2: "Regular", 3: "GatehouseSans-Regular", 4: NAME, 6: "GatehouseSans-Regular", 16: NAME}
    for record in font["name"].names:  # type: ignore[index]
        if record.nameID in new:
            record.string = new[record.nameID]
    cff = font["CFF "].cff  # type: ignore[index]
    cff.fontNames = ["GatehouseSans-Regular"]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = NAME, NAME


def _ranges(points: list[int]) -> list[str]:
    found: list[list[int]] = []
    for point in points:
        if found and point == found[-1][1] + 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return [f"{first:04X}" if first == last else f"{first:04X}-{last:04X}" for first, last in found]


if __name__ == "__main__":
    main(sys.argv[1])
