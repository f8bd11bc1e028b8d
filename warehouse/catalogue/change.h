/*
 * 目录调整: admission, change, stop, replacement or return (恢复) of one product. Somebody applies, the 总药师 prepares (what is
 * missing, from which day), the committee (药事管理与药物治疗学委员会) votes, the 总药师 carries it out: at once, or on its day
 * by the program. draft → submitted → prepared → decided or rejected → (scheduled →) executed.
 */
#pragma once
#include "core/document.h"
#include "warehouse/catalogue/catalogue.h"

struct change_field {
	const char *field,
	        *value; /* value NULL: none; a field of product_fields, flag.NAME, or level.county|township|village with 1 or 0 */
};
struct change_new {
	int64_t version; /* of a change only */
	const char *what;
	int64_t product_id, other_product_id;
	const char *applicant, *reason;
	int64_t from_ymd; /* 0: the day it is carried out */
	struct change_field *fields;
	size_t field_count;
	const char *reference, *note;
};
struct committee_member {
	const char *name;
	int64_t recused;
	const char *vote, *why; /* for, against, abstain; NULL for who is recused */
};
struct change_step {
	int64_t version;
	const char *note;
	int64_t from_ymd, meeting_ymd;
	const char *minutes;
	struct committee_member *members;
	size_t member_count;
};
extern const struct doc_kind catalogue_change_kind;

/* INVALID_FIELD names every field that is none or has no such value. */
MUST_CHECK enum status change_make(struct tx *tx, const struct change_new *in, struct doc *out);
/* While it is a draft, or submitted and being prepared by the 总药师. */
MUST_CHECK enum status change_edit(struct tx *tx, struct doc *d, const struct change_new *in);
/* Carries out what was decided and whose day has come; each once. Returns how many. RULE DOMAIN-12.3-change-on-its-day */
int64_t change_take_due(struct tx *tx);

/* ---- inside the room: change_apply.c ---- */
struct change {
	int64_t id, product_id, other_product_id;
	const char *what;
	int32_t from_ymd; /* 0: not set */
	const struct change_field *fields;
	size_t field_count;
};
MUST_CHECK enum status change_load(struct db *db, struct arena *a, int64_t id, struct change *out);
/* One field by its name: does it exist, may this kind of change touch it, is the value one of its? Tells the fault at `at`. */
MUST_CHECK enum status change_check_field(struct tx *tx, const char *what, const struct change_field *f, const char *at);
/* The product as it would become, checked as a whole. */
MUST_CHECK enum status change_assemble(struct tx *tx, const struct change *c, struct new_product *out);
/* What the committee must look at before it decides: lines of text, or NULL. RULE DOMAIN-12.3-two-strengths */
const char *change_warnings(struct tx *tx, const struct change *c, const struct new_product *p);
/* Makes it so, from that day on. */
MUST_CHECK enum status change_apply(struct tx *tx, const struct change *c, const struct doc *d, int32_t from_ymd);
