/*
 * 监管关注 (004 附件7): what grew suddenly, what is always bought at the ceiling, what has one source, and what part of a month
 * went to antibiotics and to drugs under watch. From the monthly sums of accepted goods of the county; each row opens the
 * payables of its month, and its returns: what went back in a month lowers what was bought in it. RULE DOMAIN-8-watch
 */
#include "service/api/documents.h"
#include "warehouse/settlement/setting.h"

/* The three months before, as yyyymm; January looks back into the year before. */
#define BACK(month, n) "(CASE WHEN " month " % 100 > " #n " THEN " month " - " #n " ELSE " month " - 88 - " #n " END)"
#define MEAN(table, key, month)                                                                                \
	"(SELECT CAST(coalesce(sum(o.amount_fen), 0) AS BIGINT) / 3 FROM " table " o WHERE o." key " = b." key \
	" AND o.month >= " BACK(month, 3) " AND o.month < " month ")"
/* Growth in percent of the mean; NULL where nothing was bought before: never a number out of nothing. */
#define GROWTH(mean) "CASE WHEN " mean " > 0 THEN b.amount_fen * 100 / " mean " END"
/* The setting stands in the statement: it holds on the last day of the row's month. */
#define LIMIT                                                                                                                  \
	"coalesce((SELECT g.value FROM settle_setting g WHERE g.name = 'growth_percent' AND g.from_ymd <= b.month * 100 + 31 " \
	"ORDER "                                                                                                               \
	"BY g.from_ymd DESC LIMIT 1), 150)"
#define P_MEAN MEAN("buy_month", "product_id", "b.month")
#define M_MEAN MEAN("buy_maker_month", "maker_no", "b.month")
#define MAKERS "(SELECT count(DISTINCT q.maker) FROM product q WHERE q.drug_id = p.drug_id AND q.active = 1)"
#define AT_CEILING "(b.lines > 0 AND b.ceiling_lines = b.lines)"
#define GREW(mean) "(" mean " > 0 AND b.amount_fen * 100 >= " mean " * " LIMIT ")"

/* Products that bore a flag on some day of a month; not those whose flag was taken back before it held. RULE DOMAIN-8-watch-share
 */
#define FLAGGED(flag, month)                                                                                               \
	"(SELECT fl.product_id FROM product_flag fl WHERE fl.flag = " flag " AND fl.from_ymd <= " month " * 100 + 31 AND " \
	"(fl.to_ymd IS NULL OR (fl.to_ymd >= " month " * 100 + 1 AND fl.to_ymd >= fl.from_ymd)))"

static const struct list_column product_columns[] = {
        {"month", L_INT, "b.month", "月份", NULL},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        PACK_COLUMNS,
        {"units", L_INT, "b.units", "数量 (减退货)", NULL},
        {"amount", L_FEN, "b.amount_fen", "金额 (减退货)", NULL},
        {"returned_units", L_INT, "b.returned_units", "退货数量", NULL},
        {"returned", L_FEN, "b.returned_fen", "退货金额", NULL},
        {"mean", L_FEN, P_MEAN, "前三个月均值", NULL},
        {"growth_percent", L_INT_OR_NULL, GROWTH(P_MEAN), "为均值的 %", NULL},
        {"grew", L_BOOL, GREW(P_MEAN), "突增", NULL},
        {"lines", L_INT, "b.lines", "验收批次", NULL},
        {"ceiling_lines", L_INT, "b.ceiling_lines", "按限价采购批次", NULL},
        {"at_ceiling", L_BOOL, AT_CEILING, "总按限价采购", NULL},
        {"makers", L_INT, MAKERS, "同通用名生产企业数", NULL},
        {"single_source", L_BOOL, MAKERS " = 1", "独家", NULL},
        NO_COLUMN,
};
static const struct list_filter product_filters[] = {
        {"month", L_INT, "b.month = :f_month_id"},
        {"flag", L_TEXT, "b.product_id IN " FLAGGED(":f_flag_t", "b.month")},
        {"grew", L_BOOL, "CAST(" GREW(P_MEAN) " AS INTEGER) = :f_grew_id"},
        {"at_ceiling", L_BOOL, "CAST(" AT_CEILING " AS INTEGER) = :f_at_ceiling_id"},
        {"single_source", L_BOOL, "CAST(" MAKERS " = 1 AS INTEGER) = :f_single_source_id"},
        NO_FILTER};
#define PRODUCTS "buy_month b JOIN product p ON p.id = b.product_id WHERE "
static const struct list_rule with_flag = {.also = "flag"};
static const struct list_path product_paths[] = {
        {"month", PRODUCTS "b.month = :f_month_id", {"b.product_id"}, false, &with_flag},
        {"month", PRODUCTS "b.month = :f_month_id", {"b.product_id"}, false, NULL},
        {NULL, PRODUCTS "1 = 1", {"b.month", "b.product_id"}, true, NULL},
};
const struct list_spec list_watch_products = {.name = "watch-products",
                                              .title = "监管关注 (品种)",
                                              .columns = product_columns,
                                              .filters = product_filters,
                                              .paths = product_paths};

static const struct list_column maker_columns[] = {
        {"month", L_INT, "b.month", "月份", NULL},
        {"maker", L_TEXT, "m.name", "生产企业", NULL},
        {"amount", L_FEN, "b.amount_fen", "金额 (减退货)", NULL},
        {"returned", L_FEN, "b.returned_fen", "其中退货", NULL},
        {"mean", L_FEN, M_MEAN, "前三个月均值", NULL},
        {"growth_percent", L_INT_OR_NULL, GROWTH(M_MEAN), "为均值的 %", NULL},
        {"grew", L_BOOL, GREW(M_MEAN), "突增", NULL},
        {"lines", L_INT, "b.lines", "验收批次", NULL},
        NO_COLUMN,
};
static const struct list_filter maker_filters[] = {
        {"month", L_INT, "b.month = :f_month_id"}, {"grew", L_BOOL, "CAST(" GREW(M_MEAN) " AS INTEGER) = :f_grew_id"}, NO_FILTER};
#define MAKER_ROWS "buy_maker_month b JOIN buy_maker m ON m.no = b.maker_no WHERE "
static const struct list_path maker_paths[] = {
        {"month", MAKER_ROWS "b.month = :f_month_id", {"b.maker_no"}, false, NULL},
        {NULL, MAKER_ROWS "1 = 1", {"b.month", "b.maker_no"}, true, NULL},
};
const struct list_spec list_watch_makers = {.name = "watch-makers",
                                            .title = "监管关注 (企业)",
                                            .columns = maker_columns,
                                            .filters = maker_filters,
                                            .paths = maker_paths};

/* ---- shares of a month ---- */

#define KINDS "(SELECT 1 AS no, 'monitored' AS flag UNION ALL SELECT 2, 'antibiotic')"
#define SUM_OF(what)         \
	"(SELECT CAST(" what \
	" AS BIGINT) FROM buy_month b WHERE b.month = m.month AND b.product_id IN " FLAGGED("k.flag", "m.month") ")"
#define KIND_FEN SUM_OF("coalesce(sum(b.amount_fen), 0)")
static const struct word_title kind_titles[] = {{"antibiotic", "抗菌药物"}, {"monitored", "重点监控药品"}, {NULL, NULL}};
static const struct list_column share_columns[] = {
        {"month", L_INT, "m.month", "月份", NULL},
        {"kind", L_TEXT, "k.flag", "类别", NULL},
        {"kind_title", L_TEXT, "k.flag", "类别名称", kind_titles},
        {"products", L_INT, SUM_OF("count(*)"), "品种数", NULL},
        {"amount", L_FEN, KIND_FEN, "金额", NULL},
        {"total", L_FEN, "m.amount_fen", "全部采购金额", NULL},
        {"share_permille", L_INT_OR_NULL, "CASE WHEN m.amount_fen > 0 THEN " KIND_FEN " * 1000 / m.amount_fen END", "占比 (‰)",
         NULL},
        NO_COLUMN,
};
static const struct list_filter share_filters[] = {
        {"month", L_INT, "m.month = :f_month_id"}, {"kind", L_TEXT, "k.flag = :f_kind_t"}, NO_FILTER};
#define MONTHS "buy_total m CROSS JOIN " KINDS " AS k ON k.no > 0 /*scan: two rows a month*/ WHERE "
static const struct list_path share_paths[] = {
        {"month", MONTHS "m.month = :f_month_id", {"k.no"}, true, NULL},
        {NULL, MONTHS "1 = 1", {"m.month", "k.no"}, true, NULL},
};
const struct list_spec list_watch_shares = {.name = "watch-shares",
                                            .title = "监管关注 (抗菌药物与重点监控占比)",
                                            .columns = share_columns,
                                            .filters = share_filters,
                                            .paths = share_paths};

/* ---- the same of each site: what it got ---- RULE DOMAIN-12.3-site-shares */

#define MINE(site) "EXISTS (SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = " site ")"
#define SITE_SUM_OF(what)                                                                                                 \
	"(SELECT CAST(" what " AS BIGINT) FROM site_goods_month b WHERE b.month = m.month AND b.site_id = m.site_id AND " \
	"b.product_id IN " FLAGGED("k.flag", "m.month") ")"
#define SITE_KIND_FEN SITE_SUM_OF("coalesce(sum(b.amount_fen), 0)")
static const struct list_column site_share_columns[] = {
        {"month", L_INT, "m.month", "月份", NULL},
        {"site_id", L_ID, "m.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"kind", L_TEXT, "k.flag", "类别", NULL},
        {"kind_title", L_TEXT, "k.flag", "类别名称", kind_titles},
        {"products", L_INT, SITE_SUM_OF("count(*)"), "品种数", NULL},
        {"amount", L_FEN, SITE_KIND_FEN, "金额", NULL},
        {"total", L_FEN, "m.amount_fen", "全部收进金额", NULL},
        {"share_permille", L_INT_OR_NULL, "CASE WHEN m.amount_fen > 0 THEN " SITE_KIND_FEN " * 1000 / m.amount_fen END",
         "占比 (‰)", NULL},
        NO_COLUMN,
};
static const struct list_filter site_share_filters[] = {{"month", L_INT, "m.month = :f_month_id"},
                                                        {"site_id", L_ID, "m.site_id = :f_site_id_id"},
                                                        {"kind", L_TEXT, "k.flag = :f_kind_t"},
                                                        NO_FILTER};
#define SITE_MONTHS                                                                                                  \
	"site_goods_total m JOIN site s ON s.id = m.site_id CROSS JOIN " KINDS " AS k ON k.no > 0 /*scan: two rows " \
	"a month and site*/ WHERE " MINE("m.site_id")
static const struct list_path site_share_paths[] = {
        {NULL, SITE_MONTHS, {"m.month", "m.site_id", "k.no"}, true, NULL},
};
static const char *const site_share_served[] = {"month", NULL};
const struct list_spec list_watch_site_shares = {.name = "watch-site-shares",
                                                 .title = "监管关注 (各机构抗菌药物与重点监控占比)",
                                                 .columns = site_share_columns,
                                                 .filters = site_share_filters,
                                                 .paths = site_share_paths,
                                                 .served = site_share_served,
                                                 .scan = 200};

#define SITE_MEAN                                                                                                             \
	"(SELECT CAST(coalesce(sum(o.amount_fen), 0) AS BIGINT) / 3 FROM site_goods_month o WHERE o.site_id = b.site_id AND " \
	"o.product_id = b.product_id AND o.month IN (" BACK("b.month", 1) ", " BACK("b.month", 2) ", " BACK("b.month", 3) "))"
static const struct list_column site_product_columns[] = {
        {"month", L_INT, "b.month", "月份", NULL},
        {"site_id", L_ID, "b.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        PACK_COLUMNS,
        {"units", L_INT, "b.units", "收进数量", NULL},
        {"amount", L_FEN, "b.amount_fen", "收进金额", NULL},
        {"total", L_FEN, "m.amount_fen", "全部收进金额", NULL},
        {"share_permille", L_INT_OR_NULL, "CASE WHEN m.amount_fen > 0 THEN b.amount_fen * 1000 / m.amount_fen END", "占比 (‰)",
         NULL},
        {"mean", L_FEN, SITE_MEAN, "前三个月均值", NULL},
        {"growth_percent", L_INT_OR_NULL, GROWTH(SITE_MEAN), "为均值的 %", NULL},
        {"grew", L_BOOL, GREW(SITE_MEAN), "突增", NULL},
        {"lines", L_INT, "b.lines", "笔数", NULL},
        NO_COLUMN,
};
static const struct list_filter site_product_filters[] = {{"site_id", L_ID, "b.site_id = :f_site_id_id"},
                                                          {"month", L_INT, "b.month = :f_month_id"},
                                                          {"product_id", L_ID, "+b.product_id = :f_product_id_id"},
                                                          {"flag", L_TEXT, "b.product_id IN " FLAGGED(":f_flag_t", "b.month")},
                                                          {"grew", L_BOOL, "CAST(" GREW(SITE_MEAN) " AS INTEGER) = :f_grew_id"},
                                                          NO_FILTER};
#define SITE_PRODUCTS                                                                                                      \
	"site_goods_month b JOIN site_goods_total m ON m.month = b.month AND m.site_id = b.site_id JOIN site s ON s.id = " \
	"b.site_id JOIN product p ON p.id = b.product_id WHERE " MINE("b.site_id")
/* Of one site and month the largest amount first: the top ten are the first ten. */
static const struct list_rule with_month = {.also = "month"};
static const struct list_path site_product_paths[] = {
        {"site_id",
         SITE_PRODUCTS " AND b.site_id = :f_site_id_id AND b.month = :f_month_id",
         {"b.amount_fen", "b.product_id"},
         true,
         &with_month},
        {NULL, SITE_PRODUCTS, {"b.month", "b.site_id", "b.product_id"}, true, NULL},
};
static const char *const site_product_served[] = {"month", NULL};
const struct list_spec list_watch_site_products = {.name = "watch-site-products",
                                                   .title = "监管关注 (各机构收进的品种)",
                                                   .columns = site_product_columns,
                                                   .filters = site_product_filters,
                                                   .paths = site_product_paths,
                                                   .served = site_product_served};

static const struct word_title source_titles[] = {
        {"bought", "采购入库"}, {"returned", "退供应商"}, {"moved", "机构间调拨"}, {NULL, NULL}};
static const struct list_column site_line_columns[] = {
        {"id", L_ID, "l.id", "编号", NULL},
        {"site_id", L_ID, "l.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"month", L_INT, "l.month", "月份", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        PACK_COLUMNS,
        {"source", L_TEXT, "l.source", "来源", NULL},
        {"source_title", L_TEXT, "l.source", "来源名称", source_titles},
        {"document_id", L_ID, "l.document_id", "单据编号", NULL},
        {"document_kind", L_TEXT, "d.kind", "单据类别", NULL},
        {"document_number", L_TEXT, "d.number", "单号", NULL},
        {"party", L_TEXT, "coalesce(sp.name, o.name)", "对方", NULL},
        {"units", L_INT, "l.units", "数量", NULL},
        {"amount", L_FEN, "l.amount_fen", "金额", NULL},
        NO_COLUMN,
};
static const struct list_filter site_line_filters[] = {{"site_id", L_ID, "l.site_id = :f_site_id_id"},
                                                       {"month", L_INT, "l.month = :f_month_id"},
                                                       {"product_id", L_ID, "l.product_id = :f_product_id_id"},
                                                       {"source", L_TEXT, "l.source = :f_source_t"},
                                                       NO_FILTER};
#define SITE_LINES                                                                                                             \
	" JOIN site s ON s.id = l.site_id JOIN product p ON p.id = l.product_id JOIN document d ON d.id = l.document_id LEFT " \
	"JOIN supplier sp ON sp.id = l.supplier_id LEFT JOIN site o ON o.id = l.other_site_id WHERE "
static const struct list_path site_line_paths[] = {
        {"site_id",
         "site_goods_line l" SITE_LINES MINE("l.site_id") " AND l.site_id = :f_site_id_id AND l.month = :f_month_id",
         {"l.product_id", "l.id"},
         true,
         &with_month},
        {NULL,
         "user_site us CROSS JOIN site_goods_line l ON l.site_id = us.site_id" SITE_LINES "us.user_id = :me_id",
         {"us.site_id", "l.month", "l.product_id", "l.id"},
         true,
         NULL},
};
static const char *const site_line_served[] = {"product_id", NULL};
const struct list_spec list_watch_site_lines = {.name = "watch-site-lines",
                                                .title = "监管关注 (机构收进的明细)",
                                                .columns = site_line_columns,
                                                .filters = site_line_filters,
                                                .paths = site_line_paths,
                                                .served = site_line_served};
