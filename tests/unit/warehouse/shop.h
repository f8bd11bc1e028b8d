/* A small store for tests of imports, with what the last import said; and files that fill it. */
#pragma once
#include "core/people.h"
#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demo/demo.h"
#include "warehouse/intake/intake.h"

#include <string.h>

/* A store with its bare lead hospital, and a place for what the last import said. */
struct shop {
	struct clock clock;
	struct writer w;
	struct arena a;
	struct faults faults;
	struct intake_report report;
	int64_t user, lead, depot;
};

struct import {
	const struct intake_kind *kind;
	const char *text;
	size_t n;
	struct intake_options options;
	void *context;
	struct shop *shop;
	bool dry;
};

#define SITES                                                              \
	"code,name,kind,parent_code,inhabitants,depots\n"                  \
	"C1,一村卫生室,clinic,T1,300,\n"                              \
	"A0,县医院,lead,,90000,YK:药库:store;BY1:内科备用:ward\n" \
	"T1,一镇卫生院,township,A0,12000,\n"
#define SUPPLIERS \
	"code,name,licence_no,licence_until_ymd,phone\nS1,省医药公司,皖A001,2027-12-31,0551-1\nS2,二公司,皖A002,2026/12/31,\n"
#define PRODUCT_HEAD                                                                                                          \
	"code,name,form,spec,maker,unit_name,pack_name,units_per_pack,units_per_box,units_per_case,approval_no,gtin,storage," \
	"traced\n"
#define PRODUCTS                                                                                                                           \
	PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,24,240,2400,国药准字H1,6901234567892,常温,1\n" \
	             "P2,\"维生素C片, 含糖\",片剂,0.1g×100片/瓶,乙厂,片,瓶,100,,,,,normal,0\n"
#define CEILINGS "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,12.5,20260101,,省平台\nP2,3.20,20260101,,省平台\n"
#define OPENING                                                             \
	"site_code,depot_code,product_code,lot,made_ymd,expiry_ymd,units\n" \
	"A0,YK,P1,L1,20260105,2028-01-04,2400\nA0,YK,P1,L2,,20270131,48\nT1,YF,P2,V9,,202712,500\n"

#define BINS "site_code,depot_code,product_code,bin\nA0,YK,P1,A01-01\nT1,YF,P2,\n"
#define LONG_DEMANDS                                                                  \
	"site_code,depot_code,product_code,units_30,from_ymd,until_ymd,source,note\n" \
	"T1,YF,P2,60,20261101,20261231,慢病门诊,\n"
#define HIS_ITEMS                                             \
	"site_code,item_code,item_name,product_code,factor\n" \
	"T1,H1,阿莫西林胶囊 0.25g,P1,24\nT1,H2,维C片,P2,\nA0,H3,不知名片,,\n"
#define PRODUCT_FLAGS                                                                                                  \
	"product_code,flag,value,from_ymd,to_ymd,source\n"                                                             \
	"P1,基本药物,,2026/1/1,,2026 基药目录\nP1,抗菌药物分级,非限制使用级,20260101,,省目录\n" \
	"P2,insurance,B,20260101,2027年12月31日,2026 医保目录\n"
#define PRODUCT_CODES                                       \
	"product_code,kind,code,units,multiplier,divider\n" \
	"P1,平台编码,PT-1,,,\nP1,药品标识码,8100001,,10,\nP2,site,V-C,1,,\n"
#define RIGHTS_OF_TWO "supplier_code,maker_name,region,from_ymd,until_ymd\nS1,乙厂,新县,20250101,\nS2,乙厂,,20250101,20301231\n"
#define TICKS "product_code,supplier_code,platform_code,from_ymd,until_ymd\nP1,S1,0012345,20260101,\nP2,S2,,20260101,20261231\n"
#define INVOICES                                                                                                              \
	"invoice_no,leg,supplier_code,issuer,buyer,issued_ymd,net,tax,gross,red_of_no,red_kind,product_code,lot,units,units_" \
	"per_pack,price,amount\n"                                                                                             \
	"25342000000000000001,2,S1,,,20260105,30,,30,,,P1,L1,48,,12.5,25\n"                                                   \
	"25342000000000000001,2,S1,,,20260105,30,,30,,,P2,,100,,,5\n"                                                         \
	"25342000000000000003,2,S1,,,20260106,4.60,0.40,5,25342000000000000001,补差,P1,,0,,,5\n"                            \
	"25342000000000000002,1,S1,甲厂,,20260101,900,100,1000,,,P1,,2400,,,1000\n"

enum status shop_run(struct shop *s, enum status (*job)(struct tx *, void *), void *arg);
void shop_open(struct shop *s);
void shop_drop(struct shop *s);
/* The job of a struct import, by the shop's user or by the program. */
enum status shop_import_job(struct tx *tx, void *arg);
enum status shop_import_n(struct shop *s, const struct intake_kind *kind, const char *text, size_t n, bool keep_good, bool dry);
enum status shop_import(struct shop *s, const struct intake_kind *kind, const char *text);
void shop_expect(const struct shop *s, int64_t added, int64_t changed, int64_t unchanged, int64_t refused);
/* Is this row refused at this field for that reason? */
bool shop_refused(const struct shop *s, int64_t row, const char *field, enum status st);
int64_t shop_ask(struct shop *s, const char *sql);
const char *shop_export(struct shop *s, const struct intake_kind *kind);
/* Sites, suppliers, products, ceilings, opening stock and delivery rights. */
void shop_fill(struct shop *s);
