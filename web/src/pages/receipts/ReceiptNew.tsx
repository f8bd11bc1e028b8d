// 收货登记 begins with an order that was sent: chosen here, or by scanning its number.
import { Button, Input } from "antd";
import { useState } from "react";
import { get, post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time } from "../../base/format";
import { go, useQuery } from "../../base/route";
import { useScanHandler } from "../../base/scanner";
import type { DocumentRow, Order, Page, Scan, Written } from "../../base/types";
import { StateChip } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { DepotPicker, Field } from "../../parts/Fields";
import { Empty, Loaded, Trouble } from "../../parts/Trouble";

interface Row extends DocumentRow {
	supplier_name: string;
	lines: number;
}

function Waiting({ state, title, pick }: { state: string; title: string; pick: (id: string) => void }) {
	const data = useData<Page<Row>>("orders", { query: { state }, topics: ["orders"] });
	return (
		<>
			<h2>{title}</h2>
			<Loaded of={data}>
				{(page) =>
					page.rows.length === 0 ? (
						<Empty text={`没有${title}的订单。`} />
					) : (
						<DataTable
							label={title}
							rows={page.rows}
							id={(row) => row.id}
							open={(row) => pick(row.id)}
							columns={[
								{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
								{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
								{ key: "to", title: "收货单位", show: (row) => row.to_site_name },
								{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
								{ key: "state", title: "状态", show: (row) => <StateChip kind="orders" state={row.state} title={row.state_title} /> },
								{ key: "made", title: "制单", card: "hide", show: (row) => time(row.made_at_ms) },
							]}
						/>
					)
				}
			</Loaded>
		</>
	);
}

function Begin({ id }: { id: string }) {
	const data = useData<Order>(`orders/${id}`);
	const [reference, setReference] = useState("");
	const [depot, setDepot] = useState("");
	const { act, busy, problem, clear } = useAct();
	const begin = (order: Order) =>
		act(async () => {
			const body = { order_id: order.id, ...(reference ? { reference } : {}), ...(depot ? { depot_id: depot } : {}) };
			const receipt = await post<Written>("receipts", body);
			go(`/receipts/${receipt.id}`, { replace: true });
		});
	return (
		<Loaded of={data}>
			{(order) => (
				<div className="form">
					<Trouble problem={problem} onClose={clear} />
					<p>
						<b className="num">{order.number}</b> {order.supplier_name} · {order.lines.length} 行 · {order.to_site_name}
					</p>
					<Field label="随货同行单号" error={problem?.at("reference")}>
						<Input autoFocus maxLength={64} value={reference} data-testid="reference" onChange={(event) => setReference(event.target.value)} />
					</Field>
					<Field label="库房">
						<DepotPicker site={order.to_site_id} value={depot} onChange={setDepot} />
					</Field>
					<Button type="primary" size="large" loading={busy} data-testid="begin-receipt" data-next-step onClick={() => void begin(order)}>
						开始收货 ▸
					</Button>
				</div>
			)}
		</Loaded>
	);
}

export function ReceiptNew() {
	const [query, change] = useQuery();
	const pick = (id: string) => change({ order_id: id });
	useScanHandler(async (code) => {
		const scan = await get<Scan>("scan", { code });
		if (scan.found?.type !== "order" || !scan.found.id) return { text: "这不是订单号。请先选订单, 再扫药盒。", more: code, tone: "warn" };
		pick(scan.found.id);
		return { text: scan.found.title || code, more: "已选中订单" };
	});
	return (
		<section className="page">
			<header className="page-head">
				<h1>收货登记</h1>
				<span className="mute">选订单, 或扫订单号</span>
			</header>
			{query.order_id ? (
				<Begin key={query.order_id} id={query.order_id} />
			) : (
				<>
					<Waiting state="sent" title="已发送, 等到货" pick={pick} />
					<Waiting state="part_received" title="部分到货" pick={pick} />
				</>
			)}
		</section>
	);
}
