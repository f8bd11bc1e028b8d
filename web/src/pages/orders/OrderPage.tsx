// 采购订单: a draft is edited in its cells; later states show what is ordered, received and left.
import { Button } from "antd";
import { useEffect, useState } from "react";
import { fen, money, time, ymd } from "../../base/format";
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
import { Answers, OrderOut } from "./Answers";
import { OrderVolumes } from "../../parts/volume";
import { type Cover, TickCell, useCover } from "../partners/Ticks";
import { Amount, Ceiling, PriceCell, priceTrouble, totalFen } from "./price";

const draftOfLine = (line: OrderLine): Draft => ({ ...line, key: line.id, price: line.price ?? "", trade_price: line.rule_price });

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
		show: (line) => (line.received_units >= line.units ? <Chip tone="good">到齐</Chip> : <Units n={line.due_units || null} of={line} />),
	},
	{ key: "price", title: "单价", align: "right", show: (line) => <span className="num">{money(line.price)}</span> },
	{ key: "ceiling", title: "限价", align: "right", card: "hide", show: (line) => <Ceiling of={{ ...line, price: line.price ?? "", trade_price: line.rule_price }} /> },
	{ key: "flag", title: "", card: "hide", show: (line) => line.price_flagged && <Chip tone="bad">高于现行价</Chip> },
	{ key: "amount", title: "金额", align: "right", show: (line) => <span className="num">{money(line.amount)}</span> },
];

/** 业务员授权委托书: whose mandates cover the lines today. */
function Mandates({ of, lines }: { of: Map<string, Cover>; lines: OrderLine[] }) {
	const words = new Map<string, number>();
	for (const line of lines) {
		const found = of.get(line.product_id)?.mandate;
		const text = found ? [found.person, found.region, found.scope, found.until_ymd && `至 ${ymd(found.until_ymd)}`].filter(Boolean).join(", ") : "没有登记委托书";
		words.set(text, (words.get(text) ?? 0) + 1);
	}
	if (of.size === 0) return null;
	return (
		<p className="mute" data-testid="mandates">
			业务员授权委托书 (今日): {[...words].map(([text, n]) => (words.size > 1 ? `${text} (${n} 行)` : text)).join("; ")}
		</p>
	);
}

/** What is ordered, with what covers it at this supplier. */
function Lines({ order }: { order: Order }) {
	const cover = useCover(order.supplier_id, order.lines.map((line) => line.product_id));
	const ticked: Column<OrderLine> = { key: "ticked", title: "平台勾选", card: "hide", show: (line) => <TickCell of={cover.get(line.product_id)} /> };
	return (
		<>
			<Mandates of={cover} lines={order.lines} />
			<DataTable label="订单明细" testid="lines" columns={[...SHOWN, ...(cover.size ? [ticked] : [])]} rows={order.lines} id={(line) => line.id} rowClass={(line) => (line.received_units >= line.units ? "complete" : undefined)} />
		</>
	);
}

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
		const done = await of.change({ version: saved.version, supplier_id: supplier, lines: orderLines(lines) });
		if (done) setSaved({ lines, supplier, version: done.version });
		return done !== undefined;
	};
	state.current = { dirty, save };
	const cover = useCover(supplier, lines.map((line) => line.product_id));
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
					{ key: "ticked", title: "平台勾选", card: "hide", show: (line) => <TickCell of={cover.get(line.product_id)} /> },
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
	const over = (order: Order) => order.lines.filter((line) => priceTrouble({ ...line, price: line.price ?? "", trade_price: line.rule_price })).length;
	const raised = (order: Order) => (["draft", "submitted", "countersigning"].includes(order.state) ? order.lines.filter((line) => line.raise_needed).length : 0);
	return (
		<DocumentPage
			of={of}
			before={async () => !draft.current.dirty || (await draft.current.save())}
			tools={(order) => <OrderOut order={order} />}
			facts={(order) => (
				<>
					<Fact label="供应商">{order.supplier_name}</Fact>
					<Fact label="收货单位">{order.to_site_name}</Fact>
					<Fact label="采购主体">{order.buyer_site_name}</Fact>
					<Fact label="付款单位">{order.payer_site_name}</Fact>
					<Fact label="货主">{order.owner_site_name}</Fact>
					<Fact label="金额"><b className="num">{money(order.amount)}</b></Fact>
					<Fact label="应到货">
						{order.due_at_ms ? (
							<span className={order.overdue ? "num bad-text" : "num"}>{time(order.due_at_ms)}{order.overdue && " 已逾期"}</span>
						) : order.expected_ymd ? (
							<span className="num">{ymd(order.expected_ymd)}</span>
						) : null}
					</Fact>
					{order.urgency === "emergency" && <Chip tone="wait">紧急, 发送后 8 小时内到货</Chip>}
					{order.split_flags?.map((flag) => (
						<Chip key={flag.id} tone="bad">
							<span data-testid={`split-${flag.reason}`}>
								疑似拆单 ({flag.reason_title}): <To path={`/split-flags/${flag.id}`}>{flag.orders} 张合计 {money(flag.sum)} 元</To>, 限额 {money(flag.limit)} 元, 见 <To path={`/orders/${flag.other_id}`}>{flag.other_number}</To>
							</span>
						</Chip>
					))}
					{raised(order) > 0 && <Chip tone="bad">{raised(order)} 行单价高于上调前的限价, 须由没有登记这一限价的人审批</Chip>}
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
						<Lines order={order} />
					)}
					{(order.state === "sent" || order.state === "part_received") && <Answers of={of} order={order} />}
					<OrderVolumes of={order.volumes} lines={order.lines} />
					{order.state === "draft" && order.lines.length === 0 && !editable(order) && <p className="mute">草稿还没有明细。</p>}
					{can("STOCK_READ") && order.state === "draft" && <To path={`/supply?supplier_id=${order.supplier_id}`}>在订货单里看这家供应商的品种</To>}
				</>
			)}
		</DocumentPage>
	);
}
