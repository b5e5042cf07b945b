"""What may lift a requirement: every code has rules and a word, and nobody is asked about one he does not rely on."""

import datetime as dt

import pytest

from compliance.ear import FIELDS, ORDER, Facts, Outcome, Reading, determine, lifting, the_book
from compliance.ear.words import words
from tests.ear.scenarios import build

RELIED = "case.authorization.exception_relied_on"
CHOICES = {choice.value for choice in FIELDS[RELIED].choices}
OWN = ("tmp", "rpl", "gov", "tsu", "hbm", "rff", "iec", "aia", "acm", "lpp", "veu", "general")


def codes() -> set[str]:
    """Collect the codes of every set of what may lift a requirement."""
    sets = [value for name, value in vars(lifting).items() if name.isupper() and name != "UNASKED"]
    return {code for one in sets for code in one}


def test_every_code_has_rules_and_a_word_in_both_languages() -> None:
    known = {rule.of for rule in ORDER if rule.of}
    for code in codes() | (CHOICES - {"none", "OTHER"}):
        assert code in known, code
        for lang in ("en", "zh"):
            assert f"authorization.{code}" in words(lang), code


def test_what_is_not_examined_by_itself_can_be_relied_on() -> None:
    assert codes() - lifting.UNASKED <= CHOICES
    assert lifting.examined(None) == {"NAC", "ACA", "TGL", "TGL1"}
    assert lifting.examined("TMP") == {"NAC", "ACA", "TGL", "TGL1", "TMP"}


@pytest.mark.parametrize("place", ["GB", "VN", "CN", "AE", "BR", "RU"])
@pytest.mark.parametrize("case", ["h100", "rtx4090", "memory", "level_b", "h20"])
def test_nobody_is_asked_about_an_exception_he_does_not_rely_on(place: str, case: str) -> None:
    facts = build(case, {"case.destination": place, "each party": {"country": place, "headquarters": place}})
    for reading in Reading:
        asked = determine(facts, on=dt.date(2026, 11, 21), reading=reading, book=the_book()).questions
        assert [q.field for q in asked if q.field.split(".")[1] in OWN] == []


@pytest.mark.parametrize("code", sorted(CHOICES - {"none"}))
@pytest.mark.parametrize("place", ["VN", "CN", "BR"])
def test_relying_on_something_nobody_examined_yet_lets_nothing_go(code: str, place: str) -> None:
    changes = {"case.destination": place, "each party": {"country": place, "headquarters": place}, RELIED: code}
    facts: Facts = build("h100", changes)
    for reading in Reading:
        found = determine(facts, on=dt.date(2026, 11, 21), reading=reading, book=the_book())
        free = place == "BR" and reading is Reading.ENFORCED
        allowed = {Outcome.NO_LICENSE_REQUIRED} if free else {Outcome.UNDETERMINED, Outcome.LICENSE_REQUIRED}
        # As codified ACA serves every destination, but no data-center item of this level.
        assert found.outcome in allowed


def test_the_conflict_about_low_processing_performance_is_shown() -> None:
    """740.29(c) leaves Vietnam open and 740.2(a)(9)(ii) does not list LPP; nobody else gets that sentence."""
    said = {}
    for code in ("LPP", "AIA"):
        facts = build("h100", {"case.destination": "VN", RELIED: code})
        found = determine(facts, on=dt.date(2026, 11, 21), reading=Reading.CODIFIED, book=the_book())
        said[code] = next(f for f in found.findings if f.rule == f"{code.lower()}_gate")
    assert {code: (one.key, one.cite) for code, one in said.items()} == {
        "LPP": ("gate.low_power", "15 CFR 740.2(a)(9)(ii)"),
        "AIA": ("gate.unlisted", "15 CFR 740.2(a)(9)(ii)"),
    }


@pytest.mark.parametrize(
    ("case", "place", "reading", "expected"),
    [
        ("h100", "VN", Reading.ENFORCED, ["TMP 740.9(a)(6)", "RPL 740.10", "GOV 740.11(b)"]),
        ("h100", "VN", Reading.CODIFIED, ["TMP 740.9(a)(6)", "RPL 740.10", "GOV 740.11(b)", "ACM 740.28"]),
        ("memory", "CN", Reading.ENFORCED, ["TMP 740.9(a)(6)", "RPL 740.10", "GOV 740.11(b)", "HBM 740.25"]),
        (
            "h100",
            "BR",
            Reading.CODIFIED,
            ["TMP 740.9(a)(6)", "RPL 740.10", "GOV 740.11(b)", "AIA 740.27", "ACM 740.28", "LPP 740.29"],
        ),
    ],
)
def test_those_that_could_be_examined_are_named(case: str, place: str, reading: Reading, expected: list[str]) -> None:
    facts = build(case, {"case.destination": place, "each party": {"country": place, "headquarters": place}})
    found = determine(facts, on=dt.date(2026, 11, 21), reading=reading, book=the_book())
    named = next(f for f in found.findings if f.rule == "listed_exceptions_only")
    assert named.values["exceptions"] == expected
    assert found.outcome is Outcome.LICENSE_REQUIRED
