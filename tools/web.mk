# The page. `make web` bundles it when its sources changed; `make web-check` types it and runs the tests of its logic.
# Needs node >= 18 and npm; the packages come from the lockfile, exactly.
.PHONY: web web-check
WEB_SOURCES := web/build.mjs web/tsconfig.json $(shell find web/src -type f)
WEB_MODULES := web/node_modules/.installed

web: $(B)/web.stamp

$(WEB_MODULES): web/package.json web/package-lock.json web/.npmrc
	@echo "  NPM web (packages of web/package-lock.json)"
	@cd web && npm ci --no-progress --loglevel=error
	@touch $@

$(B)/web.stamp: $(WEB_SOURCES) $(WEB_MODULES)
	@mkdir -p $(B)/web
	@node web/build.mjs $(abspath $(B)/web)
	@touch $@

web-check: $(WEB_MODULES)
	cd web && node_modules/.bin/tsc --noEmit
	node web/build.mjs --test $(abspath $(B)/web-test)
	node --test $(B)/web-test/*.mjs
