// 平台报送: what the purchasing platform must learn of receipts, invoices and returns, in numbered files; what it answers.
import { Button, Segmented } from "antd";
import { useState } from "react";
import { post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, time, ymd } from "../../base/format";
import { go, type Params } from "../../base/route";
import { can } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, type Tone, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell } from "../../parts/Fields";
import { FileButton } from "../../parts/FileButton";
import { pathOf } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";

const KINDS = { receipt: "确认收货", refusal: "拒收", invoice: "发票", return: "退货" };
const STATES = { made: "已生成", sent: "已报送", answered: "已回执" };
const REASONS: Record<string, string> = { quality: "质量", expiry: "近效期", wrong: "错发", recall: "召回", other: "其他" };

interface Row extends DocumentRow {
	kind: keyof typeof KINDS;
	kind_title: string;
	no: number;
	until_ymd: number;
	lines: number;
	amount: string;
}

export interface Report extends Packing {
	id: string;
	kind: keyof typeof KINDS;
	kind_title: string;
	state: string;
	state_title: string;
	message_id: string | null;
	message_number: string | null;
	n: number | null;
	document_id: string;
	document_kind: string;
	document_number: string;
	order_number: string | null;
	supplier_name: string;
	product_name: string;
	spec: string;
	lot: string;
	units: number;
	amount: string;
	paper: string | null;
	ymd: number;
	answer_reason: string | null;
	platform_units: number | null;
	platform_amount: string | null;
}

const TONE: Record<string, Tone> = { accepted: "good", refused: "bad", units: "bad", amount: "bad", waiting: "wait", made: "wait", unanswered: "wait", again: "off" };

const LINE: Column<Report>[] = [
	{ key: "state", title: "状态", show: (row) => <Chip tone={TONE[row.state] ?? "off"}>{row.state_title}</Chip> },
	{ key: "document", title: "单据", show: (row) => <To className="num" path={pathOf(row.document_kind, row.document_id) ?? `/open/${row.document_number}`}>{row.document_number}</To> },
	{ key: "order", title: "订单", card: "hide", show: (row) => <span className="num">{row.order_number}</span> },
	{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
	{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
	{ key: "units", title: "数量", align: "right", show: (row) => <><Units n={row.units} of={row} />{row.state === "units" && <small className="bad-text block">平台 {row.platform_units}</small>}</> },
	{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}{row.state === "amount" && <small className="bad-text block">平台 {money(row.platform_amount)}</small>}</span> },
	{ key: "paper", title: "凭据", card: "hide", show: (row) => (row.kind === "return" ? (REASONS[row.paper ?? ""] ?? row.paper) : <span className="num">{row.paper}</span>) },
	{ key: "ymd", title: "日期", show: (row) => <span className="num">{ymd(row.ymd)}</span> },
];

export function PlatformMessages() {
	const [kind, setKind] = useState<string>("receipt");
	const { act, busy, problem, clear } = useAct();
	const make = () => act(async () => go(`/platform-messages/${(await post<Written>("platform-messages", { kind })).id}`));
	return (
		<ListPage<Row>
			title="平台报送"
			resource="platform-messages"
			topics={["platform-messages"]}
			id={(row) => row.id}
			open={(row) => `/platform-messages/${row.id}`}
			search="number"
			filters={[{ name: "kind", label: "内容", options: options(KINDS) }, { name: "state", label: "状态", options: options(STATES) }]}
			extra={
				can("ORDER_EDIT") && (
					<>
						<Segmented value={kind} options={options(KINDS)} data-testid="message-kind" onChange={(value) => setKind(String(value))} />
						<Button type="primary" data-testid="make-message" loading={busy} onClick={() => void make()}>生成报送</Button>
					</>
				)
			}
			above={<Trouble problem={problem} onClose={clear} />}
			empty={"验收入库、拒收、发票匹配、退货出库的每一行都在等待报送平台。\n点 生成报送 取走等待的行, 得到一个带序号的文件 (XLSX, JSON)。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "kind", title: "内容", show: (row) => <>{row.kind_title} <span className="num">第 {row.no} 号</span></> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="platform-messages" state={row.state} title={row.state_title} /> },
				{ key: "until", title: "截至", show: (row) => <span className="num">{ymd(row.until_ymd)}</span> },
				{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "made", title: "生成", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

interface Message extends Doc {
	message: { kind: keyof typeof KINDS; no: number; until_ymd: number; buyer_name: string; line_count: number; amount: string };
}

export function PlatformMessage({ params }: { params: Params }) {
	const of = useDocument<Message>("platform-messages", params.id);
	const lines = useData<Page<Report>>("platform-reports", { query: { message_id: params.id, limit: 5000 }, topics: ["platform-messages"] });
	return (
		<DocumentPage
			of={of}
			facts={(doc) => (
				<>
					<Fact label="内容">{KINDS[doc.message.kind]} <span className="num">第 {doc.message.no} 号</span></Fact>
					<Fact label="单位">{doc.message.buyer_name}</Fact>
					<Fact label="截至"><span className="num">{ymd(doc.message.until_ymd)}</span></Fact>
					<Fact label="行数">{doc.message.line_count}</Fact>
					<Fact label="金额"><b className="num">{money(doc.message.amount)}</b></Fact>
				</>
			)}
			tools={(doc) => (
				<>
					<Button href={url(`platform-messages/${doc.id}/out.xlsx`)} download data-testid="out-xlsx">XLSX</Button>
					<Button href={url("platform-reports.csv", { message_id: doc.id })} download data-testid="out-csv">CSV</Button>
					<Button href={url(`platform-messages/${doc.id}/out`)} target="_blank" data-testid="out-json">JSON</Button>
					{doc.state !== "made" && can("ORDER_EDIT") && (
						<FileButton testid="answer-file" loading={of.busy} onFile={(file) => void of.run(async () => post(`platform-messages/${doc.id}/answer-file`, undefined, { file })).then(() => lines.reload())}>
							导入平台回执 (n, answer, reason, units, amount)
						</FileButton>
					)}
				</>
			)}
		>
			{() => (
				<Loaded of={lines}>
					{(page) => <DataTable label="报送明细" testid="lines" rows={page.rows} id={(row) => row.id} columns={[{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (row) => row.n }, ...LINE, { key: "said", title: "平台说明", show: (row) => row.answer_reason }]} />}
				</Loaded>
			)}
		</DocumentPage>
	);
}

/** Told anew, once it is known what was wrong. */
function Again({ row, done }: { row: Report; done: () => void }) {
	const [note, setNote] = useState("");
	const { act, busy, problem } = useAct();
	if (!["refused", "units", "amount"].includes(row.state) || !can("ORDER_EDIT")) return <>{row.answer_reason}</>;
	const send = () => act(async () => post(`platform-reports/${row.id}/again`, { note: note.trim() })).then(done);
	return (
		<span className="answer-act">
			{row.answer_reason} <Cell value={note} cell="note" placeholder="改了什么" error={problem?.message} testid={`again-${row.n}-note`} aria-label={`${row.product_name} 改了什么`} onChange={setNote} />
			<Button size="small" disabled={!note.trim()} loading={busy} data-testid={`again-${row.n}`} onClick={() => void send()}>重报</Button>
		</span>
	);
}

const TABS = { orders: "订单", reports: "收货 · 发票 · 退货", dispatches: "配送" };

/** The kinds of differences with the platform. */
export const PlatformTabs = ({ at }: { at: keyof typeof TABS }) => (
	<Segmented value={at} data-testid="platform-tabs" options={Object.entries(TABS).map(([value, label]) => ({ value, label: <span data-testid={`platform-${value}`}>{label}</span> }))} onChange={(value) => go(value === "orders" ? "/platform-differences" : `/platform-differences/${value}`)} />
);

/** Receipts, invoices and returns that the platform does not have, or has differently. */
export function OpenReports() {
	const [key, setKey] = useState(0);
	return (
		<ListPage<Report>
			key={key}
			title="平台差异"
			resource="platform-reports"
			topics={["platform-messages", "payables", "supplier-returns"]}
			fixed={{ open: 1 }}
			id={(row) => row.id}
			search={false}
			filters={[{ name: "kind", label: "内容", options: options(KINDS) }]}
			extra={<Button onClick={() => go("/platform-messages")}>平台报送</Button>}
			above={<PlatformTabs at="reports" />}
			empty="验收入库、匹配的发票和出库的退货都已报送, 平台都已接受, 数量金额相同。"
			columns={[
				{ key: "kind", title: "内容", show: (row) => <span className="num">{row.kind_title}</span> },
				...LINE,
				{ key: "message", title: "报送", show: (row) => row.message_id && <To className="num" path={`/platform-messages/${row.message_id}`}>{row.message_number}</To> },
				{ key: "again", title: "平台说明", show: (row) => <Again row={row} done={() => setKey((n) => n + 1)} /> },
			]}
		/>
	);
}

interface Dispatch {
	id: string;
	dispatch_no: string;
	order_number: string;
	order_id: string | null;
	product_code: string;
	product_name: string | null;
	spec: string | null;
	lot: string;
	packs: number;
	our_packs: number | null;
	difference_title: string;
}

/** What the distributor says is on the road and does not fit an order. */
export function DispatchDifferences() {
	const { act, busy, problem, clear } = useAct();
	const [told, setTold] = useState<{ rows: number; differences: number } | null>(null);
	const take = (file: File) => act(async () => setTold(await post<{ rows: number; differences: number }>("platform-dispatches", undefined, { file })));
	return (
		<ListPage<Dispatch>
			title="平台差异"
			resource="platform-dispatches"
			topics={["orders"]}
			fixed={{ different: 1 }}
			id={(row) => row.id}
			open={(row) => (row.order_id ? `/orders/${row.order_id}` : null)}
			search={false}
			extra={can("ORDER_EDIT") && <FileButton testid="dispatch-file" type="primary" loading={busy} onFile={(file) => void take(file)}>导入平台配送</FileButton>}
			above={
				<>
					<PlatformTabs at="dispatches" />
					<Trouble problem={problem} onClose={clear} />
					{told && <p data-testid="dispatch-told" data-rows={told.rows}>已收 {told.rows} 行配送, {told.differences} 行与订单不符; 相符的在收货单上按批号列出。</p>}
				</>
			}
			empty={"从省平台导出配送明细 (CSV: dispatch_no, order_number, product_code, lot, expiry_ymd, packs, 可有 made_ymd, sent_ymd) 导入; 收货时按批号带出。\n与订单不符的列在这里。"}
			columns={[
				{ key: "what", title: "差异", show: (row) => <Chip tone="bad">{row.difference_title}</Chip> },
				{ key: "no", title: "配送单", show: (row) => <span className="num">{row.dispatch_no}</span> },
				{ key: "order", title: "订单", show: (row) => <span className="num">{row.order_number}</span> },
				{ key: "product", title: "药品", card: "title", show: (row) => (row.product_name ? <Drug name={row.product_name} spec={row.spec} /> : row.product_code) },
				{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "packs", title: "配送 / 订购 (包装)", align: "right", show: (row) => <span className="num">{row.packs} / {row.our_packs ?? "—"}</span> },
			]}
		/>
	);
}
