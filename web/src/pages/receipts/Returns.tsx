// 采购退货: which lots of a supplier go back and why; scanned out by their codes; what the red invoice must still bring.
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { amountFen, fen, money, time, units } from "../../base/format";
import { go, type Params, useQuery } from "../../base/route";
import { useScanHandler } from "../../base/scanner";
import { can, homeSite, mine, useSession } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Chip, Drug, Fact, Lot, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { allows, type OpenDocument, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DepotPicker, Field, SitePicker, SupplierPicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Empty, Loaded, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";

const STATES = { draft: "草稿", submitted: "已提交", approved: "已批准", shipped: "已出库待红票", settled: "已结清", closed: "已结案", cancelled: "已作废" };
const REASONS = { quality: "质量", expiry: "近效期", wrong: "错发", recall: "召回", other: "其他" };

interface Row extends DocumentRow {
	supplier_name: string;
	site_name: string;
	depot_name: string;
	lines: number;
	amount: string;
}

export function ReturnList() {
	return (
		<ListPage<Row>
			title="采购退货"
			resource="supplier-returns"
			topics={["supplier-returns"]}
			id={(row) => row.id}
			open={(row) => `/supplier-returns/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options(STATES) }, { name: "site_id", label: "机构", options: "sites" }]}
			primary={{ label: "新建退货", path: "/supplier-returns/new", permission: "RETURN_EDIT" }}
			empty={"质量不合格、近效期、错发、召回的药退给原供应商。\n点 新建退货 选供应商和批号; 另一人批准后扫码出库, 红字发票来了自动结清。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="supplier-returns" state={row.state} title={row.state_title} /> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "depot", title: "库房", show: (row) => [row.site_name, row.depot_name].join(" · ") },
				{ key: "lines", title: "行数", align: "right", card: "hide", show: (row) => row.lines },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

interface BackRow extends Packing {
	id: string;
	return_id: string;
	number: string;
	month: number;
	supplier_name: string;
	product_name: string;
	spec: string;
	maker: string;
	lot: string;
	units: number;
	amount: string;
	reason_title: string;
	note: string | null;
}

/** The rows behind the returned amounts of the watch list and the scores. */
export function ReturnLines() {
	return (
		<ListPage<BackRow>
			title="采购退货明细"
			resource="supplier-return-lines"
			topics={["supplier-returns"]}
			id={(row) => row.id}
			open={(row) => `/supplier-returns/${row.return_id}`}
			search={false}
			empty="验收入库后退给供应商、已出库的, 列在这里。"
			columns={[
				{ key: "month", title: "退货月份", show: (row) => <span className="num">{row.month}</span> },
				{ key: "number", title: "退货单", show: (row) => <To path={`/supplier-returns/${row.return_id}`}>{row.number}</To> },
				{ key: "drug", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "supplier", title: "供应商", card: "hide", show: (row) => row.supplier_name },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "reason", title: "原因", show: (row) => <span title={row.note ?? undefined}>{row.reason_title}</span> },
			]}
		/>
	);
}

/* ---- choosing what goes back ---- */

interface Stock extends Packing {
	batch_id: string;
	product_name: string;
	spec: string;
	maker: string;
	lot: string;
	expiry_ymd: number;
	warn_days: number;
	quality: string;
	quality_title: string;
	units: number;
	traced_units: number;
	price: string;
	price_units: number;
	receipt_id: string | null;
	receipt_number: string | null;
}
interface Chosen {
	units: number | null;
	reason: string;
	note: string;
}
type Choice = Record<string, Chosen>;

const keyOf = (row: { batch_id: string; quality: string }) => `${row.batch_id}/${row.quality}`;
const NEW: Chosen = { units: null, reason: "quality", note: "" };
const asked = (choice: Choice) => Object.entries(choice).filter(([, one]) => (one.units ?? 0) > 0);

/** Lines as the service takes them. */
const linesOf = (choice: Choice) =>
	asked(choice).map(([key, one]) => {
		const [batch_id, quality] = key.split("/");
		return { batch_id, quality, units: one.units, reason: one.reason, ...(one.note.trim() && { note: one.note.trim() }) };
	});

interface ChooseProps {
	supplier: string;
	depot?: string;
	receipt?: string;
	choice: Choice;
	set: (choice: Choice) => void;
	/** What this document itself has promised counts as free. */
	own?: Record<string, number>;
}

function Choose({ supplier, depot, receipt, choice, set, own = {} }: ChooseProps) {
	const data = useData<Page<Stock>>("returnable-stock", { query: { supplier_id: supplier, limit: 2000, ...(depot && { depot_id: depot }), ...(receipt && { receipt_id: receipt }) }, topics: ["stock"] });
	const [find, setFind] = useState("");
	const change = (row: Stock, part: Partial<Chosen>) => set({ ...choice, [keyOf(row)]: { ...(choice[keyOf(row)] ?? NEW), ...part } });
	return (
		<Loaded of={data}>
			{(page) => {
				const rows = page.rows.filter((row) => !find || row.product_name.includes(find) || row.lot.toUpperCase().includes(find.toUpperCase()) || choice[keyOf(row)]?.units);
				const total = page.rows.reduce((sum, row) => sum + (amountFen(choice[keyOf(row)]?.units ?? 0, row.price, row.price_units) ?? 0), 0);
				if (page.rows.length === 0) return <Empty text="这个库房没有这家供应商供的货。" />;
				return (
					<>
						<div className="form-row">
							<Input allowClear style={{ width: 260 }} placeholder="药品或批号" value={find} data-testid="find-lot" aria-label="药品或批号" onChange={(event) => setFind(event.target.value)} />
							<span className="grow" />
							<span>{asked(choice).length} 行, 合计 <b className="num" data-testid="return-total">{fen(total)}</b> 元</span>
						</div>
						<DataTable
							label="可退库存"
							testid="returnable"
							rows={rows}
							id={keyOf}
							columns={[
								{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
								{ key: "lot", title: "批号 · 有效期", show: (row) => <Lot lot={row.lot} at={row.expiry_ymd} /> },
								{ key: "quality", title: "状态", show: (row) => (row.quality === "released" ? <span className="num">{row.quality_title}</span> : <Chip tone="bad">{row.quality_title}</Chip>) },
								{ key: "receipt", title: "收货单", card: "hide", show: (row) => row.receipt_id && <To className="num" path={`/receipts/${row.receipt_id}`}>{row.receipt_number}</To> },
								{ key: "price", title: "进价", align: "right", card: "hide", show: (row) => <span className="num">{money(row.price)}</span> },
								{ key: "free", title: "可退", align: "right", show: (row) => <Units n={row.units + (own[keyOf(row)] ?? 0)} of={row} /> },
								{ key: "units", title: "退货数量", width: 190, align: "right", show: (row, n) => <UnitsInput value={choice[keyOf(row)]?.units ?? null} of={row} label={`第 ${n} 行退货数量`} testid={`return-${n}`} onChange={(count) => change(row, { units: count })} /> },
								{ key: "reason", title: "原因", width: 110, show: (row, n) => <Select value={choice[keyOf(row)]?.reason ?? NEW.reason} options={options(REASONS)} data-testid={`return-${n}-reason`} aria-label={`第 ${n} 行原因`} onChange={(reason: string) => change(row, { reason })} /> },
								{ key: "note", title: "说明", width: 150, show: (row, n) => <Cell value={choice[keyOf(row)]?.note ?? ""} cell="note" maxLength={200} testid={`return-${n}-note`} aria-label={`第 ${n} 行说明`} onChange={(note) => change(row, { note })} /> },
							]}
						/>
					</>
				);
			}}
		</Loaded>
	);
}

export function ReturnNew() {
	const [query] = useQuery();
	const [supplier, setSupplier] = useState(query.supplier_id ?? "");
	const [site, setSite] = useState(query.site_id ?? homeSite()?.id);
	const [depot, setDepot] = useState("");
	const [note, setNote] = useState("");
	const [choice, setChoice] = useState<Choice>({});
	const { act, busy, problem, clear } = useAct();
	useUnsaved(asked(choice).length > 0);
	// Without a choice the service takes the store: so does the list of what may go back.
	const depots = useSession().session?.sites.find((one) => one.id === site)?.depots ?? [];
	const named = depots.find((one) => one.id === query.depot_id)?.id;
	const place = depot || named || depots.find((one) => one.kind === "store")?.id || depots[0]?.id;
	const create = () =>
		act(async () => {
			const made = await post<Written>("supplier-returns", { supplier_id: supplier, ...(place && { depot_id: place }), ...(note && { note }), lines: linesOf(choice) });
			go(`/supplier-returns/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建采购退货</h1>
				{query.receipt_id && <span className="mute">只列这张收货单的货</span>}
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="供应商" error={problem?.at("supplier_id")}>
					<SupplierPicker value={supplier} ask={false} onChange={(id) => { setSupplier(id); setChoice({}); }} />
				</Field>
				<Field label="机构">
					<SitePicker value={site} onChange={(id) => { setSite(id); setDepot(""); setChoice({}); }} />
				</Field>
				<Field label="库房" error={problem?.at("depot_id")}>
					<DepotPicker site={site} value={place} onChange={(id) => { setDepot(id); setChoice({}); }} />
				</Field>
				<Field label="说明" error={problem?.at("note")}>
					<Input maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
			{supplier ? <Choose supplier={supplier} depot={place} receipt={query.receipt_id} choice={choice} set={setChoice} /> : <p className="mute">先选供应商: 下面列出它供的、还在库的每个批号, 包括不合格和退货待验的。</p>}
			<div className="totals">
				<span>{asked(choice).length} 行</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!supplier || asked(choice).length === 0} onClick={() => void create()}>
					建立退货单 ▸
				</Button>
			</div>
		</section>
	);
}

/* ---- one return ---- */

interface Line extends Packing {
	id: string;
	n: number;
	batch_id: string;
	product_name: string;
	spec: string;
	maker: string;
	lot: string;
	expiry_ymd: number;
	quality: string;
	quality_title: string;
	units: number;
	traced_units: number;
	scanned_units: number;
	price: string;
	amount: string;
	reason: string;
	reason_title: string;
	note: string | null;
	payable_id: string | null;
	receipt_id: string | null;
	receipt_number: string | null;
	less_units: number;
	due_units: number;
	red_units: number;
	red: string;
}
interface Return extends Doc {
	supplier_id: string;
	supplier_name: string;
	site_id: string;
	site_name: string;
	depot_id: string;
	depot_name: string;
	amount: string;
	lines: Line[];
}
interface Scanned {
	scan: { product_name: string; lot: string; units: number; scanned_units: number; wanted_units: number; line_id: string };
}

const GONE = ["shipped", "settled", "closed"];

/** What became of the money of a line. */
function Money({ line, state }: { line: Line; state: string }) {
	if (!GONE.includes(state)) return null;
	if (!line.payable_id) return <span className="mute">未曾应付</span>;
	const due = line.due_units - line.red_units;
	return (
		<To path={`/payables/${line.payable_id}`}>
			{line.less_units > 0 && <>未开票, 少付 {units(line.less_units, line)} </>}
			{line.red_units > 0 && <>红票 {money(line.red)} </>}
			{due > 0 && <>待红票 {units(due, line)}</>}
			{line.less_units + line.red_units + due === 0 && "应付"}
		</To>
	);
}

function Editor({ of, doc }: { of: OpenDocument<Return>; doc: Return }) {
	const first = () => Object.fromEntries(doc.lines.map((line) => [keyOf(line), { units: line.units, reason: line.reason, note: line.note ?? "" }]));
	const [choice, setChoice] = useState<Choice>(first);
	const [saved, setSaved] = useState(choice);
	const dirty = saved !== choice;
	useUnsaved(dirty);
	const save = async () => {
		if (await of.change({ lines: linesOf(choice) })) setSaved(choice);
	};
	return (
		<>
			<div className="form-row">
				<Button data-testid="save" disabled={!dirty || asked(choice).length === 0} loading={of.busy} onClick={() => void save()}>保存</Button>
				{dirty && <span className="mute">有未保存的修改</span>}
			</div>
			<Choose supplier={doc.supplier_id} depot={doc.depot_id} choice={choice} set={setChoice} />
		</>
	);
}

export function ReturnPage({ params }: { params: Params }) {
	const of = useDocument<Return>("supplier-returns", params.id);
	const scans = of.doc?.state === "approved" && can("RETURN_SHIP") && mine(of.doc.site_id);
	const packing = (id: string) => of.doc?.lines.find((line) => line.id === id) ?? {};
	useScanHandler(
		scans
			? async (code) => {
					const { scan } = await post<Scanned>(`supplier-returns/${params.id}/scans`, { code });
					void of.reload();
					return { text: `${scan.product_name} ${units(scan.units, packing(scan.line_id))}`, more: `批号 ${scan.lot} · ${units(scan.scanned_units, packing(scan.line_id))} / ${units(scan.wanted_units, packing(scan.line_id))}` };
				}
			: null,
	);
	const left = (line: Line) => Math.min(line.units, line.traced_units) - line.scanned_units;
	return (
		<DocumentPage
			of={of}
			facts={(doc) => (
				<>
					<Fact label="供应商"><To path={`/suppliers/${doc.supplier_id}`}>{doc.supplier_name}</To></Fact>
					<Fact label="库房">{[doc.site_name, doc.depot_name].join(" · ")}</Fact>
					<Fact label="金额 (进价)"><b className="num">{money(doc.amount)}</b></Fact>
					{doc.state === "approved" && <Chip tone="wait">有追溯码的逐盒 (箱) 扫出, 再点退货出库</Chip>}
					{doc.state === "shipped" && <To path={`/invoices?supplier_id=${doc.supplier_id}`}>到原发票上登记红字发票 (退货)</To>}
				</>
			)}
		>
			{(doc) =>
				doc.state === "draft" && can("RETURN_EDIT") && allows(doc, "submit") ? (
					<Editor key={`${doc.id}/${doc.version}`} of={of} doc={doc} />
				) : (
					<DataTable
						label="退货明细"
						testid="lines"
						rows={doc.lines}
						id={(line) => line.id}
						columns={[
							{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
							{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
							{ key: "lot", title: "批号 · 有效期", show: (line) => <Lot lot={line.lot} at={line.expiry_ymd} /> },
							{ key: "quality", title: "状态", show: (line) => line.quality_title },
							{ key: "units", title: "退货", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
							{
								key: "scanned", title: "已扫", align: "right",
								show: (line) => <>{line.scanned_units > 0 && <Units n={line.scanned_units} of={line} />} {doc.state === "approved" && left(line) > 0 && <Chip tone="wait">待扫 {units(left(line), line)}</Chip>}</>,
							},
							{ key: "reason", title: "原因", show: (line) => <>{line.reason_title} <small className="mute">{line.note}</small></> },
							{ key: "price", title: "进价", align: "right", card: "hide", show: (line) => <span className="num">{money(line.price)}</span> },
							{ key: "amount", title: "金额", align: "right", show: (line) => <span className="num">{money(line.amount)}</span> },
							{ key: "receipt", title: "收货单", card: "hide", show: (line) => line.receipt_id && <To path={`/receipts/${line.receipt_id}`}>{line.receipt_number}</To> },
							{ key: "money", title: "应付", show: (line) => <Money line={line} state={doc.state} /> },
						]}
					/>
				)
			}
		</DocumentPage>
	);
}
