"""Addresses of the API, version 1. None has a slash at its end."""

from __future__ import annotations

from django.urls import path, re_path

from .views import batches, cases, description, objects, screening, what_if
from .views.door import Nowhere

app_name = "api"

urlpatterns = [
    path("schema", description.Description.as_view(), name="schema"),
    path("parties", objects.Parties.as_view(), name="parties"),
    path("parties/<str:ref>", objects.OneParty.as_view(), name="party"),
    path("parties/<str:ref>/names", objects.PartyNames.as_view(), name="party_names"),
    path("parties/<str:ref>/facts", objects.PartyFacts.as_view(), name="party_facts"),
    path("parties/<str:ref>/owners", objects.PartyOwners.as_view(), name="party_owners"),
    path("items", objects.Items.as_view(), name="items"),
    path("items/<str:ref>", objects.OneItem.as_view(), name="item"),
    path("items/<str:ref>/facts", objects.ItemFacts.as_view(), name="item_facts"),
    path("cases", cases.Cases.as_view(), name="cases"),
    path("cases/<str:ref>", cases.OneCase.as_view(), name="case"),
    path("cases/<str:ref>/lines", cases.CaseLines.as_view(), name="case_lines"),
    path("cases/<str:ref>/parties", cases.CaseParties.as_view(), name="case_parties"),
    path("cases/<str:ref>/facts", cases.CaseFacts.as_view(), name="case_facts"),
    path("cases/<str:ref>/submit", cases.Submit.as_view(), name="case_submit"),
    path("cases/<str:ref>/determination", cases.Determination.as_view(), name="case_determination"),
    path("cases/<str:ref>/proof", cases.CaseProof.as_view(), name="case_proof"),
    path("cases/<str:ref>/deadlines", cases.CaseDeadlines.as_view(), name="case_deadlines"),
    path("determinations", what_if.Determinations.as_view(), name="what_if"),
    path("determinations/schema", what_if.DeterminationSchema.as_view(), name="what_if_schema"),
    path("screening/look-ups", screening.LookUps.as_view(), name="look_ups"),
    path("screening/batches", batches.Batches.as_view(), name="batches"),
    path("screening/batch-rows", batches.BatchRows.as_view(), name="batch_rows"),
    path("deadlines", cases.Deadlines.as_view(), name="deadlines"),
    re_path(r"^.*\Z", Nowhere.as_view(), name="nowhere"),
]
