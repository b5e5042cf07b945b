"""API tokens, for everybody: the keys with which a person's programs sign in as that person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from compliance.queries.tokens import tokens_of
from compliance.services import tokens as keeping
from compliance.services.refusals import Refusal

from .forms import fields
from .page import guard, page, say, see, status_of


class TokenForm(fields.PlainForm):
    """What a token is for and how long it lives."""

    name = fields.text(_("Name"), limit=60, required=True, help_text=_("What will use it, as in “order system”."))
    days = fields.number(
        _("Days it lives"), places=0, digits=3, least="1", required=True, help_text=_("From 1 to 365 days.")
    )


@guard()
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the reader's tokens and make a new one, which is shown on this one page and kept nowhere."""
    if request.method != "POST":
        return _tokens_page(request, TokenForm(initial={"days": keeping.DEFAULT_DAYS}))
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens_page(request, form, status=422)
    try:
        row, token = keeping.create_token(by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return _tokens_page(request, form, status=status_of(refusal))
    return _tokens_page(request, TokenForm(initial={"days": keeping.DEFAULT_DAYS}), made=row, token=token)


@guard()
@require_POST
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """End one of the reader's tokens at once."""
    keeping.revoke_token(key, by=request.user)
    say(request, _now("The token is revoked. Whatever used it is locked out from now on."))
    return see(request, "compliance:tokens")


def _tokens_page(request: HttpRequest, form: TokenForm, *, status: int = 200, **made: Any) -> HttpResponse:
    return page(request, "compliance/tokens.html", status=status, form=form, tokens=tokens_of(request.user), **made)
