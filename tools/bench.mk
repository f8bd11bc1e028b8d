# What `make bench` measures with: a bare program to compare with, a load generator, a slow disk.
build/bench/yardstick build/bench/load: build/bench/%: build/obj/tests/bench/%.o
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) -o $@ $< -lmicrohttpd -lsqlite3 -lpthread
build/bench/slow_fsync.so: tests/bench/slow_fsync.c
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -fPIC -shared -o $@ $<
.PHONY: bench-tools
bench-tools: build/bench/yardstick build/bench/load build/bench/slow_fsync.so
