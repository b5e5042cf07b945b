"""The first page of the day, the reviewer's queue, and the search."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from compliance.lifecycle import APPROVE, WORK
from compliance.queries import desk as piles_of

from .page import guard, page

PILES = {
    "queue": _("Waiting for my decision"),
    "mine": _("With me"),
    "license": _("Authorizations"),
    "ship": _("Ready to go"),
    "waiting": _("Waiting for a decision"),
    "unit": _("All open"),
}
NOTHING = {
    "queue": _("No proposal waits for you."),
    "mine": _("Nothing lies with you."),
    "license": _("Nothing waits for a filing or an answer from BIS."),
    "ship": _("Nothing is cleared to go and still here."),
    "waiting": _("No proposal waits for anybody."),
    "unit": _("No case is open."),
}


@guard("compliance.view_case")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The person's piles, ordered by legal date and then by age."""
    piles = piles_of.desk_views(request.user)
    counts = piles_of.pile_counts(piles)
    chosen = request.GET.get("pile", "")
    if chosen not in piles:
        chosen = next((name for name in piles if counts[name]), next(iter(piles)))
    ordered = piles_of.listed(piles[chosen]).order_by(*piles_of.ORDERS["due"])
    paged = Paginator(ordered, piles_of.PAGE)
    # The count of the pile is known already; it is not asked for twice.
    paged.count = counts[chosen]
    shown = paged.get_page(request.GET.get("page"))
    return page(
        request,
        "compliance/desk.html",
        "compliance/_desk_rows.html",
        page=shown,
        rows=piles_of.rows_of(shown.object_list),
        pile=chosen,
        heading=PILES[chosen],
        nothing=NOTHING[chosen],
        tabs=[
            {"href": f"?pile={name}", "label": PILES[name], "count": counts[name], "current": name == chosen}
            for name in piles
        ],
        may_open=request.user.has_perm(WORK),
    )


@guard("compliance.view_case", APPROVE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this reviewer, one screenful at a time: what is asked, by whom, since when."""
    waiting = piles_of.listed(piles_of.awaiting(request.user)).order_by(*piles_of.ORDERS["due"])
    paged = Paginator(waiting, 20).get_page(request.GET.get("page"))
    return page(
        request,
        "compliance/queue.html",
        "compliance/_queue_rows.html",
        page=paged,
        waiting=piles_of.queue_rows(list(paged.object_list)),
    )
