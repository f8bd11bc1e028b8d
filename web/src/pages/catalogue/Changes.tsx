// 目录调整: an application for one product, prepared by the 总药师, voted on by the committee, carried out on its day.
import { Button, Input, Modal, Segmented, Select } from "antd";
import { type FormEvent, useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, ymd } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { current } from "../../base/session";
import type { Doc, DocumentRow, Product, Written } from "../../base/types";
import { Attachments } from "../../parts/Attachments";
import { Chip, Drug, Fact, StateChip, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage, type StepInput } from "../../parts/DocumentPage";
import { Cell, DateCell, Field, ProductPicker } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { FIELDS, type FieldWord, VOTE, WHAT, byForm, clearable, fieldTitle, fieldValue } from "./words";

interface Row extends DocumentRow {
	what: string;
	product_name: string | null;
	spec: string | null;
	other_product_name: string | null;
	applicant: string;
	from_ymd: number | null;
}

const STATES = { draft: "草稿", submitted: "已申请", prepared: "待表决", decided: "已通过", scheduled: "待生效", executed: "已执行", rejected: "未通过", revoked: "已撤销", cancelled: "已撤回" };

export function ChangeList() {
	return (
		<ListPage<Row>
			title="目录调整"
			resource="catalogue-changes"
			topics={["catalogue-changes"]}
			id={(row) => row.id}
			open={(row) => `/catalogue-changes/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options(STATES) }, { name: "what", label: "类型", options: options(WHAT) }]}
			primary={{ label: "申请目录调整", path: "/catalogue-changes/new", permission: "CATALOGUE_APPLY" }}
			empty={"目录的新增、变更、停用、替换和恢复都在这里: 申请 → 总药师拟办 → 药事委员会表决 → 执行。\n点 申请目录调整 开始。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "what", title: "类型", show: (row) => WHAT[row.what] },
				{ key: "product", title: "品种", show: (row) => <Drug name={row.product_name ?? ""} spec={row.spec} note={row.other_product_name && <>→ {row.other_product_name}</>} /> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="catalogue-changes" state={row.state} title={row.state_title} /> },
				{ key: "applicant", title: "申请人", show: (row) => row.applicant },
				{ key: "from", title: "生效", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

/** What is to be written: a field that is absent stays as it is, an empty one is taken away. */
type Values = Record<string, string>;

/** What a product is now, by the names of the fields. */
function useNow(product: string | null): Values {
	const { data } = useData<Now>(product ? `products/${product}` : null);
	if (!data) return {};
	const own = FIELDS.map((of) => [of.field, (data as unknown as Record<string, unknown>)[of.field]] as const).filter(([, value]) => value !== null && value !== undefined && value !== "");
	return {
		...Object.fromEntries(own.map(([field, value]) => [field, String(value)])),
		...Object.fromEntries(data.codes.map((one) => [one.kind === "gtin" ? "gtin" : `${one.kind}_code`, one.code])),
		...Object.fromEntries(data.flags.filter((one) => one.in_force).map((one) => [`flag.${one.flag}`, one.value])),
		...Object.fromEntries(data.levels.filter((one) => one.in_force).map((one) => [`level.${one.level}`, "1"])),
	};
}

interface Now {
	codes: { kind: string; code: string }[];
	flags: { flag: string; value: string; in_force: boolean }[];
	levels: { level: string; in_force: boolean }[];
}

function OneField({ of, value, now, error, set, clear }: { of: FieldWord; value: string | undefined; now: string | undefined; error?: string; set: (text: string | undefined) => void; clear: boolean }) {
	if (clear && value === "")
		return (
			<Field label={of.title} error={error}>
				<Button danger data-testid={`cleared-${of.field}`} aria-label={`不清空${of.title}`} onClick={() => set(undefined)}>将清空 ✕</Button>
			</Field>
		);
	return (
		<Field label={of.title + (of.needed ? " *" : "")} error={error}>
			{of.options ? (
				<Select allowClear data-testid={`field-${of.field}`} placeholder={now && `现为 ${fieldValue(of.field, now)}`} value={value || undefined} options={options(of.options)} onChange={(text?: string) => set(text || undefined)} />
			) : (
				<Cell value={value ?? ""} placeholder={now && `现为 ${now}`} testid={`field-${of.field}`} field={of.field} maxLength={200} onChange={(text) => set(text || undefined)} />
			)}
			{clear && now && !value && <button type="button" className="link clear-value" data-testid={`clear-${of.field}`} aria-label={`清空${of.title}`} onClick={() => set("")}>清空</button>}
		</Field>
	);
}

/** Without the field where it is to stay as it is. */
function withField(values: Values, field: string, text: string | undefined): Values {
	const { [field]: _, ...rest } = values;
	return text === undefined ? rest : { ...rest, [field]: text };
}

function FieldForm({ what, product, values, set, errorAt }: { what: string; product: string | null; values: Values; set: (values: Values) => void; errorAt: (field: string) => string | undefined }) {
	const now = useNow(what === "admission" ? null : product);
	return (
		<div className="form field-grid">
			{FIELDS.filter((of) => what === "admission" || !of.fixed).map((of) => (
				<OneField key={of.field} of={of} value={values[of.field]} now={now[of.field]} error={errorAt(of.field)} clear={what !== "admission" && clearable(of)} set={(text) => set(withField(values, of.field, text))} />
			))}
		</div>
	);
}

const listed = (values: Values) => Object.entries(values).map(([field, value]) => ({ field, value }));

function Picked({ label, product, set, error }: { label: string; product: Product | null; set: (product: Product | null) => void; error?: string }) {
	return (
		<Field label={label} error={error}>
			{product ? <span><Drug name={product.name} spec={product.spec} maker={product.maker} /> <Button size="small" onClick={() => set(null)}>换</Button></span> : <ProductPicker placeholder="名称、首字母或编码" onPick={set} />}
		</Field>
	);
}

/** What enters the catalogue stands on the county's list, unless somebody says otherwise. */
const firstValues = (what: string): Values => (what === "admission" || what === "restore" ? { "level.county": "1" } : {});

export function ChangeNew() {
	const [what, setWhat] = useState(useQuery()[0].what ?? "admission");
	const [product, setProduct] = useState<Product | null>(null);
	const [other, setOther] = useState<Product | null>(null);
	const [applicant, setApplicant] = useState(current().session?.display_name ?? "");
	const [reason, setReason] = useState("");
	const [from, setFrom] = useState<number | null>(null);
	const [values, setValues] = useState<Values>(firstValues(what));
	const { act, busy, problem, clear } = useAct();
	useUnsaved(reason !== "" || product !== null);
	const withFields = ["admission", "change", "restore"].includes(what);
	const fields = listed(values);
	const errorAt = (field: string) => problem?.at(field) ?? problem?.at(`fields[${fields.findIndex((one) => one.field === field)}].value`);
	const save = (event: FormEvent) => {
		event.preventDefault();
		void act(async () => {
			const made = await post<Written>("catalogue-changes", {
				what, applicant, reason, ...(from && { from_ymd: from }),
				...(what !== "admission" && product && { product_id: product.id }), ...(what === "replacement" && other && { other_product_id: other.id }),
				...(withFields && { fields }),
			});
			go(`/catalogue-changes/${made.id}`, { replace: true, saved: true });
		});
	};
	return (
		<section className="page">
			<header className="page-head">
				<h1>申请目录调整</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<form onSubmit={save}>
				<div className="form">
					<Segmented value={what} options={options(WHAT)} onChange={(value) => { setWhat(String(value)); setValues(firstValues(String(value))); }} />
					{what !== "admission" && <Picked label="品种" product={product} set={setProduct} error={problem?.at("product_id")} />}
					{what === "replacement" && <Picked label="替换为" product={other} set={setOther} error={problem?.at("other_product_id")} />}
					<Field label="申请人 *" error={problem?.at("applicant")}><Cell value={applicant} testid="applicant" maxLength={40} onChange={setApplicant} /></Field>
					<Field label="希望生效日期 (不填: 执行当天)" error={problem?.at("from_ymd")}><DateCell value={from} testid="from" onChange={setFrom} /></Field>
				</div>
				<Field label="理由 *" wide error={problem?.at("reason")}>
					<Input.TextArea rows={2} maxLength={500} value={reason} data-testid="reason" onChange={(event) => setReason(event.target.value)} />
				</Field>
				{withFields && <FieldForm what={what} product={product?.id ?? null} values={values} set={setValues} errorAt={errorAt} />}
				<div className="totals">
					<span className="mute">{what === "restore" ? "恢复后只列入所选的目录; 与新增一样由药事委员会表决" : withFields ? `${fields.length} 项内容; 不填的保持不变` : "停用后不再列入任何目录, 已有库存可以用完"}</span>
					<span className="grow" />
					<Button type="primary" size="large" htmlType="submit" data-testid="create" data-next-step loading={busy} disabled={!applicant.trim() || !reason.trim()}>保存申请 ▸</Button>
				</div>
			</form>
		</section>
	);
}

interface Member {
	name: string;
	recused: boolean;
	vote: string | null;
	why: string | null;
}

interface Change extends Doc {
	what: string;
	product_id: string | null;
	product_name: string | null;
	spec: string | null;
	other_product_id: string | null;
	other_product_name: string | null;
	applicant: string;
	reason: string;
	from_ymd: number | null;
	warnings: string | null;
	meeting_ymd: number | null;
	minutes: string | null;
	fields: { field: string; value: string }[];
	members: Member[];
}

function PrepareDialog({ of, close }: { of: Change; close: (body: object | null) => void }) {
	const [from, setFrom] = useState<number | null>(of.from_ymd);
	return (
		<Modal open closable={false} title="拟办, 交委员会" okText="交委员会" cancelText="返回" onCancel={() => close(null)} okButtonProps={{ "data-testid": "prepare-ok" }} onOk={() => close(from ? { from_ymd: from } : {})}>
			<p className="mute">检查内容是否齐全, 并列出委员会须知 (一品两规、抗菌药物品种数)。</p>
			<Field label="生效日期 (不填: 执行当天)"><DateCell value={from} testid="prepare-from" onChange={setFrom} /></Field>
		</Modal>
	);
}

const EMPTY: Member = { name: "", recused: false, vote: "for", why: "" };

function DecideDialog({ of, close }: { of: Change; close: (body: object | null) => void }) {
	const [members, setMembers] = useState<Member[]>([EMPTY, EMPTY, EMPTY]);
	const [day, setDay] = useState<number | null>(current().session?.today_ymd ?? null);
	const [minutes, setMinutes] = useState("");
	const change = (n: number, part: Partial<Member>) => setMembers((old) => old.map((one, i) => (i === n ? { ...one, ...part } : one)));
	const named = members.filter((one) => one.name.trim());
	const ok = () => close({ meeting_ymd: day ?? undefined, minutes, members: named.map((one) => ({ name: one.name.trim(), ...(one.recused ? { recused: true, why: one.why ?? "" } : { vote: one.vote }) })) });
	return (
		<Modal open closable={false} width={820} title="登记表决" okText="登记表决" cancelText="返回" onCancel={() => close(null)} okButtonProps={{ disabled: named.length === 0 || !minutes.trim(), "data-testid": "decide-ok" }} onOk={ok}>
			{of.warnings && <p><Chip tone="wait">委员会须知</Chip> {of.warnings}</p>}
			<DataTable label="委员" testid="members" rows={members} id={(_, n) => String(n)} columns={[
				{ key: "name", title: "委员", card: "title", show: (row, n) => <Cell value={row.name} testid={`member-${n}-name`} cell="name" field={`members[${n - 1}].name`} maxLength={40} onChange={(name) => change(n - 1, { name })} /> },
				{ key: "recused", title: "回避", align: "center", show: (row, n) => <input type="checkbox" aria-label={`第 ${n} 位回避`} data-testid={`member-${n}-recused`} checked={row.recused} onChange={(event) => change(n - 1, { recused: event.target.checked })} /> },
				{ key: "vote", title: "表决", show: (row, n) => (row.recused ? <Cell value={row.why ?? ""} placeholder="回避原因" testid={`member-${n}-why`} onChange={(why) => change(n - 1, { why })} /> : <Segmented size="small" value={row.vote ?? "for"} options={options(VOTE)} onChange={(vote) => change(n - 1, { vote: String(vote) })} />) },
			]} />
			<Button size="small" data-testid="member-add" onClick={() => setMembers((old) => [...old, EMPTY])}>再加一位</Button>
			<div className="dialog-form">
				<Field label="会议日期"><DateCell value={day} testid="meeting" onChange={setDay} /></Field>
				<Field label="会议纪要 (必填)" wide><Input.TextArea rows={4} maxLength={4000} value={minutes} data-testid="minutes" onChange={(event) => setMinutes(event.target.value)} /></Field>
			</div>
			<Attachments kind="catalogue_change.minutes" id={of.id} topic="catalogue-changes" title="签字的会议纪要 (没有上传不能登记表决)" testid="minutes-papers" />
		</Modal>
	);
}

/** While the 总药师 prepares it, or the applicant still drafts it, the fields can be completed. */
function Editor({ of, doc }: { of: ReturnType<typeof useDocument<Change>>; doc: Change }) {
	const [values, setValues] = useState<Values>(() => Object.fromEntries(doc.fields.map((one) => [one.field, one.value])));
	const [open, setOpen] = useState(false);
	const fields = listed(values);
	const errorAt = (field: string) => of.problem?.at(field) ?? of.problem?.at(`fields[${fields.findIndex((one) => one.field === field)}].value`);
	if (!open) return <Button data-testid="complete" onClick={() => setOpen(true)}>补充内容</Button>;
	return (
		<>
			<FieldForm what={doc.what} product={doc.product_id} values={values} set={setValues} errorAt={errorAt} />
			<Button type="primary" data-testid="save" loading={of.busy} onClick={() => void of.change({ fields }).then((done) => done && setOpen(false))}>保存内容</Button>
		</>
	);
}

export function ChangePage({ params }: { params: Params }) {
	const of = useDocument<Change>("catalogue-changes", params.id);
	const inputs: Record<string, StepInput> = {
		prepare: (close) => <PrepareDialog of={of.doc!} close={close} />,
		decide: (close) => <DecideDialog of={of.doc!} close={close} />,
	};
	const mayEdit = (doc: Change) => ["admission", "change", "restore"].includes(doc.what) && (doc.state === "draft" || (doc.state === "submitted" && doc.actions.some((one) => one.action === "prepare" && one.allowed)));
	return (
		<DocumentPage
			of={of}
			inputs={inputs}
			facts={(doc) => (
				<>
					<Fact label="类型">{WHAT[doc.what]}</Fact>
					<Fact label="品种">{doc.product_id && <To path={`/products/${doc.product_id}`}>{doc.product_name} {doc.spec}</To>}</Fact>
					<Fact label="替换为">{doc.other_product_id && <To path={`/products/${doc.other_product_id}`}>{doc.other_product_name}</To>}</Fact>
					<Fact label="申请人">{doc.applicant}</Fact>
					<Fact label="生效日期">{ymd(doc.from_ymd)}</Fact>
					<Fact label="会议">{ymd(doc.meeting_ymd)}</Fact>
				</>
			)}
		>
			{(doc) => (
				<div className="panel">
					<h2>理由</h2>
					<p>{doc.reason}</p>
					{doc.warnings && <><h2>委员会须知</h2>{doc.warnings.trim().split("\n").map((line) => <p key={line} data-testid="warning"><Chip tone="wait">{line}</Chip></p>)}</>}
					{doc.fields.length > 0 && <><h2>内容</h2><DataTable label="内容" testid="fields" rows={[...doc.fields].sort(byForm)} id={(row) => row.field} columns={[
						{ key: "field", title: "项目", card: "title", width: 220, show: (row) => fieldTitle(row.field) },
						{ key: "value", title: "值", show: (row) => <b>{row.value === "" ? "清空" : fieldValue(row.field, row.value)}</b> },
					]} /></>}
					{mayEdit(doc) && <Editor key={doc.version} of={of} doc={doc} />}
					{doc.members.length > 0 && <><h2>表决</h2><DataTable label="表决" testid="votes" rows={doc.members} id={(row) => row.name} columns={[
						{ key: "name", title: "委员", card: "title", width: 220, show: (row) => row.name },
						{ key: "vote", title: "意见", show: (row) => (row.recused ? `回避 (${row.why ?? ""})` : VOTE[row.vote ?? ""]) },
					]} /></>}
					{doc.minutes && <><h2>会议纪要</h2><p className="pre">{doc.minutes}</p><Attachments kind="catalogue_change.minutes" id={doc.id} topic="catalogue-changes" title="" testid="minutes-shown" add={false} /></>}
				</div>
			)}
		</DocumentPage>
	);
}
