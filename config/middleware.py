"""Two small layers every answer passes: a request id for the logs, and no shared copies of private pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

Handler = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Handler) -> Handler:
    """Give every request an id, bind it to the logs and send it back."""

    def handle(request: HttpRequest) -> HttpResponse:
        ident = uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=ident)
        response = get_response(request)
        response["X-Request-Id"] = ident
        return response

    return handle


def private(get_response: Handler) -> Handler:
    """Keep what a signed-in person sees out of every shared cache and of the browser's history cache."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return handle
