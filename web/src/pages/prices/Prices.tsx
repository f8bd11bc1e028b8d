// 价格: dated facts of every kind; entered, ended by date, never overwritten.
import { Button, Input, Modal, Segmented } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { money, time, today, ymd } from "../../base/format";
import { can, current } from "../../base/session";
import type { Packing, Product } from "../../base/types";
import { Chip, Drug, To } from "../../parts/cells";
import { Cell, DateCell, Field, ProductPicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { ProductFilter } from "../../parts/ProductFilter";
import { Trouble } from "../../parts/Trouble";
import { ENTERED, KINDS } from "./words";

export interface Price extends Packing {
	id: string;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	kind: string;
	kind_title: string;
	price: string;
	units_per_pack: number;
	from_ymd: number;
	to_ymd: number | null;
	in_force: boolean;
	price_before: string | null;
	source: string;
	made_at_ms: number;
	made_by: string | null;
	end_reason?: string | null;
	ended_by?: string | null;
}

/** Saves what is typed before a step is taken; false holds the step. */
export interface Saver {
	current: () => Promise<boolean>;
}
export const noSaver = (): Saver => ({ current: async () => true });

export const priceText = (text: string) => text.replace(/。/g, ".").replace(/[^\d.]/g, "");
const now = () => current().session?.today_ymd ?? today();

export function PriceNew({ product, close }: { product?: Product; close: () => void }) {
	const [of, setOf] = useState<Product | undefined>(product);
	const [kind, setKind] = useState("listed");
	const [price, setPrice] = useState("");
	const [from, setFrom] = useState<number | null>(now());
	const [to, setTo] = useState<number | null>(null);
	const [source, setSource] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const done = await act(() => post("prices", { product_id: of?.id, kind, price, from_ymd: from, ...(to ? { to_ymd: to } : {}), source: source.trim() }));
		if (done) close();
	};
	return (
		<Modal open closable={false} title="登记价格" okText="登记" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ disabled: !of || !price || !from || !source.trim(), "data-testid": "price-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="品种" error={problem?.at("product_id")}>
					{of ? <Drug name={of.name} spec={of.spec} maker={of.maker} /> : <ProductPicker onPick={setOf} placeholder="名称、拼音首字母或编码" />}
				</Field>
				<Segmented value={kind} options={ENTERED} data-testid="price-kind" onChange={(value) => setKind(String(value))} />
				<Field label={`价格 (元 / ${of?.pack_name ?? "包装"})`} error={problem?.at("price")}>
					<Cell value={price} inputMode="decimal" testid="price" aria-label="价格" onChange={(text) => setPrice(priceText(text))} />
				</Field>
				<Field label="起始日" error={problem?.at("from_ymd")}>
					<DateCell value={from} testid="price-from" aria-label="起始日" onChange={setFrom} />
				</Field>
				<Field label="截止日 (长期时留空)" error={problem?.at("to_ymd")}>
					<DateCell value={to} testid="price-to" aria-label="截止日" onChange={setTo} />
				</Field>
				<Field label="依据 (文件或平台)" error={problem?.at("source")}>
					<Input maxLength={200} value={source} data-testid="price-source" onChange={(event) => setSource(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

export function PriceEnd({ of, close }: { of: Price; close: () => void }) {
	const [to, setTo] = useState<number | null>(now());
	const [reason, setReason] = useState("");
	const { act, busy, problem, clear } = useAct();
	const back = to !== null && to < of.from_ymd;
	const save = async () => {
		const done = await act(() => post(`prices/${of.id}/end`, { to_ymd: to, reason: reason.trim() }));
		if (done) close();
	};
	// A first day mistyped into the past: it never held. Nothing may rest on it; the service says what does.
	const withdraw = async () => {
		const done = await act(() => post(`prices/${of.id}/withdraw`, { reason: reason.trim() }));
		if (done) close();
	};
	const past = of.from_ymd < now() && can("PRICE_DECIDE") && ["listed", "insurance", "reference"].includes(of.kind);
	return (
		<Modal open closable={false} title={`终止${of.kind_title} ${money(of.price)} 元`} okText="终止" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ disabled: !to || !reason.trim(), "data-testid": "price-end-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<p>
				{of.product_name} {of.spec}: {ymd(of.from_ymd)} 起, {of.source}
			</p>
			<Field label="最后一天 (最早昨天)" error={problem?.at("to_ymd")}>
				<DateCell value={to} testid="price-end-to" aria-label="最后一天" onChange={setTo} />
			</Field>
			<Field label="原因 (留存)" error={problem?.at("reason")}>
				<Input maxLength={200} value={reason} data-testid="price-end-reason" onChange={(event) => setReason(event.target.value)} />
			</Field>
			{past && (
				<p>
					<Button data-testid="price-withdraw" disabled={!reason.trim()} loading={busy} onClick={() => void withdraw()}>整条撤回</Button> <span className="mute">起始日录错在过去: 视为从未执行. 已有订单、收货、议定价或中选价以它为据的不能撤回.</span>
				</p>
			)}
			<p className="mute">{back ? "早于起始日: 此价撤回, 视为从未执行; 登记它时截止的那一条重新执行。" : "录错的价格: 最后一天填起始日的前一天即撤回, 原来的价格重新执行。"}</p>
		</Modal>
	);
}

export const Period = ({ of }: { of: { from_ymd: number; to_ymd: number | null } }) => (
	<span className="num">
		{ymd(of.from_ymd)} – {of.to_ymd ? (of.to_ymd < of.from_ymd ? "已撤回" : ymd(of.to_ymd)) : "长期"}
	</span>
);

const COLUMNS = [
	{ key: "product", title: "药品", card: "title" as const, show: (row: Price) => <To path={`/products/${row.product_id}`}><Drug name={row.product_name} spec={row.spec} maker={row.maker} /></To> },
	{ key: "kind", title: "种类", show: (row: Price) => row.kind_title },
	{ key: "price", title: "价格 (元)", align: "right" as const, show: (row: Price) => <span className="num"><b>{money(row.price)}</b> <small className="mute">/ {row.units_per_pack} {row.unit_name}</small></span> },
	{ key: "before", title: "原价", align: "right" as const, show: (row: Price) => <span className="num mute">{money(row.price_before)}</span> },
	{ key: "period", title: "起止", show: (row: Price) => <Period of={row} /> },
	{ key: "state", title: "状态", show: (row: Price) => (row.in_force ? <Chip tone="good">现行</Chip> : row.from_ymd > now() && !(row.to_ymd && row.to_ymd < row.from_ymd) ? <Chip tone="wait">待执行</Chip> : <Chip tone="off">已截止</Chip>) },
	{ key: "source", title: "依据", show: (row: Price) => <>{row.source}{row.end_reason && <small className="mute block">截止: {row.end_reason} {row.ended_by}</small>}</> },
	{ key: "made", title: "登记", card: "hide" as const, show: (row: Price) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
];

export function Prices() {
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Price | null>(null);
	return (
		<>
			<ListPage<Price>
				title="价格"
				search={false}
				boxes={{ node: <ProductFilter />, names: ["product_id"] }}
				resource="prices"
				topics={["prices", "imports"]}
				id={(row) => row.id}
				open={(row) => (can("PRICE_EDIT") && row.kind !== "filed" && (!row.to_ymd || row.to_ymd >= now()) ? () => setEnding(row) : `/products/${row.product_id}`)}
				filters={[{ name: "kind", label: "种类", options: Object.entries(KINDS).map(([value, label]) => ({ value, label })) }]}
				primary={{ label: "登记价格", permission: "PRICE_EDIT", onClick: () => setAdding(true), testid: "price-new" }}
				empty={"价格是带日期的事实: 挂网价、中选价、议定价、医保支付标准和参考价, 不覆盖, 只截止。\n先导入限价或登记第一条。"}
				columns={COLUMNS}
			/>
			{adding && <PriceNew close={() => setAdding(false)} />}
			{ending && <PriceEnd of={ending} close={() => setEnding(null)} />}
		</>
	);
}

export function PriceChanges() {
	return (
		<ListPage<Price>
			title="价格变动"
			search={false}
			boxes={{ node: <ProductFilter />, names: ["product_id"] }}
			resource="price-changes"
			topics={["prices", "imports"]}
			id={(row) => row.id}
			open={(row) => `/products/${row.product_id}`}
			filters={[{ name: "kind", label: "种类", options: Object.entries(KINDS).map(([value, label]) => ({ value, label })) }, { name: "raised", label: "限价上调 (30 天内)", options: "check" }]}
			empty="没有价格变动。按起始日从新到旧列出每一次价格变动和原价。"
			columns={COLUMNS}
		/>
	);
}
