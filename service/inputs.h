/* Bodies that no room of the warehouse declares: small ones of the service itself. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* A step without anything of its own. */
struct step_in {
	int64_t version;
	const char *note;
};
/* An act that needs no words. */
struct nothing_in {
	const char *note;
};
struct plan_fill_in {
	int64_t begin;
};
struct plan_adopt_in {
	int64_t typed_too;
};
struct scan_in {
	const char *code;
};
struct hold_in {
	int64_t lot_id, place_id;
	const char *reason;
};
struct hold_release_in {
	const char *note;
	int64_t together; /* with all that the same alarm froze */
};
struct import_step_in {
	const char *note;
};
struct user_in {
	const char *name, *display_name, *password;
	const char **roles;
	size_t role_count;
	int64_t site_id;
};
struct site_in {
	const char *code, *name, *kind;
	int64_t parent_id, inhabitants;
};
struct column_map_row_in {
	const char *field, *column;
};
struct column_map_in {
	struct column_map_row_in *columns;
	size_t column_count;
};
struct alarm_acknowledge_in {
	const char *cause;
};
struct supplier_in {
	const char *code, *name, *licence_no, *phone, *credit_code, *contact, *business;
	int64_t licence_until_ymd, active; /* active INT_ABSENT: as it is */
};
struct maker_in {
	const char *code, *name, *phone, *credit_code;
	int64_t active; /* INT_ABSENT: as it is */
};
struct tick_rule_in {
	int64_t asked, from_ymd; /* from 0: today */
};
struct own_region_in {
	const char *name;
};
struct end_in {
	const char *note;
};
struct renewal_in {
	const char *number;
	int64_t ymd;
};
struct reading_in {
	const char *sensor;
	int64_t seq, at_ms, temp_c100, rh_c100;
	const char *status;
};
struct readings_in {
	const char *gateway;
	struct reading_in *readings;
	size_t reading_count;
};
struct usage_match_in {
	int64_t product_id, factor;
};
struct price_in {
	int64_t product_id, price_e4, units_per_pack, from_ymd, to_ymd;
	const char *kind, *source;
};
struct price_end_in {
	int64_t to_ymd;
	const char *reason;
};
struct price_withdraw_in {
	const char *reason;
};
struct price_settings_in {
	int64_t decoction_margin_percent;
};
struct setting_in {
	const char *name;
	int64_t value, from_ymd; /* from 0: today */
};
struct flag_in {
	const char *flag, *value; /* value NULL or empty: it ends */
	int64_t from_ymd, to_ymd;
	const char *source;
};
struct his_item_in {
	int64_t site_id;
	const char *item_code, *item_name;
	int64_t product_id, factor;
};
struct remark_in {
	const char *note;
};
struct limit_in {
	int64_t value;
};
struct control_in {
	int64_t from_ymd;
	const char *note;
};
