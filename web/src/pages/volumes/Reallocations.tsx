// 约定量调剂: volume goes from one site to another, and the chief pharmacist decides.
import { Button, Input } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Field, SitePicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { RoundPicker } from "./Reports";

interface Row extends DocumentRow {
	round_name: string;
	site_name: string;
}

export const DECIDED = options({ submitted: "待批准", approved: "已批准", rejected: "已驳回", cancelled: "已撤销" });

export function Reallocations() {
	return (
		<ListPage<Row>
			title="约定量调剂单"
			resource="volume-reallocations"
			topics={["volume-reallocations"]}
			id={(row) => row.id}
			open={(row) => `/volume-reallocations/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: DECIDED }]}
			primary={{ label: "新建调剂单", path: "/volume-reallocations/new", permission: "VOLUME_EDIT" }}
			empty={"一家机构用不完的约定量, 调给用得上的机构。\n由总药师批准, 记录保留。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="volume-reallocations" state={row.state} title={row.state_title} /> },
				{ key: "round", title: "批次", show: (row) => row.round_name },
				{ key: "from", title: "调出", show: (row) => row.site_name },
				{ key: "to", title: "调入", show: (row) => row.to_site_name },
				{ key: "note", title: "原因", card: "hide", show: (row) => (row as { note?: string | null }).note },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

interface Held extends Packing {
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	committed_units: number;
	received_units: number;
}

export function ReallocationNew() {
	const [query, setQuery] = useQuery();
	const round = query.round_id;
	const [from, setFrom] = useState<string>();
	const [to, setTo] = useState<string>();
	const [note, setNote] = useState("");
	const [typed, setTyped] = useState<Record<string, number | null>>({});
	const held = useData<Page<Held>>(round && from ? "volume-progress" : null, { query: { round_id: round, site_id: from, limit: 2000 } });
	const { act, busy, problem, clear } = useAct();
	const lines = Object.entries(typed).filter(([, units]) => (units ?? 0) > 0);
	useUnsaved(lines.length > 0);
	const create = () =>
		act(async () => {
			const made = await post<Written>("volume-reallocations", { round_id: round, from_site_id: from, to_site_id: to, note, lines: lines.map(([product_id, units]) => ({ product_id, units })) });
			go(`/volume-reallocations/${made.id}`, { replace: true, saved: true });
		});
	const left = (row: Held) => Math.max(0, row.committed_units - row.received_units);
	const columns: Column<Held>[] = [
		{ key: "product", title: "品种", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
		{ key: "committed", title: "约定采购量", align: "right", show: (row) => <Units n={row.committed_units} of={row} /> },
		{ key: "left", title: "未完成", align: "right", show: (row) => <Units n={left(row)} of={row} strong /> },
		{ key: "units", title: "调出数量", align: "right", width: 210, show: (row, n) => <UnitsInput value={typed[row.product_id] ?? null} of={row} label={`${row.product_name} 调出数量`} testid={`line-${n}`} error={(typed[row.product_id] ?? 0) > left(row) ? "多于未完成数量" : undefined} onChange={(units) => setTyped((old) => ({ ...old, [row.product_id]: units }))} /> },
	];
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建约定量调剂单</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="批次">
					<RoundPicker value={round} onChange={(id) => setQuery({ round_id: id }, { replace: true })} only={(one) => one.state === "running"} />
				</Field>
				<Field label="调出机构" error={problem?.at("from_site_id")}>
					<SitePicker testid="from-site" value={from} kinds={["lead", "township"]} onChange={(id) => { setFrom(id); setTyped({}); }} />
				</Field>
				<Field label="调入机构" error={problem?.at("to_site_id")}>
					<SitePicker testid="to-site" value={to} kinds={["lead", "township"]} onChange={setTo} />
				</Field>
				<Field label="原因" error={problem?.at("note")} wide>
					<Input maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
			{held.data && <DataTable label="可调剂的约定量" testid="lines" columns={columns} rows={held.data.rows.filter((row) => row.committed_units > 0)} id={(row) => row.product_id} />}
			{!from && <p className="mute">选择调出机构后列出它的约定采购量。</p>}
			<div className="totals">
				<span>{lines.length} 个品种</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!round || !from || !to || !note.trim() || lines.length === 0} onClick={() => void create()}>
					提交调剂单 ▸
				</Button>
			</div>
		</section>
	);
}

interface Line extends Packing {
	n: number;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	from_committed_units: number;
	from_received_units: number;
}
interface Reallocation extends Doc {
	round_id: string;
	round_name: string;
	lines: Line[];
}

export function ReallocationPage({ params }: { params: Params }) {
	const of = useDocument<Reallocation>("volume-reallocations", params.id);
	return (
		<DocumentPage
			of={of}
			facts={(one) => (
				<>
					<Fact label="批次"><To path={`/volume-rounds/${one.round_id}`}>{one.round_name}</To></Fact>
					<Fact label="调出机构">{one.from_site_name}</Fact>
					<Fact label="调入机构">{one.to_site_name}</Fact>
				</>
			)}
		>
			{(one) => (
				<DataTable
					label="调剂明细"
					testid="lines"
					rows={one.lines}
					id={(line) => line.product_id}
					columns={[
						{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
						{ key: "product", title: "品种", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
						{ key: "units", title: "调出数量", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
						{ key: "committed", title: "调出机构现约定量", align: "right", show: (line) => <Units n={line.from_committed_units} of={line} /> },
						{ key: "received", title: "其中已入库", align: "right", show: (line) => <Units n={line.from_received_units} of={line} /> },
					]}
				/>
			)}
		</DocumentPage>
	);
}
