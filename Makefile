# Every target installs what it lacks on Debian and Ubuntu (scripts/ensure.sh); Go, git and make must be there.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A Node.js that ensure.sh had to install because the distribution's is too old.
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/opsbot
export PATH := $(CACHE)/node/node_modules/node-linux-$(subst x86_64,x64,$(subst aarch64,arm64,$(shell uname -m)))/bin:$(PATH)

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS := -s -w $(if $(VERSION),-X opsbot/internal/version.stamp=$(VERSION))
# One set of flags for whatever is built without the race detector, so that build, lint and go run share one build cache.
STATIC := CGO_ENABLED=0 GOFLAGS='$(strip $(GOFLAGS) -trimpath -buildvcs=false)'
# Without the trace pages of grpc, which gocloud.dev brings: their templates would keep every method of every type in the binary.
SMALL := -tags grpcnotrace
WEB := slacksim/web
SHELL_FILES := .ci/run $(wildcard scripts/*.sh)
# Helm templates are not YAML until they are rendered.
YAML_FILES = $(shell git ls-files --cached --others --exclude-standard '*.yaml' '*.yml' | grep -v -e /templates/ -e /testdata/)

# The race detector makes tests several times slower; a package with a real control plane needs minutes on two cores.
TEST_TIMEOUT := 40m
# What to test: make test PACKAGES=./k8sops/...
PACKAGES := ./...

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: build
build: ## Build bin/opsbot, a static binary
	$(STATIC) go build $(SMALL) -ldflags '$(LDFLAGS)' -o bin/opsbot ./cmd/opsbot
	@scripts/size.sh bin/opsbot

.PHONY: build-demo
build-demo:
	$(STATIC) go build -ldflags '$(LDFLAGS)' -o bin/opsbot-demo ./cmd/opsbot-demo

.PHONY: demo
demo: ## Run the whole product on this machine: make demo ARGS=--tour
	@scripts/ensure.sh postgres redis prometheus alertmanager
	@$(MAKE) --no-print-directory build-demo
	@exec bin/opsbot-demo $(ARGS)

.PHONY: handbook
handbook: ## Walk the handbook on the real parts in both languages, and write docs/handbook*.md anew
	@scripts/ensure.sh postgres redis prometheus alertmanager
	@$(MAKE) --no-print-directory build-demo
	bin/opsbot-demo --tour --speed 20 --transcript docs/handbook.md handbook
	bin/opsbot-demo --tour --speed 20 --locale zh-CN --transcript docs/handbook.zh-CN.md handbook

.PHONY: test
test: test-go test-web ## Run all tests, with a real control plane, PostgreSQL, Prometheus and Alertmanager

.PHONY: test-go
test-go:
	@scripts/ensure.sh postgres redis prometheus alertmanager
	@$(STATIC) go run ./scripts/controlplane
	@scripts/tool.sh mailpit >/dev/null
	@scripts/tool.sh versitygw >/dev/null
	@tool=$$(scripts/tool.sh gotestsum) && \
	  "$$tool" --format pkgname-and-test-fails --format-hide-empty-pkg -- -race -shuffle=on -timeout $(TEST_TIMEOUT) $(PACKAGES)

.PHONY: test-web
test-web: $(WEB)/node_modules/.package-lock.json
	@scripts/ensure.sh chromium fonts
	cd $(WEB) && npm run --silent typecheck && npm test --silent && npm run --silent test:browser

.PHONY: test-short
test-short: ## Run the tests that start no servers
	go test -short $(PACKAGES)

.PHONY: bench
bench: ## Measure opsbot beside Alertmanager and kubectl: make bench ARGS='-only webhook'
	@scripts/ensure.sh postgres redis alertmanager
	@go run ./scripts/controlplane
	go run ./bench $(ARGS)

.PHONY: faults
faults: ## Break opsbot and what it stands on, 210 times and more: make faults ARGS='-only kill -rounds 20'
	@scripts/ensure.sh postgres alertmanager
	@$(STATIC) go run ./scripts/controlplane
	$(STATIC) go run ./faults $(ARGS)

.PHONY: lint
lint: lint-go lint-files lint-fresh ## Run all linters and check that generated files are fresh

.PHONY: lint-go
lint-go:
	@tool=$$(scripts/tool.sh golangci-lint) && $(STATIC) "$$tool" run ./...
	@scripts/tidy.sh

.PHONY: lint-files
lint-files:
	@scripts/ensure.sh shellcheck
	shellcheck --exclude=SC2016 $(SHELL_FILES)
	@# A reader that stops early kills the writer, and pipefail makes that a failure, now and then.
	@! grep -nE '\|[[:space:]]*(head|grep -[a-zA-Z]*q)' $(SHELL_FILES)
	@scripts/sleeps.sh
	@tool=$$(scripts/tool.sh filelint) && "$$tool" Dockerfile $(YAML_FILES)

.PHONY: lint-fresh
lint-fresh: $(WEB)/node_modules/.package-lock.json
	@scripts/fresh.sh $(MAKE) --no-print-directory generate web

.PHONY: generate
generate: ## Write the files that are generated from code
	$(STATIC) go generate ./...
	$(STATIC) go run ./cmd/opsbot generate
	scripts/licences.sh

.PHONY: sbom
sbom: build ## Write bin/opsbot.cdx.json, what bin/opsbot is made of (CycloneDX)
	@tool=$$(scripts/tool.sh cyclonedx-gomod) && "$$tool" bin -json -std -noserial -notimestamp -version "$(or $(VERSION),unknown)" \
	  -output bin/opsbot.cdx.json bin/opsbot
	@echo bin/opsbot.cdx.json

.PHONY: web
web: $(WEB)/node_modules/.package-lock.json ## Build the simulator's page into slacksim/web/dist
	cd $(WEB) && npm run --silent build

# npm writes this file last; it is older than the lock file exactly when the modules are.
$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@scripts/ensure.sh node
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

.PHONY: clean
clean: ## Remove what was built here; the caches below ~/.cache/opsbot stay
	rm -rf bin $(WEB)/node_modules
