// 冷链看板: tiles by place, the worst first; a silent sensor never shows its last value as if it were live.
import { useEffect, useRef } from "react";
import { useData } from "../../base/data";
import { celsius, clock } from "../../base/format";
import { sound } from "../../base/sound";
import type { Page, Sensor } from "../../base/types";
import { Chip, To } from "../../parts/cells";
import { type Readings, Spark } from "../../parts/Curve";
import { Empty, Loaded } from "../../parts/Trouble";

export const SENSOR_STATES: Record<Sensor["state"], string> = { alarm: "报警", fault: "探头故障", silent: "无数据", warn: "预警", never: "从未上报", normal: "正常" };
const WORST: Sensor["state"][] = ["alarm", "fault", "silent", "warn", "never", "normal"];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOTHING: Readings = { rows: [] };

function Day({ of }: { of: Sensor }) {
	// Rounded to the hour, so that the same address is asked again and not a new one at every drawing.
	const to = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
	const { data } = useData<Readings>(`sensors/${of.id}/readings`, { query: { from_ms: to - DAY_MS, to_ms: to, limit: 300 } });
	return <Spark of={data ?? NOTHING} low={of.low_c100} high={of.high_c100} />;
}

const live = (state: Sensor["state"]) => state === "normal" || state === "warn" || state === "alarm";

function Tile({ of }: { of: Sensor }) {
	const tone = of.state === "alarm" || of.state === "fault" ? "bad" : of.state === "warn" ? "wait" : of.state === "normal" ? "good" : "off";
	return (
		<To path={of.alarm_id ? `/coldchain/${of.id}?alarm=${of.alarm_id}` : `/coldchain/${of.id}`} className={`tile ${of.state}`} data-testid={`tile-${of.code}`}>
			<span>
				<b>{of.name}</b> <Chip tone={tone}>{SENSOR_STATES[of.state]}</Chip>
			</span>
			<small className="mute">{[of.site_name, of.depot_name].filter(Boolean).join(" · ")}</small>
			{live(of.state) ? (
				<span className="value">
					{celsius(of.value_c100)}
					<small>℃{of.rh_c100 !== null && ` · ${Math.round(of.rh_c100 / 100)}%`}</small>
				</span>
			) : (
				<span className="value">
					<small>{of.state === "silent" ? `无数据 ${of.silent_minutes ?? "?"} 分钟` : SENSOR_STATES[of.state]}</small>
				</span>
			)}
			<small className="mute num">
				{of.low_c100 !== null && of.high_c100 !== null && `${celsius(of.low_c100)} – ${celsius(of.high_c100)} ℃`} {of.at_ms && `${live(of.state) ? "" : "最后 "}${clock(of.at_ms)}`}
			</small>
			<Day of={of} />
		</To>
	);
}

/** A new alarm sounds once. */
function useAlarmSound(rows: Sensor[] | undefined): void {
	const known = useRef<Set<string> | null>(null);
	useEffect(() => {
		if (!rows) return;
		const now = new Set(rows.filter((row) => row.state === "alarm").map((row) => row.alarm_id ?? row.id));
		if ([...now].some((id) => !known.current?.has(id))) sound("bad");
		known.current = now;
	}, [rows]);
}

export function Wall() {
	const data = useData<Page<Sensor>>("sensors", { query: { limit: 500 }, topics: ["readings", "alarms"] });
	useAlarmSound(data.data?.rows);
	return (
		<section className="page">
			<header className="page-head">
				<h1>冷链看板</h1>
				<span className="grow" />
				<To path="/alarms">报警记录</To>
			</header>
			<Loaded of={data}>
				{(page) =>
					page.rows.length === 0 ? (
						<Empty text={"还没有温度探头。\n网关登记探头并上报后, 每个冷藏点在这里是一块。"} />
					) : (
						<div className="tiles">
							{[...page.rows].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || a.site_name.localeCompare(b.site_name, "zh")).map((sensor) => (
								<Tile key={sensor.id} of={sensor} />
							))}
						</div>
					)
				}
			</Loaded>
		</section>
	);
}
