// 应付与付款: what is owed, its proof, the payments, the estimates of month end and the money ledger behind them.
import { Button, Input, Modal, Segmented } from "antd";
import { useEffect, useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { fen, money, units, ymd } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DateCell, Field, SupplierPicker } from "../../parts/Fields";
import { pathOf } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { ProductFilter } from "../../parts/ProductFilter";
import { Loaded, Trouble } from "../../parts/Trouble";
import { ACCOUNTS, LEGS, PAYMENT_STATES, businessDay, fenOf, monthText } from "./words";

interface Payable extends Packing {
	id: string;
	receipt_id: string;
	receipt_number: string;
	order_id: string;
	order_number: string;
	supplier_name: string;
	site_name: string;
	product_name: string;
	spec: string;
	lot: string;
	units: number;
	amount: string;
	accepted_ymd: number;
	due_ymd: number;
	overdue: boolean;
	fund: boolean;
	invoiced: string;
	estimated: string;
	held: string;
	paid: string;
	owed: string;
	uninvoiced: boolean;
	proven: boolean;
	open: boolean;
}

const Money = ({ text }: { text: string | null | undefined }) => <span className={`num${text?.startsWith("-") ? " red-figure" : ""}`}>{text === "0.00" ? "" : money(text)}</span>;

export function PayableList() {
	return (
		<ListPage<Payable>
			title="应付款"
			resource="payables"
			topics={["payables"]}
			id={(row) => row.id}
			open={(row) => `/payables/${row.id}`}
			search={false}
			boxes={{ node: <ProductFilter />, names: ["product_id"] }}
			filters={[
				{ name: "site_id", label: "付款单位", options: "sites" },
				{ name: "uninvoiced", label: "货到票未到", options: "check" },
				{ name: "open", label: "未了结", options: "check" },
			]}
			rowClass={(row) => (row.overdue ? "wrong" : undefined)}
			primary={{ label: "编制付款单", path: "/payments/new", permission: "PAYMENT_EDIT" }}
			extra={
				<>
					<Button onClick={() => go(`/payables?due_until=${businessDay()}`)} data-testid="due-today">今日到期</Button>
					<Button onClick={() => go("/payables?proven=0")}>缺票</Button>
					<Button onClick={() => go("/payments")}>付款单</Button>
					<Button onClick={() => go("/estimates")}>暂估</Button>
					<Button onClick={() => go("/money-balances")}>往来余额</Button>
				</>
			}
			empty={"验收入库的每一行在这里成为应付, 验收后 30 天到期。\n先收货入库, 再登记发票。"}
			columns={[
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "receipt", title: "收货单", show: (row) => <To path={`/receipts/${row.receipt_id}`}>{row.receipt_number}</To> },
				{ key: "lot", title: "批号", card: "hide", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "units", title: "验收", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "订单金额", align: "right", show: (row) => <Money text={row.amount} /> },
				{ key: "invoiced", title: "已票", align: "right", show: (row) => <Money text={row.invoiced} /> },
				{ key: "owed", title: "未付", align: "right", show: (row) => <Money text={row.owed} /> },
				{ key: "due", title: "应付日", show: (row) => <span className="num">{ymd(row.due_ymd)}</span> },
				{
					key: "state", title: "情况",
					show: (row) => (
						<>
							{row.uninvoiced ? <Chip tone="wait">票未到</Chip> : row.open ? <Chip tone={row.overdue ? "bad" : "wait"}>{row.overdue ? "逾期未付" : "待付"}</Chip> : <Chip tone="good">已付清</Chip>}{" "}
							{!row.proven && <Chip tone="off">缺票</Chip>} {row.fund && <Chip tone="way">医保基金</Chip>}
						</>
					),
				},
			]}
		/>
	);
}

interface PayableDetail extends Payable {
	supplier_id: string;
	leg1_units: number;
	leg3_units: number;
	single_units: number;
	extra: boolean;
	invoiced_units: number;
	returned_units: number;
	invoices: { invoice_id: string; invoice_no: string; leg: number; issuer: string; issued_ymd: number; units: number; expected: string; amount: string }[];
	estimates: { estimate_id: string; number: string; amount: string; reversed_by_id: string | null; reversed_by_number: string | null }[];
	payments: { payment_id: string; number: string; state: string; state_title: string; amount: string }[];
}

/** Which legs are not there yet, and for how much; what went back needs none. */
function missing(row: PayableDetail): string {
	const kept = row.units - row.returned_units;
	const short = { 首票: kept - row.leg1_units - row.single_units, 本院票: kept - row.invoiced_units, 加开一票: row.extra ? kept - row.leg3_units - row.single_units : 0 };
	return Object.entries(short).filter(([, n]) => n > 0).map(([leg, n]) => `${leg} ${units(n, row)}`).join(", ") || "已全部退回";
}

export function PayablePage({ params }: { params: Params }) {
	const data = useData<PayableDetail>(`payables/${params.id}`, { topics: ["payables"] });
	return (
		<Loaded of={data} rows={8}>
			{(row) => (
				<section className="page" data-testid="payable">
					<header className="page-head">
						<h1>应付 {row.product_name}</h1>
						{row.proven ? <Chip tone="good">两票齐全</Chip> : <Chip tone="bad">缺票: {missing(row)}</Chip>}
					</header>
					<dl className="facts">
						<Fact label="供应商">{row.supplier_name}</Fact>
						<Fact label="付款单位">{row.site_name}</Fact>
						<Fact label="收货单"><To path={`/receipts/${row.receipt_id}`}>{row.receipt_number}</To></Fact>
						<Fact label="验收">{units(row.units, row)} · {ymd(row.accepted_ymd)}</Fact>
						<Fact label="应付日">{ymd(row.due_ymd)}</Fact>
						<Fact label="订单金额">{money(row.amount)}</Fact>
						<Fact label="首票 / 本院票">{units(row.leg1_units, row)} / {units(row.invoiced_units, row)}</Fact>
						{row.single_units > 0 && <Fact label="一票即证 (视同生产企业)"><To path={`/suppliers/${row.supplier_id}`}>{units(row.single_units, row)}</To></Fact>}
						<Fact label="已票 − 已付">{money(row.invoiced)} − {money(row.paid)}</Fact>
						<Fact label="暂估">{row.estimated === "0.00" ? "" : money(row.estimated)}</Fact>
						<Fact label="付款中">{row.held === "0.00" ? "" : money(row.held)}</Fact>
						{row.fund && <Fact label="渠道">医保基金直接结算</Fact>}
					</dl>
					<h2>发票</h2>
					<DataTable
						label="发票" rows={row.invoices} id={(one, n) => `${one.invoice_id}/${n}`}
						columns={[
							{ key: "no", title: "发票号码", card: "title", show: (one) => <To path={`/invoices/${one.invoice_id}`}>{one.invoice_no}</To> },
							{ key: "leg", title: "票次", show: (one) => LEGS[String(one.leg) as keyof typeof LEGS] },
							{ key: "issuer", title: "开票方", show: (one) => one.issuer },
							{ key: "issued", title: "开票日期", show: (one) => ymd(one.issued_ymd) },
							{ key: "units", title: "数量", align: "right", show: (one) => <span className="num">{one.units}</span> },
							{ key: "expected", title: "应为", align: "right", show: (one) => <Money text={one.expected} /> },
							{ key: "amount", title: "金额", align: "right", show: (one) => <Money text={one.amount} /> },
						]}
					/>
					<h2>暂估与付款</h2>
					{row.estimates.map((one) => <p key={one.number + one.amount}><To path={`/estimates/${one.estimate_id}`}>{one.number}</To> 暂估 <b className="num">{money(one.amount)}</b> {one.reversed_by_id ? <>已由 <To path={`/invoices/${one.reversed_by_id}`}>{one.reversed_by_number}</To> 冲回</> : <Chip tone="wait">未冲回</Chip>}</p>)}
					{row.payments.map((one) => <p key={one.payment_id}><To path={`/payments/${one.payment_id}`}>{one.number}</To> <StateChip state={one.state} title={one.state_title} /> <b className="num">{money(one.amount)}</b></p>)}
					{row.estimates.length + row.payments.length === 0 && <p className="mute">还没有。</p>}
				</section>
			)}
		</Loaded>
	);
}

interface ProofRow {
	month: number;
	supplier_id: string;
	supplier_name: string;
	site_id: string;
	site_name: string;
	lines: number;
	proven: number;
	unproven: number;
	percent: number;
}

export function Proof() {
	return (
		<ListPage<ProofRow>
			title="两票证明率"
			resource="proof"
			topics={["payables"]}
			id={(row) => `${row.month}/${row.supplier_id}/${row.site_id}`}
			search={false}
			empty={"每个供应商每月验收的批次中, 两票齐全的有多少。\n收货入库后开始计数。"}
			extra={<Button onClick={() => go("/remote-approvals")}>加开一票批准</Button>}
			columns={[
				{ key: "month", title: "验收月", card: "title", show: (row) => <b className="num">{monthText(row.month)}</b> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "site", title: "付款单位", card: "hide", show: (row) => row.site_name },
				{ key: "lines", title: "验收批次", align: "right", show: (row) => <To path={`/payables?supplier_id=${row.supplier_id}&month=${row.month}`}>{row.lines}</To> },
				{ key: "unproven", title: "缺票", align: "right", show: (row) => (row.unproven ? <To path={`/payables?supplier_id=${row.supplier_id}&month=${row.month}&proven=0`}>{row.unproven}</To> : 0) },
				{ key: "percent", title: "证明率", align: "right", show: (row) => <b className="num" title={`${row.proven} ÷ ${row.lines}`}>{row.percent}%</b> },
			]}
		/>
	);
}

/* ---- 付款单 ---- */

interface PaymentRow extends DocumentRow {
	supplier_name: string;
	channel_title: string;
	amount: string;
	lines: number;
	paid_ymd: number | null;
}

export function PaymentList() {
	return (
		<ListPage<PaymentRow>
			title="付款单"
			resource="payments"
			topics={["payments"]}
			id={(row) => row.id}
			open={(row) => `/payments/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options(PAYMENT_STATES) }]}
			primary={{ label: "编制付款单", path: "/payments/new", permission: "PAYMENT_EDIT" }}
			empty={"到期且发票已匹配的应付在这里汇成付款单, 经两人复核审批后由牵头医院统一支付。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="payments" state={row.state} title={row.state_title} /> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "channel", title: "渠道", show: (row) => row.channel_title },
				{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <Money text={row.amount} /> },
				{ key: "paid", title: "付款日", show: (row) => ymd(row.paid_ymd) },
			]}
		/>
	);
}

const DUE_MAX = 2000;
const signed = (text: string) => (text.startsWith("-") ? -1 : 1) * (fenOf(text.replace("-", "")) ?? 0);

/** What could be paid to a supplier by one channel until a day: due, invoiced, in no payment; and what he owes us. */
function useDue(supplier: string | undefined, channel: string, until: number | null) {
	const data = useData<Page<Payable>>(supplier ? "payables" : null, { query: { supplier_id: supplier, open: 1, unpaid: 1, fund: channel === "fund" ? 1 : 0, limit: DUE_MAX }, topics: ["payables"] });
	const rows = (data.data?.rows ?? []).map((row) => ({ ...row, fen: signed(row.owed) - signed(row.held) })).filter((row) => row.fen < 0 || (row.fen > 0 && until !== null && row.due_ymd <= until));
	return { rows, more: Boolean(data.data?.next) };
}

export function PaymentNew() {
	const [supplier, setSupplier] = useState<string>();
	const [channel, setChannel] = useState("bank");
	const [until, setUntil] = useState<number | null>(businessDay());
	const [left, setLeft] = useState<Set<string>>(new Set());
	const { act, busy, problem, clear } = useAct();
	const due = useDue(supplier, channel, until);
	const chosen = due.rows.filter((row) => !left.has(row.id));
	const all = chosen.length === due.rows.length;
	const turn = (id: string) => setLeft((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; });
	const create = () =>
		act(async () => {
			const made = await post<Written>("payments", { supplier_id: supplier, channel, ...(until ? { until_ymd: until } : {}), ...(all ? {} : { payables: chosen.map((row) => ({ payable_id: row.id })) }) });
			go(`/payments/${made.id}`, { replace: true });
		});
	return (
		<section className="page">
			<header className="page-head"><h1>编制付款单</h1></header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="供应商" error={problem?.at("supplier_id")}><SupplierPicker value={supplier} onChange={(id) => { setSupplier(id); setLeft(new Set()); }} /></Field>
				<Field label="渠道"><Segmented value={channel} options={options({ bank: "银行转账", fund: "医保基金直接结算" })} data-testid="channel" onChange={(value) => setChannel(String(value))} /></Field>
				<Field label="到期至" error={problem?.at("until_ymd")}><DateCell value={until} testid="until" aria-label="到期至" onChange={setUntil} /></Field>
			</div>
			<p className="mute">列出该供应商到期、发票已匹配、未在付款中的应付; 红字发票使供应商欠我们的一并抵扣。去掉勾选的这次不付{due.more ? `; 超过 ${DUE_MAX} 行的未列出, 全选时一并付` : ""}。</p>
			{supplier && (
				<DataTable
					label="可付的应付" testid="due" rows={due.rows} id={(row) => row.id}
					columns={[
						{ key: "pay", title: <input type="checkbox" aria-label="全选" data-testid="pay-all" checked={all} onChange={() => setLeft(all ? new Set(due.rows.map((row) => row.id)) : new Set())} />, width: 40, align: "center", show: (row, n) => <input type="checkbox" aria-label={`第 ${n} 行付款`} data-testid={`pay-${n}`} checked={!left.has(row.id)} onChange={() => turn(row.id)} /> },
						{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
						{ key: "receipt", title: "收货单", show: (row) => <To path={`/receipts/${row.receipt_id}`}>{row.receipt_number}</To> },
						{ key: "due", title: "应付日", show: (row) => <span className="num">{ymd(row.due_ymd)}</span> },
						{ key: "proven", title: "两票", card: "hide", show: (row) => (row.proven ? <Chip tone="good">齐全</Chip> : <Chip tone="off">缺票</Chip>) },
						{ key: "fen", title: "可付 (元)", align: "right", show: (row) => <To path={`/payables/${row.id}`}><span className={`num${row.fen < 0 ? " red-figure" : ""}`}>{fen(row.fen)}</span></To> },
					]}
				/>
			)}
			<div className="totals">
				{supplier && <span>{chosen.length} / {due.rows.length} 行, 合计 <b className="num" data-testid="due-total">{fen(chosen.reduce((sum, row) => sum + row.fen, 0))}</b> 元 (已退货待红字的部分不付, 以付款单为准)</span>}
				<span className="grow" />
				<Button type="primary" size="large" loading={busy} disabled={!supplier || (due.rows.length > 0 && chosen.length === 0)} data-testid="create" data-next-step onClick={() => void create()}>生成付款单</Button>
			</div>
		</section>
	);
}

interface Payment extends Doc {
	supplier_name: string;
	payer_site_name: string;
	channel_title: string;
	until_ymd: number;
	amount: string;
	paid_ymd: number | null;
	returned_ymd: number | null;
	lines: { id: string; payable_id: string; receipt_id: string; receipt_number: string; site_name: string; product_name: string; spec: string; due_ymd: number; invoiced: string; amount: string; invoice_no: string | null }[];
}

export function PaymentPage({ params }: { params: Params }) {
	const of = useDocument<Payment>("payments", params.id);
	return (
		<DocumentPage
			of={of}
			tools={(doc) => (doc.state === "paid" || doc.state === "returned") && <Button onClick={() => go(`/money-entries?document_id=${doc.id}`)}>看分录</Button>}
			facts={(doc) => (
				<>
					<Fact label="供应商">{doc.supplier_name}</Fact>
					<Fact label="付款方">{doc.payer_site_name}</Fact>
					<Fact label="渠道">{doc.channel_title}</Fact>
					<Fact label="到期至">{ymd(doc.until_ymd)}</Fact>
					<Fact label="金额"><b className="num">{money(doc.amount)}</b></Fact>
					<Fact label="付款日">{ymd(doc.paid_ymd)}</Fact>
					{doc.returned_ymd && <Fact label="退票日">{ymd(doc.returned_ymd)}</Fact>}
				</>
			)}
		>
			{(doc) => (
				<DataTable
					label="付款明细" testid="lines" rows={doc.lines} id={(line) => line.id}
					columns={[
						{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
						{ key: "site", title: "付款单位", card: "hide", show: (line) => line.site_name },
						{ key: "receipt", title: "收货单", show: (line) => <To path={`/receipts/${line.receipt_id}`}>{line.receipt_number}</To> },
						{ key: "invoice", title: "发票", show: (line) => <span className="num">{line.invoice_no}</span> },
						{ key: "due", title: "应付日", show: (line) => ymd(line.due_ymd) },
						{ key: "invoiced", title: "发票金额", align: "right", show: (line) => <Money text={line.invoiced} /> },
						{ key: "amount", title: "本次付款", align: "right", show: (line) => <To path={`/payables/${line.payable_id}`}><Money text={line.amount} /></To> },
					]}
				/>
			)}
		</DocumentPage>
	);
}

/* ---- 暂估 ---- */

interface EstimateRow extends DocumentRow {
	to_ymd: number;
	lines: number;
	amount: string;
}

function EstimateDialog({ until, close }: { until?: number; close: () => void }) {
	const [to, setTo] = useState<number | null>(until ?? businessDay());
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	const ok = () =>
		act(async () => {
			const made = await post<Written>("estimates", { to_ymd: to, ...(note ? { note } : {}) });
			close();
			go(`/estimates/${made.id}`);
		});
	return (
		<Modal open closable={false} title="月末暂估" okText="暂估入账" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void ok()} okButtonProps={{ disabled: !to, "data-testid": "estimate-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="验收截至"><DateCell value={to} testid="estimate-to" aria-label="验收截至" onChange={setTo} /></Field>
				<Field label="备注"><Input maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} /></Field>
			</div>
			<p className="mute">把截至此日验收、发票未到的按订单价暂估入账; 发票到时自动冲回。</p>
		</Modal>
	);
}

export function EstimateList() {
	const [asking, setAsking] = useState(false);
	return (
		<>
			<ListPage<EstimateRow>
				title="暂估单"
				resource="estimates"
				topics={["estimates"]}
				id={(row) => row.id}
				open={(row) => `/estimates/${row.id}`}
				search="number"
				primary={{ label: "月末暂估", onClick: () => setAsking(true), permission: "ESTIMATE_EDIT" }}
				empty={"货到票未到的, 月末按订单价暂估入账, 发票到时冲回。"}
				columns={[
					{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
					{ key: "to", title: "验收截至", show: (row) => ymd(row.to_ymd) },
					{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
					{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <Money text={row.amount} /> },
				]}
			/>
			{asking && <EstimateDialog close={() => setAsking(false)} />}
		</>
	);
}

/** What was accepted until a day and has neither invoice nor estimate; the estimate is made here. */
export function EstimatesDue() {
	const [query] = useQuery();
	const [asking, setAsking] = useState(false);
	const until = Number(query.accepted_until) || undefined;
	return (
		<>
			<ListPage<Payable>
				title="货到票未到, 未暂估"
				resource="payables"
				fixed={{ uninvoiced: "1", unestimated: "1" }}
				topics={["payables", "estimates"]}
				id={(row) => row.id}
				open={(row) => `/payables/${row.id}`}
				search={false}
				primary={{ label: "月末暂估", onClick: () => setAsking(true), permission: "ESTIMATE_EDIT", testid: "estimate-now" }}
				empty="到这一天验收的都已有发票或已暂估。"
				columns={[
					{ key: "receipt", title: "收货单", card: "title", show: (row) => <b className="num">{row.receipt_number}</b> },
					{ key: "accepted", title: "验收", show: (row) => ymd(row.accepted_ymd) },
					{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
					{ key: "site", title: "付款单位", card: "hide", show: (row) => row.site_name },
					{ key: "drug", title: "药品", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
					{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
					{ key: "amount", title: "订单金额", align: "right", show: (row) => <Money text={row.amount} /> },
				]}
			/>
			{asking && <EstimateDialog until={until} close={() => setAsking(false)} />}
		</>
	);
}

interface Estimate extends Doc {
	to_ymd: number;
	amount: string;
	lines: (Packing & { id: string; payable_id: string; receipt_id: string; receipt_number: string; supplier_name: string; product_name: string; spec: string; units: number; amount: string; reversed_by_id: string | null; reversed_by_number: string | null })[];
}

export function EstimatePage({ params }: { params: Params }) {
	const of = useDocument<Estimate>("estimates", params.id);
	return (
		<DocumentPage of={of} tools={(doc) => <Button onClick={() => go(`/money-entries?document_id=${doc.id}`)}>看分录</Button>} facts={(doc) => <><Fact label="验收截至">{ymd(doc.to_ymd)}</Fact><Fact label="金额"><b className="num">{money(doc.amount)}</b></Fact></>}>
			{(doc) => (
				<DataTable
					label="暂估明细" testid="lines" rows={doc.lines} id={(line) => line.id}
					columns={[
						{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
						{ key: "supplier", title: "供应商", show: (line) => line.supplier_name },
						{ key: "receipt", title: "收货单", show: (line) => <To path={`/receipts/${line.receipt_id}`}>{line.receipt_number}</To> },
						{ key: "units", title: "数量", align: "right", show: (line) => <Units n={line.units} of={line} /> },
						{ key: "amount", title: "暂估", align: "right", show: (line) => <To path={`/payables/${line.payable_id}`}><Money text={line.amount} /></To> },
						{ key: "back", title: "冲回", show: (line) => (line.reversed_by_id ? <To path={`/invoices/${line.reversed_by_id}`}>{line.reversed_by_number}</To> : <Chip tone="wait">未冲回</Chip>) },
					]}
				/>
			)}
		</DocumentPage>
	);
}

/* ---- the money ledger ---- */

interface BalanceRow {
	site_id: string;
	site_name: string;
	account: string;
	account_title: string;
	supplier_id: string | null;
	other_site_id: string | null;
	party: string | null;
	amount: string;
}

const entriesOf = (row: BalanceRow) =>
	row.supplier_id ? `/money-entries?supplier_id=${row.supplier_id}&account=${row.account}` : `/money-entries?site_id=${row.site_id}&account=${row.account}${row.other_site_id ? `&other_site_id=${row.other_site_id}` : ""}`;

export function Balances() {
	return (
		<ListPage<BalanceRow>
			title="往来余额"
			resource="money-balances"
			topics={["invoices", "payments", "sheets", "estimates"]}
			id={(row) => `${row.site_id}/${row.account}/${row.supplier_id}/${row.other_site_id}`}
			open={entriesOf}
			search={false}
			filters={[{ name: "account", label: "科目", options: options(ACCOUNTS) }, { name: "site_id", label: "机构", options: "sites" }]}
			empty={"发票入账、付款、暂估和调拨结算后, 各机构的应付与内部往来在这里, 借正贷负, 分分相平。"}
			columns={[
				{ key: "site", title: "机构", card: "title", show: (row) => row.site_name },
				{ key: "account", title: "科目", show: (row) => row.account_title },
				{ key: "party", title: "往来单位", show: (row) => row.party },
				{ key: "amount", title: "余额 (借正贷负)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
			]}
		/>
	);
}

interface EntryRow {
	seq: number;
	n: number;
	ymd: number;
	paper_ymd: number;
	late: boolean;
	site_name: string;
	account_title: string;
	party: string | null;
	amount: string;
	reason_title: string;
	document_id: string;
	document_number: string;
	by: string;
}
const PREFIX_KIND: Record<string, string> = { FP: "invoice", FK: "payment", ZG: "estimate", JS: "sheet" };

export function Entries() {
	return (
		<ListPage<EntryRow>
			title="往来明细账"
			resource="money-entries"
			topics={["invoices", "payments", "sheets", "estimates"]}
			id={(row) => `${row.seq}/${row.n}`}
			open={(row) => pathOf(PREFIX_KIND[row.document_number.slice(0, 2)] ?? "", row.document_id)}
			search={false}
			filters={[{ name: "account", label: "科目", options: options(ACCOUNTS) }, { name: "site_id", label: "机构", options: "sites" }]}
			empty={"还没有分录。"}
			columns={[
				{ key: "ymd", title: "记账日", card: "title", show: (row) => <span className="num">{ymd(row.ymd)}</span> },
				{ key: "document", title: "单号", show: (row) => <b className="num">{row.document_number}</b> },
				{ key: "reason", title: "事由", show: (row) => row.reason_title },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "account", title: "科目", show: (row) => row.account_title },
				{ key: "party", title: "往来单位", show: (row) => row.party },
				{ key: "amount", title: "金额 (借正贷负)", align: "right", show: (row) => <Money text={row.amount} /> },
				{ key: "paper", title: "单据日期", card: "hide", show: (row) => <>{ymd(row.paper_ymd)} {row.late && <Chip tone="wait">跨月补记</Chip>}</> },
				{ key: "by", title: "经手", card: "hide", show: (row) => row.by },
			]}
		/>
	);
}

/* ---- settings ---- */

interface Settings {
	settings: { name: string; title: string; value: number; usual: number; min: number; max: number; history: { from_ymd: number; value: number; by: string | null }[] }[];
}

type Setting = Settings["settings"][number];

/** One setting: today's value, a new one with the day from which it holds, and what held before. */
function SettingValue({ of, reload, fail }: { of: Setting; reload: () => Promise<void>; fail: ReturnType<typeof useAct>["setProblem"] }) {
	const [value, setValue] = useState(String(of.value));
	const [from, setFrom] = useState<number | null>(businessDay());
	const { act, busy, problem } = useAct();
	useEffect(() => fail(problem), [problem]);
	const save = () => act(async () => { await post("settle-settings", { name: of.name, value: Number(value), ...(from ? { from_ymd: from } : {}) }); await reload(); });
	return (
		<span className="units-input" data-testid={`setting-${of.name}`}>
			<Cell value={value} style={{ width: 90 }} inputMode="numeric" aria-label={of.title} testid={`setting-${of.name}-value`} onChange={(text) => setValue(text.replace(/\D/g, ""))} />
			<DateCell value={from} style={{ width: 110 }} aria-label={`${of.title}起始日`} onChange={setFrom} />
			<Button size="small" loading={busy} disabled={!value || Number(value) === of.value} onClick={() => void save()}>执行</Button>
		</span>
	);
}

export function SettleSettings() {
	const data = useData<Settings>("settle-settings");
	const { problem, setProblem, clear } = useAct();
	return (
		<section className="page">
			<header className="page-head"><h1>结算设置</h1></header>
			<Trouble problem={problem} onClose={clear} />
			<p className="mute">设置带起始日, 只能从今天或以后起执行; 过去的账不变。</p>
			<Loaded of={data}>
				{(all) => (
					<DataTable
						label="结算设置" rows={all.settings} id={(one) => one.name}
						columns={[
							{ key: "title", title: "设置", card: "title", show: (one) => <b>{one.title}</b> },
							{ key: "value", title: "现行", align: "right", show: (one) => <b className="num">{one.value}</b> },
							{ key: "usual", title: "通常 (范围)", align: "right", show: (one) => <span className="mute num">{one.usual} ({one.min}–{one.max})</span> },
							{ key: "next", title: "改为 · 自哪天起", show: (one) => can("SETTLE_ADMIN") && <SettingValue key={one.value} of={one} reload={data.reload} fail={setProblem} /> },
							{ key: "history", title: "经过", show: (one) => one.history.map((old) => <div key={old.from_ymd} className="mute num">{ymd(old.from_ymd)} 起 {old.value} {old.by}</div>) },
						]}
					/>
				)}
			</Loaded>
		</section>
	);
}
