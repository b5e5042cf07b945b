"""The inbox: a notice is delivered by existing."""

from __future__ import annotations

from notifications.models import Channel, Notice


def arrived(notices: list[Notice]) -> None:
    """Let inbox notices be what they are: there. Called before the rows are written."""
    for notice in notices:
        if notice.channel == Channel.INBOX:
            notice.state = Notice.State.SENT
