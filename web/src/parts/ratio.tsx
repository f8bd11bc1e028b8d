// 药品标识码: how many packs one code stands for, as multiplier and divider, and the fields to type them.
import type { Packing } from "../base/types";
import { Cell } from "./Fields";

export interface Ratio {
	multiplier: number;
	divider: number;
}

export const ratio = (of: Ratio) => `×${of.multiplier}${of.divider > 1 ? ` ÷${of.divider}` : ""}`;

/** The units of one code; null where they are no whole number. */
export function unitsOf(of: Packing, by: Ratio): number | null {
	const units = ((of.units_per_pack ?? 1) * by.multiplier) / by.divider;
	return Number.isInteger(units) && units > 0 ? units : null;
}

const number = (text: string) => Math.max(1, Number(text.replace(/\D/g, "").slice(0, 6)) || 1);

/** Typed beside the quantity: it follows at once, and says where it would not be whole. */
export function RatioInput({ of, value, onChange, error }: { of: Packing; value: Ratio; onChange: (next: Ratio) => void; error?: string }) {
	const units = unitsOf(of, value);
	return (
		<span className="units-input">
			<span>乘数 <Cell value={String(value.multiplier)} testid="ratio-multiplier" inputMode="numeric" aria-label="乘数" error={error} onChange={(text) => onChange({ ...value, multiplier: number(text) })} /></span>
			<span>除数 <Cell value={String(value.divider)} testid="ratio-divider" inputMode="numeric" aria-label="除数" error={error} onChange={(text) => onChange({ ...value, divider: number(text) })} /></span>
			<span data-testid="ratio-units" role={units === null ? "alert" : undefined}>{units === null ? `${of.units_per_pack ?? 1} × ${value.multiplier} ÷ ${value.divider} 不是整数` : `= ${units} ${of.unit_name ?? ""}`}</span>
		</span>
	);
}
