#include "service/shape.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

/* One refused body: where its first fault lies and in which row. */
struct refused {
	const char *body;
	enum status st;
	const char *field;
	int64_t row;
};

static const struct refused orders[] = {
        {"{\"supplier_id\":\"1\"}", ST_INVALID_FIELD, "lines", 0},
        {"{\"supplier_id\":\"1\",\"lines\":[]}", ST_INVALID_FIELD, "lines", 0},
        {"{\"supplier_id\":1,\"lines\":[{\"product_id\":\"1\",\"units\":1}]}", ST_INVALID_FIELD, "supplier_id", 0},
        {"{\"supplier_id\":\"1\",\"lines\":[{\"product_id\":\"1\",\"units\":1}],\"oops\":1}", ST_UNKNOWN_FIELD, "oops", 0},
        {"{\"supplier_id\":\"1\",\"lines\":[{\"product_id\":\"1\",\"units\":1},7]}", ST_INVALID_FIELD, "lines[1]", 2},
        {"{\"supplier_id\":\"1\",\"lines\":[{\"product_id\":\"1\",\"units\":0}]}", ST_INVALID_FIELD, "lines[0].units", 1},
        {"{\"supplier_id\":\"1\",\"lines\":[{\"product_id\":\"1\",\"units\":1},{\"product_id\":\"1\"}]}", ST_INVALID_FIELD,
         "lines[1].units", 2},
        {"{\"supplier_id\":\"1\",\"lines\":[{\"product_id\":\"1\",\"units\":1,\"oops\":1}]}", ST_UNKNOWN_FIELD, "lines[0].oops",
         1},
};
static const struct refused receipts[] = {
        {"{\"order_id\":\"1\",\"lines\":[{\"order_line_id\":\"1\",\"units\":1,\"codes\":\"1\"}]}", ST_INVALID_FIELD,
         "lines[0].codes", 0},
        {"{\"order_id\":\"1\",\"lines\":[{\"order_line_id\":\"1\",\"units\":1,\"codes\":[\"1\",2]}]}", ST_INVALID_FIELD,
         "lines[0].codes[1]", 0},
};

static void refuse(const struct shape *shape, const struct refused *r)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct jv_document d = {0};
	char why[160] = "";
	void *out = NULL;
	CU_ASSERT_EQUAL_FATAL(jv_parse(r->body, strlen(r->body), &d, why), ST_OK);
	CU_ASSERT_EQUAL(shape_parse(shape, d.root, &f, &out), r->st);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.first);
	if (strcmp(f.first->field, r->field) != 0 || f.first->row != r->row)
		printf("  %s: %s, row %lld\n", r->body, f.first->field, (long long)f.first->row);
	CU_ASSERT_STRING_EQUAL(f.first->field, r->field);
	CU_ASSERT_EQUAL(f.first->row, r->row);
	jv_document_drop(&d);
}

static void a_fault_says_where_it_is(void)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		refuse(&shape_order_new, &orders[i]);
	for (size_t i = 0; i < sizeof receipts / sizeof *receipts; i++)
		refuse(&shape_receipt_new, &receipts[i]);
}

SUITE(shape, {"a_fault_says_where_it_is", a_fault_says_where_it_is});
