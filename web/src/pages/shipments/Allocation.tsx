// What goes: the batches chosen by expiry, those passed over greyed with their reason, the unmet rest in sight.
import { useMemo } from "react";
import type { Allocation, Shipment, ShipmentLine } from "../../base/types";
import { alertRule, alikeRule, Chip, Drug, Expiry, Marks, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { UnitsInput } from "../../parts/Fields";

/** What of a line was picked or received, over its batches. */
const sum = (line: ShipmentLine, name: "picked_units" | "received_units") => line.allocations.reduce((total, batch) => total + (batch[name] ?? 0), 0);

function Batches({ line }: { line: ShipmentLine }) {
	if (line.allocations.length === 0 && line.passed_over.length === 0) return null;
	return (
		<ul className="passed">
			{line.allocations.map((batch) => (
				<li key={batch.id} data-testid="allocation" style={{ color: "var(--ink)" }}>
					<b className="num">{batch.lot}</b> <Expiry at={batch.expiry_ymd} /> · {batch.bin ? `货位 ${batch.bin} · ` : ""}
					<Units n={batch.units} of={line} strong />
				</li>
			))}
			{line.passed_over.map((batch) => (
				<li key={batch.lot + batch.reason} data-testid="passed-over">
					<s className="num">{batch.lot}</s> <Expiry at={batch.expiry_ymd} /> · <Units n={batch.units} of={line} /> · 未选: {batch.reason_title}
				</li>
			))}
		</ul>
	);
}

export function AllocationSheet({ shipment }: { shipment: Shipment }) {
	const begun = shipment.state !== "draft";
	return (
		<DataTable
			label="配送明细"
			testid="lines"
			rows={shipment.lines}
			id={(line) => line.id}
			below={(line) => <Batches line={line} />}
			columns={[
				{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
				{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} note={<Marks of={line} />} /> },
				{ key: "units", title: "应发", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
				{ key: "unmet", title: "缺", align: "right", show: (line) => (line.unmet_units > 0 ? <Chip tone="bad"><Units n={line.unmet_units} of={line} /></Chip> : begun ? <Chip tone="good">足</Chip> : "") },
				{ key: "picked", title: "已拣", align: "right", show: (line) => <Units n={sum(line, "picked_units")} of={line} /> },
				{ key: "received", title: "已收", align: "right", show: (line) => <Units n={sum(line, "received_units")} of={line} /> },
			]}
		/>
	);
}

export interface Stop extends Allocation {
	line: ShipmentLine;
}

export const stopsOf = (shipment: Shipment): Stop[] => shipment.lines.flatMap((line) => line.allocations.map((batch) => ({ ...batch, line })));

/** What the picker of a marked drug must do, said before and not after. */
function Care({ of }: { of: ShipmentLine }) {
	const rule = of.high_alert ? alertRule[of.high_alert] : of.look_alike ? alikeRule : null;
	return rule && <small className="mute" data-testid="care">{rule}</small>;
}

/** The pick list in walking order: by bin. */
export function PickList({ shipment, typed, set }: { shipment: Shipment; typed: Record<string, number>; set: (typed: Record<string, number>) => void }) {
	const stops = useMemo(() => stopsOf(shipment).sort((a, b) => (a.bin ?? "").localeCompare(b.bin ?? "", "zh", { numeric: true })), [shipment]);
	return (
		<>
			<h2>拣货 (按货位顺序)</h2>
			<DataTable
				label="拣货单"
				testid="picklist"
				rows={stops}
				id={(stop) => stop.id}
				rowClass={(stop) => ((typed[stop.id] ?? stop.picked_units ?? 0) >= stop.units ? "complete" : undefined)}
				columns={[
					{ key: "bin", title: "货位", width: 90, show: (stop) => <b className="num">{stop.bin ?? "—"}</b> },
					{ key: "product", title: "药品", card: "title", show: (stop) => <Drug name={stop.line.product_name} spec={stop.line.spec} note={<><Marks of={stop.line} /> <Care of={stop.line} /></>} /> },
					{ key: "lot", title: "批号 · 有效期", show: (stop) => <span className="lot"><b className="num">{stop.lot}</b> <Expiry at={stop.expiry_ymd} /></span> },
					{ key: "units", title: "拣", align: "right", show: (stop) => <Units n={stop.units} of={stop.line} strong /> },
					{ key: "scanned", title: "已扫", align: "right", show: (stop) => <Units n={stop.picked_units || null} of={stop.line} /> },
					{ key: "typed", title: "实拣", align: "right", width: 200, show: (stop, n) => <UnitsInput value={typed[stop.id] ?? stop.units} of={stop.line} label={`第 ${n} 行实拣`} testid={`pick-${n}`} onChange={(count) => set({ ...typed, [stop.id]: count ?? 0 })} /> },
				]}
			/>
		</>
	);
}
