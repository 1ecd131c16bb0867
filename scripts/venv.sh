#!/bin/sh
# Makes .venv from a locked requirements file: scripts/venv.sh run|dev
# PYTHON=… chooses the interpreter; otherwise the first new enough one is taken.
set -eu
requirements="requirements/$1.txt"
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
  echo "helpdesk: $*" >&2
  exit 1
}

find_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$name" -c "$new_enough" 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  fail "Python 3.11 or newer is needed. Install it, or name one: make PYTHON=/path/to/python3.12 …"
}

if ! .venv/bin/python -c "$new_enough" 2>/dev/null; then
  python=$(find_python)
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv || fail "could not make .venv"
fi

echo "Installing $requirements"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
  --requirement "$requirements" || fail "could not install $requirements (is the package registry reachable?)"
