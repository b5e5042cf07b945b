from django.urls import path

from . import batches, lists, lookup, matches

app_name = "screening"

urlpatterns = [
    path("", matches.matches, name="matches"),
    path("matches/<int:match_id>/", matches.match, name="match"),
    path("matches/<int:match_id>/judge/", matches.judge, name="judge"),
    path("matches/<int:match_id>/questions/", matches.walked, name="walk"),
    path("matches/<int:match_id>/entry/", matches.together, name="together"),
    path("many/", batches.many, name="batches"),
    path("many/rescreen/", batches.rescreen, name="rescreen"),
    path("many/example.csv", batches.example, name="batch_example"),
    path("many/<int:batch_id>/", batches.batch, name="batch"),
    path("many/<int:batch_id>/file.<str:form>", batches.export, name="batch_export"),
    path("look-up/", lookup.look_up, name="look_up"),
    path("lists/", lists.lists, name="lists"),
    path("lists/<int:snapshot_id>/", lists.snapshot, name="snapshot"),
    path("lists/<int:snapshot_id>/difference.csv", lists.difference_csv, name="difference_csv"),
    path("lists/<int:snapshot_id>/published/<str:name>", lists.published, name="published"),
    path("lists/<int:snapshot_id>/publish/", lists.publish, name="publish_list"),
    path("lists/<int:snapshot_id>/reject/", lists.reject, name="reject_list"),
    path("lists/<int:snapshot_id>/reach/", lists.reach, name="reach_list"),
]
