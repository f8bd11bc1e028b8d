// 编码绑定: a code that a scan does not know is tied to a drug by one person and confirmed by another.
import { Button, Input, Modal, Select } from "antd";
import { useEffect, useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { time } from "../../base/format";
import { useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Product } from "../../base/types";
import { Drug, StateChip, To, Units } from "../../parts/cells";
import { Cell, Field, ProductPicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { type Ratio, RatioInput, unitsOf } from "../../parts/ratio";
import { Trouble } from "../../parts/Trouble";
import { CODE } from "./words";

interface Binding {
	id: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	kind: string;
	kind_title: string;
	code: string;
	units: number;
	/** Set where the code is there already and counts as something else today. */
	units_before: number | null;
	units_per_pack: number;
	unit_name: string;
	pack_name: string;
	state: string;
	state_title: string;
	bound_by: string | null;
	bound_at_ms: number;
	closed_by: string | null;
	closed_at_ms: number | null;
	note: string | null;
}

function Bind({ code: first, close }: { code: string; close: () => void }) {
	const [product, setProduct] = useState<Product | null>(null);
	const [code, setCode] = useState(first);
	const [kind, setKind] = useState("");
	const [count, setCount] = useState<number | null>(null);
	const [by, setBy] = useState<Ratio | null>(null);
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const done = await act(async () => (await post("code-bindings", { product_id: product!.id, code: code.trim(), ...(kind && { kind }), ...(by ? by : count && { units: count }) }), true));
		if (done) close();
	};
	return (
		<Modal open closable={false} title="绑定编码" okText="登记, 等另一人确认" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !product || !code.trim(), "data-testid": "bind-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="编码 (扫码或输入)" error={problem?.at("code")}><Cell autoFocus value={code} testid="bind-code" maxLength={200} onChange={setCode} /></Field>
				<Field label="种类"><Select allowClear placeholder="按编码形状识别" data-testid="bind-kind" value={kind || undefined} options={options(CODE)} onChange={(value?: string) => setKind(value ?? "")} /></Field>
				{product ? <p><Drug name={product.name} spec={product.spec} maker={product.maker} /> <Button size="small" onClick={() => setProduct(null)}>换</Button></p> : <ProductPicker placeholder="是哪个药" onPick={setProduct} />}
				<Field label="一个码代表多少 (追溯码必填)" error={problem?.at("units")}><UnitsInput value={by ? unitsOf(product ?? {}, by) : count} of={product ?? {}} label="每码数量" testid="bind-units" onChange={(next) => { setBy(null); setCount(next); }} /></Field>
				<Field label="或按包装换算 (如一箱十盒: 乘 10; 半盒: 除 2)" error={problem?.at("divider")}><RatioInput of={product ?? {}} value={by ?? { multiplier: 1, divider: 1 }} onChange={setBy} /></Field>
			</div>
		</Modal>
	);
}

function Close({ of, close }: { of: Binding; close: () => void }) {
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	const run = async (how: "confirm" | "refuse") => {
		if (await act(async () => (await post(`code-bindings/${of.id}/${how}`, note.trim() ? { note: note.trim() } : {}), true))) close();
	};
	return (
		<Modal open closable={false} title={`${of.kind_title} ${of.code}`} onCancel={close} footer={[
			<Button key="back" onClick={close}>返回</Button>,
			<Button key="no" loading={busy} disabled={!note.trim()} data-testid="binding-refuse" onClick={() => void run("refuse")}>不是这个药</Button>,
			<Button key="yes" type="primary" loading={busy} data-testid="binding-confirm" onClick={() => void run("confirm")}>确认绑定</Button>,
		]}>
			<Trouble problem={problem} onClose={clear} />
			<p><Drug name={of.product_name} spec={of.spec} maker={of.maker} /></p>
			<p className="mute">{of.bound_by} {time(of.bound_at_ms)} 登记{of.units > 0 && <>, 每码 <Units n={of.units} of={of} /> ({of.units} {of.unit_name})</>}{of.units_before !== null && <b data-testid="units-before">, 现按每码 {of.units_before} {of.unit_name} 计, 确认后改</b>}; 须由另一人核对实物后确认。</p>
			<Field label="不确认时写明原因" wide><Input.TextArea rows={2} maxLength={500} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} /></Field>
		</Modal>
	);
}

export function CodeBindings() {
	const [query, change] = useQuery();
	const [open, setOpen] = useState<Binding | null>(null);
	const [adding, setAdding] = useState<string | null>(query.bind || null);
	// What the search asked to be bound is no filter of the list.
	useEffect(() => {
		if (query.bind) change({ bind: undefined });
	}, [query.bind, change]);
	if (query.bind) return null;
	return (
		<>
			<ListPage<Binding>
				title="编码绑定"
				resource="code-bindings"
				topics={["products"]}
				search={false}
				id={(row) => row.id}
				open={(row) => (can("CODE_BIND") && row.state === "open" ? () => setOpen(row) : null)}
				filters={[{ name: "state", label: "状态", options: options({ open: "待确认", confirmed: "已确认", refused: "未确认" }) }]}
				primary={{ label: "绑定编码", onClick: () => setAdding(""), permission: "CODE_BIND" }}
				empty={"扫不出来的条码在这里绑到药品上: 一人登记, 另一人核对后确认, 以后就认得。"}
				columns={[
					{ key: "code", title: "编码", card: "title", show: (row) => <b className="num">{row.code}</b> },
					{ key: "kind", title: "种类", show: (row) => row.kind_title },
					{ key: "product", title: "药品", show: (row) => <To path={`/products/${row.product_id}`}><Drug name={row.product_name} spec={row.spec} maker={row.maker} /></To> },
					{ key: "units", title: "每码数量", align: "right", show: (row) => (row.units ? <>{row.units_before !== null && <><Units n={row.units_before} of={row} /> → </>}<Units n={row.units} of={row} /></> : "") },
					{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={row.state_title} /> },
					{ key: "bound", title: "登记", show: (row) => <span className="num">{time(row.bound_at_ms)} <small>{row.bound_by}</small></span> },
					{ key: "closed", title: "办理", show: (row) => row.closed_at_ms && <span className="num">{time(row.closed_at_ms)} <small>{row.closed_by}</small> {row.note}</span> },
				]}
			/>
			{open && <Close of={open} close={() => setOpen(null)} />}
			{adding !== null && <Bind code={adding} close={() => setAdding(null)} />}
		</>
	);
}
