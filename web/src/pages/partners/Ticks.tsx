// 配送勾选: which distributor is ticked for which product on the platform, and whether orders ask for it.
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, today, ymd } from "../../base/format";
import { go } from "../../base/route";
import { can } from "../../base/session";
import type { May, Page, Product } from "../../base/types";
import { Chip, Drug, To, type Tone } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { DateCell, Field, ProductPicker, SupplierPicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { ReasonDialog } from "./Papers";

export interface Tick {
	id: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	supplier_id: string;
	supplier_name: string;
	platform_code: string | null;
	from_ymd: number;
	until_ymd: number | null;
	state: "ok" | "future" | "expired" | "ended";
	state_title: string;
	made_at_ms: number;
	made_by: string | null;
	end_note: string | null;
}

const TONE: Record<Tick["state"], Tone> = { ok: "good", future: "wait", expired: "bad", ended: "off" };

function TickDialog({ product: fixed, supplier: fixedSupplier, close }: { product?: string; supplier?: string; close: () => void }) {
	const [product, setProduct] = useState<Pick<Product, "id" | "name" | "spec"> | null>(null);
	const [supplier, setSupplier] = useState(fixedSupplier);
	const [code, setCode] = useState("");
	const [from, setFrom] = useState<number | null>(today());
	const [until, setUntil] = useState<number | null>(null);
	const { act, busy, problem } = useAct();
	const id = fixed ?? product?.id;
	const save = () =>
		act(async () => {
			await post("platform-ticks", { product_id: id, supplier_id: supplier, from_ymd: from, ...(until && { until_ymd: until }), ...(code.trim() && { platform_code: code.trim() }) });
			close();
		});
	return (
		<Modal open closable={false} title="登记配送勾选" okText="登记" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !id || !supplier || !from, "data-testid": "tick-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				{!fixed && (
					<Field label="品种" error={problem?.at("product_id")}>
						<ProductPicker onPick={setProduct} />
						{product && <b data-testid="tick-product">{product.name} {product.spec}</b>}
					</Field>
				)}
				{!fixedSupplier && <Field label="供应商" error={problem?.at("supplier_id")}><SupplierPicker value={supplier} onChange={setSupplier} ask={false} /></Field>}
				<Field label="平台编码" error={problem?.at("platform_code")}><Input value={code} maxLength={64} data-testid="tick-code" onChange={(event) => setCode(event.target.value)} /></Field>
				<div className="form-row">
					<Field label="起始日期" error={problem?.at("from_ymd")}><DateCell value={from} testid="tick-from" onChange={setFrom} /></Field>
					<Field label="截止日期 (不限的不填)" error={problem?.at("until_ymd")}><DateCell value={until} testid="tick-until" onChange={setUntil} /></Field>
				</div>
				<p className="mute">先在省平台勾选, 再在这里登记; 平台能导出清单的请导入。</p>
			</div>
		</Modal>
	);
}

const columns = (end: (row: Tick) => void): Column<Tick>[] => [
	{ key: "product", title: "品种", card: "title", show: (row) => <To path={`/products/${row.product_id}?tab=papers`}><Drug name={row.product_name} spec={row.spec} maker={row.maker} /></To> },
	{ key: "supplier", title: "配送商", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
	{ key: "code", title: "平台编码", show: (row) => <span className="num">{row.platform_code}</span> },
	{ key: "days", title: "起止", show: (row) => <span className="num">{ymd(row.from_ymd)} – {row.until_ymd ? ymd(row.until_ymd) : "不限"}</span> },
	{ key: "state", title: "状态", show: (row) => <Chip tone={TONE[row.state]}>{row.state_title}</Chip> },
	{ key: "made", title: "登记", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} {row.made_by}</span> },
	{ key: "note", title: "说明", card: "hide", show: (row) => row.end_note },
	{ key: "keys", title: "", align: "right", show: (row) => row.state !== "ended" && can("PARTNER_EDIT") && <Button size="small" data-testid="end-tick" onClick={() => end(row)}>取消</Button> },
];

const EndTick = ({ row, close }: { row: Tick; close: () => void }) => <ReasonDialog title="取消勾选" path={`platform-ticks/${row.id}/end`} close={close} />;

/** The ticks of one product or one supplier, inside its page. */
export function TicksTable({ product, supplier }: { product?: string; supplier?: string }) {
	const data = useData<Page<Tick>>("platform-ticks", { query: { product_id: product, supplier_id: supplier, limit: 10 }, topics: ["partners"] });
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Tick | null>(null);
	const close = () => {
		setAdding(false);
		setEnding(null);
		void data.reload();
	};
	return (
		<>
			<DataTable label="配送勾选" testid="ticks" rows={data.data?.rows ?? []} id={(row) => row.id} columns={columns(setEnding).filter((one) => one.key !== (supplier ? "supplier" : "product"))} />
			<p>
				{can("PARTNER_EDIT") && <Button data-testid="add-tick" onClick={() => setAdding(true)}>登记配送勾选</Button>} {data.data?.next && <To path={`/platform-ticks?${supplier ? `supplier_id=${supplier}` : `product_id=${product}`}`}>全部</To>}
			</p>
			{adding && <TickDialog product={product} supplier={supplier} close={close} />}
			{ending && <EndTick row={ending} close={close} />}
		</>
	);
}

interface Rule {
	asked: boolean;
	history: { from_ymd: number; asked: boolean; at_ms: number; by: string | null }[];
}

function RuleDialog({ rule, close }: { rule: Rule; close: () => void }) {
	const [from, setFrom] = useState<number | null>(today());
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post("platform-tick-rule", { asked: rule.asked ? 0 : 1, from_ymd: from });
			close();
		});
	return (
		<Modal open closable={false} title={rule.asked ? "停止核对配送勾选" : "开始核对配送勾选"} okText="执行" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !from, "data-testid": "tick-rule-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<Field label="从哪天起" error={problem?.at("from_ymd")}><DateCell value={from} testid="tick-rule-from" onChange={setFrom} /></Field>
			<p className="mute">{rule.asked ? "停止后, 没有勾选的也能下单。" : "开始后, 没有勾选的品种在编制、提交、审批订单时都会被拒绝 (备案采购的和医疗机构制剂除外)。请先把平台的勾选清单导入完整。"}</p>
			<ul>{rule.history.map((one) => <li key={one.from_ymd}>{ymd(one.from_ymd)} 起{one.asked ? "核对" : "不核对"} <small className="mute">{time(one.at_ms)} {one.by}</small></li>)}</ul>
		</Modal>
	);
}

export function PlatformTicks() {
	const rule = useData<Rule>("platform-tick-rule", { topics: ["partners"] });
	const [dialog, setDialog] = useState<"add" | "rule" | Tick | null>(null);
	const close = () => {
		setDialog(null);
		void rule.reload();
	};
	const coming = rule.data?.history.find((one) => one.from_ymd > today());
	return (
		<>
			<ListPage<Tick>
				title="配送勾选"
				search="品种、首字母、编码或供应商"
				resource="platform-ticks"
				topics={["partners"]}
				id={(row) => row.id}
				extra={
					<>
						{rule.data && <Chip tone={rule.data.asked ? "good" : "wait"}><span data-testid="tick-rule" data-asked={rule.data.asked}>{rule.data.asked ? "下单时核对" : "下单时不核对"}{coming ? `, ${ymd(coming.from_ymd)} 起${coming.asked ? "核对" : "不核对"}` : ""}</span></Chip>}{" "}
						{can("PARTNER_ALLOW") && rule.data && <Button data-testid="tick-rule-set" onClick={() => setDialog("rule")}>{rule.data.asked ? "停止核对" : "开始核对"}</Button>}{" "}
						{can("IMPORT") && <Button onClick={() => go("/imports?kind=platform-ticks")}>导入</Button>}
					</>
				}
				primary={{ label: "登记配送勾选", permission: "PARTNER_EDIT", onClick: () => setDialog("add") }}
				empty={"在省平台上为每个品种勾选了哪家配送商。\n导入平台的清单, 或逐条登记; 总药师决定从哪天起下单时核对。"}
				columns={columns(setDialog)}
			/>
			{dialog === "add" && <TickDialog close={close} />}
			{dialog === "rule" && rule.data && <RuleDialog rule={rule.data} close={close} />}
			{dialog && typeof dialog === "object" && <EndTick row={dialog} close={close} />}
		</>
	);
}

/** What covers one product at one supplier today. */
export interface Cover extends May {
	product_id: string;
	ticked: boolean;
	platform_code: string | null;
	mandate: { person: string | null; region: string | null; scope: string | null; until_ymd: number | null } | null;
}

/** Of the goods of an order, by product; empty for those who may not see partners. */
export function useCover(supplier: string | undefined, products: string[]): Map<string, Cover> {
	const asked = can("PARTNER_READ") && supplier && products.length > 0;
	const { data } = useData<{ products: Cover[] }>(asked ? `suppliers/${supplier}/may` : null, { query: { product_ids: products.slice(0, 400).join(",") }, topics: ["partners"] });
	return new Map((data?.products ?? []).map((one) => [one.product_id, one]));
}

/** In a line of an order: the platform's code, or that it is not ticked. */
export const TickCell = ({ of }: { of: Cover | undefined }) =>
	of ? of.ticked ? <span className="num" data-testid="ticked">✓ {of.platform_code}</span> : <span className={of.code === "NOT_TICKED" ? "bad-text" : "mute"} data-testid="not-ticked">未勾选</span> : null;
