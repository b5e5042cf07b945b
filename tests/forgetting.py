"""Forget what this process of the tests has cached, and nothing else.

``cache.clear()`` empties the whole Redis database: with it goes what another process of the tests has handed to its
workers through the same server.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache


def forget_cached() -> None:
    """Delete every key under the prefix of this process."""
    store: Any = cache
    client = store._cache.get_client(write=True)
    if keys := list(client.scan_iter(f"{store.key_prefix}:*")):
        client.delete(*keys)
