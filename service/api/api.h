/*
 * The handlers of service/routes.def, declared from the same rows; one file of handlers per resource. A read handler
 * writes the members of an open object into x->o; a write handler does its work in tx and writes the members of its answer.
 */
#pragma once
#include "core/document.h"
#include "service/list.h"
#include "service/session.h"

#define READ(p, permit, handler, output, text) enum status handler(struct exchange *x, struct db *db);
#define READ_BY(p, permit, handler, output, query, text)        \
	enum status handler(struct exchange *x, struct db *db); \
	extern const struct query_parameter query_##query[];
#define READ_AS(p, permit, handler, output, list, text) enum status handler(struct exchange *x, struct db *db);
#define PICTURE(p, permit, handler, text) enum status handler(struct exchange *x, struct db *db);
#define STREAM(p, permit, handler, text)
#define LIST(p, permit, id, text) extern const struct list_spec list_##id;
#define CREATE(p, permit, handler, shape_id, output, text) enum status handler(struct exchange *x, struct tx *tx);
#define CHANGE(p, permit, handler, shape_id, output, text) enum status handler(struct exchange *x, struct tx *tx);
#define STEP(p, permit, handler, shape_id, output, text) enum status handler(struct exchange *x, struct tx *tx);
#define IMPORT_CSV(p, permit, handler, output, query, text)     \
	enum status handler(struct exchange *x, struct tx *tx); \
	extern const struct query_parameter query_##query[];
#define UPLOAD(p, permit, handler, output, query, text)         \
	enum status handler(struct exchange *x, struct tx *tx); \
	extern const struct query_parameter query_##query[];
#define FILE_OF(p, permit, handler, text) enum status handler(struct exchange *x, struct db *db);
#include "service/routes.def"
#undef READ
#undef READ_BY
#undef READ_AS
#undef PICTURE
#undef STREAM
#undef LIST
#undef CREATE
#undef CHANGE
#undef STEP
#undef IMPORT_CSV
#undef UPLOAD
#undef FILE_OF

enum status session_read(struct exchange *x, struct db *db);

/* Loads the document of params[0] for the user; NOT_FOUND also for another site's. */
MUST_CHECK enum status api_document(struct exchange *x, struct db *db, const struct doc_kind *kind, struct doc *out);
/* The {action} of the path. */
const char *api_action(const struct exchange *x);

/* Where a file may grow that an answer is made of. */
const char *api_folder(const struct exchange *x);

/* Writes `name: [ {…}, … ]` from a statement's rows. */
#define api_rows(x, db, name, columns, q, ...)                                    \
	api_rows_n(x, db, name, columns, &(q), (const struct arg[]){__VA_ARGS__}, \
	           sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
void api_rows_n(struct exchange *x, struct db *db, const char *name, const struct list_column *columns, const struct sql *q,
                const struct arg *args, size_t n);
/* Writes the columns of one row as members of the open object; false where there is no row. */
#define api_one(x, db, columns, q, ...)                                    \
	api_one_n(x, db, columns, &(q), (const struct arg[]){__VA_ARGS__}, \
	          sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
bool api_one_n(struct exchange *x, struct db *db, const struct list_column *columns, const struct sql *q, const struct arg *args,
               size_t n);
