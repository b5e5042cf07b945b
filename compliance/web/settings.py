"""A person's own settings: language and keys. People and roles are the administrator's and stand elsewhere."""

from __future__ import annotations

from django import forms
from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from compliance.services.profile import set_profile

from .accounts import speak
from .page import guard, page, say, see


class ProfileForm(forms.Form):
    """What a person may set for themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=configured.LANGUAGES, widget=forms.RadioSelect)
    keys_on = forms.BooleanField(
        label=_("Use single keys"), required=False, help_text=_("Every key has a button; keys decide nothing.")
    )


@guard()
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and change the reader's own settings."""
    user = request.user
    if request.method != "POST":
        form = ProfileForm(initial={"language": user.language, "keys_on": user.keys_on}, label_suffix="")
        return page(request, "compliance/settings.html", form=form)
    form = ProfileForm(request.POST, label_suffix="")
    if not form.is_valid():
        return page(request, "compliance/settings.html", form=form, status=400)
    set_profile(by=user, **form.cleaned_data)
    with translation.override(form.cleaned_data["language"]):
        say(request, gettext("Saved."))
    response = see(request, "compliance:settings")
    speak(response, form.cleaned_data["language"])
    return response
