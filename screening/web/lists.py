"""The lists: what is loaded, how it changed and whom that touches, what waits for a second person, what was refused."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from .. import queries, services
from ..reasons import Refusal
from ..tasks import hand_on
from .forms import RejectForm
from .guard import guard

PAGE = 50
KEEP = "screening.refresh_lists"


@guard("screening.view_snapshot")
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists in use, those not searched, and the files loaded or refused."""
    told = {"coverage": queries.coverage(), "snapshots": queries.snapshots(), "thresholds": queries.thresholds()}
    return render(request, "screening/lists.html", told)


@guard("screening.view_snapshot")
@require_GET
def snapshot(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """One file: where it is from, what it changed, and whom of ours each change touches."""
    return _page(request, snapshot_id, RejectForm())


def _page(request: HttpRequest, snapshot_id: int, form: RejectForm, *, status: int = 200) -> HttpResponse:
    shown = queries.snapshot_for(snapshot_id)
    if shown is None:
        raise Http404
    asked = {"what": request.GET.get("what", ""), "list_code": request.GET.get("list", "")}
    touching = request.GET.get("touching") == "1"
    difference = queries.difference(snapshot_id, touching=touching, **asked)
    page = Paginator(difference.keys if difference else (), PAGE).get_page(request.GET.get("page"))
    waits = shown.state == "awaiting" and request.user.has_perm(KEEP)
    told = {
        "shown": shown,
        "difference": difference,
        "page": page,
        "changes": queries.changes(snapshot_id, page.object_list, request.user) if difference else [],
        "asked": asked,
        "touching": touching,
        "form": form,
        "may_decide": waits and shown.loaded_by != request.user.get_username(),
        "own_load": waits and shown.loaded_by == request.user.get_username(),
        "may_count": request.user.has_perm(KEEP),
    }
    return render(request, "screening/snapshot.html", told, status=status)


@guard("screening.view_snapshot")
@require_GET
def difference_csv(request: HttpRequest, snapshot_id: int) -> HttpResponse | StreamingHttpResponse:
    """Send all that a file changed as CSV, with the parties and cases the person may see."""
    difference = queries.difference(snapshot_id)
    if difference is None:
        raise Http404
    pieces = queries.difference_csv(difference, request.user)
    return StreamingHttpResponse(
        pieces,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="lists-{snapshot_id}-difference.csv"'},
    )


@guard("screening.view_snapshot")
@require_GET
def published(request: HttpRequest, snapshot_id: int, name: str) -> FileResponse:
    """Send a file as it was published, byte for byte, compressed."""
    file = queries.published_file(snapshot_id, name)
    if file is None:
        raise Http404
    return FileResponse(
        file, as_attachment=True, filename=f"lists-{snapshot_id}-{name}", content_type="application/octet-stream"
    )


@guard(KEEP)
@require_POST
def publish(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Take a file that waits into use."""
    try:
        services.publish(snapshot_id, by=request.user.get_username())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        hand_on()
        messages.info(request, _("The list is in use. Open cases are screened again."))
    return _back(snapshot_id)


@guard(KEEP)
@require_POST
def reject(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Say that a file that waits is not to be used."""
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            services.reject(snapshot_id, by=request.user.get_username(), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.info(request, _("The file is rejected; the lists in use stay."))
            return _back(snapshot_id)
    return _page(request, snapshot_id, form, status=400)


@guard(KEEP)
@require_POST
def reach(request: HttpRequest, snapshot_id: int) -> HttpResponse:
    """Count whom of ours the changes touch, now."""
    try:
        services.reach(snapshot_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(snapshot_id)


def _back(snapshot_id: int) -> HttpResponse:
    if queries.snapshot_for(snapshot_id) is None:
        raise Http404
    return HttpResponse(status=303, headers={"Location": reverse("screening:snapshot", args=[snapshot_id])})
