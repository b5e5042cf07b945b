"""The proof file of a determination: everything that `tools/check_proof.py` needs to verify it without this program.

The body that was digested stands in it whole; the chain's entry about it with its own text, its neighbours and the way
to the next seal by their digests alone, because what other cases say is not this reader's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from audit.chain import canonical

from .stored import READINGS, digest_of, facts_digest

FORMAT = "gatehouse-proof/1"
Data = Mapping[str, Any]


def proof_of(
    body: Data, *, digest: str, about: Data, outcome: str, screening: Data | None, chain: Data
) -> dict[str, Any]:
    """Build the proof. ``about`` names case, determination and who made it; ``chain`` is what :func:`chain_of` gave."""
    lines = body["lines"]
    proof = {
        "format": FORMAT,
        "about": dict(about),
        "body": dict(body),
        "digest": digest,
        "outcome": outcome,
        "facts_digest": facts_digest(lines),
        "determinations": [
            {"line": place, "reading": reading, "outcome": line[reading]["outcome"], "digest": digest_of(line[reading])}
            for place, line in enumerate(lines, 1)
            for reading in READINGS
        ],
        "parameters": parameters_of(lines),
        "screening": dict(screening) if screening else None,
        "chain": dict(chain),
    }
    return {**proof, "sha256": hashlib.sha256(canonical(proof).encode()).hexdigest()}


def parameters_of(lines: Sequence[Data]) -> list[Data]:
    """Return every dated line of law the findings rely on, once, in canonical order."""
    found = {
        canonical(cited): cited
        for line in lines
        for reading in READINGS
        for finding in line[reading]["findings"]
        for cited in finding["relied_on"]
    }
    return [found[key] for key in sorted(found)]
