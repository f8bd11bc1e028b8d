/*
 * A small county for scenarios: a lead hospital with a store and an outpatient pharmacy, two townships, a clinic below the
 * first; people of every trade; a handful of drugs. A scenario is an array of steps (who asks for what and what must come
 * back), sent one after the other through the dispatcher over a real store.
 */
#pragma once
#include "core/json.h"
#include "service/service.h"

#define WORLD_WRITES_MAX 256
#define WORLD_CHECKS_MAX 8

/* A write that was answered, to be sent again. */
struct sent {
	enum method method;
	const char *user, *path, *body, *key, *answer;
	int http;
};

struct world {
	struct arena arena;
	struct clock clock;
	struct config config;
	struct service service;
	struct store store;
	struct db *db;
	const char *where;
	struct named *names; /* {name} in a step: a value, or the parsed answer of the step with that label */
	struct sent sent[WORLD_WRITES_MAX];
	size_t sent_count;
	int64_t keys;
	int http;         /* of the last request */
	const char *body; /* in the arena */
	size_t body_len;
};

/*
 * {name} and {label.path.0.to} in path and body stand for values of the county (see world.c) and of earlier answers.
 * A check is "path=value", "path#count" for lists, "~words" in the whole answer, "!words" that must not be in it.
 */
struct step {
	const char *label; /* NULL: nobody refers to its answer */
	const char *user;
	enum method method;
	const char *path, *body; /* body NULL: none */
	int status;
	const char *code; /* of the problem; NULL where all is well */
	const char *checks[WORLD_CHECKS_MAX];
	void (*before)(struct world *w); /* what happens meanwhile; may be NULL */
};

/* Two steps: the scan of the paper that a step registered is attached, and quality confirms it. */
#define CONFIRMED(label)                                                                                               \
	{NULL,                                                                                                         \
	 "buyer",                                                                                                      \
	 METHOD_POST,                                                                                                  \
	 "attachments?owner_kind=qualification&owner_id={" label ".id}&name=x.pdf",                                    \
	 "%PDF-1.4\n%%EOF\n",                                                                                          \
	 201,                                                                                                          \
	 NULL,                                                                                                         \
	 {NULL},                                                                                                       \
	 NULL},                                                                                                        \
	{                                                                                                              \
		NULL, "inspector", METHOD_POST, "qualifications/{" label ".id}/confirm", "{}", 200, NULL, {NULL}, NULL \
	}

struct world *world_new(void);
/* The same at a place of core/store.h's. */
struct world *world_new_at(const char *where);
/* Proves the store (seals, balances, packs, documents) and closes it. */
void world_end(struct world *w);
void world_play(struct world *w, const struct step *steps, size_t count);
/* Sends every write of the scenario once more: each gets its first answer, letter for letter, and nothing is written. */
void world_replay(struct world *w);
/* One request; the answer stays in w->http and w->body. key NULL: a new one. */
int world_ask(struct world *w, const char *user, enum method method, const char *path, const char *body, const char *key);
/* A write of the test's own. */
void world_write(struct world *w, enum status (*run)(struct tx *tx, void *arg), void *arg);
/* Time goes by, and the people of the centre sign in again. */
void world_later(struct world *w, int64_t hours);
void world_name(struct world *w, const char *name, const char *value);
void world_name_id(struct world *w, const char *name, int64_t id);
/* The value of {name} or {label.path}; fails the case where there is none. */
const char *world_value(struct world *w, const char *name);
int64_t world_number(struct world *w, const char *sql);
/* The last answer's text or number at a path; NULL where there is none. */
const char *world_at(struct world *w, const char *path);
/* The last answer, a spreadsheet, as the CSV that its rows would be. */
const char *world_sheet(struct world *w);
