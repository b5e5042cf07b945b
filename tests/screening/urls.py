"""The screening pages by themselves."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language


def entrance(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


urlpatterns = [
    path("screening/", include("screening.web.urls")),
    path("language/", set_language, name="set_language"),
    path("accounts/login/", entrance, name="account_login"),
]
