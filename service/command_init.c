/* yaocang init: makes one consortium, empty or as the demo county, and exits. It makes no accounts. */
#include "core/clock.h"
#include "core/text.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/init.h"
#include "service/options.h"
#include "warehouse/demo/demo.h"

#include <stdio.h>
#include <string.h>

static const char usage_text[] =
        "usage: yaocang init --data DIR --consortium CODE --name NAME [--demo [--scale X] [--seed N] [--as-of YYYYMMDD]]\n"
        "  --scale 0.001 to 50 (1: 400 products, 20,000 traced packs); --seed default 1; --as-of default today\n";

/* "1", "0.25", "10": at most three decimals, in thousandths. */
static bool read_scale(const char *s, int64_t *out)
{
	static const int64_t steps[] = {1000, 100, 10, 1};
	const char *dot = strchr(s, '.');
	size_t whole = dot ? (size_t)(dot - s) : strlen(s), decimals = dot ? strlen(dot + 1) : 0;
	char digits[16];
	if (whole < 1 || whole > 6 || decimals > 3 || (dot && decimals == 0))
		return false;
	snprintf(digits, sizeof digits, "%.*s%s", (int)whole, s, dot ? dot + 1 : "");
	if (strspn(digits, "0123456789") != strlen(digits) || !text_to_i64(digits, out))
		return false;
	*out *= steps[decimals];
	return *out >= DEMO_SCALE_MIN_E3 && *out <= DEMO_SCALE_MAX_E3;
}

struct words {
	const char *scale, *seed, *as_of;
};

static bool refuse(const char *what)
{
	fprintf(stderr, "yaocang init: %s\n", what);
	return false;
}

static bool read_demo(const struct words *w, struct init_options *o)
{
	const struct clock clock = clock_system();
	int64_t ymd = ymd_of_ms(clock_now_ms(&clock));
	if (!o->demo && (w->scale || w->seed || w->as_of))
		return refuse("--scale, --seed, --as-of 只与 --demo 同用");
	o->scale_e3 = 1000;
	o->seed = 1;
	if (w->scale && !read_scale(w->scale, &o->scale_e3))
		return refuse("--scale 应为 0.001 到 50, 最多三位小数");
	if (w->seed && !text_to_i64(w->seed, &o->seed))
		return refuse("--seed 应为整数");
	if (w->as_of &&
	    (strlen(w->as_of) != 8 || !text_to_i64(w->as_of, &ymd) || !ymd_is_valid(ymd) || ymd < 20000101 || ymd > 20991231))
		return refuse("--as-of 应为 20000101 到 20991231 之间的日期 YYYYMMDD");
	o->as_of_ymd = (int32_t)ymd;
	return true;
}

static bool check_names(const struct init_options *o)
{
	size_t n = strlen(o->name);
	if (!folder_code_is_valid(o->code))
		return refuse("医共体代码只能由字母, 数字, - 和 _ 组成, 以字母或数字开头, 最多 32 位");
	if (n == 0 || n > INIT_NAME_MAX || !utf8_valid(o->name, n) || text_has_control(o->name, false))
		return refuse("医共体名称应为 1 到 120 字节的文字");
	return true;
}

int command_init(int argc, char **argv)
{
	struct init_options o = {0};
	struct words words = {0};
	char why[INIT_WHY_MAX] = "";
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.code, .required = true},
	        {.name = "name", .text = &o.name, .required = true},
	        {.name = "demo", .flag = &o.demo},
	        {.name = "scale", .text = &words.scale},
	        {.name = "seed", .text = &words.seed},
	        {.name = "as-of", .text = &words.as_of},
	        {.name = NULL},
	};
	if (!options_read(argc, argv, slots, NULL, 0, NULL)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (!check_names(&o) || !read_demo(&words, &o))
		return EXIT_USAGE;
	enum status st = init_store(&o, why);
	if (st == ST_OK)
		return EXIT_DONE;
	fprintf(stderr, "yaocang init: %s\n", why);
	return EXIT_CANNOT;
}
