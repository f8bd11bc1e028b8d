// Why this number: the formula with its values, then the months it was made from.
import { Drawer } from "antd";
import { useData } from "../../base/data";
import { units } from "../../base/format";
import type { Supply } from "../../base/types";
import { Fact, To, Units } from "../../parts/cells";
import { Loaded } from "../../parts/Trouble";

interface Reason {
	formula: string;
	values: Record<string, string | number | null>;
	months: { ym: number; units: number; days_out: number }[];
}

const NAMES: Record<string, string> = {
	stock_units: "库存", reserved_units: "已预留", transit_units: "在途", on_order_units: "已订未到", daily_use_milli: "日均用量 (千分之一)",
	days_of_stock: "可用天数", suggest_units: "建议数量", cover_days: "备货天数", target_days: "目标天数", target_units: "目标数量", days: "统计天数",
	use_units_year: "十二个月用量", stock_days: "有货天数", out_days_year: "断货天数", season_e3: "季节系数 (千分之一)", lead_days: "到货天数", asked_units: "分院所需", owed_units: "约定采购量未完成", round_units: "取整到",
	used_units: "期内用量", days_out: "缺货天数", safety_days: "安全天数", available_units: "可用数量", units_per_pack: "包装数量",
};

interface Asks {
	asks: { plan_id: string; number: string; site_name: string; units: number; direct: boolean }[];
}

/** Which branches asked for what of a plan's line. */
function Asked({ line, row }: { line: string; row: Supply }) {
	const data = useData<Asks>(`plan-lines/${line}`);
	if (!data.data || data.data.asks.length === 0) return null;
	return (
		<>
			<h3>分院所需</h3>
			<ul>
				{data.data.asks.map((ask) => (
					<li key={ask.plan_id + ask.site_name}>
						{ask.site_name} <Units n={ask.units} of={row} strong /> <To path={`/site-plans/${ask.plan_id}`}>{ask.number}</To>
					</li>
				))}
			</ul>
		</>
	);
}

interface Props {
	row: Supply;
	site: string | undefined;
	/** Of a plan's line: what branches asked for, and the line. */
	asked?: number;
	line?: string;
	close: () => void;
}

export function Explanation({ row, site, asked, line, close }: Props) {
	const data = useData<Reason>(`supply/${row.id}`, { query: { site_id: site, asked_units: asked || undefined } });
	return (
		<Drawer open onClose={close} size={420} title={`${row.name} ${row.spec ?? ""}`} data-testid="explanation">
			<Loaded of={data}>
				{(reason) => (
					<>
						<h3>公式</h3>
						<p>{reason.formula}</p>
						<dl className="facts">
							{Object.entries(reason.values ?? {}).map(([name, value]) => (
								<Fact key={name} label={NAMES[name] ?? name}>
									<b className="num">{name.endsWith("_units") && typeof value === "number" ? units(value, row) : value}</b>
								</Fact>
							))}
						</dl>
						{line && <Asked line={line} row={row} />}
						<h3>按月用量</h3>
						<Months of={reason.months} row={row} />
					</>
				)}
			</Loaded>
		</Drawer>
	);
}

function Months({ of, row }: { of: Reason["months"]; row: Supply }) {
	const most = Math.max(1, ...of.map((month) => month.units));
	return (
		<div className="bars">
			{of.map((month) => (
				<div key={month.ym} className="bar">
					<span className="num">{`${String(month.ym).slice(0, 4)}-${String(month.ym).slice(4, 6)}`}</span>
					<i style={{ width: `${(100 * month.units) / most}%` }} title={units(month.units, row)} />
					<b>{month.days_out ? `缺${month.days_out}天` : month.units}</b>
				</div>
			))}
		</div>
	);
}
