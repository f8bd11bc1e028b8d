// A curve of temperatures with its limits; gaps stay gaps.
import { Skeleton } from "antd";
import { useEffect, useRef, useState } from "react";
import type { Chart } from "../base/charts";
import { celsius, shortTime } from "../base/format";

export interface Reading {
	at_ms: number;
	temp_c100: number | null;
	rh_c100?: number | null;
}

/** A time nobody measured, as the service tells it. */
export interface Gap {
	from_ms: number;
	to_ms: number;
}

export interface Readings {
	rows: Reading[];
	gaps?: Gap[];
}

/** Did a gap end between the two readings? Then no line joins them. */
const broken = (gaps: Gap[], before: Reading | undefined, after: Reading) =>
	before !== undefined && gaps.some((gap) => gap.from_ms >= before.at_ms && gap.from_ms < after.at_ms);

function points(rows: Reading[], gaps: Gap[]): [number, number | null][] {
	return rows.flatMap((row, i): [number, number | null][] => {
		const value = row.temp_c100 === null ? null : row.temp_c100 / 100;
		return broken(gaps, rows[i - 1], row) ? [[rows[i - 1].at_ms + 1, null], [row.at_ms, value]] : [[row.at_ms, value]];
	});
}

function option({ rows, gaps = [] }: Readings, low: number | null, high: number | null) {
	const limit = (c100: number | null, name: string) => (c100 === null ? [] : [{ yAxis: c100 / 100, label: { formatter: `${name} ${celsius(c100)}℃` } }]);
	return {
		animation: false,
		grid: { left: 46, right: 84, top: 20, bottom: 62 },
		tooltip: { trigger: "axis", formatter: (seen: { value: [number, number | null] }[]) => `${shortTime(seen[0].value[0])}<br>${seen[0].value[1] ?? "无数据"} ℃` },
		xAxis: { type: "time", axisLabel: { formatter: (ms: number) => shortTime(ms), hideOverlap: true } },
		yAxis: { type: "value", scale: true, axisLabel: { formatter: "{value} ℃" }, min: (range: { min: number }) => Math.floor(Math.min(range.min, (low ?? range.min * 100) / 100) - 1), max: (range: { max: number }) => Math.ceil(Math.max(range.max, (high ?? range.max * 100) / 100) + 1) },
		dataZoom: [{ type: "inside" }, { type: "slider", height: 22, bottom: 8, labelFormatter: (ms: number) => shortTime(ms) }],
		series: [
			{
				type: "line", showSymbol: false, connectNulls: false, data: points(rows, gaps), lineStyle: { color: "#0f4c5c", width: 1.6 }, itemStyle: { color: "#0f4c5c" },
				markArea: { silent: true, itemStyle: { color: "#e3e7ea" }, label: { color: "#56636c" }, data: gaps.map((gap) => [{ name: "无数据", xAxis: gap.from_ms }, { xAxis: gap.to_ms }]) },
				markLine: { silent: true, symbol: "none", lineStyle: { color: "#b3201b", type: "dashed" }, data: [...limit(low, "下限"), ...limit(high, "上限")] },
			},
		],
	};
}

export function Curve({ of, low, high }: { of: Readings; low: number | null; high: number | null }) {
	const node = useRef<HTMLDivElement>(null);
	const [chart, setChart] = useState<Chart | null>(null);
	useEffect(() => {
		let made: Chart | null = null;
		let gone = false;
		void import("../base/charts").then(({ draw }) => {
			if (gone || !node.current) return;
			made = draw(node.current);
			setChart(made);
		});
		const resize = () => made?.resize();
		addEventListener("resize", resize);
		return () => {
			gone = true;
			removeEventListener("resize", resize);
			made?.dispose();
		};
	}, []);
	useEffect(() => chart?.show(option(of, low, high)), [chart, of, low, high]);
	return (
		<div className="chart" data-testid="curve" data-readings={of.rows.length}>
			{!chart && <Skeleton active />}
			<div ref={node} className="chart-canvas" role="img" aria-label={`温度曲线, ${of.rows.length} 个读数`} />
		</div>
	);
}

/** The small curve of a tile, drawn without the chart library. */
export function Spark({ of, low, high }: { of: Readings; low: number | null; high: number | null }) {
	const gaps = of.gaps ?? [];
	const seen = of.rows.filter((row) => row.temp_c100 !== null);
	if (seen.length < 2) return <svg viewBox="0 0 100 30" aria-hidden />;
	const values = seen.map((row) => row.temp_c100!);
	const bottom = Math.min(...values, low ?? values[0]) - 50;
	const top = Math.max(...values, high ?? values[0]) + 50;
	const first = seen[0].at_ms;
	const span = Math.max(1, seen[seen.length - 1].at_ms - first);
	const y = (c100: number) => 30 - (30 * (c100 - bottom)) / (top - bottom);
	const path = seen.map((row, i) => `${i === 0 || broken(gaps, seen[i - 1], row) ? "M" : "L"}${((100 * (row.at_ms - first)) / span).toFixed(1)} ${y(row.temp_c100!).toFixed(1)}`).join("");
	return (
		<svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden>
			{[low, high].map((limit) => limit !== null && <line key={limit} x1="0" x2="100" y1={y(limit)} y2={y(limit)} stroke="currentColor" strokeDasharray="2 2" strokeWidth="0.6" opacity="0.6" />)}
			<path d={path} fill="none" stroke="currentColor" strokeWidth="1.2" vectorEffect="non-scaling-stroke" />
		</svg>
	);
}
