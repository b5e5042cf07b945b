"""The facts a person can be asked for: one vocabulary for forms, questions, the API and the law.

A field names one fact about the case, one of its parties or the item on one of its lines. It says how the fact is
written down, in which words it is asked for and why it matters. It holds no value: values live in
:mod:`compliance.ear.facts`. A value that is absent is *unknown*, and unknown is never "no".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class About(StrEnum):
    """What a fact is about."""

    CASE = "case"
    PARTY = "party"
    ITEM = "item"


class Kind(StrEnum):
    """How a fact is written down."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    MANY = "many"
    NUMBER = "number"
    DATE = "date"
    COUNTRY = "country"
    TEXT = "text"


LONGEST_TEXT = 2000
LARGEST_NUMBER = Decimal(10) ** 30
SMALLEST_PLACE = 30
MOST_DIGITS = 60
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A number as it is read here: Python alone would also read 1_0 and digits of other scripts."""
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
"""The one place of a comma. Dropped anywhere, it would make 48 of a decimal 4,8."""
COUNTRY_CODE = re.compile(r"[A-Z]{2}\Z")


class BadValue(ValueError):
    """A value that cannot be this fact. ``key`` names the sentence to show, ``values`` fill it in."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a field allows."""

    value: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that can be known, asked for and cited.

    ``key`` is ``subject.name`` (``item.tpp``); ``label`` and ``why`` are keyed by language (``en``, ``zh``);
    ``unit`` is the unit of a number, written out once so that no figure is ever without one.
    """

    key: str
    about: About
    kind: Kind
    label: Mapping[str, str]
    why: Mapping[str, str]
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    cite: str = ""

    def parse(self, raw: Any) -> Any:
        """Turn what a person or a client sent into the value the law reads; ``None`` and ``""`` mean unknown.

        Numbers come back as :class:`~decimal.Decimal`, dates as :class:`datetime.date`, ``MANY`` as a sorted tuple.
        Raises :class:`BadValue`.
        """
        if raw is None or raw == "" or raw == []:
            return None
        return getattr(self, f"_parse_{self.kind.value}")(raw)

    def _parse_yes_no(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().casefold()
        if word in {"yes", "true", "1", "是"}:
            return True
        if word in {"no", "false", "0", "否"}:
            return False
        raise BadValue("not_yes_or_no", given=str(raw)[:40])

    def _parse_choice(self, raw: Any) -> str:
        value = str(raw)
        if value not in {choice.value for choice in self.choices}:
            raise BadValue("not_a_choice", given=value[:40], choices=", ".join(c.value for c in self.choices))
        return value

    def _parse_many(self, raw: Any) -> tuple[str, ...]:
        values = raw if isinstance(raw, list | tuple | set | frozenset) else [raw]
        return tuple(sorted({self._parse_choice(value) for value in values}))

    def _parse_number(self, raw: Any) -> Decimal:
        if isinstance(raw, bool):
            raise BadValue("not_a_number", given=str(raw))
        written = str(raw).strip().replace("\N{FULLWIDTH COMMA}", ",")
        if THOUSANDS.fullmatch(written):
            written = written.replace(",", "")
        if not PLAIN_NUMBER.fullmatch(written):
            raise BadValue("not_a_number", given=str(raw)[:40])
        try:
            value = Decimal(written)
        except InvalidOperation as error:
            raise BadValue("not_a_number", given=str(raw)[:40]) from error
        if not value.is_finite():
            raise BadValue("not_a_number", given=str(raw)[:40])
        if value < 0:
            raise BadValue("negative", given=str(raw)[:40])
        if value > LARGEST_NUMBER:
            raise BadValue("too_large", given=str(raw)[:40])
        # 1e-999999 is a number, but no figure: written out it would fill a million places.
        if (value and value.adjusted() < -SMALLEST_PLACE) or len(value.as_tuple().digits) > MOST_DIGITS:
            raise BadValue("not_a_number", given=str(raw)[:40])
        return value

    def _parse_date(self, raw: Any) -> dt.date:
        if isinstance(raw, dt.datetime):
            return raw.date()
        if isinstance(raw, dt.date):
            return raw
        try:
            return dt.date.fromisoformat(str(raw).strip())
        except ValueError as error:
            raise BadValue("not_a_date", given=str(raw)[:40]) from error

    def _parse_country(self, raw: Any) -> str:
        code = str(raw).strip().upper()
        if not COUNTRY_CODE.match(code):
            raise BadValue("not_a_country", given=str(raw)[:40])
        return code

    def _parse_text(self, raw: Any) -> str:
        text = str(raw).strip()
        if len(text) > LONGEST_TEXT:
            raise BadValue("too_long", limit=LONGEST_TEXT, given=len(text))
        return text
