/* The pieces every list of documents shares: head columns, filters, and the ways to its rows. */
#pragma once
#include "service/api/api.h"

#define DOC_HEAD                                                                                                   \
	{"id", L_ID, "d.id", "编号", NULL}, {"number", L_TEXT, "d.number", "单号", NULL},                          \
	        {"state", L_TEXT, "d.state", "状态", NULL}, {"state_title", L_TEXT, "st.title", "状态名称", NULL}, \
	{                                                                                                          \
		"version", L_INT, "d.version", "版本", NULL                                                        \
	}
#define DOC_TAIL                                                                                                                 \
	{"reference", L_TEXT, "d.reference", "外部单号", NULL}, {"note", L_TEXT, "d.note", "备注", NULL},                        \
	        {"made_at_ms", L_INT, "d.made_at_ms", "编制时间", NULL}, {"made_by", L_TEXT, "mu.display_name", "编制人", NULL}, \
	{                                                                                                                        \
		NULL, L_INT, NULL, NULL, NULL                                                                                    \
	}
#define DOC_FILTERS                                                                                                          \
	{"state", L_TEXT, "s.state = :f_state_t"}, {"reference", L_TEXT, "d.reference = :f_reference_t"},                    \
	        {"number", L_TEXT, "d.number = :f_number_t"}, {"from_site_id", L_ID, "d.from_site_id = :f_from_site_id_id"}, \
	{                                                                                                                    \
		"to_site_id", L_ID, "d.to_site_id = :f_to_site_id_id"                                                        \
	}
#define NO_FILTER                 \
	{                         \
		NULL, L_INT, NULL \
	}
/* What names a product p, and how it is packed: columns that most lists of goods have. */
#define PRODUCT_NAMES                                                                               \
	{"product_name", L_TEXT, "p.name", "品种", NULL}, {"spec", L_TEXT, "p.spec", "规格", NULL}, \
	{                                                                                           \
		"maker", L_TEXT, "p.maker", "生产企业", NULL                                        \
	}
#define PACK_COLUMNS                                                                                            \
	{"unit_name", L_TEXT, "p.unit_name", "单位", NULL}, {"pack_name", L_TEXT, "p.pack_name", "包装", NULL}, \
	{                                                                                                       \
		"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL                                 \
	}
#define NO_COLUMN                             \
	{                                     \
		NULL, L_INT, NULL, NULL, NULL \
	}

#define DOC_JOINS(more)                                                                                                       \
	" JOIN document_state st ON st.kind = d.kind AND st.state = d.state LEFT JOIN app_user mu ON mu.id = d.made_by " more \
	" WHERE u.id = :me_id"
#define DOC_NUMBERED(filter, kind, more)                                                                                       \
	{                                                                                                                      \
		filter,                                                                                                        \
		        "document d JOIN app_user u ON u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND " \
		        "s.kind = '" kind "' AND s.document_id = d.id" DOC_JOINS(more),                                        \
		        {"d.id"}, true, NULL                                                                                   \
	}
#define DOC_OF_SITE(filter, kind, more)                                                                                          \
	{                                                                                                                        \
		filter,                                                                                                          \
		        "app_user u JOIN user_site us ON us.user_id = u.id JOIN document_scope s ON s.site_id = us.site_id AND " \
		        "s.kind = '" kind                                                                                        \
		        "' JOIN document d ON d.id = s.document_id" DOC_JOINS(more) " AND us.site_id = :f_" filter "_id",        \
		        {"s.document_id"}, true, NULL                                                                            \
	}
/* By reference or number through their own indexes, by a site through that site's scope, else newest first through the
 * scope of the user's own site. */
#define DOC_PATHS(kind, more)                                                                                             \
	DOC_NUMBERED("reference", kind, more), DOC_NUMBERED("number", kind, more), DOC_OF_SITE("to_site_id", kind, more), \
	        DOC_OF_SITE("from_site_id", kind, more), DOC_OF_SITE("site_id", kind, more),                              \
	{                                                                                                                 \
		NULL,                                                                                                     \
		        "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = '" kind              \
		        "' JOIN document d ON d.id = s.document_id" DOC_JOINS(more),                                      \
		        {"s.document_id"}, true, NULL                                                                     \
	}
/* Filters that the scope's own index serves. */
extern const char *const doc_served[];
/* ?q= is a running number, or else an outside one. */
extern const char *const doc_q[];

/* A column of an answer that is no list: name and type. */
#define COLUMN(name, type)                   \
	{                                    \
		name, type, NULL, NULL, NULL \
	}

/* What a child process draws: opens the data of a layout at its fields; the caller closes fields and data. */
enum status picture_begin(struct exchange *x, const char *layout, const char *format, struct jo *o);
/* "3 盒 + 6 片" */
char *units_text(struct arena *a, int64_t units, int64_t per_pack, const char *pack, const char *unit);

/* Writes `substitutes: […]`: the same generic name, then what was decided, with what the centre has of each. */
void api_put_substitutes(struct exchange *x, struct db *db, int64_t product_id);

/*
 * Answers a write to what is no document, or says its refusal on: id and state, no number, and the one version of what has none.
 * The second form also names what was written to for the audit, and tells the pages under `topic`.
 */
enum status api_written(struct exchange *x, enum status st, int64_t id, const char *state);
enum status api_written_to(struct exchange *x, struct tx *tx, enum status st, int64_t id, const char *state, const char *topic);

/* The body of every step handler: load, step, answer. */
enum status api_step(struct exchange *x, struct tx *tx, const struct doc_kind *kind, int64_t version, const char *note);
