/*
 * Any bytes as an imported file of each kind (the first byte says which), into a small store that is rolled back: only
 * rows are refused, never the program; and the same file once more adds nothing.
 */
#include "core/people.h"
#include "warehouse/demo/demo.h"
#include "warehouse/intake/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t kind_count(void)
{
	size_t n = 0;
	while (intake_kinds[n])
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static enum status take(struct tx *tx, const struct intake_kind *kind, const char *bytes, size_t n, struct intake_report *report)
{
	struct csv_memory m = {bytes, n, 0};
	struct usage_report usage = {0};
	const struct intake_options options = {.keep_good = true};
	return intake_run(tx, kind, csv_from_memory(&m), &options, kind == &intake_usage ? &usage : NULL, report);
}

static enum status found(struct tx *tx, void *arg)
{
	static const struct {
		const struct intake_kind *kind;
		const char *text;
	} base[] = {
	        {&intake_sites, "code,name,kind,parent_code,depots\nA,lead,lead,,YK:a:store\nT,town,township,A,\n"},
	        {&intake_suppliers, "code,name,licence_no,licence_until_ymd\nS,s,1,20301231\n"},
	        {&intake_products,
	         "code,name,spec,maker,unit_name,pack_name,units_per_pack,gtin\nP,p,s,m,u,b,10,6901234567892\nQ,q,s,m,u,b,1,\n"},
	        {&intake_ceilings, "product_code,ceiling_price,from_ymd,source\nP,1,20260101,x\n"},
	        {&intake_opening, "site_code,depot_code,product_code,lot,expiry_ymd,units\nA,YK,P,L,20281231,100\n"},
	        {&intake_prices, "product_code,kind,price,from_ymd,source\nP,selected,1,20260101,x\n"},
	};
	const struct new_site lead = {.code = "X", .name = "x", .kind = "lead"};
	struct intake_report report;
	int64_t id = 0;
	(void)arg;
	store_found(tx, "x", "x", NULL);
	enum status st = site_add(tx, &lead, &id);
	for (size_t i = 0; i < sizeof base / sizeof *base && st == ST_OK; i++) {
		st = take(tx, base[i].kind, base[i].text, strlen(base[i].text), &report);
		insist(report.refused_rows == 0);
	}
	return st;
}

/* One store for the whole run of the fuzzer. */
static struct writer *the_writer(void)
{
	static struct clock clock;
	static struct writer writer;
	char folder[] = "/tmp/yaocang-fuzz-XXXXXX", path[64], why[200] = "";
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	if (writer.db)
		return &writer;
	insist(mkdtemp(folder) != NULL);
	clock = clock_fixed(1795219200000);
	snprintf(path, sizeof path, "sqlite:%s/x.db", folder);
	insist(writer_open(path, true, &clock, &writer, why) == ST_OK);
	insist(writer_run_one(&writer, found, NULL, &a, &faults) == ST_OK);
	/* the files live on without names, and go with the process */
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/x.db%s", folder, (const char *const[]){"", "-wal", "-shm"}[i]);
		unlink(path);
	}
	rmdir(folder);
	return &writer;
}

struct input {
	const struct intake_kind *kind;
	const char *bytes;
	size_t n;
};

static enum status run(struct tx *tx, void *arg)
{
	const struct input *in = arg;
	struct intake_report report;
	enum status st = take(tx, in->kind, in->bytes, in->n, &report);
	insist(st == ST_OK || st == ST_IMPORT_REFUSED);
	insist(report.added >= 0 && report.added <= report.rows && report.refused_rows >= 0);
	if (st == ST_OK) {
		insist(take(tx, in->kind, in->bytes, in->n, &report) == ST_OK);
		insist(report.added == 0);
	}
	return ST_IMPORT_REFUSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	if (n == 0 || n > 20000)
		return 0;
	/* '5' is the HIS's usage, which stands in no list; the kinds of the list stand around it */
	const size_t which = (unsigned char)(data[0] - '0') % (kind_count() + 1);
	const struct intake_kind *const kind = which == 5 ? &intake_usage : intake_kinds[which > 5 ? which - 1 : which];
	struct input in = {kind, (const char *)data + 1, n - 1};
	insist(writer_run_one(the_writer(), run, &in, &a, &faults) == ST_IMPORT_REFUSED);
	return 0;
}
