// 监管关注: what grew suddenly, what is always bought at the ceiling, what has one source, what part went to antibiotics and to
// drugs under watch, orders that look split, and what was bought outside the list. Each row opens what it was made of.
import { Segmented } from "antd";
import { money } from "../../base/format";
import { go, useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Packing } from "../../base/types";
import { Chip, Drug, To, Units } from "../../parts/cells";
import { pathOf, pathOfNumber } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { Exceptions } from "../catalogue/Exceptions";
import { LineList } from "../orders/Answers";
import { Splits } from "../plans/Rules";
import { Paid } from "../prices/Reports";
import { lastMonths, monthText } from "./words";

interface ProductRow extends Packing {
	month: number;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	amount: string;
	returned_units: number;
	returned: string;
	mean: string;
	growth_percent: number | null;
	grew: boolean;
	lines: number;
	ceiling_lines: number;
	at_ceiling: boolean;
	makers: number;
	single_source: boolean;
}
interface MakerRow {
	month: number;
	maker: string;
	amount: string;
	returned: string;
	mean: string;
	growth_percent: number | null;
	grew: boolean;
	lines: number;
}

const MONTHS = () => lastMonths(12).map((month) => ({ value: String(month), label: monthText(month) }));
const Growth = ({ row }: { row: { growth_percent: number | null; grew: boolean; mean: string } }) =>
	row.growth_percent === null ? <span className="mute" title="前三个月没有采购, 不算增长">—</span> : <span className="num" title={`前三个月均值 ${money(row.mean)} 元`}>{row.growth_percent}% {row.grew && <Chip tone="bad">突增</Chip>}</span>;
const TABS = { products: "按品种", makers: "按企业", shares: "抗菌药物与重点监控", splits: "疑似拆单", filed: "备案采购", offlist: "目录外采购", exceptions: "临时采购" };
const NEEDS: Record<string, string> = { splits: "ORDER_READ", offlist: "ORDER_READ", exceptions: "REQUEST_READ" };
const KINDS = { antibiotic: "抗菌药物", monitored: "重点监控药品" };

/** What a person may not read is no tab of his. */
function Switch({ at }: { at: keyof typeof TABS }) {
	const tabs = options(TABS).filter((tab) => can(NEEDS[tab.value])).map((tab) => ({ ...tab, label: <span data-testid={`watch-${tab.value}`}>{tab.label}</span> }));
	return <Segmented value={at} data-testid="watch-tabs" options={tabs} onChange={(value) => go(value === "products" ? "/watch" : `/watch/${value}`)} />;
}

/** How a month is counted. */
const WHAT = "数量和金额 = 当月验收入库 − 当月退给供应商 (验收时拒收的从未计入)。";

export function WatchProducts() {
	const [query] = useQuery();
	return (
		<ListPage<ProductRow>
			title="监管关注"
			resource="watch-products"
			topics={["payables"]}
			id={(row) => `${row.month}/${row.product_id}`}
			open={(row) => `/payables?product_id=${row.product_id}&month=${row.month}`}
			search={false}
			above={<><Switch at="products" /> <p className="mute">{WHAT}</p></>}
			filters={[
				{ name: "month", label: "月份", options: MONTHS() },
				{ name: "flag", label: "标识", options: options(KINDS) },
				{ name: "grew", label: "只看突增", options: "check" },
				{ name: "at_ceiling", label: "总按限价", options: "check" },
				{ name: "single_source", label: "独家", options: "check" },
			]}
			rowClass={(row) => (row.grew ? "wrong" : undefined)}
			empty={`${query.month ? monthText(Number(query.month)) : ""} 还没有验收入库的采购。`}
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <To path={`/payables?product_id=${row.product_id}&month=${row.month}`}><span className="num">{money(row.amount)}</span></To> },
				{ key: "returned", title: "其中退货", align: "right", card: "hide", show: (row) => row.returned_units > 0 && <To path={`/supplier-return-lines?product_id=${row.product_id}&month=${row.month}`}><span className="num" data-testid="watch-returned">−{money(row.returned)}</span></To> },
				{ key: "growth", title: "为前三月均值的", align: "right", show: (row) => <Growth row={row} /> },
				{ key: "ceiling", title: "按限价批次", align: "right", show: (row) => <span className="num">{row.ceiling_lines}/{row.lines} {row.at_ceiling && <Chip tone="wait">总按限价</Chip>}</span> },
				{ key: "makers", title: "同名企业数", align: "right", show: (row) => <span className="num">{row.makers} {row.single_source && <Chip tone="way">独家</Chip>}</span> },
			]}
		/>
	);
}

export function WatchMakers() {
	return (
		<ListPage<MakerRow>
			title="监管关注 (企业)"
			resource="watch-makers"
			topics={["payables"]}
			id={(row) => `${row.month}/${row.maker}`}
			open={(row) => `/watch?month=${row.month}&maker=${encodeURIComponent(row.maker)}`}
			search={false}
			above={<Switch at="makers" />}
			filters={[{ name: "month", label: "月份", options: MONTHS() }, { name: "grew", label: "只看突增", options: "check" }]}
			rowClass={(row) => (row.grew ? "wrong" : undefined)}
			empty={"还没有验收入库的采购。"}
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "maker", title: "生产企业", card: "title", show: (row) => <b>{row.maker}</b> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "returned", title: "其中退货", align: "right", card: "hide", show: (row) => Number(row.returned) > 0 && <span className="num">−{money(row.returned)}</span> },
				{ key: "growth", title: "为前三月均值的", align: "right", show: (row) => <Growth row={row} /> },
				{ key: "lines", title: "验收批次", align: "right", show: (row) => row.lines },
			]}
		/>
	);
}

interface ShareRow {
	month: number;
	kind: string;
	kind_title: string;
	products: number;
	amount: string;
	total: string;
	share_permille: number | null;
}

const permille = (n: number) => `${n < 0 ? "−" : ""}${Math.floor(Math.abs(n) / 10)}.${Math.abs(n) % 10}%`;
/** The county's purchases, or what each site got. */
const Whose = ({ at }: { at: "county" | "sites" }) => (
	<Segmented value={at} data-testid="shares-of" options={[{ value: "county", label: "全县" }, { value: "sites", label: <span data-testid="shares-sites">各机构</span> }]} onChange={(value) => go(value === "sites" ? "/watch/shares/sites" : "/watch/shares")} />
);

export function WatchShares() {
	return (
		<ListPage<ShareRow>
			title="抗菌药物与重点监控占比"
			resource="watch-shares"
			topics={["payables", "products"]}
			id={(row) => `${row.month}/${row.kind}`}
			open={(row) => `/watch?month=${row.month}&flag=${row.kind}`}
			search={false}
			above={<><Switch at="shares" /> <Whose at="county" /></>}
			filters={[{ name: "month", label: "月份", options: MONTHS() }, { name: "kind", label: "类别", options: options(KINDS) }]}
			empty="还没有验收入库的采购。"
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "kind", title: "类别", card: "title", show: (row) => <b>{row.kind_title}</b> },
				{ key: "products", title: "品种数", align: "right", show: (row) => <span className="num">{row.products}</span> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <To path={`/watch?month=${row.month}&flag=${row.kind}`}><span className="num">{money(row.amount)}</span></To> },
				{ key: "total", title: "全部采购 (元)", align: "right", show: (row) => <To path={`/watch?month=${row.month}`}><span className="num">{money(row.total)}</span></To> },
				{ key: "share", title: "占比", align: "right", show: (row) => (row.share_permille === null ? "" : <span className="num" title={`${money(row.amount)} ÷ ${money(row.total)}`}>{Math.floor(row.share_permille / 10)}.{row.share_permille % 10}%</span>) },
			]}
		/>
	);
}

/* ---- each site ---- */

interface SiteShareRow extends ShareRow {
	site_id: string;
	site_name: string;
}
/** How a site is counted. */
const SITE_WHAT = "机构当月收进 = 本机构库房验收入库 + 别的机构调入 − 调往别的机构 − 退给供应商, 按进价。牵头医院替全县采购, 调出的不算它的; 各机构相加等于全县采购。签收后稍等片刻才计入。";
const goods = (row: { site_id: string; month: number }, more = "") => `/watch/site-goods?site_id=${row.site_id}&month=${row.month}${more}`;
const Share = ({ of, amount, total }: { of: number | null; amount: string; total: string }) =>
	of === null ? <span className="mute" title="当月收进合计不大于零, 没有占比">—</span> : <span className="num" title={`${money(amount)} ÷ ${money(total)}`}>{permille(of)}</span>;

export function WatchSiteShares() {
	return (
		<ListPage<SiteShareRow>
			title="各机构抗菌药物与重点监控占比"
			resource="watch-site-shares"
			topics={["payables", "products"]}
			id={(row) => `${row.month}/${row.site_id}/${row.kind}`}
			open={(row) => goods(row, `&flag=${row.kind}`)}
			search={false}
			above={<><Switch at="shares" /> <Whose at="sites" /> <p className="mute">{SITE_WHAT}</p></>}
			filters={[{ name: "month", label: "月份", options: MONTHS() }, { name: "site_id", label: "机构", options: "sites" }, { name: "kind", label: "类别", options: options(KINDS) }]}
			empty="还没有机构收进药品。"
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "site", title: "机构", card: "title", show: (row) => <b>{row.site_name}</b> },
				{ key: "kind", title: "类别", show: (row) => row.kind_title },
				{ key: "products", title: "品种数", align: "right", show: (row) => <span className="num">{row.products}</span> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <To path={goods(row, `&flag=${row.kind}`)}><span className="num">{money(row.amount)}</span></To> },
				{ key: "total", title: "全部收进 (元)", align: "right", show: (row) => <To path={goods(row)}><span className="num">{money(row.total)}</span></To> },
				{ key: "share", title: "占比", align: "right", show: (row) => <Share of={row.share_permille} amount={row.amount} total={row.total} /> },
				{ key: "top", title: "", align: "right", show: (row) => row.products > 0 && <To path={goods(row, `&flag=${row.kind}&limit=10`)} data-testid="site-top">前十</To> },
			]}
		/>
	);
}

interface SiteProductRow extends Packing {
	month: number;
	site_id: string;
	site_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	amount: string;
	total: string;
	share_permille: number | null;
	mean: string;
	growth_percent: number | null;
	grew: boolean;
	lines: number;
}

/** Of one site and month the largest amount first. */
export function WatchSiteProducts() {
	const [query] = useQuery();
	const lines = (row: SiteProductRow) => `/watch/site-lines?site_id=${row.site_id}&month=${row.month}&product_id=${row.product_id}`;
	return (
		<ListPage<SiteProductRow>
			title={query.limit === "10" ? "机构收进品种前十" : "机构收进的品种"}
			resource="watch-site-products"
			topics={["payables", "products"]}
			id={(row) => `${row.month}/${row.site_id}/${row.product_id}`}
			open={lines}
			search={false}
			above={<><Switch at="shares" /> <p className="mute">{SITE_WHAT} 选定机构和月份时按金额从大到小。</p></>}
			filters={[{ name: "site_id", label: "机构", options: "sites" }, { name: "month", label: "月份", options: MONTHS() }, { name: "flag", label: "标识", options: options(KINDS) }, { name: "grew", label: "只看突增", options: "check" }]}
			rowClass={(row) => (row.grew ? "wrong" : undefined)}
			empty="还没有机构收进药品。"
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <To path={lines(row)}><b className="num">{money(row.amount)}</b></To> },
				{ key: "share", title: "占比", align: "right", show: (row) => <Share of={row.share_permille} amount={row.amount} total={row.total} /> },
				{ key: "growth", title: "为前三月均值的", align: "right", show: (row) => <Growth row={row} /> },
				{ key: "lines", title: "笔数", align: "right", show: (row) => row.lines },
			]}
		/>
	);
}

interface SiteLineRow extends Packing {
	id: string;
	site_name: string;
	month: number;
	product_name: string;
	spec: string;
	source_title: string;
	document_id: string;
	document_kind: string;
	document_number: string;
	party: string | null;
	units: number;
	amount: string;
}
const SOURCES = { bought: "采购入库", returned: "退供应商", moved: "机构间调拨" };

export function WatchSiteLines() {
	const paper = (row: SiteLineRow) => pathOf(row.document_kind, row.document_id) ?? pathOfNumber(row.document_number);
	return (
		<ListPage<SiteLineRow>
			title="机构收进的明细"
			resource="watch-site-lines"
			topics={["payables"]}
			id={(row) => row.id}
			open={paper}
			search={false}
			above={<><Switch at="shares" /> <p className="mute">{SITE_WHAT}</p></>}
			filters={[{ name: "site_id", label: "机构", options: "sites" }, { name: "month", label: "月份", options: MONTHS() }, { name: "source", label: "来源", options: options(SOURCES) }]}
			empty="还没有机构收进药品。"
			columns={[
				{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
				{ key: "source", title: "来源", show: (row) => row.source_title },
				{ key: "paper", title: "单据", show: (row) => <To path={paper(row)}><span className="num">{row.document_number}</span></To> },
				{ key: "party", title: "对方", show: (row) => row.party },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
			]}
		/>
	);
}

export const WatchSplits = () => <Splits above={<Switch at="splits" />} />;
export const WatchOffList = () => <LineList above={<Switch at="offlist" />} fixed={{ off_list: 1 }} />;
export const WatchFiled = () => <Paid above={<Switch at="filed" />} fixed={{ filed: 1 }} />;
export const WatchExceptions = () => <Exceptions above={<Switch at="exceptions" />} />;
