"""Lets the ageing round look at the demo portal "larm" in this one process, on the database of the environment; prints
the seconds of the first round, in which everything that is stale is noticed, those of an ordinary one, and how many MB
the process grew meanwhile.

    scripts/ageing_speed.py
"""

import logging
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

PORTAL = "larm"
ROUNDS = 5


def main() -> None:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from accounts.models import Tenant
    from accounts.scoping import tenant_scope
    from tickets.actions.escalating import escalate_stale

    with tenant_scope(Tenant.objects.get(slug=PORTAL)):
        before = _most_memory()
        first, noticed = _timed(escalate_stale)
        if not noticed:
            sys.exit("ageing_speed: nothing is stale; has the portal no service level and no ageing policy?")
        ordinary = statistics.median(_timed(escalate_stale)[0] for _ in range(ROUNDS))
        print(round(first, 2), round(ordinary, 2), round(_most_memory() - before, 1))


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _most_memory() -> float:
    """The most that this process has had so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
