# Every target with a `##` comment is listed by plain `make`.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PREFIX ?= /usr/local
AGENT ?= on
LAUNCHER := launcher/docker-machine-driver-nutanix
EXECUTABLES := $(patsubst src/bin/%.ts,%,$(wildcard src/bin/*.ts))

DEPS := node_modules/.installed
SOURCES := $(shell find src proto -type f) package-lock.json package.json tsconfig.json tsconfig.build.json \
  scripts/build.sh scripts/bundle.mjs scripts/revision.sh

.PHONY: help deps build volume-plugin tools python-sdks browser screenshot guest-image qemu-guest-image test ready-to-test lint typecheck format docs golden-shell demo report bench bench-list bench-peer bench-check bench-api bench-fleet bench-simulator bench-hostile bench-volumes bench-fleeting bench-demo release fleeting-image install launcher-in-front no-launcher uninstall clean distclean

help: ## List the targets
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: $(DEPS) ## Install the npm packages of package-lock.json
$(DEPS): package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build: dist/.built ## Build the single-file executables and the Node build into dist/
dist/.built: $(DEPS) $(SOURCES)
	@bash scripts/build.sh
	@touch $@

tools: ## Build the real docker-machine and rancher-machine from Go modules into .tools/
	@bash scripts/build-tools.sh

python-sdks: ## Install Nutanix's v4 SDKs for Python from PyPI into .tools/
	@bash scripts/python-sdks.sh

browser: ## Install Chromium (Debian's package) for the tests of the simulator's page
	@bash scripts/browser.sh >/dev/null || [[ $${REQUIRE_BROWSER:-} != 1 ]]

screenshot: build ## Make the pictures of the simulator's page in docs/images/
	@node scripts/screenshot.mjs

guest-image: ## Build the image of container guests and load it into the engine of DOCKER_HOST (GUEST_SUITE=bookworm: Debian 12)
	@bash scripts/guest-image/build.sh

qemu-guest-image: ## Build what qemu guests boot from (as root), and print its folder
	@bash scripts/qemu-guest/build.sh

volume-plugin: build ## Make dist/volume-plugin for `docker plugin create`: the volume plugin, and the CSI driver for a swarm
	@bash scripts/volume-plugin.sh

test: deps ## Install, lint, type-check, build and run every test
	@$(MAKE) -j3 --output-sync=target ready-to-test
	@bash scripts/test.sh

# Three at a time: some keep one core busy, and the others download.
ready-to-test: build tools python-sdks browser

lint: deps ## Check style: ESLint, Prettier, gofmt, ruff, shell syntax
	@bash scripts/lint.sh

typecheck: deps ## Check types
	@npm run --silent typecheck

format: deps ## Rewrite the sources in the project's style
	@npm run --silent format

docs: deps ## Write what is made from the sources: docs/options.md, docs/fleeting.md, docs/hosts.schema.json, docs/rancher-fields.json
	@npx --no-install bun run scripts/write-options-page.ts
	@npx --no-install bun run scripts/write-fleeting-page.ts
	@npx --no-install bun run scripts/write-rancher-fields.ts
	@npx --no-install bun run src/bin/nutanix-hosts.ts schema >docs/hosts.schema.json.new
	@mv docs/hosts.schema.json.new docs/hosts.schema.json
	@npx --no-install prettier --write docs/options.md docs/fleeting.md docs/hosts.schema.json docs/rancher-fields.json --log-level warn

golden-shell: deps ## Ask this machine's dash, bash and GNU programs anew what test/golden/shell holds (as root)
	@node scripts/record-shell.mjs

# Makes by itself what is missing: it needs less than `build` and `tools` make.
demo: ## Five Docker hosts on the simulator, with the real docker-machine (KEEP=1: until Ctrl-C)
	@bash scripts/demo-ready.sh
	@bash scripts/demo.sh

report: build tools ## The practice report, whole: five hosts, a platform, WordPress on an external volume (as root)
	@bash scripts/report.sh

bench: build tools ## Measure start-up, calls and memory of the plugin against Node and Go
	@bash bench/run.sh

bench-hostile: build ## Measure the plugin's memory under 1,000 hostile connections of each kind
	@bash bench/run.sh hostile-streams

bench-list: build tools ## Measure docker-machine ls with 1, 100 and 300 machines beside an idle Go plugin
	@bash bench/run.sh list

bench-peer: build tools ## Measure docker-machine with our driver beside a small Go driver: every table of docs/agent.md, or ARGS="--machines 100" (as root)
	@bash scripts/build-peer.sh
	@bash bench/run.sh peer $(or $(ARGS),--all)

bench-check: build tools ## Measure quickly, and compare the ratios with bench/baseline.json: what got worse by a fifth (as root)
	@bash scripts/build-peer.sh
	@bash bench/run.sh check $(if $(WRITE),--write)

bench-api: build tools ## Measure docker-machine on v3 and v4 of the API: times, requests, bytes
	@bash bench/run.sh api

bench-fleet: build tools ## Measure nutanix-hosts: one host, five at once, fifty ten at a time
	@bash bench/run.sh fleet

bench-simulator: build tools ## Measure the simulator: 5,000 VMs under load, 300 emulated guests
	@bash bench/run.sh simulator
	@bash bench/run.sh guests

bench-fleeting: build tools ## Measure the fleeting plugin beside GitLab's in Go: start, Init, updates of 1, 100 and 1,000 instances
	@bash bench/run.sh fleeting

bench-volumes: build ## Measure the volume plugin: mounts, 1,000 volumes, memory, writes (as root)
	@bash bench/run.sh volumes

bench-demo: deps ## Measure what a newcomer waits for: `make demo` in a fresh clone with empty caches
	@bash bench/run.sh demo

release: build ## Write archives for all platforms, Debian packages, sums and licences into dist/release (RELEASE_TARGETS: which)
	@bash scripts/release.sh

fleeting-image: build ## Make the image of the fleeting plugin for GitLab Runner's installer into dist/fleeting-image (FLEETING_IMAGE: which architectures)
	@RELEASE_TARGETS=fleeting-image RELEASE_FOLDER=dist/fleeting-image bash scripts/release.sh

install: build ## Copy the executable to PREFIX/bin (default /usr/local), by the name of each program; AGENT=off: without an agent
	@install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 0755 dist/nutanix-docker "$(DESTDIR)$(PREFIX)/bin"
	@cd "$(DESTDIR)$(PREFIX)/bin" && for name in $(filter-out nutanix-docker,$(EXECUTABLES)); do ln -f nutanix-docker "$$name"; done
	@if [[ $(AGENT) != off && -x dist/$(LAUNCHER) ]]; then $(MAKE) launcher-in-front; else $(MAKE) no-launcher; fi

# docker-machine-driver-nutanix is the launcher then, and the program stands beside it (docs/agent.md).
launcher-in-front:
	install -m 0755 dist/$(LAUNCHER) "$(DESTDIR)$(PREFIX)/bin"
	@ln -f "$(DESTDIR)$(PREFIX)/bin/nutanix-docker" "$(DESTDIR)$(PREFIX)/bin/docker-machine-driver-nutanix-program"
	@echo "docker-machine-driver-nutanix is a launcher: one resident agent serves all plugins of a user (AGENT=off installs none)"
no-launcher:
	@rm -f "$(DESTDIR)$(PREFIX)/bin/docker-machine-driver-nutanix-program"
	@echo "docker-machine-driver-nutanix is the program itself, without an agent" \
	  "($(if $(filter off,$(AGENT)),AGENT=off,make build makes a launcher on Linux with a C compiler))"

uninstall: ## Remove what `make install` copied
	rm -f $(EXECUTABLES:%="$(DESTDIR)$(PREFIX)/bin/%") "$(DESTDIR)$(PREFIX)/bin/docker-machine-driver-nutanix-program"

clean: ## Remove build results and caches
	rm -rf dist .cache coverage

distclean: clean ## Also remove node_modules and the tools
	rm -rf node_modules .tools
