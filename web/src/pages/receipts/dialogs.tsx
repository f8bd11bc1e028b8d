// What a scan may have to ask: which drug a new code is, which lot, which column of the supplier's note.
import { Modal, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import type { ExpectedLine } from "../../base/types";
import { units } from "../../base/format";
import type { Close } from "../../parts/ask";
import { Cell, DateCell, Field, UnitsInput } from "../../parts/Fields";
import { type Ratio, RatioInput, unitsOf } from "../../parts/ratio";
import { Trouble } from "../../parts/Trouble";

const lineOptions = (lines: ExpectedLine[]) =>
	lines.map((line) => ({ value: line.order_line_id, label: `${line.product_name} ${line.spec ?? ""} (还差 ${units(line.left_units, line)})` }));

export interface Binding {
	order_line_id: string;
	units_per_code: number;
	multiplier?: number;
	divider?: number;
}

/** A code with a prefix nobody has seen: asked once, remembered, confirmed by the inspector. */
export function BindingDialog({ code, lines, close }: { code: string; lines: ExpectedLine[]; close: Close<Binding> }) {
	const [line, setLine] = useState<string>();
	const chosen = lines.find((one) => one.order_line_id === line);
	const [count, setCount] = useState<number | null>(null);
	const [by, setBy] = useState<Ratio | null>(null);
	const each = (by ? unitsOf(chosen ?? {}, by) : count ?? chosen?.units_per_pack) ?? 0;
	return (
		<Modal open closable={false} title="新的药品标识码: 这是哪一行的药?" okText="绑定并收货" cancelText="放弃这一扫" onCancel={() => close(null)} okButtonProps={{ disabled: !line || each < 1, "data-testid": "binding-ok" }} onOk={() => close({ order_line_id: line!, units_per_code: each, ...by })}>
			<div className="dialog-form" data-testid="binding-dialog">
				<p className="num">{code}</p>
				<Field label="订单行">
					<Select autoFocus data-testid="binding-line" showSearch={{ optionFilterProp: "label" }} placeholder="选择药品" value={line} options={lineOptions(lines)} onChange={(id: string) => { setLine(id); setCount(null); setBy(null); }} />
				</Field>
				<Field label="一个码是多少">
					<UnitsInput value={each} of={chosen ?? {}} label="一个码的数量" testid="binding" onChange={(next) => { setBy(null); setCount(next); }} />
				</Field>
				<Field label="或按包装换算 (整箱的码乘, 半盒的码除)">
					<RatioInput of={chosen ?? {}} value={by ?? { multiplier: 1, divider: 1 }} onChange={setBy} />
				</Field>
				<p className="mute">以后扫到同样前缀的码会自动认出; 验收时由另一人确认。</p>
			</div>
		</Modal>
	);
}

export interface LotAnswer {
	lot: string;
	expiry_ymd: number;
	order_line_id?: string;
}

/** The 20-digit code carries neither lot nor expiry: typed once per lot. */
export function LotDialog({ code, lines, last, close }: { code: string; lines: ExpectedLine[]; last: LotAnswer | null; close: Close<LotAnswer> }) {
	const [lot, setLot] = useState(last?.lot ?? "");
	const [expiry, setExpiry] = useState<number | null>(last?.expiry_ymd ?? null);
	const [line, setLine] = useState<string>();
	const ready = lot.trim() !== "" && expiry !== null;
	const ok = () => ready && close({ lot: lot.trim(), expiry_ymd: expiry, ...(line ? { order_line_id: line } : {}) });
	return (
		<Modal open closable={false} title="请录入批号和有效期" okText="收货" cancelText="放弃这一扫" onCancel={() => close(null)} okButtonProps={{ disabled: !ready, "data-testid": "lot-ok" }} onOk={ok}>
			<form className="dialog-form" data-testid="lot-dialog" onSubmit={(event) => { event.preventDefault(); ok(); }}>
				<p className="num">{code}</p>
				<Field label="批号">
					<Cell autoFocus value={lot} testid="lot" maxLength={40} onChange={setLot} />
				</Field>
				<Field label="有效期至 (只有年月时按月底)">
					<DateCell value={expiry} testid="expiry" onChange={setExpiry} />
				</Field>
				<Field label="订单行 (同一药品有几行时)">
					<Select allowClear placeholder="自动" value={line} options={lineOptions(lines)} onChange={setLine} />
				</Field>
				<button type="submit" hidden />
			</form>
		</Modal>
	);
}

const NOTE_FIELDS: [string, string][] = [
	["product_code", "药品编码"], ["gtin", "商品条码 (GTIN)"], ["lot", "批号"], ["made_ymd", "生产日期"], ["expiry_ymd", "有效期至"], ["packs", "数量 (盒)"],
	["units", "数量 (最小单位)"], ["trace_code", "追溯码"], ["parent_code", "上级 (箱) 码"], ["approval_no", "批准文号"],
];

export interface ColumnMap {
	columns: { field: string; column: string }[];
}

/** Which column of this supplier's delivery note is what; kept for the next note. */
export function ColumnMapDialog({ supplier, head, known, close }: { supplier: string; head: string[]; known: ColumnMap | null; close: Close<true> }) {
	const [map, setMap] = useState<Record<string, string>>(() => Object.fromEntries((known?.columns ?? []).map((one) => [one.field, one.column])));
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			const columns = Object.entries(map).filter(([, column]) => column).map(([field, column]) => ({ field, column }));
			await post(`suppliers/${supplier}/column-map`, { columns });
			close(true);
		});
	return (
		<Modal open closable={false} title="随货同行单的列" okText="保存并导入" cancelText="取消" confirmLoading={busy} onCancel={() => close(null)} onOk={() => void save()} okButtonProps={{ "data-testid": "column-map-ok" }}>
			<Trouble problem={problem} />
			<div className="dialog-form" data-testid="column-map-dialog">
				{NOTE_FIELDS.map(([field, title]) => (
					<Field key={field} label={title}>
						<Select allowClear placeholder="没有这一列" data-testid={`map-${field}`} value={map[field]} options={head.map((column) => ({ value: column, label: column }))} onChange={(column?: string) => setMap((old) => ({ ...old, [field]: column ?? "" }))} />
					</Field>
				))}
			</div>
		</Modal>
	);
}
