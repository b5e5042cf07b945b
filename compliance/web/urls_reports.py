from django.urls import path

from . import reports

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("reports/<slug:slug>.<str:form>", reports.export, name="report_export"),
    path("cases/<str:ref>/file.pdf", reports.case_pdf, name="case_pdf"),
    path("cases/<str:ref>/proof.json", reports.case_proof, name="case_proof"),
]
