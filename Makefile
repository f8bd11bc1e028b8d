# yaocang (药仓). Targets: all (default) deps run test unit lint rules bench asan tsan fuzz docs clean; see README.md, HACKING.md.
# B is the build folder; a flavour (asan, tsan, fuzz) builds the same tree below build/FLAVOUR.
FLAVOUR ?=
B := build$(if $(FLAVOUR),/$(FLAVOUR))
CC := $(if $(filter fuzz,$(FLAVOUR)),clang-14,gcc)
WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
SANITIZE_ := -O2
# -w: sanitizers make gcc warn of what is not there; the plain build and lint are those that refuse warnings.
SANITIZE_asan := -fsanitize=address,undefined -fno-sanitize-recover=undefined -O1 -w
SANITIZE_tsan := -fsanitize=thread -O1 -w
SANITIZE_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -O1 -w
SANITIZE := $(SANITIZE_$(FLAVOUR))
PACKAGES := sqlite3 libpq libmicrohttpd jansson libsodium libmodbus libqrencode pangocairo zlib libzip expat
TOGETHER = $(MAKE) --no-print-directory
# All cores, unless the caller says -j.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps run test unit lint rules bench asan tsan fuzz fuzz-targets docs clean
all: $(B)/yaocang

# Where the libraries are. Made once the packages are there: make reads this file, finds it missing or older than the
# list of packages, installs what is not there, writes it and starts over, so that `make` alone works on a bare machine.
ifeq ($(filter clean,$(MAKECMDGOALS)),)
include build/deps.mk
endif
build/deps.mk: tools/deps.sh Makefile
	@tools/deps.sh build
	@mkdir -p build
	@{ echo "PACKAGE_CFLAGS := $$(pkg-config --cflags $(PACKAGES))" && \
	   echo "PACKAGE_LIBS := $$(pkg-config --libs $(PACKAGES))"; } >$@.$$$$ && mv $@.$$$$ $@

CFLAGS += -std=c17 -D_GNU_SOURCE -g $(WARN) $(SANITIZE) -fstack-protector-strong -fno-omit-frame-pointer -I. -I$(B)/gen -MMD -MP
CFLAGS += $(PACKAGE_CFLAGS)
LDLIBS := $(PACKAGE_LIBS) -lzint -linih -lpthread -lm
LDFLAGS += $(SANITIZE)

SRC := $(wildcard core/*.c labels/*.c devices/*.c warehouse/*.c warehouse/*/*.c dispensing/*.c service/*.c service/api/*.c)
OBJ := $(SRC:%.c=$(B)/obj/%.o) $(B)/obj/embed.o
LIB := $(filter-out $(B)/obj/service/main.o,$(OBJ))
TEST_SRC := $(wildcard tests/*.c tests/unit/*/*.c tests/scenario/*.c)
TEST_OBJ := $(TEST_SRC:%.c=$(B)/obj/%.o)
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZ_OBJ := $(FUZZ_SRC:%.c=$(B)/obj/%.o)

# Rules of the rooms. PAGE is made before the files below $(B)/web are embedded.
include $(wildcard tools/*.mk)
PAGE := $(if $(wildcard tools/web.mk),$(B)/web.stamp)

$(B)/yaocang: $(OBJ)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/unit: $(LIB) $(TEST_OBJ)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(CFLAGS) -c -o $@ $<

# Every file that the program carries inside itself: migrations, data tables, the page.
EMBEDDED := $(wildcard schema/*.sql schema/*/*.tsv labels/*.def devices/profiles/*.ini)
$(B)/obj/embed.o: $(B)/gen/embed.S $(EMBEDDED) $(PAGE)
	@mkdir -p $(@D)
	@$(CC) -c -o $@ $<
$(B)/gen/embed.S: tools/embed.sh $(EMBEDDED) $(PAGE)
	@mkdir -p $(@D)
	@tools/embed.sh $(EMBEDDED) $$(find $(B)/web -type f 2>/dev/null | sort) >$@.$$$$ && mv $@.$$$$ $@

# libFuzzer programs build/fuzz/NAME from tests/fuzz/NAME.c, with the library compiled for it (make FLAVOUR=fuzz).
fuzz-targets: $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/%)
build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o $(LIB)
	@echo "  LD $@"
	@$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

deps:
	@tools/deps.sh build

# In the foreground: the shell becomes the program, so that Ctrl-C and SIGTERM reach it and end all its processes.
PORT ?= 8080
DATA ?= demo-data
run:
	@tools/deps.sh build
	+@$(TOGETHER) all
	@exec build/yaocang demo --data "$(DATA)" --port "$(PORT)"

unit: $(B)/unit
	$(B)/unit $(T)

# All stages, or with T=suite or T=suite.case only that of the unit tests.
test:
	@tools/test.sh $(T)
lint:
	@tools/lint.sh
rules:
	@tools/rules.sh
bench:
	+@$(TOGETHER) all
	@if [ -x tests/bench/run.sh ]; then tests/bench/run.sh; else echo "bench: tests/bench/run.sh is missing" >&2; exit 1; fi

asan tsan:
	+@$(TOGETHER) FLAVOUR=$@ all
fuzz:
	+@$(TOGETHER) FLAVOUR=fuzz fuzz-targets

# docs/roles.md, docs/flows.md and the API description are written by the program itself.
docs: $(B)/yaocang
	@$(B)/yaocang docs --to docs

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(FUZZ_OBJ:.o=.d)
