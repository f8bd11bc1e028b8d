// 议价: the quotes of suppliers side by side, one chosen per drug; the group with those who step aside, and the minutes.
import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { newKey, post } from "../../base/api";
import { useAct } from "../../base/data";
import { money, priceE4, time, today, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can, current } from "../../base/session";
import type { Doc, DocumentRow, Packing, Product, Supplier, Page, Written } from "../../base/types";
import { useData } from "../../base/data";
import { Attachments } from "../../parts/Attachments";
import { Chip, Drug, Fact, StateChip } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { Behind } from "../../parts/Behind";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DateCell, Field, ProductPicker, SupplierPicker } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import type { Problem } from "../../base/api";
import { useUnsaved } from "../../parts/unsaved";
import { Period, priceText } from "./Prices";

interface Row extends DocumentRow {
	alliance: string | null;
	from_ymd: number;
	to_ymd: number | null;
	lines: number;
}
const STATES = options({ draft: "草稿", submitted: "已提交", decided: "已审定", executed: "已执行", cancelled: "已作废" });

export function NegotiationList() {
	return (
		<ListPage<Row>
			title="议价"
			resource="negotiations"
			topics={["negotiations"]}
			id={(row) => row.id}
			open={(row) => `/negotiations/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: STATES }]}
			primary={{ label: "新建议价", path: "/negotiations/new", permission: "PRICE_EDIT" }}
			empty={"单独或联盟议价: 至少三人的小组, 各家报价并排比较, 总药师审定, 执行后按议定价采购。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="negotiations" state={row.state} title={row.state_title} /> },
				{ key: "alliance", title: "联盟", show: (row) => row.alliance ?? "单独议价" },
				{ key: "lines", title: "品种", align: "right", show: (row) => row.lines },
				{ key: "period", title: "执行期间", show: (row) => <Period of={row} /> },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

interface Member {
	key: string;
	name: string;
	duty: string;
	recused: boolean;
	reason: string;
}
interface Line extends Packing {
	key: string;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	ceiling_price?: string | null;
	last_price?: string | null;
	/** By supplier: what is typed; nothing where there is no quote. */
	quotes: Record<string, string>;
	chosen?: string;
	single_reason?: string | null;
}
/** All of a negotiation that people type. */
interface Sheet {
	alliance: string;
	minutes: string;
	from: number | null;
	to: number | null;
	members: Member[];
	suppliers: { id: string; name: string }[];
	lines: Line[];
}

const bodyOf = (sheet: Sheet) => ({
	...(sheet.alliance.trim() && { alliance: sheet.alliance.trim() }),
	...(sheet.minutes.trim() && { minutes: sheet.minutes.trim() }),
	from_ymd: sheet.from,
	...(sheet.to && { to_ymd: sheet.to }),
	members: sheet.members.filter((one) => one.name.trim()).map((one) => ({ name: one.name.trim(), ...(one.duty.trim() && { duty: one.duty.trim() }), recused: one.recused, ...(one.reason.trim() && { reason: one.reason.trim() }) })),
	lines: sheet.lines.map((line) => ({
		product_id: line.product_id,
		...(line.single_reason?.trim() && { single_reason: line.single_reason.trim() }),
		quotes: sheet.suppliers.filter((one) => line.quotes[one.id]).map((one) => ({ supplier_id: one.id, price: line.quotes[one.id], chosen: line.chosen === one.id })),
	})),
});

/** What is wrong with a quote, told while it is typed; the service decides. */
function quoteTrouble(line: Line, text: string): string | undefined {
	const price = priceE4(text);
	const ceiling = priceE4(line.ceiling_price);
	if (!text) return undefined;
	if (price === null) return "单价写作 12.50";
	return ceiling !== null && price > ceiling ? "高于限价" : undefined;
}

/** 单一来源: fewer than two quotes need their reason. */
const isSingle = (line: Line) => Object.values(line.quotes).filter(Boolean).length < 2;

const lowest = (line: Line) => Math.min(...Object.values(line.quotes).map((text) => priceE4(text) ?? Number.MAX_SAFE_INTEGER));

interface Parts {
	sheet: Sheet;
	set: (part: Partial<Sheet>) => void;
	problem: Problem | null;
}

function Members({ sheet, set, problem }: Parts) {
	const change = (key: string, part: Partial<Member>) => set({ members: sheet.members.map((one) => (one.key === key ? { ...one, ...part } : one)) });
	const able = sheet.members.filter((one) => one.name.trim() && !one.recused).length;
	return (
		<div className="panel">
			<h2>
				议价小组 {able >= 3 ? <Chip tone="good">参与 {able} 人</Chip> : <Chip tone="bad">参与 {able} 人, 至少 3 人</Chip>}
			</h2>
			{problem?.at("members") && <p role="alert" className="cell-note">{problem.at("members")}</p>}
			<DataTable label="议价小组" rows={sheet.members} id={(one) => one.key} columns={[
				{ key: "name", title: "姓名", card: "title", width: 140, show: (one, n) => <Cell value={one.name} error={problem?.at(`members[${n - 1}].name`)} testid={`member-${n}-name`} aria-label={`第 ${n} 人姓名`} maxLength={64} onChange={(name) => change(one.key, { name })} /> },
				{ key: "duty", title: "职务", width: 160, show: (one, n) => <Cell value={one.duty} testid={`member-${n}-duty`} aria-label={`第 ${n} 人职务`} maxLength={64} onChange={(duty) => change(one.key, { duty })} /> },
				{ key: "recused", title: "回避", width: 60, align: "center", show: (one, n) => <input type="checkbox" checked={one.recused} data-testid={`member-${n}-recused`} aria-label={`第 ${n} 人回避`} onChange={(event) => change(one.key, { recused: event.target.checked })} /> },
				{ key: "reason", title: "回避原因", show: (one, n) => <Cell value={one.reason} disabled={!one.recused} aria-label={`第 ${n} 人回避原因`} maxLength={200} onChange={(reason) => change(one.key, { reason })} /> },
				{ key: "drop", title: "", width: 44, show: (one, n) => <Button type="text" size="small" aria-label={`删除第 ${n} 人`} onClick={() => set({ members: sheet.members.filter((other) => other.key !== one.key) })}>✕</Button> },
			]} />
			<Button data-testid="member-add" onClick={() => set({ members: [...sheet.members, { key: newKey(), name: "", duty: "", recused: false, reason: "" }] })}>添加成员</Button>
		</div>
	);
}

function Quotes({ sheet, set, problem }: Parts) {
	const { data } = useData<Page<Supplier>>("suppliers", { query: { limit: 1000 } });
	const change = (key: string, part: Partial<Line>) => set({ lines: sheet.lines.map((line) => (line.key === key ? { ...line, ...part } : line)) });
	const columns: Column<Line>[] = [
		{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
		{ key: "ceiling", title: "限价", align: "right", width: 90, show: (line) => (line.ceiling_price ? <span className="num">{money(line.ceiling_price)}</span> : <Chip tone="bad">无挂网价</Chip>) },
		...sheet.suppliers.map((one, s) => ({
			key: one.id, title: one.name, width: 150, align: "right" as const,
			show: (line: Line, n: number) => {
				const text = line.quotes[one.id] ?? "";
				const error = problem?.at(`lines[${n - 1}].quotes`) ?? quoteTrouble(line, text);
				return (
					<span className="quote">
						<Cell value={text} inputMode="decimal" cell="quote" testid={`quote-${n}-${s + 1}`} aria-label={`${one.name} 对 ${line.product_name} 的报价`} error={text ? error : undefined} onChange={(price) => change(line.key, { quotes: { ...line.quotes, [one.id]: priceText(price) } })} />
						<label className="check">
							<input type="radio" name={`chosen-${line.key}`} checked={line.chosen === one.id} disabled={!text} data-testid={`choose-${n}-${s + 1}`} onChange={() => change(line.key, { chosen: one.id })} />
							选定 {text && priceE4(text) === lowest(line) && <small className="mute">最低</small>}
						</label>
					</span>
				);
			},
		})),
		{ key: "single", title: "单一来源理由 (不足两家时必填)", width: 180, show: (line, n) => (isSingle(line) || line.single_reason) && <Cell value={line.single_reason ?? ""} maxLength={200} testid={`line-${n}-single`} field={`lines[${n - 1}].single_reason`} aria-label={`第 ${n} 行单一来源理由`} error={problem?.at(`lines[${n - 1}].single_reason`)} onChange={(single_reason) => change(line.key, { single_reason })} /> },
		{ key: "drop", title: "", width: 44, show: (line, n) => <Button type="text" size="small" aria-label={`删除第 ${n} 行`} onClick={() => set({ lines: sheet.lines.filter((other) => other.key !== line.key) })}>✕</Button> },
	];
	const addProduct = (product: Product) =>
		set({ lines: [...sheet.lines, { key: newKey(), product_id: product.id, product_name: product.name, spec: product.spec, maker: product.maker, unit_name: product.unit_name, pack_name: product.pack_name, units_per_pack: product.units_per_pack, ceiling_price: product.ceiling_price, quotes: {} }] });
	const addSupplier = (id: string) => {
		const name = data?.rows.find((one) => one.id === id)?.name ?? "";
		if (!sheet.suppliers.some((one) => one.id === id)) set({ suppliers: [...sheet.suppliers, { id, name }] });
	};
	return (
		<div className="panel">
			<h2>报价比较 (元 / 包装)</h2>
			<DataTable label="报价比较" testid="lines" rows={sheet.lines} id={(line) => line.key} columns={columns} />
			<div className="add-line form-row">
				<ProductPicker onPick={addProduct} />
				<SupplierPicker value={undefined} onChange={addSupplier} />
				<span className="mute">选择供应商加一列报价</span>
			</div>
		</div>
	);
}

function Editor(parts: Parts) {
	const { sheet, set, problem } = parts;
	return (
		<>
			<div className="form">
				<Field label="联盟名称 (单独议价留空)" error={problem?.at("alliance")}>
					<Input maxLength={100} value={sheet.alliance} data-testid="alliance" onChange={(event) => set({ alliance: event.target.value })} />
				</Field>
				<Field label="执行起始日" error={problem?.at("from_ymd")}>
					<DateCell value={sheet.from} testid="talk-from" aria-label="执行起始日" onChange={(from) => set({ from })} />
				</Field>
				<Field label="截止日 (长期时留空)" error={problem?.at("to_ymd")}>
					<DateCell value={sheet.to} testid="talk-to" aria-label="截止日" onChange={(to) => set({ to })} />
				</Field>
			</div>
			<Quotes {...parts} />
			<Members {...parts} />
			<div className="panel">
				<Field label="议价纪要 (提交前必填)" error={problem?.at("minutes")} wide>
					<Input.TextArea rows={4} maxLength={10000} value={sheet.minutes} data-testid="minutes" onChange={(event) => set({ minutes: event.target.value })} />
				</Field>
			</div>
		</>
	);
}

const EMPTY = (): Sheet => ({ alliance: "", minutes: "", from: current().session?.today_ymd ?? today(), to: null, members: [], suppliers: [], lines: [] });

export function NegotiationNew() {
	const [sheet, setSheet] = useState(EMPTY);
	const { act, busy, problem, clear } = useAct();
	useUnsaved(sheet.lines.length > 0);
	const create = () =>
		act(async () => {
			const made = await post<Written>("negotiations", bodyOf(sheet));
			go(`/negotiations/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建议价</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<Editor sheet={sheet} set={(part) => setSheet((old) => ({ ...old, ...part }))} problem={problem} />
			<div className="totals">
				<span>{sheet.lines.length} 个品种, {sheet.suppliers.length} 家报价</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={sheet.lines.length === 0 || !sheet.from} onClick={() => void create()}>
					建立议价单 ▸
				</Button>
			</div>
		</section>
	);
}

interface Negotiation extends Doc {
	alliance: string | null;
	minutes: string | null;
	from_ymd: number;
	to_ymd: number | null;
	members: { name: string; duty: string | null; recused: boolean; reason: string | null }[];
	lines: (Packing & { id: string; product_id: string; product_name: string; spec?: string; maker?: string; ceiling_price: string | null; last_price: string | null; single_reason: string | null })[];
	quotes: { line_id: string; supplier_id: string; supplier_name: string; price: string; note: string | null; chosen: boolean }[];
}

function sheetOf(doc: Negotiation): Sheet {
	const suppliers = [...new Map(doc.quotes.map((quote) => [quote.supplier_id, { id: quote.supplier_id, name: quote.supplier_name }])).values()];
	return {
		alliance: doc.alliance ?? "", minutes: doc.minutes ?? "", from: doc.from_ymd, to: doc.to_ymd, suppliers,
		members: doc.members.map((one) => ({ key: newKey(), name: one.name, duty: one.duty ?? "", recused: one.recused, reason: one.reason ?? "" })),
		lines: doc.lines.map((line) => {
			const quotes = doc.quotes.filter((quote) => quote.line_id === line.id);
			return { ...line, key: line.id, quotes: Object.fromEntries(quotes.map((quote) => [quote.supplier_id, quote.price])), chosen: quotes.find((quote) => quote.chosen)?.supplier_id };
		}),
	};
}

/** The signed paper: without it nothing is decided. */
const Minutes = ({ doc }: { doc: Negotiation }) => (
	<Attachments kind="negotiation.minutes" id={doc.id} topic="negotiations" title="签字的纪要 (审定前必须上传)" testid="minutes-papers" add={can("ATTACH") && (doc.state === "draft" || doc.state === "submitted")} />
);

function Shown({ doc }: { doc: Negotiation }) {
	const sheet = sheetOf(doc);
	return (
		<>
			<DataTable label="报价比较" testid="lines" rows={sheet.lines} id={(line) => line.key} columns={[
				{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
				{ key: "ceiling", title: "限价", align: "right", show: (line) => <span className="num">{money(line.ceiling_price)}</span> },
				{ key: "last", title: "上次进价", align: "right", show: (line) => <span className="num">{money(line.last_price)}</span> },
				...sheet.suppliers.map((one) => ({
					key: one.id, title: one.name, align: "right" as const,
					show: (line: Line) => (line.quotes[one.id] ? <span className="num">{line.chosen === one.id ? <Chip tone="good">{money(line.quotes[one.id])}</Chip> : money(line.quotes[one.id])}{priceE4(line.quotes[one.id]) === lowest(line) && <small className="mute"> 最低</small>}</span> : <span className="mute">未报</span>),
				})),
				...(sheet.lines.some((line) => line.single_reason) ? [{ key: "single", title: "单一来源理由", show: (line: Line) => line.single_reason }] : []),
			]} />
			<div className="panel">
				<h2>议价小组</h2>
				<p>{doc.members.map((one) => `${one.name}${one.duty ? ` (${one.duty})` : ""}${one.recused ? ` 回避${one.reason ? `: ${one.reason}` : ""}` : ""}`).join(" · ")}</p>
				<h2>纪要</h2>
				<p className="pre">{doc.minutes}</p>
				<Minutes doc={doc} />
			</div>
		</>
	);
}

export function NegotiationPage({ params }: { params: Params }) {
	const of = useDocument<Negotiation>("negotiations", params.id);
	const [sheet, setSheet] = useState<Sheet | null>(null);
	const [saved, setSaved] = useState(0);
	const doc = of.doc;
	const editable = doc?.state === "draft" && can("PRICE_EDIT");
	const dirty = sheet !== null && editable;
	useUnsaved(dirty);
	useEffect(() => {
		if (!dirty && doc) setSaved(doc.version);
	}, [dirty, doc]);
	const save = async () => {
		if (!sheet) return true;
		const done = await of.change(bodyOf(sheet));
		if (done) {
			setSheet(null);
			setSaved(done.version);
		}
		return done !== undefined;
	};
	return (
		<DocumentPage
			of={of}
			before={save}
			facts={(row) => (
				<>
					<Fact label="方式">{row.alliance ? `联盟: ${row.alliance}` : "单独议价"}</Fact>
					<Fact label="执行期间">{`${ymd(row.from_ymd)} – ${row.to_ymd ? ymd(row.to_ymd) : "长期"}`}</Fact>
				</>
			)}
		>
			{(row) =>
				editable ? (
					<>
						<Behind when={dirty && row.version > saved} take={() => setSheet(null)} />
						<div className="form-row">
							<Button data-testid="save" disabled={!dirty} loading={of.busy} onClick={() => void save()}>保存</Button>
							{dirty && <span className="mute">有未保存的修改</span>}
						</div>
						<Editor sheet={sheet ?? sheetOf(row)} set={(part) => setSheet((old) => ({ ...(old ?? sheetOf(row)), ...part }))} problem={of.problem} />
						<div className="panel"><Minutes doc={row} /></div>
					</>
				) : (
					<Shown doc={row} />
				)
			}
		</DocumentPage>
	);
}
