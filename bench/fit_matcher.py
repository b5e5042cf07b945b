"""Fit the weights of the matcher to queries with known answers, each weight held to the sign its sentence promises.

    python bench/fit_matcher.py LIST.csv[.gz] QUERIES.csv

Queries: columns query, country, expected_entity_ids (separated by ``;``, empty when nobody is meant). Prints the table
for ``screening/matching/score.py`` and the log loss on folds that were left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from screening.matching.features import FEATURES
from screening.matching.index import Entry, Index
from screening.matching.names import forms
from screening.matching.score import Who, _lay, _odds, _worth_aligning, signals
from screening.sources import SOURCES

AGAINST = {
    "letters_differ", "our_rare_word_missing", "listed_rare_word_missing", "only_common_words_shared",
    "numbers_disagree", "one_word_only", "legal_forms_disagree", "countries_disagree", "one_listed_word_inside",
    "kinds_disagree", "each_has_own_words", "short_names_differ", "only_alike_elsewhere", "short_word_alone",
}  # fmt: skip
FREE = {"read_from_chinese", "read_from_head"}
LEAST = {"only_common_words_shared": -1.5, "short_names_differ": -0.8}
"""What these count against a match at the least: a name must not score on ordinary or short words alone."""
NAMES = [f.__name__ for f in FEATURES]


def load(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def examples(index, ids, names, queries):
    """Return signals, answers, weights and query numbers, of queries and of listed names asked for without themselves.

    A listed name whose own entry is left out is a question with no right answer, and a hard one: its neighbours on the
    list are what a search must stay quiet about.
    """
    xs, ys, ws, groups = [], [], [], []

    def gather(number, who, expected, left_out, weight):
        best = {}
        for reading in forms(who.names[0]):
            for listed in _worth_aligning(reading, index.propose(reading)):
                key = ids[listed.row]
                if key in left_out:
                    continue
                pair = _lay(who, reading, listed, index, frozenset(who.countries))
                found = signals(pair)
                rank = _odds(found)
                if key not in best or rank > best[key][0]:
                    best[key] = (rank, [found[n] for n in NAMES], pair.letters)
        right = [v for k, v in best.items() if k in expected]
        if right:
            top = max(right, key=lambda v: v[0])
            xs.append(top[1]), ys.append(1), ws.append(weight), groups.append(number)
        for k, v in sorted(best.items(), key=lambda kv: -kv[1][0])[:12]:
            # Nearly the same letters under another number may be the same party listed twice: no lesson there.
            if k not in expected and not (left_out and v[2] > 0.88):
                xs.append(v[1]), ys.append(0), groups.append(number)
                ws.append(weight * (0.35 if expected else 1.0))

    for number, query in enumerate(queries):
        expected = set(filter(None, query["expected_entity_ids"].split(";")))
        countries = tuple(filter(None, [query["country"].upper()]))
        gather(number, Who((query["query"],), countries=countries), expected, set(), 1.0)
    chosen = random.Random(7).sample(range(len(ids)), 700)
    for number, row in enumerate(chosen, start=len(queries)):
        if names[row]:
            same = {ids[listed.row] for listed in index.propose(forms(names[row][0])[0]) if _same(listed, names[row])}
            gather(number, Who((names[row][0],)), set(), same | {ids[row]}, LISTED)
    return np.array(xs), np.array(ys), np.array(ws), np.array(groups)


LISTED = 0.15
"""What a listed name asked for without itself counts, beside a real query."""


def _same(listed, names):
    return any(found.squashed == listed.squashed for name in names for found in forms(name))


def fit(x, y, w, ridge=0.003):
    bounds = [(-15, 5)] + [(-6, 6) if n in FREE else (-8, LEAST.get(n, 0)) if n in AGAINST else (0, 8) for n in NAMES]

    def loss(theta):
        z = theta[0] + x @ theta[1:]
        value = np.sum(w * (np.logaddexp(0, z) - y * z)) / w.sum() + ridge * np.sum(theta[1:] ** 2) / 100
        error = w * (1 / (1 + np.exp(-z)) - y) / w.sum()
        return value, np.concatenate([[error.sum()], x.T @ error + 2 * ridge * theta[1:] / 100])

    return minimize(
        loss, np.zeros(len(NAMES) + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000}
    ).x


HARDEST, QUIET = 1, 3.0
"""Wrong candidates of a query that count in full, and what those of a query with no right answer count for."""


def hardest(theta, x, y, w, groups, quiet):
    """Return weights under which the wrong candidates that come nearest count most: they are what raises an alarm."""
    z, weights = theta[0] + x @ theta[1:], w.copy()
    for query in np.unique(groups):
        wrong = np.flatnonzero((groups == query) & (y == 0))
        weights[wrong[np.argsort(-z[wrong])][HARDEST:]] *= 0.1
        if query in quiet:
            weights[wrong] *= QUIET
    return weights


def fit_twice(x, y, w, groups, quiet):
    first = fit(x, y, w)
    return fit(x, y, hardest(first, x, y, w, groups, quiet))


def main(list_path: str, query_path: str) -> None:
    entries = SOURCES[0].parse(io.BytesIO(load(Path(list_path)))).entries
    index = Index.build(
        Entry(n, e.names, e.addresses, e.countries, e.identifiers, e.kind.casefold()) for n, e in enumerate(entries)
    )
    with Path(query_path).open(encoding="utf-8-sig", newline="") as stream:
        queries = list(csv.DictReader(stream))
    x, y, w, groups = examples(index, [e.entity_id for e in entries], [e.names for e in entries], queries)
    quiet = {number for number, query in enumerate(queries) if not query["expected_entity_ids"]}
    out = []
    for fold in range(5):
        held = groups % 5 == fold
        theta = fit_twice(x[~held], y[~held], w[~held], groups[~held], quiet)
        z = theta[0] + x[held] @ theta[1:]
        out.append(float(np.sum(w[held] * (np.logaddexp(0, z) - y[held] * z)) / w[held].sum()))
    theta = fit_twice(x, y, w, groups, quiet)
    print(f"examples {len(y)}, right {int(y.sum())}, log loss on folds left out {np.mean(out):.4f}")
    print(f"BIAS = {theta[0]:.2f}")
    print("WEIGHTS: dict[str, float] = {")
    for name, value in zip(NAMES, theta[1:], strict=True):
        print(f'    "{name}": {value:.2f},')
    print("}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
