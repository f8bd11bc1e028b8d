// Small pieces that show one value. Colour means state and never stands alone.
import { Tooltip } from "antd";
import type { ReactNode } from "react";
import { daysBetween, today, units, ymd } from "../base/format";
import { go, href } from "../base/route";
import { current } from "../base/session";
import type { Packing } from "../base/types";

export type Tone = "good" | "wait" | "bad" | "way" | "off";
const MARK: Record<Tone, string> = { good: "●", wait: "◐", bad: "✕", way: "➤", off: "○" };

const TONES: Record<Tone, string> = {
	good: "approved posted released received inspected verified arrived collected resolved normal ok accepted matched here filed executed effective confirmed taken ordered committed paid settled answered",
	wait: "submitted pending allocated picked registered open part_received part_shipped part_posted acknowledged soon warn announced reviewed decided scheduled countersigning ordering entered disputed made issued prepared",
	bad: "rejected returned expired alarm told_unavailable active excursion fault bad refused revoked",
	way: "sent shipped transferring purchasing substituted transit",
	off: "draft closed cancelled silent never gone void withdrawn reopened",
};
// The same word in another document: goods just received wait for inspection; a returned alarm is calm again.
const SPECIAL: Record<string, Tone> = {
	"receipts.received": "wait", "alarms.returned": "wait", "requests.shipped": "good", "orders.approved": "wait", "filings.approved": "wait",
	"price-adjustments.effective": "wait", "volume-reports.confirmed": "way", "payments.approved": "wait", "month-closes.closed": "good",
};

export function toneOf(state: string, kind?: string): Tone {
	const special = kind ? SPECIAL[`${kind}.${state}`] : undefined;
	return special ?? (Object.keys(TONES) as Tone[]).find((tone) => TONES[tone].split(" ").includes(state)) ?? "off";
}

export function Chip({ tone, children }: { tone: Tone; children: ReactNode }) {
	return (
		<span className={`chip ${tone}`}>
			<span aria-hidden>{MARK[tone]}</span> {children}
		</span>
	);
}

export const StateChip = ({ state, title, kind }: { state: string; title?: string | null; kind?: string }) => (
	<Chip tone={toneOf(state, kind)}>{title ?? state}</Chip>
);

export function Units({ n, of, strong }: { n: number | null | undefined; of: Packing; strong?: boolean }) {
	const text = units(n, of);
	const base = n && (of.units_per_pack ?? 1) > 1 ? `${n} ${of.unit_name ?? ""}` : undefined;
	return (
		<span className={`num${strong ? " strong" : ""}`} title={base}>
			{text}
		</span>
	);
}

const WARN_DAYS = 180;

/** Date and days left; amber under the warning, red when past. A drug may be used through its expiry date. */
interface ExpiryProps {
	at: number | null | undefined;
	days?: number;
	warn?: boolean;
	/** Days before the expiry from which this drug is warned of. */
	warnDays?: number;
	expired?: boolean;
}

export function Expiry({ at, days, warn, warnDays = WARN_DAYS, expired }: ExpiryProps) {
	if (!at) return <span className="mute">—</span>;
	const left = days ?? daysBetween(current().session?.today_ymd ?? today(), at);
	const past = expired ?? left < 0;
	const soon = warn ?? left < warnDays;
	const words = past ? `已过期 ${-left} 天` : `${left} 天`;
	return (
		<span className={`num expiry ${past ? "past" : soon ? "soon" : ""}`}>
			{ymd(at)} <small>{words}</small>
		</span>
	);
}

/** Lot and expiry always side by side. */
export const Lot = ({ lot, ...expiry }: { lot: string | null | undefined } & Parameters<typeof Expiry>[0]) => (
	<span className="lot">
		<b className="num">{lot || "—"}</b> <Expiry {...expiry} />
	</span>
);

export function Drug({ name, spec, maker, note }: { name: string; spec?: string | null; maker?: string | null; note?: ReactNode }) {
	return (
		<span className="drug">
			<b>{name}</b> <span>{spec}</span> {maker && <small className="mute">{maker}</small>} {note}
		</span>
	);
}

export const alikeRule = "拣货时每批至少扫一盒, 否则由另一人核对后发出";
export const alertRule: Record<string, string> = { A: "由拣货人以外的人核对后发出", B: "拣货时逐盒扫码, 否则由另一人核对后发出", C: alikeRule };

/** What nobody may overlook when choosing or picking: 高警示, 听似看似. Words, not only a sign. */
export function Marks({ of }: { of: { high_alert?: string | null; look_alike?: string | null } }) {
	return (
		<>
			{of.high_alert && <span className="mark" data-testid="mark-high-alert" title={alertRule[of.high_alert]}>⚠ 高警示 {of.high_alert}</span>}
			{of.look_alike && <span className="mark" data-testid="mark-look-alike" title={alikeRule}>≈ 易混: {of.look_alike}</span>}
		</>
	);
}

/** A link inside the page. */
export function To({ path, children, ...rest }: { path: string; children: ReactNode; className?: string; "data-testid"?: string; title?: string }) {
	return (
		<a
			href={href(path)}
			onClick={(event) => {
				if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
				event.preventDefault();
				event.stopPropagation();
				go(path);
			}}
			{...rest}
		>
			{children}
		</a>
	);
}

/** A computed number that opens its explanation. */
export function Explained({ onClick, children, label }: { onClick: () => void; children: ReactNode; label: string }) {
	return (
		<Tooltip title={label}>
			<button type="button" className="explained num" onClick={onClick} aria-label={label}>
				{children}
			</button>
		</Tooltip>
	);
}

/** A labelled value in the head of a document. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
	if (children === null || children === undefined || children === "") return null;
	return (
		<div className="fact">
			<dt>{label}</dt>
			<dd>{children}</dd>
		</div>
	);
}
