"""Taking in parties from a spreadsheet: first a result for every row, then all of it or only what is sound, at once.

A cell is text, whatever it looks like: a formula is never computed. A row is judged by the checks a form uses, every
column of it, so that one look tells everything that must be mended.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance import countries
from compliance.ear.fields import About
from compliance.models import Unit, User
from compliance.queries.parties import kept_under

from . import sheets, words
from .act import role_of
from .facts import known_field, parsed, record_party_fact
from .files import Upload
from .parties import add_party
from .refusals import BadInput, NotYours, Refusal

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be imported: its key, its headings in both languages, and an example."""

    key: str
    headings: tuple[str, ...]
    example: str = ""


COLUMNS = (
    Column("name", ("name", "名称"), "示例云计算有限公司"),
    Column("kind", ("kind", "类型"), "organization"),
    Column("names", ("other names", "其他名称"), "Example Cloud Computing Co., Ltd.; Example Cloud"),
    Column("address", ("address", "地址"), "上海市浦东新区示例路1号"),
    Column("address_country", ("address country", "地址国家或地区"), "CN"),
    Column("identifier_kind", ("identifier kind", "证件类型"), "USCC"),
    Column("identifier", ("identifier", "证件号码"), "91310000XXXXXXXX0X"),
    Column("identifier_country", ("identifier country", "证件国家或地区"), "CN"),
    Column("country", ("country", "所在国家或地区"), "CN"),
    Column("headquarters", ("headquarters", "总部"), "CN"),
    Column("parent", ("ultimate parent headquarters", "最终母公司总部"), "CN"),
    Column("source", ("source", "来源"), "annual report 2025, page 12"),
    Column("as_of", ("as of", "截至日期"), "2026-03-31"),
)
FACTS = {
    "country": "party.country",
    "headquarters": "party.headquarters",
    "parent": "party.ultimate_parent_headquarters",
}
KINDS = {
    "organization": "organization",
    "person": "person",
    "vessel": "vessel",
    "机构": "organization",
    "个人": "person",
    "船舶": "vessel",
}
FORMULA = ("=", "+", "-", "@")


@dataclass(slots=True)
class Row:
    """One row of the file: its number there, its cells, and what is wrong or remarkable with them."""

    number: int
    cells: dict[str, str]
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ref: str = ""

    @property
    def sound(self) -> bool:
        """Tell whether the row can be taken in."""
        return not self.problems

    def bad(self, column: str, sentence: str | Promise) -> None:
        """Keep what is wrong with a column."""
        self.problems.append((column, str(sentence)))


@dataclass(slots=True)
class Sheet:
    """A file as it was read: its name and digest, its rows, and the headings nobody knows."""

    name: str
    sha256: str
    rows: list[Row]
    ignored: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Return how many rows cannot be taken in."""
        return sum(not row.sound for row in self.rows)

    @property
    def good(self) -> int:
        """Return how many rows can be taken in."""
        return len(self.rows) - self.bad

    def carried(self) -> dict[str, Any]:
        """Return what the confirmation needs, as plain values; the judgement is made anew from it."""
        return {"name": self.name, "sha256": self.sha256, "rows": [[row.number, row.cells] for row in self.rows]}


class SheetTroubles(Refusal):
    """Some rows cannot be taken in, and all or nothing was asked for."""

    code = "bad_rows"
    sentence = _("%(count)d rows cannot be taken in, so nothing was. Mend them, or take in only the sound rows.")


def read_sheet(upload: Upload, *, by: User) -> Sheet:
    """Read a CSV or XLSX file and judge every row. Nothing is written.

    Raises :class:`~.refusals.BadInput` (field ``file``) for what is no table of parties, and ``NotYours``.
    """
    if not by.has_perm("compliance.add_party"):
        raise NotYours()
    name, content = sheets.received(upload)
    rows, ignored = _rows(sheets.table(name, content))
    sheet = Sheet(name, hashlib.sha256(content).hexdigest(), rows, ignored)
    judge(sheet, by=by)
    return sheet


def _rows(table: sheets.Table) -> tuple[list[Row], list[str]]:
    headings = {heading: column.key for column in COLUMNS for heading in (column.key, *column.headings)}
    places: list[str | None] = []
    ignored: list[str] = []
    rows: list[Row] = []
    for number, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if not places:
            given = [" ".join(cell.replace("_", " ").split()).casefold() for cell in cells]
            places = [headings.get(heading) or headings.get(heading.replace(" ", "_")) for heading in given]
            ignored = [
                cell.strip() for cell, place in zip(cells, places, strict=True) if place is None and cell.strip()
            ]
            if "name" not in places:
                raise BadInput(
                    "file",
                    _("The first row must hold the headings, “name” among them. Found: %(found)s."),
                    found=", ".join(cell.strip() for cell in cells if cell.strip())[:200],
                )
            twice = {place for place in places if place and places.count(place) > 1}
            if twice:
                raise BadInput("file", _("The heading “%(name)s” stands there twice."), name=sorted(twice)[0])
            continue
        if len(rows) >= MOST_ROWS:
            raise BadInput("file", _("The file has more than %(limit)d rows. Split it."), limit=MOST_ROWS)
        row = Row(number, {})
        for place, cell in zip(places, cells, strict=False):
            if place:
                row.cells[place] = cell.strip()
        rows.append(row)
    if not rows:
        raise BadInput("file", _("The file holds no rows below its headings."))
    return rows, ignored


def judge(sheet: Sheet, *, by: User) -> None:
    """Say of every row what is wrong with it and what must be done, one sentence a column."""
    seen: dict[str, int] = {}
    kept = kept_under(by, (row.cells.get("name", "") for row in sheet.rows))
    for row in sheet.rows:
        row.problems, row.notes = [], []
        _judge_columns(row)
        key = row.cells.get("name", "").casefold()
        if key and key in seen:
            row.bad("name", _("The same name stands in row %(number)d. Delete one of them.") % {"number": seen[key]})
        elif key and key in kept:
            row.bad(
                "name",
                _("Already kept as %(ref)s. Delete the row, and change that party instead.") % {"ref": kept[key]},
            )
        seen.setdefault(key, row.number)
        if any(cell.startswith(FORMULA) for cell in row.cells.values()):
            row.notes.append(str(_("A cell looks like a formula; it is kept as text and never computed.")))


def _judge_columns(row: Row) -> None:
    cells = row.cells
    for column, check in {
        "name": lambda raw: words.text("name", raw, limit=300, required=True),
        "kind": _kind,
        "names": lambda raw: [words.text("names", each, limit=300) for each in _several(raw)],
        "address": lambda raw: words.text("address", raw, limit=500),
        "address_country": _country,
        "identifier_kind": lambda raw: words.text("identifier_kind", raw, limit=60),
        "identifier": lambda raw: words.text("identifier", raw, limit=120),
        "identifier_country": _country,
        "source": lambda raw: words.text("source", raw, limit=300),
        "as_of": lambda raw: words.day("as_of", raw),
        **{column: _fact(key) for column, key in FACTS.items()},
    }.items():
        try:
            check(cells.get(column, ""))
        except BadInput as refusal:
            row.bad(column, str(refusal))
    if cells.get("identifier") and not cells.get("identifier_kind"):
        row.bad("identifier_kind", _("Say what kind of number this is: LEI, company number, tax number …"))
    if cells.get("identifier_kind") and not cells.get("identifier"):
        row.bad("identifier", _("Give the number, or leave its kind empty, too."))
    if cells.get("address_country") and not cells.get("address"):
        row.bad("address", _("Give the address, or leave its country empty, too."))
    if any(cells.get(column) for column in FACTS) and not cells.get("source"):
        row.bad("source", _("Say where the country, headquarters or parent comes from."))


def _kind(raw: str) -> str:
    if raw and raw.casefold() not in KINDS:
        raise BadInput(
            "kind", _("“%(given)s” is not a kind of party. Use organization, person or vessel."), given=raw[:40]
        )
    return KINDS.get(raw.casefold(), "organization")


def _code(raw: str) -> str:
    """Return the code of a country given as code or as name in either language; anything else as it is."""
    if raw.upper() in countries.CODES:
        return raw.upper()
    for language in ("en", "zh"):
        for code, name in countries.names(language).items():
            if name.casefold() == raw.casefold():
                return code
    return raw


def _country(raw: str) -> str:
    return words.country("", _code(raw))


def _fact(key: str) -> Any:
    return lambda raw: parsed(known_field(key, About.PARTY), _code(raw))


def _several(raw: str) -> list[str]:
    return [each.strip() for each in raw.replace("；", ";").split(";") if each.strip()]


def carried_sheet(carried: dict[str, Any]) -> Sheet:
    """Return a sheet from what :meth:`Sheet.carried` gave."""
    return Sheet(carried["name"], carried["sha256"], [Row(number, dict(cells)) for number, cells in carried["rows"]])


def take_in(sheet: Sheet, *, by: User, unit: Unit | None = None, only_sound: bool = False) -> Sheet:
    """Enter the parties of a sheet in one transaction. Returns the sheet with each row's new number.

    Rows are judged again, because others may have worked meanwhile. Without ``only_sound`` one bad row keeps
    everything out: :class:`SheetTroubles`. Raises ``BadInput`` naming the row when a row fails at the last moment.
    """
    judge(sheet, by=by)
    if sheet.bad and not only_sound:
        raise SheetTroubles(count=sheet.bad)
    if not sheet.good:
        raise BadInput("file", _("No row of the file can be taken in."))
    with transaction.atomic():
        for row in sheet.rows:
            if row.sound:
                try:
                    row.ref = _enter(row, by=by, unit=unit)
                except BadInput as refusal:
                    raise BadInput(
                        "file",
                        _("Row %(number)d (%(column)s): %(why)s Nothing was taken in."),
                        number=row.number,
                        column=refusal.field,
                        why=str(refusal),
                    ) from refusal
        record(
            "party.import",
            f"import:{sheet.sha256[:16]}",
            by=by.username,
            role=role_of(by),
            file=sheet.name,
            sha256=sheet.sha256,
            taken_in=sheet.good,
            left_out=[row.number for row in sheet.rows if not row.sound],
            refs=[row.ref for row in sheet.rows if row.ref],
        )
    return sheet


def _enter(row: Row, *, by: User, unit: Unit | None) -> str:
    cells = row.cells
    party = add_party(
        by=by,
        unit=unit,
        name=cells["name"],
        kind=_kind(cells.get("kind", "")),
        names=_several(cells.get("names", "")),
        addresses=[{"text": cells.get("address", ""), "country": _code(cells.get("address_country", ""))}],
        identifiers=[
            {
                "kind": cells.get("identifier_kind", ""),
                "number": cells.get("identifier", ""),
                "country": _code(cells.get("identifier_country", "")),
            }
        ],
    )
    for column, key in FACTS.items():
        if cells.get(column):
            record_party_fact(
                party.ref,
                by=by,
                key=key,
                value=_code(cells[column]),
                source=cells.get("source", ""),
                as_of=cells.get("as_of", ""),
            )
    return party.ref


def example() -> str:
    """Return a CSV file to fill in: the headings and one example row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.headings[0] for column in COLUMNS])
    writer.writerow([column.example for column in COLUMNS])
    return out.getvalue()
