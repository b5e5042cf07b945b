"""Pages of a list, by number: a list is never answered whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from rest_framework import serializers

from .serializers.base import Shape


def page_of(rows: Any, asked: Mapping[str, Any], present: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one page of ``rows`` as ``present`` shows them; a page after the last one is empty."""
    paged = Paginator(rows, asked["page_size"])
    within = asked["page"] <= paged.num_pages
    return {
        "count": paged.count,
        "page": asked["page"],
        "pages": paged.num_pages,
        "results": present(paged.page(asked["page"]).object_list if within else []),
    }


def page_shape(name: str, each: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the shape of a page of such rows, called ``name`` in the description."""
    fields = {
        "count": serializers.IntegerField(),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "results": each(many=True),
    }
    return type(name, (Shape,), {"__doc__": "One page of a list.", **fields})
