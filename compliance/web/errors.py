"""What a reader sees when there is nothing to see: no right, nothing here, broken."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the reader's role does not include this."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing is here, with no hint whether something is there for others."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, with the number under which the log keeps it. Touches neither rows nor session."""
    ident = structlog.contextvars.get_contextvars().get("request_id", "")
    return render(None, "500.html", {"request_id": ident}, status=500)  # type: ignore[arg-type]
