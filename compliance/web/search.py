"""One box for everything: cases, parties, items and paragraphs of the rulebook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from compliance.queries import desk
from compliance.queries.rulebook import paragraphs

from .page import guard, page


@guard("compliance.view_case")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search what the reader may see; a whole case number opens the case."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    found = desk.search(request.user, text)
    if text and len(found["cases"]) == 1 and found["cases"][0].ref.casefold() == text.casefold():
        return redirect("compliance:case", found["cases"][0].ref)
    law = paragraphs(text)[:20] if len(text) > 2 else []
    return page(
        request,
        "compliance/search.html",
        "compliance/_found.html",
        text=text,
        found=found,
        law=law,
        total=sum(len(rows) for rows in found.values()) + len(law),
    )
