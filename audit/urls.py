from django.urls import path

from . import web

app_name = "audit"

urlpatterns = [
    path("", web.chain, name="chain"),
    path("check/", web.check, name="check"),
    path("export/", web.export, name="export"),
]
