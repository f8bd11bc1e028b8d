// 收货差异: what the receiver did not get is a task of the sender until it is settled.
import { Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { time } from "../../base/format";
import type { Params } from "../../base/route";
import type { Doc, DocumentRow, Packing } from "../../base/types";
import { Fact, Lot, StateChip, To, Units } from "../../parts/cells";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Field } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";

interface Difference extends Packing {
	shipment_id: string;
	shipment_number: string;
	product_name: string;
	lot: string;
	units: number;
	reason: string;
	reason_title?: string;
	outcome?: string | null;
}
type Row = DocumentRow & Difference;
type Discrepancy = Doc & Difference & { expiry_ymd?: number };

const OUTCOMES = [
	{ value: "found", label: "中心找到, 未发出" },
	{ value: "returned", label: "已退回中心" },
	{ value: "lost", label: "确认丢失" },
];

function ResolveDialog({ close }: { close: (body: object | null) => void }) {
	const [outcome, setOutcome] = useState("found");
	const [note, setNote] = useState("");
	return (
		<Modal open closable={false} title="处理差异" okText="处理" cancelText="返回" onCancel={() => close(null)} onOk={() => close({ outcome, note: note.trim() })} okButtonProps={{ disabled: !note.trim(), "data-testid": "resolve-ok" }}>
			<div className="dialog-form" data-testid="resolve-dialog">
				<Segmented block value={outcome} options={OUTCOMES} onChange={setOutcome} />
				<Field label="说明 (必填)">
					<Input.TextArea rows={2} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

export function DiscrepancyPage({ params }: { params: Params }) {
	const of = useDocument<Discrepancy>("discrepancies", params.id);
	return (
		<DocumentPage
			of={of}
			inputs={{ resolve: (close) => <ResolveDialog close={close} /> }}
			facts={(row) => (
				<>
					<Fact label="配送单"><To path={`/shipments/${row.shipment_id}`}>{row.shipment_number}</To></Fact>
					<Fact label="接收单位">{row.from_site_name}</Fact>
					<Fact label="发出单位">{row.to_site_name}</Fact>
				</>
			)}
		>
			{(row) => (
				<div className="panel">
					<h2>{row.product_name}</h2>
					<p>
						批号 <Lot lot={row.lot} at={row.expiry_ymd} /> 少 <Units n={row.units} of={row} strong /> ({row.reason_title ?? row.reason})
					</p>
					{row.outcome && <p>处理结果: {OUTCOMES.find((one) => one.value === row.outcome)?.label ?? row.outcome}</p>}
				</div>
			)}
		</DocumentPage>
	);
}

export function Discrepancies() {
	return (
		<ListPage<Row>
			title="收货差异"
			resource="discrepancies"
			topics={["discrepancies"]}
			id={(row) => row.id}
			open={(row) => `/discrepancies/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options({ open: "待处理", resolved: "已处理" }) }]}
			empty="没有差异。分院收货时点出的短少、破损会成为这里的任务, 由发货方处理。"
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={row.state_title} /> },
				{ key: "product", title: "药品", show: (row) => <b>{row.product_name}</b> },
				{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "units", title: "差异", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				{ key: "reason", title: "原因", show: (row) => row.reason_title ?? row.reason },
				{ key: "shipment", title: "配送单", show: (row) => <To path={`/shipments/${row.shipment_id}`}>{row.shipment_number}</To> },
				{ key: "site", title: "接收单位", show: (row) => row.from_site_name },
				{ key: "made", title: "时间", show: (row) => time(row.made_at_ms) },
			]}
		/>
	);
}
