"""Reading a body: JSON as RFC 8259 has it, of a bounded size and depth, and nothing no column could hold."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 20
LONGEST_NUMBER = 40
LARGEST_EXPONENT = 40


class TooLarge(APIException):
    """The body is larger than any request of this API has a reason to be."""

    status_code = 413
    default_code = "too_large"


class StrictJSON(BaseParser):
    """UTF-8 JSON without ``NaN``, repeated names, NUL, lone surrogates or absurd numbers. Fractions stay decimal."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.API_BODY_MAX_BYTES
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(_("The body may have %(limit)d bytes at most. Send less at a time.") % {"limit": limit})
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8 (byte %(place)d).") % {"place": error.start}) from error
        try:
            value = json.loads(
                text,
                parse_constant=_constant,
                parse_float=_number,
                parse_int=_whole,
                object_pairs_hook=_once_each,
            )
        except json.JSONDecodeError as error:
            raise ParseError(
                _("The body is not JSON (line %(line)d, column %(column)d).")
                % {"line": error.lineno, "column": error.colno}
            ) from error
        except RecursionError as error:
            raise ParseError(_too_deep()) from error
        _check(value, depth=0)
        return value


def _constant(name: str) -> Any:
    raise ParseError(_("%(name)s is not a JSON number.") % {"name": name})


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ParseError(_("A number in the body has more than %(limit)d digits.") % {"limit": LONGEST_NUMBER})
    return int(text)


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = None
    if value is None or len(text) > LONGEST_NUMBER or (value and abs(value.adjusted()) > LARGEST_EXPONENT):
        raise ParseError(_("A number in the body has more than %(limit)d digits.") % {"limit": LONGEST_NUMBER})
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ParseError(_("The name “%(name)s” stands twice in one object.") % {"name": ascii(name[:40])[1:-1]})
        found[name] = value
    return found


def _too_deep() -> str:
    return _("The body is nested more than %(limit)d deep.") % {"limit": DEEPEST}


def _check(value: Any, *, depth: int) -> None:
    if depth > DEEPEST:
        raise ParseError(_too_deep())
    if isinstance(value, str):
        for sign in value:
            if sign == "\x00" or "\ud800" <= sign <= "\udfff":
                raise ParseError(
                    _("The body holds the character U+%(code)s, which no text may contain.")
                    % {"code": f"{ord(sign):04X}"}
                )
    elif isinstance(value, dict):
        for name, each in value.items():
            _check(name, depth=depth)
            _check(each, depth=depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, depth=depth + 1)
