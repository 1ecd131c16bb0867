"""The real worker loop, which kills itself by SIGKILL when it comes to a step.

dying_worker.py MODULE:NAME before|after
"""

import os
import signal
import sys
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"


def die_at(step: str, when: str) -> None:
    """Wrap the function that a module knows by that name; the first call is the last."""
    module, _, path = step.partition(":")
    *owners, name = path.split(".")
    owner = import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    real = getattr(owner, name)

    @wraps(real)
    def fatal(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, fatal)


if __name__ == "__main__":
    import django

    django.setup()
    die_at(sys.argv[1], sys.argv[2])
    from django.core.management import call_command

    call_command("worker")
