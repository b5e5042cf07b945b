"""The inbox, and which channel carries what."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import queries, services
from .channels import email

PAGE = 50


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what the person was told, newest first; all of it, or what is unread."""
    unread_only = request.GET.get("show") == "unread"
    page = Paginator(queries.inbox(request.user, only_unread=unread_only), PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "notices": queries.told(request.user, list(page.object_list)),
        "unread_only": unread_only,
    }
    return render(request, "notifications/inbox.html", shown)


@login_required
@require_GET
def follow(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go to what a notice is about; it is read then. Somebody else's notice is not there."""
    try:
        target = queries.target(request.user, notice_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    services.mark_read(request.user, notice_id=notice_id)
    return _to(target)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all of them where none is named."""
    given = request.POST.get("notice", "")
    if given and not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    services.mark_read(request.user, notice_id=int(given) if given else None)
    return _to(reverse("notifications:inbox"))


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep which channel carries which urgency."""
    rows = queries.choices(request.user)
    if request.method == "POST":
        wanted = {(row.urgency, row.channel): row.name in request.POST for row in rows}
        services.choose(request.user, wanted=wanted)
        messages.success(request, _("Your choice is kept. It holds for what happens from now on."))
        return _to(reverse("notifications:preferences"))
    shown = {"rows": rows, "address": request.user.email, "mail": email.in_use()}
    return render(request, "notifications/preferences.html", shown)


def _to(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
