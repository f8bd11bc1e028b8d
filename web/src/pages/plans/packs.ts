// A quantity in one cell: "12" packs, "12+6" packs and units. One cell is what a spreadsheet and a row of arrow keys want.

export function packsText(units: number, perPack: number | null | undefined): string {
	const per = perPack ?? 1;
	if (units === 0) return "";
	const packs = Math.floor(units / per);
	const rest = units % per;
	return rest === 0 ? String(packs) : `${packs || ""}+${rest}`;
}

/** null where it is no quantity. Empty is none. */
export function parsePacks(text: string, perPack: number | null | undefined): number | null {
	const match = /^(\d{0,8})(?:\+(\d{0,8}))?$/.exec(text.trim());
	if (!match) return null;
	const units = Number(match[1] || 0) * (perPack ?? 1) + Number(match[2] || 0);
	return units <= 1_000_000_000 ? units : null;
}

export interface PastedRow {
	what: string;
	packs: string;
	price: string | undefined;
}

/** Rows copied from a spreadsheet: code (or name) TAB packs [TAB price]. A head line is left out. */
export function pastedRows(text: string): PastedRow[] {
	const rows = text
		.split(/\r?\n/)
		.filter((line) => line.trim())
		.map((line) => line.split("\t").map((cell) => cell.trim()));
	return rows
		.filter(([, packs], i) => i > 0 || /^[\d+,]+$/.test(packs ?? ""))
		.map(([what = "", packs = "", price]) => ({ what, packs: packs.replace(/,/g, ""), price: price || undefined }));
}

/** "12+6" as packs and units beside them; null where it is no quantity. */
export function splitPacks(text: string): { packs: number; units: number } | null {
	const match = /^(\d{0,8})(?:\+(\d{0,8}))?$/.exec(text.trim());
	return match && text.trim() ? { packs: Number(match[1] || 0), units: Number(match[2] || 0) } : null;
}

/** Months of stock in tenths by the daily use; null without use. */
export const monthsTenths = (stock: number, dailyMilli: number): number | null => (dailyMilli > 0 ? Math.floor((stock * 10_000) / (dailyMilli * 30)) : null);
