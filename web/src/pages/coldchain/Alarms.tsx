// Alarms, and their acknowledgement with a cause in two taps.
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { celsius, time } from "../../base/format";
import { can } from "../../base/session";
import type { Alarm } from "../../base/types";
import { StateChip, To } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

const CAUSES = ["开门取药", "除霜", "停电", "设备故障", "探头故障", "网络中断", "维护搬动"];
const STATES = { active: "报警中", returned: "已恢复, 待确认", acknowledged: "已确认", closed: "已关闭" };

/** A cause tapped is an acknowledgement; other words are typed. */
export function AcknowledgeDialog({ of, close }: { of: Alarm; close: () => void }) {
	const [words, setWords] = useState("");
	const { act, busy, problem } = useAct();
	const tell = async (cause: string) => {
		if (await act(async () => (await post(`alarms/${of.id}/acknowledge`, { cause }), true))) close();
	};
	return (
		<Modal open title={`确认报警: ${of.sensor_name} ${of.kind_title}`} footer={null} onCancel={close}>
			<Trouble problem={problem} />
			<p className="mute" data-testid="acknowledge-dialog">
				{time(of.opened_at_ms)} 起{of.returned_at_ms ? `, ${time(of.returned_at_ms)} 恢复` : ", 尚未恢复"}
				{of.peak_c100 !== null && `, 最严重 ${celsius(of.peak_c100)} ℃`}。原因是:
			</p>
			<div className="more-grid">
				{CAUSES.map((cause, i) => (
					<Button key={cause} size="large" loading={busy} data-testid={`cause-${i + 1}`} onClick={() => void tell(cause)}>
						{cause}
					</Button>
				))}
			</div>
			<Input.Search placeholder="其他原因" enterButton="确认" value={words} data-testid="cause-words" onChange={(event) => setWords(event.target.value)} onSearch={(text) => text.trim() && void tell(text.trim())} />
		</Modal>
	);
}

const columns: Column<Alarm>[] = [
	{ key: "sensor", title: "探头", card: "title", show: (row) => <To path={`/coldchain/${row.sensor_id}`}>{row.sensor_name}</To> },
	{ key: "site", title: "机构", show: (row) => row.site_name },
	{ key: "kind", title: "报警", show: (row) => row.kind_title },
	{ key: "state", title: "状态", show: (row) => <StateChip kind="alarms" state={row.state} title={STATES[row.state]} /> },
	{ key: "opened", title: "开始", show: (row) => <span className="num">{time(row.opened_at_ms)}</span> },
	{ key: "returned", title: "恢复", show: (row) => <span className="num">{time(row.returned_at_ms)}</span> },
	{ key: "peak", title: "最严重", align: "right", show: (row) => row.peak_c100 !== null && `${celsius(row.peak_c100)} ℃` },
	{ key: "cause", title: "原因", show: (row) => row.cause && `${row.cause} (${row.acknowledged_by ?? ""})` },
];

const waits = (row: Alarm) => !row.acknowledged_by && row.state !== "closed" && can("COLDCHAIN_ACT");

export function AlarmTable({ rows }: { rows: Alarm[] }) {
	const [open, setOpen] = useState<Alarm | null>(null);
	return (
		<>
			<DataTable label="报警" columns={columns} rows={rows} id={(row) => row.id} open={(row) => waits(row) && setOpen(row)} />
			{open && <AcknowledgeDialog of={open} close={() => setOpen(null)} />}
		</>
	);
}

export function Alarms() {
	const [open, setOpen] = useState<Alarm | null>(null);
	return (
		<>
			<ListPage<Alarm>
				title="冷链报警"
				resource="alarms"
				topics={["alarms"]}
				id={(row) => row.id}
				search={false}
				open={(row) => (waits(row) ? () => setOpen(row) : `/coldchain/${row.sensor_id}`)}
				rowClass={(row) => (row.state === "active" ? "wrong" : undefined)}
				filters={[{ name: "state", label: "状态", options: options(STATES) }, { name: "site_id", label: "机构", options: "sites" }]}
				empty="没有报警。超温、超时无数据和探头故障会分别出现在这里, 点一行确认原因。"
				columns={columns}
			/>
			{open && <AcknowledgeDialog of={open} close={() => setOpen(null)} />}
		</>
	);
}
