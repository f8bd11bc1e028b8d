// 监管关注: what grew suddenly, what is always bought at the ceiling, what has one source, what part went to antibiotics and to
// drugs under watch, orders that look split, and what was bought outside the list. Each row opens what it was made of.
import { Segmented } from "antd";
import { money } from "../../base/format";
import { go, useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Packing } from "../../base/types";
import { Chip, Drug, To, Units } from "../../parts/cells";
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

export function WatchShares() {
	return (
		<ListPage<ShareRow>
			title="抗菌药物与重点监控占比"
			resource="watch-shares"
			topics={["payables", "products"]}
			id={(row) => `${row.month}/${row.kind}`}
			open={(row) => `/watch?month=${row.month}&flag=${row.kind}`}
			search={false}
			above={<Switch at="shares" />}
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

export const WatchSplits = () => <Splits above={<Switch at="splits" />} />;
export const WatchOffList = () => <LineList above={<Switch at="offlist" />} fixed={{ off_list: 1 }} />;
export const WatchFiled = () => <Paid above={<Switch at="filed" />} fixed={{ filed: 1 }} />;
export const WatchExceptions = () => <Exceptions above={<Switch at="exceptions" />} />;
