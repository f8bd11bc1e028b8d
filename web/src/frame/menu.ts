// The modules and where they lead. A permission hides what the user has no business with; the service decides anyway.
export interface Entry {
	path: string;
	title: string;
	/** Other names it is found by in the palette. */
	also?: string;
	permission?: string;
	/** Path prefixes under which this entry is lit. */
	under?: string[];
}
export interface Module {
	key: string;
	title: string;
	entries: Entry[];
}

export const MODULES: Module[] = [
	{ key: "today", title: "今日", entries: [{ path: "/", title: "今日", also: "jr home" }] },
	{ key: "board", title: "工作台", entries: [{ path: "/board", title: "总药师工作台", also: "gzt zysgzt", permission: "REPORT_READ" }] },
	{
		key: "buy", title: "采购",
		entries: [
			{ path: "/supply", title: "采购计划", also: "cgjh dhd", permission: "ORDER_EDIT" },
			{ path: "/orders", title: "采购订单", also: "cgdd dd", permission: "ORDER_READ", under: ["/orders"] },
		],
	},
	{ key: "receive", title: "到货", entries: [{ path: "/receipts", title: "到货验收", also: "dhys sh", permission: "RECEIPT_READ", under: ["/receipts"] }] },
	{
		key: "stock", title: "库存",
		entries: [
			{ path: "/stock", title: "库存查询", also: "kccx", permission: "STOCK_READ" },
			{ path: "/stock-moves", title: "出入库台账", also: "tz crktz", permission: "STOCK_READ" },
			{ path: "/adjustments", title: "盘点与登记", also: "bs yl pd bsdj yldj", permission: "ADJUST", under: ["/adjustments"] },
			{ path: "/holds", title: "冻结批号", also: "dj", permission: "STOCK_READ" },
			{ path: "/usage-unmatched", title: "HIS 未匹配", also: "his wpp dm", permission: "USAGE_IMPORT" },
		],
	},
	{
		key: "ship", title: "配送",
		entries: [
			{ path: "/requests", title: "请领单", also: "ql qld", permission: "REQUEST_READ", under: ["/requests"] },
			{ path: "/shipments", title: "配送单", also: "ps psd fh", permission: "SHIPMENT_READ", under: ["/shipments"] },
			{ path: "/discrepancies", title: "收货差异", also: "cy", permission: "SHIPMENT_READ", under: ["/discrepancies"] },
		],
	},
	{ key: "trace", title: "追溯", entries: [{ path: "/trace", title: "追溯查询", also: "zs", permission: "TRACE_READ", under: ["/trace"] }] },
	{ key: "shortage", title: "缺药", entries: [{ path: "/shortages", title: "缺药登记", also: "qy qydj", permission: "SHORTAGE_READ", under: ["/shortages"] }] },
	{
		key: "cold", title: "冷链",
		entries: [
			{ path: "/coldchain", title: "冷链看板", also: "ll", permission: "COLDCHAIN_READ", under: ["/coldchain", "/sensors"] },
			{ path: "/alarms", title: "冷链报警", also: "bj", permission: "COLDCHAIN_READ" },
		],
	},
	{
		key: "catalogue", title: "目录",
		entries: [
			{ path: "/products", title: "药品目录", also: "ypml", permission: "CATALOGUE_READ", under: ["/products"] },
			{ path: "/level-lists", title: "分级目录", also: "fjml xj xz cj", permission: "CATALOGUE_READ" },
			{ path: "/catalogue-changes", title: "目录调整", also: "mltz yswyh", permission: "CATALOGUE_READ", under: ["/catalogue-changes"] },
			{ path: "/exceptions", title: "临时采购", also: "lscg", permission: "REQUEST_READ", under: ["/exceptions"] },
			{ path: "/code-bindings", title: "编码绑定", also: "bmbd", permission: "CATALOGUE_READ" },
			{ path: "/entitlements", title: "机构许可", also: "jgxk yjk", permission: "CATALOGUE_READ", under: ["/catalogue-settings"] },
		],
	},
	{
		key: "settings", title: "设置",
		entries: [
			{ path: "/suppliers", title: "供应商", also: "gys", permission: "CATALOGUE_READ" },
			{ path: "/sites", title: "机构", also: "jg", permission: "CATALOGUE_READ" },
			{ path: "/users", title: "用户", also: "yh", permission: "USER_ADMIN" },
			{ path: "/imports", title: "导入", also: "dr", permission: "IMPORT" },
			{ path: "/refusals", title: "拒绝记录", also: "jj lj", permission: "REPORT_READ" },
		],
	},
];

/** Things to begin, for the palette and the phone. */
export const BEGIN: Entry[] = [
	{ path: "/receipts/new", title: "收货登记", also: "sh", permission: "RECEIVE" },
	{ path: "/orders/new", title: "新建采购订单", also: "xj dd", permission: "ORDER_EDIT" },
	{ path: "/requests/new", title: "新建请领单", also: "ql", permission: "REQUEST_EDIT" },
	{ path: "/shipments/new", title: "新建配送单", also: "ps fh", permission: "SHIP" },
	{ path: "/exceptions/new", title: "申请临时采购", also: "lscg", permission: "CATALOGUE_APPLY" },
	{ path: "/catalogue-changes/new", title: "申请目录调整", also: "mltz", permission: "CATALOGUE_APPLY" },
	{ path: "/shortages/new", title: "登记缺药", also: "qy", permission: "SHORTAGE_EDIT" },
	{ path: "/adjustments/new?reason=lost", title: "登记报损", also: "bs", permission: "ADJUST" },
	{ path: "/adjustments/new?reason=usage", title: "登记用量", also: "yl", permission: "ADJUST" },
];
