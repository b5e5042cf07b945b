"""Pages of a list, by number: a list is never answered whole."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Fifty rows a page, two hundred at most with ``page_size``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
