"""What every page does the same way: who may enter, what a refusal looks like, whole page or fragment."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from compliance.services.refusals import BadInput, NotYours, Refusal

View = Callable[..., HttpResponse]


def guard(*permissions: str) -> Callable[[View], View]:
    """Let signed-in people with every one of ``permissions`` in; a row outside their scope is not there (404).

    A refusal that a view does not show itself is shown here, as its own sentence: 403 where the role does not include
    the step, 400 for input that cannot be used, 409 for anything that stands in the way.
    """

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _unspeakable(request, kwargs):
                raise Http404
            if not request.user.has_perms(permissions):
                return page(request, "403.html", status=403)
            try:
                return view(request, *args, **kwargs)
            except ObjectDoesNotExist as error:
                raise Http404 from error
            except Refusal as refusal:
                return refused(request, refusal)

        return guarded

    return wrap


def _unspeakable(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Return whether an address or a reference holds a NUL, which no row can hold and the database refuses to hear."""
    given = [*kwargs.values(), *(request.POST.get(name) for name in ("party", "item", "key", "ref"))]
    return any("\x00" in value for value in given if isinstance(value, str))


def page(
    request: HttpRequest, template: str, part: str | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Render ``template`` whole or, where htmx asks for it, only its fragment ``part``."""
    htmx = getattr(request, "htmx", None)
    fragment = part is not None and htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, part if fragment else template, context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response


def see(request: HttpRequest, name: str, *args: Any, anchor: str = "") -> HttpResponse:
    """Send the reader to another page after a change (303), optionally to a place on it."""
    url = resolve_url(name, *args)
    return HttpResponseRedirect(f"{url}#{anchor}" if anchor else url, status=303)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show a refusal on a page of its own, with the way back."""
    return page(request, "compliance/refused.html", status=status_of(refusal), sentence=str(refusal))


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status a refusal stands for."""
    if isinstance(refusal, NotYours):
        return 403
    return 400 if isinstance(refusal, BadInput) else 409


def warn(request: HttpRequest, sentence: str) -> None:
    """Tell the reader aloud, on the page shown next, why what was done does not count."""
    messages.error(request, sentence)


def say(request: HttpRequest, sentence: str) -> None:
    """Tell the reader what was done, on the page shown next."""
    messages.success(request, sentence)
