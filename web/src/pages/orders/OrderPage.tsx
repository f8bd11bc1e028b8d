// 采购订单: a draft is edited in its cells; later states show what is ordered, received and left.
import { Button } from "antd";
import { useEffect, useState } from "react";
import { fen, money } from "../../base/format";
import { go, type Params } from "../../base/route";
import { can, mine } from "../../base/session";
import type { Order, OrderLine } from "../../base/types";
import { Chip, Drug, Fact, To, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { Behind } from "../../parts/Behind";
import { type OpenDocument, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { SupplierPicker } from "../../parts/Fields";
import { type Draft, EditLines, useDrafts } from "../../parts/Lines";
import { useUnsaved } from "../../parts/unsaved";
import { OrderVolumes } from "../../parts/volume";
import { Amount, Ceiling, PriceCell, priceTrouble, totalFen } from "./price";

const draftOfLine = (line: OrderLine): Draft => ({ ...line, key: line.id, price: line.price ?? "" });

/** Lines as the service takes them; a price left out is the price in force. */
export const orderLines = (lines: Draft[]) =>
	lines.map(({ product_id, units, price, to_site_id }) => ({ product_id, units: units ?? 0, ...(price ? { price } : {}), ...(to_site_id ? { to_site_id } : {}) }));

const SHOWN: Column<OrderLine>[] = [
	{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
	{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
	{ key: "to", title: "收货单位", card: "hide", show: (line) => line.to_site_name },
	{ key: "units", title: "订购", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
	{ key: "received", title: "已收", align: "right", show: (line) => <Units n={line.received_units} of={line} /> },
	{
		key: "left", title: "未到", align: "right",
		show: (line) => (line.received_units >= line.units ? <Chip tone="good">到齐</Chip> : <Units n={line.units - line.received_units} of={line} />),
	},
	{ key: "price", title: "单价", align: "right", show: (line) => <span className="num">{money(line.price)}</span> },
	{ key: "ceiling", title: "限价", align: "right", card: "hide", show: (line) => <Ceiling of={{ ...line, price: line.price ?? "" }} /> },
	{ key: "amount", title: "金额", align: "right", show: (line) => <span className="num">{money(line.amount)}</span> },
];

interface DraftState {
	dirty: boolean;
	save: () => Promise<boolean>;
}

function DraftEditor({ of, order, state }: { of: OpenDocument<Order>; order: Order; state: { current: DraftState } }) {
	const { lines, set, change } = useDrafts(order.lines.map(draftOfLine));
	const [supplier, setSupplier] = useState(order.supplier_id);
	const [saved, setSaved] = useState({ lines, supplier, version: order.version });
	const dirty = saved.lines !== lines || saved.supplier !== supplier;
	const take = () => {
		const fresh = order.lines.map(draftOfLine);
		set(fresh);
		setSupplier(order.supplier_id);
		setSaved({ lines: fresh, supplier: order.supplier_id, version: order.version });
	};
	// Somebody else saved a newer version: show it, unless this page holds unsaved work.
	useEffect(() => {
		if (!dirty) take();
	}, [order.version, dirty]);
	useUnsaved(dirty);
	const save = async () => {
		const done = await of.change({ supplier_id: supplier, lines: orderLines(lines) });
		if (done) setSaved({ lines, supplier, version: done.version });
		return done !== undefined;
	};
	state.current = { dirty, save };
	return (
		<>
			<Behind when={dirty && order.version > saved.version} take={take} />
			<div className="form-row">
				<SupplierPicker value={supplier} shown={order.supplier_name} onChange={setSupplier} />
				<Button data-testid="save" disabled={!dirty} loading={of.busy} onClick={() => void save()}>
					保存
				</Button>
				{dirty && <span className="mute">有未保存的修改</span>}
				<span className="grow" />
				<span>
					合计 <b className="num" data-testid="total">{fen(totalFen(lines))}</b> 元
				</span>
			</div>
			<EditLines
				lines={lines}
				set={set}
				change={change}
				problem={of.problem}
				more={[
					{ key: "price", title: "单价 (元)", width: 150, align: "right", show: (line, n) => <PriceCell line={line} n={n} error={of.problem?.at(`lines[${n - 1}].price`)} onChange={(price) => change(line.key, { price })} /> },
					{ key: "ceiling", title: "限价", align: "right", show: (line) => <Ceiling of={line} /> },
					{ key: "amount", title: "金额", align: "right", show: (line) => <Amount line={line} /> },
				]}
			/>
		</>
	);
}

export function OrderPage({ params }: { params: Params }) {
	const of = useDocument<Order>("orders", params.id);
	const [draft] = useState<{ current: DraftState }>(() => ({ current: { dirty: false, save: async () => true } }));
	const editable = (order: Order) => order.state === "draft" && can("ORDER_EDIT");
	const over = (order: Order) => order.lines.filter((line) => priceTrouble({ ...line, price: line.price ?? "" })).length;
	return (
		<DocumentPage
			of={of}
			before={async () => !draft.current.dirty || (await draft.current.save())}
			facts={(order) => (
				<>
					<Fact label="供应商">{order.supplier_name}</Fact>
					<Fact label="收货单位">{order.to_site_name}</Fact>
					<Fact label="采购主体">{order.buyer_site_name}</Fact>
					<Fact label="付款单位">{order.payer_site_name}</Fact>
					<Fact label="货主">{order.owner_site_name}</Fact>
					<Fact label="金额"><b className="num">{money(order.amount)}</b></Fact>
					{over(order) > 0 && <Chip tone="bad">{over(order)} 行价格有问题</Chip>}
				</>
			)}
			wayOn={(order) =>
				["sent", "part_received"].includes(order.state) && can("RECEIVE") && mine(order.to_site_id)
					? { title: "收货", testid: "receive-order", run: () => go(`/receipts/new?order_id=${order.id}`) }
					: null
			}
		>
			{(order) => (
				<>
					{editable(order) ? (
						<DraftEditor key={order.id} of={of} order={order} state={draft} />
					) : (
						<DataTable label="订单明细" testid="lines" columns={SHOWN} rows={order.lines} id={(line) => line.id} rowClass={(line) => (line.received_units >= line.units ? "complete" : undefined)} />
					)}
					<OrderVolumes of={order.volumes} lines={order.lines} />
					{order.state === "draft" && order.lines.length === 0 && !editable(order) && <p className="mute">草稿还没有明细。</p>}
					{can("STOCK_READ") && order.state === "draft" && <To path={`/supply?supplier_id=${order.supplier_id}`}>在采购计划里看这家供应商的品种</To>}
				</>
			)}
		</DocumentPage>
	);
}
