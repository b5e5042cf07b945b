"""What every list of ours does the same way: one page of rows, and the words of a search box."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any, *, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page of rows the address asks for; a number beyond the last page gives the last."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def said(request: HttpRequest, name: str = "q") -> str:
    """Return what stands in a search box, without control characters and at most 200 characters of it."""
    return "".join(sign for sign in request.GET.get(name, "") if sign.isprintable()).strip()[:200]


def picked(request: HttpRequest, name: str, choices: Any) -> str:
    """Return the filter the address names, if it is one of the choices; anything else filters nothing."""
    value = request.GET.get(name, "")
    return value if value in {str(key) for key, _label in choices} else ""
