"""Recording what is known: one fact at a time, with its evidence, never overwriting what stood before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.countries import CODES
from compliance.ear.facts import json_safe
from compliance.ear.fields import About, BadValue, Field, Kind
from compliance.lifecycle import Action
from compliance.models import Case, Document, Fact, Item, Party, User
from compliance.queries.facts import CASE_COLUMNS, fields

from . import words
from .act import act, role_of
from .items import eccn, locked_item
from .parties import locked_party
from .refusals import BadInput

BAD_VALUE = {
    "not_yes_or_no": _("Answer yes or no; “%(given)s” is neither."),
    "not_a_choice": _("“%(given)s” is not one of the answers: %(choices)s."),
    "not_a_number": _("“%(given)s” is not a number. Write digits, with a point for decimals."),
    "negative": _("%(given)s is negative. A figure of this kind is zero or more."),
    "too_large": _("%(given)s is too large to be this figure. Check the unit."),
    "not_a_date": _("“%(given)s” is not a date. Write year-month-day, as 2026-11-21."),
    "not_a_country": _("“%(given)s” is not a country code. Choose from the list."),
    "too_long": _("Use at most %(limit)d characters; this has %(given)d."),
}


def parsed(field: Field, raw: Any) -> Any:
    """Return the value the law reads. Raises :class:`~.refusals.BadInput` with the sentence to show."""
    try:
        value = field.parse(raw)
    except BadValue as error:
        raise BadInput(field.key, BAD_VALUE[error.key], **error.values) from error
    if field.kind is Kind.COUNTRY and value is not None and value not in CODES:
        raise BadInput(field.key, BAD_VALUE["not_a_country"], given=value)
    if field.kind is Kind.TEXT and value is not None:
        value = words.text(field.key, value, limit=2000, lines=True) or None
    if field.kind is Kind.DATE and value is not None:
        words.day(field.key, value)
    return value


HELD_ELSEWHERE = frozenset({"case.parties", "party.role", "party.listings", "party.listings_undecided"})
"""Facts nobody writes down: the case holds its parties and their roles, and only screening finds listings."""


def known_field(key: str, about: About) -> Field:
    """Return the field called ``key`` if it tells something of ``about``. Raises :class:`~.refusals.BadInput`."""
    field = fields().get(key)
    if field is None or field.about is not about or key in HELD_ELSEWHERE:
        raise BadInput(str(key)[:80], _("There is no such fact to record."))
    return field


def answer(
    ref: str,
    *,
    by: User,
    key: str,
    value: Any = None,
    party_ref: str = "",
    item_ref: str = "",
    cannot_be_known: bool = False,
    source: str = "",
    as_of: Any = None,
    document_id: int | None = None,
) -> Case:
    """Answer a question of a case: the fact goes to the case, or to the party or item it is about.

    ``value`` of ``None`` without ``cannot_be_known`` withdraws what stood: the fact is unknown again. Raises
    :class:`~.refusals.BadInput`.
    """
    with act(ref, Action.ANSWER, by=by) as (case, note):
        holder, field = _holder(case, key, party_ref, item_ref)
        evidence = {"source": source, "as_of": as_of, "document_id": document_id, "cannot_be_known": cannot_be_known}
        note.update(about=holder.subject, **_write(holder, field, value, by=by, case=case, **evidence))
    return case


def answer_many(
    ref: str, *, by: User, answers: Sequence[Mapping[str, Any]], source: str = "", as_of: Any = None
) -> Case:
    """Answer the questions of a questionnaire at once: every answer is kept, in one entry, or none.

    An answer holds ``key``, ``value`` and, where it is not about the case, ``party_ref`` or ``item_ref``;
    ``cannot_be_known`` instead of a value says that somebody asked in vain. Raises :class:`~.refusals.BadInput` naming
    the field of the first answer that cannot be used.
    """
    with act(ref, Action.ANSWER, by=by) as (case, note):
        told = []
        for given in answers:
            holder, field = _holder(case, given["key"], given.get("party_ref") or "", given.get("item_ref") or "")
            evidence = {
                "source": source,
                "as_of": as_of,
                "cannot_be_known": bool(given.get("cannot_be_known")),
            }
            written = _write(holder, field, given.get("value"), by=by, case=case, **evidence)
            told.append({"about": holder.subject, **written})
        note.update(answers=told, source=words.text("source", source, limit=300))
    return case


def _holder(case: Case, key: str, party_ref: str, item_ref: str) -> tuple[Case | Party | Item, Field]:
    """Return what a fact of a case is about, locked, and its field."""
    if party_ref:
        return _among(case, "parties__party", Party, party_ref), known_field(key, About.PARTY)
    if item_ref:
        return _among(case, "lines__item", Item, item_ref), known_field(key, About.ITEM)
    return case, known_field(key, About.CASE)


def _among(case: Case, path: str, model: type[Party] | type[Item], ref: str) -> Any:
    found = model.objects.filter(pk__in=Case.objects.filter(pk=case.pk).values(path), ref=words.ref(ref))
    row = found.select_for_update().first()
    if row is None:
        raise BadInput("about", _("%(ref)s is not part of this case."), ref=str(ref)[:40])
    return row


def record_party_fact(ref: str, *, by: User, key: str, value: Any = None, **evidence: Any) -> Party:
    """Record one fact of a party outside any case (headquarters, ultimate parent …)."""
    field = known_field(key, About.PARTY)
    with transaction.atomic():
        party = locked_party(ref, by=by)
        note = _write(party, field, value, by=by, **evidence)
        party.save(update_fields=["changed_at"])
        record("party.fact", party.subject, by=by.username, role=role_of(by), **note)
    return party


def record_item_fact(ref: str, *, by: User, key: str, value: Any = None, **evidence: Any) -> Item:
    """Record one fact of an item (TPP, die area, data-center marketing …)."""
    field = known_field(key, About.ITEM)
    with transaction.atomic():
        item = locked_item(ref, by=by)
        note = _write(item, field, value, by=by, **evidence)
        item.save()
        record("item.fact", item.subject, by=by.username, role=role_of(by), **note)
    return item


def _write(
    holder: Case | Party | Item,
    field: Field,
    raw: Any,
    *,
    by: User,
    case: Case | None = None,
    source: str = "",
    as_of: Any = None,
    document_id: int | None = None,
    cannot_be_known: bool = False,
    workings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Put one fact in the place of the one that stood. Returns what the entry says of it."""
    value = None if cannot_be_known else parsed(field, raw)
    evidence = words.text("source", source, limit=300)
    day = words.day("as_of", as_of)
    stored = json_safe(value)
    if isinstance(holder, Case) and field.key in CASE_COLUMNS:
        column = CASE_COLUMNS[field.key]
        was, now = getattr(holder, column), stored or ""
        if column == "activity" and not now:
            raise BadInput(field.key, _("A case always has a kind of activity."))
        setattr(holder, column, now)
        return {"key": field.key, "was": was, "now": now, "source": evidence}
    if isinstance(holder, Item) and field.key == "item.eccn":
        was, holder.eccn = holder.eccn, eccn(stored or "")
        holder.save()
        return {"key": field.key, "was": was, "now": holder.eccn, "source": evidence}
    document = _document(document_id, holder, case)
    about = {type(holder).__name__.lower(): holder}
    standing = Fact.objects.select_for_update().filter(**about, key=field.key, replaced_at__isnull=True).first()
    was = standing.value if standing else None
    if standing:
        standing.replaced_at = timezone.now()
        standing.save(update_fields=["replaced_at"])
    if stored is not None or cannot_be_known:
        Fact.objects.create(
            **about,
            key=field.key,
            value=stored,
            cannot_be_known=cannot_be_known,
            source=evidence,
            as_of=day,
            document=document,
            recorded_by=by,
            workings=workings,
        )
    return {
        "key": field.key,
        "was": was,
        "now": stored,
        "cannot_be_known": cannot_be_known,
        "source": evidence,
        "as_of": day.isoformat() if day else "",
        "document": document.sha256 if document else "",
    }


def _document(document_id: int | None, holder: Case | Party | Item, case: Case | None) -> Document | None:
    if not document_id:
        return None
    near = Document.objects.filter(pk=document_id)
    near = near.filter(party=holder) | near.filter(case=case) if isinstance(holder, Party) else near.filter(case=case)
    document = near.first()
    if document is None:
        raise BadInput("document", _now("This document is not kept here. Attach it first."))
    return document
