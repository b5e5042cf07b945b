"""The law as scenarios: each on its day, in its reading; and every rule and parameter is touched by one."""

from pathlib import Path

import pytest

from compliance.ear import ORDER, Answer, Determination, Reading, the_book
from tests.ear.scenarios import FOLDER, Scenario, all_scenarios

MET = {True: "met", False: "not met", None: "open"}


def answers(found: Determination, rule: str) -> str:
    """Return what a rule said; of several parties the strictest."""
    said = {finding.answer for finding in found.findings if finding.rule == rule}
    for answer in (Answer.APPLIES, Answer.UNKNOWN, Answer.DOES_NOT_APPLY):
        if answer in said:
            return answer.value.replace("_", " ")
    return "silent"


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda s: f"{s.file}: {s.name} [{s.on} {s.reading.value}]")
def test_scenario(scenario: Scenario) -> None:
    found = scenario.determine()
    policy, said = found.review_policy, {}
    for name, expected in scenario.expect.items():
        said[name] = {
            "outcome": found.outcome.value.replace("_", " "),
            "authorization": found.authorization,
            "policy": policy.policy.replace("_", " ") if policy else None,
            "aes": [code.value["code"] for code in found.aes_codes],
            "may ship": found.may_ship,
            "conditions": {c.rule: MET[c.met] for c in found.conditions},
        }.get(name)
        if name == "question":
            said[name] = (
                expected
                if expected in {q.field for q in found.questions}
                else sorted({q.field for q in found.questions})
            )
        elif name == "not encoded":
            said[name] = (
                expected if expected in {g.key for g in found.not_encoded} else [g.key for g in found.not_encoded]
            )
        elif name in RULES:
            said[name] = answers(found, name)
        elif name not in {"outcome", "authorization", "policy", "aes", "may ship", "conditions"}:
            raise AssertionError(f"no such rule or expectation: {name}")
    assert said == scenario.expect, [f"{f.rule}: {f.key}" for f in found.findings]
    cited = {c.by for f in found.findings for c in f.relied_on} | {f.cite for f in found.findings}
    assert [one for one in scenario.relied_on if one not in cited] == []


RULES = {rule.name for rule in ORDER}


def test_every_rule_is_expected_to_answer_in_some_scenario() -> None:
    expected = {name for scenario in all_scenarios() for name in scenario.expect}
    assert sorted(RULES - expected) == []


def test_every_dated_rule_has_a_scenario_on_both_sides_of_its_day() -> None:
    days: dict[str, set[bool]] = {}
    for scenario in all_scenarios():
        for rule in ORDER:
            if rule.name in scenario.expect:
                days.setdefault(rule.name, set()).add(rule.span.covers(scenario.on, scenario.reading))
    first = the_book().first_day
    dated = {rule.name for rule in ORDER if rule.span.end is not None or rule.span.effective > first}
    dated -= {"before_first_day", "after_horizon", "amendment_not_read"}
    assert sorted(name for name in dated if days.get(name) != {True, False}) == []


def test_every_parameter_is_relied_on_in_some_scenario() -> None:
    used = {cited.parameter for s in all_scenarios() for f in s.determine().findings for cited in f.relied_on}
    used |= {code.parameter for s in all_scenarios() for code in s.determine().aes_codes}
    # Read by other code of the law, or the plain list of places behind every set.
    elsewhere = {
        "part_738.countries",
        "part_740.group_a1",
        "part_740.group_b",
        "part_740.group_d2",
        "part_740.group_d3",
        "part_740.supplement_5a",
        "part_742.case_by_case_places",
        "part_774.advanced_entries",
        "part_774.related_entries",
        "part_774.z_entries",
    }
    assert sorted(set(the_book().parameters) - used - elsewhere) == []


def test_the_folders_are_the_parts_of_the_regulation() -> None:
    for path in Path(FOLDER).glob("part_*"):
        assert path.name[5:].isdigit()
    assert {scenario.reading for scenario in all_scenarios()} == set(Reading)
