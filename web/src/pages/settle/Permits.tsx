// Approvals about invoices: one person registers, the paper is scanned, another person approves; each has its days and its end.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { ymd } from "../../base/format";
import type { Topic } from "../../base/live";
import { useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Page } from "../../base/types";
import { Attachments } from "../../parts/Attachments";
import { Chip, To, type Tone } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { DateCell, Field, SitePicker } from "../../parts/Fields";
import { options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { businessDay } from "./words";

interface Permit {
	id: string;
	paper: string;
	from_ymd: number;
	to_ymd: number | null;
	state: "waiting" | "ok" | "future" | "expired" | "ended";
	state_title: string;
	by: string | null;
	by_me: boolean;
	approved_by: string | null;
	ended_ymd: number | null;
	end_note: string | null;
	scans: number;
}
interface Remote extends Permit {
	site_name: string;
}
interface MakerPermit extends Permit {
	supplier_id: string;
	supplier_name: string;
	maker_id: string;
	maker_name: string;
	reason_title: string;
}
/** What differs between the two: where they live, whose papers they are, who may do what. */
interface Kind {
	resource: "remote-approvals" | "maker-permits";
	papers: string;
	topic: Topic;
	edit: string;
	approve: string;
}
const REMOTE: Kind = { resource: "remote-approvals", papers: "remote_approval", topic: "invoices", edit: "SETTLE_ADMIN", approve: "SETTLE_ADMIN" };
const MAKER: Kind = { resource: "maker-permits", papers: "maker_permit", topic: "partners", edit: "PARTNER_EDIT", approve: "PARTNER_APPROVE" };

const TONE: Record<Permit["state"], Tone> = { waiting: "wait", ok: "good", future: "wait", expired: "bad", ended: "off" };

function EndDialog({ kind, row, close }: { kind: Kind; row: Permit; close: () => void }) {
	const [note, setNote] = useState("");
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post(`${kind.resource}/${row.id}/end`, { note });
			close();
		});
	return (
		<Modal open closable={false} title={`终止 ${row.paper}`} okText="终止" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !note.trim(), "data-testid": "permit-end-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<Field label="理由 (必填)"><Input autoFocus value={note} maxLength={500} data-testid="permit-end-note" onChange={(event) => setNote(event.target.value)} /></Field>
			<p className="mute">自今天起不再有效; 此前开出的发票不受影响。</p>
		</Modal>
	);
}

const WHY = { scan: "先上传扫描件", self: "登记人不能批准, 请由另一人批准", no: "您的岗位不能批准" };
const why = (kind: Kind, row: Permit) => (!row.scans ? WHY.scan : row.by_me ? WHY.self : can(kind.approve) ? undefined : WHY.no);

function life<R extends Permit>(kind: Kind, approve: (row: R) => void, end: (row: R) => void, busy: boolean): Column<R>[] {
	return [
		{ key: "paper", title: "批准文号", show: (row) => row.paper },
		{ key: "days", title: "起止", show: (row) => <span className="num">{ymd(row.from_ymd)} – {row.to_ymd ? ymd(row.to_ymd) : "不限"}</span> },
		{ key: "state", title: "状态", show: (row) => <Chip tone={TONE[row.state]}>{row.state_title}</Chip> },
		{ key: "who", title: "登记 / 批准", card: "hide", show: (row) => `${row.by || "—"} / ${row.approved_by ?? "—"}` },
		{ key: "note", title: "说明", card: "hide", show: (row) => (row.state === "ended" ? `${ymd(row.ended_ymd)} 终止: ${row.end_note}` : row.state === "waiting" ? why(kind, row) : "") },
		{
			key: "keys", title: "", align: "right",
			show: (row) => (
				<>
					{row.state === "waiting" && <Button size="small" type="primary" disabled={busy || Boolean(why(kind, row))} title={why(kind, row)} data-testid="permit-approve" onClick={() => approve(row)}>批准</Button>}{" "}
					{row.state !== "ended" && can(kind.edit) && <Button size="small" data-testid="permit-end" onClick={() => end(row)}>终止</Button>}
				</>
			),
		},
	];
}

function PermitTable<R extends Permit>({ kind, label, rows, first, reload }: { kind: Kind; label: string; rows: R[]; first: Column<R>[]; reload: () => Promise<void> }) {
	const [ending, setEnding] = useState<R | null>(null);
	const { act, busy, problem, clear } = useAct();
	const approve = (row: R) =>
		act(async () => {
			await post(`${kind.resource}/${row.id}/approve`, {});
			await reload();
		});
	return (
		<>
			<Trouble problem={problem} onClose={clear} />
			<DataTable
				label={label} testid="permits" rows={rows} id={(row) => row.id}
				below={(row) => <Attachments kind={kind.papers} id={row.id} title="批准文件扫描件" compact testid="scan-permit" add={row.state === "waiting" && can(kind.edit)} onAdded={() => void reload()} />}
				columns={[...first, ...life<R>(kind, (row) => void approve(row), setEnding, busy)]}
			/>
			{ending && <EndDialog kind={kind} row={ending} close={() => { setEnding(null); void reload(); }} />}
		</>
	);
}

/** Only what waits for its second person, or ends soon. */
function Only() {
	const [query, change] = useQuery();
	const box = (name: "waiting" | "ending", label: string) => (
		<label className="check">
			<input type="checkbox" checked={query[name] === "1"} data-testid={`filter-${name}`} onChange={(event) => change({ waiting: undefined, ending: undefined, [name]: event.target.checked ? "1" : undefined })} />
			{label}
		</label>
	);
	return <div className="filters" role="search">{box("waiting", "待批准")}{box("ending", "90 天内到期 (没有续的)")}</div>;
}

/* ---- 加开一票 ---- */

export function RemoteApprovals() {
	const [site, setSite] = useState<string>();
	const [paper, setPaper] = useState("");
	const [from, setFrom] = useState<number | null>(businessDay());
	const [to, setTo] = useState<number | null>(null);
	const { act, busy, problem, clear } = useAct();
	const [query] = useQuery();
	const list = useData<Page<Remote>>("remote-approvals", { query: { ...query, limit: 500 }, topics: [REMOTE.topic] });
	const save = () =>
		act(async () => {
			await post("remote-approvals", { site_id: site, paper, from_ymd: from, to_ymd: to });
			setPaper("");
			await list.reload();
		});
	return (
		<section className="page">
			<header className="page-head"><h1>加开一票批准</h1></header>
			<Trouble problem={problem} onClose={clear} />
			<p className="mute">特别偏远、交通不便的乡村, 经批准并公示, 允许药品流通环节加开一张发票。没有批准的机构只认两票。登记后上传批准文件, 由另一人批准后生效; 牵头医院不能加开。</p>
			{can(REMOTE.edit) && (
				<div className="form">
					<Field label="机构" error={problem?.at("site_id")}><SitePicker value={site} onChange={setSite} /></Field>
					<Field label="批准文号" error={problem?.at("paper")}><Input maxLength={100} value={paper} data-testid="permit-paper" onChange={(event) => setPaper(event.target.value)} /></Field>
					<Field label="起始日" error={problem?.at("from_ymd")}><DateCell value={from} testid="permit-from" aria-label="起始日" onChange={setFrom} /></Field>
					<Field label="截止日" error={problem?.at("to_ymd")}><DateCell value={to} testid="permit-to" aria-label="截止日" onChange={setTo} /></Field>
					<Button type="primary" loading={busy} disabled={!site || !paper || !from || !to} data-testid="remote-ok" onClick={() => void save()}>登记</Button>
				</div>
			)}
			<Only />
			<PermitTable<Remote> kind={REMOTE} label="批准" rows={list.data?.rows ?? []} reload={list.reload} first={[{ key: "site", title: "机构", card: "title", show: (row) => row.site_name }]} />
		</section>
	);
}

/* ---- 视同生产企业: all of them, and inside the supplier's page ---- */

const REASONS = { maker: "生产企业自行配送", sales: "生产企业的全国唯一商业公司", import: "进口药品全国总代理" };

function MakerDialog({ supplier, close }: { supplier: string; close: () => void }) {
	const makers = useData<Page<{ id: string; name: string }>>("makers", { query: { limit: 5000 } });
	const [maker, setMaker] = useState<string>();
	const [reason, setReason] = useState<string>();
	const [paper, setPaper] = useState("");
	const [from, setFrom] = useState<number | null>(businessDay());
	const [to, setTo] = useState<number | null>(null);
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post("maker-permits", { supplier_id: supplier, maker_id: maker, reason, paper, from_ymd: from, ...(to && { to_ymd: to }) });
			close();
		});
	return (
		<Modal open closable={false} title="登记视同生产企业" okText="登记" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !maker || !reason || !paper.trim() || !from, "data-testid": "permit-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<Field label="生产企业" error={problem?.at("maker_id")}>
					<Select data-testid="maker-picker" aria-label="生产企业" showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false} value={maker} options={(makers.data?.rows ?? []).map((one) => ({ value: one.id, label: one.name }))} onChange={setMaker} />
				</Field>
				<Field label="理由" error={problem?.at("reason")}><Select data-testid="permit-reason" aria-label="理由" value={reason} options={options(REASONS)} onChange={setReason} /></Field>
				<Field label="文件编号" error={problem?.at("paper")}><Input maxLength={100} value={paper} data-testid="permit-paper" onChange={(event) => setPaper(event.target.value)} /></Field>
				<div className="form-row">
					<Field label="起始日" error={problem?.at("from_ymd")}><DateCell value={from} testid="permit-from" aria-label="起始日" onChange={setFrom} /></Field>
					<Field label="截止日 (不限的不填)" error={problem?.at("to_ymd")}><DateCell value={to} testid="permit-to" aria-label="截止日" onChange={setTo} /></Field>
				</div>
				<p className="mute">批准后, 该供应商供应这家企业的产品, 只要本院这一票即为两票齐全; 它开给其他配送商的票也算首票。</p>
			</div>
		</Modal>
	);
}

/** All of them; a new one is registered in its supplier's page. */
export function MakerPermitList() {
	const [query] = useQuery();
	const list = useData<Page<MakerPermit>>("maker-permits", { query: { ...query, limit: 500 }, topics: [MAKER.topic] });
	return (
		<section className="page">
			<header className="page-head">
				<h1>视同生产企业</h1>
				<span className="grow" />
				<a className="ant-btn ant-btn-default export" href={url("maker-permits.csv", query)} download data-testid="export">导出</a>
			</header>
			<p className="mute">供应商就是生产企业、它的全国唯一商业公司或进口药品全国总代理的, 批准后它的一票即可证明。登记在供应商页面, 上传授权文件后由质量或总药师中的另一人批准。</p>
			<Only />
			{list.data && list.data.rows.length === 0 ? (
				<p className="mute">{query.waiting || query.ending ? "没有符合条件的记录。" : "还没有登记。"}</p>
			) : (
				<PermitTable<MakerPermit>
					kind={MAKER} label="视同生产企业" rows={list.data?.rows ?? []} reload={list.reload}
					first={[
						{ key: "supplier", title: "供应商", card: "title", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
						{ key: "maker", title: "生产企业", show: (row) => <To path={`/makers/${row.maker_id}`}>{row.maker_name}</To> },
						{ key: "reason", title: "理由", show: (row) => row.reason_title },
					]}
				/>
			)}
		</section>
	);
}

export function MakerPermits({ supplier }: { supplier: string }) {
	const list = useData<Page<MakerPermit>>("maker-permits", { query: { supplier_id: supplier, limit: 500 }, topics: [MAKER.topic] });
	const [adding, setAdding] = useState(false);
	return (
		<>
			<PermitTable<MakerPermit>
				kind={MAKER} label="视同生产企业" rows={list.data?.rows ?? []} reload={list.reload}
				first={[
					{ key: "maker", title: "生产企业", card: "title", show: (row) => <To path={`/makers/${row.maker_id}`}>{row.maker_name}</To> },
					{ key: "reason", title: "理由", show: (row) => row.reason_title },
				]}
			/>
			{can(MAKER.edit) && <p><Button data-testid="add-permit" onClick={() => setAdding(true)}>登记视同生产企业</Button></p>}
			{adding && <MakerDialog supplier={supplier} close={() => { setAdding(false); void list.reload(); }} />}
		</>
	);
}
