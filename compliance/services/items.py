"""Keeping what is known of items."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.models import Item, Unit, User

from . import words
from .act import role_of
from .numbers import next_item_ref
from .refusals import BadInput, NotYours

ECCN = re.compile(r"(EAR99|[0-9][A-E][0-9]{3}(\.[a-z0-9]+)*)\Z")


def eccn(raw: object) -> str:
    """Return an ECCN as the CCL writes it (``3A090.a``, ``5A992.z``, ``EAR99``). Raises ``BadInput``."""
    value = words.text("eccn", raw, limit=20)
    if not value:
        return ""
    head, dot, tail = value.partition(".")
    written = head.upper() + dot + tail.lower()
    if not ECCN.match(written):
        raise BadInput(
            "eccn", _("“%(given)s” is not an ECCN. Write it as 3A090.a, 5A992.z or EAR99."), given=value[:40]
        )
    return written


def add_item(
    *,
    by: User,
    kind: str,
    vendor: str,
    model: str,
    unit: Unit | None = None,
    description: str = "",
    eccn_given: str = "",
) -> Item:
    """Enter an item. ``eccn_given`` is the classification the company holds, or empty when there is none yet."""
    if not by.has_perm("compliance.add_item"):
        raise NotYours()
    home = unit or by.unit
    if home is None or not by.units.filter(pk=home.pk).exists():
        raise BadInput("unit", _("Choose one of your business units."))
    columns = _clean(kind=kind, vendor=vendor, model=model, description=description, eccn_given=eccn_given)
    with transaction.atomic():
        try:
            with transaction.atomic():
                item = Item.objects.create(ref=next_item_ref(), unit=home, created_by=by, **columns)
        except IntegrityError as error:
            raise BadInput("model", _("Your unit already keeps this model of this vendor.")) from error
        record("item.add", item.subject, by=by.username, role=role_of(by), **columns)
    return item


def change_item(
    ref: str, *, by: User, kind: str, vendor: str, model: str, description: str = "", eccn_given: str = ""
) -> Item:
    """Change what is written of an item; the entry holds each value before and after."""
    columns = _clean(kind=kind, vendor=vendor, model=model, description=description, eccn_given=eccn_given)
    with transaction.atomic():
        item = locked_item(ref, by=by)
        was = {name: getattr(item, name) for name in columns if getattr(item, name) != columns[name]}
        for name, value in columns.items():
            setattr(item, name, value)
        try:
            with transaction.atomic():
                item.save()
        except IntegrityError as error:
            raise BadInput("model", _("Your unit already keeps this model of this vendor.")) from error
        record(
            "item.change",
            item.subject,
            by=by.username,
            role=role_of(by),
            was=was,
            now={name: columns[name] for name in was},
        )
    return item


def locked_item(ref: str, *, by: User) -> Item:
    """Return the item, locked, if the person may change it. Raises ``Item.DoesNotExist`` and ``NotYours``."""
    found = Item.objects.visible_to(by).only("pk").get(ref=ref)
    if not by.has_perm("compliance.change_item"):
        raise NotYours()
    return Item.objects.select_for_update().get(pk=found.pk)


def _clean(*, kind: str, vendor: str, model: str, description: str, eccn_given: str) -> dict[str, str]:
    if kind not in Item.Kind.values:
        raise BadInput("kind", _("“%(given)s” is not a kind of item."), given=str(kind)[:40])
    return {
        "kind": str(kind),
        "vendor": words.text("vendor", vendor, limit=200, required=True),
        "model": words.text("model", model, limit=200, required=True),
        "description": words.text("description", description, limit=2000, lines=True),
        "eccn": eccn(eccn_given),
    }
