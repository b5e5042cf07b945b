from django.urls import path

from . import lists, lookup, matches

app_name = "screening"

urlpatterns = [
    path("", matches.matches, name="matches"),
    path("matches/<int:match_id>/", matches.match, name="match"),
    path("matches/<int:match_id>/judge/", matches.judge, name="judge"),
    path("matches/<int:match_id>/questions/", matches.walked, name="walk"),
    path("matches/<int:match_id>/entry/", matches.together, name="together"),
    path("look-up/", lookup.look_up, name="look_up"),
    path("lists/", lists.lists, name="lists"),
]
