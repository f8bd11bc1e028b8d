#include "service/folder.h"
#include "service/importer.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/init.h"
#include "service/options.h"
#include "service/queue.h"
#include "service/session.h"
#include "service/verify.h"

#include "tests/harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void names_of_stores(void)
{
	static const struct {
		const char *code;
		bool valid;
	} rows[] = {{"sxyy", true},
	            {"A-1_b", true},
	            {"0", true},
	            {"", false},
	            {"-a", false},
	            {"a.b", false},
	            {"a/b", false},
	            {"..", false},
	            {"寿县", false},
	            {"abcdefghijklmnopqrstuvwxyz012345", true},
	            {"abcdefghijklmnopqrstuvwxyz0123456", false}};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(folder_code_is_valid(rows[i].code), rows[i].valid);
}

static void touch(const char *dir, const char *name)
{
	SCOPED(arena) a = {0};
	int fd = open(arena_printf(&a, "%s/%s", dir, name), O_CREAT | O_WRONLY, 0600);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	close(fd);
}

static void stores_are_listed_in_order(void)
{
	static const char *const files[] = {"b.db",      "a.db",         "a.db-wal", "x.db.new",
	                                    "c.db.part", "yaocang.lock", "-z.db",    "notes.txt"};
	SCOPED(arena) a = {0};
	char why[FOLDER_WHY_MAX] = "";
	const char *dir = arena_string(&a, test_folder()), **codes = NULL;
	size_t n = 9;
	for (size_t i = 0; i < COUNT(files); i++)
		touch(dir, files[i]);
	CU_ASSERT_EQUAL(folder_list(&a, dir, &codes, &n, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(n, 2);
	CU_ASSERT_STRING_EQUAL(codes[0], "a");
	CU_ASSERT_STRING_EQUAL(codes[1], "b");
	CU_ASSERT_TRUE(folder_has_store(dir, "a") && !folder_has_store(dir, "c"));
	CU_ASSERT_EQUAL(folder_list(&a, arena_printf(&a, "%s/none", dir), &codes, &n, why), ST_STORE_UNAVAILABLE);
	CU_ASSERT_TRUE(*why != '\0');
}

static void one_holds_the_lock(void)
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) first = {-1};
	SCOPED(folder_lock) second = {-1};
	char why[FOLDER_WHY_MAX] = "";
	const char *dir = arena_printf(&a, "%s/x/y", test_folder());
	CU_ASSERT_TRUE(folder_is_absent_or_empty(dir));
	CU_ASSERT_EQUAL_FATAL(folder_make(dir, why), ST_OK);
	CU_ASSERT_TRUE(folder_is_absent_or_empty(dir));
	CU_ASSERT_EQUAL(folder_lock_take(dir, &first, why), ST_OK);
	CU_ASSERT_EQUAL(folder_lock_take(dir, &second, why), ST_BUSY);
	CU_ASSERT_FALSE(folder_is_absent_or_empty(dir));
	folder_lock_drop(&first);
	CU_ASSERT_EQUAL(folder_lock_take(dir, &second, why), ST_OK);
}

static void options_are_read_or_refused(void)
{
	static char *good[] = {"x", "--data", "d", "word", "--role=a", "--role", "b", "--on", NULL};
	static char *bad[][4] = {{"x", "--data", NULL}, {"x", "--nope", "1", NULL}, {"x", "--data=1", "--data=2", NULL},
	                         {"x", "--on=1", NULL}, {"x", "w1", "w2", NULL},    {"x", NULL}};
	for (size_t i = 0; i <= COUNT(bad); i++) {
		const char *data = NULL, *roles[2], *word = NULL;
		size_t role_count = 0, words = 0;
		bool on = false;
		const struct option_slot slots[] = {{.name = "data", .text = &data, .required = true},
		                                    {.name = "role", .list = roles, .list_count = &role_count, .list_max = 2},
		                                    {.name = "on", .flag = &on},
		                                    {.name = NULL}};
		char **argv = i < COUNT(bad) ? bad[i] : good;
		int argc = 0;
		while (argv[argc])
			argc++;
		bool right = options_read(argc, argv, slots, &word, 1, &words);
		CU_ASSERT_EQUAL(right, i == COUNT(bad));
		if (right) {
			CU_ASSERT_STRING_EQUAL(data, "d");
			CU_ASSERT_STRING_EQUAL(word, "word");
			CU_ASSERT_TRUE(words == 1 && role_count == 2 && on && strcmp(roles[1], "b") == 0);
		}
	}
}

/* ---- commands ---- */

static int run(int (*command)(int, char **), char **argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	return command(argc, argv);
}
#define RUN(command, ...) run(command, (char *[]){"command", __VA_ARGS__, NULL})

static char *write_text(struct arena *a, const char *name, const char *text)
{
	char *path = arena_printf(a, "%s/%s", test_folder(), name);
	FILE *f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	return path;
}

/* ---- init ---- */

static enum status plain(const char *dir, const char *code, char why[INIT_WHY_MAX])
{
	const struct init_options o = {.data = dir, .code = code, .name = "某县医共体"};
	return init_store(&o, why);
}

static int64_t ask(const char *dir, const char *code, const char *sql)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(folder_store_where(&a, dir, code), STORE_READ, &db, why), ST_OK);
	db_read_begin(db);
	struct rows r = db_query_text(db, sql, NULL, 0);
	int64_t n = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_read_end(db), ST_OK);
	db_close(db);
	return n;
}

static void init_makes_one_consortium_once(void)
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	char why[INIT_WHY_MAX] = "";
	const char *dir = arena_printf(&a, "%s/data", test_folder());
	CU_ASSERT_EQUAL(plain(dir, "c1", why), ST_OK);
	CU_ASSERT_EQUAL(ask(dir, "c1", "SELECT count(*) FROM site WHERE code = 'c1' AND name = '某县医共体' AND kind = 'lead'"),
	                1);
	CU_ASSERT_EQUAL(ask(dir, "c1", "SELECT count(*) FROM site_above"), 1);
	CU_ASSERT_EQUAL(
	        ask(dir, "c1", "SELECT count(*) FROM place WHERE code = 'YK' AND kind = 'depot' AND depot_kind = 'store'"), 1);
	CU_ASSERT_EQUAL(ask(dir, "c1", "SELECT count(*) FROM place WHERE site_id IS NULL"), 5);
	CU_ASSERT_EQUAL(ask(dir, "c1", "SELECT count(*) FROM store_info WHERE name IN ('code', 'name', 'made_at_ms')"), 3);
	CU_ASSERT_EQUAL(ask(dir, "c1", "SELECT count(*) FROM app_user"), 0);
	CU_ASSERT_EQUAL(plain(dir, "c1", why), ST_ALREADY_EXISTS);
	CU_ASSERT_EQUAL(plain(dir, "c2", why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(folder_lock_take(dir, &lock, why), ST_OK);
	CU_ASSERT_EQUAL(plain(dir, "c3", why), ST_BUSY);
	CU_ASSERT_FALSE(folder_has_store(dir, "c3"));
}

/* What an attempt that was cut off left behind is in nobody's way. */
static void init_begins_again_after_a_cut(void)
{
	SCOPED(arena) a = {0};
	char why[INIT_WHY_MAX] = "";
	const char *dir = arena_string(&a, test_folder());
	touch(dir, "c1.new-wal");
	FILE *f = fopen(arena_printf(&a, "%s/c1.new", dir), "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("half a store", f);
	fclose(f);
	CU_ASSERT_EQUAL(plain(dir, "c1", why), ST_OK);
	CU_ASSERT_NOT_EQUAL(access(arena_printf(&a, "%s/c1.new", dir), F_OK), 0);
}

static void init_refuses_wrong_words(void)
{
	SCOPED(arena) a = {0};
	char *dir = arena_printf(&a, "%s/d", test_folder());
	char *rows[][13] = {
	        {"init", "--data", dir, "--consortium", "a/b", "--name", "x", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "", NULL},
	        {"init", "--data", dir, "--consortium", "a", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "x", "--scale", "1", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "x", "--demo", "--scale", "0", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "x", "--demo", "--scale", "1.2345", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "x", "--demo", "--seed", "x", NULL},
	        {"init", "--data", dir, "--consortium", "a", "--name", "x", "--demo", "--as-of", "20260230", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int argc = 0;
		while (rows[i][argc])
			argc++;
		CU_ASSERT_EQUAL(command_init(argc, rows[i]), EXIT_USAGE);
	}
	CU_ASSERT_TRUE(folder_is_absent_or_empty(dir));
}

/* ---- a small demo county with its accounts ---- */

static const char *county(struct arena *a)
{
	const char *dir = arena_printf(a, "%s/data", test_folder());
	const struct init_options o = {
	        .data = dir, .code = "sxyy", .name = "演示", .demo = true, .scale_e3 = 10, .seed = 1, .as_of_ymd = 20261121};
	char why[INIT_WHY_MAX] = "";
	CU_ASSERT_EQUAL_FATAL(init_store(&o, why), ST_OK);
	return dir;
}

static void accounts_of_the_demo(void)
{
	SCOPED(arena) a = {0};
	const struct clock clock = clock_system();
	struct writer w;
	char why[INIT_WHY_MAX] = "";
	struct stat info;
	const char *dir = county(&a), *key = arena_printf(&a, "%s/" DEMO_GATEWAY_KEY, dir);
	CU_ASSERT_TRUE_FATAL(sodium_init() >= 0);
	CU_ASSERT_TRUE(password_is_acceptable(demo_password));
	CU_ASSERT_EQUAL_FATAL(writer_open(folder_store_where(&a, dir, "sxyy"), false, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL(demo_accounts_make(&w, dir, why), ST_OK);
	CU_ASSERT_TRUE(stat(key, &info) == 0 && (info.st_mode & 0777) == 0600);
	char *before = test_read_file(key);
	CU_ASSERT_EQUAL(demo_accounts_make(&w, dir, why), ST_OK); /* again: nothing new */
	char *after = test_read_file(key);
	CU_ASSERT_STRING_EQUAL(before, after);
	free(before);
	free(after);
	writer_close(&w);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(DISTINCT role) FROM user_role"), ROLE_COUNT);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(*) FROM app_user"), 13);
	CU_ASSERT_EQUAL(ask(dir, "sxyy",
	                    "SELECT count(*) FROM app_user u JOIN site s ON s.id = u.root_site_id WHERE (u.name = 'fenyuan' AND "
	                    "s.name = '瓦埠镇卫生院') "
	                    "OR (u.name = 'cunyi' AND s.name LIKE '瓦埠镇%村卫生室') OR (u.name = 'fenyuan2' AND s.kind = "
	                    "'township' AND s.name <> "
	                    "'瓦埠镇卫生院')"),
	                3);
}

#define MEMBERS(name) "\"name\":\"" name "\",\"display\":\"王\",\"password_hash\":\"h\",\"roles\":[\"buyer\",\"keeper\"]"

static void an_account_without_a_service(void)
{
	SCOPED(arena) a = {0};
	char why[ADMIN_WHY_MAX] = "";
	const char *dir = county(&a);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", MEMBERS("wang"), NULL, why), ST_OK);
	CU_ASSERT_EQUAL(
	        ask(dir, "sxyy", "SELECT count(*) FROM user_role r JOIN app_user u ON u.id = r.user_id WHERE u.name = 'wang'"),
	        2);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", MEMBERS("wang"), NULL, why), ST_ALREADY_EXISTS);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", MEMBERS("li") ",\"site\":\"nope\"", NULL, why), ST_NOT_FOUND);
	CU_ASSERT_TRUE(strstr(why, "nope") != NULL);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", "\"name\":\"li\"", NULL, why), ST_BAD_REQUEST);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.password", "\"name\":\"wang\",\"password_hash\":\"h2\"", NULL, why),
	                ST_OK);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(*) FROM app_user WHERE password_hash = 'h2' AND disabled_at_ms IS NULL"),
	                1);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.password", "\"name\":\"no\",\"password_hash\":\"h\"", NULL, why),
	                ST_NOT_FOUND);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.disable", "\"name\":\"wang\"", NULL, why), ST_OK);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(*) FROM app_user WHERE disabled_at_ms IS NOT NULL"), 1);
	CU_ASSERT_EQUAL(admin_write(dir, "none", "user.add", MEMBERS("li"), NULL, why), ST_STORE_UNAVAILABLE);
	CU_ASSERT_EQUAL(admin_write(arena_printf(&a, "%s/none", dir), "sxyy", "user.add", MEMBERS("li"), NULL, why),
	                ST_STORE_UNAVAILABLE);
}

/* The same request while a service holds the folder goes over its socket and through its writer. */
static void an_account_beside_a_service(void)
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	struct stat info;
	char why[ADMIN_WHY_MAX] = "";
	const char *dir = county(&a);
	const struct config config = {.data = dir};
	struct store store = {.code = "sxyy", .name = "演示"};
	struct service s = {.config = &config, .clock = clock_system(), .stores = &store, .store_count = 1};
	store.service = &s;
	CU_ASSERT_EQUAL_FATAL(folder_lock_take(dir, &lock, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(writer_open(folder_store_where(&a, dir, "sxyy"), false, &s.clock, &store.writer, why), ST_OK);
	store.where = folder_store_where(&a, dir, "sxyy");
	CU_ASSERT_EQUAL_FATAL(queue_start(&s, 1, &(const struct queue_hooks){NULL, NULL, NULL}), ST_OK);
	s.importer = importer_start(&s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.importer);
	touch(dir, "admin.sock"); /* left over by a service that was killed */
	struct admin *admin = admin_start(&s);
	CU_ASSERT_PTR_NOT_NULL_FATAL(admin);
	CU_ASSERT_TRUE(stat(arena_printf(&a, "%s/admin.sock", dir), &info) == 0 && (info.st_mode & 0777) == 0600);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", MEMBERS("wang"), NULL, why), ST_OK);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "user.add", MEMBERS("wang"), NULL, why), ST_ALREADY_EXISTS);
	CU_ASSERT_TRUE(strstr(why, "wang") != NULL);
	CU_ASSERT_EQUAL(admin_write(dir, "none", "user.add", MEMBERS("li"), NULL, why), ST_NOT_FOUND);
	CU_ASSERT_EQUAL(admin_write(dir, "sxyy", "no.such", MEMBERS("li"), NULL, why), ST_NOT_FOUND);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(*) FROM app_user"), 1);
	char *half = write_text(&a, "half.csv", "code,name,licence_no,licence_until_ymd\nT1,好,演示1,20300101\nT2,坏,演示2,x\n");
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", arena_string(&a, dir)), EXIT_NO);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", arena_string(&a, dir), "--keep-good"), EXIT_DONE);
	CU_ASSERT_EQUAL(ask(dir, "sxyy", "SELECT count(*) FROM supplier WHERE code IN ('T1', 'T2')"), 1);
	admin_stop(admin);
	CU_ASSERT_NOT_EQUAL(access(arena_printf(&a, "%s/admin.sock", dir), F_OK), 0);
	importer_stop(s.importer);
	queue_stop(&s);
	writer_close(&store.writer);
}

/* ---- verify, backup, restore, sql as commands ---- */

static void copy_and_back(void)
{
	SCOPED(arena) a = {0};
	const char *dir = county(&a);
	char *base = arena_string(&a, test_folder());
	char *data = arena_string(&a, dir), *to = arena_printf(&a, "%s/backup", base), *back = arena_printf(&a, "%s/back", base);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", data), EXIT_DONE);
	CU_ASSERT_EQUAL(RUN(command_backup, "--data", data, "--to", to), EXIT_DONE);
	CU_ASSERT_EQUAL(RUN(command_backup, "--data", data, "--to", to), EXIT_CANNOT); /* not over another */
	CU_ASSERT_EQUAL(RUN(command_restore, "--from", to, "--data", data), EXIT_CANNOT);
	CU_ASSERT_EQUAL(RUN(command_restore, "--from", to, "--data", back), EXIT_DONE);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", back, "--consortium", "sxyy"), EXIT_DONE);
	CU_ASSERT_EQUAL(ask(back, "sxyy", "SELECT count(*) FROM product"), ask(dir, "sxyy", "SELECT count(*) FROM product"));
	CU_ASSERT_EQUAL(RUN(command_backup, "--data", base, "--to", to), EXIT_CANNOT); /* no store there */
	CU_ASSERT_EQUAL(RUN(command_backup, "--data", data), EXIT_USAGE);
}

/* A file cut at any of several places, an empty one and one that is no store never pass. */
static void a_damaged_file_never_passes(void)
{
	static const int permille[] = {0, 1, 100, 500, 900, 999};
	SCOPED(arena) a = {0};
	const char *dir = county(&a), *path = folder_store_path(&a, dir, "sxyy");
	char *data = arena_string(&a, dir), *base = arena_string(&a, test_folder());
	struct stat info;
	CU_ASSERT_EQUAL_FATAL(stat(path, &info), 0);
	char *whole = test_read_file(path);
	for (size_t i = 0; i < COUNT(permille); i++) {
		FILE *f = fopen(path, "wb");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		fwrite(whole, 1, (size_t)info.st_size * (size_t)permille[i] / 1000, f);
		fclose(f);
		CU_ASSERT_NOT_EQUAL(RUN(command_verify, "--data", data), EXIT_DONE);
		CU_ASSERT_NOT_EQUAL(RUN(command_restore, "--from", data, "--data", arena_printf(&a, "%s/r%zu", base, i)),
		                    EXIT_DONE);
		CU_ASSERT_FALSE(folder_has_store(arena_printf(&a, "%s/r%zu", base, i), "sxyy"));
	}
	free(whole);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", arena_printf(&a, "%s/none", base)), EXIT_CANNOT);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", base), EXIT_CANNOT);
}

static void a_head_is_found_or_not(void)
{
	SCOPED(arena) a = {0};
	const char *dir = county(&a), *where = folder_store_where(&a, dir, "sxyy");
	const struct verify_request any = {0};
	char head[VERIFY_HEAD_TEXT], why[VERIFY_WHY_MAX], *data = arena_string(&a, dir);
	CU_ASSERT_EQUAL_FATAL(verify_store(where, "sxyy", &any, head, why), ST_OK);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", data, "--head", head), EXIT_DONE);
	head[5] = head[5] == '0' ? '1' : '0';
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", data, "--head", head), EXIT_NO);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", data, "--head", "12"), EXIT_USAGE);
	CU_ASSERT_EQUAL(verify_store(where, "other", &any, head, why), ST_INVALID_FIELD);
}

static void questions_only(void)
{
	static const struct {
		char *sql;
		int status;
	} rows[] = {
	        {"SELECT count(*) AS n FROM site", EXIT_DONE},
	        {" -- note\n with x as (select 1) select * from x; ", EXIT_DONE},
	        {"SELECT ':x?' AS \"@\" /* $1 */", EXIT_DONE},
	        {"SELECT nope FROM site", EXIT_NO},
	        {"DELETE FROM site", EXIT_USAGE},
	        {"SELECT 1; DELETE FROM site", EXIT_USAGE},
	        {"SELECT :x", EXIT_USAGE},
	        {"WITH x AS (SELECT 1) DELETE FROM refusal", EXIT_CANNOT},
	        {"PRAGMA user_version = 5", EXIT_CANNOT},
	        {"", EXIT_USAGE},
	};
	SCOPED(arena) a = {0};
	char *data = arena_string(&a, county(&a));
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(RUN(command_sql, "--read-only", "--data", data, "--consortium", "sxyy", rows[i].sql),
		                rows[i].status);
	CU_ASSERT_EQUAL(RUN(command_sql, "--data", data, "--consortium", "sxyy", "SELECT 1"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(command_sql, "--read-only", "--data", data, "--consortium", "none", "SELECT 1"), EXIT_CANNOT);
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM site"), 43);
}

/* What export writes, import takes without a change; a refused row keeps the good ones out unless told otherwise. */
static void files_in_and_out(void)
{
	static char *const kinds[] = {"sites", "suppliers", "products", "ceilings", "opening-stock"};
	SCOPED(arena) a = {0};
	char *data = arena_string(&a, county(&a)), *base = arena_string(&a, test_folder());
	for (size_t i = 0; i < COUNT(kinds); i++) {
		char *to = arena_printf(&a, "%s/%s.csv", base, kinds[i]);
		CU_ASSERT_EQUAL(RUN(command_export, kinds[i], "--data", data, "--to", to), EXIT_DONE);
		if (strcmp(kinds[i], "opening-stock") != 0)
			CU_ASSERT_EQUAL(RUN(command_import, kinds[i], to, "--data", data), EXIT_DONE);
	}
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM supplier"), 10);
	char *half = write_text(&a, "half.csv",
	                        "code,name,licence_no,licence_until_ymd\nT1,好,演示1,20300101\nT2,坏,演示2,nonsense\n");
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", data), EXIT_NO);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", data, "--dry-run"), EXIT_NO);
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM supplier"), 10);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", data, "--keep-good", "--dry-run"), EXIT_DONE);
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM supplier"), 10);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", data, "--keep-good"), EXIT_DONE);
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM supplier WHERE code = 'T1'"), 1);
	CU_ASSERT_EQUAL(ask(data, "sxyy", "SELECT count(*) FROM supplier WHERE code = 'T2'"), 0);
	CU_ASSERT_EQUAL(RUN(command_import, "nonsense", half, "--data", data), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", "none.csv", "--data", data), EXIT_CANNOT);
	CU_ASSERT_EQUAL(RUN(command_import, "suppliers", half, "--data", base), EXIT_CANNOT);
	CU_ASSERT_EQUAL(RUN(command_verify, "--data", data), EXIT_DONE);
}

SUITE(folder, {"names_of_stores", names_of_stores}, {"stores_are_listed_in_order", stores_are_listed_in_order},
      {"one_holds_the_lock", one_holds_the_lock}, {"options_are_read_or_refused", options_are_read_or_refused},
      {"init_makes_one_consortium_once", init_makes_one_consortium_once},
      {"init_begins_again_after_a_cut", init_begins_again_after_a_cut}, {"init_refuses_wrong_words", init_refuses_wrong_words},
      {"accounts_of_the_demo", accounts_of_the_demo}, {"an_account_without_a_service", an_account_without_a_service},
      {"an_account_beside_a_service", an_account_beside_a_service}, {"copy_and_back", copy_and_back},
      {"a_damaged_file_never_passes", a_damaged_file_never_passes}, {"a_head_is_found_or_not", a_head_is_found_or_not},
      {"questions_only", questions_only}, {"files_in_and_out", files_in_and_out});
