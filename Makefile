# Every goal is a call of one script; on Windows call it yourself: py tools\make.py run
PYTHON ?= python3

.PHONY: run test check static setup reports reference clean

run test static setup reports reference clean:
	@$(PYTHON) tools/make.py $@

# `make check test` tests once.
check: static test
