// The days behind a daily use: days and weeks of one drug in one depot, and the months that were only told as months.

export interface UseDay {
	ymd: number;
	units: number;
	out: boolean;
}
export interface UseMonth {
	ym: number;
	units: number;
	days_out: number;
}
export interface UseSpan {
	from: number;
	to: number;
	units: number;
	out: number;
}

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;
const utc = (ymd: number) => Date.UTC(Math.floor(ymd / 10000), (Math.floor(ymd / 100) % 100) - 1, ymd % 100);

export function addDays(ymd: number, days: number): number {
	const at = new Date(utc(ymd) + days * DAY_MS);
	return at.getUTCFullYear() * 10000 + (at.getUTCMonth() + 1) * 100 + at.getUTCDate();
}

/** When a day begins in China. */
export const beginMs = (ymd: number) => utc(ymd) - CHINA_MS;

/** Monday is 0. */
export const weekday = (ymd: number) => (utc(ymd) / DAY_MS + 3) % 7;

/** Every day from one to another; the service tells those with use or without stock. */
export function everyDay(from: number, to: number, told: UseDay[]): UseDay[] {
	const known = new Map(told.map((day) => [day.ymd, day]));
	const days: UseDay[] = [];
	for (let ymd = from; ymd <= to; ymd = addDays(ymd, 1)) days.push(known.get(ymd) ?? { ymd, units: 0, out: false });
	return days;
}

/** Weeks from Monday to Sunday; the first and the last may be shorter. */
export function weeksOf(days: UseDay[]): UseSpan[] {
	const weeks: UseSpan[] = [];
	for (const day of days) {
		const last = weeks[weeks.length - 1];
		if (!last || weekday(day.ymd) === 0) weeks.push({ from: day.ymd, to: day.ymd, units: day.units, out: Number(day.out) });
		else Object.assign(last, { to: day.ymd, units: last.units + day.units, out: last.out + Number(day.out) });
	}
	return weeks;
}

/** Months that used more than their days tell: they come from before days were kept. */
export function monthsWithoutDays(months: UseMonth[], days: UseDay[]): UseMonth[] {
	const sums = new Map<number, number>();
	for (const day of days) sums.set(Math.floor(day.ymd / 100), (sums.get(Math.floor(day.ymd / 100)) ?? 0) + day.units);
	return months.filter((month) => month.units > (sums.get(month.ym) ?? 0));
}
