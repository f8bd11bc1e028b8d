#include "warehouse/catalogue/udi.h"

#include "core/text.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"

#include <string.h>

static const char *label_of(struct arena *a, const struct code *code)
{
	SCOPED(buf) b = {0};
	if (code->kind == CODE_MA)
		return code->data;
	for (size_t i = 0; i < code->field_count; i++)
		buf_printf(&b, "(%s)%s", code->fields[i].ai, code->fields[i].value);
	return arena_copy(a, b.data, b.len);
}

bool udi_of(struct arena *a, const struct code *code, struct udi *out)
{
	bool message = code->kind == CODE_GS1 || code->kind == CODE_DIGITAL_LINK || code->kind == CODE_MA;
	if (!code->valid || !message || !code->di)
		return false;
	*out = (struct udi){
	        .label = label_of(a, code),
	        .di = code->di,
	        .lot = code->lot,
	        .serial = code->serial,
	        .made_ymd = code->made_ymd,
	        .expiry_ymd = code->expiry_ymd,
	};
	return true;
}

static enum status fill_day(struct tx *tx, int64_t *typed, int32_t label, const char *title, const char *field, int64_t row)
{
	if (!*typed)
		*typed = label;
	if (!label || *typed == label)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, field, row, "UDI 的%s是 %d, 录入的是 %lld, 请核对实物", title, (int)label,
	               (long long)*typed);
}

static enum status fill_lot(struct tx *tx, const char **typed, const char *label, const char *field, int64_t row)
{
	if (!*typed || !**typed)
		*typed = label;
	if (!label || strcmp(*typed, label) == 0)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, field, row, "UDI 的批号是 %s, 录入的是 %.64s, 请核对实物", label, *typed);
}

enum status udi_fill(struct tx *tx, const char *text, int64_t product_id, const char *field, int64_t row, struct udi *udi,
                     struct udi_line *line)
{
	struct code code;
	code_parse(tx->arena, text, strlen(text), tx->today_ymd / 10000, &code);
	if (!udi_of(tx->arena, &code, udi))
		return tx_fail(tx, ST_CODE_UNKNOWN, field, row, "%.80s 不是能识别的 UDI (GS1, MA), 请录入批号和效期", text);
	if (product_by_di(tx_db(tx), udi->di) != product_id)
		return tx_fail(tx, ST_NOT_ON_ORDER, field, row, "UDI-DI %s 不是本行品种的编码", udi->di);
	enum status st = fill_lot(tx, &line->lot, udi->lot, field, row);
	if (st == ST_OK)
		st = fill_day(tx, &line->made_ymd, udi->made_ymd, "生产日期", field, row);
	return st == ST_OK ? fill_day(tx, &line->expiry_ymd, udi->expiry_ymd, "有效期", field, row) : st;
}

enum status udi_check_implant(struct tx *tx, int64_t product_id, const char *name, const struct udi *udi, bool covered,
                              const char *field, int64_t row)
{
	bool by_lot = udi && udi->lot && !udi->serial;
	if (covered || by_lot || !product_flag_on(tx_db(tx), tx->arena, product_id, "implant", tx->today_ymd))
		return ST_OK;
	return tx_fail(tx, ST_NEEDS_UDI, field, row, "%s 是植入类耗材: 请逐件扫 UDI (带序列号); 厂家只标批号的, 请扫该批的 UDI",
	               name);
}
