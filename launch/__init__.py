"""From a bare machine to a served page. Standard library only: nothing else is installed yet."""

from __future__ import annotations

from launch.words import words


class Refusal(Exception):
    """The launcher cannot go on; the message tells a person what is wrong and what to do.

    The first argument is an English sentence with named places, as in `words()`.
    """

    def __init__(self, english: str, **values: object) -> None:
        super().__init__(words(english, **values))
