#!/usr/bin/env python3
"""Check a proof file of a Gatehouse determination, offline, with nothing but Python 3.9 or later.

    python check_proof.py proof.json [--seal DIGEST]

Every digest is computed again: of the determination, its facts, each reading, and the entry of the evidence chain
that tells of it. Entries of other cases between that entry and the day's seal are not in the file; of them only the
order of their digests is checked, and the check says so. Whoever changes a file can compute its digests anew, so the
strongest check is against the seal your organization received by mail on that day: give its digest with --seal.

Exit code 0: everything holds; 1: something does not; 2: this is no proof file.
校验Gatehouse判定的证明文件，可离线运行，只需Python 3.9或更高版本。退出码0：全部成立；1：有不成立之处；2：不是证明文件。
"""

import argparse
import hashlib
import json
import sys

FORMAT = "gatehouse-proof/1"
READINGS = ("codified", "enforced")
STRICTNESS = (
    "not_subject",
    "no_license_required",
    "license_exception",
    "general_license",
    "undetermined",
    "license_required",
    "prohibited",
)
GENESIS = "0" * 64

WORDS = {
    "file": ("The file is as it was written.", "文件自生成后未被改动。"),
    "digest": ("The determination has the digest it is kept under.", "判定内容与其存档摘要一致。"),
    "facts": ("The facts have their digest.", "事实与其摘要一致。"),
    "readings": ("Every determination has its digest and its outcome.", "每项判定与其摘要及结论一致。"),
    "outcome": ("The outcome follows from the outcomes of all lines.", "结论由各行结论得出。"),
    "rulebook": ("Every determination names the same rulebook.", "各项判定依据同一规则库。"),
    "parameters": ("The parameters listed are those the findings rely on.", "所列参数即各项认定所依据者。"),
    "screening": ("The list snapshots are those of the screening.", "名单快照与筛查所用一致。"),
    "entry": (
        "An entry of the evidence tells of this determination, and its digest follows.",
        "证据链中有关于本判定的条目，其摘要正确。",
    ),
    "told": (
        "The entry tells the same case, outcome, rulebook and digest.",
        "该条目所述案件、结论、规则库和摘要均一致。",
    ),
    "links": ("The entries before and after are linked to it.", "前后条目与其相连。"),
    "seal": ("The way to the seal is without a gap and ends in it.", "至封存点的链路没有缺口，并止于封存点。"),
    "given_seal": ("The seal is the one you received.", "封存摘要与您收到的一致。"),
}
UNSEALED = (
    "No seal followed yet when this file was made: only the organization's own word stands behind the chain.",
    "生成本文件时尚无后续封存：证据链仅有该组织自身为凭。",
)
BETWEEN = (
    "Of {n} entries of other matters on the way, only the order of their digests was checked; their texts are not here.",
    "途中有{n}个其他事项的条目，仅核对其摘要的次序；其文本不在本文件中。",
)
HOLDS = ("VERDICT: the proof holds.", "结论：证明成立。")
BROKEN = ("VERDICT: the proof does NOT hold.", "结论：证明不成立。")
NO_PROOF = ("This is no proof file of a determination", "这不是判定的证明文件")


def canonical(data):
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def strictest(outcomes):
    return max(outcomes, key=STRICTNESS.index)


def follows(previous, entry):
    return entry["sequence"] == previous["sequence"] + 1 and entry["previous"] == previous["digest"]


def check(proof, seal=None):
    """Yield (what, whether it holds, a remark in both languages or None)."""
    rest = {name: value for name, value in proof.items() if name != "sha256"}
    yield "file", sha256(canonical(rest)) == proof["sha256"], None
    yield from check_body(proof)
    entry = proof["chain"]["entry"]
    yield "entry", entry is not None and sha256(entry["previous"] + "\n" + entry["text"]) == entry["digest"], None
    if entry is not None:
        yield "told", tells_of(json.loads(entry["text"]), proof), None
        yield from check_way(proof["chain"], seal)


def check_body(proof):
    """Yield what was digested: facts, readings, outcome, rulebook, parameters and list snapshots."""
    body = proof["body"]
    lines = body["lines"]
    every = [(place, name, line[name]) for place, line in enumerate(lines, 1) for name in READINGS]
    yield "digest", sha256(canonical(body)) == proof["digest"], None
    facts = sha256(canonical({"facts": [line["facts"] for line in lines]}))
    yield "facts", facts == proof["facts_digest"], None
    told = [
        {"line": place, "reading": name, "outcome": one["outcome"], "digest": sha256(canonical(one))}
        for place, name, one in every
    ]
    named = all(one["on"] == body["on"] and one["reading"] == name for _place, name, one in every)
    yield "readings", bool(lines) and named and told == proof["determinations"], None
    outcomes = {name: strictest(line[name]["outcome"] for line in lines) for name in READINGS}
    governing = strictest(outcomes.values()) if body["governing"] == "stricter" else outcomes["enforced"]
    yield "outcome", outcomes == body["outcomes"] and governing == proof["outcome"], None
    yield "rulebook", all(one["rulebook"] == body["rulebook"] for _place, _name, one in every), None
    relied = {
        canonical(cited)
        for _place, _name, one in every
        for finding in one["findings"]
        for cited in finding["relied_on"]
    }
    yield "parameters", sorted(relied) == [canonical(one) for one in proof["parameters"]], None
    searched = proof["screening"]["snapshots"] if proof["screening"] else []
    yield "screening", sorted(searched) == sorted(body["snapshots"]), None


def tells_of(said, proof):
    """Whether an entry of the chain tells of this determination: its case, number, digest, outcome and rulebook."""
    about, payload = proof["about"], said["payload"]
    return (
        said["sequence"] == proof["chain"]["entry"]["sequence"]
        and said["subject"] == about["subject"]
        and about["subject"].endswith(about["case"])
        and payload.get("determination") == about["determination"]
        and payload.get("digest") == proof["digest"]
        and payload.get("outcome") == proof["outcome"]
        and payload.get("rulebook") == proof["body"]["rulebook"]
    )


def check_way(chain, seal):
    """Yield whether the entries are linked, and the way to the seal whole."""
    before = chain["before"] or {"sequence": 0, "digest": GENESIS}
    way = [before, chain["entry"], *chain["after"]]
    yield "links", all(follows(one, other) for one, other in zip(way, way[1:])), None
    kept = chain["seal"]
    if kept is None:
        yield "seal", None, UNSEALED
    else:
        end = way[-1]
        between = len(chain["after"])
        holds = (kept["sequence"], kept["digest"]) == (end["sequence"], end["digest"])
        yield "seal", holds, tuple(words.format(n=between) for words in BETWEEN) if between else None
    if seal is not None:
        yield "given_seal", kept is not None and kept["digest"] == seal.strip().lower(), None


def main():
    parser = argparse.ArgumentParser(description="Check a proof file of a determination. 校验判定的证明文件。")
    parser.add_argument("file")
    parser.add_argument("--seal", help="digest of the seal you received 您收到的封存摘要")
    asked = parser.parse_args()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        with open(asked.file, encoding="utf-8") as source:
            proof = json.load(source)
        if not isinstance(proof, dict) or proof.get("format") != FORMAT:
            raise ValueError("format")
        found = list(check(proof, asked.seal))
        head = "{case}, {number} ({on}): {outcome}".format(
            case=proof["about"]["case"],
            number=proof["about"]["number"],
            on=proof["body"]["on"],
            outcome=proof["outcome"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        for words in NO_PROOF:
            print("{}: {}: {}".format(asked.file, words, error))
        return 2
    print(head)
    for what, holds, remark in found:
        mark = {True: "ok", False: "NO", None: "--"}[holds]
        english, chinese = WORDS[what] if holds is not None else remark
        print("  [{}] {} {}".format(mark, english, chinese))
        if remark and holds is not None:
            print("       {} {}".format(*remark))
    whole = all(holds is not False for _what, holds, _remark in found)
    for words in HOLDS if whole else BROKEN:
        print(words)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
