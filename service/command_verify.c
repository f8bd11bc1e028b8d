/*
 * yaocang verify: 0 only if every sealed row, the chain over them, the balances, pack positions and documents agree, and
 * the file itself is sound. Reads only, so it works beside a running service and on a stopped folder.
 */
#include "core/attachment.h"
#include "core/migrate.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"
#include "service/verify.h"
#include "warehouse/partner/score.h"
#include "warehouse/settlement/settle_verify.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/stock_verify.h"
#include "warehouse/volume/progress.h"

#include <stdio.h>
#include <string.h>

#define FAULTS_SHOWN 100

struct reporter {
	const char *code;
	int64_t count;
};

/* core/audit.c speaks English, administrators do not. */
static const char *in_chinese(const char *what)
{
	static const char *const words[][2] = {
	        {"row without an audit entry", "没有对应的审计记录"},
	        {"a row is missing before this one", "此行之前缺少一行"},
	        {"rows differ from their seal", "此次写入的某行与封存时不同"},
	        {"the sealed rows of this write differ from the audit entry", "此次写入的封存行与审计记录不符"},
	        {"does not follow the entry before it", "与前一条审计记录不相接"},
	        {"the entry differs from its own hash", "审计记录与其自身摘要不符"},
	        {"entry is missing", "缺少审计记录"},
	        {"the given head is not in the chain: its end was cut or replaced", "链中没有给定的摘要: 末尾被截去或替换"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], what) == 0)
			return words[i][1];
	return what;
}

static void report(void *arg, const char *table, const char *row, const char *what)
{
	struct reporter *r = arg;
	if (++r->count <= FAULTS_SHOWN)
		fprintf(stderr, "yaocang verify: %s: %s %s: %s\n", r->code, table, row, in_chinese(what));
}

SQL(select_code, "SELECT value FROM store_info WHERE name = 'code'");

/* A file that is no store of ours (empty, cut before the schema) must not pass for a store without faults. */
static enum status check_is_store(struct db *db, const char *code, char why[VERIFY_WHY_MAX])
{
	SCOPED(arena) a = {0};
	int number = migrate_current(db);
	if (number != migrate_newest()) {
		snprintf(why, VERIFY_WHY_MAX,
		         number ? "数据库版本 %d 与程序 (%d) 不同, 请先用本程序启动一次服务" : "不是药仓的数据文件", number,
		         migrate_newest());
		return number ? ST_INTERNAL : ST_STORE_UNAVAILABLE;
	}
	db_read_begin(db);
	const char *stored = db_text_n(db, &a, &select_code, NULL, 0);
	bool same = stored && strcmp(stored, code) == 0;
	enum status st = db_read_end(db);
	if (st != ST_OK || same)
		return st;
	snprintf(why, VERIFY_WHY_MAX, "文件中的医共体代码是 %.40s, 与文件名不同", stored ? stored : "(空)");
	return ST_INVALID_FIELD;
}

/* RULE DESIGN-5-head: the head that somebody printed must still be in the chain. */
static enum status prove(struct db *db, const struct verify_request *q, struct reporter *r, char head[VERIFY_HEAD_TEXT],
                         char why[VERIFY_WHY_MAX])
{
	unsigned char newest[HASH_BYTES];
	db_read_begin(db);
	audit_head(db, newest);
	audit_verify(db, q->has_expected ? q->expected : NULL, report, r);
	stock_verify(db, report, r);
	attachment_verify(db, report, r);
	supplier_score_verify(db, report, r);
	volume_verify(db, report, r);
	day_use_verify(db, report, r);
	settle_verify(db, report, r);
	enum status st = db_status(db);
	if (st != ST_OK)
		snprintf(why, VERIFY_WHY_MAX, "读取失败, 文件可能已损坏: %s", db_error(db));
	(void)!db_read_end(db);
	hex_encode(newest, HASH_BYTES, head);
	return st;
}

enum status verify_store(const char *where, const char *code, const struct verify_request *q, char head[VERIFY_HEAD_TEXT],
                         char why[VERIFY_WHY_MAX])
{
	struct reporter r = {code, 0};
	struct db *db = NULL;
	char reason[200] = "";
	why[0] = head[0] = '\0';
	enum status st = db_open(where, STORE_READ, &db, reason);
	if (st != ST_OK) {
		snprintf(why, VERIFY_WHY_MAX, "不能打开: %s", reason);
		return st;
	}
	if ((st = db_check_file(db, reason)) != ST_OK) {
		snprintf(why, VERIFY_WHY_MAX, "文件结构已损坏: %s", reason);
		st = ST_STORE_UNAVAILABLE;
	}
	if (st == ST_OK)
		st = check_is_store(db, code, why);
	if (st == ST_OK)
		st = prove(db, q, &r, head, why);
	db_close(db);
	if (r.count) {
		snprintf(why, VERIFY_WHY_MAX, "共 %lld 处不符, 请保留此文件并从备份恢复 (yaocang restore)", (long long)r.count);
		return ST_INVALID_FIELD;
	}
	return st;
}

static const char usage_text[] = "usage: yaocang verify --data DIR [--consortium CODE] [--head HASH] [--print-head]\n";

struct options {
	const char *data, *consortium, *head;
	bool print_head;
};

static enum exit_status verify_one(const struct options *o, const struct verify_request *q, const char *code)
{
	SCOPED(arena) a = {0};
	char head[VERIFY_HEAD_TEXT], why[VERIFY_WHY_MAX];
	enum status st = verify_store(folder_store_where(&a, o->data, code), code, q, head, why);
	if (st != ST_OK) {
		fprintf(stderr, "yaocang verify: %s: %s\n", code, *why ? why : status_text(st));
		return st == ST_INVALID_FIELD ? EXIT_NO : EXIT_CANNOT;
	}
	if (o->print_head)
		printf("%s\n", head);
	else
		printf("%s: 完好\n", code);
	return EXIT_DONE;
}

/* The worst of all stores: what cannot be read outweighs what disagrees. */
static int verify_all(const struct options *o, const struct verify_request *q, const char **codes, size_t count)
{
	enum exit_status worst = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		enum exit_status one = verify_one(o, q, codes[i]);
		worst = one > worst ? one : worst;
	}
	return fflush(stdout) == 0 ? (int)worst : EXIT_CANNOT;
}

int command_verify(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	struct options o = {0};
	struct verify_request q = {0};
	const char **codes = NULL;
	char why[FOLDER_WHY_MAX] = "";
	size_t count = 0;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.consortium},
	        {.name = "head", .text = &o.head},
	        {.name = "print-head", .flag = &o.print_head},
	        {.name = NULL},
	};
	bool right = options_read(argc, argv, slots, NULL, 0, NULL);
	q.has_expected = right && o.head;
	right = right && (!o.head || (strlen(o.head) == VERIFY_HEAD_TEXT - 1 && hex_decode(o.head, q.expected, HASH_BYTES)));
	if (!right || (o.consortium && !folder_code_is_valid(o.consortium))) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (folder_list(&a, o.data, &codes, &count, why) != ST_OK || count == 0) {
		fprintf(stderr, "yaocang verify: %s\n", *why ? why : "此文件夹中没有医共体的数据");
		return EXIT_CANNOT;
	}
	if (o.consortium)
		return verify_all(&o, &q, &o.consortium, 1);
	if (o.head && count > 1) {
		fputs("yaocang verify: 文件夹中有多个医共体, --head 须与 --consortium 同用\n", stderr);
		return EXIT_USAGE;
	}
	return verify_all(&o, &q, codes, count);
}
