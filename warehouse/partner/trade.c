#include "warehouse/partner/trade.h"

#include <string.h>

const struct business businesses[] = {
        {"drug", "药品", TRADE_DRUGS, "drug_licence"},
        {"device", "医疗器械", TRADE_DEVICES, "device_licence"},
        {"both", "药品和医疗器械", TRADE_DRUGS | TRADE_DEVICES, "drug_licence"},
        {"pieces", "中药饮片生产企业", TRADE_PIECES, "pieces_licence"},
        {"preparation", "医疗机构 (制剂调剂)", TRADE_PREPARATIONS, "preparation_licence"},
        {NULL, NULL, 0, NULL},
};
const struct goods_kind goods_kinds[] = {
        {"drug", "药品", GOODS_DRUG, TRADE_DRUGS},
        {"decoction", "中药饮片", GOODS_DECOCTION, TRADE_DRUGS | TRADE_PIECES},
        {"granule", "配方颗粒", GOODS_GRANULE, TRADE_DRUGS | TRADE_PIECES},
        {"preparation", "医疗机构制剂", GOODS_PREPARATION, TRADE_DRUGS | TRADE_PREPARATIONS},
        {"consumable", "医用耗材", GOODS_CONSUMABLE, TRADE_DEVICES},
        {NULL, NULL, 0, 0},
};

const struct business *business_of(const char *word)
{
	for (const struct business *b = businesses; word && b->word; b++)
		if (strcmp(b->word, word) == 0)
			return b;
	return &businesses[0];
}

const struct goods_kind *goods_kind_of(const char *word)
{
	for (const struct goods_kind *g = goods_kinds; word && g->word; g++)
		if (strcmp(g->word, word) == 0)
			return g;
	return &goods_kinds[0];
}
