// What may be given instead of a drug that is stopped, out of stock or running short at the centre.
import type { Packing } from "../base/types";
import { useData } from "../base/data";
import { Chip, Drug, To, Units } from "./cells";

interface Other extends Packing {
	way: "generic" | "decision";
	way_title: string;
	product_id: string;
	name: string;
	spec: string;
	maker: string;
	centre_units: number;
	units: number;
	other_units: number;
	decision: string | null;
}
export interface Supply {
	product_id: string;
	state: "ok" | "stopped" | "out" | "short" | "listed";
	state_title: string;
	centre_units: number;
	daily_use_milli: number;
	needed_days: number;
	substitutes: Other[];
}

const SHOWN = 3;

/** Those of a page's products that something may be given instead of, in one question. */
export function useSupply(ids: string[]): Map<string, Supply> {
	const { data } = useData<{ rows: Supply[] }>(ids.length > 0 ? "alternatives" : null, { query: { product_ids: ids.slice(0, 50).join(",") } });
	return new Map((data?.rows ?? []).filter((one) => one.state !== "ok").map((one) => [one.product_id, one]));
}

/** What is in stock stands first. */
export function Instead({ of, packing }: { of: Supply; packing: Packing }) {
	const others = [...of.substitutes].sort((a, b) => Number(b.centre_units > 0) - Number(a.centre_units > 0)).slice(0, SHOWN);
	const days = of.daily_use_milli > 0 ? Math.floor((of.centre_units * 1000) / of.daily_use_milli) : null;
	return (
		<div className="instead" data-testid="instead" data-state={of.state}>
			<Chip tone={of.state === "stopped" ? "off" : of.state === "out" ? "bad" : "wait"}>{of.state_title}</Chip>{" "}
			{of.state === "short" && <small className="mute">中心库 <Units n={of.centre_units} of={packing} />, 够 {days} 天, 到货和安全需要 {of.needed_days} 天</small>}
			{others.length === 0 && <span className="mute">没有登记可替代的品种</span>}
			{others.map((other) => (
				<p key={`${other.way}/${other.product_id}`}>
					<small className="mute">{other.way_title}{other.decision && ` (${other.decision})`} → </small>
					<To path={`/products/${other.product_id}`}><Drug name={other.name} spec={other.spec} maker={other.maker} /></To>{" "}
					{other.units !== other.other_units && <small className="mute">{other.units} 换 {other.other_units} </small>}
					{other.centre_units > 0 ? <small>中心库 <Units n={other.centre_units} of={other} /></small> : <small className="mute">中心库也无货</small>}
				</p>
			))}
		</div>
	);
}
