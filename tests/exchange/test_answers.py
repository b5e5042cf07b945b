"""One line in, one line out: what it carries, what overrides what, and that the schema says the same."""

import datetime as dt
import json

import jsonschema
import pytest

from compliance.ear import FIELDS, BadFacts, Facts, Reading, determine, the_book
from compliance.ear.determination import canonical_bytes
from compliance.ear.words import LANGUAGES, words
from compliance.exchange import schema
from compliance.exchange.answers import CLASSIFY_COLUMNS, Asked, classified, determined, error_of
from tests.ear.scenarios import all_scenarios, build

ASKED = Asked(on=dt.date(2026, 3, 1))
LINE = schema.of_determine()
VALID = jsonschema.Draft202012Validator(LINE)


def whole(name: str, **around: object) -> dict[str, object]:
    return {**around, "facts": build("h100", {}).to_dict()} | {"id": name}


def test_a_line_says_what_the_law_says() -> None:
    out = determined(whole("a"), ASKED, the_book())
    found = determine(build("h100", {}), on=ASKED.on, reading=Reading.ENFORCED, book=the_book())
    assert (out["id"], out["on"], out["reading"]) == ("a", "2026-03-01", "enforced")
    assert (out["outcome"], out["authorization"], out["may_ship"]) == ("no_license_required", "NLR", True)
    assert out["digest"] == found.digest
    assert out["rulebook"] == the_book().digest
    assert out["findings"] == found.to_dict()["findings"]


def test_bare_facts_are_a_line_too() -> None:
    out = determined(build("h100", {}).to_dict(), ASKED, the_book())
    assert "id" not in out
    assert out["outcome"] == "no_license_required"


def test_a_line_has_the_last_word_on_day_and_reading() -> None:
    out = determined(whole("a", on="2022-10-06", reading="codified"), ASKED, the_book())
    assert (out["on"], out["reading"], out["outcome"]) == ("2022-10-06", "codified", "undetermined")
    assert "before_first_day.not_encoded" in {finding["key"] for finding in out["findings"]}


def test_both_readings_stand_side_by_side_and_the_stricter_leads() -> None:
    out = determined(whole("a", reading="both"), ASKED, the_book())
    assert out["outcome"] == "license_required"
    assert out["differ"] is True
    assert out["readings"]["codified"]["outcome"] == "license_required"
    assert out["readings"]["enforced"]["outcome"] == "no_license_required"


def test_only_questions_when_only_questions_are_asked_for() -> None:
    out = determined({"destination": "CN"}, Asked(on=ASKED.on, questions=True), the_book())
    assert set(out) == {"on", "reading", "outcome", "questions"}
    assert out["questions"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_stand_beside_keys(lang: str) -> None:
    out = determined({"destination": "CN", "item": {"tpp": 15832}}, Asked(on=ASKED.on, explain=lang), the_book())
    assert out["outcome_sentence"] == words(lang)[f"outcome.{out['outcome']}"]
    assert all(finding["sentence"] and finding["title"] for finding in out["findings"])
    assert all(FIELDS[one["field"]].label[lang] == one["label"] for one in out["questions"] if one["field"] in FIELDS)


def test_explaining_changes_no_digest() -> None:
    plain = determined(whole("a"), ASKED, the_book())
    told = determined(whole("a"), Asked(on=ASKED.on, explain="zh"), the_book())
    assert plain["digest"] == told["digest"]


@pytest.mark.parametrize(
    ("line", "path", "key"),
    [
        ({"id": "a"}, "facts", "facts_missing"),
        ({"facts": {}, "date": "2026-03-01"}, "date", "unknown_fact"),
        ({"facts": {}, "on": "1 March"}, "on", "not_a_date"),
        ({"facts": {}, "on": "20260301"}, "on", "not_a_date"),
        ({"facts": {}, "on": 20260301}, "on", "not_a_date"),
        ({"facts": {}, "on": "2026-02-30"}, "on", "not_a_date"),
        ({"facts": {}, "reading": "both of them"}, "reading", "not_a_choice"),
        ({"facts": {}, "id": ["a"]}, "id", "not_an_id"),
        ({"facts": {}, "id": True}, "id", "not_an_id"),
        ({"facts": []}, "facts", "not_a_mapping"),
        ({"facts": {"destination": "Singapore"}}, "facts.destination", "not_a_country"),
        ({"facts": {"parties": [{"ref": "a", "role": "boss"}]}}, "facts.parties[0].role", "not_a_choice"),
        ({"item": {"form": "brick"}}, "facts.item.form", "not_a_choice"),
        ({"item": {"tpp": -1}}, "facts.item.tpp", "negative"),
    ],
)
def test_what_cannot_be_read_is_named(line: dict[str, object], path: str, key: str) -> None:
    with pytest.raises(BadFacts) as caught:
        determined(line, ASKED, the_book())
    assert (caught.value.path, caught.value.key) == (path, key)
    for lang in LANGUAGES:
        told = error_of(caught.value, lang)
        assert told["message"] not in {"", f"bad.{key}"}
        assert "?" not in told["message"]


def test_a_country_that_no_chart_knows_is_undetermined_and_not_outside() -> None:
    facts = build("h100", {"case.destination": "XQ", "each party": {"country": "XQ"}}).to_dict()
    assert determined(facts, ASKED, the_book())["outcome"] == "undetermined"


def test_an_unreadable_eccn_is_held() -> None:
    facts = build("bare", {"item.eccn": "chip", "item.form": "other"}).to_dict()
    out = determined(facts, ASKED, the_book())
    assert out["outcome"] == "undetermined"
    assert "classification_agrees.eccn_unreadable" in {finding["key"] for finding in out["findings"]}


def test_the_schema_is_a_schema_and_describes_every_fact_in_both_languages() -> None:
    jsonschema.Draft202012Validator.check_schema(LINE)
    jsonschema.Draft202012Validator.check_schema(schema.of_classify())
    described = json.dumps(LINE, ensure_ascii=False)
    for key, field in FIELDS.items():
        if key in {"case.parties", "party.listings"}:
            continue
        assert f'"x-key": "{key}"' in described
        assert json.dumps(f"{field.label['en']} — {field.label['zh']}", ensure_ascii=False) in described


def test_the_schema_accepts_every_scenario_and_its_answer() -> None:
    result = jsonschema.Draft202012Validator({**LINE["$defs"]["result"], "$defs": LINE["$defs"]})
    for number, scenario in enumerate(all_scenarios()):
        if number % 97:
            continue
        line = {"id": number, "on": scenario.on.isoformat(), "reading": "both", "facts": scenario.facts.to_dict()}
        VALID.validate(line)
        VALID.validate(line["facts"])
        out = determined(line, ASKED, the_book())
        result.validate(json.loads(json.dumps({"line": 1, **out})))


@pytest.mark.parametrize(
    "line",
    [
        {"facts": {"destination": "Britain"}},
        {"facts": {"activity": "fly"}},
        {"facts": {"parties": [{"role": "end_user"}]}},
        {"facts": {"parties": [{"ref": "a", "listings": [{}]}]}},
        {"facts": {"item": {"tpp": -1}}},
        {"facts": {}, "on": "March"},
        {"facts": {}, "reading": "lenient"},
        {"price": 1},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(line: dict[str, object]) -> None:
    assert not VALID.is_valid(line)
    with pytest.raises(BadFacts):
        determined(line, ASKED, the_book())


def test_an_item_is_classified_by_its_figures() -> None:
    line = {"id": "h100", "eccn": "3A991", "tpp": 15832, "form": "integrated_circuit"}
    out = classified(line, ASKED, the_book())
    assert (out["id"], out["level"], out["proposed_eccn"], out["disagrees"]) == ("h100", "a", "3A090.a", True)
    assert {"advanced_level", "classification_agrees"} <= {reason["rule"] for reason in out["reasons"]}


def test_an_item_with_half_its_figures_is_asked_for_the_rest() -> None:
    out = classified({"item.eccn": "3A991.p", "item.tpp": "3000", "form": "integrated_circuit"}, ASKED, the_book())
    assert out["level"] is None
    assert "item.applicable_die_area_mm2" in {question["field"] for question in out["questions"]}


def test_an_item_by_day_and_both_readings() -> None:
    line = {"eccn": "3A090", "tpp": 4800, "io_transfer_rate_gbps": 600, "on": "2023-01-01", "reading": "both"}
    out = classified(line, ASKED, the_book())
    assert {name: one["level"] for name, one in out["readings"].items()} == {"codified": "entry", "enforced": "entry"}
    early = classified({"eccn": "3A090", "tpp": 4800, "on": "2020-01-01"}, ASKED, the_book())
    assert early["level"] in {None, "none"}


def test_an_item_with_an_unknown_fact_or_a_bad_figure_is_refused() -> None:
    for line, path in (({"price": 1}, "item.price"), ({"tpp": "a lot"}, "item.tpp")):
        with pytest.raises(BadFacts) as caught:
            classified(line, ASKED, the_book())
        assert caught.value.path == path


def test_the_columns_of_a_csv_are_the_facts_of_an_item() -> None:
    assert {f"item.{name}" for name in CLASSIFY_COLUMNS[3:]} == {key for key in FIELDS if key.startswith("item.")}
    assert set(schema.of_classify()["properties"]) == set(CLASSIFY_COLUMNS)


def test_facts_of_the_schema_are_the_facts_of_the_law() -> None:
    assert set(LINE["$defs"]["facts"]["properties"]) == set(Facts.__dataclass_fields__)


def test_the_digested_bytes_are_plain_canonical_json() -> None:
    """Whoever checks a proof has only Python's own JSON."""
    for scenario in all_scenarios()[::25]:
        data = scenario.determine().to_dict()
        plain = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert canonical_bytes(data) == plain
    assert (
        canonical_bytes({"b": 2**70, "a": "中\n\u2028\x7f"})
        == b'{"a":"\xe4\xb8\xad\\n\xe2\x80\xa8\x7f","b":%d}' % 2**70
    )


@pytest.mark.parametrize("fraction", [1e-4, 1e-5, 1.5e-5, 2.5e-7, 1e-9, -1e-6, 0.30001, 1e16])
def test_small_fractions_are_digested_as_python_writes_them(fraction: float) -> None:
    assert canonical_bytes({"share": fraction, "why": "case-by-case"}).decode() == (
        f'{{"share":{fraction!r},"why":"case-by-case"}}'
    )
