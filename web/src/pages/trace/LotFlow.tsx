// One lot: where it lies, where it went, as a picture and as tables.
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, units } from "../../base/format";
import type { Params } from "../../base/route";
import { can } from "../../base/session";
import type { Product } from "../../base/types";
import { Chip, Drug, Expiry, Fact, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Field } from "../../parts/Fields";
import { KIND_TITLES, pathOf } from "../../parts/kinds";
import { Loaded, Trouble } from "../../parts/Trouble";

interface Flow {
	from: string;
	to: string;
	from_kind?: string;
	to_kind?: string;
	units: number;
}
interface Life {
	lot: { id: string; lot: string; expiry_ymd: number; made_ymd?: number };
	product: Product;
	places: { site_name: string; depot_name: string; quality: string; quality_title?: string; units: number; traced_units: number }[];
	transit: { site_name: string | null; depot_name: string; units: number }[];
	gone: { to: string; units: number }[];
	flow: Flow[];
	documents: { id: string; kind: string; number: string; at_ms: number }[];
	holds: { id: string; reason: string; place_name?: string | null; released_at_ms?: number | null }[];
}

const BOX_W = 130;
const BOX_H = 30;
const GAP_X = 96;
const GAP_Y = 14;

interface Node {
	name: string;
	column: number;
	row: number;
}

/** Goods on the road are a place of their own per shipment; in the picture they go straight, and only the rest is on the road. */
function straight(flow: Flow[]): Flow[] {
	const direct = flow.filter((one) => one.from_kind !== "transit" && one.to_kind !== "transit");
	const road = flow.filter((one) => one.to_kind === "transit");
	const merged = new Map<string, Flow>();
	const add = (from: string, to: string, count: number) => {
		if (count <= 0 || from === to) return;
		const key = `${from}\n${to}`;
		merged.set(key, { from, to, units: (merged.get(key)?.units ?? 0) + count });
	};
	direct.forEach((one) => add(one.from, one.to, one.units));
	for (const one of road) {
		const arrived = flow.filter((other) => other.from_kind === "transit" && other.from === one.to);
		arrived.forEach((other) => add(one.from, other.to, other.units));
		add(one.from, "在途", one.units - arrived.reduce((sum, other) => sum + other.units, 0));
	}
	return [...merged.values()];
}

/** Columns by how far a place is from the first source; loops (returns) stay where they were first seen. */
function layOut(flow: Flow[]): Map<string, Node> {
	const nodes = new Map<string, Node>();
	const targets = new Set(flow.map((one) => one.to));
	const rows: number[] = [];
	const place = (name: string, column: number) => {
		if (nodes.has(name)) return;
		rows[column] = (rows[column] ?? -1) + 1;
		nodes.set(name, { name, column, row: rows[column] });
	};
	const sources = [...new Set(flow.map((one) => one.from))].filter((name) => !targets.has(name));
	let wave = sources.length > 0 ? sources : flow.slice(0, 1).map((one) => one.from);
	for (let column = 0; wave.length > 0; column++) {
		wave.forEach((name) => place(name, column));
		wave = [...new Set(flow.filter((one) => wave.includes(one.from) && !nodes.has(one.to)).map((one) => one.to))];
	}
	return nodes;
}

function FlowPicture({ flow: moves, of }: { flow: Flow[]; of: Product }) {
	const flow = straight(moves);
	if (flow.length === 0) return <p className="mute">还没有流向。</p>;
	const nodes = layOut(flow);
	const all = [...nodes.values()];
	const x = (node: Node) => node.column * (BOX_W + GAP_X);
	const y = (node: Node) => node.row * (BOX_H + GAP_Y);
	const most = Math.max(...flow.map((one) => one.units));
	const width = Math.max(...all.map(x)) + BOX_W + 2;
	const height = Math.max(...all.map(y)) + BOX_H + 2;
	const links = flow.flatMap((one) => {
		const from = nodes.get(one.from);
		const to = nodes.get(one.to);
		return from && to ? [{ one, from, to }] : [];
	});
	return (
		<div className="flow" data-testid="flow">
			<svg width={width} height={height} role="img" aria-label="批号流向">
				{links.map(({ one, from, to }, i) => {
					const [x1, y1, x2, y2] = [x(from) + BOX_W, y(from) + BOX_H / 2, x(to), y(to) + BOX_H / 2];
					return <path key={i} d={`M${x1} ${y1} C${x1 + GAP_X / 2} ${y1} ${x2 - GAP_X / 2} ${y2} ${x2} ${y2}`} strokeWidth={Math.max(1.5, (18 * one.units) / most)}><title>{`${one.from} → ${one.to}: ${units(one.units, of)}`}</title></path>;
				})}
				{links.map(({ one, from, to }, i) => (
					<text key={i} x={x(to) - 6} y={y(to) + BOX_H / 2 - 5} textAnchor="end" fontSize="11" opacity={from.column < to.column ? 1 : 0.6}>
						{units(one.units, of)}
					</text>
				))}
				{all.map((node) => (
					<g key={node.name}>
						<rect x={x(node) + 1} y={y(node) + 1} width={BOX_W} height={BOX_H} rx={5} />
						<text x={x(node) + BOX_W / 2} y={y(node) + BOX_H / 2 + 5} textAnchor="middle">
							{node.name.length > 9 ? `${node.name.slice(0, 8)}…` : node.name}
							<title>{node.name}</title>
						</text>
					</g>
				))}
			</svg>
		</div>
	);
}

function Freeze({ life, close }: { life: Life; close: () => void }) {
	const [reason, setReason] = useState("");
	const { act, busy, problem } = useAct();
	const freeze = async () => {
		if (await act(async () => (await post("holds", { lot_id: life.lot.id, reason }), true))) close();
	};
	const here = life.places.reduce((sum, place) => sum + place.units, 0);
	return (
		<Modal open closable={false} title={`冻结批号 ${life.lot.lot}`} okText="冻结" cancelText="返回" confirmLoading={busy} okButtonProps={{ danger: true, disabled: !reason.trim() }} onCancel={close} onOk={() => void freeze()}>
			<Trouble problem={problem} />
			<p>
				将停止 {new Set(life.places.map((place) => place.site_name)).size} 个机构、共 {units(here, life.product)} 的出库。已发出的不受影响。
			</p>
			<Field label="原因 (必填)" wide>
				<Input.TextArea autoFocus rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
			</Field>
		</Modal>
	);
}

export function LotFlow({ params }: { params: Params }) {
	const data = useData<Life>(`trace/lots/${params.id}`, { topics: ["stock", "shipments"] });
	const [freezing, setFreezing] = useState(false);
	const open = data.data?.holds.filter((hold) => !hold.released_at_ms) ?? [];
	return (
		<section className="page">
			<header className="page-head">
				<h1>
					批号 <span className="num">{data.data?.lot.lot}</span>
				</h1>
				{open.length > 0 && <Chip tone="bad">冻结中</Chip>}
				<span className="grow" />
				{data.data && can("HOLD_EDIT") && <Button danger onClick={() => setFreezing(true)}>冻结</Button>}
			</header>
			<Loaded of={data}>
				{(life) => (
					<>
						<dl className="facts">
							<Fact label="药品"><Drug name={life.product.name} spec={life.product.spec} maker={life.product.maker} /></Fact>
							<Fact label="有效期至"><Expiry at={life.lot.expiry_ymd} /></Fact>
							{open.map((hold) => <Fact key={hold.id} label="冻结原因">{hold.reason}</Fact>)}
						</dl>
						<div className="panel">
							<h2>流向</h2>
							<FlowPicture flow={life.flow} of={life.product} />
						</div>
						<div className="two">
							<div>
								<h2>现在在哪里</h2>
								<DataTable
									label="所在"
									rows={life.places}
									id={(_, n) => String(n)}
									columns={[
										{ key: "site", title: "机构", card: "title", show: (place) => place.site_name },
										{ key: "depot", title: "库房", show: (place) => place.depot_name },
										{ key: "quality", title: "质量", show: (place) => <StateChip state={place.quality} title={place.quality_title ?? { pending: "待验", released: "合格", rejected: "不合格", returned: "退货待验" }[place.quality]} /> },
										{ key: "units", title: "数量", align: "right", show: (place) => <Units n={place.units} of={life.product} strong /> },
										{ key: "traced", title: "有追溯码", align: "right", show: (place) => <Units n={place.traced_units} of={life.product} /> },
									]}
								/>
							</div>
							<div className="panel">
								<h2>在途与去向</h2>
								{life.transit.map((one, i) => <div key={i} className="figure"><span><Chip tone="way">在途</Chip> {[one.site_name, one.depot_name].filter(Boolean).join(" ")}</span><b>{units(one.units, life.product)}</b></div>)}
								{life.gone.map((one, i) => <div key={i} className="figure"><span>{one.to}</span><b>{units(one.units, life.product)}</b></div>)}
								{life.transit.length + life.gone.length === 0 && <p className="mute">没有在途, 也没有发出或使用。</p>}
								<h2>单据</h2>
								{life.documents.map((doc) => (
									<div key={doc.id} className="figure">
										<To path={pathOf(doc.kind, doc.id) ?? "/"}>{KIND_TITLES[doc.kind]} {doc.number}</To>
										<span className="mute num">{time(doc.at_ms)}</span>
									</div>
								))}
							</div>
						</div>
						{freezing && <Freeze life={life} close={() => { setFreezing(false); void data.reload(); }} />}
					</>
				)}
			</Loaded>
		</section>
	);
}
