"""nomenklatura's logic-v2 on the queries of screening_peers.py. Runs in an environment of its own, on plain files.

Candidates are the fifty entries whose names are nearest by character trigrams (TF-IDF), as a search engine in front of
it would hand over; the score of an entry is that of logic-v2. The time of both is counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from followthemoney import model
from nomenklatura.matching import get_algorithm
from nomenklatura.matching.types import ScoringConfig
from normality import ascii_text
from sklearn.feature_extraction.text import TfidfVectorizer

SCHEMA = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane", "entity": "Organization"}
CANDIDATES = 50


def latin(text: str) -> str:
    """Names of other scripts in Latin letters, so that candidates are found for them too."""
    return (ascii_text(text) or text).casefold()


def entity(number: str, names: list[str], countries: list[str], kind: str) -> object:
    schema = SCHEMA.get(kind.casefold(), "LegalEntity")
    made = model.make_entity(schema)
    made.id = number
    for name in names:
        made.add("name", name)
    for country in countries:
        made.add("flag" if schema == "Vessel" else "country", country.lower(), quiet=True)
    return made


def main(told_path: str, answered_path: str) -> None:
    told = json.loads(Path(told_path).read_text())
    start = time.process_time()
    entries, of_name, names = [], [], []
    for number, listed, countries, kind in told["entries"]:
        for name in listed:
            names.append(latin(name))
            of_name.append(len(entries))
        entries.append(entity(number, listed, countries, kind))
    owner = np.array(of_name)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    table = vectors.fit_transform(names).T.tocsr()
    build = time.process_time() - start
    algorithm, config = get_algorithm("logic-v2"), ScoringConfig.defaults()
    rows, ms, cpu = {}, [], []
    kinds = {"organization": "entity", "person": "individual", "vessel": "vessel", "aircraft": "aircraft"}
    for qid, text, country, kind in told["queries"]:
        start, used = time.perf_counter(), time.process_time()
        near = np.asarray((vectors.transform([latin(text)]) @ table).todense()).ravel()
        chosen: dict[int, None] = {}
        top = np.argpartition(-near, 3 * CANDIDATES)[: 3 * CANDIDATES]
        for at in top[np.argsort(-near[top])]:
            if near[at] > 0 and len(chosen) < CANDIDATES:
                chosen[int(owner[at])] = None
        asked = entity(f"q-{qid}", [text], [country] if country else [], kinds.get(kind, kind))
        scored = [(entries[at].id, algorithm.compare(asked, entries[at], config).score) for at in chosen]
        ms.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - used) * 1000)
        rows[qid] = sorted(scored, key=lambda one: -one[1])[:30]
    Path(answered_path).write_text(json.dumps({"rows": rows, "ms": ms, "cpu": cpu, "build": build}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
