"""Requests that may be sent twice: the first one is carried out, every further one gets the first one's answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.models import AnsweredRequest, User

from .refusals import Refusal

KEPT = dt.timedelta(days=7)

Answer = tuple[int, Any]


class KeyReused(Refusal):
    """One key stands for one request; a second, different one needs a key of its own."""

    code = "key_reused"
    sentence = _("This Idempotency-Key was used for another request. Use a new key for a new request.")


def once(key: str, *, by: User, request: str, do: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Carry ``do`` out unless it was carried out under this key. Returns (status, body) and whether it is a repeat.

    ``request`` is a digest of what was asked; the same key with another digest raises :class:`KeyReused`. The answer
    is written in the transaction of the change, and whoever sends the same key meanwhile waits for it. What was
    refused is not remembered: it may be sent again once it is mended. Keys are kept for a week.
    """
    with transaction.atomic():
        AnsweredRequest.objects.filter(user=by, at__lt=timezone.now() - KEPT).delete()
        row, new = AnsweredRequest.objects.get_or_create(user=by, key=key, defaults={"request": request})
        if row.request != request:
            raise KeyReused()
        if not new:
            return (row.status, row.body), True
        row.status, row.body = do()
        row.save(update_fields=["status", "body"])
    return (row.status, row.body), False
