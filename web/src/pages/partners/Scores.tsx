// 供应商评分: on time, filled, rejected, price; each month opens its lines.
import { money, time, units } from "../../base/format";
import type { Packing } from "../../base/types";
import { Chip, Drug, To, type Tone } from "../../parts/cells";
import { ListPage } from "../../parts/ListPage";

interface Score {
	supplier_id: string;
	supplier_name: string;
	month: number;
	lines: number;
	done_lines: number;
	on_time_lines: number;
	on_time_permille: number | null;
	ordered: string;
	fill_permille: number | null;
	reject_permille: number | null;
	price_permille: number | null;
	returned: string;
	fault: string;
}

/** A share per mille as a number and a small bar; grey where there is nothing to share. */
export function Share({ of, good, bad }: { of: number | null; good?: number; bad?: number }) {
	if (of === null) return <span className="mute">—</span>;
	const tone = good !== undefined ? (of >= good ? "" : of >= good - 200 ? " wait" : " bad") : bad !== undefined && of >= bad ? " bad" : "";
	return (
		<span className={`share num${tone}`}>
			{Math.floor(of / 10)}.{of % 10}% <i><b style={{ width: `${Math.min(100, of / 10)}%` }} /></i>
		</span>
	);
}

const WHAT = "按时率 = 按时到齐的行 / 已到齐的行; 到货率 = (到货 − 拒收) / 订购金额; 不合格率 = (拒收 + 验收后因质量、错发、召回退货) / 到货金额; 按时率和到货率只看交货, 以后退货不改; 退货记在原订单的月份; 价格 = 成交 / 限价。应到时间为发送后 72 小时。点一行看明细。";

export function SupplierScores() {
	return (
		<ListPage<Score>
			title="供应商评分"
			search={false}
			resource="supplier-scores"
			topics={["orders", "receipts"]}
			id={(row) => `${row.supplier_id}/${row.month}`}
			open={(row) => `/supplier-lines?supplier_id=${row.supplier_id}&month=${row.month}`}
			above={<p className="mute">{WHAT}</p>}
			empty={"评分由事实而来: 订单发送、到货、验收。\n发送第一张订单后这里就有数。"}
			columns={[
				{ key: "name", title: "供应商", card: "title", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
				{ key: "month", title: "月份", show: (row) => <span className="num">{row.month}</span> },
				{ key: "lines", title: "到齐 / 订单行", align: "right", show: (row) => <span className="num">{row.done_lines} / {row.lines}</span> },
				{ key: "on_time", title: "按时率", align: "right", show: (row) => <Share of={row.on_time_permille} good={900} /> },
				{ key: "fill", title: "到货率", align: "right", show: (row) => <Share of={row.fill_permille} good={900} /> },
				{ key: "reject", title: "不合格率", align: "right", show: (row) => <Share of={row.reject_permille} bad={20} /> },
				{ key: "returned", title: "验收后退货", align: "right", card: "hide", show: (row) => Number(row.returned) > 0 && <span className="num" title={`其中质量、错发、召回 ${money(row.fault)} 元`} data-testid="score-returned">{money(row.returned)}</span> },
				{ key: "price", title: "价格 / 限价", align: "right", show: (row) => <Share of={row.price_permille} /> },
				{ key: "ordered", title: "订购金额", align: "right", show: (row) => <span className="num">{money(row.ordered)}</span> },
			]}
		/>
	);
}

interface Line extends Packing {
	id: string;
	order_id: string;
	order_number: string;
	product_id: string;
	product_name: string;
	spec: string;
	ordered_units: number;
	arrived_units: number;
	rejected_units: number;
	returned_units: number;
	fault_units: number;
	amount: string;
	at_ceiling: string;
	due_at_ms: number;
	done_at_ms: number | null;
	state: "on_time" | "late" | "waiting" | "overdue";
	state_title: string;
}
const TONE: Record<Line["state"], Tone> = { on_time: "good", late: "wait", waiting: "way", overdue: "bad" };

export function SupplierLines() {
	return (
		<ListPage<Line>
			title="供应商履约明细"
			search={false}
			resource="supplier-lines"
			topics={["orders", "receipts"]}
			id={(row) => row.id}
			open={(row) => `/orders/${row.order_id}`}
			empty="这里列出已发送订单的每一行: 应到、实到、拒收。"
			columns={[
				{ key: "order", title: "订单", show: (row) => <To path={`/orders/${row.order_id}`}>{row.order_number}</To> },
				{ key: "drug", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
				{ key: "ordered", title: "订购", align: "right", show: (row) => <span className="num">{units(row.ordered_units, row)}</span> },
				{ key: "arrived", title: "到货", align: "right", show: (row) => <span className="num">{units(row.arrived_units, row)}</span> },
				{ key: "rejected", title: "拒收", align: "right", show: (row) => row.rejected_units > 0 && <span className="num">{units(row.rejected_units, row)}</span> },
				{ key: "returned", title: "验收后退货", align: "right", card: "hide", show: (row) => row.returned_units > 0 && <To path={`/supplier-return-lines?order_line_id=${row.id}`}><span className="num" title={`其中质量、错发、召回 ${units(row.fault_units, row)}`}>{units(row.returned_units, row)}</span></To> },
				{ key: "due", title: "应到", show: (row) => <span className="num">{time(row.due_at_ms)}</span> },
				{ key: "done", title: "到齐", show: (row) => <span className="num">{row.done_at_ms ? time(row.done_at_ms) : ""}</span> },
				{ key: "state", title: "状态", show: (row) => <Chip tone={TONE[row.state]}>{row.state_title}</Chip> },
				{ key: "amount", title: "金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
			]}
		/>
	);
}
