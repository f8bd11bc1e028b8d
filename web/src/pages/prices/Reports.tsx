// The lists that follow from the price rule: what is above it, what was paid, what differs, what the public may read.
import { Button } from "antd";
import type { ReactNode } from "react";
import type { Query } from "../../base/api";
import { group, money, ymd } from "../../base/format";
import { go } from "../../base/route";
import { can } from "../../base/session";
import type { Packing } from "../../base/types";
import { Chip, Drug, To, Units } from "../../parts/cells";
import { ListPage } from "../../parts/ListPage";
import { ProductFilter } from "../../parts/ProductFilter";
import { KINDS } from "./words";

interface Head extends Packing {
	product_id: string;
	product_code: string;
	product_name: string;
	spec?: string;
	maker?: string;
}
const product = { key: "product", title: "药品", card: "title" as const, show: (row: Head) => <To path={`/products/${row.product_id}`}><Drug name={row.product_name} spec={row.spec} maker={row.maker} /></To> };
const price = (of: string | null | undefined) => <span className="num">{money(of)}</span>;
const RULES = ["selected", "agreed", "listed", "filed"].map((value) => ({ value, label: KINDS[value] }));

interface Flag extends Head {
	price: string;
	rule_price: string | null;
	rule_title: string | null;
	rule_source: string | null;
	rule_from_ymd: number | null;
	since_ymd: number;
}
const flagTail = [
	{ key: "price", title: "单价", align: "right" as const, show: (row: Flag) => <b className="num">{money(row.price)}</b> },
	{ key: "rule", title: "现行价格", align: "right" as const, show: (row: Flag) => (row.rule_price ? <span className="num">{money(row.rule_price)} <small className="mute">{row.rule_title}</small></span> : <Chip tone="bad">已无挂网价</Chip>) },
	{ key: "source", title: "依据", card: "hide" as const, show: (row: Flag) => row.rule_source && <small>{row.rule_source}, <span className="num">{ymd(row.rule_from_ymd)} 起</span></small> },
	{ key: "since", title: "发现", card: "hide" as const, show: (row: Flag) => <span className="num">{ymd(row.since_ymd)}</span> },
];
const FLAGS = [["/price-flags", "订单行"], ["/price-flags/stock", "库存"], ["/price-flags/receipts", "收货"], ["/price-flags/issue", "发药价"]];
const Others = ({ here }: { here: string }) => FLAGS.filter(([path]) => path !== here).map(([path, title]) => <Button key={path} onClick={() => go(path)}>{title}</Button>);

interface OrderFlag extends Flag {
	order_line_id: string;
	order_id: string;
	order_number: string;
	order_state_title: string;
	supplier_name: string;
	site_name: string;
	due_units: number;
}
export function PriceFlagOrders() {
	return (
		<ListPage<OrderFlag>
			title="高于现行价格的未到货订单行" search={false} resource="price-flags/orders" topics={["prices", "orders", "imports"]}
			id={(row) => row.order_line_id} open={(row) => `/orders/${row.order_id}`} extra={<Others here="/price-flags" />}
			empty="没有。限价下调或中选价执行后, 单价高于新价格的未到货订单行会列在这里, 请与供应商改价或关闭。"
			columns={[
				product,
				{ key: "order", title: "订单", show: (row) => <To path={`/orders/${row.order_id}`}>{row.order_number}</To> },
				{ key: "state", title: "状态", show: (row) => row.order_state_title },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "due", title: "未到", align: "right", show: (row) => <Units n={row.due_units} of={row} /> },
				...flagTail,
			]}
		/>
	);
}

interface StockFlag extends Flag {
	batch_id: string;
	lot: string;
	site_name: string | null;
	depot_name: string;
	supplier_name: string | null;
	units: number;
}
export function PriceFlagStock() {
	return (
		<ListPage<StockFlag>
			title="高于现行价格的库存" search={false} resource="price-flags/stock" topics={["prices", "stock", "imports"]}
			id={(row) => `${row.batch_id}.${row.depot_name}`} open={(row) => `/stock?batch_id=${row.batch_id}`} extra={<Others here="/price-flags/stock" />}
			empty="没有。进价高于现行价格的在库批次会列在这里, 合同有约定的可以在调价单上要求补差。"
			columns={[
				product,
				{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "place", title: "库房", show: (row) => `${row.site_name ?? "在途"} ${row.depot_name}` },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				...flagTail,
			]}
		/>
	);
}

interface ReceiptFlag extends Flag {
	receipt_line_id: string;
	receipt_id: string;
	receipt_number: string;
	order_id: string;
	units: number;
	priced_ymd: number;
}
export function PriceFlagReceipts() {
	return (
		<ListPage<ReceiptFlag>
			title="收货时价格不合规的明细" search={false} resource="price-flags/receipts" topics={["prices", "receipts"]}
			id={(row) => row.receipt_line_id} open={(row) => `/receipts/${row.receipt_id}`} extra={<Others here="/price-flags/receipts" />}
			empty="没有。收货时按审批日的价格再核对一次订单单价, 不合规的留在这里。"
			columns={[
				product,
				{ key: "receipt", title: "收货单", show: (row) => <To path={`/receipts/${row.receipt_id}`}>{row.receipt_number}</To> },
				{ key: "priced", title: "审批日", show: (row) => <span className="num">{ymd(row.priced_ymd)}</span> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				...flagTail,
			]}
		/>
	);
}

interface IssueFlag extends Flag {
	issue_price: string;
	limit_price: string;
	over: string;
	adjustment_id: string | null;
	adjustment_number: string | null;
}
/** 零差率 after a fall: from these rows a 调价单 is prepared. */
export function PriceFlagIssue() {
	return (
		<ListPage<IssueFlag>
			title="发药价高于进价的品种" search={false} resource="price-flags/issue" topics={["prices", "price-adjustments", "imports", "receipts"]}
			id={(row) => row.product_id} open={(row) => `/products/${row.product_id}`}
			extra={<><Others here="/price-flags/issue" />{can("PRICE_EDIT") && <Button type="primary" data-testid="issue-adjust" onClick={() => go("/price-adjustments/new?from=issue")}>编制调价单</Button>}</>}
			above={<p className="mute">零差率: 发药价不高于现行采购价格与最近一次进价中较低的一个 (饮片加上加成)。进价下降后列在这里, 直到调价单生效。</p>}
			empty="没有。发药价都不高于进价。"
			columns={[
				product,
				{ key: "issue", title: "发药价", align: "right", show: (row) => <b className="num">{money(row.issue_price)}</b> },
				{ key: "limit", title: "零差率允许", align: "right", show: (row) => price(row.limit_price) },
				{ key: "over", title: "高出 (元 / 包装)", align: "right", show: (row) => price(row.over) },
				{ key: "rule", title: "现行规则", show: (row) => (row.rule_title ? <>{row.rule_title} <small className="mute">{row.rule_source}</small></> : <Chip tone="bad">已无挂网价</Chip>) },
				{ key: "by", title: "原调价单", show: (row) => row.adjustment_id && <To path={`/price-adjustments/${row.adjustment_id}`}>{row.adjustment_number}</To> },
				{ key: "since", title: "发现", card: "hide", show: (row) => <span className="num">{ymd(row.since_ymd)}</span> },
			]}
		/>
	);
}

interface Public extends Head {
	approval_no: string | null;
	rule_title: string | null;
	trade_price: string | null;
	source: string | null;
	from_ymd: number | null;
	issue_price: string | null;
}
export function PricePublic() {
	return (
		<ListPage<Public>
			title="价格公示" resource="price-public" topics={["prices", "imports"]} search="名称、首字母、编码"
			id={(row) => row.product_id} open={(row) => `/products/${row.product_id}`}
			filters={[{ name: "no_issue", label: "还没有发药价", options: "check" }]}
			extra={can("PRICE_EDIT") && <Button data-testid="unpriced-adjust" onClick={() => go("/price-adjustments/new?from=unpriced")}>为未定发药价的建调价单</Button>}
			empty="还没有品种。"
			columns={[
				{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.product_code}</span> },
				product,
				{ key: "approval", title: "批准文号", card: "hide", show: (row) => <span className="num">{row.approval_no}</span> },
				{ key: "trade", title: "采购价格 (元)", align: "right", show: (row) => (row.trade_price ? <b className="num">{money(row.trade_price)}</b> : <span className="mute">无</span>) },
				{ key: "rule", title: "规则", show: (row) => <span className="num">{row.rule_title}</span> },
				{ key: "source", title: "依据", show: (row) => row.source && <small>{row.source}, <span className="num">{ymd(row.from_ymd)} 起</span></small> },
				{ key: "issue", title: "发药价 (元)", align: "right", show: (row) => price(row.issue_price) },
			]}
		/>
	);
}

interface Spread extends Head {
	drug_name: string;
	form: string;
	strength: string;
	rule_title: string;
	price: string;
	over_percent: number;
	lowest_product_id: string;
	lowest_code: string;
	lowest_spec: string;
}
export function PriceSpread() {
	return (
		<ListPage<Spread>
			title="四同比价" search={false} boxes={{ node: <ProductFilter />, names: ["product_id"] }} resource="price-spread" topics={["prices", "imports"]}
			id={(row) => row.product_id} open={(row) => `/products/${row.product_id}`}
			empty="没有。通用名、剂型、规格、生产企业都相同而单位价格不同的品种会并排列在这里。"
			columns={[
				{ key: "drug", title: "通用名 剂型 规格", show: (row) => `${row.drug_name} ${row.form} ${row.strength}` },
				product,
				{ key: "price", title: "价格 (元)", align: "right", show: (row) => <span className="num">{money(row.price)} <small className="mute">/ {row.units_per_pack} {row.unit_name}</small></span> },
				{ key: "rule", title: "规则", show: (row) => <span className="num">{row.rule_title}</span> },
				{ key: "over", title: "高于最低", align: "right", show: (row) => (row.lowest_product_id === row.product_id ? <Chip tone="good">最低</Chip> : <Chip tone="wait">{row.over_percent} %</Chip>) },
				{ key: "lowest", title: "最低价品种", card: "hide", show: (row) => <To path={`/products/${row.lowest_product_id}`}>{row.lowest_code} {row.lowest_spec}</To> },
			]}
		/>
	);
}

interface PaidRow extends Head {
	kind_title: string;
	return_id: string | null;
	id: string;
	ymd: number;
	site_name: string;
	order_id: string;
	order_number: string;
	supplier_name: string;
	units: number;
	price: string;
	amount: string;
	rule_title: string;
	ceiling_price: string | null;
	share_percent: number | null;
	saved: string;
}
/** Also a tab of 监管关注, there with a filter that stands. */
export function Paid({ above, fixed }: { above?: ReactNode; fixed?: Query }) {
	return (
		<ListPage<PaidRow>
			above={above} fixed={fixed}
			title={fixed?.filed ? "备案采购" : "采购价格明细"} search={false} boxes={{ node: <ProductFilter />, names: ["product_id"] }} resource="price-paid" topics={["receipts"]} id={(row) => row.id} open={(row) => (row.return_id ? `/supplier-returns/${row.return_id}` : `/orders/${row.order_id}`)}
			filters={fixed?.filed ? [{ name: "site_id", label: "机构", options: "sites" }] : [{ name: "near", label: "达到限价 95 % 及以上", options: "check" }, { name: "filed", label: "只看备案采购", options: "check" }, { name: "rule", label: "规则", options: RULES }, { name: "site_id", label: "机构", options: "sites" }]}
			extra={!fixed && <Button onClick={() => go("/price-savings")}>按月节约</Button>}
			empty={fixed?.filed ? "按备案价采购并验收入库的, 列在这里。" : "验收入库后, 每一行按审批日的限价比对, 列在这里。"}
			columns={[
				{ key: "day", title: "日期", show: (row) => <span className="num">{ymd(row.ymd)} {row.return_id && <Chip tone="wait">退货</Chip>}</span> },
				product,
				{ key: "site", title: "收货单位", card: "hide", show: (row) => row.site_name },
				{ key: "order", title: "订单", show: (row) => <To path={`/orders/${row.order_id}`}>{row.order_number}</To> },
				{ key: "supplier", title: "供应商", card: "hide", show: (row) => row.supplier_name },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "price", title: "单价", align: "right", show: (row) => price(row.price) },
				{ key: "ceiling", title: "限价", align: "right", show: (row) => price(row.ceiling_price) },
				{ key: "share", title: "占限价", align: "right", show: (row) => row.share_percent !== null && (row.share_percent > 100 ? <Chip tone="bad">{row.share_percent} %</Chip> : <span className="num">{row.share_percent} %</span>) },
				{ key: "rule", title: "规则", show: (row) => <span className="num">{row.rule_title}</span> },
				{ key: "amount", title: "金额", align: "right", show: (row) => price(row.amount) },
				{ key: "saved", title: "低于限价", align: "right", show: (row) => price(row.saved) },
			]}
		/>
	);
}

export const PricePaid = () => <Paid />;

interface Saving {
	site_id: string;
	site_name: string;
	ym: number;
	lines: number;
	amount: string;
	ceiling_amount: string;
	unlisted_amount: string;
	saved: string;
}
export function PriceSavings() {
	return (
		<ListPage<Saving>
			title="与限价相比的节约" search={false} resource="price-savings" topics={["receipts"]} id={(row) => `${row.site_id}.${row.ym}`}
			open={(row) => `/price-paid?ym=${row.ym}&site_id=${row.site_id}`} filters={[{ name: "site_id", label: "机构", options: "sites" }]}
			above={<p className="mute">采购金额、按限价金额和节约 = 当月验收入库 − 当月退给供应商 (按原来的单价和限价)。节约 = 按限价金额 − (采购金额 − 无限价金额): 备案采购没有限价可比。点一行看每一笔。</p>}
			empty="验收入库的采购按月、按收货单位汇总: 按限价要付多少, 实付多少, 差多少。"
			columns={[
				{ key: "ym", title: "月份", card: "title", show: (row) => <b className="num">{`${String(row.ym).slice(0, 4)}-${String(row.ym).slice(4)}`}</b> },
				{ key: "site", title: "收货单位", show: (row) => row.site_name },
				{ key: "lines", title: "入库行数", align: "right", show: (row) => group(row.lines) },
				{ key: "ceiling", title: "按限价金额", align: "right", show: (row) => price(row.ceiling_amount) },
				{ key: "amount", title: "采购金额", align: "right", show: (row) => price(row.amount) },
				{ key: "unlisted", title: "其中无限价 (备案)", align: "right", show: (row) => Number(row.unlisted_amount) !== 0 && <To path={`/price-paid?filed=1&ym=${row.ym}&site_id=${row.site_id}`}>{price(row.unlisted_amount)}</To> },
				{ key: "saved", title: "节约", align: "right", show: (row) => <b className="num">{money(row.saved)}</b> },
			]}
		/>
	);
}
