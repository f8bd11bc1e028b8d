// 补差: what contracts give, and what is claimed from suppliers until a red invoice settles it.
import { Button, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, time, today, ymd } from "../../base/format";
import { can, current } from "../../base/session";
import type { Packing, Page } from "../../base/types";
import { Chip, Drug, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { DateCell, Field } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

/* ---- what the contract with a supplier says ---- */

interface Clause {
	id: string;
	from_ymd: number;
	given: boolean;
	source: string;
	made_at_ms: number;
	made_by: string | null;
}

function ClauseNew({ supplier, close }: { supplier: string; close: () => void }) {
	const [given, setGiven] = useState("yes");
	const [from, setFrom] = useState<number | null>(current().session?.today_ymd ?? today());
	const [source, setSource] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const done = await act(() => post("price-clauses", { supplier_id: supplier, from_ymd: from, given: given === "yes", source: source.trim() }));
		if (done) close();
	};
	return (
		<Modal open closable={false} title="登记补差条款" okText="登记" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ disabled: !from || !source.trim(), "data-testid": "clause-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Segmented value={given} data-testid="clause-given" options={[{ value: "yes", label: "约定补差" }, { value: "no", label: "不补差" }]} onChange={(value) => setGiven(String(value))} />
				<Field label="自哪天起" error={problem?.at("from_ymd")}>
					<DateCell value={from} testid="clause-from" aria-label="自哪天起" onChange={setFrom} />
				</Field>
				<Field label="合同依据" error={problem?.at("source")}>
					<Input maxLength={200} value={source} data-testid="clause-source" onChange={(event) => setSource(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

/** On the supplier's page. */
export function Clauses({ supplier }: { supplier: string }) {
	const data = useData<Page<Clause>>("price-clauses", { query: { supplier_id: supplier, limit: 100 }, topics: ["price-adjustments"] });
	const [adding, setAdding] = useState(false);
	const rows = data.data?.rows ?? [];
	return (
		<>
			{rows.length === 0 ? <p className="mute">没有登记: 调价时不向该供应商要求补差。</p> : (
				<DataTable label="补差条款" testid="clauses" rows={rows} id={(row) => row.id} columns={[
					{ key: "from", title: "自", card: "title", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
					{ key: "given", title: "条款", show: (row) => (row.given ? <Chip tone="good">约定补差</Chip> : <Chip tone="off">不补差</Chip>) },
					{ key: "source", title: "合同依据", show: (row) => row.source },
					{ key: "made", title: "登记", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
				]} />
			)}
			{can("PARTNER_EDIT") && <div className="form-row"><Button data-testid="clause-new" onClick={() => setAdding(true)}>登记补差条款</Button></div>}
			{adding && <ClauseNew supplier={supplier} close={() => { setAdding(false); void data.reload(); }} />}
		</>
	);
}

/* ---- claims ---- */

interface Claim extends Packing {
	id: string;
	adjustment_id: string;
	number: string;
	effective_at_ms: number;
	supplier_id: string;
	supplier_name: string;
	product_id: string;
	product_name: string;
	spec?: string;
	price: string;
	basis: string;
	units: number;
	amount: string;
	state: string;
	state_title: string;
	version: number;
	invoice_id: string | null;
	invoice_no: string | null;
	note: string | null;
	settled_at_ms: number | null;
	settled_by: string | null;
}
interface RedInvoice {
	id: string;
	invoice_no: string;
	issued_ymd: number;
	gross: string;
	leg: number;
	red_kind: string | null;
}
const STATES: Record<string, string> = { open: "未了结", settled: "已开红字发票", waived: "不再补差" };

function Finish({ of, close }: { of: Claim; close: () => void }) {
	const [how, setHow] = useState(can("INVOICE_EDIT") ? "settle" : "waive");
	const [invoice, setInvoice] = useState<string>();
	const [note, setNote] = useState("");
	const invoices = useData<Page<RedInvoice>>("invoices", { query: { supplier_id: of.supplier_id, red: 1, state: "matched", limit: 200 } });
	const allowances = invoices.data?.rows.filter((row) => row.leg === 2 && row.red_kind === "allowance");
	const { act, busy, problem, clear } = useAct();
	const ways = [...(can("INVOICE_EDIT") ? [{ value: "settle", label: "红字发票了结" }] : []), ...(can("PRICE_DECIDE") ? [{ value: "waive", label: "不再补差" }] : [])];
	const body = how === "settle" ? { invoice_id: invoice, ...(note.trim() && { note: note.trim() }) } : { note: note.trim() };
	const save = async () => {
		const done = await act(() => post(`price-claims/${of.id}/${how}`, { version: of.version, ...body }));
		if (done) close();
	};
	return (
		<Modal open closable={false} title={`${of.supplier_name} 补差 ${money(of.amount)} 元`} okText="了结" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ disabled: how === "settle" ? !invoice : !note.trim(), "data-testid": "claim-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<p>{of.product_name} {of.spec}, 调价单 {of.number}</p>
				<Segmented value={how} options={ways} data-testid="claim-how" onChange={(value) => setHow(String(value))} />
				{how === "settle" && (
					<Field label="补差红字发票 (已匹配入账)" error={problem?.at("invoice_id")}>
						<Select value={invoice} data-testid="claim-invoice" placeholder={allowances?.length === 0 ? "该供应商还没有补差红字发票" : "选择发票"} onChange={setInvoice} options={(allowances ?? []).map((row) => ({ value: row.id, label: `${row.invoice_no} ${ymd(row.issued_ymd)} ${money(row.gross)} 元` }))} />
					</Field>
				)}
				<Field label={how === "settle" ? "说明" : "不再补差的原因"} error={problem?.at("note")}>
					<Input maxLength={2000} value={note} data-testid="claim-note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

export function PriceClaims() {
	const [open, setOpen] = useState<Claim | null>(null);
	const may = can("INVOICE_EDIT") || can("PRICE_DECIDE");
	return (
		<>
			<ListPage<Claim>
				title="调价补差" search={false} resource="price-claims" topics={["price-adjustments", "prices"]} id={(row) => row.id}
				open={(row) => (may && row.state === "open" ? () => setOpen(row) : `/price-adjustments/${row.adjustment_id}`)}
				filters={[{ name: "state", label: "状态", options: options(STATES) }]}
				empty={"没有。供应商资料页登记了补差条款的, 调价单生效时按该供应商进价高于新进价的在库批次算出补差。\n收到补差红字发票并匹配入账后在这里了结。"}
				columns={[
					{ key: "product", title: "药品", card: "title", show: (row) => <To path={`/products/${row.product_id}`}><Drug name={row.product_name} spec={row.spec} /></To> },
					{ key: "supplier", title: "供应商", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
					{ key: "number", title: "调价单", show: (row) => <To path={`/price-adjustments/${row.adjustment_id}`}>{row.number}</To> },
					{ key: "at", title: "生效", card: "hide", show: (row) => <span className="num">{time(row.effective_at_ms)}</span> },
					{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
					{ key: "basis", title: "新进价 (元)", align: "right", card: "hide", show: (row) => <span className="num">{money(row.basis)}</span> },
					{ key: "amount", title: "补差金额 (元)", align: "right", show: (row) => <b className="num">{money(row.amount)}</b> },
					{ key: "state", title: "状态", show: (row) => <Chip tone={row.state === "open" ? "wait" : row.state === "settled" ? "good" : "off"}>{row.state_title}</Chip> },
					{ key: "invoice", title: "红字发票", show: (row) => row.invoice_id ? <To path={`/invoices/${row.invoice_id}`}>{row.invoice_no}</To> : row.note },
				]}
			/>
			{open && <Finish of={open} close={() => setOpen(null)} />}
		</>
	);
}
