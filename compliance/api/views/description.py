"""The description of the API itself."""

from __future__ import annotations

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from .door import Door


class Description(Door):
    """OpenAPI 3, made from the views themselves."""

    needs = {"GET": "compliance.view_case"}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(SchemaGenerator().get_schema(request=None, public=True))
