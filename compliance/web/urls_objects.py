"""Addresses of intake, parties, items, authorizations, clocks and people; included by :mod:`compliance.web.urls`."""

from __future__ import annotations

from django.urls import path

from . import authorizations, clocks, imports, intake, items, parties, people, rows

urlpatterns = [
    path("cases/new/", intake.case_new, name="case_new"),
    path("cases/<str:ref>/edit/", intake.case_edit, name="case_edit"),
    path("cases/<str:ref>/lines/add/", intake.line_add, name="case_line_add"),
    path("cases/<str:ref>/lines/<int:line_id>/drop/", intake.line_drop, name="case_line_drop"),
    path("cases/<str:ref>/parties/add/", intake.place_add, name="case_party_add"),
    path("cases/<str:ref>/parties/<int:place_id>/drop/", intake.place_drop, name="case_party_drop"),
    path("parties/", parties.party_list, name="parties"),
    path("parties/new/", parties.party_new, name="party_new"),
    path("parties/pick/", intake.party_pick, name="party_pick"),
    path("parties/import/", imports.party_import, name="party_import"),
    path("parties/import/confirm/", imports.party_import_confirm, name="party_import_confirm"),
    path("parties/import/example/", imports.party_import_example, name="party_import_example"),
    path("parties/of-rows/<int:batch_id>/", rows.parties_of_rows, name="parties_of_rows"),
    path("parties/<str:ref>/", parties.party, name="party"),
    path("parties/<str:ref>/edit/", parties.party_edit, name="party_edit"),
    path("parties/<str:ref>/facts/<str:key>/", parties.party_fact, name="party_fact"),
    path("parties/<str:ref>/owners/add/", parties.ownership_add, name="ownership_add"),
    path("parties/<str:ref>/owners/<int:share_id>/end/", parties.ownership_end, name="ownership_end"),
    path("parties/<str:ref>/documents/add/", parties.party_attach, name="party_attach"),
    path("parties/<str:ref>/documents/<int:document_id>/", parties.party_document, name="party_document"),
    path("items/", items.item_list, name="items"),
    path("items/new/", items.item_new, name="item_new"),
    path("items/pick/", intake.item_pick, name="item_pick"),
    path("items/calculator/", items.calculator, name="calculator"),
    path("items/<str:ref>/", items.item, name="item"),
    path("items/<str:ref>/edit/", items.item_edit, name="item_edit"),
    path("items/<str:ref>/facts/<str:key>/", items.item_fact, name="item_fact"),
    path("items/<str:ref>/calculator/", items.item_calculator, name="item_calculator"),
    path("authorizations/", authorizations.authorization_list, name="authorizations"),
    path("clocks/", clocks.clock_list, name="clocks"),
    path("settings/people/", people.people, name="people"),
    path("settings/new-person/", people.person_new, name="person_new"),
    path("settings/people/<str:username>/", people.person, name="person"),
    path("settings/people/<str:username>/close/", people.person_close, name="person_close"),
    path("settings/people/<str:username>/password/", people.person_password, name="person_password"),
    path("settings/units/new/", people.unit_new, name="unit_new"),
]
