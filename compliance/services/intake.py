"""Opening a case, amending it and handing it in."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.lifecycle import WORK, Action
from compliance.models import Case, CaseLine, CaseParty, Comment, Item, Party, Unit, User

from . import words
from .act import act, role_of
from .numbers import next_case_ref
from .refusals import BadInput, Blocked, NotYours

RECEIVERS = frozenset({"ultimate_consignee", "end_user", "iaas_customer", "recipient"})
"""Roles of which a case must name at least one: without a receiver there is nothing to decide."""

CURRENCIES = ("USD", "EUR", "CNY", "JPY", "GBP", "SGD", "KRW", "TWD")


def _clean(changes: dict[str, Any]) -> dict[str, Any]:
    """Check the columns of a case that people write. Raises :class:`~.refusals.BadInput`."""
    checks = {
        "title": lambda raw: words.text("title", raw, limit=200, required=True),
        "activity": lambda raw: _one_of("activity", raw, Case.Activity.values),
        "exporting_from": lambda raw: words.country("exporting_from", raw),
        "destination": lambda raw: words.country("destination", raw),
        "route": _route,
        "planned_on": lambda raw: words.day("planned_on", raw),
        "end_use": lambda raw: words.text("end_use", raw, limit=4000, lines=True),
        "purchase_order": lambda raw: words.text("purchase_order", raw, limit=120),
        "purchase_order_on": lambda raw: words.day("purchase_order_on", raw),
        "value": lambda raw: words.number("value", raw, places=2, digits=16, least=words.Decimal(0)),
        "currency": lambda raw: _one_of("currency", raw or "USD", CURRENCIES),
    }
    unknown = set(changes) - set(checks)
    if unknown:
        raise BadInput(sorted(unknown)[0], _("A case has no such field."))
    return {name: checks[name](raw) for name, raw in changes.items()}


def _one_of(field: str, raw: Any, allowed: Any) -> str:
    if str(raw) not in allowed:
        raise BadInput(
            field,
            _("“%(given)s” is not possible here. Use one of: %(allowed)s."),
            given=str(raw)[:40],
            allowed=", ".join(allowed),
        )
    return str(raw)


def _route(raw: Any) -> list[str]:
    """Countries the goods pass on the way, in order."""
    if raw in (None, ""):
        return []
    parts = raw if isinstance(raw, list | tuple) else str(raw).replace("，", ",").split(",")
    if len(parts) > 20:
        raise BadInput("route", _("A route has at most 20 countries."))
    return [words.country("route", part, required=True) for part in parts if str(part).strip()]


def open_case(*, by: User, unit: Unit | None = None, **given: Any) -> Case:
    """Open a draft in one of the person's units. ``given`` holds the columns of :class:`~compliance.models.Case`.

    Raises :class:`~.refusals.NotYours` and :class:`~.refusals.BadInput`.
    """
    if not by.has_perm(WORK):
        raise NotYours()
    home = unit or by.unit
    if home is None or not by.units.filter(pk=home.pk).exists():
        raise BadInput("unit", _("Choose one of your business units."))
    given.setdefault("title", "")
    given.setdefault("activity", "")
    clean = _clean(given)
    with transaction.atomic():
        case = Case.objects.create(
            ref=next_case_ref(timezone.localdate()),
            unit=home,
            created_by=by,
            assigned_to=by,
            next_due_on=clean.get("planned_on"),
            **clean,
        )
        record(
            "case.open",
            case.subject,
            by=by.username,
            after=case.state,
            role=role_of(by),
            unit=home.code,
            **_plain(clean),
        )
    return case


def amend(ref: str, *, by: User, **changes: Any) -> Case:
    """Change columns of a draft or a case under review; the entry holds each value before and after."""
    clean = _clean(changes)
    with act(ref, Action.AMEND, by=by) as (case, note):
        before = {name: getattr(case, name) for name in clean}
        for name, value in clean.items():
            setattr(case, name, value)
        changed = {name for name in clean if before[name] != clean[name]}
        note.update(
            changed=sorted(changed),
            was=_plain({name: before[name] for name in changed}),
            now=_plain({name: clean[name] for name in changed}),
        )
    return case


def add_line(ref: str, *, by: User, item_ref: str, quantity: Any, unit_value: Any = None) -> CaseLine:
    """Add so many of an item to the case."""
    amount = words.number("quantity", quantity, places=3, digits=14, least=words.Decimal("0.001"))
    if amount is None:
        raise BadInput("quantity", _("Give a quantity greater than 0."))
    each = words.number("unit_value", unit_value, places=2, digits=16, least=words.Decimal(0))
    with act(ref, Action.AMEND, by=by) as (case, note):
        item = Item.objects.visible_to(by).filter(ref=words.ref(item_ref)).first()
        if item is None:
            raise BadInput("item", _("There is no item %(given)s."), given=str(item_ref)[:40])
        line = CaseLine.objects.create(case=case, item=item, quantity=amount, unit_value=each)
        note.update(added_line={"line": line.pk, "item": item.ref, "quantity": str(amount), "unit_value": _text(each)})
    return line


def drop_line(ref: str, *, by: User, line_id: int) -> None:
    """Take a line out of the case; the entry keeps what it was."""
    with act(ref, Action.AMEND, by=by) as (case, note):
        line = case.lines.select_related("item").filter(pk=line_id).first()
        if line is None:
            raise BadInput("line", _("This line is no longer part of the case."))
        note.update(dropped_line={"line": line.pk, "item": line.item.ref, "quantity": str(line.quantity)})
        line.delete()


def add_party(ref: str, *, by: User, party_ref: str, role: str) -> CaseParty:
    """Give a party a role in the case."""
    _one_of("role", role, CaseParty.Role.values)
    with act(ref, Action.AMEND, by=by) as (case, note):
        party = Party.objects.visible_to(by).filter(ref=words.ref(party_ref)).first()
        if party is None:
            raise BadInput("party", _("There is no party %(given)s."), given=str(party_ref)[:40])
        try:
            with transaction.atomic():
                place = CaseParty.objects.create(case=case, party=party, role=role)
        except IntegrityError as error:
            raise BadInput("party", _("%(name)s already has this role in the case."), name=party.name) from error
        note.update(added_party={"party": party.ref, "role": role})
    return place


def drop_party(ref: str, *, by: User, place_id: int) -> None:
    """Take a party's role out of the case."""
    with act(ref, Action.AMEND, by=by) as (case, note):
        place = case.parties.select_related("party").filter(pk=place_id).first()
        if place is None:
            raise BadInput("party", _("This party is no longer part of the case."))
        note.update(dropped_party={"party": place.party.ref, "role": place.role})
        place.delete()


def submit(ref: str, *, by: User) -> Case:
    """Hand a draft in. What must be there is there; screening and determination follow at once (see ``handed_in``)."""
    with act(ref, Action.SUBMIT, by=by) as (case, note):
        missing = what_is_missing(case)
        if missing:
            raise Blocked(missing)
        case.submitted_at = timezone.now()
        note.update(lines=case.lines.count(), parties=case.parties.count())
    return case


def what_is_missing(case: Case) -> list[str]:
    """Return, as sentences, what a case needs before it can be handed in."""
    return [sentence for _part, sentence in missing_parts(case)]


def missing_parts(case: Case) -> list[tuple[str, str]]:
    """Return what is missing as (part of the case, sentence), so that a page can lead to the place to fill in."""
    roles = set(case.parties.values_list("role", flat=True))
    wanted = (
        ("lines", case.lines.exists(), _("No item yet: add at least one line.")),
        (
            "parties",
            bool(roles & RECEIVERS),
            _("No receiver yet: name the ultimate consignee, end user, customer or recipient."),
        ),
        ("destination", bool(case.destination), _("No destination yet.")),
        ("planned_on", case.planned_on is not None, _("No planned date yet: the law is read for that day.")),
        ("end_use", bool(case.end_use), _("No end use yet: write it down in the customer's words.")),
    )
    return [(part, str(sentence)) for part, there, sentence in wanted if not there]


def assign(ref: str, *, by: User, to: str) -> Case:
    """Hand the case to a colleague who may see and work it."""
    with act(ref, Action.ASSIGN, by=by) as (case, note):
        person = User.objects.filter(username=words.ref(to), is_active=True, units=case.unit).first()
        if person is None or not (person.has_perm(WORK) or person.has_perm("compliance.propose_case")):
            raise BadInput("to", _("This colleague cannot work on cases of %(unit)s."), unit=str(case.unit))
        note.update(was=case.assigned_to.username if case.assigned_to else "", now=person.username)
        case.assigned_to = person
    return case


def comment(ref: str, *, by: User, text: str) -> Comment:
    """Say something about the case."""
    said = words.text("text", text, limit=4000, required=True, lines=True)
    with act(ref, Action.COMMENT, by=by) as (case, note):
        row = Comment.objects.create(case=case, by=by, text=said)
        note.update(comment=row.pk, text=said)
    return row


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, list) else _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
