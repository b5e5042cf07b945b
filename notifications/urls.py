from django.urls import path

from . import web

app_name = "notifications"

urlpatterns = [
    path("", web.inbox, name="inbox"),
    path("read/", web.read, name="read"),
    path("preferences/", web.preferences, name="preferences"),
    path("<int:notice_id>/", web.follow, name="follow"),
]
