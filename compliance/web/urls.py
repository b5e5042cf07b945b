from django.urls import include, path

from . import case_law_tools, cases, desk, health, impact, law, search, settings
from .deeds import DEEDS

app_name = "compliance"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("queue/", desk.queue, name="queue"),
    path("search/", search.search, name="search"),
    path("rulebook/", law.rulebook, name="rulebook"),
    path("rulebook/impact/", impact.impacts, name="impacts"),
    path("rulebook/impact/<int:pk>/", impact.impact, name="impact"),
    path("rulebook/impact/<int:pk>/file.<str:form>", impact.export, name="impact_export"),
    path("rulebook/coverage/", law.coverage, name="coverage"),
    path("rulebook/rules/<str:name>/", law.rule, name="rule"),
    path("rulebook/<str:key>/", law.provision, name="provision"),
    path("settings/", settings.settings, name="settings"),
    # Before the case file: "cases/new/" is no case number.
    path("", include("compliance.web.urls_objects")),
    path("", include("compliance.web.urls_reports")),
    path("", include("compliance.web.urls_tokens")),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:ref>/", cases.case, name="case"),
    path("cases/<str:ref>/days/", case_law_tools.case_days, name="case_days"),
    path("cases/<str:ref>/changes/", case_law_tools.case_changes, name="case_changes"),
    path("cases/<str:ref>/try/", case_law_tools.case_try, name="case_try"),
    path("cases/<str:ref>/answer/", cases.answer, name="case_answer"),
    path("cases/<str:ref>/questionnaire/", cases.questionnaire, name="case_questionnaire"),
    path("cases/<str:ref>/documents/<int:pk>/", cases.document, name="case_document"),
    *(path(f"cases/<str:ref>/{deed.slug}/", cases.do, {"slug": deed.slug}, name=deed.name) for deed in DEEDS),
]
