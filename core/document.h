/*
 * Documents (单据) are data. A kind is a table of states and of steps {from, action, to, permission, side, guard, effect};
 * one engine finds the step, checks permission, side and guard, runs the effect, moves the state by compare-and-set on
 * id + state + version and appends the sealed event. The same rows yield the buttons of the page, docs/flows.md, the role
 * matrix and the trigger that refuses any other change of state.
 *
 * Several steps may share from and action: the first whose guard passes is taken.
 */
#pragma once
#include "core/json.h"
#include "core/write.h"

struct doc;

/* Whose people may take a step: those of the site it comes from, of the site it goes to, or of either. */
enum doc_side { SIDE_ANY, SIDE_FROM, SIDE_TO };

struct doc_state {
	const char *name, *title;
	bool on_chain; /* shown in the chain of the page's footer */
};

struct doc_step {
	const char *from, *action, *to, *title;
	enum permission permission;
	enum doc_side side;
	bool note_needed;
	/* May be NULL. input: the step's parsed body. A guard changes nothing. */
	enum status (*guard)(struct tx *tx, const struct doc *d, const void *input);
	enum status (*effect)(struct tx *tx, struct doc *d, const void *input);
};

/* Two acts by two people: whoever took `than` (or made the document: "make"; or ever wrote in it: "edit") may not take `action`.
 */
struct doc_two_persons {
	const char *action, *than;
};

struct doc_kind {
	const char *name, *title, *prefix, *topic;
	const struct doc_state *states; /* ends with name NULL */
	const struct doc_step *steps;   /* ends with from NULL */
	const char *first_state;
	const struct doc_two_persons *two_persons; /* ends with action NULL; NULL: none */
};

/* The head of one document; texts in the request's arena. */
struct doc {
	const struct doc_kind *kind;
	int64_t id, version, from_site_id, to_site_id, made_at_ms, made_by;
	const char *number, *state, *reference, *note;
};

struct doc_head {
	int64_t from_site_id, to_site_id; /* 0: none */
	const char *reference, *note;     /* may be NULL */
	const char *state;                /* NULL: the kind's first */
};

/* Makes a document in its first state, with number, scope and first event. */
MUST_CHECK enum status document_make(struct tx *tx, const struct doc_kind *kind, const struct doc_head *head, struct doc *out);
/* Lets one more site (and all above it) see a document. */
void document_show_to(struct tx *tx, const struct doc *d, int64_t site_id);
/* NOT_FOUND also for another site's document. kind NULL: any. me->id 0: the program itself sees all. */
MUST_CHECK enum status document_load(struct db *db, struct arena *a, const struct me *me, const struct doc_kind *kind, int64_t id,
                                     struct doc *out);
/*
 * Takes a step asked for by a person. version: what he saw; STALE_VERSION where the document has moved on.
 * WRONG_STATE, FORBIDDEN, REASON_MISSING, or whatever guard and effect say.
 */
MUST_CHECK enum status document_step(struct tx *tx, struct doc *d, int64_t version, const char *action, const char *note,
                                     const void *input);
/* A step that follows from another document's (no permission, no version): the order becomes part_received. */
MUST_CHECK enum status document_follow(struct tx *tx, struct doc *d, const char *action, const void *input);
/* An edit of the head or lines in the same state: checks version, counts it up, appends event "edit". */
MUST_CHECK enum status document_edit(struct tx *tx, struct doc *d, int64_t version, const char *action, const char *note);
/* Appends an event without touching version or state (a scan, a line that came in). */
void document_note(struct tx *tx, const struct doc *d, const char *action, const char *note);
/* Replaces reference and note of a document; NULL leaves as it is. */
void document_rename(struct tx *tx, const struct doc *d, const char *reference, const char *note);
/* Ties two documents together; once is enough. */
void document_link(struct tx *tx, int64_t a, int64_t b);
/* The user who last took an action on the document; 0: nobody. */
int64_t document_actor(struct db *db, int64_t id, const char *action);

/* True where the step must be taken by somebody else than this person. RULE GSP-two-persons */
bool document_needs_other(struct db *db, const struct doc *d, const char *action, int64_t user_id);

/* Every kind of the program (warehouse/kinds.c), ends with NULL. */
extern const struct doc_kind *const document_kinds[];
const struct doc_kind *document_kind_find(const char *name);
const struct doc_state *document_state_find(const struct doc_kind *kind, const char *state);
const char *document_state_title(const struct doc_kind *kind, const char *state);
/* The title of an action anywhere in the kind. */
const char *document_action_title(const struct doc_kind *kind, const char *action);
/* The right that an action asks for; PERM_NONE where people cannot take it or the kind has no such action. */
enum permission document_action_permission(const struct doc_kind *kind, const char *action);
/* The kind whose documents live below a path that begins so (its topic): "orders". NULL without. */
const struct doc_kind *document_kind_of_path(const char *path);
/* Brings document_state and document_step up to the program's tables. */
void document_register(struct tx *tx);

/* The head fields, chain, actions, events and related documents as members of an open JSON object. */
void document_write_json(struct db *db, struct arena *a, const struct me *me, const struct doc *d, struct jo *o);
/* The common members of a write's answer: id, number, state, version (seq is added by the dispatcher). */
void document_write_answer(const struct doc *d, struct jo *o);
