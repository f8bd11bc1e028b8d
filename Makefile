# yaocang (药仓). Targets: all (default) deps run test lint rules bench asan tsan fuzz web docs clean; see README.md.
# B is the build folder; a flavour (asan, tsan) builds the same tree below build/FLAVOUR.
FLAVOUR ?=
B := build$(if $(FLAVOUR),/$(FLAVOUR))
CC = gcc
WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
SANITIZE := $(if $(filter asan,$(FLAVOUR)),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -O1,$(if $(filter tsan,$(FLAVOUR)),-fsanitize=thread -O1,-O2))
comma := ,
PACKAGES := sqlite3 libmicrohttpd jansson libsodium libmodbus libqrencode pangocairo zlib
CFLAGS += -std=c17 -D_GNU_SOURCE -g $(SANITIZE) $(WARN) -fstack-protector-strong -fno-omit-frame-pointer -I. -I$(B)/gen -MMD -MP
CFLAGS += $(shell pkg-config --cflags $(PACKAGES) cunit 2>/dev/null)
LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lzint -linih -lpthread -lm
LDFLAGS += $(SANITIZE)

SRC := $(wildcard core/*.c labels/*.c devices/*.c warehouse/*.c warehouse/*/*.c dispensing/*.c service/*.c service/api/*.c)
OBJ := $(SRC:%.c=$(B)/obj/%.o) $(B)/obj/embed.o
LIB := $(filter-out $(B)/obj/service/main.o,$(OBJ))
TEST_SRC := $(wildcard tests/*.c tests/unit/*/*.c tests/scenario/*.c)
TEST_OBJ := $(TEST_SRC:%.c=$(B)/obj/%.o)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps run test lint rules bench asan tsan fuzz web docs clean unit

all: $(B)/yaocang

include $(wildcard tools/*.mk)

$(B)/yaocang: $(OBJ)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/unit: $(LIB) $(TEST_OBJ)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -c -o $@ $<

# Every file that the program carries inside itself: migrations, data tables, the page.
EMBEDDED := $(wildcard schema/*.sql schema/*/*.tsv labels/*.def devices/profiles/*.ini) $(wildcard $(B)/web/*)
$(B)/obj/embed.o: $(B)/gen/embed.S $(EMBEDDED)
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<
$(B)/gen/embed.S: tools/embed.sh $(EMBEDDED)
	@mkdir -p $(@D)
	tools/embed.sh $(EMBEDDED) > $@.new && mv $@.new $@

unit: $(B)/unit
	$(B)/unit $(T)

asan tsan:
	$(MAKE) FLAVOUR=$@ all

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d)
