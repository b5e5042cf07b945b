"""Time a changed list against our parties: 50 entries against 10,000 and 1,000,000, and check nothing is lost.

python bench/rescreen.py LIST.csv[.gz] [PARTIES ...]

Parties are invented by recombining the words of ordinary company names; one in five hundred is a mangled name of a
changed entry, so that there is something to find. With at most 20,000 parties the answer is compared with asking every
party.

On two shared cores, 2026-11-21, the list of 2026-07-31, index held open: 10,000 parties 0.15 s (asking every party
14 s, nothing lost), 1,000,000 parties 10.5 s in 830 MB. Aims: 0.3 s and 30 s.
"""

from __future__ import annotations

import gzip
import io
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screening.matching import Entry, Index, Who
from screening.matching.names import warm
from screening.matching.reverse import any_of, candidates, index_of_ours
from screening.sources import SOURCES

PIECE = 50_000
CHANGED = 50
THRESHOLD = 0.1
SYLLABLES = ("al", "ber", "cor", "dan", "el", "far", "gra", "hol", "jor", "kal", "lum", "mar", "nor", "ost", "tar")
TRADES = ("Trading", "Logistics", "Electronics", "Systems", "Machinery", "Textiles", "Foods", "Pharma", "Optics")
FORMS = ["Ltd", "GmbH", "Inc.", "Co., Ltd.", "LLC", "S.A.", "B.V.", "AG", "Pte. Ltd.", "Oy"]
PLACES = ["Oslo", "Turin", "Lyon", "Osaka", "Porto", "Leeds", "Boston", "Busan", "Dubai", "Izmir", "Gdansk", "Malmo"]


def invented(count: int, changed: list[Entry], seed: int = 7) -> Iterator[tuple[int, Who]]:
    """Yield our parties: two or three made-up words, a trade, a form; a few of them near a changed entry."""
    dice = random.Random(seed)
    for number in range(count):
        if number % 500 == 3:
            yield number, Who((_changed(dice.choice(dice.choice(changed).names), dice),))
            continue
        own = ["".join(dice.choices(SYLLABLES, k=dice.choice((2, 3)))).title() for _ in range(dice.choice((1, 2)))]
        place = [dice.choice(PLACES)] if dice.random() < 0.3 else []
        yield number, Who((" ".join([*own, dice.choice(TRADES), *place, dice.choice(FORMS)]),))


def _changed(name: str, dice: random.Random) -> str:
    """Return a name as people and registers mangle it."""
    words = name.split()
    at = dice.randrange(len(name))
    return dice.choice(
        (
            name[:at] + dice.choice("aeiou") + name[at + 1 :],
            " ".join(words[:-1] or words),
            f"{name} {dice.choice(PLACES)} Branch",
            " ".join(reversed(words)),
            "".join(words[:2]) + " " + " ".join(words[2:]),
            f"{' '.join(words[:2])} {dice.choice(TRADES)} {dice.choice(FORMS)}",
        )
    )


def main(list_path: str, sizes: list[int]) -> None:
    data = Path(list_path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    listed = [
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold())
        for n, e in enumerate(SOURCES[0].parse(io.BytesIO(data)).entries)
    ]
    whole = Index.build(listed)
    changed = [entry for entry in random.Random(3).sample(listed, CHANGED + 20) if entry.names][:CHANGED]
    warm()
    for size in sizes:
        start = time.perf_counter()
        pieces, held = [], []
        for number, who in invented(size, changed):
            held.append(Entry(number, who.names))
            if len(held) == PIECE:
                pieces.append(index_of_ours(held))
                held = []
        pieces += [index_of_ours(held)] if held else []
        print(f"{size:>9} parties: index {time.perf_counter() - start:.1f} s, {len(pieces)} pieces", flush=True)
        start = time.perf_counter()
        small = Index.build(changed, rarity=whole)
        near = candidates(changed, pieces)
        between = time.perf_counter()
        ours = {number: who for number, who in invented(size, changed) if number in near}
        asked = time.perf_counter()
        hit = {number for number, who in ours.items() if any_of(who, small, threshold=THRESHOLD)}
        took = (between - start) + (time.perf_counter() - asked)
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>9} parties: {CHANGED} changed entries in {took:.2f} s ({between - start:.2f} s to propose "
            f"{len(near)}), {len(hit)} touched; resident {resident:.0f} MB",
            flush=True,
        )
        if size <= 20_000:
            start = time.perf_counter()
            every = {n for n, who in invented(size, changed) if any_of(who, small, threshold=THRESHOLD)}
            print(
                f"{size:>9} parties: asking every party {time.perf_counter() - start:.1f} s, {len(every)} touched, "
                f"{len(every - hit)} of them not proposed"
            )


if __name__ == "__main__":
    main(sys.argv[1], [int(size) for size in sys.argv[2:]] or [10_000])
