# The commands of Daftar. Each sets up .venv by itself; `make` alone lists them.
#
# Programs are called as modules of .venv's Python and by relative paths: the checkout may have
# spaces in its path, and may be moved with its .venv, whose scripts would name the old place.

PYTHON_HERE := .venv/bin/python
MANAGE := $(PYTHON_HERE) manage.py
# As in `make test PYTEST_ARGS="tests/core -x"`.
PYTEST_ARGS ?=

.PHONY: help run stack test test-stack prove check openapi bench-http bench-ledger bench-live bench-feed bench-chat bench-units stack-packages venv venv-dev venv-peers

help:
	@echo 'make run         serve on http://127.0.0.1:8000 (PORT=..., HOST=...), Ctrl-C ends it'
	@echo 'make stack       the same as production runs it: nginx, web, live, worker, stores'
	@echo 'make test        the tests'
	@echo 'make test-stack  the tests of make stack'
	@echo 'make prove       the long proofs'
	@echo 'make check       format, lint, types, imports, migrations, OpenAPI, production settings'
	@echo 'make openapi     write docs/openapi.yaml anew'
	@echo 'make bench-http  requests per second of the servers'
	@echo 'make bench-ledger  payments, lists and pages beside other ways to write them'
	@echo 'make bench-live  the socket beside stock Channels and Socket.IO'
	@echo 'make bench-feed  the list of posts among a million, saved searches (DATABASE_URL)'
	@echo 'make bench-chat  the chat beside a plain one of REST framework and Channels'
	@echo 'make bench-units  what one debt, payment, message and event costs'

run: venv
	@exec $(MANAGE) run --end-with-parent

# LIVE_SERVER=daphne serves the sockets by daphne.
stack: venv stack-packages
	@exec $(PYTHON_HERE) -m scripts.stack

test: venv-dev
	@$(PYTHON_HERE) -m pytest -m 'not prove and not stack' -n logical --maxprocesses 4 $(PYTEST_ARGS)

test-stack: venv-dev stack-packages
	@$(PYTHON_HERE) -m pytest -m 'stack and not prove' tests/stack $(PYTEST_ARGS)

prove: venv-dev stack-packages
	@$(PYTHON_HERE) -m pytest -m prove $(PYTEST_ARGS)

check: venv-dev
	@sh scripts/check.sh

openapi: venv-dev
	@sh scripts/openapi.sh write

bench-http: venv-dev
	@$(PYTHON_HERE) -m benchmarks.http

bench-ledger: venv-dev venv-peers
	@$(PYTHON_HERE) -m benchmarks.ledger
	@$(PYTHON_HERE) -m benchmarks.ledger_lists
	@$(PYTHON_HERE) -m benchmarks.ledger_pages

bench-live: venv-dev stack-packages
	@$(PYTHON_HERE) -m benchmarks.live

bench-chat: venv-dev stack-packages
	@$(PYTHON_HERE) -m benchmarks.chat

bench-units: venv-dev
	@$(PYTHON_HERE) -m benchmarks.unit_costs

venv-peers:
	@$(PYTHON_HERE) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check \
		-r benchmarks/requirements.txt

bench-feed: venv-dev
	@$(PYTHON_HERE) -m benchmarks.feed

stack-packages:
	@sh scripts/install-stack-packages

venv:
	@sh scripts/venv.sh requirements.txt

venv-dev:
	@sh scripts/venv.sh requirements-dev.txt
