// 发票: the list, typing one, and the three-way match order – receipt – invoice line by line.
import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { patch, post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { amountFen, fen, money, units, ymd } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Doc, DocumentRow, Packing, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DateCell, Field, SitePicker, SupplierPicker } from "../../parts/Fields";
import { type Draft, EditLines, useDrafts } from "../../parts/Lines";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { INVOICE_STATES, LEGS, businessDay, fenOf } from "./words";

interface Row extends DocumentRow {
	invoice_no: string;
	leg: number;
	leg_title: string;
	supplier_name: string;
	issuer: string;
	issued_ymd: number;
	net: string;
	tax: string;
	gross: string;
	red: boolean;
	lines: number;
}

const Red = ({ text }: { text: string }) => <span className={`num${text.startsWith("-") ? " red-figure" : ""}`}>{money(text)}</span>;

interface WholeRow extends Packing {
	id: string;
	invoice_id: string;
	invoice_no: string;
	leg: number;
	supplier_name: string;
	issued_ymd: number;
	red: boolean;
	product_name: string;
	spec: string;
	maker: string;
	lot: string | null;
	units: number;
	amount: string;
}

/** What the import of invoices takes: its export comes back without a change. */
export function InvoiceLines() {
	return (
		<ListPage<WholeRow>
			title="发票明细"
			resource="invoice-lines"
			topics={["invoices"]}
			id={(row) => row.id}
			open={(row) => `/invoices/${row.invoice_id}`}
			search={false}
			above={<p className="mute">红字发票的数量和金额不带负号; 作废的不列。导出的文件可以原样再导入。</p>}
			filters={[{ name: "leg", label: "票次", options: options(LEGS) }]}
			empty="登记发票后, 每一行列在这里。"
			columns={[
				{ key: "no", title: "发票号码", show: (row) => <span className="num">{row.invoice_no} {row.red && <Chip tone="bad">红字</Chip>}</span> },
				{ key: "leg", title: "票次", align: "right", card: "hide", show: (row) => row.leg },
				{ key: "supplier", title: "供应商", card: "hide", show: (row) => row.supplier_name },
				{ key: "issued", title: "开票日期", show: (row) => <span className="num">{ymd(row.issued_ymd)}</span> },
				{ key: "drug", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "lot", title: "批号", show: (row) => <span className="num">{row.lot}</span> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "amount", title: "价税合计", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
			]}
		/>
	);
}

export function InvoiceList() {
	return (
		<ListPage<Row>
			title="发票"
			resource="invoices"
			topics={["invoices"]}
			id={(row) => row.id}
			open={(row) => `/invoices/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options(INVOICE_STATES) }, { name: "leg", label: "票次", options: options(LEGS) }]}
			primary={{ label: "登记发票", path: "/invoices/new", permission: "INVOICE_EDIT" }}
			extra={
				<>
					<Button data-testid="to-invoice-lines" onClick={() => go("/invoice-lines")}>明细</Button>
					<Button data-testid="to-proof" onClick={() => go("/proof")}>两票证明率</Button>
					{can("INVOICE_EDIT") && <Button onClick={() => go("/imports?kind=invoices")}>从文件导入</Button>}
				</>
			}
			empty={"这里是生产企业→配送企业, 配送企业→本院两票。\n收货入库后登记发票, 与订单和收货三单匹配, 相符即入账。"}
			columns={[
				{ key: "no", title: "发票号码", card: "title", show: (row) => <b className="num">{row.invoice_no}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="invoices" state={row.state} title={row.state_title} /> },
				{ key: "leg", title: "票次", show: (row) => <>{row.leg_title} {row.red && <Chip tone="bad">红字</Chip>}</> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "issuer", title: "开票方", card: "hide", show: (row) => row.issuer },
				{ key: "issued", title: "开票日期", show: (row) => <span className="num">{ymd(row.issued_ymd)}</span> },
				{ key: "net", title: "不含税", align: "right", card: "hide", show: (row) => <Red text={row.net} /> },
				{ key: "tax", title: "税额", align: "right", card: "hide", show: (row) => <Red text={row.tax} /> },
				{ key: "gross", title: "价税合计", align: "right", show: (row) => <Red text={row.gross} /> },
				{ key: "number", title: "登记号", card: "hide", show: (row) => <span className="num">{row.number}</span> },
			]}
		/>
	);
}

/* ---- one invoice ---- */

interface Part extends Packing {
	payable_id: string;
	receipt_id: string;
	receipt_number: string;
	order_id: string;
	order_number: string;
	lot: string;
	accepted_units: number;
	accepted_ymd: number;
	ordered_units: number;
	order_price: string;
	units: number;
	expected: string;
	amount: string;
}
interface MatchLine extends Packing {
	id: string;
	n: number;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	lot: string | null;
	units: number;
	price: string;
	amount: string;
	result?: keyof typeof RESULT_TONE;
	result_title?: string;
	found_units?: number;
	expected?: string;
	parts: Part[];
}
interface Invoice extends Doc {
	invoice_no: string;
	leg: number;
	leg_title: string;
	supplier_id: string;
	supplier_name: string;
	issuer: string;
	buyer: string;
	issued_ymd: number;
	net: string;
	tax: string;
	gross: string;
	red_of_id: string | null;
	red_of_no: string | null;
	red_kind: string | null;
	red_kind_title: string | null;
	fits: boolean;
	explainable: boolean;
	lines: MatchLine[];
}

const RESULT_TONE = { matched: "good", price: "bad", ceiling: "bad", quantity: "bad", no_receipt: "wait", no_return: "wait", too_early: "bad", chain: "bad" } as const;

export function InvoicePage({ params }: { params: Params }) {
	const of = useDocument<Invoice>("invoices", params.id);
	return (
		<DocumentPage
			of={of}
			tools={(doc) => (
				<>
					{doc.state === "entered" && can("INVOICE_EDIT") && <Button data-testid="edit-invoice" onClick={() => go(`/invoices/${doc.id}/edit`)}>修改</Button>}
					{doc.state === "matched" && !doc.red_of_id && can("INVOICE_EDIT") && <Button data-testid="make-red" onClick={() => go(`/invoices/new?red_of=${doc.id}`)}>登记红字发票</Button>}
					<Button onClick={() => go(`/money-entries?document_id=${doc.id}`)}>看分录</Button>
				</>
			)}
			facts={(doc) => (
				<>
					<Fact label="发票号码"><b className="num">{doc.invoice_no}</b></Fact>
					<Fact label="票次">{doc.leg_title}</Fact>
					<Fact label="供应商">{doc.supplier_name}</Fact>
					<Fact label="开票方">{doc.issuer}</Fact>
					<Fact label="购买方">{doc.buyer}</Fact>
					<Fact label="开票日期">{ymd(doc.issued_ymd)}</Fact>
					<Fact label="不含税 + 税额"><span className="num">{money(doc.net)} + {money(doc.tax)}</span></Fact>
					<Fact label="价税合计"><b><Red text={doc.gross} /></b></Fact>
					{doc.red_of_id && <Fact label="原发票"><To path={`/invoices/${doc.red_of_id}`}>{doc.red_of_no} ({doc.red_kind_title})</To></Fact>}
					{["entered", "disputed"].includes(doc.state) && (doc.fits ? <Chip tone="good">三单相符</Chip> : <Chip tone="bad">{doc.explainable ? "金额有差异, 财务可说明" : "不能匹配"}</Chip>)}
				</>
			)}
		>
			{(doc) => (
				<DataTable
					label="三单匹配"
					testid="lines"
					rows={doc.lines}
					id={(line) => line.id}
					rowClass={(line) => (line.result && line.result !== "matched" ? "wrong" : undefined)}
					columns={[
						{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
						{ key: "order", title: "订单", show: (line) => line.parts.map((part) => <div key={part.payable_id}><To path={`/orders/${part.order_id}`}>{part.order_number}</To> <span className="num">{money(part.order_price)}</span></div>) },
						{ key: "receipt", title: "收货", show: (line) => line.parts.map((part) => <div key={part.payable_id}><To path={`/receipts/${part.receipt_id}`}>{part.receipt_number}</To> <span className="num">{part.lot}</span> <To path={`/payables/${part.payable_id}`}>{units(part.units, { ...line, units_per_pack: part.units_per_pack })}</To></div>) },
						{ key: "invoice", title: "发票", align: "right", show: (line) => <><span className="num">{line.lot}</span> <Units n={line.units} of={line} strong /><div className="num">{money(line.price)}</div></> },
						{ key: "expected", title: "应为 (元)", align: "right", show: (line) => <span className="num">{money(line.expected)}</span> },
						{ key: "amount", title: "发票金额", align: "right", show: (line) => <Red text={line.amount} /> },
						{ key: "result", title: "结果", show: (line) => line.result && <Chip tone={RESULT_TONE[line.result]}>{line.result_title}</Chip> },
					]}
				/>
			)}
		</DocumentPage>
	);
}

/* ---- typing one ---- */

interface InvoiceDraft extends Draft {
	amount?: string;
}
const lineFen = (line: InvoiceDraft) => (line.amount ? fenOf(line.amount) : amountFen(line.units ?? 0, line.price, line.units_per_pack ?? 1));

/** An existing invoice to change, or the one that a red invoice takes back. */
export function InvoiceNew({ params }: { params: Params }) {
	const [query] = useQuery();
	const source = params.id ?? query.red_of;
	const { data } = useData<Invoice>(source ? `invoices/${source}` : null);
	if (source && !data) return null;
	return <InvoiceForm key={source ?? "new"} from={data} red={Boolean(query.red_of)} />;
}

/** Who has to have issued it; the service holds it against supplier, makers and approvals. */
const ISSUER: Record<string, string> = { "1": "生产企业 (必填)", "2": "不填为供应商", "3": "上级配送企业 (必填)" };

const abs = (text: string | undefined) => (text ?? "").replace(/^-/, "");

function InvoiceForm({ from, red }: { from?: Invoice; red: boolean }) {
	const change_ = from && !red ? from : undefined;
	const { lines, set, change } = useDrafts((from?.lines ?? []).map((line) => ({ ...line, key: line.id, units: Math.abs(line.units), lot: line.lot ?? "", price: line.price, amount: abs(line.amount) }) as InvoiceDraft));
	const [no, setNo] = useState(change_?.invoice_no ?? "");
	const [leg, setLeg] = useState(String(from?.leg ?? 2));
	const [supplier, setSupplier] = useState<string | undefined>(from?.supplier_id);
	const [site, setSite] = useState<string>();
	const [issuer, setIssuer] = useState(from?.issuer ?? "");
	const [buyer, setBuyer] = useState(from?.buyer ?? "");
	const [issued, setIssued] = useState<number | null>(change_?.issued_ymd ?? businessDay());
	const [tax, setTax] = useState(change_ ? abs(change_.tax) : "");
	const [kind, setKind] = useState(change_?.red_kind ?? (red ? "correct" : undefined));
	const redOf = red ? from?.id : (change_?.red_of_id ?? undefined);
	const { act, busy, problem, clear } = useAct();
	useUnsaved(lines.length > 0 && !change_);
	const total = lines.reduce((sum, line) => sum + (lineFen(line) ?? 0), 0);
	const taxFen = tax ? fenOf(tax) : 0;
	const plain = (n: number) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, "0")}`;
	const save = () =>
		act(async () => {
			const body = {
				invoice_no: no.trim(), leg: Number(leg), supplier_id: supplier, issued_ymd: issued, net: plain(total - (taxFen ?? 0)), tax: plain(taxFen ?? 0), gross: plain(total),
				...(site ? { site_id: site } : {}), ...(issuer.trim() ? { issuer: issuer.trim() } : {}), ...(buyer.trim() ? { buyer: buyer.trim() } : {}), ...(redOf ? { red_of_id: redOf, red_kind: kind } : {}),
				lines: lines.map((line: InvoiceDraft) => ({ product_id: line.product_id, units: kind === "allowance" ? 0 : (line.units ?? 0), ...(line.lot ? { lot: line.lot } : {}), ...(line.price ? { price: line.price } : {}), ...(line.amount ? { amount: line.amount } : {}) })),
			};
			const done = change_ ? await patch<Written>(`invoices/${change_.id}`, { version: change_.version, ...body }) : await post<Written>("invoices", body);
			go(`/invoices/${done.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>{change_ ? `修改发票 ${change_.number}` : red ? `红字发票 (原 ${from?.invoice_no})` : "登记发票"}</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="票次" error={problem?.at("leg")}>
					<Segmented value={leg} options={options(LEGS)} disabled={red} data-testid="leg" onChange={(value) => setLeg(String(value))} />
				</Field>
				<Field label="发票号码 (20 位)" error={problem?.at("invoice_no")}>
					<Input autoFocus maxLength={20} value={no} data-testid="invoice-no" onChange={(event) => setNo(event.target.value)} />
				</Field>
				<Field label="供应商 (送货给我们的)" error={problem?.at("supplier_id")}>
					<SupplierPicker value={supplier} shown={from?.supplier_name} onChange={setSupplier} />
				</Field>
				<Field label="开票方名称 (照票面)" error={problem?.at("issuer")}>
					<Input maxLength={100} value={issuer} placeholder={ISSUER[leg]} data-testid="issuer" onChange={(event) => setIssuer(event.target.value)} />
				</Field>
				<Field label="购买方名称 (照票面)" error={problem?.at("buyer")}>
					<Input maxLength={100} value={buyer} placeholder={leg === "2" ? "不填为本院或下面的机构" : "不填为供应商"} data-testid="buyer" onChange={(event) => setBuyer(event.target.value)} />
				</Field>
				{!change_ && (
					<Field label="购买方机构 (不填为本院)" error={problem?.at("site_id")}>
						<SitePicker value={site} onChange={setSite} />
					</Field>
				)}
				<Field label="开票日期" error={problem?.at("issued_ymd")}>
					<DateCell value={issued} testid="issued" aria-label="开票日期" onChange={setIssued} />
				</Field>
				<Field label="税额" error={problem?.at("tax") ?? (taxFen === null ? "写作 12.34" : undefined)}>
					<Input value={tax} data-testid="tax" onChange={(event) => setTax(event.target.value)} />
				</Field>
				{redOf && (
					<Field label="冲红原因" error={problem?.at("red_kind")}>
						<Select value={kind} options={options({ correct: "错票冲红", return: "退货", allowance: "补差 (数量为 0)" })} data-testid="red-kind" onChange={setKind} />
					</Field>
				)}
			</div>
			{redOf && <p className="mute">数量和金额照红字发票的绝对值填写, 保存后记为负数; 最多冲回原发票已匹配的部分。</p>}
			<EditLines
				lines={lines}
				set={set}
				change={change}
				problem={problem}
				more={[
					{ key: "lot", title: "批号", width: 140, show: (line, n) => <Cell value={line.lot ?? ""} cell="lot" testid={`line-${n}-lot`} aria-label={`第 ${n} 行批号`} onChange={(lot) => change(line.key, { lot })} /> },
					{ key: "price", title: "含税单价", width: 120, align: "right", show: (line, n) => <Cell value={line.price ?? ""} cell="price" testid={`line-${n}-price`} aria-label={`第 ${n} 行单价`} onChange={(price) => change(line.key, { price })} /> },
					{
						key: "amount", title: "价税合计", width: 140, align: "right",
						show: (line: InvoiceDraft, n) => <Cell value={line.amount ?? ""} placeholder={fen(lineFen(line) ?? 0)} cell="amount" field={`lines[${n - 1}].amount`} testid={`line-${n}-amount`} aria-label={`第 ${n} 行金额`} error={problem?.at(`lines[${n - 1}].amount`)} onChange={(amount) => change(line.key, { amount } as Partial<InvoiceDraft>)} />,
					},
				]}
			/>
			<div className="totals">
				<span>
					{lines.length} 行, 价税合计 <b className="num" data-testid="gross">{fen(total)}</b> 元
				</span>
				<span className="grow" />
				<Button type="primary" size="large" loading={busy} disabled={!supplier || lines.length === 0 || no.trim().length !== 20 || taxFen === null} data-testid="create" data-next-step onClick={() => void save()}>
					{change_ ? "保存" : "登记"}
				</Button>
			</div>
		</section>
	);
}
