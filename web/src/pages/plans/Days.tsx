// The days that a depot's daily use was made from: bars by day or by week, days without stock marked; each opens its movements.
import { Segmented } from "antd";
import { useState } from "react";
import { useData } from "../../base/data";
import { units, ymd } from "../../base/format";
import type { Packing } from "../../base/types";
import { To } from "../../parts/cells";
import { Loaded } from "../../parts/Trouble";
import { type UseDay, type UseMonth, type UseSpan, addDays, beginMs, everyDay, monthsWithoutDays, weeksOf } from "./calendar";

interface DepotDays {
	depot_name: string;
	from_ymd: number;
	to_ymd: number;
	/** Its first movement here; what lies before was told as history. 0: none. */
	ledger_from_ymd: number;
	days: UseDay[];
	months: UseMonth[];
}

/** Days on the screen at once; a whole year goes by weeks. */
const DAYS_SHOWN = 62;

const monthName = (ym: number) => `${Math.floor(ym / 100)}-${String(ym % 100).padStart(2, "0")}`;

function Bars({ spans, product, depot, first, row }: { spans: UseSpan[]; product: string; depot: string; first: number; row: Packing }) {
	const most = Math.max(1, ...spans.map((span) => span.units));
	return (
		<div className="use-days" data-testid="use-days" data-count={spans.length}>
			{spans.map((span) => {
				const single = span.from === span.to;
				const title = `${ymd(span.from)}${single ? "" : ` 至 ${ymd(span.to)}`}: 用 ${units(span.units, row)}${span.out ? (single ? ", 缺货" : `, 缺货 ${span.out} 天`) : ""}`;
				const bar = <i style={{ height: `${Math.round((100 * span.units) / most)}%` }} />;
				const className = `use-day${span.out ? " out" : ""}`;
				if (span.units > 0 && (first === 0 || span.to < first)) return <span key={span.from} className={className} title={`${title} (历史数据, 没有流水)`} data-testid="told-day">{bar}</span>;
				return span.units > 0 ? (
					<To key={span.from} path={`/stock-moves?product_id=${product}&depot_id=${depot}&from_ms=${beginMs(span.from)}&to_ms=${beginMs(addDays(span.to, 1))}`} className={className} title={title} data-testid="use-day">
						{bar}
					</To>
				) : (
					<span key={span.from} className={className} title={title} data-testid={span.out ? "out-day" : undefined} />
				);
			})}
		</div>
	);
}

function Months({ of, row }: { of: UseMonth[]; row: Packing }) {
	const most = Math.max(1, ...of.map((month) => month.units));
	return (
		<div className="bars wide">
			{of.map((month) => (
				<div key={month.ym} className="bar">
					<span className="num">{monthName(month.ym)}</span>
					<i style={{ width: `${(100 * month.units) / most}%` }} title={units(month.units, row)} />
					<b className="nowrap">{month.days_out ? `缺${month.days_out}天` : month.units}</b>
				</div>
			))}
		</div>
	);
}

export function Days({ product, depot, row }: { product: string; depot: string; row: Packing }) {
	const data = useData<DepotDays>(`supply/${product}/days`, { query: { depot_id: depot }, topics: ["stock"] });
	const [by, setBy] = useState<"day" | "week">("day");
	return (
		<Loaded of={data} rows={3}>
			{(told) => {
				const days = everyDay(told.from_ymd, told.to_ymd, told.days);
				const shown = by === "week" ? weeksOf(days) : days.slice(-DAYS_SHOWN).map((day) => ({ from: day.ymd, to: day.ymd, units: day.units, out: Number(day.out) }));
				const without = monthsWithoutDays(told.months, told.days);
				return (
					<div data-testid="days-of-depot">
						<div className="form-row">
							<h3>{told.depot_name} {by === "day" ? "逐日" : "逐周"}用量</h3>
							<span className="grow" />
							<Segmented size="small" value={by} options={[{ value: "day", label: `近 ${DAYS_SHOWN} 天` }, { value: "week", label: "一年, 按周" }]} onChange={(value) => setBy(value as "day" | "week")} />
						</div>
						<Bars spans={shown} product={product} depot={depot} first={told.ledger_from_ymd} row={row} />
						<p className="use-days-foot mute">
							<span className="num">{ymd(shown[0]?.from)}</span>
							<span><i className="out-mark" aria-hidden /> 缺货的日子; 点一格看当天出入库</span>
							<span className="num">{ymd(told.to_ymd)}</span>
						</p>
						{without.length > 0 && (
							<>
								<h3>只有按月用量的月份</h3>
								<Months of={without} row={row} />
							</>
						)}
					</div>
				);
			}}
		</Loaded>
	);
}
