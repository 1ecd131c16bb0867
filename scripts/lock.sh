#!/bin/sh
# Pins pyproject.toml into requirements/run.txt and dev.txt, with hashes and without naming an index.
# Arguments go to uv, for instance --upgrade or --upgrade-package django.
set -eu
.venv/bin/python -m uv --version >/dev/null 2>&1 ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv

compile() {
  target=$1
  shift
  .venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file "$target" "$@"
}

compile requirements/run.txt "$@"
compile requirements/dev.txt --group dev --constraint requirements/run.txt "$@"
