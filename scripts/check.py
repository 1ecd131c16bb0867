"""Everything that must hold before a change is merged, in one command: `make check`.

Each step prints its name; the first one that fails ends the run with its name.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))
# A release with published vulnerabilities: who does not report them here cannot vouch for anything else.
KNOWN_BAD = "django==4.2"
# As an installation runs it. No server is asked, so the addresses need not exist.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "DEBUG": "off",
    "DATABASE_URL": "postgres://helpdesk:secret@localhost/helpdesk",
    "REDIS_URL": "redis://localhost/0",
    "EMAIL_URL": "smtp+tls://localhost",
    "BASE_DOMAIN": "support.example.org",
    "TLS": "on",
    "TRUSTED_PROXIES": "1",
}

Step = tuple[str, list[str], dict[str, str]]


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def module(*arguments: str) -> list[str]:
    return python("-m", *arguments)


def steps() -> Iterator[Step]:
    yield "format", module("ruff", "format", "--check", "--quiet", "."), {}
    yield "lint", module("ruff", "check", "--quiet", "."), {}
    yield "template format", module("djlint", "templates", "--check"), {}
    yield "template lint", module("djlint", "templates", "--lint", "--quiet"), {}
    yield "translations", python("scripts/translations.py", "check"), {}
    yield "types", module("mypy"), {}
    yield "migrations in step", python("manage.py", "makemigrations", "--check", "--dry-run"), {}
    yield "deployment check", python("manage.py", "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION
    compose = ["--builtin-schema", "vendor.compose-spec", "--quiet", "docker-compose.yml"]
    yield "docker-compose.yml", module("check_jsonschema", *compose), {}
    yield "Dockerfile", [str(Path(sys.executable).with_name("hadolint")), "Dockerfile"], {}
    yield "locked requirements", module("pip", "check"), {}
    if advisories_are_reachable():
        audit = ["--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        yield "known vulnerabilities", module("pip_audit", *audit, "--requirement", "requirements/run.txt"), {}
    yield "test", ["make", "test"], {}
    yield "test-services", ["make", "test-services"], {}


def advisories_are_reachable() -> bool:
    """pip-audit needs a source of advisories; a registry that only mirrors packages has none."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(f"{KNOWN_BAD}\n")
        requirements.flush()
        audit = module("pip_audit", "--strict", "--disable-pip", "--no-deps", "--requirement", requirements.name)
        try:
            answer = subprocess.run(audit, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            reason = "no answer within a minute"
        else:
            if re.search(r"\b(PYSEC|GHSA|CVE)-", answer.stdout):
                return True
            reason = (answer.stderr.strip().splitlines() or ["no word"])[-1]
    print(f"── known vulnerabilities: NOT CHECKED, pip-audit has no source of advisories here ({reason})", flush=True)
    return False


def run(name: str, command: list[str], extra: dict[str, str]) -> None:
    print(f"── {name}", flush=True)
    begun = time.monotonic()
    report = ROOT / "var" / "check" / f"{name}.xml"
    environment = {**os.environ, **extra}
    if command[0] == "make":
        environment["PYTEST_ADDOPTS"] = f"{os.environ.get('PYTEST_ADDOPTS', '')} --junit-xml={report}"
    code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    if code:
        sys.exit(f"check failed: {name}")
    if command[0] == "make" and IN_CI:
        refuse_skipped(name, report)
    print(f"   {time.monotonic() - begun:.1f} s", flush=True)


def refuse_skipped(name: str, report: Path) -> None:
    """On a developer's machine a test may lack its browser or server; in CI nothing is left out."""
    skipped = [
        f"{case.get('classname')}::{case.get('name')}: {mark.get('message')}"
        for case in ElementTree.parse(report).iter("testcase")
        for mark in case.iter("skipped")
    ]
    if skipped:
        sys.exit("\n".join([f"check failed: {name} left out {len(skipped)} tests in CI:", *skipped]))


def main() -> None:
    begun = time.monotonic()
    for name, command, extra in steps():
        run(name, command, extra)
    print(f"check passed in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
