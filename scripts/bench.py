"""Measures page times with many tickets on PostgreSQL; `make bench` gives it a throwaway server.

    scripts/bench.py [--tickets N] [--requests N] [--assert]

Writes var/bench/report.json and a table. With --assert, a page over its budget is a failure.
"""

import argparse
import http.client
import json
import os
import platform
import re
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import throwaway

REPORT = throwaway.ROOT / "var" / "bench" / "report.json"
PORTAL = "larm"
AGENT, CUSTOMER, CONTACT = f"agent@{PORTAL}.example", "customer@kund.example", "contact@kund.example"
ADMINISTRATOR, LEAD = f"admin@{PORTAL}.example", f"lead@{PORTAL}.example"
SUPPORT_LEAD = f"supportlead@{PORTAL}.example"
BUDGET_MEDIAN_MS, BUDGET_MEMORY_MB = 60.0, 150.0
BUDGETS_MS = {  # where they differ
    "dashboard": 150.0,
    "dashboard, one lead's": 150.0,
    "front page": 40.0,
    "front page, customer": 40.0,
    "suggestions": 50.0,
}
BUDGET_AGEING_SECONDS, BUDGET_AGEING_MB = 5.0, 50.0
BUDGET_MAILS_PER_SECOND, BUDGET_MAILS_OUT_PER_SECOND = 40.0, 100.0
BUDGET_SEARCH_MS, SEARCHES_RIGHT = 50.0, 54  # the right article among the first three, of sixty
MAILS = 600
ARTICLES = 5000
HELP_CENTRES = {"plan": 500, "passer": ARTICLES}  # articles loaded for the front page, and for suggestions
WRITTEN = (  # subjects of tickets, of which suggestions are made
    "kan inte logga in",
    "dörren öppnas inte trots behörighet",
    "new report does not save",
    "kortläsaren blinkar rött",
    "felmedelande vid utskrift",
)
READERS = 8
KEPT_ALIVE = 30.0  # seconds without a request, less than the server waits
LINK = re.compile(r'href="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TOTAL = re.compile(r'data-total="(\d+)"')


@dataclass(frozen=True)
class Measured:
    page: str
    requests: int
    median_ms: float
    p95_ms: float
    slowest_ms: float
    bytes: int


class Reader:
    """One person on one kept-alive connection, signed in; or a guest."""

    def __init__(self, port: int, person: str = "", portal: str = PORTAL) -> None:
        self.host = f"{portal}.localhost:{port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.used = time.monotonic()
        if person:
            self.sign_in(person)

    def sign_in(self, person: str) -> None:
        token = self.token("/sign-in/")
        status, _ = self.request(
            "POST",
            "/sign-in/",
            {"csrfmiddlewaretoken": token, "email": person, "password": throwaway.DEMO_PASSWORD},
        )
        if status != 302:
            sys.exit(f"bench: {person} cannot sign in (answer {status})")

    def token(self, path: str) -> str:
        found = TOKEN.search(self.page(path))
        if not found:
            sys.exit(f"bench: {path} has no form")
        return found[1]

    def page(self, path: str) -> str:
        status, body = self.request("GET", path)
        if status != 200:
            sys.exit(f"bench: {path} answered {status}")
        return body.decode()

    def request(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        headers = {"Host": self.host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        if time.monotonic() - self.used > KEPT_ALIVE:
            self.connection.close()  # before the server does; the next request opens it again
        self.used = time.monotonic()
        self.connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, body

    def links(self, path: str, form: str) -> list[str]:
        """The addresses of this form that a page links to, in its order."""
        found = (urlsplit(unescape(link)) for link in LINK.findall(self.page(path)))
        paths = (f"{link.path}?{link.query}" if link.query else link.path for link in found)
        return list(dict.fromkeys(path for path in paths if re.fullmatch(form, path)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--assert", action="store_true", dest="strict", help="fail when a budget is exceeded")
    options = parser.parse_args()
    database = os.environ.get("TEST_DATABASE_URL")
    if not database:
        sys.exit("bench: run it as `make bench`, or set TEST_DATABASE_URL")
    with throwaway.environment(
        DATABASE_URL=database,
        SECRET_KEY=secrets.token_urlsafe(50),
        EMAIL_URL="keep://",
        TLS="off",
        WEB_CONCURRENCY="1",
        WEB_THREADS="8",
    ) as settings:
        loaded = prepare(settings, options.tickets, database)
        mails, first_mails = said_by(settings, "mail_speed", str(MAILS))
        (mails_out,) = said_by(settings, "mail_out_speed", str(MAILS))
        first_round, ageing_round, ageing_memory = said_by(settings, "ageing_speed")
        searched = said_by(settings, "search_speed", str(ARTICLES))
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "helpdesk.wsgi"]
        with throwaway.running(gunicorn, settings) as server:
            load = round(os.getloadavg()[0], 1)
            report = measure(int(settings["PORT"]), server.pid, options.requests)
    report |= {"tickets": options.tickets, "load_seconds": loaded, "machine": machine(), "load": load}
    report |= {"mails_per_second": mails, "first_mails_per_second": first_mails, "mails_out_per_second": mails_out}
    report |= {"first_ageing_round_seconds": first_round, "ageing_round_seconds": ageing_round}
    report |= {"ageing_round_mb": ageing_memory}
    report |= dict(zip(("searches_right", "searches", "search_ms", "search_p95_ms"), searched, strict=True))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    show(report)
    over = over_budget(report)
    for excess in over:
        print(f"over budget: {excess}")
    return 1 if over and options.strict else 0


def prepare(settings: dict[str, str], tickets: int, database: str) -> float:
    """A migrated database with the demo portals and the tickets; the seconds that loading took."""
    throwaway.manage(settings, "migrate", "--noinput", "--verbosity=0")
    throwaway.manage(settings, "collectstatic", "--noinput", "--verbosity=0")
    throwaway.manage(settings, "create_demo", "--force")
    begun = time.monotonic()
    throwaway.manage(settings, "load_tickets", str(tickets))
    seconds = time.monotonic() - begun
    for portal, number in HELP_CENTRES.items():
        throwaway.manage(settings, "load_articles", str(number), f"--portal={portal}")
    # What autovacuum does within a minute or so after a bulk load.
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return round(seconds, 1)


def said_by(settings: dict[str, str], script: str, *arguments: str) -> list[float]:
    """The figures that a script beside this one prints: how many mails one worker process stores and reads, or sends, a
    second; how long the ageing round takes."""
    command = [sys.executable, f"scripts/{script}.py", *arguments]
    done = subprocess.run(command, cwd=throwaway.ROOT, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: {done.stderr.strip()}")
    return [float(word) for word in done.stdout.split()]


def measure(port: int, server: int, requests: int) -> dict[str, Any]:
    people = (AGENT, CUSTOMER, CONTACT, ADMINISTRATOR, LEAD, SUPPORT_LEAD)
    agent, customer, contact, administrator, lead, support_lead = (Reader(port, person) for person in people)
    desk = sample(agent, "/desk/", r"/desk/tickets/\d+/(\?.*)?", requests)
    own = sample(customer, "/tickets/", r"/tickets/\d+/(\?.*)?", requests)
    if not desk or not own:
        sys.exit("bench: a list is empty; did load_tickets give the demo people tickets?")
    pages = [
        timed("queue", agent, ["/desk/"], requests),
        timed("queue, by due time", agent, ["/desk/?view=open&sort=due", "/desk/?sort=due"], requests),
        timed("queue, searched", agent, ["/desk/?q=larm"], requests),
        timed("ticket, desk", agent, desk, requests),
        timed("queue, answers", agent, ["/desk/?q=strandby"], requests),
        timed("choose a topic", customer, ["/tickets/new/"], requests),
        timed("form", customer, ["/tickets/new/brandlarm/", "/tickets/new/order/"], requests),
        timed("routing settings", administrator, ["/settings/routing/"], requests),
        timed("my tickets", customer, ["/tickets/"], requests),
        timed("ticket, customer", customer, own, requests),
        timed("organisation's tickets", contact, ["/tickets/?show=all"], requests),
        timed("dashboard", support_lead, ["/desk/dashboard/"], requests),
        timed("dashboard, one lead's", lead, ["/desk/dashboard/"], requests),
        timed("people", agent, ["/desk/people/", "/desk/people/?q=person+1"], requests),
        timed("front page", Reader(port, portal="plan"), ["/"], requests),
        timed("front page, customer", Reader(port, CUSTOMER, "plan"), ["/"], requests),
        suggested(Reader(port, CUSTOMER, "passer"), requests),
    ]
    counted = ((agent, "/desk/"), (customer, "/tickets/"), (contact, "/tickets/?show=all"), (agent, "/desk/people/"))
    rows = {path: total(reader, path) for reader, path in counted}
    return {
        "pages": [asdict(page) for page in pages],
        "rows": rows,
        "queue_requests_per_second": crowded(port, requests),
        "memory_mb": memory(server),
    }


def total(reader: Reader, path: str) -> int:
    found = TOTAL.search(reader.page(path))
    return int(found[1]) if found else sys.exit(f"bench: {path} has no data-total")


def sample(reader: Reader, path: str, form: str, wanted: int) -> list[str]:
    """Up to `wanted` tickets from the first pages of a list."""
    found: dict[str, None] = {}
    seen = {path}
    while len(found) < wanted:
        found |= dict.fromkeys(reader.links(path, form))
        further = [
            link for link in reader.links(path, re.escape(urlsplit(path).path) + r"\?.*after=.*") if link not in seen
        ]
        if not further:
            break
        path = further[-1]
        seen.add(path)
    return list(found)[:wanted]


def timed(name: str, reader: Reader, paths: list[str], requests: int) -> Measured:
    for path in paths[:5] * 2:
        reader.page(path)
    return clocked(name, lambda number: reader.page(paths[number % len(paths)]), requests)


def suggested(reader: Reader, requests: int) -> Measured:
    """What a form asks for while somebody writes."""
    token = reader.token("/search/")

    def ask(number: int) -> str:
        fields = {"csrfmiddlewaretoken": token, "subject": WRITTEN[number % len(WRITTEN)], "body": "sedan i går"}
        status, body = reader.request("POST", "/search/suggestions/", fields)
        if status != 200:
            sys.exit(f"bench: suggestions answered {status}")
        return body.decode()

    if not any("href=" in ask(number) for number in range(len(WRITTEN))):
        sys.exit("bench: nothing was suggested; did load_articles fill the portal?")
    return clocked("suggestions", ask, requests)


def clocked(name: str, ask: Callable[[int], str], requests: int) -> Measured:
    times, size = [], 0
    for number in range(requests):
        begun = time.perf_counter()
        body = ask(number)
        times.append((time.perf_counter() - begun) * 1000)
        size = max(size, len(body.encode()))
    p95 = statistics.quantiles(times, n=20)[-1]
    return Measured(name, requests, round(statistics.median(times), 1), round(p95, 1), round(max(times), 1), size)


def crowded(port: int, requests: int) -> float:
    """Queue pages a second with all threads busy, which also brings the process to its full size."""
    readers = [Reader(port, AGENT) for _ in range(READERS)]

    def read(reader: Reader) -> None:
        for _ in range(requests // 2):
            reader.page("/desk/")

    begun = time.perf_counter()
    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, readers))
    return round(READERS * (requests // 2) / (time.perf_counter() - begun), 1)


def memory(server: int) -> float:
    """Resident memory of the largest web process below the server, in MB."""
    table = subprocess.run(["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    processes = [tuple(map(int, line.split())) for line in table.splitlines()]
    return round(max(rss for pid, parent, rss in processes if server in (pid, parent)) / 1024, 1)


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def over_budget(report: dict[str, Any]) -> list[str]:
    over = [
        f"{page['page']}: median {page['median_ms']} ms, budget {budget:.0f} ms"
        for page in report["pages"]
        if page["median_ms"] > (budget := BUDGETS_MS.get(page["page"], BUDGET_MEDIAN_MS))
    ]
    if report["memory_mb"] > BUDGET_MEMORY_MB:
        over.append(f"web process: {report['memory_mb']} MB, budget {BUDGET_MEMORY_MB:.0f} MB")
    if report["ageing_round_seconds"] > BUDGET_AGEING_SECONDS:
        over.append(f"ageing round: {report['ageing_round_seconds']} s, budget {BUDGET_AGEING_SECONDS:.0f} s")
    if report["ageing_round_mb"] > BUDGET_AGEING_MB:
        over.append(f"ageing round: {report['ageing_round_mb']} MB, budget {BUDGET_AGEING_MB:.0f} MB")
    if report["mails_per_second"] < BUDGET_MAILS_PER_SECOND:
        over.append(f"mails in: {report['mails_per_second']} a second, budget {BUDGET_MAILS_PER_SECOND:.0f}")
    if report["mails_out_per_second"] < BUDGET_MAILS_OUT_PER_SECOND:
        over.append(f"mails out: {report['mails_out_per_second']} a second, budget {BUDGET_MAILS_OUT_PER_SECOND:.0f}")
    if report["searches_right"] < SEARCHES_RIGHT:
        over.append(f"search set: {report['searches_right']:.0f} found among the first three, wanted {SEARCHES_RIGHT}")
    if report["search_ms"] > BUDGET_SEARCH_MS:
        over.append(f"search: median {report['search_ms']} ms, budget {BUDGET_SEARCH_MS:.0f} ms")
    return over


def show(report: dict[str, Any]) -> None:
    rows = ", ".join(f"{path} {total}" for path, total in report["rows"].items())
    print(f"{report['tickets']} tickets on PostgreSQL, loaded in {report['load_seconds']} s; rows: {rows}")
    print(f"{'page':<24}{'median':>10}{'p95':>10}{'slowest':>10}{'size':>10}")
    for page in report["pages"]:
        times = "".join(f"{page[key]:>7.1f} ms" for key in ("median_ms", "p95_ms", "slowest_ms"))
        print(f"{page['page']:<24}{times}{page['bytes'] // 1000:>7} kB")
    print(f"queue with {READERS} readers: {report['queue_requests_per_second']} pages/s")
    print(f"web process: {report['memory_mb']} MB")
    print(
        f"mails stored and read by one process: {report['mails_per_second']} a second,"
        f" {report['first_mails_per_second']} of people who write for the first time"
    )
    print(f"mails sent by one process: {report['mails_out_per_second']} a second")
    print(
        f"ageing round: {report['ageing_round_seconds']} s, the first one, which notices everything,"
        f" {report['first_ageing_round_seconds']} s; {report['ageing_round_mb']} MB"
    )
    print(
        f"search set: {report['searches_right']:.0f} of {report['searches']:.0f} among the first three; a search with"
        f" {ARTICLES} articles: median {report['search_ms']} ms, p95 {report['search_p95_ms']} ms"
    )
    if report["load"] > (os.cpu_count() or 1):
        print(f"the machine was busy (load {report['load']}, {os.cpu_count()} cores): the times are too long")


if __name__ == "__main__":
    sys.exit(main())
