"""Settings, for the administrator: people with their roles and units, and the units themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.queries import accounts as reading
from compliance.queries import object_history
from compliance.services import people as keeping
from compliance.services.refusals import Refusal

from .forms.parties import ReasonForm
from .forms.people import ROLE_WORDS, PersonForm, UnitForm
from .page import guard, page, say, see, status_of

MANAGE = "compliance.manage_people"


@guard(MANAGE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in, and the business units."""
    return _people_page(request)


def _people_page(request: HttpRequest, *, unit_form: UnitForm | None = None, status: int = 200) -> HttpResponse:
    gone = request.GET.get("gone") == "1"
    return page(
        request,
        "compliance/people.html",
        status=status,
        accounts=[(row, role_names(row.roles)) for row in reading.accounts(gone=gone)],
        gone=gone,
        units=reading.units(),
        unit_form=unit_form or UnitForm(),
        roles=list(ROLE_WORDS.values()),
    )


def role_names(roles: list[str]) -> list[str]:
    """Return roles in the reader's language."""
    return [str(ROLE_WORDS[role][0]) for role in roles]


@guard(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Let somebody in. The first password is shown once, on the page that follows, and kept nowhere."""
    units = list(reading.units())
    form = PersonForm(request.POST if request.method == "POST" else None, units=units, initial={"language": "en"})
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                person, first = keeping.add_person(by=request.user, **form.given())
            except Refusal as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                return page(request, "compliance/people_password.html", person=person, first=first)
    return page(request, "compliance/people_form.html", status=status, form=form, account=None)


@guard(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Change a person's name, roles and units."""
    account = reading.account(username)
    if request.method != "POST":
        return _person_page(request, account)
    form = PersonForm(request.POST, units=list(reading.units()), new=False)
    status = 422
    if form.is_valid():
        try:
            keeping.change_person(username, by=request.user, **form.given())
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            say(request, _("The account is kept as it stands here."))
            return see(request, "compliance:person", username)
    return _person_page(request, account, form=form, status=status)


def _person_page(
    request: HttpRequest, account: reading.Account, *, form: PersonForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    initial = {
        "full_name": account.user.name,
        "email": account.user.email,
        "language": account.user.language,
        "roles": account.roles,
        "units": [unit.code for unit in account.units],
    }
    return page(
        request,
        "compliance/people_form.html",
        status=status,
        account=account,
        form=form or PersonForm(initial=initial, units=list(reading.units()), new=False),
        reason_form=more.get("reason_form") or ReasonForm(),
        own=account.user.pk == request.user.pk,
        history=object_history.worded(reading.history_of(account.user.username)),
    )


@guard(MANAGE)
@require_POST
def person_close(request: HttpRequest, username: str) -> HttpResponse:
    """Close an account, or open it again, with a reason."""
    account = reading.account(username)
    form = ReasonForm(request.POST)
    status = 422
    if form.is_valid():
        verb = keeping.close_account if account.user.is_active else keeping.reopen_account
        try:
            verb(username, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:person", username)
    return _person_page(request, account, status=status, reason_form=form)


@guard(MANAGE)
@require_POST
def person_password(request: HttpRequest, username: str) -> HttpResponse:
    """Give a new first password, shown once."""
    first = keeping.new_password(username, by=request.user)
    return page(request, "compliance/people_password.html", person=reading.account(username).user, first=first)


@guard(MANAGE)
@require_POST
def unit_new(request: HttpRequest) -> HttpResponse:
    """Open a business unit."""
    form = UnitForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            keeping.add_unit(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
        else:
            return see(request, "compliance:people", anchor="units")
    return _people_page(request, unit_form=form, status=status)
