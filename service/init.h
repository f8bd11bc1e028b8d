/* Making a consortium's store, and the accounts of the demo. */
#pragma once
#include "core/write.h"

#define INIT_WHY_MAX 400
#define INIT_NAME_MAX 120

struct init_options {
	const char *data, *code, *name;
	bool demo;
	int64_t scale_e3, seed;
	int32_t as_of_ymd;
};
/*
 * Makes the store whole or not at all, where the folder's settings want it (else DATA/CODE.db); takes the folder's lock for the
 * time. ALREADY_EXISTS where there is one, BUSY while somebody serves the folder, STORE_UNAVAILABLE, or what the demo says. why:
 * a Chinese sentence unless OK.
 */
MUST_CHECK enum status init_store(const struct init_options *o, char why[INIT_WHY_MAX]);

/* One account for each role, at fitting sites of the demo county. */
struct demo_account {
	const char *name, *display_name;
	enum role role;
	int township; /* 0: the lead hospital; n: the n-th township, or its first clinic */
	bool clinic;
};
extern const struct demo_account demo_accounts[]; /* ends with name NULL */
/* The password of all of them but the gateway's. */
extern const char demo_password[];
/* The gateway's account and the file in the data folder that holds its password (0600). */
#define DEMO_GATEWAY_ACCOUNT "gateway"
#define DEMO_GATEWAY_KEY "gateway.key"
/*
 * Adds those accounts that are missing, and the gateway's with a drawn password in DATA/gateway.key. The caller holds the
 * folder's lock or is the service. sodium_init has been called.
 */
MUST_CHECK enum status demo_accounts_make(struct writer *w, const char *data, char why[INIT_WHY_MAX]);
