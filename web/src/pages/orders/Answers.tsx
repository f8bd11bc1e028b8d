// What the supplier says to each line of an order that was sent, and what the platform says of it.
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { type Query, post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, shortTime, time, ymd } from "../../base/format";
import { can } from "../../base/session";
import type { Order, Packing, Page } from "../../base/types";
import { Chip, Drug, To, type Tone, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import type { OpenDocument } from "../../parts/document";
import { Cell, DateCell, UnitsInput } from "../../parts/Fields";
import { FileButton } from "../../parts/FileButton";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { PlatformTabs } from "./Platform";

interface Line extends Packing {
	id: string;
	order_id: string;
	order_number: string;
	order_state: string;
	supplier_name: string;
	n: number;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	price: string;
	to_site_name: string;
	received_units: number;
	answer: "" | "waiting" | "late" | "accepted" | "refused";
	answer_title: string;
	answer_units: number | null;
	answer_reason: string | null;
	promised_ymd: number | null;
	answer_due_at_ms: number | null;
	on_platform: boolean;
	off_list: boolean;
	sent_at_ms: number | null;
}

const TONE: Record<string, Tone> = { accepted: "good", refused: "bad", late: "bad", waiting: "wait" };
const Answer = ({ of }: { of: Line }) => (of.answer ? <Chip tone={TONE[of.answer]}>{of.answer_title}</Chip> : null);

/** The ways out: for the eye, for a spreadsheet, for a program. */
export function OrderOut({ order }: { order: Order }) {
	if (["draft", "submitted", "countersigning"].includes(order.state)) return null;
	return (
		<>
			<Button href={url(`orders/${order.id}/out.pdf`)} target="_blank" data-testid="out-pdf">外发 PDF</Button>
			<Button href={url(`orders/${order.id}/out.xlsx`)} download data-testid="out-xlsx">XLSX</Button>
			<Button href={url("order-lines.csv", { order_id: order.id })} download data-testid="out-csv">CSV</Button>
			<Button href={url(`orders/${order.id}/out`)} target="_blank" data-testid="out-json">JSON</Button>
		</>
	);
}

/** What is typed of a line's answer; left alone: the whole line, no day. */
interface Said {
	units?: number | null;
	promised_ymd?: number | null;
	reason?: string;
}
/** What was refused (0) is offered whole again. */
const offered = (row: Line, said: Said = {}) => said.units ?? (row.answer_units || row.units);
const accepted = (row: Line, said: Said = {}) => {
	const units = offered(row, said);
	const day = said.promised_ymd ?? row.promised_ymd;
	return { line_id: row.id, answer: "accepted", ...(units !== row.units && { units }), ...(day && { promised_ymd: day }) };
};

/** Refused needs its reason; the rest is accepted with one key. */
export function Answers({ of, order }: { of: OpenDocument<Order>; order: Order }) {
	const data = useData<Page<Line>>("order-lines", { query: { order_id: order.id, limit: 2000 }, topics: ["orders"], ref: order.id });
	const [said, setSaid] = useState<Record<string, Said>>({});
	const say = (id: string, part: Said) => setSaid((old) => ({ ...old, [id]: { ...old[id], ...part } }));
	const rows = data.data?.rows ?? [];
	const editable = can("ORDER_EDIT");
	const open = rows.filter((row) => row.answer === "waiting" || row.answer === "late");
	/** What was typed is told, and stands on the line from then on. */
	const send = (lines: { line_id: string; answer: string; reason?: string }[]) =>
		of.run(async () => {
			await post(`orders/${order.id}/answers`, { lines });
			setSaid((old) => Object.fromEntries(Object.entries(old).filter(([id]) => !lines.some((line) => line.line_id === id))));
		}).then(() => data.reload());
	const columns: Column<Line>[] = [
		{ key: "n", title: "#", align: "right", card: "hide", show: (row) => row.n },
		{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
		{ key: "units", title: "订购", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
		{ key: "answer", title: "答复", show: (row) => <><Answer of={row} /> {row.answer === "accepted" && row.answer_units !== row.units && <Units n={row.answer_units} of={row} />} {row.answer_reason} {row.promised_ymd && <span className="num">{ymd(row.promised_ymd)} 到</span>}</> },
		{
			key: "act", title: "登记", width: 540,
			show: (row) =>
				editable && (
					<span className="answer-act">
						<UnitsInput value={offered(row, said[row.id])} of={row} label={`第 ${row.n} 行可供数量`} testid={`answer-${row.n}`} onChange={(units) => say(row.id, { units })} />
						<DateCell value={said[row.id]?.promised_ymd ?? row.promised_ymd} cell="promised" placeholder="到货日期" testid={`answer-${row.n}-day`} aria-label={`第 ${row.n} 行承诺到货日期`} onChange={(promised_ymd) => say(row.id, { promised_ymd })} />
						<Button size="small" data-testid={`accept-${row.n}`} onClick={() => void send([accepted(row, said[row.id])])}>接受</Button>
						<Cell value={said[row.id]?.reason ?? ""} cell="reason" placeholder="拒绝原因" testid={`refuse-${row.n}-reason`} aria-label={`第 ${row.n} 行拒绝原因`} onChange={(reason) => say(row.id, { reason })} />
						<Button size="small" disabled={!said[row.id]?.reason?.trim()} data-testid={`refuse-${row.n}`} onClick={() => void send([{ line_id: row.id, answer: "refused", reason: said[row.id].reason!.trim() }])}>拒绝</Button>
					</span>
				),
		},
	];
	return (
		<section className="panel" data-testid="answers">
			<div className="form-row">
				<h3>供应商答复</h3>
				{open.length > 0 && <span className="mute">{open.length} 行待答复{open[0].answer_due_at_ms ? `, 期限 ${shortTime(open[0].answer_due_at_ms)}` : ""}</span>}
				<span className="grow" />
				{editable && open.length > 0 && <Button data-testid="accept-all" loading={of.busy} onClick={() => void send(open.map((row) => accepted(row, said[row.id])))}>其余全部接受</Button>}
				{editable && (
					<FileButton testid="answer-file" loading={of.busy} onFile={(file) => void of.run(async () => post(`orders/${order.id}/answer-file`, undefined, { file })).then(() => data.reload())}>
						导入答复 (n, answer, units, reason)
					</FileButton>
				)}
			</div>
			<DataTable label="供应商答复" testid="answer-lines" columns={columns} rows={rows} id={(row) => row.id} />
		</section>
	);
}

/** Also a tab of 监管关注, there with a filter that stands. */
export function LineList({ above, fixed }: { above?: ReactNode; fixed?: Query }) {
	return (
		<ListPage<Line>
			above={above} fixed={fixed}
			title={fixed?.off_list ? "目录外采购" : "订单明细"}
			resource="order-lines"
			topics={["orders"]}
			id={(row) => row.id}
			open={(row) => `/orders/${row.order_id}`}
			search={false}
			filters={fixed ? [] : [
				{ name: "unanswered", label: "待供应商答复", options: "check" },
				{ name: "due", label: "已发送未到齐", options: "check" },
				{ name: "off_list", label: "目录外", options: "check" },
			]}
			empty={fixed?.off_list ? "提交时不在县级目录内的订单行, 列在这里。" : "已下订单的每一行, 供应商的答复和到货情况。"}
			columns={[
				{ key: "order", title: "订单", show: (row) => <><b className="num">{row.order_number}</b> <small className="mute">{row.order_state}</small></> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} note={row.off_list && <Chip tone="wait">目录外</Chip>} /> },
				{ key: "to", title: "收货单位", show: (row) => row.to_site_name },
				{ key: "units", title: "订购", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				{ key: "received", title: "已到", align: "right", show: (row) => <Units n={row.received_units || null} of={row} /> },
				{ key: "price", title: "单价 (元)", align: "right", show: (row) => <span className="num">{money(row.price)}</span> },
				{ key: "answer", title: "答复", show: (row) => <><Answer of={row} /> {row.answer_reason}{row.promised_ymd ? ` ${ymd(row.promised_ymd)}` : ""}</> },
				{ key: "platform", title: "平台", show: (row) => (row.on_platform ? "有" : <span className="mute">无</span>) },
			]}
		/>
	);
}

export const OrderLines = () => <LineList />;

interface Difference {
	id: string;
	platform_order_no: string;
	order_number: string;
	order_id: string | null;
	order_state: string | null;
	product_code: string;
	product_name: string | null;
	spec: string | null;
	difference_title: string;
	platform_state: string;
	platform_packs: number;
	our_packs: number | null;
	platform_price: string | null;
	our_price: string | null;
	at_ms: number;
}

/** The other way round: sent by us, and no row of the platform stands for it. */
function NotOnPlatform() {
	const query = { due: 1, on_platform: 0, limit: 200 };
	const data = useData<Page<Line>>("order-lines", { query, topics: ["orders"] });
	const rows = data.data?.rows ?? [];
	if (rows.length === 0) return null;
	return (
		<section className="panel" data-testid="not-on-platform">
			<div className="form-row">
				<h3>已发送而平台上没有: {rows.length}{data.data?.next ? " 行以上" : " 行"}</h3>
				<span className="grow" />
				<Button href={url("order-lines.xlsx", { due: 1, on_platform: 0 })} download>导出</Button>
			</div>
			<DataTable<Line>
				label="平台上没有的订单行"
				rows={rows}
				id={(row) => row.id}
				columns={[
					{ key: "order", title: "订单", show: (row) => <To path={`/orders/${row.order_id}`}><b className="num">{row.order_number}</b></To> },
					{ key: "sent", title: "发送", show: (row) => <span className="num">{time(row.sent_at_ms)}</span> },
					{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
					{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
					{ key: "to", title: "收货单位", show: (row) => row.to_site_name },
					{ key: "units", title: "订购", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				]}
			/>
		</section>
	);
}

export function PlatformDifferences() {
	const { act, busy, problem, clear } = useAct();
	const [told, setTold] = useState<{ rows: number; differences: number } | null>(null);
	const take = (file: File) => act(async () => setTold(await post<{ rows: number; differences: number }>("platform-orders", undefined, { file })));
	return (
		<ListPage<Difference>
			title="平台差异"
			resource="platform-differences"
			topics={["orders"]}
			id={(row) => row.id}
			open={(row) => (row.order_id ? `/orders/${row.order_id}` : null)}
			search={false}
			extra={can("ORDER_EDIT") && <FileButton testid="platform-file" type="primary" loading={busy} onFile={(file) => void take(file)}>导入平台订单明细</FileButton>}
			above={
				<>
					<PlatformTabs at="orders" />
					<Trouble problem={problem} onClose={clear} />
					{told && <p data-testid="platform-told" data-rows={told.rows}>已对照 {told.rows} 行, {told.differences} 行不同。</p>}
					<NotOnPlatform />
				</>
			}
			empty={"每日从省平台导出订单明细 (CSV: platform_order_no, order_number, product_code, packs, price, state), 在这里逐行与本系统对照。\n没有差异时这里是空的。"}
			columns={[
				{ key: "what", title: "差异", card: "title", show: (row) => <Chip tone="bad">{row.difference_title}</Chip> },
				{ key: "platform", title: "平台订单", show: (row) => <><span className="num">{row.platform_order_no}</span> <small className="mute">{row.platform_state}</small></> },
				{ key: "ours", title: "本系统订单", show: (row) => <><span className="num">{row.order_number}</span> <small className="mute">{row.order_state ?? ""}</small></> },
				{ key: "product", title: "药品", show: (row) => (row.product_name ? <Drug name={row.product_name} spec={row.spec} /> : row.product_code) },
				{ key: "packs", title: "数量: 平台 / 我们", align: "right", show: (row) => <span className="num">{row.platform_packs} / {row.our_packs ?? "—"}</span> },
				{ key: "price", title: "单价: 平台 / 我们", align: "right", show: (row) => <span className="num">{row.platform_price ? money(row.platform_price) : "—"} / {row.our_price ? money(row.our_price) : "—"}</span> },
				{ key: "at", title: "导入", show: (row) => <span className="num">{time(row.at_ms)}</span> },
			]}
		/>
	);
}
