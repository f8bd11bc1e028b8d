// 备案采购: the only door to a drug that no price is listed for; two approvals, a number, a price, a volume, a period.
import { Button, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { type Problem, post } from "../../base/api";
import { useAct } from "../../base/data";
import { money, today, units, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can, current } from "../../base/session";
import type { Doc, DocumentRow, Packing, Product, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { type OpenDocument, useDocument } from "../../parts/document";
import { useUnsaved } from "../../parts/unsaved";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DateCell, Field, ProductPicker, SupplierPicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { Period, type Saver, noSaver, priceText } from "./Prices";

const REASONS = [{ value: "shortage", label: "短缺药品" }, { value: "rescue", label: "急抢救药品" }];
export const FILING_STATES = options({ draft: "草稿", submitted: "已提交", reviewed: "已审核", approved: "已批准", filed: "已备案", closed: "已终止" });

interface Filing extends Packing {
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	supplier_id?: string | null;
	supplier_name: string | null;
	reason: string;
	reason_title: string;
	price: string;
	units_per_pack: number;
	units: number;
	used_units: number;
	from_ymd: number;
	to_ymd: number;
	filing_no: string | null;
}
type Row = DocumentRow & Filing;

export function FilingList() {
	return (
		<ListPage<Row>
			title="备案采购"
			resource="filings"
			topics={["filings", "orders"]}
			id={(row) => row.id}
			open={(row) => `/filings/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: FILING_STATES }]}
			primary={{ label: "新建备案采购", path: "/filings/new", permission: "ORDER_EDIT" }}
			extra={can("REPORT_READ") && <Button onClick={() => go("/price-paid?filed=1")}>已入库的备案采购</Button>}
			empty={"没有现行挂网价的药品不能采购。短缺药品和急抢救药品经两人审批、登记备案号后, 按限价和限量采购。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="filings" state={row.state} title={row.state_title} /> },
				{ key: "product", title: "药品", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "reason", title: "事由", show: (row) => row.reason_title },
				{ key: "price", title: "限价", align: "right", show: (row) => <span className="num">{money(row.price)}</span> },
				{ key: "units", title: "限量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "used", title: "已订", align: "right", show: (row) => <Units n={row.used_units || null} of={row} /> },
				{ key: "period", title: "期间", show: (row) => <Period of={row} /> },
				{ key: "no", title: "备案号", show: (row) => row.filing_no },
			]}
		/>
	);
}

/** What people type of a filing. */
interface Typed {
	product?: Packing & { id: string; name: string; spec?: string; maker?: string };
	supplier?: string;
	reason: string;
	price: string;
	units: number | null;
	from: number | null;
	to: number | null;
	note: string;
}
const whole = (of: Typed) => Boolean(of.product && of.price && of.units && of.from && of.to);
const bodyOf = (of: Typed) => ({ product_id: of.product?.id, ...(of.supplier && { supplier_id: of.supplier }), reason: of.reason, price: of.price, units: of.units ?? 0, from_ymd: of.from, to_ymd: of.to, ...(of.note && { note: of.note }) });

function Form({ of, set, problem, supplierName }: { of: Typed; set: (part: Partial<Typed>) => void; problem: Problem | null; supplierName?: string | null }) {
	return (
		<div className="form tall">
			<Field label="品种 (没有现行挂网价的)" error={problem?.at("product_id")}>
				<ProductPicker onPick={(product: Product) => set({ product })} placeholder="名称、拼音首字母或编码" />
			</Field>
			{of.product && <p><Drug name={of.product.name} spec={of.product.spec} maker={of.product.maker} /></p>}
			<Segmented value={of.reason} options={REASONS} data-testid="filing-reason" onChange={(value) => set({ reason: String(value) })} />
			<Field label="供应商 (不填: 不限)" error={problem?.at("supplier_id")}>
				<SupplierPicker value={of.supplier} shown={supplierName ?? undefined} onChange={(supplier) => set({ supplier })} />
			</Field>
			<Field label={`限价 (元 / ${of.product?.pack_name ?? "包装"})`} error={problem?.at("price")}>
				<Cell value={of.price} inputMode="decimal" testid="filing-price" aria-label="限价" onChange={(text) => set({ price: priceText(text) })} />
			</Field>
			<Field label="限量" error={problem?.at("units")}>
				<UnitsInput value={of.units} of={of.product ?? {}} label="限量" testid="filing" onChange={(units) => set({ units })} />
			</Field>
			<Field label="起始日" error={problem?.at("from_ymd")}>
				<DateCell value={of.from} testid="filing-from" aria-label="起始日" onChange={(from) => set({ from })} />
			</Field>
			<Field label="截止日" error={problem?.at("to_ymd")}>
				<DateCell value={of.to} testid="filing-to" aria-label="截止日" onChange={(to) => set({ to })} />
			</Field>
			<Field label="说明 (短缺证明、病例)" error={problem?.at("note")}>
				<Input.TextArea rows={2} maxLength={2000} value={of.note} data-testid="note" onChange={(event) => set({ note: event.target.value })} />
			</Field>
		</div>
	);
}

export function FilingNew() {
	const [typed, setTyped] = useState<Typed>({ reason: "shortage", price: "", units: null, from: current().session?.today_ymd ?? today(), to: null, note: "" });
	const { act, busy, problem, clear } = useAct();
	useUnsaved(Boolean(typed.product));
	const create = () =>
		act(async () => {
			const made = await post<Written>("filings", bodyOf(typed));
			go(`/filings/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建备案采购</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<Form of={typed} set={(part) => setTyped((old) => ({ ...old, ...part }))} problem={problem} />
			<div className="totals">
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!whole(typed)} onClick={() => void create()}>
					建立 ▸
				</Button>
			</div>
		</section>
	);
}

const typedOf = (doc: FilingDoc): Typed => ({
	product: { id: doc.product_id, name: doc.product_name, spec: doc.spec, maker: doc.maker, unit_name: doc.unit_name, pack_name: doc.pack_name, units_per_pack: doc.units_per_pack },
	supplier: doc.supplier_id ?? undefined, reason: doc.reason, price: doc.price, units: doc.units, from: doc.from_ymd, to: doc.to_ymd, note: doc.note ?? "",
});

/** A draft that came back is mended in the same form. */
function Draft({ of, doc, saver }: { of: OpenDocument<FilingDoc>; doc: FilingDoc; saver: Saver }) {
	const [typed, setTyped] = useState(() => typedOf(doc));
	const [dirty, setDirty] = useState(false);
	useUnsaved(dirty);
	const save = async () => {
		const done = await of.change(bodyOf(typed));
		if (done) setDirty(false);
		return done !== undefined;
	};
	saver.current = async () => !dirty || save();
	return (
		<>
			<Form of={typed} set={(part) => { setDirty(true); setTyped((old) => ({ ...old, ...part })); }} problem={of.problem} supplierName={doc.supplier_name} />
			<Button data-testid="save" disabled={!dirty || !whole(typed)} loading={of.busy} onClick={() => void save()}>保存</Button>
		</>
	);
}

function NumberDialog({ close }: { close: (body: object | null) => void }) {
	const [number, setNumber] = useState("");
	return (
		<Modal open closable={false} title="登记备案号" okText="登记" cancelText="返回" onCancel={() => close(null)} onOk={() => close({ filing_no: number.trim() })} okButtonProps={{ disabled: !number.trim(), "data-testid": "filing-no-ok" }}>
			<Field label="备案号" wide>
				<Input autoFocus maxLength={64} value={number} data-testid="filing-no" onChange={(event) => setNumber(event.target.value)} />
			</Field>
		</Modal>
	);
}

interface FilingDoc extends Doc, Filing {
	/** Until it is reviewed: who may do it and leaves somebody to approve; null: nobody. */
	reviewers?: string | null;
	orders: { order_id: string; number: string; state_title: string; units: number; received_units: number; price: string; amount: string; to_site_name: string }[];
}

export function FilingPage({ params }: { params: Params }) {
	const of = useDocument<FilingDoc>("filings", params.id);
	const [saver] = useState<Saver>(noSaver);
	return (
		<DocumentPage
			of={of}
			before={() => saver.current()}
			inputs={{ file: (close) => <NumberDialog close={close} /> }}
			facts={(doc) => (
				<>
					<Fact label="药品"><To path={`/products/${doc.product_id}`}><Drug name={doc.product_name} spec={doc.spec} maker={doc.maker} /></To></Fact>
					<Fact label="事由">{doc.reason_title}</Fact>
					<Fact label="限价"><b className="num">{money(doc.price)}</b></Fact>
					<Fact label="限量">{units(doc.units, doc)}</Fact>
					<Fact label="已订">{units(doc.used_units, doc)}</Fact>
					<Fact label="期间">{`${ymd(doc.from_ymd)} – ${ymd(doc.to_ymd)}`}</Fact>
					<Fact label="供应商">{doc.supplier_name}</Fact>
					<Fact label="备案号">{doc.filing_no}</Fact>
					{doc.reviewers && <Fact label="可审核">{doc.reviewers}</Fact>}
					{doc.reviewers === null && <span data-testid="no-reviewer"><Chip tone="bad">没有人能审核而又留下别人批准: 请作废或退回, 由采购员另建</Chip></span>}
					<Fact label="说明">{doc.note}</Fact>
				</>
			)}
		>
			{(doc) =>
				doc.state === "draft" && can("ORDER_EDIT") ? (
					<Draft key={doc.version} of={of} doc={doc} saver={saver} />
				) : doc.orders.length > 0 ? (
					<DataTable label="备案采购的订单" testid="lines" rows={doc.orders} id={(row, n) => `${row.order_id}.${n}`} open={(row) => go(`/orders/${row.order_id}`)} columns={[
						{ key: "number", title: "订单", card: "title", show: (row) => <b className="num">{row.number}</b> },
						{ key: "state", title: "状态", show: (row) => row.state_title },
						{ key: "to", title: "收货单位", show: (row) => row.to_site_name },
						{ key: "units", title: "订购", align: "right", show: (row) => <Units n={row.units} of={doc} /> },
						{ key: "received", title: "已收", align: "right", show: (row) => <Units n={row.received_units} of={doc} /> },
						{ key: "price", title: "单价", align: "right", show: (row) => <span className="num">{money(row.price)}</span> },
						{ key: "amount", title: "金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
					]} />
				) : (
					<p className="mute">还没有订单用到这份备案。</p>
				)
			}
		</DocumentPage>
	);
}
