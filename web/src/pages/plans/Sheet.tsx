// The wide sheet: one row per drug and receiver. Only the rows on the screen are drawn, so that 1,500 lines scroll and take
// typing as ten do; arrows and Enter go from cell to cell over all of them.
import { type KeyboardEvent, memo, useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { fen, milli, priceE4 } from "../../base/format";
import type { Supplier } from "../../base/types";
import { Drug, Explained, To, Units } from "../../parts/cells";
import { Cell } from "../../parts/Fields";
import type { Draft } from "../../parts/Lines";
import { type Volume, VolumeCell } from "../../parts/volume";
import { Ceiling, draftFen, priceTrouble } from "../orders/price";
import { monthsTenths, packsText, parsePacks } from "./packs";
import type { PlanLine, Typed } from "./types";

const ROW = 46;
const AROUND = 12;

export const draftOfLine = (line: PlanLine): Draft => ({ ...line, key: line.id, price: line.price ?? "" }) as unknown as Draft;
export const lineFen = (line: PlanLine) => (line.units > 0 ? draftFen(draftOfLine(line)) : 0);
export const lineTrouble = (line: PlanLine): string | undefined =>
	line.units === 0 ? undefined : line.supplier_id === null ? "没有选择供应商" : priceTrouble({ ...draftOfLine(line), price: line.price ?? line.ceiling_price ?? "" });

/** Months of stock as a number, and the year's use as a small curve. */
function Months({ line }: { line: PlanLine }) {
	const tenths = monthsTenths(line.stock_units, line.daily_use_milli);
	const months = line.months ? line.months.split(" ").map(Number) : [];
	const most = Math.max(1, ...months);
	const points = months.map((n, i) => `${i * 5},${18 - (16 * n) / most}`).join(" ");
	return (
		<span className="months" title={`近十二个月用量: ${line.months || "无"}; 日均 ${milli(line.daily_use_milli)} ${line.unit_name ?? ""}`}>
			<b className={tenths !== null && tenths < 5 ? "num bad-text" : "num"}>{tenths === null ? "—" : `${Math.floor(tenths / 10)}.${tenths % 10}`}</b>
			<svg width="56" height="20" viewBox="0 0 56 20" aria-hidden>
				<polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.5" />
			</svg>
		</span>
	);
}

interface CellProps {
	line: PlanLine;
	change: (id: string, part: Typed) => void;
}

/** Packs, or packs+units; "=" takes the suggestion. */
function QuantityCell({ line, change, asked }: CellProps & { asked?: boolean }) {
	const [typed, setTyped] = useState<string | null>(null);
	const wrong = typed !== null && parsePacks(typed, line.units_per_pack) === null;
	const take = (text: string) => {
		if (text.includes("=") || text.includes("＝")) {
			setTyped(null);
			change(line.id, { units: line.suggest_units });
			return;
		}
		setTyped(text);
		const units = parsePacks(text, line.units_per_pack);
		if (units !== null) change(line.id, { units });
	};
	return (
		<span className="sheet-quantity">
			<Cell
				value={typed ?? packsText(line.units, line.units_per_pack)}
				cell="units"
				field={`lines[${line.n - 1}].units`}
				testid={`plan-${line.n}-packs`}
				inputMode="numeric"
				autoComplete="off"
				aria-label={`${line.product_name} ${asked ? "所需" : "订购"}数量 (${line.pack_name ?? line.unit_name ?? ""})`}
				error={wrong ? "写作 12 或 12+6 (盒+零头)" : undefined}
				onBlur={() => setTyped(null)}
				onChange={take}
			/>
			<small>{line.pack_name ?? line.unit_name}</small>
		</span>
	);
}

function PlanPrice({ line, change }: CellProps) {
	const [typed, setTyped] = useState<string | null>(null);
	const trouble = line.units > 0 ? priceTrouble({ ...draftOfLine(line), price: typed ?? line.price ?? line.ceiling_price ?? "" }) : undefined;
	const take = (raw: string) => {
		const text = raw.replace(/。/g, ".").replace(/[^\d.]/g, "");
		setTyped(text);
		if (text === "") change(line.id, { price: null });
		else if (priceE4(text) !== null) change(line.id, { price: text });
	};
	return (
		<Cell
			value={typed ?? line.price ?? ""}
			cell="price"
			field={`lines[${line.n - 1}].price`}
			testid={`plan-${line.n}-price`}
			inputMode="decimal"
			autoComplete="off"
			placeholder={line.ceiling_price ?? "挂网价"}
			aria-label={`${line.product_name} 单价`}
			error={trouble}
			onBlur={() => setTyped(null)}
			onChange={take}
		/>
	);
}

/** The supplier by name; the names come from one list of the page. */
function SupplierCell({ line, change, suppliers }: CellProps & { suppliers: Supplier[] }) {
	const [typed, setTyped] = useState<string | null>(null);
	const take = (text: string) => {
		setTyped(text);
		const found = suppliers.find((one) => one.name === text.trim());
		if (found) change(line.id, { supplier_id: found.id });
	};
	const name = suppliers.find((one) => one.id === line.supplier_id)?.name ?? line.supplier_name ?? "";
	return (
		<Cell
			value={typed ?? name}
			list="plan-suppliers"
			cell="supplier"
			field={`lines[${line.n - 1}].supplier_id`}
			testid={`plan-${line.n}-supplier`}
			autoComplete="off"
			aria-label={`${line.product_name} 供应商`}
			placeholder="选择供应商"
			error={line.units > 0 && !line.supplier_id ? "没有选择供应商" : undefined}
			onBlur={() => setTyped(null)}
			onChange={take}
		/>
	);
}

interface RowProps extends CellProps {
	at: number;
	editable: boolean;
	ofSite: boolean;
	home: string;
	suppliers: Supplier[];
	/** undefined: no line of the sheet is in a round. */
	volume: Volume | null | undefined;
	explain: (line: PlanLine) => void;
}

const Row = memo(function Row({ line, at, editable, ofSite, home, suppliers, volume, change, explain }: RowProps) {
	const open = editable && !line.order_id;
	return (
		<tr data-testid="plan-row" data-row={line.n} data-at={at} style={{ height: ROW }} className={line.order_id ? "complete" : lineTrouble(line) && !ofSite ? "wrong-row" : undefined}>
			<td className="right mute num">{line.n}</td>
			<td className="sheet-drug">
				<Drug name={line.product_name} spec={line.spec} maker={line.maker} note={!ofSite && line.to_site_id !== home ? <small className="tag">直送 {line.to_site_name}</small> : undefined} />
			</td>
			<td className="right"><Units n={line.stock_units} of={line} /></td>
			<td className="right"><Units n={line.transit_units + line.on_order_units || null} of={line} /></td>
			{!ofSite && <td className="right"><Units n={line.asked_units || null} of={line} /></td>}
			<td><Months line={line} /></td>
			{volume !== undefined && <td><div className="sheet-volume" data-testid={volume ? "plan-volume" : undefined}><VolumeCell of={volume} packing={line} /></div></td>}
			<td className="right">
				<Explained label="建议数量怎么算的" onClick={() => explain(line)}>
					{line.suggest_units > 0 ? <Units n={line.suggest_units} of={line} strong /> : "不需要"}
				</Explained>
			</td>
			<td className="right">{open ? <QuantityCell line={line} change={change} asked={ofSite} /> : <Units n={line.units || null} of={line} strong />}</td>
			{ofSite ? (
				<td className="center">
					<input type="checkbox" aria-label={`${line.product_name} 直送`} disabled={!open} checked={line.direct} onChange={(event) => change(line.id, { direct: event.target.checked })} />
				</td>
			) : (
				<>
					<td className="right">{open ? <PlanPrice line={line} change={change} /> : <span className="num">{line.price ?? line.ceiling_price}</span>}</td>
					<td className="right"><Ceiling of={draftOfLine(line)} /></td>
					<td className="right num">{line.units > 0 ? fen(lineFen(line)) : ""}</td>
					<td>
						{open ? <SupplierCell line={line} change={change} suppliers={suppliers} /> : line.supplier_name}
						{line.order_id && <small className="block"><To path={`/orders/${line.order_id}`}>{line.order_number}</To> <span className="mute">{line.order_state}</span></small>}
					</td>
				</>
			)}
		</tr>
	);
});

/** Left and right leave a cell where the caret has nowhere to go. */
function sideways(input: HTMLInputElement, key: string): boolean {
	const { selectionStart: from, selectionEnd: to } = input;
	const whole = from === 0 && to === input.value.length;
	return key === "ArrowLeft" ? whole || to === 0 : whole || from === input.value.length;
}

interface SheetProps {
	lines: PlanLine[];
	editable: boolean;
	ofSite: boolean;
	home: string;
	suppliers: Supplier[];
	volumes: Map<string, Volume>;
	change: (id: string, part: Typed) => void;
	explain: (line: PlanLine) => void;
	paste: (text: string) => void;
}

export function Sheet({ lines, editable, ofSite, home, suppliers, volumes, change, explain, paste }: SheetProps) {
	const box = useRef<HTMLDivElement>(null);
	const [top, setTop] = useState(0);
	const [height, setHeight] = useState(500);
	useEffect(() => {
		const observer = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 500));
		if (box.current) observer.observe(box.current);
		return () => observer.disconnect();
	}, []);
	// Fewer lines than before: the box has not scrolled back yet.
	const seen = Math.ceil(height / ROW);
	const begin = Math.max(0, Math.min(Math.floor(top / ROW), lines.length - seen));
	const first = Math.max(0, begin - AROUND);
	const last = Math.min(lines.length, begin + seen + AROUND);

	const focus = useCallback((at: number, cell: string) => {
		const node = box.current;
		if (!node) return;
		const y = at * ROW;
		const head = node.querySelector("thead")?.clientHeight ?? 34;
		if (y < node.scrollTop) node.scrollTop = y;
		else if (y + ROW + head > node.scrollTop + node.clientHeight) node.scrollTop = y + ROW + head - node.clientHeight;
		flushSync(() => setTop(node.scrollTop));
		const input = node.querySelector<HTMLInputElement>(`tr[data-at="${at}"] input[data-cell="${cell}"]`);
		input?.focus({ preventScroll: true });
		input?.select();
	}, []);
	const move = (event: KeyboardEvent<HTMLTableSectionElement>) => {
		const target = event.target as HTMLInputElement;
		const cell = target.dataset?.cell;
		const row = target.closest<HTMLElement>("tr[data-at]");
		if (!cell || !row || event.altKey || event.ctrlKey || event.nativeEvent.isComposing) return;
		const at = Number(row.dataset.at);
		if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
			const cells = Array.from(row.querySelectorAll<HTMLInputElement>("input[data-cell]"));
			const next = cells[cells.indexOf(target) + (event.key === "ArrowLeft" ? -1 : 1)];
			if (!next || !sideways(target, event.key)) return;
			event.preventDefault();
			next.focus();
			next.select();
			return;
		}
		const page = Math.max(1, Math.floor(height / ROW) - 2);
		const steps: Record<string, number> = { Enter: 1, ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
		if (!(event.key in steps) || (cell === "supplier" && event.key.startsWith("Arrow"))) return;
		event.preventDefault();
		const wanted = Math.max(0, Math.min(lines.length - 1, at + steps[event.key]));
		if (wanted !== at) focus(wanted, cell);
	};
	const inRound = volumes.size > 0 ? ["集采"] : [];
	const heads = ofSite
		? ["#", "药品", "库存", "在途在订", "可用月数", ...inRound, "建议", "所需数量", "直送"]
		: ["#", "药品", "库存", "在途在订", "分院所需", "可用月数", ...inRound, "建议", "订购数量", "单价 (元)", "限价与来源", "金额 (元)", "供应商"];
	return (
		<div
			className={volumes.size > 0 ? "sheet in-round" : "sheet"}
			ref={box}
			onScroll={(event) => setTop(event.currentTarget.scrollTop)}
			onPaste={(event) => {
				const text = event.clipboardData.getData("text");
				if (!text.includes("\t")) return;
				event.preventDefault();
				paste(text);
			}}
		>
			<datalist id="plan-suppliers">
				{suppliers.map((one) => (
					<option key={one.id} value={one.name} />
				))}
			</datalist>
			<table className="table" aria-label="计划明细" data-testid="plan-lines" data-count={lines.length}>
				<thead>
					<tr>
						{heads.map((head) => (
							<th key={head} scope="col" className={["药品", "可用月数", "集采", "供应商"].includes(head) ? undefined : "right"}>{head}</th>
						))}
					</tr>
				</thead>
				<tbody onKeyDown={move}>
					{first > 0 && <tr aria-hidden style={{ height: first * ROW }} />}
					{lines.slice(first, last).map((line, i) => (
						<Row key={line.id} line={line} at={first + i} editable={editable} ofSite={ofSite} home={home} suppliers={suppliers} volume={volumes.size > 0 ? (volumes.get(line.id) ?? null) : undefined} change={change} explain={explain} />
					))}
					{last < lines.length && <tr aria-hidden style={{ height: (lines.length - last) * ROW }} />}
				</tbody>
			</table>
		</div>
	);
}
