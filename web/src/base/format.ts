// How values are shown. All arithmetic on money and stock is on integers.
import type { Packing } from "./types";

/** 96 units of a 30-unit pack: "3 盒 + 6 片"; whole packs "3 盒"; less than a pack "6 片". */
export function units(n: number | null | undefined, packing: Packing = {}): string {
	if (n === null || n === undefined) return "";
	const per = packing.units_per_pack ?? 1;
	const unit = packing.unit_name ?? "";
	if (per <= 1) return `${group(n)} ${packing.pack_name || unit}`.trim();
	const sign = n < 0 ? "-" : "";
	const whole = Math.floor(Math.abs(n) / per);
	const rest = Math.abs(n) % per;
	const packs = `${sign}${group(whole)} ${packing.pack_name ?? "包装"}`;
	if (rest === 0) return n === 0 ? `0 ${packing.pack_name ?? ""}`.trim() : packs;
	return whole === 0 ? `${sign}${rest} ${unit}`.trim() : `${packs} ${sign || "+ "}${rest} ${unit}`.trim();
}

/** 1234567 → "1,234,567" */
export function group(n: number): string {
	return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A decimal string in yuan, grouped, kept digit for digit. */
export function money(text: string | null | undefined): string {
	if (!text) return "";
	const [whole, part] = text.split(".");
	return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`);
}

/** "12.5" → 125000 (1/10,000 yuan); null when it is no price: at most 4 decimals, not negative. */
export function priceE4(text: string | null | undefined): number | null {
	const match = /^(\d{1,9})(?:\.(\d{1,4}))?$/.exec((text ?? "").trim());
	return match ? Number(match[1]) * 10000 + Number((match[2] ?? "").padEnd(4, "0")) : null;
}

/** The amount of a line in fen, rounded half up as the service does. */
export function amountFen(count: number, price: string | null | undefined, perPack: number): number | null {
	const e4 = priceE4(price);
	if (e4 === null || perPack < 1) return null;
	const divisor = BigInt(perPack) * 100n;
	return Number((BigInt(count) * BigInt(e4) * 2n + divisor) / (divisor * 2n));
}

/** 123456 fen → "1,234.56" */
export function fen(n: number): string {
	return money(`${n < 0 ? "-" : ""}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, "0")}`);
}

/** 20271130 → "2027-11-30" */
export function ymd(n: number | null | undefined): string {
	if (!n) return "";
	const text = String(n);
	return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

function daysInMonth(year: number, month: number): number {
	return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Reads a typed date: 20271130, 2027-11-30, 2027.11.30, 271130; a month alone (202711, 2027-11) is its last day,
 * as an expiry printed without a day means. Null when it is none.
 */
export function parseYmd(text: string): number | null {
	const clean = text.trim().replace(/[年月./\s]/g, "-").replace(/日/g, "");
	const parted = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?-?$/.exec(clean);
	const solid = /^(\d{4})(\d{2})(\d{2})?$/.exec(clean);
	const short = /^(\d{2})(\d{2})(\d{2})$/.exec(clean);
	const year6 = solid && Number(solid[1]) >= 1990 && Number(solid[1]) <= 2099;
	const match = parted ?? (year6 ? solid : short);
	if (!match) return null;
	const year = match[1].length === 2 ? 2000 + Number(match[1]) : Number(match[1]);
	const month = Number(match[2]);
	if (month < 1 || month > 12) return null;
	const last = daysInMonth(year, month);
	const day = match[3] ? Number(match[3]) : last;
	return day < 1 || day > last ? null : year * 10000 + month * 100 + day;
}

/** Whole days from one date to another. */
export function daysBetween(from: number, to: number): number {
	const at = (n: number) => Date.UTC(Math.floor(n / 10000), (Math.floor(n / 100) % 100) - 1, n % 100);
	return Math.round((at(to) - at(from)) / DAY_MS);
}

function china(ms: number): string {
	return new Date(ms + CHINA_MS).toISOString();
}

/** "2026-11-21 08:30", at UTC+8 whatever the machine thinks. */
export function time(ms: number | null | undefined): string {
	return ms ? china(ms).slice(0, 16).replace("T", " ") : "";
}

/** "08:30:12" */
export function clock(ms: number): string {
	return china(ms).slice(11, 19);
}

/** "11-21 08:30" */
export function shortTime(ms: number | null | undefined): string {
	return time(ms).slice(5);
}

export function today(now = Date.now()): number {
	return Number(china(now).slice(0, 10).replace(/-/g, ""));
}

/** Hundredths of a degree: 452 → "4.5". */
export function celsius(c100: number | null | undefined): string {
	if (c100 === null || c100 === undefined) return "--";
	const tenths = Math.sign(c100) * Math.round(Math.abs(c100) / 10);
	return `${tenths < 0 ? "-" : ""}${Math.floor(Math.abs(tenths) / 10)}.${Math.abs(tenths) % 10}`;
}

/** 30 → "1 天 6 小时" */
export function age(hours: number): string {
	if (hours < 24) return `${hours} 小时`;
	const days = Math.floor(hours / 24);
	return days >= 3 || hours % 24 === 0 ? `${days} 天` : `${days} 天 ${hours % 24} 小时`;
}

/** Thousandths of a unit per day: 12500 → "12.5". */
export function milli(n: number): string {
	const tenths = Math.round(n / 100);
	return `${group(Math.floor(tenths / 10))}${tenths % 10 ? `.${tenths % 10}` : ""}`;
}
