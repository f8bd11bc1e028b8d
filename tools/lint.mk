# What tools/lint.sh asks make for: per source, only when it, a header it includes, or the rules changed.
LINTED := $(shell find core labels devices warehouse dispensing service tests -name '*.c' 2>/dev/null)
LINT_FLAGS = $(filter-out -MMD -MP -O2,$(CFLAGS)) -O1
.PHONY: lint-clang lint-tidy
lint-clang: $(LINTED:%.c=build/lint/%.clang)
lint-tidy: $(LINTED:%.c=build/lint/%.tidy)

build/lint/%.clang: %.c
	@mkdir -p $(@D)
	@clang-14 $(LINT_FLAGS) -fsyntax-only -MMD -MP -MT $@ -MF $@.d $<
	@touch $@

# After the other stamp, whose list of headers it shares.
build/lint/%.tidy: build/lint/%.clang .clang-tidy
	@clang-tidy-14 --quiet $*.c -- $(LINT_FLAGS) 2>$@.err || { grep -v 'warnings\? generated' $@.err; exit 1; }
	@rm -f $@.err && touch $@

-include $(LINTED:%.c=build/lint/%.clang.d)
