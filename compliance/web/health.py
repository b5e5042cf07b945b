"""For machines that watch: is the process alive, and can it work?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from compliance.queries import health


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer ``ok`` as long as the process runs; asks nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether database and broker answer (503 when one does not) and how old the last sweep of clocks is.

    A late sweep is reported, not failed: taking every web server away would help nobody.
    """
    database, broker, age = health.database_answers(), health.broker_answers(), health.sweep_age()
    body = {
        "database": "ok" if database else "down",
        "broker": "ok" if broker else "down",
        "sweep_age_seconds": None if age is None else round(age.total_seconds()),
        "sweep": "unknown" if age is None else "late" if age > health.SWEEP_LATE else "ok",
    }
    return JsonResponse(body, status=200 if database and broker else 503)
