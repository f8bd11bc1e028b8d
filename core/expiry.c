#include "core/expiry.h"

#include "core/clock.h"

#define SHELF_MONTHS_MAX 600

/* RULE DOMAIN-10-expiry-customs */
enum expiry_custom expiry_custom(int32_t produced_ymd, int months, int32_t labelled_ymd)
{
	if (!ymd_is_valid(produced_ymd) || !ymd_is_valid(labelled_ymd) || months < 1 || months > SHELF_MONTHS_MAX)
		return EXPIRY_NO_CUSTOM;
	int32_t same_day = ymd_add_months(produced_ymd, months);
	const int32_t customs[] = {
	        [EXPIRY_SAME_DAY] = same_day,
	        [EXPIRY_DAY_BEFORE] = ymd_add_days(same_day, -1),
	        [EXPIRY_PREVIOUS_MONTH_END] = ymd_add_days(same_day / 100 * 100 + 1, -1),
	        [EXPIRY_MONTH_END] = ymd_month_end(same_day),
	};
	for (unsigned i = EXPIRY_SAME_DAY; i < sizeof customs / sizeof *customs; i++)
		if (customs[i] == labelled_ymd)
			return (enum expiry_custom)i;
	return EXPIRY_NO_CUSTOM;
}

const char *expiry_custom_text(enum expiry_custom c)
{
	static const char *const texts[] = {
	        [EXPIRY_NO_CUSTOM] = "与生产日期和有效期月数不符",
	        [EXPIRY_SAME_DAY] = "生产日的对应日",
	        [EXPIRY_DAY_BEFORE] = "对应日的前一天",
	        [EXPIRY_PREVIOUS_MONTH_END] = "对应月的上月末",
	        [EXPIRY_MONTH_END] = "对应月的月末",
	};
	return texts[c];
}
