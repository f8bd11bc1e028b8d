#include "warehouse/intake/intake.h"

#include "core/check.h"
#include "core/code.h"
#include "core/money.h"
#include "warehouse/intake/cell.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the report ---- */

static void tell(struct intake *in, int64_t row, const char *field, enum status st, const char *message)
{
	struct intake_report *report = in->report;
	struct intake_refused *one = arena_alloc(in->tx->arena, sizeof *one);
	*one = (struct intake_refused){row, field, st, message, NULL};
	if (report->last)
		report->last->next = one;
	else
		report->first = one;
	report->last = one;
}

void intake_refuse(struct intake *in, int64_t row, const char *field, enum status st, const char *message)
{
	tell(in, row, field, st, message);
	in->report->refused_rows++;
}

/* Everything that was wrong with one row. */
static void refuse_row(struct intake *in, int64_t row, const struct faults *faults, enum status st)
{
	in->report->refused_rows++;
	for (const struct fault *f = faults->first; f; f = f->next)
		tell(in, row, f->field, f->st, f->message);
	if (!faults->first)
		tell(in, row, NULL, st, status_text(st));
}

/* ---- what one file may name only once ---- */

/* A set of 64-bit hashes with the row that came first; a quarter stays empty. */
struct intake_claims {
	uint64_t *hash;
	uint32_t *row;
	size_t cap, count;
};

struct intake_claims *intake_claims_new(void)
{
	return memory_alloc(sizeof(struct intake_claims));
}

void intake_claims_free(struct intake_claims *c)
{
	if (!c)
		return;
	free(c->hash);
	free(c->row);
	free(c);
}

static size_t claim_slot(const struct intake_claims *c, uint64_t hash)
{
	size_t i = hash & (c->cap - 1);
	while (c->hash[i] && c->hash[i] != hash)
		i = (i + 1) & (c->cap - 1);
	return i;
}

static void claims_grow(struct intake_claims *c)
{
	struct intake_claims old = *c;
	if (c->cap && c->count < c->cap / 4 * 3)
		return;
	c->cap = old.cap ? old.cap * 2 : 1024;
	c->hash = memory_alloc(c->cap * sizeof *c->hash);
	c->row = memory_alloc(c->cap * sizeof *c->row);
	for (size_t i = 0; i < old.cap; i++)
		if (old.hash[i]) {
			size_t at = claim_slot(c, old.hash[i]);
			c->hash[at] = old.hash[i];
			c->row[at] = old.row[i];
		}
	free(old.hash);
	free(old.row);
}

int64_t intake_claim_row(struct intake *in, const struct intake_row *row, int column, const char *text)
{
	struct intake_claims *c = in->claims;
	uint64_t hash = 0;
	unsigned char key[crypto_shorthash_KEYBYTES] = {(unsigned char)column};
	if (!c || !text)
		return 0;
	claims_grow(c);
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text, strlen(text), key);
	hash += hash == 0;
	size_t at = claim_slot(c, hash);
	if (c->hash[at] && c->row[at] != row->row)
		return c->row[at];
	c->count += !c->hash[at];
	c->hash[at] = hash;
	c->row[at] = (uint32_t)row->row;
	return 0;
}

enum status intake_claim(struct intake *in, const struct intake_row *row, int column, const char *text)
{
	int64_t other = intake_claim_row(in, row, column, text);
	return other ? in_fail(in, column, ST_ALREADY_EXISTS, "%s与第 %lld 行重复, 一个文件中只能写一次",
	                       in->kind->columns[column].title, (long long)other)
	             : ST_OK;
}

/* ---- cells ---- */

static bool is_number(enum intake_type type)
{
	return type == IN_INT || type == IN_YMD || type == IN_PRICE || type == IN_BOOL;
}

static const char *trimmed(struct arena *a, const char *s)
{
	size_t n;
	s += strspn(s, " \t");
	n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return arena_copy(a, s, n);
}

/* 8.12346E+19: what a spreadsheet makes of a long code. */
static bool is_scientific(const char *s)
{
	s += strspn(s, "0123456789.");
	return (*s == 'E' || *s == 'e') && s[1] == '+' && s[2] && !s[2 + strspn(s + 2, "0123456789")];
}

static bool read_bool(const char *s, int64_t *out)
{
	static const char *const words[][2] = {{"0", "1"}, {"false", "true"}, {"否", "是"}, {"no", "yes"}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (int v = 0; v < 2; v++)
			if (strcasecmp(s, words[i][v]) == 0) {
				*out = v;
				return true;
			}
	return false;
}

static bool read_word(const struct intake_column *c, struct intake_cell *cell)
{
	for (const struct intake_word *w = c->words; w->word; w++)
		if (strcmp(cell->text, w->word) == 0 || strcmp(cell->text, w->title) == 0) {
			cell->text = w->word;
			return true;
		}
	return false;
}

/* A GTIN is kept as people read it under the bars: 13 digits where they are enough. RULE DOMAIN-3-gtin-forms */
static bool read_gtin(struct arena *a, struct intake_cell *cell)
{
	size_t n = strlen(cell->text);
	if ((n != 8 && n != 12 && n != 13 && n != 14) || !check_mod10(cell->text, n))
		return false;
	if (n == 14 && cell->text[0] == '0')
		cell->text++;
	else if (n < 13)
		cell->text = arena_printf(a, "%.*s%s", (int)(13 - n), "00000", cell->text);
	return true;
}

static bool is_nhsa(struct arena *a, const char *text)
{
	struct code code;
	code_parse(a, text, strlen(text), 0, &code);
	return code.valid && code.kind == CODE_NHSA;
}

static bool read_ymd(const struct intake_column *c, struct intake_cell *cell)
{
	int32_t ymd = 0;
	bool ok = strcmp(c->name, "from_ymd") == 0 ? cell_first_ymd(cell->text, &ymd) : cell_ymd(cell->text, &ymd);
	cell->value = ymd;
	return ok;
}

static bool read_cell(struct arena *a, const struct intake_column *c, struct intake_cell *cell)
{
	switch (c->type) {
	case IN_TEXT:
	case IN_CODE:
		return utf8_count(cell->text) <= (size_t)c->max && !text_has_control(cell->text, false) &&
		       (c->type == IN_TEXT || !is_scientific(cell->text));
	case IN_INT:
		return cell_number(cell->text, &cell->value) && cell->value >= c->min && cell->value <= c->max;
	case IN_YMD:
		return read_ymd(c, cell);
	case IN_PRICE:
		return cell_price(cell->text, &cell->value) && cell->value > 0;
	case IN_BOOL:
		return read_bool(cell->text, &cell->value);
	case IN_WORD:
		return read_word(c, cell);
	case IN_GTIN:
		return read_gtin(a, cell);
	case IN_NATIONAL:
		return national_verdict(cell->text, strlen(cell->text)) != NATIONAL_NO;
	case IN_NHSA:
		return is_nhsa(a, cell->text);
	}
	return false;
}

static const char *words_of(struct arena *a, const struct intake_column *c)
{
	SCOPED(buf) b = {0};
	for (const struct intake_word *w = c->words; w->word; w++)
		buf_printf(&b, "%s%s (%s)", w == c->words ? "" : ", ", w->word, w->title);
	return arena_string(a, b.data);
}

static const char *expectation(struct arena *a, const struct intake_column *c, const char *got)
{
	if (is_scientific(got) && !is_number(c->type) && c->type != IN_TEXT)
		return arena_printf(a, "%s被表格软件改成了科学计数法, 请把该列设为文本后重新填写: %.40s", c->title, got);
	switch (c->type) {
	case IN_TEXT:
	case IN_CODE:
		return arena_printf(a, "%s应不超过 %lld 个字符, 不含控制字符", c->title, (long long)c->max);
	case IN_INT:
		return arena_printf(a, "%s应为 %lld 到 %lld 的整数: %.40s", c->title, (long long)c->min, (long long)c->max, got);
	case IN_YMD:
		return arena_printf(a, "%s应为日期, 如 20261121, 2026-11-21 或 2026/1/2: %.40s", c->title, got);
	case IN_PRICE:
		return arena_printf(a, "%s应为大于 0, 不超过四位小数的金额: %.40s", c->title, got);
	case IN_BOOL:
		return arena_printf(a, "%s应为 1 或 0: %.40s", c->title, got);
	case IN_WORD:
		return arena_printf(a, "%s应为 %s 之一: %.40s", c->title, words_of(a, c), got);
	case IN_GTIN:
	case IN_NATIONAL:
	case IN_NHSA:
		break;
	}
	return arena_printf(a, "%s不正确 (位数或校验位不符): %.40s", c->title, got);
}

/* One cell of the current record into the row; adds a fault where it is not of its type. */
static void take_cell(struct intake *in, struct intake_row *row, size_t i, bool has_column, const char *text)
{
	struct arena *a = in->tx->arena;
	const struct intake_column *c = &in->kind->columns[i];
	struct intake_cell *cell = &row->cells[i];
	text = c->type == IN_TEXT ? arena_string(a, text) : trimmed(a, text);
	bool empty = !text[strspn(text, " \t")];
	cell->given = has_column && (!empty || c->need == MAY_LACK);
	if (empty && c->need == MUST_HAVE)
		tx_fail(in->tx, ST_INVALID_FIELD, c->name, 0, "请填写%s", c->title);
	if (empty)
		return;
	cell->text = text;
	if (!read_cell(a, c, cell))
		tx_fail(in->tx, ST_INVALID_FIELD, c->name, 0, "%s", expectation(a, c, text));
}

static void keep_row(struct intake *in, struct intake_row *row)
{
	if (in->row_count == in->row_cap) {
		size_t cap = in->row_cap ? in->row_cap * 2 : 256;
		struct intake_row **more = arena_array(in->tx->arena, cap, sizeof *more);
		if (in->row_count)
			memcpy(more, in->rows, in->row_count * sizeof *more);
		in->rows = more;
		in->row_cap = cap;
	}
	in->rows[in->row_count++] = row;
}

/* A row of the list that an export took along, and that says of itself that it is over. */
static bool is_over(const struct intake *in, struct csv_reader *r)
{
	int state = in->kind->shows_ended && !r->fault ? csv_column(r, "state") : -1;
	return state >= 0 && strcmp(csv_cell(r, state), "ended") == 0;
}

struct intake_row *intake_record(struct intake *in, struct csv_reader *r, const int *at)
{
	struct tx *tx = in->tx;
	struct faults own = {.arena = tx->arena}, *outer = tx->faults;
	struct intake_row *row = arena_alloc(tx->arena, sizeof *row);
	in->report->rows++;
	if (is_over(in, r)) {
		in->report->unchanged++;
		return NULL;
	}
	row->row = r->row;
	row->cells = arena_array(tx->arena, in->column_count, sizeof *row->cells);
	tx->faults = &own;
	if (r->fault)
		tx_fail(tx, ST_INVALID_FIELD, NULL, 0, "%s", csv_fault_text(r->fault));
	for (size_t i = 0; i < in->column_count && !r->fault; i++)
		take_cell(in, row, i, at[i] >= 0, csv_cell(r, at[i]));
	tx->faults = outer;
	if (own.count)
		refuse_row(in, row->row, &own, ST_INVALID_FIELD);
	return own.count ? NULL : row;
}

/* ---- the head ---- */

static bool is_ignored(const struct intake_kind *kind, const char *head)
{
	static const char title[] = "_title"; /* what a list of the API says of a word beside it */
	size_t n = strlen(head), end = sizeof title - 1;
	if (n > end && strcasecmp(head + n - end, title) == 0)
		return true;
	for (const char *const *p = kind->ignored; p && *p; p++)
		if (strcasecmp(*p, head) == 0)
			return true;
	return kind->foreign || !*head;
}

/* Columns of the file that mean nothing here: a misspelt name must not be passed over in silence. */
static void check_heads(struct intake *in, struct csv_reader *r, const int *at)
{
	for (size_t c = 0; c < r->head_count; c++) {
		bool used = false;
		const char *head = csv_head(r, c);
		for (size_t i = 0; i < in->column_count; i++)
			used = used || at[i] == (int)c;
		if (!used && !is_ignored(in->kind, head))
			intake_refuse(in, 1, arena_string(in->tx->arena, head), ST_UNKNOWN_FIELD,
			              arena_printf(in->tx->arena, "%s没有名为 %.60s 的列", in->kind->title, head));
	}
}

/* By its name or by its Chinese title; a file of another system may mean something else by that. */
static int column_of(const struct intake_kind *kind, const struct csv_reader *r, const struct intake_column *c)
{
	int at = csv_column(r, c->name);
	if (at < 0 && c->also)
		at = csv_column(r, c->also);
	return at < 0 && !kind->foreign ? csv_column(r, c->title) : at;
}

static bool find_columns(struct intake *in, struct csv_reader *r, int *at)
{
	const int64_t before = in->report->refused_rows;
	for (size_t i = 0; i < in->column_count; i++) {
		const struct intake_column *c = &in->kind->columns[i];
		at[i] = column_of(in->kind, r, c);
		if (at[i] < 0 && c->need == MUST_HAVE)
			intake_refuse(in, 1, c->name, ST_INVALID_FIELD,
			              arena_printf(in->tx->arena, "缺少 %s 列 (%s)", c->name, c->title));
	}
	check_heads(in, r, at);
	return in->report->refused_rows == before;
}

enum status intake_open(struct intake *in, struct csv_reader *r, struct csv_source source, int at[INTAKE_COLUMNS_MAX])
{
	const char *why = NULL;
	in->column_count = 0;
	while (in->kind->columns[in->column_count].name)
		in->column_count++;
	enum status st = csv_open(r, source, &why);
	if (st == ST_INVALID_FIELD) {
		intake_refuse(in, 1, NULL, st, why ? why : status_text(st));
		return ST_IMPORT_REFUSED;
	}
	if (st != ST_OK)
		return st;
	csv_use_aliases(r, in->options->aliases, in->options->alias_count);
	return find_columns(in, r, at) ? ST_OK : ST_IMPORT_REFUSED;
}

static enum status read_file(struct intake *in, struct csv_source source)
{
	SCOPED(csv_reader) r = {0};
	int at[INTAKE_COLUMNS_MAX] = {0};
	bool more = true;
	const int most = in->kind->sliced ? INTAKE_ROWS_MAX : INTAKE_ROWS_IN_ONE;
	enum status st = intake_open(in, &r, source, at);
	if (st != ST_OK)
		return st;
	while ((st = csv_next(&r, &more)) == ST_OK && more) {
		if (in->report->rows == most)
			return tx_fail(in->tx, ST_TOO_LARGE, NULL, r.row, "一个文件最多 %d 行, 请分成几个", most);
		struct intake_row *row = intake_record(in, &r, at);
		if (row)
			keep_row(in, row);
	}
	return st;
}

/* ---- rows into the store ---- */

struct attempt {
	struct intake *in;
	struct intake_row *row;
	enum intake_change change;
};

static enum status run_attempt(struct tx *tx, void *arg)
{
	struct attempt *one = arg;
	(void)tx;
	return one->in->kind->take(one->in, one->row, &one->change);
}

static bool is_engine(enum status st)
{
	return st == ST_STORE_UNAVAILABLE || st == ST_BUSY || st == ST_INTERNAL;
}

static void count_row(struct intake *in, enum intake_change change)
{
	int64_t none = 0;
	int64_t *const counters[] = {&in->report->unchanged, &in->report->changed, &in->report->added, &none};
	++*counters[change];
}

/*
 * A part that may be taken back costs more the more pages the write has touched, so it is begun only where a refused row
 * could stay behind: a file that is refused as a whole goes away as a whole.
 */
static enum status try_row(struct intake *in, struct attempt *one)
{
	if (in->options->keep_good && !in->kind->refuses_first)
		return tx_attempt(in->tx, run_attempt, one);
	enum status st = run_attempt(in->tx, one), engine = db_status(tx_db(in->tx));
	return engine != ST_OK ? engine : st;
}

/* One row; *again: it was refused for something that may come further down. */
static enum status take_row(struct intake *in, struct attempt *one, bool last_pass, bool *again, bool *taken)
{
	struct tx *tx = in->tx;
	struct intake_row *row = one->row;
	struct faults own = {.arena = tx->arena}, *outer = tx->faults;
	tx->faults = &own;
	enum status st = try_row(in, one);
	if (st == ST_OK && row->overtaken)
		st = tx_fail(tx, ST_STALE_VERSION, NULL, 0, "核对之后已被他人修改, 未覆盖; 请核对后重新导入此行");
	tx->faults = outer;
	if (is_engine(st))
		return st;
	*again = st == ST_NOT_FOUND && !last_pass;
	*taken = st == ST_OK;
	row->done = !*again;
	if (st == ST_OK)
		count_row(in, one->change);
	else if (!*again)
		refuse_row(in, row->row, &own, st);
	return ST_OK;
}

enum status intake_take_alone(struct intake *in, struct intake_row *row, enum intake_change *change, bool *taken)
{
	struct attempt one = {in, row, INTAKE_SAME};
	bool again = false;
	enum status st = take_row(in, &one, true, &again, taken);
	*change = one.change;
	return st;
}

/* All rows that are not done; *left: those to be tried again. */
static enum status take_pass(struct intake *in, bool last_pass, size_t *left)
{
	int64_t total = (int64_t)in->row_count;
	*left = 0;
	for (size_t i = 0; i < in->row_count; i++) {
		bool again = false, taken = false;
		struct attempt one = {in, in->rows[i], INTAKE_SAME};
		if (in->rows[i]->done)
			continue;
		enum status st = take_row(in, &one, last_pass, &again, &taken);
		if (st != ST_OK)
			return st;
		*left += again;
		if (in->options->progress && (i % 64 == 0 || i + 1 == in->row_count))
			in->options->progress(in->options->arg, (int64_t)i + 1, total);
	}
	return ST_OK;
}

/* Rows may stand in any order: those that miss another one are tried again as long as that helps. */
static enum status take_rows(struct intake *in)
{
	size_t before = in->row_count + 1, left = in->row_count;
	enum status st = ST_OK;
	while (st == ST_OK && left > 0 && left < before) {
		before = left;
		st = take_pass(in, false, &left);
	}
	if (st == ST_OK && left > 0)
		st = take_pass(in, true, &left);
	return st;
}

enum status intake_run(struct tx *tx, const struct intake_kind *kind, struct csv_source source,
                       const struct intake_options *options, void *context, struct intake_report *out)
{
	struct intake in = {.tx = tx, .kind = kind, .options = options, .context = context, .report = out};
	*out = (struct intake_report){0};
	tx->action = kind->action;
	in.claims = intake_claims_new();
	enum status st = read_file(&in, source);
	if (st == ST_OK && kind->begin)
		st = kind->begin(&in);
	if (st == ST_OK)
		st = take_rows(&in);
	if (st == ST_OK && kind->finish)
		st = kind->finish(&in);
	intake_claims_free(in.claims);
	if (st == ST_OK && out->refused_rows && !options->keep_good)
		st = ST_IMPORT_REFUSED;
	if (st == ST_OK && (out->added || out->changed))
		tx_changed(tx, "imports", 0, 0, 0);
	return st;
}

#define EXPORT_HELD ((size_t)64 << 10)

/* ---- what is stored ---- */

static struct intake_cell stored_cell(struct arena *a, const struct intake_column *c, struct rows *r, int i)
{
	struct intake_cell cell = {0};
	if (col_is_null(r, i))
		return cell;
	if (!is_number(c->type)) {
		cell.text = col_text(a, r, i);
		if (!*cell.text)
			cell.text = NULL;
		return cell;
	}
	cell.value = col_i64(r, i);
	cell.text = "";
	return cell;
}

static bool same_cell(const struct intake_column *c, const struct intake_cell *x, const struct intake_cell *y)
{
	if (!x->text || !y->text)
		return !x->text && !y->text;
	return is_number(c->type) ? x->value == y->value : strcmp(x->text, y->text) == 0;
}

/* FNV-1a over what is stored: two states of a row that look alike have the same number; never 0. */
static uint64_t add_to_print(uint64_t print, const struct intake_column *c, const struct intake_cell *cell)
{
	const unsigned char *bytes = (const unsigned char *)(is_number(c->type) ? (const char *)&cell->value : cell->text);
	size_t n = !cell->text ? 0 : is_number(c->type) ? sizeof cell->value : strlen(cell->text);
	for (size_t i = 0; i < n; i++)
		print = (print ^ bytes[i]) * 0x100000001B3u;
	return (print ^ (cell->text ? 1u : 2u)) * 0x100000001B3u;
}

/* A staged row was compared with another state than this one: what somebody else wrote since then stays. */
static bool is_overtaken(const struct intake *in, struct intake_row *row, uint64_t print, uint64_t differs)
{
	if (in->mode == INTAKE_CHECK)
		row->seen = print;
	row->overtaken = in->mode == INTAKE_APPLY && row->seen != print && differs;
	return row->overtaken;
}

static const char *shown(struct arena *a, const struct intake_column *c, const struct intake_cell *cell)
{
	char price[32];
	if (!cell->text)
		return "(空)";
	if (!is_number(c->type))
		return cell->text;
	if (c->type == IN_PRICE)
		price_text(cell->value, price);
	return c->type == IN_PRICE ? arena_string(a, price) : arena_printf(a, "%lld", (long long)cell->value);
}

static void note_change(struct intake *in, struct intake_row *row, const struct intake_column *c,
                        const struct intake_cell *before, const struct intake_cell *after)
{
	struct arena *a = in->tx->arena;
	if (in->mode == INTAKE_CHECK)
		row->note = arena_printf(a, "%s%s%s: %.60s → %.60s", row->note ? row->note : "", row->note ? "; " : "", c->title,
		                         shown(a, c, before), shown(a, c, after));
}

const char *intake_describe(struct intake *in, const struct intake_row *row)
{
	struct arena *a = in->tx->arena;
	const struct intake_column *c = in->kind->columns;
	if (in->column_count < 2)
		return row->note ? row->note : "";
	const char *key = shown(a, &c[0], &row->cells[0]);
	return arena_printf(a, "%.80s %.300s", key, row->note ? row->note : shown(a, &c[1], &row->cells[1]));
}

uint64_t intake_overlay(struct intake *in, struct intake_row *row, struct rows *r)
{
	uint64_t differs = 0, print = r ? 0xCBF29CE484222325u : 0;
	for (size_t i = 0; i < in->column_count; i++) {
		const struct intake_column *c = &in->kind->columns[i];
		if (in->kind->derive && (int)i == in->kind->derived)
			continue;
		struct intake_cell stored = r ? stored_cell(in->tx->arena, c, r, (int)i) : (struct intake_cell){0};
		if (r)
			print = add_to_print(print, c, &stored) | 1;
		if (!row->cells[i].given)
			row->cells[i] = stored;
		else if (!same_cell(c, &row->cells[i], &stored)) {
			differs |= BIT(i);
			if (r)
				note_change(in, row, c, &stored, &row->cells[i]);
		}
	}
	return is_overtaken(in, row, print, differs) ? 0 : differs;
}

static void write_head(const struct intake_kind *kind, bool titles, struct csv_writer *w, struct buf *out)
{
	const char *heads[INTAKE_COLUMNS_MAX];
	size_t n = 0;
	for (const struct intake_column *c = kind->columns; c->name; c++)
		heads[n++] = titles ? c->title : c->name;
	csv_begin(w, out, heads, n);
}

static void write_value(struct csv_writer *w, const struct intake_kind *kind, struct rows *r, int i)
{
	SCOPED(arena) a = {0};
	const struct intake_column *c = &kind->columns[i];
	size_t n = 0;
	char price[32];
	if (kind->derive && i == kind->derived) {
		csv_put_text(w, kind->derive(r->db, &a, col_i64(r, i)));
	} else if (col_is_null(r, i)) {
		csv_put_text(w, NULL);
	} else if (c->type == IN_PRICE) {
		price_text(col_i64(r, i), price);
		csv_put_number(w, price);
	} else if (is_number(c->type)) {
		csv_put_i64(w, col_i64(r, i));
	} else {
		csv_put_text(w, col_peek(r, i, &n));
	}
}

void intake_export(struct db *db, const struct intake_kind *kind, struct buf *out, bool (*send)(void *arg, struct buf *out),
                   void *arg)
{
	bool going = true;
	struct csv_writer w;
	write_head(kind, false, &w, out);
	SCOPED(rows) r = db_query_n(db, kind->every, NULL, 0);
	while (going && rows_next(&r) && !out->over) {
		for (int i = 0; kind->columns[i].name; i++)
			write_value(&w, kind, &r, i);
		csv_end_row(&w);
		if (send && out->len > EXPORT_HELD)
			going = send(arg, out);
	}
}

void intake_template(const struct intake_kind *kind, struct buf *out)
{
	struct csv_writer w;
	write_head(kind, !kind->foreign, &w, out);
}
