/*
 * Imports (导入): a kind of file is data, a table of columns and a function that takes one row. One engine reads the CSV,
 * checks every cell, runs each row as a part that may be refused alone, and reports every refused row with its field.
 * All or nothing, unless the caller keeps what is good. What `export` writes, an import takes; the same file again changes
 * nothing, and a column that the file does not have stays as it is.
 */
#pragma once
#include "core/csv.h"
#include "core/write.h"

#define INTAKE_ROWS_MAX 200000
#define INTAKE_ROWS_IN_ONE 5000 /* of a kind that does not go in slices: what one write takes without everybody noticing */

enum intake_type {
	IN_TEXT,     /* character for character, max characters */
	IN_CODE,     /* the same without spaces around */
	IN_INT,      /* min to max */
	IN_YMD,      /* warehouse/intake/cell.h says in which shapes; so for numbers and prices */
	IN_PRICE,    /* above 0, 1/10,000 yuan */
	IN_BOOL,     /* 0/1 and what people write for them */
	IN_WORD,     /* a word of `words`, or its title */
	IN_GTIN,     /* 8, 12, 13 or 14 digits; kept as 13 where they fit */
	IN_NATIONAL, /* 国家药品编码本位码 */
	IN_NHSA,     /* 医保编码 */
};
enum intake_need {
	MUST_HAVE, /* a column and a value in every row */
	MAY_LACK,  /* an empty cell means none */
	MAY_KEEP,  /* an empty cell means: as it is, or the kind's own default */
};
struct intake_word {
	const char *word, *title;
};
struct intake_column {
	const char *name, *also; /* also: another name of the API for it, or NULL */
	const char *title;
	enum intake_type type;
	enum intake_need need;
	int64_t min, max;
	const struct intake_word *words; /* ends with word NULL */
};
#define INTAKE_COLUMNS_MAX 32

struct intake_cell {
	const char *text; /* NULL: none */
	int64_t value;    /* of a number, date, price (e4) or yes/no */
	bool given;       /* the file has the column, and the cell counts */
};
struct intake_row {
	int64_t row; /* as a spreadsheet counts */
	struct intake_cell *cells;
	int64_t id;       /* of a staged row: reserved for what it adds; 0: none */
	uint64_t seen;    /* of a staged row: what was stored when it was checked (0: nothing) */
	const char *note; /* of a check: what changes, old and new; NULL where nothing was stored */
	bool done;
	bool overtaken; /* somebody changed the same thing between the check and now: nothing was compared */
};

/* What an import does with a row. */
enum intake_mode {
	INTAKE_AT_ONCE, /* checks and writes */
	INTAKE_CHECK,   /* checks only; the connection cannot write */
	INTAKE_APPLY,   /* writes what was checked before */
};

enum intake_change {
	INTAKE_SAME,
	INTAKE_CHANGED,
	INTAKE_ADDED,
	INTAKE_LATER, /* `finish` decides and counts */
};

struct intake_refused {
	int64_t row;
	const char *field; /* NULL: the whole row */
	enum status st;
	const char *message;
	struct intake_refused *next;
};
/* Texts in the write's arena. */
struct intake_report {
	int64_t rows, added, changed, unchanged, refused_rows;
	struct intake_refused *first, *last; /* a row may have several */
};

struct intake;
struct intake_claims;
struct pairs;
struct intake_kind {
	const char *name, *title, *action;   /* action: of the audit */
	const struct intake_column *columns; /* ends with name NULL */
	const char *const *ignored;          /* columns of the API's lists that say nothing here; ends with NULL, may be NULL */
	bool foreign;                        /* files of other systems: columns that nobody knows are skipped */
	/* Its list shows what is over as well, with `ended` in a column `state`: such rows are known and are not taken. */
	bool shows_ended;
	/* `take` refuses before it writes, so that a refused row leaves nothing to take back. */
	bool refuses_first;
	/*
	 * Its rows stand alone, so a long file goes in slices (warehouse/intake/staged.h). `take` then claims what a file may
	 * name only once (intake_claim) and returns before its first write where in->mode is INTAKE_CHECK.
	 */
	bool sliced;
	/*
	 * Of a sliced kind that has `finish`: its rows are booked together, some hundred in a write, each time from `begin` to
	 * `finish`. Must the second row come in the same write as the first, which stands before it? NULL: never.
	 */
	bool (*belongs)(const struct intake_row *first, const struct intake_row *second);
	/* Before the first row. May be NULL. */
	enum status (*begin)(struct intake *in);
	/* Takes one row. NOT_FOUND: it may depend on a row further down and is tried again after them. */
	enum status (*take)(struct intake *in, struct intake_row *row, enum intake_change *change);
	/* After all rows; may refuse rows and count. May be NULL. */
	enum status (*finish)(struct intake *in);
	/* Rows that may stand in the store before what they belong to: the search pieces of a row that adds row->id. May be NULL.
	 */
	void (*ahead)(struct intake *in, const struct intake_row *row, struct pairs *out);
	/* The statement whose columns are the kind's, for export; NULL: none. */
	const struct sql *every;
	/* A column whose text is made from the statement's number (0: none); never compared. */
	int derived;
	const char *(*derive)(struct db *db, struct arena *a, int64_t value);
};

struct intake_options {
	bool keep_good;
	const struct csv_alias *aliases; /* how the file names the columns; may be NULL */
	size_t alias_count;
	void (*progress)(void *arg, int64_t done, int64_t total); /* may be NULL */
	void *arg;
};
struct intake {
	struct tx *tx;
	const struct intake_kind *kind;
	const struct intake_options *options;
	void *context; /* the kind's own */
	struct intake_report *report;
	struct intake_row **rows;
	size_t row_count, row_cap, column_count;
	enum intake_mode mode;
	struct intake_claims *claims;
};

/*
 * Runs an import inside a write. IMPORT_REFUSED where rows were refused and nothing is to be kept (the caller's write is
 * rolled back): the report says which. The source's or the engine's status otherwise. For a dry run the caller rolls back.
 */
MUST_CHECK enum status intake_run(struct tx *tx, const struct intake_kind *kind, struct csv_source source,
                                  const struct intake_options *options, void *context, struct intake_report *out);
/*
 * Writes a kind's rows as CSV; query `every` is read in one snapshot of the caller. send (may be NULL) takes away what has
 * come together, some KiB at a time, and ends the export by answering false; the rest stays in `out`.
 */
void intake_export(struct db *db, const struct intake_kind *kind, struct buf *out, bool (*send)(void *arg, struct buf *out),
                   void *arg);
/* The head line alone, for people to fill in: in their words, except where the files are those of other systems. */
void intake_template(const struct intake_kind *kind, struct buf *out);

/* The kinds of `yaocang import`; NULL for another name. Ends with NULL. */
extern const struct intake_kind *const intake_kinds[];
const struct intake_kind *intake_kind_find(const char *name);
/* Also those that have a way of their own into the store (usage). */
const struct intake_kind *intake_kind_any(const char *name);
extern const struct intake_kind intake_sites, intake_suppliers, intake_products, intake_ceilings, intake_prices, intake_opening,
        intake_delivery_rights, intake_qualifications, intake_platform_ticks, intake_volume_products, intake_volumes,
        intake_invoices, intake_long_demands, intake_bins, intake_his_items, intake_product_flags, intake_product_codes;

/* ---- for the kinds ---- */
/* Adds a fault of the row under way at a column; answers st. */
#define in_fail(in, column, st, ...) tx_fail((in)->tx, st, (in)->kind->columns[column].name, 0, __VA_ARGS__)
/* Refuses a row after it was taken (finish). */
void intake_refuse(struct intake *in, int64_t row, const char *field, enum status st, const char *message);
/*
 * Compares a row with what is stored (the statement's columns are the kind's; r NULL: nothing): fills cells that the file
 * does not give, and answers a bit for each column that differs.
 */
uint64_t intake_overlay(struct intake *in, struct intake_row *row, struct rows *r);
#define BIT(column) ((uint64_t)1 << (column))
/*
 * Claims a text for this row alone: ALREADY_EXISTS, with a fault at the column, where an earlier row of the file has claimed
 * it. To be called once nothing else speaks against the row.
 */
MUST_CHECK enum status intake_claim(struct intake *in, const struct intake_row *row, int column, const char *text);
/* The same without a fault: the row that has claimed it, or 0. */
int64_t intake_claim_row(struct intake *in, const struct intake_row *row, int column, const char *text);

/* ---- for the engine that works in slices ---- */
/* Room for claims; free() by intake_claims_drop. */
struct intake_claims *intake_claims_new(void);
void intake_claims_free(struct intake_claims *c);
/* Counts the columns and finds them in the file; IMPORT_REFUSED (told in the report), or what the source says. */
MUST_CHECK enum status intake_open(struct intake *in, struct csv_reader *r, struct csv_source source, int at[INTAKE_COLUMNS_MAX]);
/* The reader's current record as a row of the arena; NULL where its cells are refused, which the report tells. */
struct intake_row *intake_record(struct intake *in, struct csv_reader *r, const int *at);
/* What a checked row adds or changes, in one line for people. */
const char *intake_describe(struct intake *in, const struct intake_row *row);
/* Takes one row that no other row can help; *change is set where it was taken, and *taken tells that. Counts and reports. */
MUST_CHECK enum status intake_take_alone(struct intake *in, struct intake_row *row, enum intake_change *change, bool *taken);
