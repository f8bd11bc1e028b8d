// 集采: how a product stands in its round, as a bar with the time on it, and the selected product first.
import { useData } from "../base/data";
import { group, units } from "../base/format";
import type { Packing, Page } from "../base/types";
import { Chip, To, type Tone } from "./cells";

export type Role = "selected" | "reserve" | "non_selected";

/** A product in the round that runs, for a site and those below it. */
export interface Volume {
	round_id: string;
	round: string;
	generic_id: string;
	generic: string;
	role: Role;
	role_title: string;
	committed_units: number;
	done_units: number;
	received_units: number;
	used_units: number;
	on_order_units: number;
	owed_units: number;
	elapsed_pm: number;
	selected_id: string | null;
	selected_name: string | null;
	selected_maker: string | null;
}

const ROLE_TONES: Record<Role, Tone> = { selected: "good", reserve: "wait", non_selected: "off" };
export const RoleChip = ({ role, title }: { role: Role | null; title: string | null }) => <Chip tone={role ? ROLE_TONES[role] : "off"}>{title ?? "非中选"}</Chip>;

/** 476 → "47.6%" */
export const permille = (pm: number) => `${group(Math.floor(pm / 10))}${pm % 10 ? `.${pm % 10}` : ""}%`;
export const doneShare = (done: number, committed: number) => (committed > 0 ? Math.floor((done * 1000) / committed) : 0);
/** Behind the time by more than the round allows. */
export const toneOfProgress = (done: number, elapsed: number, warn = 100): Tone => (done >= 1000 || done >= elapsed ? "good" : done < elapsed - warn ? "bad" : "wait");

/** Done against committed; the mark is how much of the year is over. */
export function ProgressBar({ done, committed, elapsed, warn, label }: { done: number; committed: number; elapsed: number; warn?: number; label?: string }) {
	const pm = doneShare(done, committed);
	return (
		<span className={`volume-bar ${toneOfProgress(pm, elapsed, warn)}`} title={`${label ? `${label}: ` : ""}完成 ${permille(pm)}, 时间已过 ${permille(elapsed)}`}>
			<i style={{ width: `${Math.min(100, pm / 10)}%` }} />
			<u style={{ left: `${Math.min(100, elapsed / 10)}%` }} />
			<b className="num">{permille(pm)}</b>
		</span>
	);
}

/** The cell of the order sheet: bar and what is owed, or what should be bought instead. */
export function VolumeCell({ of, packing, swap }: { of: Volume | null | undefined; packing: Packing; swap?: (selected: string) => void }) {
	if (!of) return null;
	if (of.role !== "selected") {
		return (
			<span className="volume-cell">
				<RoleChip role={of.role} title={of.role_title} />
				{of.selected_id && (
					<small className="block" title={`首选中选品种: ${of.selected_name} ${of.selected_maker}`}>
						{swap ? (
							<button type="button" className="explained" data-testid="volume-swap" onClick={() => swap(of.selected_id!)}>
								换成中选
							</button>
						) : (
							`首选 ${of.selected_maker}`
						)}
					</small>
				)}
			</span>
		);
	}
	return (
		<span className="volume-cell">
			{of.committed_units > 0 ? (
				<To path={`/volume-rounds/${of.round_id}`}>
					<ProgressBar done={of.done_units} committed={of.committed_units} elapsed={of.elapsed_pm} label={of.round} />
				</To>
			) : (
				<RoleChip role={of.role} title={of.role_title} />
			)}
			{of.owed_units > 0 && <small className="block">还欠 {units(of.owed_units, packing)}</small>}
		</span>
	);
}

/** The same for a line that is being typed: asked of the service once the product is there. */
export function VolumeHint({ product, packing, swap }: { product: string; packing: Packing; swap: (selected: string) => void }) {
	const { data } = useData<Page<{ volume: Volume | null }>>("supply", { query: { id: product } });
	return <VolumeCell of={data?.rows[0]?.volume} packing={packing} swap={swap} />;
}

/** Products of one generic stand together, the selected one first. */
export function selectedFirst<R extends { id: string; volume?: Volume | null }>(rows: R[]): R[] {
	const groups = new Map<string, R[]>();
	for (const row of rows) {
		const key = row.volume?.generic_id ?? row.id;
		groups.set(key, [...(groups.get(key) ?? []), row]);
	}
	const rank: Record<Role, number> = { selected: 0, reserve: 1, non_selected: 2 };
	return [...groups.values()].flatMap((rowsOf) => (rowsOf.length > 1 ? [...rowsOf].sort((a, b) => (a.volume ? rank[a.volume.role] : 3) - (b.volume ? rank[b.volume.role] : 3)) : rowsOf));
}

export interface OrderVolume extends Volume {
	line_id: string;
	n: number;
	product_id: string;
	shares: { site_id: string; site_name: string; units: number; received_units: number }[];
}

/** Whose volume an order's lines are, and what a round has against them. */
export function OrderVolumes({ of, lines }: { of: OrderVolume[] | undefined; lines: ({ id: string; product_name: string } & Packing)[] }) {
	if (!of || of.length === 0) return null;
	const line = (id: string) => lines.find((one) => one.id === id);
	return (
		<div className="panel" data-testid="order-volumes">
			<h2>集采</h2>
			{of.map((one) => (
				<p key={one.line_id} className="order-volume">
					{one.n}. <b>{line(one.line_id)?.product_name}</b> <RoleChip role={one.role} title={one.role_title} /> <To path={`/volume-rounds/${one.round_id}`}>{one.round}</To>
					{one.selected_id && <span className="mute"> 首选中选品种: {one.selected_name} {one.selected_maker}</span>}
					{one.shares.length > 0 && (
						<span className="block mute">
							{one.role === "selected" ? "计入约定量" : "计入采购量"}: {one.shares.map((share) => `${share.site_name} ${units(share.units, line(one.line_id) ?? {})}${share.received_units ? ` (已到 ${units(share.received_units, line(one.line_id) ?? {})})` : ""}`).join(", ")}
						</span>
					)}
				</p>
			))}
		</div>
	);
}
