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

/** Two readings further apart than this are not joined by a line. */
const GAP_MS = 20 * 60_000;

function points(rows: Reading[]): [number, number | null][] {
	return rows.flatMap((row, i): [number, number | null][] => {
		const value = row.temp_c100 === null ? null : row.temp_c100 / 100;
		const gap = i > 0 && row.at_ms - rows[i - 1].at_ms > GAP_MS;
		return gap ? [[rows[i - 1].at_ms + 1, null], [row.at_ms, value]] : [[row.at_ms, value]];
	});
}

function option(rows: Reading[], low: number | null, high: number | null) {
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
				type: "line", showSymbol: false, connectNulls: false, data: points(rows), lineStyle: { color: "#0f4c5c", width: 1.6 }, itemStyle: { color: "#0f4c5c" },
				markLine: { silent: true, symbol: "none", lineStyle: { color: "#b3201b", type: "dashed" }, data: [...limit(low, "下限"), ...limit(high, "上限")] },
			},
		],
	};
}

export function Curve({ rows, low, high }: { rows: Reading[]; low: number | null; high: number | null }) {
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
	useEffect(() => chart?.show(option(rows, low, high)), [chart, rows, low, high]);
	return (
		<div className="chart" data-testid="curve" data-readings={rows.length}>
			{!chart && <Skeleton active />}
			<div ref={node} className="chart-canvas" role="img" aria-label={`温度曲线, ${rows.length} 个读数`} />
		</div>
	);
}

/** The small curve of a tile, drawn without the chart library. */
export function Spark({ rows, low, high }: { rows: Reading[]; low: number | null; high: number | null }) {
	const seen = rows.filter((row) => row.temp_c100 !== null);
	if (seen.length < 2) return <svg viewBox="0 0 100 30" aria-hidden />;
	const values = seen.map((row) => row.temp_c100!);
	const bottom = Math.min(...values, low ?? values[0]) - 50;
	const top = Math.max(...values, high ?? values[0]) + 50;
	const first = seen[0].at_ms;
	const span = Math.max(1, seen[seen.length - 1].at_ms - first);
	const y = (c100: number) => 30 - (30 * (c100 - bottom)) / (top - bottom);
	const path = seen.map((row, i) => `${i === 0 || row.at_ms - seen[i - 1].at_ms > GAP_MS ? "M" : "L"}${((100 * (row.at_ms - first)) / span).toFixed(1)} ${y(row.temp_c100!).toFixed(1)}`).join("");
	return (
		<svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden>
			{[low, high].map((limit) => limit !== null && <line key={limit} x1="0" x2="100" y1={y(limit)} y2={y(limit)} stroke="currentColor" strokeDasharray="2 2" strokeWidth="0.6" opacity="0.6" />)}
			<path d={path} fill="none" stroke="currentColor" strokeWidth="1.2" vectorEffect="non-scaling-stroke" />
		</svg>
	);
}
