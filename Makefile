# What one does here. `make` alone lists it.

GO       ?= go
FUZZTIME ?= 30s
# Every module of the repository, the core first.
MODULES  := . $(patsubst %/go.mod,%,$(wildcard middleware/*/go.mod middleware/*/*/go.mod examples/go.mod bench/go.mod))

.PHONY: help test race run bench fuzz lint fmt

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 12

test: ## run every test of every module, without the race detector (allocations are asserted)
	@set -e; for m in $(MODULES); do echo "== test $$m"; (cd $$m && $(GO) test ./...); done

race: ## run every test of every module with the race detector
	@set -e; for m in $(MODULES); do echo "== race $$m"; (cd $$m && $(GO) test -race ./...); done

run: ## start the example shop behind the middleware, with shoppers driving it
	$(GO) run ./examples/shop -drive

bench: ## compare the full way in and out with its floor, side by side
	cd bench && $(GO) test -run '^$$' -bench . -benchtime 1s ./...

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@set -e; for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	    echo "== fuzz $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; done; done

lint: ## gofmt, vet, staticcheck, tidy: what CI checks besides the tests
	.ci/lint

fmt: ## format everything
	gofmt -w .
