"""Authorizations: what was authorized, what was used, what is left, and when it ends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from compliance.queries import authorizations as reading
from compliance.queries import choices

from .lists import page_of, picked, said
from .page import guard, page


@guard("compliance.view_case")
@require_safe
def authorization_list(request: HttpRequest) -> HttpResponse:
    """Every authorization a person may see, those that end soonest first."""
    today = timezone.localdate()
    kind = picked(request, "kind", choices.AUTHORIZATION_KINDS)
    standing = picked(request, "standing", choices.AUTHORIZATION_STANDINGS)
    rows = reading.authorizations(request.user, kind=kind, standing=standing, said=said(request))
    found = page_of(request, rows)
    return page(
        request,
        "compliance/authorizations.html",
        part="compliance/_authorization_rows.html",
        found=found,
        rows=[(row, _clock(row)) for row in reading.balances(found.object_list, today)],
        today=today,
        said=said(request),
        kind=kind,
        standing=standing,
        kinds=choices.AUTHORIZATION_KINDS,
        standings=choices.AUTHORIZATION_STANDINGS,
    )


def _clock(standing: reading.Standing) -> dict[str, Any]:
    """Return the life of an authorization as the clock component draws it."""
    row = standing.row
    return {
        "name": _("Term") if row.granted_on else _("Registered") if row.registered_on else _("Filed"),
        "start": row.granted_on or row.registered_on or row.filed_on,
        "due": row.expires_on,
        "state": _tone(standing),
        "left": _left(standing),
    }


def _tone(standing: reading.Standing) -> str:
    if standing.row.standing != "granted":
        return "quiet" if standing.row.standing == "pending" else "expired"
    if standing.days_left is None or standing.days_left > 30:
        return "authorized"
    return "due" if standing.days_left >= 0 else "expired"


def _left(standing: reading.Standing) -> str:
    if standing.row.standing in {"denied", "returned"}:
        return str(standing.row.get_standing_display())
    days = standing.days_left
    if days is None:
        return _("no end recorded") if standing.row.standing == "granted" else _("waiting for BIS")
    if days < 0:
        return ngettext("ended %(count)d day ago", "ended %(count)d days ago", -days) % {"count": -days}
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
