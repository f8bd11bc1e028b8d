// 资质 of a supplier, a maker or a product: what is needed, what is there, until when, and its scans. Every page that
// shows a partner shows this part.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, ymd } from "../../base/format";
import { go } from "../../base/route";
import { can } from "../../base/session";
import type { Page, Written } from "../../base/types";
import { Attachments } from "../../parts/Attachments";
import { Chip, Expiry, Fact, type Tone } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { DateCell, Field } from "../../parts/Fields";
import { Trouble } from "../../parts/Trouble";

export type OwnerKind = "supplier" | "maker" | "product";

export interface PaperKind {
	kind: string;
	title: string;
	needed: boolean;
	locks: boolean;
	there: boolean;
	valid: boolean;
	/** One that holds waits for quality; it does not count yet. */
	waiting: boolean;
	/** Once on file, and none of it is valid now. */
	lost: boolean;
	scanned: boolean;
	missing: string | null;
}

export interface Qualification {
	id: string;
	owner_kind: OwnerKind;
	owner_kind_title: string;
	owner_id: string;
	owner_name: string;
	kind: string;
	kind_title: string;
	number: string;
	from_ymd: number | null;
	until_ymd: number | null;
	state: "ok" | "soon" | "urgent" | "expired" | "ended" | "waiting" | "future";
	state_title: string;
	person: string | null;
	region: string | null;
	scope: string | null;
	note: string | null;
	scans: number;
	renewal_no: string | null;
	renewal_ymd: number | null;
	allowed_at_ms: number | null;
	allowed_by: string | null;
	allowed_note: string | null;
	made_at_ms: number;
	made_by: string | null;
	confirmed_at_ms: number | null;
	confirmed_by: string | null;
	/** Last day of the paper that this one renews. */
	old_until_ymd: number | null;
	ended_at_ms: number | null;
	end_note: string | null;
}

export const PAPER_TONE: Record<Qualification["state"], Tone> = { ok: "good", soon: "wait", urgent: "wait", expired: "bad", ended: "off", waiting: "wait", future: "wait" };

/** Those whose goods may still come in when they were made before it ran out; a renewal under way helps. */
const RENEWABLE = new Set(["registration", "granule_filing", "preparation_permit", "device_registration"]);

const said = (one: PaperKind) => {
	const words = [one.missing ?? (one.lost ? (one.there ? "不在有效期内" : "已作废") : null), one.waiting && "待质量确认"].filter(Boolean);
	return words.length ? `: ${words.join(", ")}` : "";
};

/** Green where all is well; red where the first purchase would be refused, or business is locked; else only to be completed. */
export function Checklist({ of, approved }: { of: PaperKind[]; approved: boolean }) {
	const tone = (one: PaperKind): Tone => {
		if (one.lost) return one.locks ? "bad" : "wait";
		if (one.waiting && !one.valid) return "wait";
		if (one.there && !one.valid) return one.locks || !approved ? "bad" : "wait";
		if (one.missing) return approved ? "off" : "bad";
		return one.there ? "good" : "off";
	};
	return (
		<p className="checklist" data-testid="checklist">
			{of.filter((one) => one.needed || one.there || one.lost).map((one) => (
				<Chip key={one.kind} tone={tone(one)}>
					{one.title}
					{said(one)}
				</Chip>
			))}
		</p>
	);
}

interface DialogProps {
	kind: OwnerKind;
	id: string;
	kinds: PaperKind[];
	/** The paper that is renewed. */
	old?: Qualification;
	close: () => void;
}

function PaperDialog({ kind, id, kinds, old, close }: DialogProps) {
	const [what, setWhat] = useState(old?.kind ?? kinds.find((one) => one.missing && !one.there)?.kind ?? kinds[0]?.kind);
	const [number, setNumber] = useState(old?.number ?? "");
	const [from, setFrom] = useState<number | null>(null);
	const [until, setUntil] = useState<number | null>(null);
	const [more, setMore] = useState({ person: old?.person ?? "", region: old?.region ?? "", scope: old?.scope ?? "", note: "" });
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			const given = Object.fromEntries(Object.entries(more).filter(([, text]) => text));
			await post<Written>("qualifications", { owner_kind: kind, owner_id: id, kind: what, number, ...(from && { from_ymd: from }), ...(until && { until_ymd: until }), ...given, ...(old && { replaces_id: old.id }) });
			close();
		});
	const text = (name: keyof typeof more, label: string) => (
		<Field label={label} error={problem?.at(name)}>
			<Input maxLength={name === "note" || name === "scope" ? 500 : 64} value={more[name]} data-testid={`paper-${name}`} onChange={(event) => setMore({ ...more, [name]: event.target.value })} />
		</Field>
	);
	return (
		<Modal open closable={false} title={old ? `更新${old.kind_title}` : "登记资质"} okText="登记" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !what || !number, "data-testid": "paper-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<Field label="种类" error={problem?.at("kind")}>
					<Select data-testid="paper-kind" disabled={!!old} value={what} options={kinds.map((one) => ({ value: one.kind, label: one.title }))} onChange={setWhat} />
				</Field>
				<Field label="编号" error={problem?.at("number")}>
					<Input autoFocus maxLength={100} value={number} data-testid="paper-number" onChange={(event) => setNumber(event.target.value)} />
				</Field>
				<div className="form-row">
					<Field label="起始日期" error={problem?.at("from_ymd")}>
						<DateCell value={from} testid="paper-from" onChange={setFrom} />
					</Field>
					<Field label="有效期至 (长期的不填)" error={problem?.at("until_ymd")}>
						<DateCell value={until} testid="paper-until" onChange={setUntil} />
					</Field>
				</div>
				{(what === "mandate" || what === "maker_mandate") && (
					<>
						{text("person", "被授权人")}
						{text("region", "授权区域")}
						{text("scope", "授权品种 (品种代码、通用名或生产企业, 用、分开; 不限的不填)")}
					</>
				)}
				{text("note", "备注")}
				<p className="mute">登记后在该行上传扫描件。起锁定作用的资质经质量部门 (另一人) 确认后才算数, 此前原来的照旧。</p>
			</div>
		</Modal>
	);
}

export function ReasonDialog({ title, path, close, more }: { title: string; path: string; close: () => void; more?: "renewal" }) {
	const [text, setText] = useState("");
	const [day, setDay] = useState<number | null>(null);
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post(path, more ? { number: text, ymd: day } : { note: text });
			close();
		});
	return (
		<Modal open closable={false} title={title} okText={title} cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !text.trim() || (more && !day), "data-testid": "reason-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<Field label={more ? "受理号" : "理由 (必填)"} error={problem?.at(more ? "number" : "note")}>
					<Input autoFocus maxLength={more ? 100 : 500} value={text} data-testid="reason-text" onChange={(event) => setText(event.target.value)} />
				</Field>
				{more && (
					<Field label="受理日期" error={problem?.at("ymd")}>
						<DateCell value={day} testid="reason-day" onChange={setDay} />
					</Field>
				)}
			</div>
		</Modal>
	);
}

/** 确认: what was entered beside what it renews, and the scan to compare it with. */
export function ConfirmDialog({ row, close }: { row: Qualification; close: () => void }) {
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post(`qualifications/${row.id}/confirm`, {});
			close();
		});
	return (
		<Modal open closable={false} title={`确认${row.kind_title}`} okText="确认有效" cancelText="返回" confirmLoading={busy} okButtonProps={{ autoFocus: true, "data-testid": "confirm-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<dl className="facts">
				<Fact label={row.owner_kind_title}>{row.owner_name}</Fact>
				<Fact label="编号"><span className="num">{row.number}</span></Fact>
				<Fact label="有效期"><span className="num">{row.from_ymd ? `${ymd(row.from_ymd)} – ` : "至 "}{row.until_ymd ? ymd(row.until_ymd) : "长期"}</span></Fact>
				{row.old_until_ymd && <Fact label="原有效期至"><span className="num">{ymd(row.old_until_ymd)}</span></Fact>}
				{row.person && <Fact label="被授权人">{[row.person, row.region, row.scope].filter(Boolean).join(" · ")}</Fact>}
				<Fact label="登记">{time(row.made_at_ms)} {row.made_by}</Fact>
			</dl>
			<Attachments kind="qualification" id={row.id} title="扫描件" compact testid="confirm-scan" add={can("PARTNER_EDIT")} />
			<p className="mute">请与扫描件核对编号和有效期。登记的人不能自己确认; 没有扫描件不能确认。确认后它所更新的旧资质同时失效。</p>
		</Modal>
	);
}

type Asking = { what: "add" } | { what: "renew" | "end" | "renewal" | "allow" | "confirm" | "refuse"; row: Qualification };

/** Quality's word on one that waits. */
export function WaitingKeys({ row, confirm, refuse }: { row: Qualification; confirm: () => void; refuse: () => void }) {
	if (row.state !== "waiting" || !can("PARTNER_APPROVE")) return null;
	return (
		<>
			<Button size="small" type="primary" data-testid={`confirm-${row.kind}`} onClick={confirm}>确认</Button>
			<Button size="small" data-testid={`refuse-${row.kind}`} onClick={refuse}>退回</Button>
		</>
	);
}

function Keys({ row, ask }: { row: Qualification; ask: (asking: Asking) => void }) {
	if (row.state === "ended") return null;
	const registration = RENEWABLE.has(row.kind) && row.state !== "waiting";
	return (
		<span className="row-keys">
			<WaitingKeys row={row} confirm={() => ask({ what: "confirm", row })} refuse={() => ask({ what: "refuse", row })} />
			{can("PARTNER_EDIT") && <Button size="small" onClick={() => ask({ what: "renew", row })}>更新</Button>}
			{can("PARTNER_EDIT") && registration && <Button size="small" onClick={() => ask({ what: "renewal", row })}>再注册受理</Button>}
			{can("PARTNER_ALLOW") && registration && row.renewal_no && !row.allowed_at_ms && <Button size="small" onClick={() => ask({ what: "allow", row })}>放行</Button>}
			{can("PARTNER_EDIT") && <Button size="small" onClick={() => ask({ what: "end", row })}>作废</Button>}
		</span>
	);
}

/** What else is written on a paper. */
const words = (row: Qualification) =>
	[row.person && `被授权人 ${row.person}`, row.region, row.scope, row.renewal_no && `再注册受理 ${row.renewal_no} (${ymd(row.renewal_ymd)})`,
		row.state === "waiting" && `${time(row.made_at_ms)} ${row.made_by ?? ""} 登记, 确认后才算数${row.old_until_ymd ? `, 此前原来的 (至 ${ymd(row.old_until_ymd)}) 照旧` : ""}`,
		row.confirmed_by && row.confirmed_at_ms && `${row.confirmed_by} ${time(row.confirmed_at_ms)} 确认`,
		row.allowed_at_ms && `${row.allowed_by} ${time(row.allowed_at_ms)} 放行: ${row.allowed_note}`, row.note, row.end_note && `作废: ${row.end_note}`].filter(Boolean).join(" · ");

function Below({ row, reload }: { row: Qualification; reload: () => void }) {
	return (
		<>
			{words(row) && <p className="mute">{words(row)}</p>}
			<Attachments kind="qualification" id={row.id} title="扫描件" compact testid={`scan-${row.kind}`} add={row.state !== "ended" && can("PARTNER_EDIT")} onAdded={reload} />
		</>
	);
}

interface FileState {
	approved: boolean;
	missing: string | null;
	papers: PaperKind[];
}

/** 首营: approved, or the way to it. */
function FirstLine({ kind, id, approved }: { kind: OwnerKind; id: string; approved: boolean }) {
	const { act, busy, problem, clear } = useAct();
	if (kind === "maker") return null;
	const path = kind === "supplier" ? "first-suppliers" : "first-products";
	const file = () =>
		act(async () => {
			const made = await post<Written>(path, { [`${kind}_id`]: id });
			go(`/${path}/${made.id}`);
		});
	return (
		<>
			<Trouble problem={problem} onClose={clear} />
			<p className="checklist">
				{approved ? <Chip tone="good">首营已批准</Chip> : <Chip tone="bad">未通过首营审批, 不能采购</Chip>}
				{!approved && can("PARTNER_EDIT") && (
					<Button size="small" type="primary" loading={busy} data-testid="file-first" onClick={() => void file()}>
						申报首营
					</Button>
				)}
			</p>
		</>
	);
}

interface PapersProps {
	kind: OwnerKind;
	id: string;
	/** false: whether the first purchase is approved is said elsewhere on the page. */
	first?: boolean;
	onChange?: () => void;
}

export function Papers({ kind, id, first = true, onChange }: PapersProps) {
	const state = useData<FileState>(`papers/${kind}/${id}`, { topics: ["partners", "attachments"] });
	const rows = useData<Page<Qualification>>("qualifications", { query: { owner_kind: kind, owner_id: id, limit: 200 }, topics: ["partners", "attachments"] });
	const [asking, setAsking] = useState<Asking | null>(null);
	const [old, setOld] = useState(false);
	const reload = () => {
		void state.reload();
		void rows.reload();
		onChange?.();
	};
	const close = () => {
		setAsking(null);
		reload();
	};
	const all = rows.data?.rows ?? [];
	const shown = old ? all : all.filter((row) => row.state !== "ended");
	return (
		<div data-testid="qualifications" data-missing={state.data?.missing ? 1 : 0}>
			{first && state.data && <FirstLine kind={kind} id={id} approved={state.data.approved} />}
			{state.data && <Checklist of={state.data.papers} approved={state.data.approved} />}
			<DataTable
				label="资质"
				testid="paper-rows"
				rows={shown}
				id={(row) => row.id}
				below={(row) => <Below row={row} reload={reload} />}
				columns={[
					{ key: "kind", title: "种类", card: "title", show: (row) => <b>{row.kind_title}</b> },
					{ key: "number", title: "编号", show: (row) => <span className="num">{row.number}</span> },
					{ key: "from", title: "起始", show: (row) => ymd(row.from_ymd) },
					{ key: "until", title: "有效期至", show: (row) => (row.until_ymd ? <Expiry at={row.until_ymd} warn={row.state === "soon" || row.state === "urgent"} expired={row.state === "expired"} /> : "长期") },
					{ key: "state", title: "状态", show: (row) => <Chip tone={PAPER_TONE[row.state]}>{row.state_title}</Chip> },
					{ key: "keys", title: "", align: "right", show: (row) => <Keys row={row} ask={setAsking} /> },
				]}
			/>
			<p>
				{can("PARTNER_EDIT") && (
					<Button data-testid="add-qualification" onClick={() => setAsking({ what: "add" })}>
						登记资质
					</Button>
				)}{" "}
				{all.length > shown.length || old ? (
					<label className="check">
						<input type="checkbox" checked={old} onChange={(event) => setOld(event.target.checked)} /> 显示已失效的
					</label>
				) : null}
			</p>
			{asking?.what === "add" && <PaperDialog kind={kind} id={id} kinds={state.data?.papers ?? []} close={close} />}
			{asking?.what === "renew" && <PaperDialog kind={kind} id={id} kinds={state.data?.papers ?? []} old={asking.row} close={close} />}
			{asking?.what === "end" && <ReasonDialog title="作废" path={`qualifications/${asking.row.id}/end`} close={close} />}
			{asking?.what === "confirm" && <ConfirmDialog row={asking.row} close={close} />}
			{asking?.what === "refuse" && <ReasonDialog title="退回" path={`qualifications/${asking.row.id}/refuse`} close={close} />}
			{asking?.what === "allow" && <ReasonDialog title="放行" path={`qualifications/${asking.row.id}/allow`} close={close} />}
			{asking?.what === "renewal" && <ReasonDialog title="登记受理" path={`qualifications/${asking.row.id}/renewal`} close={close} more="renewal" />}
		</div>
	);
}
