/*
 * Sites, depots, users, roles and rights. Rights come from roles (core/people.def); sites from the one site a user works
 * for and everything below it. The closures user_site and user_place are kept here and nowhere else.
 */
#pragma once
#include "core/status.h"
#include "core/store.h"

enum role {
#define ROLE(name, title) ROLE_##name,
#include "core/people.def"
#undef ROLE
	ROLE_COUNT
};

enum permission {
#define PERMISSION(name, title, roles) PERM_##name,
#include "core/people.def"
#undef PERMISSION
	PERM_COUNT,
	PERM_NONE, /* no login needed */
};

/* Who acts: filled from the session by the dispatcher, handed to every read and write. */
struct me {
	int64_t id;
	int64_t root_site_id;
	uint32_t roles; /* bit per role; what they may stands in core/people.def */
	const char *name, *display_name;
};

const char *role_name(enum role role);
const char *role_title(enum role role);
/* False for an unknown name. */
bool role_find(const char *name, enum role *out);
const char *permission_name(enum permission p);
const char *permission_title(enum permission p);
/* The roles that hold a permission, a bit per role. */
uint32_t permission_roles(enum permission p);
bool me_may(const struct me *me, enum permission p);
/* True where the site is the user's own or below it. */
bool me_at_site(struct db *db, const struct me *me, int64_t site_id);

/* Fills *me for a user id; NOT_FOUND for an unknown or disabled one. Texts in the arena. */
MUST_CHECK enum status people_load(struct db *db, struct arena *a, int64_t user_id, struct me *me);

struct person {
	int64_t id;
	const char *name; /* as the page shows it */
};
/* Who works for exactly this site, may do this and is not disabled; in the arena. Answers how many. */
size_t people_who_may(struct db *db, struct arena *a, int64_t site_id, enum permission p, struct person **out);

struct new_site {
	const char *code, *name, *kind;
	int64_t parent_id; /* 0 only for the first, the lead */
	int64_t inhabitants;
};
/* ALREADY_EXISTS where the code is taken. Keeps every closure. */
MUST_CHECK enum status site_add(struct tx *tx, const struct new_site *in, int64_t *id);
/* A depot (库房) of a site; ALREADY_EXISTS where the site has that code. */
MUST_CHECK enum status depot_add(struct tx *tx, int64_t site_id, const char *code, const char *name, const char *kind,
                                 int64_t *id);
/* A place that is no depot: in transit (site_id = sender) or outside (site_id 0). */
int64_t place_add(struct tx *tx, const char *kind, int64_t site_id, const char *code, const char *name);
/* Lets the people of two sites (and above) see a transit place among their stock; hidden again once it is empty. */
void place_show(struct tx *tx, int64_t place_id, int64_t site_id, int64_t other_site_id);
void place_hide_if_empty(struct tx *tx, int64_t place_id);
/* 0 where there is none. */
int64_t site_by_code(struct db *db, const char *code);
int64_t site_root(struct db *db);
/* The depot that takes goods when nobody names one: the store (药库) first. 0 where the site has none. */
int64_t site_default_depot(struct db *db, int64_t site_id);
int64_t depot_by_code(struct db *db, int64_t site_id, const char *code);
/* The site of a depot; 0 for another kind of place. */
int64_t depot_site(struct db *db, int64_t place_id);
/* The one outside place of a kind (supplier, patient, loss, found, opening). */
int64_t place_outside(struct db *db, const char *kind);

/*
 * Do two names speak of one person? Blanks, width and case of letters do not count, and one of them may stand with a title or a
 * duty, parted by a blank or a bracket: 陈静, 陈　静, 中心药师 陈静 and 陈静（药剂科）. RULE DOMAIN-12.3-same-person
 */
bool person_is(const char *one, const char *other);
/* A name as it is kept: no blanks around it, one between its words; empty where it is none. In the arena. */
char *person_name(struct arena *a, const char *name);

struct new_user {
	const char *name, *display_name, *password_hash;
	uint32_t roles;
	int64_t root_site_id;
};
/* ALREADY_EXISTS where the name is taken. */
MUST_CHECK enum status user_add(struct tx *tx, const struct new_user *in, int64_t *id);
