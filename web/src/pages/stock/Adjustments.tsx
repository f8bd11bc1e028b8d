// 报损、用量、盘盈登记: posted at once, all lines or none.
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { get, post } from "../../base/api";
import { useAct } from "../../base/data";
import { time } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { current, homeSite } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Chip, Drug, Fact, Lot, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DateCell, DepotPicker, Field, SitePicker } from "../../parts/Fields";
import { type Draft, EditLines, useDrafts } from "../../parts/Lines";
import { ListPage, options } from "../../parts/ListPage";
import { pathOf } from "../../parts/kinds";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { REASONS } from "./StockMoves";

interface Row extends DocumentRow {
	reason: keyof typeof REASONS;
	reason_title?: string;
	site_name?: string;
	depot_name?: string;
}

export function AdjustmentList() {
	return (
		<ListPage<Row>
			title="盘点与登记"
			resource="adjustments"
			topics={["adjustments"]}
			id={(row) => row.id}
			open={(row) => `/adjustments/${row.id}`}
			search="number"
			filters={[{ name: "reason", label: "原因", options: options(REASONS) }, { name: "site_id", label: "机构", options: "sites" }]}
			primary={{ label: "登记", path: "/adjustments/new", permission: "ADJUST" }}
			extra={<Button onClick={() => go("/usage-unmatched")}>HIS 未匹配</Button>}
			empty={"破损、丢失、盘盈和用量在这里登记, 立即记账, 不能删改; 登错了打开原单冲销。\n点 登记 录入第一张。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={row.state_title} kind="adjustments" /> },
				{ key: "reason", title: "原因", show: (row) => row.reason_title ?? REASONS[row.reason] ?? row.reason },
				{ key: "site", title: "机构", show: (row) => row.site_name ?? row.to_site_name ?? row.from_site_name },
				{ key: "depot", title: "库房", card: "hide", show: (row) => row.depot_name },
				{ key: "note", title: "备注", card: "hide", show: (row) => row.note },
				{ key: "made", title: "登记", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

const NEW_REASONS = [
	{ value: "usage", label: "用量" }, { value: "broken", label: "破损" }, { value: "lost", label: "盘亏/丢失" },
	{ value: "found", label: "盘盈" }, { value: "return", label: "退药" }, { value: "opening", label: "期初" }, { value: "count", label: "盘点" },
];
const ADDS = ["opening", "found", "return", "count"];

interface StockRow extends Packing {
	product_id: string;
	product_name: string;
	spec?: string;
	lot: string;
	expiry_ymd: number;
	units: number;
}
/** What the books say of a depot, a line for each lot; the batches of a lot together. */
async function linesOfDepot(site: string | undefined, depot: string): Promise<Draft[]> {
	const lots = new Map<string, Draft>();
	let after: string | null | undefined;
	do {
		const page: Page<StockRow> = await get("stock", { ...(depot ? { depot_id: depot } : { site_id: site }), limit: 1000, ...(after && { after }) });
		for (const row of page.rows as (StockRow & { quality: string; depot_id: string })[]) {
			if (row.quality !== "released" || row.units === 0) continue;
			const key = `${row.product_id}/${row.lot}`, units = (lots.get(key)?.book_units ?? 0) + row.units;
			lots.set(key, { key, product_id: row.product_id, product_name: row.product_name, spec: row.spec, unit_name: row.unit_name, pack_name: row.pack_name, units_per_pack: row.units_per_pack, lot: row.lot, expiry_ymd: row.expiry_ymd, units, book_units: units });
		}
		after = page.next;
	} while (after);
	return [...lots.values()];
}

/** How much more or less than the books say. */
function Difference({ of, units, book }: { of: Packing; units: number | null; book: number | undefined }) {
	if (book === undefined) return null;
	const more = (units ?? 0) - book;
	return more === 0 ? <span className="mute">相符</span> : <Chip tone={more < 0 ? "bad" : "wait"}>{more < 0 ? "盘亏" : "盘盈"} <Units n={Math.abs(more)} of={of} /></Chip>;
}

export function AdjustmentNew() {
	const [query] = useQuery();
	const { lines, set, change } = useDrafts();
	const [site, setSite] = useState(homeSite()?.id);
	const [depot, setDepot] = useState("");
	const [reason, setReason] = useState(query.reason ?? "usage");
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(lines.length > 0);
	const counting = reason === "count";
	const depots = (current().session?.sites ?? []).find((one) => one.id === site)?.depots ?? [];
	const fill = () => act(async () => set(await linesOfDepot(site, depot || (depots.length === 1 ? depots[0].id : ""))));
	const save = () =>
		act(async () => {
			const body = {
				site_id: site, reason, ...(depot && { depot_id: depot }), ...(note && { note }),
				lines: lines.map((line) => ({ product_id: line.product_id, units: line.units ?? 0, ...(line.lot && { lot: line.lot }), ...(line.expiry_ymd && { expiry_ymd: line.expiry_ymd }) })),
			};
			const made = await post<Written>("adjustments", body);
			go(`/adjustments/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>登记{NEW_REASONS.find((one) => one.value === reason)?.label}</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Segmented value={reason} options={NEW_REASONS} onChange={(value) => setReason(String(value))} data-testid="reason" />
				<Field label="机构" error={problem?.at("site_id")}>
					<SitePicker value={site} onChange={setSite} />
				</Field>
				<Field label="库房">
					<DepotPicker site={site} value={depot} onChange={setDepot} />
				</Field>
				<Field label="说明" error={problem?.at("note")}>
					<Input maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
			{counting && (
				<p className="mute">
					<Button data-testid="fill" loading={busy} disabled={!site || (depots.length > 1 && !depot)} title={depots.length > 1 && !depot ? "请先选库房" : undefined} onClick={() => void fill()}>带出账面</Button>{" "}
					数量填实盘数 (只盘合格品, 已预留未拣走的也在架上, 要数进去)。没有改的就是相符, 多了记盘盈, 少了记盘亏; 架上没有的填 0。
				</p>
			)}
			{reason === "usage" && <p className="mute">用量不填批号时, 按先到期先出自动分摊。</p>}
			<EditLines
				lines={lines}
				set={set}
				change={change}
				problem={problem}
				more={[
					{ key: "lot", title: "批号", width: 150, show: (line, n) => <Cell value={line.lot ?? ""} cell="lot" field={`lines[${n - 1}].lot`} testid={`line-${n}-lot`} aria-label={`第 ${n} 行批号`} error={problem?.at(`lines[${n - 1}].lot`)} onChange={(lot) => change(line.key, { lot })} /> },
					...(ADDS.includes(reason)
						? [{ key: "expiry", title: "有效期至", width: 130, show: (line: (typeof lines)[number], n: number) => <DateCell value={line.expiry_ymd ?? null} cell="expiry" field={`lines[${n - 1}].expiry_ymd`} testid={`line-${n}-expiry`} aria-label={`第 ${n} 行有效期`} error={problem?.at(`lines[${n - 1}].expiry_ymd`)} onChange={(expiry_ymd) => change(line.key, { expiry_ymd })} /> }]
						: []),
					...(counting
						? [
								{ key: "book", title: "账面", align: "right" as const, show: (line: Draft) => line.book_units !== undefined && <Units n={line.book_units} of={line} /> },
								{ key: "difference", title: "差异", align: "right" as const, show: (line: Draft) => <Difference of={line} units={line.units} book={line.book_units} /> },
							]
						: []),
				]}
			/>
			<div className="totals">
				<span>{lines.length} 行{counting && `, 差异 ${lines.filter((line) => line.book_units !== undefined && line.units !== line.book_units).length} 行`}</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={lines.length === 0 || !site} onClick={() => void save()}>
					记账 ▸
				</Button>
			</div>
		</section>
	);
}

interface AdjustmentLine extends Packing {
	id: string;
	product_name: string;
	spec?: string;
	lot: string | null;
	expiry_ymd: number | null;
	units: number;
}
interface CountLine extends AdjustmentLine {
	n: number;
	book_units: number;
	counted_units: number;
	difference_units: number;
}
interface Adjustment extends Doc {
	counted_ymd?: number | null;
	counted_lines?: number;
	differing?: number;
	lots?: number;
	covered?: number;
	counts?: CountLine[];
	reason: keyof typeof REASONS;
	site_name?: string;
	depot_name?: string;
	lines: AdjustmentLine[];
}

function Counts({ lines }: { lines: CountLine[] }) {
	return (
		<DataTable
			label="盘点明细" testid="counts" rows={lines} id={(line) => String(line.n)}
			columns={[
				{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (line) => line.n },
				{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
				{ key: "lot", title: "批号 · 有效期", show: (line) => <Lot lot={line.lot} at={line.expiry_ymd ?? 0} /> },
				{ key: "book", title: "账面", align: "right", show: (line) => <Units n={line.book_units} of={line} /> },
				{ key: "counted", title: "实盘", align: "right", show: (line) => <Units n={line.counted_units} of={line} strong /> },
				{ key: "difference", title: "差异", align: "right", show: (line) => <Difference of={line} units={line.counted_units} book={line.book_units} /> },
			]}
		/>
	);
}

/** A count's own sheet; what takes one back has the lines of the differences only. */
const counted = (doc: Adjustment) => doc.reason === "count" && doc.state !== "reversal";

/** The other half of a reversal: what took this one back, or what it takes back. */
function Counterpart({ doc }: { doc: Adjustment }) {
	const other = doc.related.find((one) => one.kind === "adjustment");
	if (!other || doc.state === "posted") return null;
	return (
		<Fact label={doc.state === "reversal" ? "冲销原单" : "冲销单"}>
			<To path={pathOf(other.kind, other.id) ?? "/"} data-testid="counterpart">{other.number}</To>
		</Fact>
	);
}

export function AdjustmentPage({ params }: { params: Params }) {
	const of = useDocument<Adjustment>("adjustments", params.id);
	return (
		<DocumentPage
			of={of}
			facts={(doc) => (
				<>
					<Fact label="原因">{REASONS[doc.reason] ?? doc.reason}</Fact>
					<Fact label="机构">{doc.site_name ?? doc.to_site_name ?? doc.from_site_name}</Fact>
					<Fact label="库房">{doc.depot_name}</Fact>
					<Counterpart doc={doc} />
					{counted(doc) && doc.state === "posted" && <Fact label="已盘">{doc.covered} / {doc.lots} 个在库批号 (上次月结以来)</Fact>}
					{counted(doc) && <Fact label="差异">{doc.differing} / {doc.counted_lines} 行</Fact>}
				</>
			)}
		>
			{(doc) => counted(doc) ? <Counts lines={doc.counts ?? []} /> : (
				<DataTable
					label={doc.state === "reversal" ? "冲回明细" : "明细"}
					testid="lines"
					rows={doc.lines}
					id={(line, n) => line.id ?? String(n)}
					columns={[
						{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
						{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
						{ key: "lot", title: "批号 · 有效期", show: (line) => (line.expiry_ymd ? <Lot lot={line.lot} at={line.expiry_ymd} /> : line.lot) },
						{ key: "units", title: doc.state === "reversal" ? "冲回数量" : "数量", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
					]}
				/>
			)}
		</DocumentPage>
	);
}
