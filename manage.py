#!/usr/bin/env python
"""The command line of this installation."""

import os
import sys

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


def run() -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as reason:
        sys.exit(f"Helpdesk cannot start: {reason}")


def take_mail() -> None:
    """Take a mail from a mail server, which would send it back to its sender for any other status than 0 or 75, and
    would put a traceback into that letter."""
    try:
        run()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        sys.exit(TRY_AGAIN if end.code else 0)
    except BaseException as trouble:
        sys.stderr.write(f"Helpdesk did not store the mail: {type(trouble).__name__}\n")
        sys.exit(TRY_AGAIN)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    if sys.argv[1:2] == ["receive_mail"]:
        take_mail()
    else:
        run()
