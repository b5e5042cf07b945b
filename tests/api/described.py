"""The description of the API as tests use it: operations, strategies that follow a schema, and a check of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema
from drf_spectacular.generators import SchemaGenerator
from hypothesis import strategies as st


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None
    query: tuple[tuple[str, Any], ...]
    answers: dict[str, Any]

    def __str__(self) -> str:
        return self.name


def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            query = tuple((p["name"], p["schema"]) for p in told.get("parameters", []) if p["in"] == "query")
            answers = {
                code: answer.get("content", {}).get("application/json", {}).get("schema")
                for code, answer in told["responses"].items()
            }
            yield Operation(told["operationId"], method.upper(), path, body, query, answers)


def plain(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: ``nullable`` becomes a choice."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: plain(value) for name, value in schema.items() if name not in ("nullable", "readOnly")}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def check_answer(document: dict[str, Any], schema: Any, body: Any) -> None:
    """Raise unless ``body`` has the described shape."""
    whole = {"components": plain(document["components"]), **plain(schema)}
    jsonschema.Draft202012Validator(whole).validate(body)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(["\x00", "\ud800", "=1+1", "‮abc", "9" * 400, "名" * 5000, "-1", "1e999", "2026-02-30", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def following(document: dict[str, Any], schema: dict[str, Any], refs: list[str]) -> st.SearchStrategy[Any]:
    """Return values the schema allows, with numbers of real rows where a number of a row is asked for."""
    if "$ref" in schema:
        return following(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], refs)
    if "allOf" in schema:
        return following(document, schema["allOf"][0], refs)
    found = _following(document, schema, refs)
    return st.none() | found if schema.get("nullable") else found


def _following(document: dict[str, Any], schema: dict[str, Any], refs: list[str]) -> st.SearchStrategy[Any]:
    if "oneOf" in schema:
        return st.one_of(*(following(document, each, refs) for each in schema["oneOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", [])
        inner = {name: following(document, each, refs) for name, each in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(
            {name: inner[name] for name in needed},
            optional={name: each for name, each in inner.items() if name not in needed},
        )
    if kind == "array":
        return st.lists(following(document, schema["items"], refs), max_size=3)
    if kind == "string" and schema.get("format") == "date":
        return st.dates().map(str)
    if kind == "string" and "{1,17}" in schema.get("pattern", ""):
        return st.sampled_from(refs)
    if kind == "string" and schema.get("pattern") == "^[A-Z]{2}$":
        return st.sampled_from(["US", "CN", "SG", "AE", "ZZ"])
    if kind == "string" and "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    if kind == "string":
        return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 40))
    if kind == "boolean":
        return st.booleans()
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 1000))
    return st.integers(-(10**6), 10**30) | st.decimals(-1000, 10**6, places=4).map(float)


def spoilt(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return good values, good ones with one field replaced, dropped or added, and rubbish."""

    @st.composite
    def one(draw: Any) -> Any:
        value = draw(good)
        if isinstance(value, dict):
            name = draw(st.sampled_from([*value, "unknown"]) | st.text(max_size=10))
            if draw(st.booleans()):
                value = {**value, name: draw(JUNK)}
            else:
                value = {key: each for key, each in value.items() if key != name}
        return value

    return good | one() | JUNK
