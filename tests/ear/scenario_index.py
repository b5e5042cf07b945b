"""The scenarios by provision, for the pages of the rulebook: the product knows what tests a provision without tests.

python -m tests.ear.scenario_index          fails when the kept index is not that of the scenarios
python -m tests.ear.scenario_index --write  writes it
"""

from __future__ import annotations

import json
import sys
from typing import Any

from compliance.ear import ORDER, Answer, the_book
from compliance.ear.law import HERE
from tests.ear.scenarios import all_scenarios

INDEX = HERE / "scenarios_index.json"
MOST = 60
"""How many scenarios are named for one provision; the count says how many there are."""


def build() -> dict[str, Any]:
    """Return scenarios, and per rule and parameter which of them test it; per rule the parameters it was seen to cite.

    A rule is tested by a scenario that expects an answer of it, or expects what only its finding can have made; a
    parameter by one that names it, or whose expected rules cite it.
    """
    rules, parameters = {rule.name for rule in ORDER}, set(the_book().parameters)
    places: dict[tuple[str, str, str], int] = {}
    tested: dict[str, dict[int, None]] = {}
    cites: dict[str, set[str]] = {}
    for scenario in all_scenarios():
        place = places.setdefault((scenario.file, scenario.name, scenario.on.isoformat()), len(places))
        answer = scenario.determine()
        expected = set(scenario.expect) & rules
        for finding in answer.findings:
            named = {cited.parameter for cited in finding.relied_on} & parameters
            cites.setdefault(finding.rule, set()).update(named)
            if finding.rule in expected:
                tested.setdefault(finding.rule, {})[place] = None
            if finding.rule in expected and finding.answer is not Answer.UNKNOWN:
                for name in named:
                    tested.setdefault(name, {})[place] = None
        for name in set(scenario.relied_on) & parameters:
            tested.setdefault(name, {})[place] = None
    shown = {name: sorted(found) for name, found in sorted(tested.items())}
    used = sorted({place for found in shown.values() for place in found[:MOST]})
    renumbered = {place: number for number, place in enumerate(used)}
    listed = sorted(places, key=places.__getitem__)
    return {
        "scenarios": [list(listed[place]) for place in used],
        "of": {
            name: {"count": len(found), "named": [renumbered[place] for place in found[:MOST]]}
            for name, found in shown.items()
        },
        "cites": {name: sorted(found) for name, found in sorted(cites.items()) if found},
        "written": len(places),
    }


def text() -> str:
    """Return the index as it is kept: one provision and one scenario per line, so that changes read well."""
    built = build()
    lines = ["{", '"scenarios": [']
    lines += [",\n".join(json.dumps(one, ensure_ascii=False) for one in built["scenarios"]), "],"]
    for part in ("of", "cites"):
        rows = (f"{json.dumps(name)}: {json.dumps(found)}" for name, found in built[part].items())
        lines += [f'"{part}": {{', ",\n".join(rows), "},"]
    return "\n".join([*lines, f'"written": {built["written"]}', "}"]) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        INDEX.write_text(text(), "utf-8")
    elif INDEX.read_text("utf-8") != text():
        sys.exit("compliance/ear/scenarios_index.json is not that of the scenarios: run with --write.")
