"""Every no in one shape: a stable code, a sentence in the client's language and, where it helps, which fields."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from compliance.services.refusals import BadInput, Blocked, NotYours, Refusal


class Absent(exceptions.NotFound):
    """There is nothing here that this person may see."""

    def __init__(self, sentence: str = "", *, code: str = "not_found") -> None:
        super().__init__(sentence or _("There is nothing here, or it is not among what you may see."), code)


class Busy(exceptions.APIException):
    """Understood, but something stands in the way."""

    status_code = 409


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into an answer; ``None`` for what nobody foresaw, which is a fault of ours."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, ObjectDoesNotExist | Http404):
        error = Absent()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _invalid([{"field": field, "detail": detail} for field, detail in _flat(error.detail)])
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if isinstance(error, exceptions.Throttled) and error.wait is not None:
        headers["Retry-After"] = str(math.ceil(error.wait))
    body = {"code": str(error.get_codes()), "detail": str(error.detail)}
    return Response(body, status=error.status_code, headers=headers)


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, BadInput):
        return _invalid([{"field": refusal.field, "detail": str(refusal)}])
    body: dict[str, Any] = {"code": refusal.code, "detail": str(refusal)}
    if isinstance(refusal, Blocked):
        body["blockers"] = [str(each) for each in refusal.blockers]
    return Response(body, status=403 if isinstance(refusal, NotYours) else 409)


def _invalid(errors: list[dict[str, str]]) -> Response:
    first = errors[0]
    detail = f"{first['field']}: {first['detail']}" if first["field"] else first["detail"]
    return Response({"code": "bad_input", "detail": detail, "errors": errors}, status=400)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (``lines[2].quantity``, sentence) for every error of a nested answer."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}" if path else str(name)
            here = path if name == "non_field_errors" else here
            yield from _flat(inner, here)
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            if isinstance(inner, dict):
                yield from _flat(inner, f"{path}[{place}]")
            else:
                yield from _flat(inner, path)
    else:
        yield path, str(detail)
