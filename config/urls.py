from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

handler403 = "compliance.web.errors.forbidden"
handler404 = "compliance.web.errors.not_found"
handler500 = "compliance.web.errors.broken"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("api/v1/", include("compliance.api.urls")),
    path("screening/", include("screening.web.urls")),
    path("notifications/", include("notifications.urls")),
    path("evidence/", include("audit.urls")),
    path("", include("compliance.web.urls")),
]

if settings.DEBUG or settings.GATEHOUSE_DEMO:
    from django.views.generic import TemplateView

    urlpatterns.append(path("styleguide/", TemplateView.as_view(template_name="styleguide.html"), name="styleguide"))
