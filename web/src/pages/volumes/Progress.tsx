// 集采进度 by product and site against the time; behind it the facts, and the changes of what was committed.
import { money, time, ymd } from "../../base/format";
import type { Packing } from "../../base/types";
import { Chip, Drug, To, Units } from "../../parts/cells";
import { pathOf } from "../../parts/kinds";
import { ListPage } from "../../parts/ListPage";
import { ProgressBar } from "../../parts/volume";

interface Row extends Packing {
	round_id: string;
	round_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	site_id: string;
	site_name: string;
	committed_units: number;
	done_units: number;
	done_pm: number;
	elapsed_pm: number;
	on_order_units: number;
	projected_units: number;
	short_units: number;
	behind: boolean;
}

/** A forecast needs no single tablets. */
const wholePacks = (row: Row) => Math.ceil(row.short_units / (row.units_per_pack ?? 1)) * (row.units_per_pack ?? 1);

export function Progress() {
	return (
		<ListPage<Row>
			title="集采进度"
			resource="volume-progress"
			topics={["volume-rounds"]}
			id={(row) => `${row.round_id}-${row.product_id}-${row.site_id}`}
			open={(row) => `/volume-credits?round_id=${row.round_id}&product_id=${row.product_id}&site_id=${row.site_id}`}
			search={false}
			filters={[{ name: "site_id", label: "机构", options: "sites" }, { name: "behind", label: "只看落后", options: "check" }]}
			rowClass={(row) => (row.behind ? "warn" : undefined)}
			empty={"每个机构每个中选品种的约定采购量和完成进度。\n先由机构报量并定约, 或导入约定采购量。"}
			columns={[
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "product", title: "品种", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "committed", title: "约定采购量", align: "right", show: (row) => <Units n={row.committed_units} of={row} /> },
				{ key: "done", title: "已完成", align: "right", show: (row) => <Units n={row.done_units} of={row} strong /> },
				{ key: "bar", title: "进度", width: 160, show: (row) => row.committed_units > 0 && <ProgressBar done={row.done_units} committed={row.committed_units} elapsed={row.elapsed_pm} /> },
				{ key: "order", title: "在订", align: "right", card: "hide", show: (row) => <Units n={row.on_order_units || null} of={row} /> },
				{ key: "short", title: "年末预计缺口", align: "right", show: (row) => (row.behind ? <Chip tone="bad"><Units n={wholePacks(row)} of={row} /></Chip> : row.short_units > 0 && <Units n={wholePacks(row)} of={row} />) },
				{ key: "round", title: "批次", card: "hide", show: (row) => <To className="nowrap" path={`/volume-rounds/${row.round_id}`}>{row.round_name}</To> },
			]}
		/>
	);
}

interface Fact extends Packing {
	id: string;
	at_ms: number;
	product_name: string;
	spec: string;
	site_name: string;
	units: number;
	document_id: string;
	document_kind: string;
	document_number: string;
}
interface Credit extends Fact {
	kind: string;
	kind_title: string;
	amount: string;
	listed_amount: string;
}

const paper = (row: Fact) => pathOf(row.document_kind, row.document_id);
const PAPER = { key: "paper", title: "单据", show: (row: Fact) => (paper(row) ? <To path={paper(row)!}>{row.document_number}</To> : row.document_number) };
const WHERE = [
	{ key: "at", title: "时间", card: "hide" as const, show: (row: Fact) => <span className="num">{time(row.at_ms)}</span> },
	{ key: "site", title: "机构", show: (row: Fact) => row.site_name },
	{ key: "product", title: "品种", card: "title" as const, show: (row: Fact) => <Drug name={row.product_name} spec={row.spec} /> },
];
const UNITS = { key: "units", title: "数量", align: "right" as const, show: (row: Fact) => <Units n={row.units} of={row} strong /> };

export function Credits() {
	return (
		<ListPage<Credit>
			title="集采完成明细"
			resource="volume-credits"
			topics={["volume-rounds"]}
			id={(row) => row.id}
			open={paper}
			search={false}
			filters={[{ name: "site_id", label: "机构", options: "sites" }]}
			empty={"入库、退货和使用计入约定采购量的每一笔。"}
			columns={[
				...WHERE,
				{ key: "kind", title: "类别", show: (row) => row.kind_title },
				UNITS,
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "listed", title: "按限价 (元)", align: "right", card: "hide", show: (row) => <span className="num">{money(row.listed_amount)}</span> },
				PAPER,
			]}
		/>
	);
}

export function Commitments() {
	return (
		<ListPage<Fact>
			title="约定采购量变动"
			resource="volume-commitments"
			topics={["volume-rounds"]}
			id={(row) => row.id}
			open={paper}
			search={false}
			filters={[{ name: "site_id", label: "机构", options: "sites" }]}
			primary={{ label: "导入约定采购量", path: "/imports?kind=volume-commitments", permission: "IMPORT" }}
			empty={"约定采购量由报量单定约、调剂单或导入形成, 每次变动都有单据。"}
			columns={[...WHERE, UNITS, PAPER]}
		/>
	);
}

export const yearOf = (round: { from_ymd: number; to_ymd: number }) => `${ymd(round.from_ymd)} 至 ${ymd(round.to_ymd)}`;
