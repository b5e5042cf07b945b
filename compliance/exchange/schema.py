"""The JSON Schema (2020-12) of what the machine doors read and write, made from the fields and records of the law.

A fact added to the law is in the schema by that alone. What the schema accepts can be read; the reader takes a little
more (``yes`` for ``true``, a comma between thousands), because people write lines too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from compliance import ear
from compliance.ear.fields import Field, Kind
from compliance.ear.records import GROUPS, Item, Listing, PartyFacts
from compliance.ear.vocabulary import FIELDS
from compliance.exchange.answers import AROUND, READINGS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "format": "date"}
_NUMBER = r"^[+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def of_determine() -> Schema:
    """Return the schema of one line of ``determine``; ``$defs/result`` and ``$defs/error`` are what comes back."""
    return {
        "$schema": DIALECT,
        "title": "Gatehouse: one line of determine",
        "description": (
            "Facts alone, or facts with an id, a day and a reading. An absent fact is unknown, never no. — "
            "仅事实，或附编号、日期和读法的事实。缺失的事实为未知，绝不视为否。"
        ),
        "anyOf": [{"$ref": "#/$defs/line"}, {"$ref": "#/$defs/facts"}],
        "$defs": {
            "line": _line({"$ref": "#/$defs/facts"}),
            "facts": _facts(),
            "item": _record(Item, "item"),
            "party": _party(),
            "listing": _listing(),
            **{name: _record(record, f"case.{name}") for name, record in GROUPS.items()},
            **_results(),
        },
    }


def of_classify() -> Schema:
    """Return the schema of one line of ``classify``: flat facts of one item."""
    item = _record(Item, "item")
    return {
        "$schema": DIALECT,
        "title": "Gatehouse: one line of classify",
        "description": "The facts of one item, flat; the same names head the columns of a CSV file. — "
        "单个物项的事实，平铺列出；CSV文件的列名与此相同。",
        "type": "object",
        "properties": {**_around(), **item["properties"]},
        "additionalProperties": False,
        "$defs": {
            "result": {
                "type": "object",
                "properties": {
                    "line": _count("The number of the input line, from 1."),
                    **_around(),
                    "eccn": _or_null({"type": "string"}),
                    "level": _or_null({"enum": ["a", "b", "c", "entry", "none"]}),
                    "proposed_eccn": _or_null({"type": "string"}),
                    "disagrees": {"type": ["boolean", "null"]},
                    "checked": {"type": "boolean"},
                    "reasons": {"type": "array", "items": {"type": "object"}},
                    "questions": {"type": "array", "items": {"type": "object"}},
                    "readings": {"type": "object"},
                    "rulebook": _DIGEST,
                },
                "required": ["line", "on", "reading", "rulebook"],
            },
            "error": _error(),
        },
    }


def of_field(field: Field) -> Schema:
    """Return the schema of one fact, with its words in both languages, its unit and its paragraph."""
    schema: Schema = {
        "title": f"{field.label['en']} — {field.label['zh']}",
        "description": f"{field.why['en']} — {field.why['zh']}",
        **_value(field),
    }
    for name, value in (("x-unit", field.unit), ("x-cite", field.cite), ("x-key", field.key)):
        if value:
            schema[name] = value
    if field.choices:
        schema["x-choices"] = {choice.value: dict(choice.label) for choice in field.choices}
    return schema


def _value(field: Field) -> Schema:
    kind = field.kind
    if kind is Kind.YES_NO:
        return {"type": ["boolean", "null"]}
    if kind is Kind.CHOICE:
        return {"enum": [*(choice.value for choice in field.choices), None]}
    if kind is Kind.MANY:
        return {"type": ["array", "null"], "items": {"enum": [choice.value for choice in field.choices]}}
    if kind is Kind.NUMBER:
        return {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1e30},
                {"type": "string", "pattern": _NUMBER, "maxLength": 60},
                {"type": "null"},
            ]
        }
    if kind is Kind.DATE:
        return _or_null(_DATE)
    if kind is Kind.COUNTRY:
        return _or_null({"type": "string", "pattern": "^[A-Za-z]{2}$"})
    return _or_null({"type": "string", "maxLength": 2000})


def _record(record: type, prefix: str, *, without: Iterable[str] = ()) -> Schema:
    left_out = set(without)
    names = [one.name for one in fields(record) if one.name not in left_out]
    return {
        "type": "object",
        "description": (record.__doc__ or "").strip().partition("\n")[0],
        "properties": {name: of_field(FIELDS[f"{prefix}.{name}"]) for name in names},
        "additionalProperties": False,
    }


def _facts() -> Schema:
    nested = {"item", "parties", *GROUPS}
    own = [one.name for one in fields(ear.Facts) if one.name not in nested]
    return {
        "type": "object",
        "description": "Everything the law reads about one line of a case. — 法规就案件一行所读取的全部事实。",
        "properties": {
            **{name: of_field(FIELDS[f"case.{name}"]) for name in own},
            "item": {"$ref": "#/$defs/item"},
            "parties": {"type": "array", "items": {"$ref": "#/$defs/party"}},
            **{name: {"$ref": f"#/$defs/{name}"} for name in GROUPS},
        },
        "additionalProperties": False,
    }


def _party() -> Schema:
    party = _record(PartyFacts, "party", without=("ref", "listings"))
    ref = {
        "type": "string",
        "pattern": r"\S",
        "description": "Your own reference, once in a line. — 您自己的编号，每行内不得重复。",
    }
    listings = {
        "type": ["array", "null"],
        "items": {"$ref": "#/$defs/listing"},
        "description": "Left out: nobody screened. Empty: screened and nothing found. — "
        "缺失：尚未筛查。为空：已筛查且无发现。",
    }
    party["properties"] = {"ref": ref, **party["properties"], "listings": listings}
    party["required"] = ["ref"]
    return party


def _listing() -> Schema:
    text = {"type": "string"}
    shapes: Mapping[str, Schema] = {
        "code": {"type": "string", "minLength": 1, "examples": [code.value for code in ear.ListCode]},
        "footnotes": {"type": "array", "items": text},
        "programs": {"type": "array", "items": text},
        "effective": _or_null(_DATE),
    }
    return {
        "type": "object",
        "description": (Listing.__doc__ or "").strip().partition("\n")[0],
        "properties": {one.name: shapes.get(one.name, text) for one in fields(Listing)},
        "required": ["code"],
        "additionalProperties": False,
    }


def _around() -> Schema:
    return {
        "id": {
            "type": ["string", "integer", "null"],
            "description": "Comes back with the answer. — 随结果原样返回。",
        },
        "on": _or_null(_DATE) | {"description": "The day of export. — 出口日期。"},
        "reading": {
            "enum": [*READINGS, None],
            "description": "The text as codified, what BIS says it enforces, or both. — "
            "按法规文本、按BIS宣布的执行口径，或两者。",
        },
    }


def _line(facts: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**_around(), "facts": facts},
        "required": ["facts"],
        "additionalProperties": False,
    }


def _results() -> Schema:
    whole = {
        "outcome": {"enum": [outcome.value for outcome in ear.Outcome]},
        "authorization": _or_null({"type": "string"}),
        "may_ship": {"type": "boolean"},
        "review_policy": _or_null({"$ref": "#/$defs/review_policy"}),
        "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
        "questions": {"type": "array", "items": {"$ref": "#/$defs/question"}},
        "not_encoded": {"type": "array", "items": {"$ref": "#/$defs/not_encoded"}},
        "conditions": {"type": "array", "items": {"$ref": "#/$defs/condition"}},
        "aes": {"type": "array", "items": {"$ref": "#/$defs/cited"}},
        "rulebook": _DIGEST,
        "digest": _DIGEST,
    }
    text, yes_no, maybe = {"type": "string"}, {"type": "boolean"}, {"type": ["boolean", "null"]}
    texts, values = {"type": "array", "items": text}, {"type": "object"}
    person = _or_null(text)
    return {
        "determination": _object(whole, ("outcome", "questions")),
        "result": {
            "description": "One line of output. With reading both, outcome is the stricter of the two. — "
            "一行输出；读法为both时，outcome取两者中较严者。",
            **_object(
                {
                    "line": _count("The number of the input line, from 1."),
                    **_around(),
                    **whole,
                    "differ": yes_no,
                    "readings": {
                        "type": "object",
                        "properties": {one.value: {"$ref": "#/$defs/determination"} for one in ear.Reading},
                    },
                },
                ("on", "reading", "outcome"),
            ),
        },
        "error": _error(),
        "finding": _object(
            {
                "rule": text,
                "cite": text,
                "step": {"enum": [one.value for one in ear.Step]},
                "effect": {"enum": [one.value for one in ear.Effect]},
                "answer": {"enum": [one.value for one in ear.Answer]},
                "key": text,
                "values": values,
                "relied_on": {"type": "array", "items": {"$ref": "#/$defs/cited"}},
                "read": {"type": "array", "items": {"type": "array", "minItems": 2, "maxItems": 2}},
                "missing": {"type": "array", "items": {"type": "array", "items": person}},
                "party": person,
                "checked": yes_no,
                "overcome_by": texts,
                "of": text,
                "procedural": yes_no,
            }
        ),
        "question": _object({"field": text, "party": person, "waiting": texts}, ("field", "party")),
        "condition": _object(
            {
                "rule": text,
                "of": text,
                "cite": text,
                "key": text,
                "values": values,
                "met": maybe,
                "fields": texts,
            }
        ),
        "not_encoded": _object({"cite": text, "key": text, "values": values, "party": person, "holds": yes_no}),
        "review_policy": _object({"policy": text, "cite": text, "key": text, "values": values, "checked": yes_no}),
        "cited": _object(
            {
                "parameter": text,
                "value": {},
                "cite": text,
                "since": _DATE,
                "until": _or_null(_DATE),
                "by": text,
                "checked": yes_no,
                "note": text,
            },
            ("parameter", "value", "cite", "since", "until", "by", "checked"),
        ),
    }


def _error() -> Schema:
    text = {"type": "string"}
    error = _object({"path": text, "key": text, "message": text})
    return _object({"line": _count("The number of the input line, from 1."), "id": {}, "error": error}, ("error",))


def _object(properties: Schema, required: Iterable[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
    }


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 1, "description": description}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


__all__ = ["AROUND", "of_classify", "of_determine", "of_field"]
