"""Every key a rule can say exists, in both languages, with the same placeholders."""

import ast
import datetime as dt
from pathlib import Path

import pytest

from compliance import ear
from compliance.ear import FIELDS, ORDER, Facts, Reading, determine, say, the_book
from compliance.ear.conclusion import POLICIES
from compliance.ear.words import placeholders, title, words

RULES = Path(ear.__file__).parent / "rules"


def spoken() -> set[str]:
    """Collect every literal key in the rules: ``applies("inside", …)`` inside rule ``x`` is ``x.inside``."""
    keys = set()
    for path in RULES.glob("part_*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                    continue
                if call.func.id not in {"applies", "does_not_apply", "unknown", "said"} or not call.args:
                    continue
                for constant in ast.walk(call.args[0]):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        keys.add(constant.value if "." in constant.value else f"{function.name}.{constant.value}")
    return {key for key in keys if not key.startswith("_")}


def test_both_languages_have_the_same_keys() -> None:
    assert set(words("en")) == set(words("zh"))


def test_a_sentence_has_the_same_placeholders_in_both_languages() -> None:
    different = [key for key in words("en") if placeholders(words("en")[key]) != placeholders(words("zh")[key])]
    assert different == []


def test_no_sentence_is_empty_and_every_chinese_sentence_is_chinese() -> None:
    assert all(text.strip() for lang in ("en", "zh") for text in words(lang).values())
    latin = {key for key, text in words("zh").items() if not any("\u4e00" <= letter <= "\u9fff" for letter in text)}
    assert latin == {"level.a", "level.b", "level.c", "calculation.density_step", "calculation.memory_density_step"}


def test_every_key_a_rule_can_say_has_a_sentence() -> None:
    assert sorted(spoken() - set(words("en"))) == []
    assert len(spoken()) > 150


@pytest.mark.parametrize("rule", ORDER, ids=lambda rule: rule.name)
def test_every_rule_has_a_title_and_a_reason_written_down(rule: ear.Rule) -> None:
    assert f"{rule.name}.title" in words("en")
    assert rule.body.__doc__
    assert rule.cite


def test_every_policy_outcome_and_step_has_a_word() -> None:
    for policy in POLICIES:
        assert f"policy.{policy}" in words("en")
    for outcome in ear.Outcome:
        assert f"outcome.{outcome.value}" in words("en")
    for step in ear.Step:
        assert f"step.{step.value}" in words("en")
    for effect in ear.Effect:
        assert f"effect.{effect.value}" in words("en")


def test_every_field_is_named_and_explained_in_both_languages() -> None:
    for key, field in FIELDS.items():
        assert field.key == key
        for lang in ("en", "zh"):
            assert field.label[lang].strip()
            assert field.why[lang].strip()
            assert all(choice.label[lang].strip() for choice in field.choices)


def test_a_finding_is_said_in_the_language_asked_for() -> None:
    facts = Facts.from_dict({"activity": "export", "exporting_from": "US", "destination": "CN", "item": {"tpp": 15832}})
    found = determine(facts, on=dt.date(2024, 6, 1), reading=Reading.ENFORCED, book=the_book())
    inside = next(f for f in found.findings if f.rule == "advanced_a_destination")
    assert say(inside, "en") == "CN is among destinations in D:1, D:4 or D:5 that are not also in A:5 or A:6."
    assert say(inside, "zh-hans") == "CN属于D:1、D:4或D:5组中不同时属A:5或A:6的目的地。"
    assert title(inside, "zh") == "3A090.a：目的地"
    for one in found.findings:
        for lang in ("en", "zh"):
            assert say(one, lang) != one.key, one.key
            assert "?" not in say(one, lang) or "?" in one.values.values() or "?" in str(one.values), one
