# The commands. Each brings what it needs and this machine lacks; ARGS reach the program, as in `make run ARGS="--listen 0.0.0.0:3000"`.

.DEFAULT_GOAL := help
.PHONY: help run demo watch test size load web-speed faults fuzz screenshots

help: ## List the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build what is not built yet, and start Bobbin.
	@exec scripts/run $(ARGS)

demo: ## The same, with an empty database filled with a believable world.
	@exec scripts/run demo $(ARGS)

watch: ## For developing: serve a debug build, and rebuild and reload at every change.
	@exec scripts/watch $(ARGS)

test: ## Check everything: format, lints, tests, and the release build in a browser.
	@exec scripts/test $(ARGS)

size: ## Show what a browser has to load.
	@exec scripts/size

load: ## Measure all of docs/performance.md, which takes hours; ARGS as in `make load ARGS="speed --only pairs"`.
	@exec scripts/load $(ARGS)

web-speed: ## Measure what a browser needs, slow network and slow machine included: some minutes.
	@exec scripts/web-speed $(ARGS)

faults: ## Break everything around the server, and check that nothing is lost: about half an hour; ARGS as in `make faults ARGS="--seed 7"`.
	@exec scripts/faults $(ARGS)

fuzz: ## Attack what reads what people and programs send, a minute for each kind; ARGS as in `make fuzz ARGS=600`.
	@exec scripts/fuzz $(ARGS)

screenshots: ## Take pictures of the main screens, into target/screenshots.
	@exec scripts/screenshots $(ARGS)
