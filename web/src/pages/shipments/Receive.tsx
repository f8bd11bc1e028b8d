// 收货 in three moves: scan the tote, see everything as sent, confirm. A difference is told by tapping its line.
import { Modal, Segmented } from "antd";
import { useState } from "react";
import { units } from "../../base/format";
import type { Shipment } from "../../base/types";
import { Chip, Drug, Expiry, Units } from "../../parts/cells";
import { Cell, Field, UnitsInput } from "../../parts/Fields";
import { type Stop, stopsOf } from "./Allocation";

export type Kind = "short" | "damaged" | "wrong" | "warm";
export interface Difference {
	units: number;
	kind: Kind;
	words: string;
}
export type Differences = Record<string, Difference>;

/** The body of the receive step: nothing to say means all as sent. The seal's number, where it was read, is compared by the service. */
export function receiveBody(shipment: Shipment, differences: Differences, seal = ""): object {
	const sealed = seal.trim() && { seal_no: seal.trim() };
	if (Object.keys(differences).length === 0) return { ...sealed };
	const stops = stopsOf(shipment);
	const lines = stops.map((stop) => {
		const difference = differences[stop.id];
		return { allocation_id: stop.id, units: difference?.units ?? stop.units, ...(difference && { reason: difference.kind }) };
	});
	const note = stops.filter((stop) => differences[stop.id]?.words).map((stop) => `${stop.line.product_name} ${stop.lot}: ${differences[stop.id].words}`).join("; ");
	return { lines, ...(note && { note }), ...sealed };
}

const KINDS: { value: Kind; label: string }[] = [{ value: "short", label: "少了" }, { value: "damaged", label: "破损" }, { value: "wrong", label: "批号错" }, { value: "warm", label: "受热" }];
const kindTitle = (kind: Kind) => KINDS.find((one) => one.value === kind)!.label;

function DifferenceDialog({ of, now, close }: { of: Stop; now: Difference | undefined; close: (difference: Difference | null | undefined) => void }) {
	const [kind, setKind] = useState<Kind>(now?.kind ?? "short");
	const [count, setCount] = useState<number | null>(now?.units ?? null);
	const [words, setWords] = useState(now?.words ?? "");
	const good = count ?? 0;
	return (
		<Modal open closable={false} title={of.line.product_name} okText="记下差异" cancelText={now ? "没有差异" : "返回"} onCancel={() => close(now ? null : undefined)} onOk={() => close({ units: good, kind, words: words.trim() })} okButtonProps={{ disabled: count === null || good > of.units, "data-testid": "difference-ok" }}>
			<div className="dialog-form" data-testid="difference-dialog">
				<p>
					批号 <b className="num">{of.lot}</b> · 发来 <Units n={of.units} of={of.line} strong />
				</p>
				<Segmented block size="large" value={kind} options={KINDS} onChange={setKind} />
				<Field label="实际收下的完好数量" error={good > of.units ? "多出来的请另行登记盘盈, 并通知中心" : undefined}>
					<UnitsInput value={count} of={of.line} label="实收" testid="difference" onChange={setCount} />
				</Field>
				<Field label="说明">
					<Cell value={words} testid="difference-words" maxLength={200} onChange={setWords} />
				</Field>
				{count !== null && good < of.units && <p>差异 {units(of.units - good, of.line)}, 由发货方处理。</p>}
			</div>
		</Modal>
	);
}

function SealCheck({ sent, read, set }: { sent: string; read: string; set: (seal: string) => void }) {
	const tone = !read.trim() ? "wait" : read.trim() === sent ? "good" : "bad";
	return (
		<div className="seal">
			<p>
				封签 <b className="num">{sent}</b>: 没有破损就扫封签 (或周转箱码) 整箱收下; 破损或号码不符, 逐行核对。
			</p>
			<Field label="箱上的封签号">
				<Cell value={read} testid="seal-read" maxLength={64} onChange={set} />
			</Field>
			<span data-testid="seal-state">
				<Chip tone={tone}>{tone === "wait" ? "未核对" : tone === "good" ? "封签相符" : "封签不符: 请开箱逐件核对"}</Chip>
			</span>
		</div>
	);
}

export function ReceiveList({ shipment, differences, set, seal, setSeal }: { shipment: Shipment; differences: Differences; set: (differences: Differences) => void; seal: string; setSeal: (seal: string) => void }) {
	const [open, setOpen] = useState<Stop | null>(null);
	const stops = stopsOf(shipment);
	const short = Object.keys(differences).length;
	const close = (difference: Difference | null | undefined) => {
		if (open && difference !== undefined) {
			const { [open.id]: _, ...others } = differences;
			set(difference === null ? others : { ...others, [open.id]: difference });
		}
		setOpen(null);
	};
	return (
		<div data-testid="receive-list">
			<h2>
				发来 {stops.length} 行 {short > 0 ? <Chip tone="bad">{short} 行有差异</Chip> : <Chip tone="good">全部如数</Chip>}
			</h2>
			{shipment.seal_no && <SealCheck sent={shipment.seal_no} read={seal} set={setSeal} />}
			<p className="mute">少了、破损的点那一行; 核对完点下面的 签收。</p>
			{stops.map((stop, i) => {
				const difference = differences[stop.id];
				const seen = (stop.received_units ?? 0) >= stop.units;
				return (
					<button key={stop.id} type="button" data-testid={`sent-${i + 1}`} className={`sent-line ${difference ? "less" : seen ? "seen" : ""}`} onClick={() => setOpen(stop)}>
						<span>
							<Drug name={stop.line.product_name} spec={stop.line.spec} />
							<span className="block">
								<b className="num">{stop.lot}</b> <Expiry at={stop.expiry_ymd} />
							</span>
						</span>
						<span className="right">
							<Units n={difference?.units ?? stop.units} of={stop.line} strong />
							{difference ? <small className="block">✕ {[kindTitle(difference.kind), difference.words].filter(Boolean).join(": ")}</small> : <small className="block mute">{seen ? "✓ 已扫" : "如数"}</small>}
						</span>
					</button>
				);
			})}
			{open && <DifferenceDialog of={open} now={differences[open.id]} close={close} />}
		</div>
	);
}
