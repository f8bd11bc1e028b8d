/* Attached papers: what may be attached, kept once, never lost, shown to whom the owner is shown, proved. */
#include "tests/scenario/world.h"

#include "core/attachment.h"
#include "core/document.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PDF "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

/* What the bytes are decides, not the name or what the sender says. */
static void bytes_say_what_they_are(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *type;
	} rows[] = {
	        {PDF, sizeof PDF - 1, "application/pdf"},
	        {"\x89PNG\r\n\x1a\n....", 12, "image/png"},
	        {"\xff\xd8\xff\xe0....", 8, "image/jpeg"},
	        {"第一行\r\n第二行\t末", 24, "text/plain; charset=utf-8"},
	        {"PK\x03\x04....xl/workbook.xml....", 27, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	        {"PK\x03\x04....OFD.xml", 15, "application/ofd"},
	        {"PK\x03\x04....evil.exe", 16, NULL},
	        {"MZ\x90\0\x03", 5, NULL},
	        {"\x7f"
	         "ELF",
	         4, NULL},
	        {"a\0b", 3, NULL},
	        {"\xff\xfe<", 3, NULL},
	        {"", 0, NULL},
	        {"<script>alert(1)</script>", 25, "text/plain; charset=utf-8"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *type = attachment_type(rows[i].bytes, rows[i].n);
		bool same = rows[i].type ? type && strcmp(type, rows[i].type) == 0 : !type;
		if (!same)
			printf("  row %zu: %s\n", i, type ? type : "(none)");
		CU_ASSERT_TRUE(same);
	}
}

static void attach(struct world *w, const char *user, const char *query, const char *body, int status)
{
	const char *path = arena_printf(&w->arena, "attachments?%s", query);
	if (world_ask(w, user, POST, path, body, NULL) != status) {
		printf("  %s %s: %d %s\n", user, path, w->http, w->body);
		CU_FAIL("attach");
	}
}

static const char *to(struct world *w, const char *kind, const char *id, const char *rest)
{
	return arena_printf(&w->arena, "owner_kind=%s&owner_id=%s&%s", kind, world_value(w, id), rest);
}

static const struct step shortage_steps[] = {
        {"q", "east_user", POST, "shortages", "{\"product_id\":\"{glucose}\",\"units\":10}", 201, NULL, {NULL}, NULL},
};

/* A paper goes with its document: who cannot see the one, cannot see or add the other. */
static void papers_follow_their_owner(void)
{
	struct world *w = world_new();
	PLAY(w, shortage_steps);
	attach(w, "east_user", to(w, "shortage", "q.id", "name=a.pdf"), PDF, 201);
	const char *id = arena_string(&w->arena, world_at(w, "id"));
	attach(w, "west_user", to(w, "shortage", "q.id", "name=a.pdf"), PDF, 404);
	attach(w, "east_user", to(w, "shortage", "q.id", "name=b.exe"), "MZ\x90\x01", 415);
	attach(w, "east_user", to(w, "shortage", "q.id", "name=c%2Fd.pdf"), PDF, 422);
	attach(w, "east_user", to(w, "shortage", "q.id", "name="), PDF, 422);
	attach(w, "east_user", to(w, "nothing", "q.id", "name=a.pdf"), PDF, 404);
	const char *file = arena_printf(&w->arena, "attachments/%s", id);
	CU_ASSERT_EQUAL(world_ask(w, "west_user", GET, file, NULL, NULL), 404);
	CU_ASSERT_EQUAL(world_ask(w, "central", GET, file, NULL, NULL), 200);
	CU_ASSERT_STRING_EQUAL(w->body, PDF);
	const char *list = arena_printf(&w->arena, "attachments?owner_kind=shortage&owner_id=%s", world_value(w, "q.id"));
	CU_ASSERT_EQUAL(world_ask(w, "east_user", GET, list, NULL, NULL), 200);
	CU_ASSERT_STRING_EQUAL(world_at(w, "attachments.0.name"), "a.pdf");
	CU_ASSERT_STRING_EQUAL(world_at(w, "attachments.0.type"), "application/pdf");
	CU_ASSERT_EQUAL(world_ask(w, "west_user", GET, list, NULL, NULL), 404);
	/* the sealed record of the document tells of it once */
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM document_event WHERE action = 'attach'"), 1);
	world_end(w);
}

/* RULE DESIGN-attachment-once: the same content is kept once, a newer file keeps the older one. */
static void content_is_kept_once(void)
{
	struct world *w = world_new();
	char *large = arena_alloc(&w->arena, 3 * ATTACHMENT_CHUNK + 2);
	memset(large, 'a', 3 * ATTACHMENT_CHUNK + 1);
	large[3 * ATTACHMENT_CHUNK + 1] = '\0';
	attach(w, "central", to(w, "supplier", "supplier", "name=1.txt"), large, 201);
	const char *first = arena_string(&w->arena, world_at(w, "id"));
	attach(w, "central", to(w, "supplier", "supplier", "name=1.txt"), large, 201);
	CU_ASSERT_STRING_EQUAL(world_at(w, "id"), first);
	attach(w, "central", to(w, "supplier", "calm", "name=2.txt"), large, 201);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM attachment_content"), 1);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM attachment_chunk"), 4);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM attachment"), 2);
	attach(w, "central", to(w, "supplier", "supplier", arena_printf(&w->arena, "name=3.pdf&replaces=%s", first)), PDF, 201);
	attach(w, "central", to(w, "supplier", "supplier", arena_printf(&w->arena, "name=4.pdf&replaces=%s", first)), PDF, 422);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM attachment WHERE replaced_at_ms IS NOT NULL"), 1);
	world_ask(w, "central", GET, arena_printf(&w->arena, "attachments/%s", first), NULL, NULL);
	CU_ASSERT_EQUAL(strlen(w->body), 3 * ATTACHMENT_CHUNK + 1);
	world_end(w);
}

static void count_fault(void *arg, const char *table, const char *row, const char *what)
{
	(void)row;
	(void)what;
	*(int *)arg += strncmp(table, "attachment", 10) == 0;
}

static enum status damage(struct tx *tx, void *arg)
{
	(void)arg;
	SQL(damage_hash, "UPDATE attachment_content SET bytes = bytes + 1 /*scan: a test's own damage*/");
	db_exec_n(tx, &damage_hash, NULL, 0);
	return ST_OK;
}

/* RULE DESIGN-attachment-proof: verify reads every content against its hash. */
static void verify_reads_the_papers(void)
{
	struct world *w = world_new();
	int faults = 0;
	attach(w, "central", to(w, "supplier", "supplier", "name=1.pdf"), PDF, 201);
	attachment_verify(w->db, count_fault, &faults);
	CU_ASSERT_EQUAL(faults, 0);
	world_write(w, damage, NULL);
	attachment_verify(w->db, count_fault, &faults);
	CU_ASSERT_EQUAL(faults, 1);
	world_end(w);
}

SUITE(papers, {"bytes_say_what_they_are", bytes_say_what_they_are}, {"papers_follow_their_owner", papers_follow_their_owner},
      {"content_is_kept_once", content_is_kept_once}, {"verify_reads_the_papers", verify_reads_the_papers});
