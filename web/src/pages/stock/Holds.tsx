// 冻结: a lot that may not be issued, everywhere or in one place; releasing one hold lifts no other.
import { Input, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time } from "../../base/format";
import { can } from "../../base/session";
import type { Page } from "../../base/types";
import { Chip, To } from "../../parts/cells";
import { Field } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface Hold {
	id: string;
	lot_id: string;
	lot: string;
	product_name: string;
	place?: string | null;
	place_name?: string | null;
	reason: string;
	source_id: string | null;
	opened_at_ms: number;
	opened_by?: string;
	released_at_ms: number | null;
	released_by?: string | null;
}

function Release({ of, close }: { of: Hold; close: () => void }) {
	const [note, setNote] = useState("");
	const [together, setTogether] = useState(false);
	const { act, busy, problem } = useAct();
	const { data } = useData<Page<Hold>>("holds", { query: { open: 1, limit: 1000 }, topics: ["stock"] });
	const same = (data?.rows ?? []).filter((row) => of.source_id !== null && row.source_id === of.source_id && row.id !== of.id);
	const release = async () => {
		if (await act(async () => (await post(`holds/${of.id}/release`, { note, ...(together && { together }) }), true))) close();
	};
	return (
		<Modal open closable={false} title={`解除冻结: ${of.product_name} ${of.lot}`} okText={together ? `解除 ${same.length + 1} 条冻结` : "解除这一条冻结"} cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !note.trim(), "data-testid": "release-ok" }} onCancel={close} onOk={() => void release()}>
			<Trouble problem={problem} />
			<Field label="依据 (必填)" wide>
				<Input.TextArea autoFocus rows={3} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
			</Field>
			{same.length > 0 && (
				<label className="check">
					<input type="checkbox" checked={together} data-testid="release-together" onChange={(event) => setTogether(event.target.checked)} />
					因同一报警冻结的另外 {same.length} 批一并解除
				</label>
			)}
		</Modal>
	);
}

export function Holds() {
	const [open, setOpen] = useState<Hold | null>(null);
	return (
		<>
			<ListPage<Hold>
				title="冻结批号"
				search="药品名称、首字母、编码"
				resource="holds"
				topics={["stock", "alarms"]}
				id={(row) => row.id}
				open={(row) => (row.released_at_ms || !can("HOLD_EDIT") ? null : () => setOpen(row))}
				filters={[{ name: "open", label: "只看未解除", options: "check" }]}
				empty="没有冻结的批号。召回、超温和存疑的批号会出现在这里, 冻结期间不能出库。"
				columns={[
					{ key: "product", title: "药品", card: "title", show: (row) => row.product_name },
					{ key: "lot", title: "批号", show: (row) => <To path={`/trace/lots/${row.lot_id}`}>{row.lot}</To> },
					{ key: "place", title: "范围", show: (row) => row.place_name ?? row.place ?? "所有库房" },
					{ key: "reason", title: "原因", show: (row) => row.reason },
					{ key: "opened", title: "冻结", show: (row) => <span className="num">{time(row.opened_at_ms)} <small>{row.opened_by}</small></span> },
					{ key: "state", title: "状态", show: (row) => (row.released_at_ms ? <Chip tone="off">已解除 {time(row.released_at_ms)}</Chip> : <Chip tone="bad">冻结中</Chip>) },
				]}
			/>
			{open && <Release of={open} close={() => setOpen(null)} />}
		</>
	);
}
