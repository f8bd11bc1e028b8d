#include "service/serve.h"

#include "core/document.h"
#include "core/log.h"
#include "service/admin.h"
#include "service/api/coldchain.h"
#include "service/backup.h"
#include "service/command.h"
#include "service/importer.h"
#include "service/options.h"
#include "service/queue.h"
#include "service/session.h"
#include "service/stream.h"
#include "service/supervise.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/issue.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/projection.h"
#include "warehouse/settlement/depot_book.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CHANGES_KEPT_MS (7 * CLOCK_DAY_MS)
#define ANSWERS_KEPT_MS (91 * CLOCK_DAY_MS)
#define TIDY_ROWS 500

/* Steps and states of this program's documents, once a start. */
static enum status register_documents(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "store.start";
	document_register(tx);
	return ST_OK;
}

SQL(drop_changes, "DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE at_ms < :at_ms ORDER BY seq LIMIT :limit) "
                  "/*scan: oldest first*/ "
                  "/*all sites: housekeeping*/");
SQL(drop_answers, "DELETE FROM idempotency WHERE (user_id, key) IN (SELECT user_id, key FROM idempotency WHERE at_ms < :at_ms "
                  "ORDER BY at_ms LIMIT "
                  ":limit)");
SQL(oldest_change, "SELECT at_ms FROM change ORDER BY seq LIMIT 1 /*all sites: housekeeping*/");
SQL(oldest_answer, "SELECT at_ms FROM idempotency ORDER BY at_ms LIMIT 1");

static enum status tidy(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "store.tidy";
	(void)projection_tidy(tx);
	db_exec(tx, drop_changes, I64(":at_ms", tx->now_ms - CHANGES_KEPT_MS), I64(":limit", TIDY_ROWS));
	db_exec(tx, drop_answers, I64(":at_ms", tx->now_ms - ANSWERS_KEPT_MS), I64(":limit", TIDY_ROWS));
	return ST_OK;
}

SQL(card_behind,
    "SELECT (SELECT coalesce(max(seq), 0) FROM stock_move) - coalesce((SELECT seq FROM projection WHERE name = 'move_card'), 0) "
    "/*all sites: housekeeping*/");

/* Only where there is something to do: an idle service writes nothing. */
static void keep_tidy(struct store *store)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct db *db = store->writer.db;
	int64_t now = clock_now_ms(&store->service->clock);
	db_read_begin(db);
	int64_t behind = db_i64_n(db, 0, &card_behind, NULL, 0) + depot_book_behind(db);
	int64_t change = db_i64_n(db, now, &oldest_change, NULL, 0), answer = db_i64_n(db, now, &oldest_answer, NULL, 0);
	bool turns = price_flags_wait(db, ymd_of_ms(now));
	if (db_read_end(db) != ST_OK)
		return;
	if (behind > 0 || turns || change < now - CHANGES_KEPT_MS || answer < now - ANSWERS_KEPT_MS)
		(void)!writer_run_one(&store->writer, tidy, NULL, &a, &f);
}

static enum status change_prices(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

/* RULE DOMAIN-12.3-price-change-count: an adjustment takes effect at its moment, at the latest before the next write. */
static void on_moment(struct store *store)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct writer *w = &store->writer;
	db_read_begin(w->db);
	bool due = price_adjustment_is_due(w->db, clock_now_ms(w->clock));
	if (db_read_end(w->db) != ST_OK || !due)
		return;
	if (writer_run_one(w, change_prices, NULL, &a, &f) != ST_OK) {
		log_warn("price_adjustment_failed", "%s", store->code);
		return;
	}
	atomic_store(&store->committed_seq, w->seq);
	stream_committed(store, w->seq);
}

/* Decisions whose day has come, and flags that began or ended today. */
static enum status take_day(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "catalogue.day";
	(void)change_take_due(tx);
	(void)product_flag_take_day(tx);
	return ST_OK;
}

SQL(count_due,
    "SELECT (SELECT count(*) FROM catalogue_change WHERE due = 1 AND from_ymd <= :today_ymd) + (SELECT count(*) FROM product p "
    "WHERE p.id IN (SELECT product_id FROM product_flag WHERE flag = 'controlled') AND coalesce(p.controlled, '') <> "
    "coalesce(" FLAG_ON("p.id", "controlled") ", '')) /*all sites: housekeeping*/");

/* The catalogue of today: looked at once a day and where a decision waits, written only where something changes. */
static void keep_catalogue(struct store *store)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct db *db = store->writer.db;
	db_read_begin(db);
	int64_t due = db_i64(db, 0, count_due, I64(":today_ymd", ymd_of_ms(clock_now_ms(&store->service->clock))));
	if (db_read_end(db) == ST_OK && due > 0)
		(void)!writer_run_one(&store->writer, take_day, NULL, &a, &f);
}

static void on_idle(struct store *store)
{
	on_moment(store);
	keep_tidy(store);
	keep_catalogue(store);
	backup_look(store, store->writer.db);
	coldchain_tick_store(store);
	malloc_trim(0);
}

SQL(select_name, "SELECT value FROM store_info WHERE name = 'name'");

static enum status open_store(struct serving *s, const char *data, const char *code, struct store *store,
                              char why[FOLDER_WHY_MAX])
{
	char reason[200] = "";
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	snprintf(store->code, sizeof store->code, "%s", code);
	store->service = &s->service;
	store->where = folder_where_by(&s->arena, &s->config, data, code);
	enum status st = writer_open(store->where, false, &s->service.clock, &store->writer, reason);
	if (st == ST_OK)
		st = writer_run_one(&store->writer, register_documents, NULL, &a, &f);
	if (st != ST_OK) {
		snprintf(why, FOLDER_WHY_MAX, "%s: %s", code, reason[0] ? reason : status_text(st));
		return st;
	}
	db_read_begin(store->writer.db);
	store->name = arena_string(&s->arena, db_text_n(store->writer.db, &a, &select_name, NULL, 0));
	if (!store->name)
		store->name = store->code;
	store->writer.group_end = projection_keep;
	st = db_read_end(store->writer.db);
	backup_look(store, store->writer.db);
	return st;
}

static void close_stores(struct serving *s)
{
	for (size_t i = 0; i < s->service.store_count; i++)
		writer_close(&s->service.stores[i].writer);
	free(s->service.stores);
	s->service.stores = NULL;
	s->service.store_count = 0;
	folder_lock_drop(&s->lock);
	arena_drop(&s->arena);
}

static int open_stores(struct serving *s, const char *data, char why[FOLDER_WHY_MAX])
{
	const char **codes = NULL;
	size_t count = 0;
	if (folder_lock_take(data, &s->lock, why) != ST_OK ||
	    folder_list_by(&s->arena, &s->config, data, &codes, &count, why) != ST_OK)
		return EXIT_CANNOT;
	if (count == 0) {
		snprintf(why, FOLDER_WHY_MAX, "%s 中没有任何医共体的数据库, 请先运行 yaocang init", data);
		return EXIT_CANNOT;
	}
	s->service.stores = memory_alloc(count * sizeof *s->service.stores);
	for (size_t i = 0; i < count; i++) {
		if (open_store(s, data, codes[i], &s->service.stores[i], why) != ST_OK)
			return EXIT_CANNOT;
		s->service.store_count++;
	}
	return EXIT_DONE;
}

/* Sockets of 2,000 clients and more; small thread arenas, since many threads share little memory. */
static void tune_process(void)
{
	struct rlimit files;
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max < 70000 ? files.rlim_max : 70000;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static const char *own_path(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);
	return n > 0 ? arena_copy(a, path, (size_t)n) : "yaocang";
}

static const struct queue_hooks hooks = {stream_committed, on_idle, on_moment};

int serving_start(struct serving *s, const char *data, const char *host, uint16_t port, char why[FOLDER_WHY_MAX])
{
	tune_process();
	s->lock = (struct folder_lock){-1};
	s->config.data = data;
	s->service.config = &s->config;
	s->service.clock = clock_system();
	s->service.program = own_path(&s->arena);
	s->service.started_ms = clock_now_ms(&s->service.clock);
	s->port = port;
	int code = sodium_init() < 0 ? EXIT_CANNOT : open_stores(s, data, why);
	if (code != EXIT_DONE) {
		close_stores(s);
		return code;
	}
	s->service.guard = login_guard_new(s->config.login_lock_s * 1000);
	s->service.hub = stream_start(&s->service);
	s->service.hall = fan_hall_open();
	if (!s->service.hub || !s->service.hall || queue_start(&s->service, (int)s->config.readers, &hooks) != ST_OK ||
	    !(s->service.importer = importer_start(&s->service)) ||
	    http_start(&s->service, host, &s->port, &s->http, why) != ST_OK) {
		importer_stop(s->service.importer);
		if (s->service.queue)
			queue_stop(&s->service);
		fan_hall_close(s->service.hall);
		close_stores(s);
		return EXIT_CANNOT;
	}
	s->admin = admin_start(&s->service);
	return EXIT_DONE;
}

void serving_stop(struct serving *s)
{
	if (s->admin)
		admin_stop(s->admin);
	http_stop(s->http);
	importer_stop(s->service.importer);
	queue_stop(&s->service);
	fan_hall_close(s->service.hall);
	stream_drop(s->service.hub);
	login_guard_drop(s->service.guard);
	close_stores(s);
}

static sigset_t ending_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	return set;
}

void serving_block_signals(void)
{
	sigset_t set = ending_signals();
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool serving_wait(void)
{
	sigset_t set = ending_signals();
	int signal_number = 0;
	if (sigwait(&set, &signal_number) != 0)
		return false;
	return signal_number == SIGCHLD;
}

int command_serve(int argc, char **argv)
{
	const char *data = NULL, *listen_on = NULL, *file = NULL;
	const struct option_slot slots[] = {{.name = "data", .text = &data},
	                                    {.name = "listen", .text = &listen_on},
	                                    {.name = "config", .text = &file},
	                                    {.name = NULL}};
	size_t words = 0;
	char why[CONFIG_WHY_MAX] = "";
	struct serving s = {.lock = {-1}};
	serving_block_signals();
	config_defaults(&s.config);
	if (!options_read(argc, argv, slots, NULL, 0, &words))
		return EXIT_USAGE;
	enum status st = file   ? config_load(&s.arena, file, &s.config, why)
	                 : data ? folder_config(&s.arena, data, &s.config, why)
	                        : ST_OK;
	if (st != ST_OK) {
		fprintf(stderr, "serve: %s\n", why);
		return EXIT_USAGE;
	}
	data = data ? data : s.config.data;
	if (listen_on && !config_parse_address(listen_on, &s.config.listen)) {
		fprintf(stderr, "serve: --listen 应为 地址:端口, 如 127.0.0.1:8080\n");
		return EXIT_USAGE;
	}
	if (!data || !s.config.listen.host[0]) {
		fprintf(stderr, "serve: 请用 --data 指定数据目录, 用 --listen 指定地址和端口\n");
		return EXIT_USAGE;
	}
	int code = serving_start(&s, data, s.config.listen.host, s.config.listen.port, why);
	if (code != EXIT_DONE) {
		fprintf(stderr, "serve: %s\n", why);
		return code;
	}
	bool v6 = strchr(s.config.listen.host, ':') != NULL;
	printf("yaocang: http://%s%s%s:%u/\n", v6 ? "[" : "", s.config.listen.host, v6 ? "]" : "", s.port);
	fflush(stdout);
	while (serving_wait())
		;
	serving_stop(&s);
	return EXIT_DONE;
}
