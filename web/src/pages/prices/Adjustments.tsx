// 调价单: a new issue price for all branches from a moment on; what lay where then, and what it gained or lost.
import { Button, Input, InputNumber, Modal } from "antd";
import { useState } from "react";
import { type Problem, post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, time } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { can, homeSite } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Product, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { type OpenDocument, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, Field, ProductPicker } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { type Saver, noSaver, priceText } from "./Prices";

interface Row extends DocumentRow {
	effective_at_ms: number;
	done_at_ms: number | null;
	lines: number;
	gain: string;
}
const STATES = options({ draft: "草稿", submitted: "已提交", scheduled: "待生效", effective: "已生效", confirmed: "HIS 已执行", cancelled: "已作废" });

function Margin({ close }: { close: () => void }) {
	const { data } = useData<{ decoction_margin_percent: number }>("price-settings");
	const [typed, setTyped] = useState<number | null>(null);
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const done = await act(() => post("price-settings", { decoction_margin_percent: typed ?? data?.decoction_margin_percent ?? 0 }));
		if (done) close();
	};
	return (
		<Modal open closable={false} title="中药饮片加成" okText="保存" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ "data-testid": "margin-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<p>其他药品零差率: 发药价不高于进价。中药饮片可以加成, 最多 25 %。</p>
			<Field label="加成 (%)">
				<InputNumber min={0} max={25} precision={0} value={typed ?? data?.decoction_margin_percent ?? 0} data-testid="margin" onChange={setTyped} />
			</Field>
		</Modal>
	);
}

export function PriceAdjustmentList() {
	const [margin, setMargin] = useState(false);
	return (
		<>
			<ListPage<Row>
				title="调价单"
				resource="price-adjustments"
				topics={["price-adjustments", "prices"]}
				id={(row) => row.id}
				open={(row) => `/price-adjustments/${row.id}`}
				search="number"
				filters={[{ name: "state", label: "状态", options: STATES }]}
				primary={{ label: "新建调价单", path: "/price-adjustments/new", permission: "PRICE_EDIT" }}
				extra={can("PRICE_EDIT") && <Button data-testid="margin-open" onClick={() => setMargin(true)}>饮片加成</Button>}
				empty={"发药价全县一个价, 零差率随进价。\n调价单到生效时刻清点每个库房和在途的库存, 记下调价损益, 交 HIS 执行。"}
				columns={[
					{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
					{ key: "state", title: "状态", show: (row) => <StateChip kind="price-adjustments" state={row.state} title={row.state_title} /> },
					{ key: "at", title: "生效时间", show: (row) => <span className="num">{time(row.effective_at_ms)}</span> },
					{ key: "lines", title: "品种", align: "right", show: (row) => row.lines },
					{ key: "gain", title: "调价损益 (元)", align: "right", show: (row) => row.done_at_ms && <span className="num">{money(row.gain)}</span> },
					{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
				]}
			/>
			{margin && <Margin close={() => setMargin(false)} />}
		</>
	);
}

interface Draft extends Packing {
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	trade_price?: string | null;
	price: string;
	/** Why it lies below the purchase price. */
	reason?: string | null;
}

const CHINA = "+08:00";
/** "2026-11-25T00:00" at UTC+8 → milliseconds; null when left empty. */
const moment = (text: string) => (text ? Date.parse(`${text}:00${CHINA}`) : null);

/** All of an adjustment that people type. */
interface Sheet {
	lines: Draft[];
	at: string;
	note: string;
}
const bodyOf = ({ lines, at, note }: Sheet) => ({
	...(moment(at) !== null && { effective_at_ms: moment(at) }), ...(note && { note }),
	lines: lines.map((line) => ({ product_id: line.product_id, ...(line.price && { price: line.price }), ...(line.reason?.trim() && { reason: line.reason.trim() }) })),
});

function Editor({ sheet, set, problem }: { sheet: Sheet; set: (part: Partial<Sheet>) => void; problem: Problem | null }) {
	const { lines } = sheet;
	const change = (id: string, part: Partial<Draft>) => set({ lines: lines.map((line) => (line.product_id === id ? { ...line, ...part } : line)) });
	const add = (product: Product) => {
		if (!lines.some((line) => line.product_id === product.id)) set({ lines: [...lines, { ...product, product_id: product.id, product_name: product.name, price: "" }] });
	};
	const columns: Column<Draft>[] = [
		{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
		{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
		{ key: "trade", title: "采购价格", align: "right", show: (line) => <span className="num">{money(line.trade_price)}</span> },
		{ key: "price", title: "新发药价 (元)", width: 150, align: "right", show: (line, n) => (
			<>
				<Cell value={line.price} inputMode="decimal" placeholder="随进价" cell="price" field={`lines[${n - 1}].price`} testid={`line-${n}-price`} aria-label={`第 ${n} 行新发药价`} error={problem?.at(`lines[${n - 1}].price`)} onChange={(text) => change(line.product_id, { price: priceText(text) })} />
				{problem?.at(`lines[${n - 1}].price`) && <span className="cell-note">{problem.at(`lines[${n - 1}].price`)}</span>}
			</>
		) },
		{ key: "reason", title: "低于进价的理由", width: 170, show: (line, n) => <Cell value={line.reason ?? ""} maxLength={200} testid={`line-${n}-reason`} field={`lines[${n - 1}].reason`} aria-label={`第 ${n} 行低于进价的理由`} error={problem?.at(`lines[${n - 1}].reason`)} onChange={(reason) => change(line.product_id, { reason })} /> },
		{ key: "drop", title: "", width: 44, show: (line, n) => <Button type="text" size="small" aria-label={`删除第 ${n} 行`} onClick={() => set({ lines: lines.filter((one) => one !== line) })}>✕</Button> },
	];
	return (
		<>
			<div className="form">
				<Field label="生效时间 (留空: 批准后立即)" error={problem?.at("effective_at_ms")}>
					<Input type="datetime-local" value={sheet.at} data-testid="effective-at" onChange={(event) => set({ at: event.target.value })} />
				</Field>
				<Field label="依据" error={problem?.at("note")}>
					<Input maxLength={2000} value={sheet.note} data-testid="note" onChange={(event) => set({ note: event.target.value })} />
				</Field>
			</div>
			<DataTable label="调价品种" testid="lines" rows={lines} id={(line) => line.product_id} columns={columns} />
			<div className="add-line">
				<ProductPicker onPick={add} />
			</div>
		</>
	);
}

interface IssueFlag extends Packing {
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	limit_price: string;
}

interface Unpriced extends Omit<IssueFlag, "limit_price"> {
	trade_price: string | null;
}
const LINES_MAX = 500;

/**
 * With ?from=issue: a draft of all that lies above 零差率, each at what is allowed now. With ?from=unpriced: of what may be bought
 * and has no issue price yet, each at its purchase price.
 */
export function PriceAdjustmentNew() {
	const [query] = useQuery();
	if (query.from === "issue") return <OfFlags />;
	if (query.from === "unpriced") return <OfUnpriced />;
	return <NewSheet first={[]} />;
}

function OfFlags() {
	const flags = useData<Page<IssueFlag>>("price-flags/issue", { query: { limit: LINES_MAX } });
	return <Loaded of={flags}>{(page) => <NewSheet note="进价下降, 发药价随零差率调整" first={page.rows.map((row) => ({ ...row, trade_price: row.limit_price, price: "" }))} />}</Loaded>;
}

function OfUnpriced() {
	const products = useData<Page<Unpriced>>("price-public", { query: { no_issue: 1, limit: 2 * LINES_MAX } });
	return <Loaded of={products}>{(page) => <NewSheet note="首次统一发药价, 随进价" first={page.rows.flatMap((row) => (row.trade_price ? [{ ...row, trade_price: row.trade_price, price: "" }] : [])).slice(0, LINES_MAX)} />}</Loaded>;
}

function NewSheet({ first, note = "" }: { first: Draft[]; note?: string }) {
	const [sheet, setSheet] = useState<Sheet>({ lines: first, at: "", note: first.length > 0 ? note : "" });
	const { act, busy, problem, clear } = useAct();
	useUnsaved(sheet.lines.length > 0);
	const create = () =>
		act(async () => {
			const made = await post<Written>("price-adjustments", bodyOf(sheet));
			go(`/price-adjustments/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建调价单</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<Editor sheet={sheet} set={(part) => setSheet((old) => ({ ...old, ...part }))} problem={problem} />
			<div className="totals">
				<span>{sheet.lines.length} 个品种</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={sheet.lines.length === 0} onClick={() => void create()}>
					建立调价单 ▸
				</Button>
			</div>
		</section>
	);
}

interface Line extends Packing {
	id: string;
	n: number;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	price: string;
	old_price: string | null;
	issue_price: string | null;
	basis_price: string;
	margin_percent: number;
	reason: string | null;
	units: number;
	gain: string;
	claim_units: number;
	claim_amount: string;
}
interface Adjustment extends Doc {
	effective_at_ms: number;
	done_at_ms: number | null;
	gain: string;
	lines: Line[];
	sites: HisSite[];
}
interface HisSite {
	site_id: string;
	site_name: string;
	missing_codes: number;
	confirmed_at_ms: number | null;
	confirmed_by: string | null;
	note: string | null;
}
interface Stock extends Packing {
	site_name: string | null;
	depot_id: string;
	depot_name: string;
	product_id: string;
	product_name: string;
	spec?: string;
	units: number;
	old_amount: string;
	new_amount: string;
	gain: string;
}

const sheetOf = (doc: Adjustment): Sheet => ({
	at: time(doc.effective_at_ms).replace(" ", "T"), note: doc.note ?? "",
	lines: doc.lines.map((line) => ({ ...line, trade_price: line.basis_price, price: line.price })),
});

/** A draft that came back is mended in the same sheet. */
function DraftEditor({ of, doc, saver }: { of: OpenDocument<Adjustment>; doc: Adjustment; saver: Saver }) {
	const [sheet, setSheet] = useState(() => sheetOf(doc));
	const [dirty, setDirty] = useState(false);
	useUnsaved(dirty);
	const save = async () => {
		const done = await of.change(bodyOf(sheet));
		if (done) setDirty(false);
		return done !== undefined;
	};
	saver.current = async () => !dirty || save();
	return (
		<>
			<Editor sheet={sheet} set={(part) => { setDirty(true); setSheet((old) => ({ ...old, ...part })); }} problem={of.problem} />
			<Button data-testid="save" disabled={!dirty || sheet.lines.length === 0} loading={of.busy} onClick={() => void save()}>保存</Button>
		</>
	);
}

function Places({ id }: { id: string }) {
	const data = useData<Page<Stock>>("price-adjustment-stock", { query: { adjustment_id: id, limit: 5000 } });
	return (
		<Loaded of={data}>
			{(page) => (
				<DataTable label="各库房调价损益" testid="places" rows={page.rows} id={(row) => `${row.depot_id}.${row.product_id}`} columns={[
					{ key: "place", title: "库房", card: "title", show: (row) => `${row.site_name ?? "在途"} ${row.depot_name}` },
					{ key: "product", title: "药品", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
					{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
					{ key: "old", title: "原金额", align: "right", show: (row) => <span className="num">{money(row.old_amount)}</span> },
					{ key: "new", title: "新金额", align: "right", show: (row) => <span className="num">{money(row.new_amount)}</span> },
					{ key: "gain", title: "损益", align: "right", show: (row) => <b className="num">{money(row.gain)}</b> },
				]} />
			)}
		</Loaded>
	);
}

/** Whose HIS must take the price: its file, what has no code there, who said that it is done. */
function HisSites({ of, doc }: { of: OpenDocument<Adjustment>; doc: Adjustment }) {
	if (doc.sites.length === 0) return null;
	const open = doc.sites.filter((site) => !site.confirmed_at_ms).length;
	return (
		<>
			<h2>各机构 HIS {open === 0 ? <Chip tone="good">全部已执行</Chip> : <Chip tone="wait">{open} 家待执行</Chip>}</h2>
			<DataTable<HisSite> label="各机构 HIS" testid="his-sites" rows={doc.sites} id={(site) => site.site_id} columns={[
				{ key: "site", title: "机构", card: "title", show: (site) => site.site_name },
				{ key: "file", title: "文件", show: (site, n) => <a href={url(`price-adjustments/${doc.id}/his.csv`, { site_id: site.site_id })} download data-testid={`his-file-${n}`}>HIS 文件</a> },
				{ key: "missing", title: "未对码品种", align: "right", show: (site) => (site.missing_codes > 0 ? <To path={`/his-items?site_id=${site.site_id}`}><Chip tone="bad">{site.missing_codes} 个</Chip></To> : <span className="mute">0</span>) },
				{ key: "done", title: "执行", show: (site, n) => site.confirmed_at_ms ? <span className="num">{time(site.confirmed_at_ms)} <small>{site.confirmed_by}</small>{site.note && <small className="mute block">{site.note}</small>}</span>
					: doc.state === "effective" && can("PRICE_CONFIRM") ? <Button size="small" loading={of.busy} data-testid={`his-confirm-${n}`} onClick={() => void of.step("confirm", { site_id: site.site_id })}>确认已执行</Button> : <span className="mute">{doc.state === "effective" ? "待执行" : "生效后确认"}</span> },
			]} />
		</>
	);
}

export function PriceAdjustmentPage({ params }: { params: Params }) {
	const of = useDocument<Adjustment>("price-adjustments", params.id);
	const [saver] = useState<Saver>(noSaver);
	/** The footer confirms the person's own HIS; others stand in the table. */
	const own = of.doc?.sites.some((site) => site.site_id === homeSite()?.id && !site.confirmed_at_ms);
	const shown = of.doc && { ...of.doc, actions: of.doc.actions.filter((action) => action.action !== "confirm" || own) };
	return (
		<DocumentPage
			of={{ ...of, doc: shown }}
			before={() => saver.current()}
			facts={(doc) => (
				<>
					<Fact label="生效时间"><span className="num">{time(doc.effective_at_ms)}</span></Fact>
					<Fact label="清点">{doc.done_at_ms && <span className="num">{time(doc.done_at_ms)}</span>}</Fact>
					<Fact label="调价损益">{doc.done_at_ms && <b className="num">{money(doc.gain)}</b>}</Fact>
					<Fact label="依据">{doc.note}</Fact>
				</>
			)}
			tools={(doc) => (
				<a className="ant-btn ant-btn-default" href={url(`price-adjustments/${doc.id}/his.csv`)} download data-testid="his-file">
					本机构 HIS 文件
				</a>
			)}
		>
			{(doc) => doc.state === "draft" && can("PRICE_EDIT") ? <DraftEditor key={doc.version} of={of} doc={doc} saver={saver} /> : (
				<>
					<DataTable label="调价品种" testid="lines" rows={doc.lines} id={(line) => line.id} columns={[
						{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (line) => line.n },
						{ key: "product", title: "药品", card: "title", show: (line) => <To path={`/products/${line.product_id}`}><Drug name={line.product_name} spec={line.spec} maker={line.maker} /></To> },
						{ key: "old", title: "原发药价", align: "right", show: (line) => <span className="num">{money(doc.done_at_ms ? line.old_price : line.issue_price) || "首次"}</span> },
						{ key: "price", title: "新发药价", align: "right", show: (line) => <b className="num">{money(line.price)}</b> },
						{ key: "basis", title: "进价", align: "right", show: (line) => <span className="num">{money(line.basis_price)}{line.margin_percent > 0 && <small> +{line.margin_percent} %</small>}{line.reason && <small className="block mute">{line.reason}</small>}</span> },
						{ key: "units", title: "生效时库存", align: "right", show: (line) => doc.done_at_ms && <Units n={line.units} of={line} /> },
						{ key: "gain", title: "损益 (元)", align: "right", show: (line) => doc.done_at_ms && <span className="num">{money(line.gain)}</span> },
						{ key: "claim", title: "补差 (元)", align: "right", show: (line) => line.claim_units > 0 && <To path={`/price-claims?adjustment_id=${doc.id}`}><span className="num">{money(line.claim_amount)}</span></To> },
					]} />
					<HisSites of={of} doc={doc} />
					{doc.done_at_ms && (
						<>
							<h2>各库房</h2>
							<Places id={doc.id} />
						</>
					)}
				</>
			)}
		</DocumentPage>
	);
}
