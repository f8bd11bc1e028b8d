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
	/** Open from the start: the work of every day. */
	daily?: boolean;
}

export const MODULES: Module[] = [
	{ key: "today", title: "今日", entries: [{ path: "/", title: "今日", also: "jr home" }] },
	{ key: "board", title: "工作台", entries: [{ path: "/board", title: "总药师工作台", also: "gzt zysgzt", permission: "REPORT_READ" }] },
	{
		key: "buy", daily: true, title: "采购",
		entries: [
			{ path: "/plans", title: "采购计划", also: "cgjh jh", permission: "ORDER_EDIT", under: ["/plans", "/plan-depots"] },
			{ path: "/site-plans", title: "分院计划", also: "fyjh", permission: "ORDER_READ", under: ["/site-plans"] },
			{ path: "/long-demands", title: "长处方需求", also: "ccf ccfxq", permission: "STOCK_READ" },
			{ path: "/supply", title: "订货单", also: "dhd cgck", permission: "ORDER_EDIT" },
			{ path: "/orders", title: "采购订单", also: "cgdd dd", permission: "ORDER_READ", under: ["/orders", "/order-lines"] },
			{ path: "/platform-differences", title: "平台差异", also: "ptcy", permission: "ORDER_EDIT", under: ["/platform-differences"] },
			{ path: "/platform-messages", title: "平台报送", also: "ptbs bs", permission: "ORDER_EDIT", under: ["/platform-messages"] },
		],
	},
	{
		key: "partner", title: "供应商",
		entries: [
			{ path: "/suppliers", title: "供应商", also: "gys", permission: "PARTNER_READ", under: ["/suppliers"] },
			{ path: "/first-suppliers", title: "首营审批", also: "sy syqy sypz", permission: "PARTNER_READ", under: ["/first-suppliers", "/first-products"] },
			{ path: "/expiring-papers", title: "到期资质", also: "zz zj dq", permission: "PARTNER_READ" },
			{ path: "/waiting-papers", title: "待确认资质", also: "dqr zzqr dqrzz", permission: "PARTNER_READ" },
			{ path: "/makers", title: "生产企业", also: "scqy cj", permission: "PARTNER_READ", under: ["/makers"] },
			{ path: "/maker-permits", title: "视同生产企业", also: "stscqy st", permission: "PARTNER_READ" },
			{ path: "/delivery-rights", title: "配送关系", also: "psgx", permission: "PARTNER_READ" },
			{ path: "/platform-ticks", title: "配送勾选", also: "psgx gx ptgx", permission: "PARTNER_READ" },
			{ path: "/supplier-scores", title: "供应商评分", also: "pf gyspf", permission: "PARTNER_READ", under: ["/supplier-scores", "/supplier-lines"] },
		],
	},
	{
		key: "price", title: "价格",
		entries: [
			{ path: "/prices", title: "价格", also: "jg zbj gwj xj zxj", permission: "CATALOGUE_READ", under: ["/prices"] },
			{ path: "/price-changes", title: "价格变动", also: "jgbd", permission: "CATALOGUE_READ" },
			{ path: "/price-flags", title: "高于现行价格", also: "gyxxjg xjxt", permission: "ORDER_READ", under: ["/price-flags"] },
			{ path: "/filings", title: "备案采购", also: "bacg", permission: "ORDER_READ", under: ["/filings"] },
			{ path: "/negotiations", title: "议价", also: "yj", permission: "ORDER_READ", under: ["/negotiations"] },
			{ path: "/price-adjustments", title: "调价单", also: "tjd tj", permission: "CATALOGUE_READ", under: ["/price-adjustments"] },
			{ path: "/price-claims", title: "调价补差", also: "tjbc bc", permission: "REPORT_READ" },
			{ path: "/price-paid", title: "采购价格明细", also: "cgjgmx jjxj", permission: "REPORT_READ" },
			{ path: "/price-savings", title: "节约", also: "jy xjbj", permission: "REPORT_READ" },
			{ path: "/price-spread", title: "四同比价", also: "stbj st", permission: "REPORT_READ" },
			{ path: "/price-public", title: "价格公示", also: "jggs", permission: "CATALOGUE_READ" },
		],
	},
	{
		key: "volume", title: "集采",
		entries: [
			{ path: "/volume-rounds", title: "集采批次", also: "jc jcpc pc", permission: "VOLUME_READ", under: ["/volume-rounds"] },
			{ path: "/volume-progress", title: "集采进度", also: "jcjd jd", permission: "VOLUME_READ", under: ["/volume-progress", "/volume-credits", "/volume-commitments"] },
			{ path: "/volume-reports", title: "报量", also: "bl bld", permission: "VOLUME_READ", under: ["/volume-reports"] },
			{ path: "/volume-reallocations", title: "约定量调剂", also: "ydltj tj", permission: "VOLUME_READ", under: ["/volume-reallocations"] },
			{ path: "/volume-releases", title: "集采特批", also: "tp bx fzx", permission: "VOLUME_READ", under: ["/volume-releases"] },
		],
	},
	{ key: "receive", title: "到货", entries: [
			{ path: "/receipts", title: "到货验收", also: "dhys sh", permission: "RECEIPT_READ", under: ["/receipts"] },
			{ path: "/supplier-returns", title: "采购退货", also: "cgth thd th", permission: "RECEIPT_READ", under: ["/supplier-returns", "/supplier-return-lines"] },
		] },
	{
		key: "stock", daily: true, title: "库存",
		entries: [
			{ path: "/stock", title: "库存查询", also: "kccx", permission: "STOCK_READ" },
			{ path: "/stock-moves", title: "出入库台账", also: "tz crktz", permission: "STOCK_READ" },
			{ path: "/adjustments", title: "盘点与登记", also: "bs yl pd bsdj yldj", permission: "ADJUST", under: ["/adjustments"] },
			{ path: "/bins", title: "货位", also: "hw", permission: "STOCK_READ" },
			{ path: "/holds", title: "冻结批号", also: "dj", permission: "STOCK_READ" },
			{ path: "/usage-unmatched", title: "HIS 未匹配", also: "his wpp dm", permission: "USAGE_READ", under: ["/his-items", "/his-items-open", "/his-item-history"] },
		],
	},
	{
		key: "ship", daily: true, title: "配送",
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
		key: "settle", title: "结算",
		entries: [
			{ path: "/invoices", title: "发票", also: "fp", permission: "SETTLE_READ", under: ["/invoices", "/invoice-lines", "/proof"] },
			{ path: "/remote-approvals", title: "加开一票批准", also: "jkyp", permission: "SETTLE_READ" },
			{ path: "/payables", title: "应付与付款", also: "yf fk yfk", permission: "SETTLE_READ", under: ["/payables", "/payments", "/estimates", "/money-balances", "/money-entries"] },
			{ path: "/month-closes", title: "月结", also: "yj jz", permission: "MONTH_READ", under: ["/month-closes", "/depot-days", "/depot-lines"] },
			{ path: "/sheets", title: "结算单", also: "js jsd", permission: "SHEET_READ", under: ["/sheets"] },
			{ path: "/watch", title: "监管关注", also: "jg jggz", permission: "REPORT_READ", under: ["/watch"] },
			{ path: "/settle-settings", title: "结算设置", also: "jssz", permission: "SETTLE_READ" },
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
			{ path: "/entitlements", title: "机构许可", also: "jgxk yjk mlxe mlqyr", permission: "CATALOGUE_READ", under: ["/catalogue-settings"] },
		],
	},
	{
		key: "settings", title: "设置",
		entries: [
			{ path: "/demand-settings", title: "备货参数", also: "bhcs", permission: "ORDER_READ" },
			{ path: "/approval-limits", title: "审批限额", also: "spxe cd", permission: "ORDER_READ", under: ["/split-flags"] },
			{ path: "/sites", title: "机构", also: "jg", permission: "CATALOGUE_READ" },
			{ path: "/users", title: "用户", also: "yh", permission: "USER_ADMIN" },
			{ path: "/imports", title: "导入", also: "dr", permission: "IMPORT" },
			{ path: "/refusals", title: "拒绝记录", also: "jj lj", permission: "REPORT_READ" },
			{ path: "/health", title: "系统状态", also: "xtzt bf", permission: "USER_ADMIN" },
		],
	},
];

/** Things to begin, for the palette and the phone. */
export const BEGIN: Entry[] = [
	{ path: "/receipts/new", title: "收货登记", also: "sh", permission: "RECEIVE" },
	{ path: "/supplier-returns/new", title: "新建采购退货", also: "xj cgth", permission: "RETURN_EDIT" },
	{ path: "/plans/new", title: "新建采购计划", also: "xj cgjh", permission: "ORDER_EDIT" },
	{ path: "/site-plans/new", title: "新建分院计划", also: "xj fyjh", permission: "SITE_PLAN_EDIT" },
	{ path: "/orders/new", title: "新建采购订单", also: "xj dd", permission: "ORDER_EDIT" },
	{ path: "/filings/new", title: "新建备案采购", also: "xj bacg", permission: "ORDER_EDIT" },
	{ path: "/negotiations/new", title: "新建议价", also: "xj yj", permission: "PRICE_EDIT" },
	{ path: "/price-adjustments/new", title: "新建调价单", also: "xj tjd", permission: "PRICE_EDIT" },
	{ path: "/invoices/new", title: "登记发票", also: "fp", permission: "INVOICE_EDIT" },
	{ path: "/payments/new", title: "编制付款单", also: "fk", permission: "PAYMENT_EDIT" },
	{ path: "/requests/new", title: "新建请领单", also: "ql", permission: "REQUEST_EDIT" },
	{ path: "/shipments/new", title: "新建配送单", also: "ps fh", permission: "SHIP" },
	{ path: "/exceptions/new", title: "申请临时采购", also: "lscg", permission: "CATALOGUE_APPLY" },
	{ path: "/catalogue-changes/new", title: "申请目录调整", also: "mltz", permission: "CATALOGUE_APPLY" },
	{ path: "/shortages/new", title: "登记缺药", also: "qy", permission: "SHORTAGE_EDIT" },
	{ path: "/adjustments/new?reason=lost", title: "登记报损", also: "bs", permission: "ADJUST" },
	{ path: "/adjustments/new?reason=usage", title: "登记用量", also: "yl", permission: "ADJUST" },
];
