"""Runs several management commands in one interpreter: starting Django once instead of four times saves seconds.

Called by the launcher with the product's own interpreter: `python prepare.py migrate sync_roles …`. A word after a
command that begins with a dash is an argument of it. The name of each command goes to standard error before it runs,
so that the launcher can say which one failed.
"""

from __future__ import annotations

import os
import sys
import traceback

FAILED = "--- failed"


def main(words: list[str]) -> None:
    """Run the commands in order; the first that fails ends it."""
    sys.path[0] = os.getcwd()  # noqa: PTH109  Python puts this file's folder there
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import CommandError, call_command

    commands: list[list[str]] = []
    for word in words:
        if word.startswith("-"):
            commands[-1].append(word)
        else:
            commands.append([word])
    django.setup()
    for name, *arguments in commands:
        print(f"--- manage.py {name}", file=sys.stderr, flush=True)
        try:
            call_command(name, *arguments)
        except CommandError as error:
            sys.exit(f"{FAILED}\n{name}: {error}")
        except Exception as error:  # noqa: BLE001  whatever it is: the log has it whole, the person its last line
            traceback.print_exc()
            sys.exit(f"{FAILED}\n{name}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
