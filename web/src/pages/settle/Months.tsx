// 月结: depots by months, who has not closed, the sheet of one close; and the sheets of branches and suppliers.
import { Button, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { get, post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can } from "../../base/session";
import type { Doc, DocumentRow, Page, Written } from "../../base/types";
import { Chip, Fact, StateChip, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Field, SitePicker, SupplierPicker } from "../../parts/Fields";
import { pathOf } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";
import { SHEET_STATES, businessDay, lastMonths, monthText, parseMonth, thisMonth } from "./words";

interface DepotState {
	first_ymd: number | null;
	/** The month's close day, and the day behind which its book begins. */
	ends_ymd: number | null;
	after_ymd: number | null;
	/** Never closed, and something moved before this month's book: it would go into the opening. */
	earlier: boolean;
	depot_id: string;
	depot_name: string;
	site_name: string;
	close_id: string | null;
	close_number: string | null;
	closed: boolean;
	late_lines: number | null;
	last_month: number | null;
	last_to_ymd: number | null;
	count_id: string | null;
	counted_ymd: number | null;
	counted_lots: number | null;
	lots: number | null;
}

/** Whether the depot was counted in the month: the newest 盘点 and how many of the lots in stock it and those before it covered. */
function Counted({ state }: { state: DepotState }) {
	if (!state.count_id) return <small className="mute" data-testid={`uncounted-${state.depot_id}`}>未盘点</small>;
	const whole = (state.counted_lots ?? 0) >= (state.lots ?? 0);
	return (
		<To path={`/adjustments/${state.count_id}`} data-testid={`counted-${state.depot_id}`} title="上次月结以来盘过的批号 / 盘点时在库的批号">
			{whole ? <Chip tone="good">已盘 {ymd(state.counted_ymd).slice(5)}</Chip> : <Chip tone="wait">盘 {state.counted_lots}/{state.lots}</Chip>}
		</To>
	);
}

const MONTHS_SHOWN = 4;
const next = (month: number) => (month % 100 === 12 ? month + 89 : month + 1);

function useMonths(): { months: number[]; rows: DepotState[] | undefined; at: (depot: string, month: number) => DepotState | undefined; problem: ReturnType<typeof useData>["problem"]; reload: () => Promise<void> } {
	const months = lastMonths(MONTHS_SHOWN);
	const all = [0, 1, 2, 3].map((n) => useData<Page<DepotState>>("month-states", { query: { month: months[n], limit: 1000 }, topics: ["month-closes"] }));
	return {
		months,
		rows: all[0].data?.rows,
		at: (depot, month) => all[months.indexOf(month)]?.data?.rows.find((row) => row.depot_id === depot),
		problem: all[0].problem,
		reload: async () => void (await Promise.all(all.map((one) => one.reload()))),
	};
}

/** The day after, as text. */
const dayAfter = (day: number) => {
	const next = new Date(Date.UTC(Math.floor(day / 10000), Math.floor(day / 100) % 100 - 1, day % 100 + 1));
	return next.toISOString().slice(0, 10);
};

interface Due {
	month: number;
	to_ymd: number;
	lines: number;
	amount: string;
}

/** What finance has to estimate before the month's money is whole. */
function EstimatesDue() {
	const due = useData<Due>("estimate-due", { topics: ["payables", "estimates"] });
	if (!due.data || due.data.lines === 0) return null;
	return (
		<p data-testid="estimates-due">
			<Chip tone="wait">注意</Chip> {monthText(due.data.month)} 货到票未到 <To path={`/estimates/due?accepted_until=${due.data.to_ymd}`}>{due.data.lines} 笔</To> 未暂估 ({money(due.data.amount)} 元, 验收截至 {ymd(due.data.to_ymd)})
		</p>
	);
}

/** Closing the first month ever of a depot: what is older than its book is closed by nobody. */
function EarlierDialog({ row, month, after, ok, close }: { row: DepotState; month: number; after: number; ok: () => void; close: () => void }) {
	return (
		<Modal open closable={false} title={`${row.site_name} · ${row.depot_name} 首次结账 ${monthText(month)}`} okText="并入期初并结账" cancelText="返回" okButtonProps={{ "data-testid": "earlier-ok" }} onCancel={close} onOk={ok}>
			<p>本次月结从 <b className="num">{dayAfter(after)}</b> 起算。该库房的账从 <b className="num">{ymd(row.first_ymd)}</b> 开始, 更早的收发将<b>并入期初</b>, 以后不能再单独月结。</p>
			<p className="mute">要分月结账, 请返回, 先结最早的月份。</p>
		</Modal>
	);
}

export function MonthMatrix() {
	const { months, rows, at, problem: read, reload } = useMonths();
	const { act, busy, problem, clear } = useAct();
	const shown = [...months].reverse();
	const [asking, setAsking] = useState<{ row: DepotState; month: number } | null>(null);
	const close = (row: DepotState, month: number, earlier = false) =>
		act(async () => {
			setAsking(null);
			const made = await post<Written>("month-closes", { depot_id: row.depot_id, month, ...(earlier ? { earlier_in_opening: true } : {}) });
			go(`/month-closes/${made.id}`);
		});
	return (
		<section className="page list-page">
			<header className="page-head">
				<h1>库房月结</h1>
				<span className="grow" />
				<Button onClick={() => go("/month-closes/list")}>月结单</Button>
				<a className="ant-btn ant-btn-default export" href={url("month-states.csv", { month: months[0] })} download data-testid="export">导出</a>
			</header>
			<Trouble problem={problem} onClose={clear} />
			{can("SETTLE_READ") && <EstimatesDue />}
			<Loaded of={{ data: rows, problem: read, reload }} rows={10}>
				{(depots) => (
					<DataTable
						label="月结情况" testid="matrix" rows={depots} id={(row) => row.depot_id}
						columns={[
							{ key: "depot", title: "机构 · 库房", card: "title", show: (row) => <b>{row.site_name} · {row.depot_name}</b> },
							...shown.map((month) => ({
								key: String(month), title: monthText(month),
								show: (row: DepotState) => {
									const state = at(row.depot_id, month);
									if (!state) return null;
									if (state.closed) return <><To path={`/month-closes/${state.close_id}`}><Chip tone="good">已结</Chip></To> <Counted state={state} /></>;
									const due = row.last_month === null ? true : month === next(row.last_month);
									const old = row.last_month !== null && month < row.last_month;
									if (row.first_ymd === null || row.first_ymd > (state.ends_ymd ?? month * 100 + 31)) return <span className="mute" title="那时这个库房还没有账">—</span>;
									if (old) return <span className="mute" title="之前没有在这里结账">—</span>;
									const come = state.ends_ymd !== null && state.ends_ymd <= businessDay();
									const counted = due && (row.last_month !== null || month === months[0]) && <Counted state={state} />;
									if (!come) return <><span className="mute" data-testid={`not-yet-${row.depot_id}-${month}`} title={`月结日 ${ymd(state.ends_ymd)} 未到`}>{ymd(state.ends_ymd).slice(5)} 可结</span> {counted}</>;
									return (
										<>
											<Chip tone={month < months[0] ? "bad" : "off"}>未结</Chip>{" "}
											{due && can("MONTH_CLOSE") && <Button size="small" loading={busy} data-testid={`close-${row.depot_id}-${month}`} title={state.after_ymd ? `从 ${dayAfter(state.after_ymd)} 起算` : undefined} onClick={() => (state.earlier ? setAsking({ row: state, month }) : void close(row, month))}>结账</Button>}{" "}
											{due && row.last_month === null && state.after_ymd && <small className="mute" data-testid={`from-${row.depot_id}-${month}`}>从 {dayAfter(state.after_ymd).slice(5)} 起算{state.earlier ? ", 更早的并入期初" : ""}</small>}{" "}
											{counted}
										</>
									);
								},
							})),
							{ key: "last", title: "最近结账", card: "hide", show: (row) => (row.last_month ? <span className="num">{monthText(row.last_month)} <small className="mute">至 {ymd(row.last_to_ymd)}</small></span> : <span className="mute">从未结账</span>) },
						]}
					/>
				)}
			</Loaded>
			{asking && <EarlierDialog row={asking.row} month={asking.month} after={asking.row.after_ymd ?? 0} ok={() => void close(asking.row, asking.month, true)} close={() => setAsking(null)} />}
		</section>
	);
}

interface CloseRow extends DocumentRow {
	depot_name: string;
	site_name: string;
	month: number;
	from_ymd: number;
	to_ymd: number;
	late_lines: number;
	closing: string;
	issue_closing: string;
	issue_price: string;
	difference: string;
}

export function MonthCloseList() {
	return (
		<ListPage<CloseRow>
			title="月结单"
			resource="month-closes"
			topics={["month-closes"]}
			id={(row) => row.id}
			open={(row) => `/month-closes/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options({ closed: "已结账", reopened: "已重开" }) }]}
			extra={<a className="ant-btn ant-btn-default" href={url("month-close-lines.xlsx", {})} download data-testid="export-lines">导出全部月结表</a>}
			empty={"每个库房每月结账一次: 期初加减各栏等于期末, 数量、进价金额和发药价金额。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={row.state_title} /> },
				{ key: "depot", title: "机构 · 库房", show: (row) => `${row.site_name} · ${row.depot_name}` },
				{ key: "month", title: "月份", show: (row) => <b className="num">{monthText(row.month)}</b> },
				{ key: "period", title: "期间", show: (row) => <span className="num">{ymd(row.from_ymd)} 至 {ymd(row.to_ymd)}</span> },
				{ key: "late", title: "跨月补记", align: "right", show: (row) => row.late_lines || "" },
				{ key: "price", title: "调价损益", align: "right", show: (row) => <span className="num">{row.issue_price === "0.00" ? "" : money(row.issue_price)}</span> },
				{ key: "closing", title: "期末进价", align: "right", show: (row) => <span className="num">{money(row.closing)}</span> },
				{ key: "issue", title: "期末发药价", align: "right", show: (row) => <span className="num">{money(row.issue_closing)}</span> },
				{ key: "difference", title: "进销差价", align: "right", show: (row) => <span className="num">{money(row.difference)}</span> },
			]}
		/>
	);
}

interface BookLine {
	class: string;
	class_title: string;
	[column: string]: string | number;
}
interface MonthClose extends Doc {
	depot_id: string;
	depot_name: string;
	site_name: string;
	month: number;
	from_ymd: number;
	to_ymd: number;
	late_lines: number;
	lines: BookLine[];
}
/* The columns of the book: word of the API, title, sign. Only the issue price changes. */
const BOOK: [string, string, string][] = [
	["opening", "期初", ""], ["in", "收入", "+"], ["out", "发出", "−"], ["count", "盘盈亏", "±"], ["price", "调价", "±"], ["loss", "报损", "−"], ["rounding", "尾差", "±"], ["closing", "期末", "="],
];
type Money = "units" | "cost" | "issue" | "difference";
const MONEYS: [Money, string][] = [["units", "数量"], ["cost", "进价金额"], ["issue", "发药价金额"], ["difference", "进销差价"]];
const fenOfText = (text: unknown) => (text === undefined ? 0n : BigInt(String(text).replace(".", "")));
const yuan = (fen: bigint) => {
	const text = String(fen < 0n ? -fen : fen).padStart(3, "0");
	return money(`${fen < 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`);
};
/** One figure of a class as fen (units as they are); null where the book has no such figure. */
function figure(line: BookLine, of: Money, column: string): bigint | null {
	const cost = line[column], issue = line[`issue_${column}`];
	if (of === "units") return line[`${column}_units`] === undefined ? null : BigInt(line[`${column}_units`]);
	if (of === "cost") return cost === undefined ? null : fenOfText(cost);
	return of === "issue" ? fenOfText(issue) : fenOfText(issue) - fenOfText(cost);
}
const shown = (of: Money, value: bigint | null) => (value === null ? "" : of === "units" ? String(value) : yuan(value));

interface BookRow {
	line?: BookLine;
	title: string;
	of: Money;
	name: string;
	values: (bigint | null)[];
}
/** Each class with its units, its two moneys and what they differ by; then the sums of the moneys. */
function bookRows(lines: BookLine[]): BookRow[] {
	const rows = lines.flatMap((line) => MONEYS.map(([of, name]) => ({ line, title: line.class_title, of, name, values: BOOK.map(([column]) => figure(line, of, column)) })));
	const sums = MONEYS.slice(1).map(([of, name]) => ({ title: "合计", of, name, values: BOOK.map((_, n) => rows.filter((row) => row.of === of).reduce((sum, row) => sum + (row.values[n] ?? 0n), 0n)) }));
	return [...rows, ...sums];
}

/** Where the lines of a figure are: opening and closing are all lines until their day. */
function linesOf(doc: MonthClose, row: BookRow, column: string): string | null {
	if (row.of === "difference") return null;
	const days = column === "opening" ? `before_ymd=${doc.from_ymd}` : column === "closing" ? `to_ymd=${doc.to_ymd}` : `from_ymd=${doc.from_ymd}&to_ymd=${doc.to_ymd}&column=${column}`;
	return `/depot-lines?depot_id=${doc.depot_id}&${days}${row.line ? `&class=${row.line.class}` : ""}`;
}

export function MonthClosePage({ params }: { params: Params }) {
	const of = useDocument<MonthClose>("month-closes", params.id);
	return (
		<DocumentPage
			of={of}
			tools={(doc) => (
				<>
					<Button data-testid="book-days" onClick={() => go(`/depot-days?depot_id=${doc.depot_id}&from_ymd=${doc.from_ymd}&to_ymd=${doc.to_ymd}`)}>逐日账</Button>
					<a className="ant-btn ant-btn-default export" href={url("month-close-lines.xlsx", { close_id: doc.id })} download data-testid="export">导出 XLSX</a>
				</>
			)}
			facts={(doc) => (
				<>
					<Fact label="库房">{doc.site_name} · {doc.depot_name}</Fact>
					<Fact label="月份">{monthText(doc.month)}</Fact>
					<Fact label="期间">{ymd(doc.from_ymd)} 至 {ymd(doc.to_ymd)}</Fact>
					<Fact label="跨月补记">
						{doc.late_lines ? <To path={`/depot-lines?depot_id=${doc.depot_id}&from_ymd=${doc.from_ymd}&to_ymd=${doc.to_ymd}&late=1`}>{doc.late_lines} 笔</To> : ""}
					</Fact>
				</>
			)}
		>
			{(doc) => (
				<DataTable
					label="月结表" testid="lines" rows={bookRows(doc.lines)} id={(row) => `${row.title}/${row.of}`}
					columns={[
						{ key: "class", title: "类别", card: "title", show: (row) => (row.of === (row.line ? "units" : "cost") ? <b>{row.title}</b> : "") },
						{ key: "money", title: "口径", show: (row) => row.name },
						...BOOK.map(([column, title, sign], n) => ({
							key: column, title: `${sign} ${title}`.trim(), align: "right" as const,
							show: (row: BookRow) => {
								const text = shown(row.of, row.values[n]), path = linesOf(doc, row, column);
								if (!path || !text || row.values[n] === 0n) return <span className={row.values[n] === 0n ? "num mute" : "num"}>{text}</span>;
								return <To path={path} className="num" data-testid={`figure-${row.line?.class ?? "sum"}-${row.of}-${column}`}>{text}</To>;
							},
						})),
					]}
					foot={<tr><td colSpan={BOOK.length + 2}>每行: 期初 + 收入 − 发出 ± 盘盈亏 ± 调价 − 报损 ± 尾差 = 期末。进价不因调价而变, 调价只在发药价金额里; 进销差价 = 发药价金额 − 进价金额。点数字看各笔。</td></tr>}
				/>
			)}
		</DocumentPage>
	);
}

interface DayRow {
	depot_id: string;
	depot_name: string;
	ymd: number;
	class: string;
	class_title: string;
	reason: string;
	reason_title: string;
	way: number;
	column_title: string;
	units: number;
	amount: string;
	issue_amount: string;
	lines: number;
	late: number;
}
export const COLUMNS = { in: "收入", out: "发出", count: "盘盈亏", price: "调价", loss: "报损", rounding: "尾差" };
const CLASSES = { western: "西药", patent: "中成药", decoction: "饮片", consumable: "耗材" };
const BOOK_FILTERS = [{ name: "column", label: "栏", options: options(COLUMNS) }, { name: "class", label: "类别", options: options(CLASSES) }];

export function DepotDays() {
	return (
		<ListPage<DayRow>
			title="库房逐日账"
			resource="depot-days"
			topics={["month-closes"]}
			id={(row) => `${row.depot_id}/${row.ymd}/${row.class}/${row.reason}/${row.way}`}
			open={(row) => `/depot-lines?depot_id=${row.depot_id}&from_ymd=${row.ymd}&to_ymd=${row.ymd}&class=${row.class}&${row.reason === "rounding" ? "column=rounding" : `reason=${row.reason}&way=${row.way}`}`}
			search={false}
			filters={BOOK_FILTERS}
			empty={"还没有出入库。"}
			columns={[
				{ key: "ymd", title: "日期", card: "title", show: (row) => <span className="num">{ymd(row.ymd)}</span> },
				{ key: "depot", title: "库房", show: (row) => row.depot_name },
				{ key: "class", title: "类别", show: (row) => row.class_title },
				{ key: "reason", title: "事由", show: (row) => <>{row.reason_title} {row.late > 0 && <Chip tone="wait">跨月补记 {row.late}</Chip>}</> },
				{ key: "lines", title: "笔数", align: "right", show: (row) => row.lines || "" },
				{ key: "units", title: "数量", align: "right", show: (row) => <span className="num">{row.units || ""}</span> },
				{ key: "amount", title: "进价金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "issue", title: "发药价金额", align: "right", show: (row) => <span className="num">{money(row.issue_amount)}</span> },
			]}
		/>
	);
}

interface LineRow extends DayRow {
	seq: number;
	n: number;
	at_ms: number | null;
	document_id: string | null;
	document_kind: string | null;
	document_number: string | null;
	product_name: string | null;
	spec: string | null;
	unit_name: string | null;
	lot: string | null;
	rounding: string;
	issue_rounding: string;
	reversal: boolean;
}
const cents = (text: string) => (text === "0.00" ? "" : money(text));

export function DepotLines() {
	return (
		<ListPage<LineRow>
			title="库房逐笔账"
			resource="depot-lines"
			topics={["month-closes"]}
			id={(row) => `${row.depot_id}/${row.ymd}/${row.seq}/${row.n}/${row.way}`}
			open={(row) => (row.document_kind && row.document_id ? pathOf(row.document_kind, row.document_id) : null)}
			search={false}
			filters={[...BOOK_FILTERS, { name: "late", label: "跨月补记", options: "check" }]}
			empty={"库房每一笔出入和调价, 按进价和按当时发药价的金额; 月结单的每个数字就是这些行的合计。"}
			columns={[
				{ key: "ymd", title: "记账日", show: (row) => <span className="num">{ymd(row.ymd)}</span> },
				{ key: "depot", title: "库房", card: "hide", show: (row) => row.depot_name },
				{ key: "what", title: "品种 · 批号", card: "title", show: (row) => (row.product_name ? <>{row.product_name} <small>{row.spec}</small> <span className="num">{row.lot}</span></> : `${row.lines} 笔合计`) },
				{ key: "reason", title: "事由", show: (row) => <>{row.reason_title} {row.reversal && <Chip tone="wait">冲销</Chip>} {row.late && <Chip tone="wait">跨月补记</Chip>}</> },
				{ key: "document", title: "单据", show: (row) => row.document_kind && row.document_id && <To path={pathOf(row.document_kind, row.document_id) ?? "/depot-lines"}>{row.document_number}</To> },
				{ key: "units", title: "数量", align: "right", show: (row) => <span className="num">{row.units || ""} {row.units ? row.unit_name : ""}</span> },
				{ key: "amount", title: "进价金额", align: "right", show: (row) => <span className="num">{row.way === 0 ? cents(row.amount) : money(row.amount)}</span> },
				{ key: "rounding", title: "尾差", align: "right", card: "hide", show: (row) => <span className="num mute">{cents(row.rounding)}</span> },
				{ key: "issue", title: "发药价金额", align: "right", show: (row) => <span className="num">{money(row.issue_amount)}</span> },
				{ key: "issue-rounding", title: "尾差", align: "right", card: "hide", show: (row) => <span className="num mute">{cents(row.issue_rounding)}</span> },
			]}
		/>
	);
}

/* ---- 结算单 ---- */

interface SheetRow extends DocumentRow {
	party_kind_title: string;
	party: string;
	month: number;
	opening: string;
	amount: string;
	closing: string;
	lines: number;
}

function SheetDialog({ close }: { close: () => void }) {
	const [kind, setKind] = useState("branch");
	const [site, setSite] = useState<string>();
	const [supplier, setSupplier] = useState<string>();
	const [month, setMonth] = useState(monthText(thisMonth()));
	const { act, busy, problem, clear } = useAct();
	const ok = () =>
		act(async () => {
			const made = await post<Written>("sheets", { kind, month: parseMonth(month), ...(kind === "branch" ? { site_id: site } : { supplier_id: supplier }) });
			close();
			go(`/sheets/${made.id}`);
		});
	return (
		<Modal open closable={false} title="编制结算单" okText="编制" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void ok()} okButtonProps={{ disabled: !parseMonth(month) || !(kind === "branch" ? site : supplier), "data-testid": "sheet-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Segmented value={kind} options={options({ branch: "分院", supplier: "供应商" })} onChange={(value) => setKind(String(value))} />
				{kind === "branch" ? <Field label="分院" error={problem?.at("site_id")}><SitePicker value={site} onChange={setSite} /></Field> : <Field label="供应商" error={problem?.at("supplier_id")}><SupplierPicker value={supplier} onChange={setSupplier} /></Field>}
				<Field label="月份" error={problem?.at("month")}><Input value={month} data-testid="sheet-month" onChange={(event) => setMonth(event.target.value)} /></Field>
			</div>
		</Modal>
	);
}

export function SheetList() {
	const [asking, setAsking] = useState(false);
	return (
		<>
			<ListPage<SheetRow>
				title="结算单"
				resource="sheets"
				topics={["sheets"]}
				id={(row) => row.id}
				open={(row) => `/sheets/${row.id}`}
				search="number"
				filters={[{ name: "state", label: "状态", options: options(SHEET_STATES) }]}
				primary={{ label: "编制结算单", onClick: () => setAsking(true), permission: "SHEET_EDIT" }}
				empty={"每月与每个分院、每个供应商结算一次; 每一行都指到原单据, 谁都可以重新加总。"}
				columns={[
					{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
					{ key: "state", title: "状态", show: (row) => <StateChip kind="sheets" state={row.state} title={row.state_title} /> },
					{ key: "kind", title: "对象", show: (row) => row.party_kind_title },
					{ key: "party", title: "结算对象", show: (row) => row.party },
					{ key: "month", title: "月份", show: (row) => <span className="num">{monthText(row.month)}</span> },
					{ key: "opening", title: "期初应付", align: "right", show: (row) => <span className="num">{money(row.opening)}</span> },
					{ key: "amount", title: "本期发生", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
					{ key: "closing", title: "期末应付", align: "right", show: (row) => <b className="num">{money(row.closing)}</b> },
				]}
			/>
			{asking && <SheetDialog close={() => setAsking(false)} />}
		</>
	);
}

interface Sheet extends Doc {
	party_kind: string;
	party_kind_title: string;
	party: string;
	month: number;
	from_ymd: number;
	to_ymd: number;
	opening: string;
	amount: string;
	closing: string;
	line_count: number;
}
interface SheetLine {
	n: number;
	ymd: number;
	reason_title: string;
	document_id: string;
	document_kind: string;
	document_number: string;
	reference: string | null;
	product_name: string | null;
	spec: string | null;
	lot: string | null;
	units: number | null;
	unit_name: string | null;
	other_site_name: string | null;
	amount: string;
	late: boolean;
}

function SheetRows({ sheet }: { sheet: Sheet }) {
	const [rows, setRows] = useState<SheetLine[]>([]);
	const [after, setAfter] = useState<string | null>("");
	const first = useData<Page<SheetLine>>("sheet-lines", { query: { sheet_id: sheet.id, limit: 1000 } });
	const all = rows.length ? rows : (first.data?.rows ?? []);
	const following = after === "" ? first.data?.next : after;
	const more = async () => {
		const page = await get<Page<SheetLine>>("sheet-lines", { sheet_id: sheet.id, limit: 1000, after: following });
		setRows([...all, ...page.rows]);
		setAfter(page.next);
	};
	return (
		<>
			<DataTable
				label="结算明细" testid="lines" rows={all} id={(line) => String(line.n)}
				columns={[
					{ key: "n", title: "#", width: 40, align: "right", card: "hide", show: (line) => line.n },
					{ key: "ymd", title: "日期", show: (line) => <span className="num">{ymd(line.ymd)}</span> },
					{ key: "reason", title: "事由", show: (line) => <>{line.reason_title} {line.late && <Chip tone="wait">跨月补记</Chip>}</> },
					{ key: "document", title: "单据", card: "title", show: (line) => <To path={pathOf(line.document_kind, line.document_id) ?? "/sheets"}>{line.document_number}</To> },
					{ key: "what", title: "品种 · 批号", show: (line) => (line.product_name ? <>{line.product_name} <small>{line.spec}</small> <span className="num">{line.lot}</span></> : <span className="num">{line.reference}</span>) },
					{ key: "units", title: "数量", align: "right", show: (line) => line.units !== null && <span className="num">{line.units} {line.unit_name}</span> },
					{ key: "other", title: "对方", card: "hide", show: (line) => line.other_site_name },
					{ key: "amount", title: "金额", align: "right", show: (line) => <span className="num">{money(line.amount)}</span> },
				]}
				foot={<tr><td colSpan={7}>期初 {money(sheet.opening)} + 本期 {money(sheet.amount)} ({sheet.line_count} 行) = 期末</td><td style={{ textAlign: "right" }}><b className="num">{money(sheet.closing)}</b></td></tr>}
			/>
			{following && <p className="pager"><Button onClick={() => void more()}>再读 1000 行</Button></p>}
		</>
	);
}

export function SheetPage({ params }: { params: Params }) {
	const of = useDocument<Sheet>("sheets", params.id);
	return (
		<DocumentPage
			of={of}
			tools={(doc) => <a className="ant-btn ant-btn-default export" href={url("sheet-lines.csv", { sheet_id: doc.id })} download data-testid="export">导出明细</a>}
			facts={(doc) => (
				<>
					<Fact label={doc.party_kind_title}><b>{doc.party}</b></Fact>
					<Fact label="月份">{monthText(doc.month)}</Fact>
					<Fact label="期间">{ymd(doc.from_ymd)} 至 {ymd(doc.to_ymd)}</Fact>
					<Fact label="期初应付">{money(doc.opening)}</Fact>
					<Fact label="本期发生">{money(doc.amount)}</Fact>
					<Fact label="期末应付"><b className="num">{money(doc.closing)}</b></Fact>
				</>
			)}
		>
			{(doc) => <SheetRows key={doc.id} sheet={doc} />}
		</DocumentPage>
	);
}
