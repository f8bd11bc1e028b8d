// Words of the catalogue that several pages show.
export const LEVEL: Record<string, string> = { county: "县级", township: "乡镇", village: "村级" };
export const WHAT: Record<string, string> = { admission: "新增", change: "变更", stop: "停用", replacement: "替换", restore: "恢复" };
export const KIND: Record<string, string> = { drug: "药品", decoction: "中药饮片", granule: "配方颗粒", preparation: "院内制剂", consumable: "医用耗材" };
export const CAUSE: Record<string, string> = { patient: "患者用药需要", specialist: "外聘专家坐诊", emergency: "急救抢救" };
export const VOTE: Record<string, string> = { for: "同意", against: "反对", abstain: "弃权" };
export const ANTIBIOTIC: Record<string, string> = { unrestricted: "非限制", restricted: "限制", special: "特殊" };
export const INSURANCE: Record<string, string> = { A: "甲", B: "乙", C: "丙" };
export const CODE: Record<string, string> = { gtin: "商品条码 / UDI-DI", national: "本位码", nhsa: "医保编码", platform: "平台编码", site: "院内编码", trace: "药品标识码" };

/** Fields of a product that an application may name, in the order of the form; the words are those of the service. */
export interface FieldWord {
	field: string;
	title: string;
	/** Must be there when a product is admitted. */
	needed?: boolean;
	/** Stock is counted by it: only when it is admitted. */
	fixed?: boolean;
	options?: Record<string, string>;
	/** A number: it may change, but not be empty. */
	number?: boolean;
}
/** What a change may take away: flags, and texts that no product must have. */
export const clearable = (of: FieldWord) => of.field.startsWith("flag.") || (!of.needed && !of.options && !of.number && of.field !== "drug_name");
export const FIELDS: FieldWord[] = [
	{ field: "name", title: "名称", needed: true },
	{ field: "code", title: "品种代码", needed: true, fixed: true },
	{ field: "kind", title: "品种类别", options: KIND },
	{ field: "form", title: "剂型", needed: true },
	{ field: "strength", title: "含量规格", needed: true },
	{ field: "spec", title: "包装规格", needed: true },
	{ field: "maker", title: "生产企业", needed: true },
	{ field: "unit_name", title: "最小单位", needed: true, fixed: true },
	{ field: "pack_name", title: "包装单位", needed: true },
	{ field: "units_per_pack", title: "每包装数量", needed: true, fixed: true },
	{ field: "units_per_box", title: "每中包装数量", fixed: true },
	{ field: "units_per_case", title: "每件数量", fixed: true },
	{ field: "approval_no", title: "批准文号 / 注册证", needed: true },
	{ field: "drug_name", title: "通用名 (同名称时不填)" },
	{ field: "drug_class", title: "类别", options: { western: "西药", patent: "中成药", decoction: "饮片" } },
	{ field: "storage", title: "储存条件", options: { normal: "常温", cool: "阴凉", cold: "冷藏" } },
	{ field: "origin", title: "产地" },
	{ field: "standard", title: "执行标准" },
	{ field: "trade_name", title: "商品名" },
	{ field: "warn_days", title: "近效期预警天数", number: true },
	{ field: "gtin", title: "商品条码 / UDI-DI" },
	{ field: "national_code", title: "本位码" },
	{ field: "nhsa_code", title: "医保编码" },
	{ field: "level.county", title: "县级目录", options: { 1: "列入", 0: "不列入" } },
	{ field: "level.township", title: "乡镇目录", options: { 1: "列入", 0: "不列入" } },
	{ field: "level.village", title: "村级目录", options: { 1: "列入", 0: "不列入" } },
	{ field: "flag.antibiotic", title: "抗菌药物分级", options: { unrestricted: "非限制使用级", restricted: "限制使用级", special: "特殊使用级" } },
	{ field: "flag.controlled", title: "特殊管理", options: { narcotic: "麻醉药品", psychotropic1: "第一类精神药品", psychotropic2: "第二类精神药品", toxic: "医疗用毒性药品", radioactive: "放射性药品" } },
	{ field: "flag.essential", title: "基本药物", options: { yes: "是" } },
	{ field: "flag.insurance", title: "医保类别", options: { A: "甲类", B: "乙类", C: "丙类" } },
	{ field: "flag.high_alert", title: "高警示", options: { A: "A 级", B: "B 级", C: "C 级" } },
	{ field: "flag.look_alike", title: "听似看似 (易混淆药名)" },
	{ field: "flag.negotiated", title: "国谈药", options: { yes: "是" } },
	{ field: "flag.selected", title: "中选药品", options: { yes: "是" } },
	{ field: "flag.monitored", title: "重点监控", options: { yes: "是" } },
	{ field: "flag.implant", title: "植入类耗材", options: { yes: "是" } },
	{ field: "flag.rescue", title: "急抢救药", options: { yes: "是" } },
	{ field: "flag.shortage", title: "短缺/易短缺", options: { short: "短缺", scarce: "易短缺" } },
	{ field: "flag.cold_chain", title: "冷链药品", options: { yes: "是" } },
	{ field: "flag.precursor", title: "药品类易制毒", options: { yes: "是" } },
	{ field: "flag.ephedrine", title: "含麻黄碱复方", options: { yes: "是" } },
];
const KNOWN = new Map(FIELDS.map((one) => [one.field, one]));
/** In the order of the form. */
export const byForm = (a: { field: string }, b: { field: string }) => FIELDS.findIndex((one) => one.field === a.field) - FIELDS.findIndex((one) => one.field === b.field);
export const fieldTitle = (field: string) => KNOWN.get(field)?.title ?? field;
export const fieldValue = (field: string, value: string | null) => (value === null || value === "" ? "—" : (KNOWN.get(field)?.options?.[value] ?? value));
