// Why this number: the formula with its values depot by depot, and the days that each depot's use was made from.
import { Drawer } from "antd";
import { useState } from "react";
import { useData } from "../../base/data";
import { milli, units, ymd } from "../../base/format";
import type { Packing, Supply } from "../../base/types";
import { To, Units } from "../../parts/cells";
import { Loaded } from "../../parts/Trouble";
import { Days } from "../plans/Days";

interface DepotShare {
	depot_id: string;
	depot_name: string;
	used_units: number;
	known_units: number;
	stock_days: number;
	out_days: number;
	daily_use_milli: number;
	long_units: number;
	expected_units: number;
	stock_units: number;
	transit_units: number;
	suggest_units: number;
}

interface Figures {
	season_e3: number;
	/** Days that are provided for. */
	days: number;
	expected_units: number;
	stock_units: number;
	transit_units: number;
	asked_units: number;
	on_order_units: number;
	owed_units: number;
	round_units: number;
	suggest_units: number;
}

interface Ask {
	plan_id: string;
	number: string;
	site_name: string;
	units: number;
	direct: boolean;
}

/** As the service tells it: of a drug today, or of a plan's line on the day it was figured. */
interface Live {
	values: Omit<Figures, "days"> & { lead_days: number; safety_days: number; cover_days: number };
	depots: DepotShare[];
}
type Kept = Figures & { figured_ymd: number; depots: DepotShare[]; asks: Ask[] };

const season = (e3: number) => `${Math.floor(e3 / 1000)}.${String(e3 % 1000).padStart(3, "0")}`;

function Depots({ of, open, choose }: { of: DepotShare[]; open: string | undefined; choose: (depot: string) => void }) {
	return (
		<table className="table depots" data-testid="depot-shares" data-count={of.length}>
			<thead>
				<tr>
					<th scope="col">库房</th>
					{["用量", "其中长处方", "有货天数", "缺货天数", "日均", "长处方需求", "预计用量", "库存", "在途", "本库应补"].map((head) => <th key={head} scope="col" className="right">{head}</th>)}
				</tr>
			</thead>
			<tbody>
				{of.map((depot) => (
					<tr key={depot.depot_id} className={depot.depot_id === open ? "chosen" : undefined}>
						<td>
							<button type="button" className="link" data-testid="open-days" aria-pressed={depot.depot_id === open} onClick={() => choose(depot.depot_id)}>{depot.depot_name}</button>
						</td>
						{[depot.used_units, depot.known_units, depot.stock_days, depot.out_days].map((n, i) => <td key={i} className={i === 3 && n > 0 ? "right num bad-text" : "right num"}>{n || ""}</td>)}
						<td className="right num">{depot.daily_use_milli ? milli(depot.daily_use_milli) : ""}</td>
						{[depot.long_units, depot.expected_units, depot.stock_units, depot.transit_units].map((n, i) => <td key={i} className="right num">{n || ""}</td>)}
						<td className="right num"><b>{depot.suggest_units || ""}</b></td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** The sum, line by line, as one would write it on paper. */
function Sum({ of, row, sent }: { of: Figures; row: Packing; sent: boolean }) {
	const need = of.expected_units - of.stock_units - of.transit_units + of.asked_units - of.on_order_units;
	const steps: [string, number, boolean][] = [
		[`各库房预计用量 (日均 × 季节 ${season(of.season_e3)} × ${of.days} 天 + 长处方)`, of.expected_units, true],
		["− 库存", -of.stock_units, of.stock_units !== 0],
		["− 在途", -of.transit_units, of.transit_units !== 0],
		["+ 分院所需", of.asked_units, of.asked_units !== 0],
		["− 已订未到", -of.on_order_units, of.on_order_units !== 0],
		["= 还需要", need, true],
		["不少于: 约定采购量未完成", of.owed_units, of.owed_units > 0],
	];
	return (
		<dl className="sum" data-testid="sum">
			{(sent ? ([["分院要求直送, 按所需数量", of.asked_units, true]] as typeof steps) : steps).filter(([, , show]) => show).map(([label, n]) => (
				<div key={label}><dt>{label}</dt><dd className="num" title={units(n, row)}>{n}</dd></div>
			))}
			<div className="total"><dt>向上取整到 {of.round_units} {row.unit_name ?? ""} → 建议</dt><dd className="num" data-testid="sum-suggest"><b>{of.suggest_units}</b> {of.suggest_units > 0 && <small>{units(of.suggest_units, row)}</small>}</dd></div>
		</dl>
	);
}

function Asked({ asks, row }: { asks: Ask[]; row: Packing }) {
	if (asks.length === 0) return null;
	return (
		<>
			<h3>分院所需</h3>
			<ul>
				{asks.map((ask) => (
					<li key={ask.plan_id + ask.site_name}>
						{ask.site_name} <Units n={ask.units} of={row} strong /> <To path={`/site-plans/${ask.plan_id}`}>{ask.number}</To>
					</li>
				))}
			</ul>
		</>
	);
}

function Body({ product, row, of, depots, asks, sent }: { product: string; row: Packing; of: Figures; depots: DepotShare[]; asks: Ask[]; sent: boolean }) {
	const busiest = [...depots].sort((a, b) => b.used_units - a.used_units)[0];
	const [chosen, choose] = useState<string>();
	const open = chosen ?? busiest?.depot_id;
	return (
		<>
			<p className="mute">日均 = (用量 − 其中长处方) ÷ 有货天数, 按最近十二个整月; 缺货的日子不算 (一次最多 90 天)。季节系数取去年同期。数量单位: {row.unit_name ?? "最小单位"}。</p>
			<Sum of={of} row={row} sent={sent} />
			<Asked asks={asks} row={row} />
			<h3>各库房</h3>
			{depots.length > 0 ? <Depots of={depots} open={open} choose={choose} /> : <p className="mute">没有库房用过或存有此品种。</p>}
			{open && <Days key={open} product={product} depot={open} row={row} />}
		</>
	);
}

interface Props {
	row: Supply;
	site: string | undefined;
	/** Of a plan's line: its figures stand as they were on their day. */
	line?: string;
	/** What the branch asked to be sent straight to it. */
	sent?: boolean;
	close: () => void;
}

export function Explanation({ row, site, line, sent = false, close }: Props) {
	const live = useData<Live>(line ? null : `supply/${row.id}`, { query: { site_id: site } });
	const kept = useData<Kept>(line ? `plan-lines/${line}` : null);
	const title = `${row.name} ${row.spec ?? ""}`;
	return (
		<Drawer open onClose={close} size={860} title={line && kept.data ? `${title} · ${ymd(kept.data.figured_ymd)} 的数字` : title} data-testid="explanation">
			{line ? (
				<Loaded of={kept}>{(of) => <Body product={row.id} row={row} of={of} depots={of.depots} asks={of.asks} sent={sent} />}</Loaded>
			) : (
				<Loaded of={live}>
					{({ values, depots }) => <Body product={row.id} row={row} of={{ ...values, days: values.lead_days + values.safety_days + values.cover_days }} depots={depots} asks={[]} sent={false} />}
				</Loaded>
			)}
		</Drawer>
	);
}
