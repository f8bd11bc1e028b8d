// 收货差异: what the receiver did not get is a task of the sender until it is settled.
import { Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { get, post } from "../../base/api";
import { useAct } from "../../base/data";
import { time } from "../../base/format";
import { can } from "../../base/session";
import type { Doc, Packing } from "../../base/types";
import { StateChip, To, Units } from "../../parts/cells";
import { Field } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface Row extends Packing {
	id: string;
	number: string;
	state: string;
	version?: number;
	shipment_id?: string;
	shipment_number: string;
	from_site_name: string;
	to_site_name: string;
	product_name: string;
	lot: string;
	units: number;
	reason: string;
	made_at_ms: number;
}

const OUTCOMES = [
	{ value: "found", label: "中心找到, 未发出" },
	{ value: "returned", label: "已退回中心" },
	{ value: "lost", label: "确认丢失" },
];

function Resolve({ of, close }: { of: Row; close: () => void }) {
	const [outcome, setOutcome] = useState("found");
	const [note, setNote] = useState("");
	const { act, busy, problem } = useAct();
	const save = async () => {
		const done = await act(async () => {
			const version = of.version ?? (await get<Doc>(`discrepancies/${of.id}`)).version;
			await post(`discrepancies/${of.id}/resolve`, { version, outcome, note });
			return true;
		});
		if (done) close();
	};
	return (
		<Modal open closable={false} title={`处理差异 ${of.number}`} okText="处理" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ disabled: !note.trim(), "data-testid": "resolve-ok" }}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<p>
					{of.product_name} 批号 {of.lot}: 少 <Units n={of.units} of={of} strong /> ({of.reason})
				</p>
				<Segmented block value={outcome} options={OUTCOMES} onChange={(value) => setOutcome(String(value))} />
				<Field label="说明 (必填)" error={problem?.at("note")}>
					<Input.TextArea rows={2} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

export function Discrepancies() {
	const [open, setOpen] = useState<Row | null>(null);
	return (
		<>
			<ListPage<Row>
				title="收货差异"
				resource="discrepancies"
				topics={["discrepancies"]}
				id={(row) => row.id}
				open={(row) => (row.state === "open" && can("TASK_ACT") ? () => setOpen(row) : null)}
				filters={[{ name: "state", label: "状态", options: options({ open: "待处理", resolved: "已处理" }) }]}
				empty="没有差异。分院收货时点出的短少、破损会成为这里的任务, 由发货方处理。"
				columns={[
					{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
					{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={row.state === "open" ? "待处理" : "已处理"} /> },
					{ key: "product", title: "药品", show: (row) => <b>{row.product_name}</b> },
					{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
					{ key: "units", title: "差异", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
					{ key: "reason", title: "原因", show: (row) => row.reason },
					{ key: "shipment", title: "配送单", show: (row) => (row.shipment_id ? <To path={`/shipments/${row.shipment_id}`}>{row.shipment_number}</To> : row.shipment_number) },
					{ key: "to", title: "收货机构", show: (row) => row.to_site_name },
					{ key: "made", title: "时间", show: (row) => time(row.made_at_ms) },
				]}
			/>
			{open && <Resolve of={open} close={() => setOpen(null)} />}
		</>
	);
}
