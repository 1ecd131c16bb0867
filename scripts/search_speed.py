"""Asks the questions of the search set, in a portal made for it, in this one process, on the database of the
environment; prints how many of them find their article among the first three, how many there are, and the milliseconds
of a search, the median and the 95th percentile. With a number, that many articles are loaded first for the times.

    scripts/search_speed.py [ARTICLES]
"""

import logging
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

PORTAL = "search-set"


def main() -> None:
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.db import connection

    from accounts.models import Tenant
    from accounts.scoping import tenant_scope
    from helpdesk.loading.articles import load_more, load_search_set, missed, questions
    from knowledge.searching import find

    with tenant_scope(Tenant.objects.create(slug=PORTAL, name=PORTAL, mail_address="search@set.example")):
        load_search_set()
        asked = questions()
        right = len(asked) - len(missed())
        if len(sys.argv) > 1:
            load_more(int(sys.argv[1]))
        with connection.cursor() as cursor:  # what autovacuum does within a minute or so after a bulk load
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        times = []
        for question in asked * 2:
            begun = time.perf_counter()
            find(question.words, None, limit=3)
            times.append((time.perf_counter() - begun) * 1000)
        times = times[len(asked) :]  # the first round warms up
        print(right, len(asked), round(statistics.median(times), 1), round(statistics.quantiles(times, n=20)[-1], 1))


if __name__ == "__main__":
    main()
