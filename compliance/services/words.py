"""Checking what people wrote before it becomes a row."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.countries import CODES

from .refusals import BadInput, ReasonMissing

EARLIEST = dt.date(1990, 1, 1)
LATEST = dt.date(2100, 1, 1)
UNSEEN = {"Cf", "Zs", "Zl", "Zp"}
UNSEEN_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\n\r\t"
"""Fillers and blanks that Unicode counts as letters or signs, and what breaks lines."""
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Signs that make text show in another order than it is written: “invoice\u202efdp.exe” would end in “pdf”."""
MOST_DIGITS = 25
"""Digits before the point of the largest number that is looked at; with the places after it, all fit the precision."""
PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""What is read as a number: Python alone would also read 1_0, and digits of other scripts that few can check."""
THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
"""A comma parts thousands. Anywhere else it may stand for the decimal point, and a guess would err by powers of ten."""


def text(field: str, raw: Any, *, limit: int, required: bool = False, lines: bool = False) -> str:
    """Return the text in one Unicode form, without control characters at its ends; what nobody can see is empty.

    Raises :class:`~.refusals.BadInput` when it is empty and required, longer than ``limit`` characters or holds
    control characters inside (line breaks are allowed with ``lines``) or, on one line, signs that turn its order.
    """
    value = unicodedata.normalize("NFC", "" if raw is None else str(raw)).strip()
    if len(value) <= limit and all(s in UNSEEN_LETTERS or unicodedata.category(s) in UNSEEN for s in value):
        value = ""
    if required and not value:
        raise BadInput(field, _("Fill this in."))
    if len(value) > limit:
        raise BadInput(field, _("Use at most %(limit)d characters; this has %(given)d."), limit=limit, given=len(value))
    allowed = "\n\r\t" if lines else ""
    for place, sign in enumerate(value, start=1):
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in allowed:
            raise BadInput(
                field,
                _("Character %(place)d is a control character (U+%(code)s). Remove it."),
                place=place,
                code=f"{ord(sign):04X}",
            )
    for place, sign in enumerate("" if lines else value, start=1):
        if ord(sign) in TURNING:
            raise BadInput(
                field,
                _("Character %(place)d (U+%(code)s) turns the order in which the text is shown. Remove it."),
                place=place,
                code=f"{ord(sign):04X}",
            )
    return value


def ref(raw: Any) -> str:
    """Return a reference or name to look a row up by; what no row can hold (NUL, half a letter) becomes empty."""
    value = "" if raw is None else str(raw)
    return value if value.isprintable() else ""


def reason(raw: Any, *, limit: int = 4000) -> str:
    """Return a reason somebody gave. Raises :class:`~.refusals.ReasonMissing` when there is none."""
    value = text("reason", raw, limit=limit, lines=True)
    if not value:
        raise ReasonMissing()
    return value


def day(field: str, raw: Any, *, required: bool = False) -> dt.date | None:
    """Return a calendar day between 1990 and 2100. Raises :class:`~.refusals.BadInput`."""
    if raw in (None, ""):
        if required:
            raise BadInput(field, _("Give a date."))
        return None
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if not isinstance(raw, dt.date):
        try:
            raw = dt.date.fromisoformat(str(raw).strip())
        except ValueError as error:
            raise BadInput(
                field, _("“%(given)s” is not a date. Write year-month-day, as 2026-11-21."), given=str(raw)[:40]
            ) from error
    if not EARLIEST <= raw <= LATEST:
        raise BadInput(field, _("%(given)s is outside 1990 to 2100. Check the year."), given=raw.isoformat())
    return raw


def number(field: str, raw: Any, *, places: int, digits: int, least: Decimal | None = None) -> Decimal | None:
    """Return a plain number with at most ``digits`` digits, ``places`` of them after the point.

    ``least`` is the smallest allowed value. Raises :class:`~.refusals.BadInput`.
    """
    if raw in (None, ""):
        return None
    written = str(raw).strip()
    if THOUSANDS.fullmatch(written):
        written = written.replace(",", "")
    try:
        value = Decimal(written) if PLAIN.fullmatch(written) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadInput(
            field, _("“%(given)s” is not a number. Write digits, with a point for decimals."), given=str(raw)[:40]
        )
    if least is not None and value < least:
        raise BadInput(field, _("Must be at least %(least)s; this is %(given)s."), least=least, given=str(raw)[:40])
    # The exponent is asked first: arithmetic with 1e999999999 overflows.
    whole = value.quantize(Decimal(1).scaleb(-places)) if value.adjusted() < MOST_DIGITS else None
    if whole is None or whole != value or len(whole.as_tuple().digits) > digits:
        raise BadInput(
            field, _("Use at most %(digits)d digits, %(places)d of them decimals."), digits=digits, places=places
        )
    return value


def country(field: str, raw: Any, *, required: bool = False) -> str:
    """Return a two-letter country code in capitals. Raises :class:`~.refusals.BadInput`."""
    value = str(raw or "").strip().upper()
    if not value and not required:
        return ""
    if value not in CODES:
        raise BadInput(field, _("“%(given)s” is not a country code. Choose from the list."), given=str(raw)[:40])
    return value
