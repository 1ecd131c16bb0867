# `make` lists the commands. Works with GNU make 3.81 and newer.
PYTHON_IN_VENV := .venv/bin/python
MANAGE := $(PYTHON_IN_VENV) manage.py
# A worker that has nothing left takes from another: the journeys take longer than all the rest.
PYTEST := $(PYTHON_IN_VENV) -m pytest -n $(if $(WORKERS),$(WORKERS),auto) --dist worksteal
# Settings of the shell or of .env that would lead the tests away from the embedded default.
EMBEDDED := env -u DATABASE_URL -u REDIS_URL -u EMAIL_URL -u FILES_URL -u DEFAULT_TENANT -u TLS -u TRUSTED_PROXIES -u MAIL_HOOK_SECRET -u MAIL_HOOK_KEYS -u PRIVATE_MAIL_SERVERS -u DNS_SERVER ENV_FILE=/dev/null
RUN := .venv/.run
DEV := .venv/.dev

.DEFAULT_GOAL := help
.PHONY: help run test test-services check format translations pictures bench lock

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: $(RUN) ## start the product on http://localhost:8000 (PORT=…, BIND=…); Ctrl-C stops it
	@$(PYTHON_IN_VENV) scripts/translations.py compile
	@exec $(MANAGE) run

test: $(DEV) ## the whole suite on the embedded default (ARGS=… for pytest, WORKERS=…)
	@$(PYTHON_IN_VENV) scripts/translations.py compile
	@$(EMBEDDED) $(PYTEST) $(ARGS)

# Outside the embedded default there is no kept secret, and mail would leave the machine.
test-services: export SECRET_KEY := only-for-tests-only-for-tests-only-for-tests-only-for-tests
test-services: export EMAIL_URL := keep://
test-services: export ENV_FILE := /dev/null
test-services: $(DEV) ## the same suite on PostgreSQL and Redis
	@$(PYTHON_IN_VENV) scripts/translations.py compile
	@$(PYTHON_IN_VENV) scripts/services.py $(PYTEST) $(ARGS)

check: $(DEV) ## everything that must hold before a change is merged
	@$(PYTHON_IN_VENV) scripts/check.py

# djlint answers 1 when it has changed something.
format: $(DEV) ## format Python and templates, mend what can be mended
	@$(PYTHON_IN_VENV) -m ruff check --fix --exit-zero --quiet .
	@$(PYTHON_IN_VENV) -m ruff format --quiet .
	@$(PYTHON_IN_VENV) -m djlint templates --reformat --quiet || true

translations: $(DEV) ## collect the texts into locale/, and say what is not translated yet
	@$(PYTHON_IN_VENV) scripts/translations.py update
	@$(PYTHON_IN_VENV) scripts/translations.py check

pictures: $(DEV) ## take the pictures in docs/pictures
	@$(PYTHON_IN_VENV) scripts/translations.py compile
	@$(PYTHON_IN_VENV) scripts/pictures.py

bench: $(DEV) ## measure page times with many tickets on PostgreSQL (ARGS=--assert fails over budget)
	@$(PYTHON_IN_VENV) scripts/translations.py compile
	@$(PYTHON_IN_VENV) scripts/services.py $(PYTHON_IN_VENV) scripts/bench.py $(ARGS)

lock: $(DEV) ## pin pyproject.toml's requirements again (ARGS=--upgrade for the newest)
	@scripts/lock.sh $(ARGS)

# dev.txt holds everything in run.txt, so whoever has the one has the other.
$(RUN): requirements/run.txt
	@scripts/venv.sh run
	@touch $@

$(DEV): requirements/dev.txt
	@scripts/venv.sh dev
	@touch $@ $(RUN)
