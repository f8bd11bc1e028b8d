import { time } from "../../base/format";
import { useQuery } from "../../base/route";
import { current } from "../../base/session";
import { pathOfNumber } from "../../parts/kinds";
import { ProductFilter } from "../../parts/ProductFilter";
import { Chip, To, Units } from "../../parts/cells";
import { ExactBox, ListPage, options } from "../../parts/ListPage";

interface Row {
	seq: number;
	n: number;
	at_ms: number;
	reason: string;
	reason_title: string;
	product_name: string;
	batch_id: string;
	lot: string;
	unit_name?: string;
	pack_name?: string;
	units_per_pack?: number;
	units: number;
	from: string;
	to: string;
	document_id: string | null;
	document_number: string | null;
	reversal: boolean;
	by: string;
}

const MOVES = {
	opening: "期初", receive: "收货", release: "验收合格", reject: "验收不合格", ship: "发出", arrive: "签收", cancel: "撤销",
	found: "盘盈", usage: "用药", lost: "盘亏", broken: "破损", return: "退药", returned: "退回", to_supplier: "退供应商",
};
export const REASONS = { opening: "期初", found: "盘盈", usage: "用量", lost: "盘亏/丢失", broken: "破损", return: "退药", count: "盘点" };

/** A stretch of time, or one depot: set by a link, taken off here. */
function SpanFilter() {
	const [query, change] = useQuery();
	const depot = query.depot_id ? (current().session?.sites ?? []).flatMap((site) => site.depots).find((one) => one.id === query.depot_id) : undefined;
	const from = query.from_ms ? time(Number(query.from_ms)).slice(0, 10) : "";
	const to = query.to_ms ? time(Number(query.to_ms) - 1).slice(0, 10) : "";
	const words = [depot?.name ?? (query.depot_id ? "一个库房" : ""), from === to ? from : `${from} 至 ${to}`].filter((word) => word && word !== " 至 ").join(" ");
	if (!words) return null;
	return (
		<button type="button" className="tag" data-testid="filter-span" aria-label="去掉库房和日期筛选" onClick={() => change({ depot_id: undefined, from_ms: undefined, to_ms: undefined })}>
			{words} ✕
		</button>
	);
}

export function StockMoves() {
	return (
		<ListPage<Row>
			title="出入库台账"
			resource="stock-moves"
			topics={["stock"]}
			id={(row) => `${row.seq}/${row.n}`}
			search={false}
			boxes={{ node: <><ProductFilter /><SpanFilter /><ExactBox name="lot" hint="批号, 回车" /></>, names: ["product_id", "depot_id", "from_ms", "to_ms", "lot"] }}
			filters={[{ name: "reason", label: "原因", options: options(MOVES) }]}
			empty="每一次库存变动都是这里的一行, 只增不改。"
			columns={[
				{ key: "at", title: "时间", show: (row) => <span className="num">{time(row.at_ms)}</span> },
				{ key: "product", title: "药品", card: "title", show: (row) => row.product_name },
				{ key: "lot", title: "批号", show: (row) => <b className="num">{row.lot}</b> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				{ key: "from", title: "从", show: (row) => row.from },
				{ key: "to", title: "到", show: (row) => row.to },
				{ key: "reason", title: "原因", show: (row) => <>{row.reason_title} {row.reversal && <Chip tone="wait">冲销</Chip>}</> },
				{ key: "document", title: "单据", show: (row) => row.document_id && <To path={pathOfNumber(row.document_number ?? "")}>{row.document_number}</To> },
				{ key: "by", title: "经手", card: "hide", show: (row) => row.by },
			]}
		/>
	);
}
