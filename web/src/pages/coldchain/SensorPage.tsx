// One sensor: its curve with limits, live, and its alarms.
import { Segmented } from "antd";
import { useState } from "react";
import { useData } from "../../base/data";
import { celsius, time } from "../../base/format";
import { type Params, useQuery } from "../../base/route";
import type { Alarm, Page, Sensor } from "../../base/types";
import { Chip, Fact } from "../../parts/cells";
import { Curve, type Readings } from "../../parts/Curve";
import { Loaded } from "../../parts/Trouble";
import { AcknowledgeDialog, AlarmTable } from "./Alarms";
import { SENSOR_STATES } from "./Wall";

const SPANS = [
	{ value: 6, label: "6 小时" },
	{ value: 24, label: "24 小时" },
	{ value: 168, label: "7 天" },
	{ value: 720, label: "30 天" },
];
const HOUR_MS = 3_600_000;

function Shown({ of }: { of: Sensor }) {
	const [hours, setHours] = useState(24);
	const to = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
	const readings = useData<Readings>(`sensors/${of.id}/readings`, { query: { from_ms: to - hours * HOUR_MS, to_ms: to }, topics: ["readings"], ref: of.id });
	const alarms = useData<Page<Alarm>>("alarms", { query: { sensor_id: of.id, limit: 20 }, topics: ["alarms"] });
	const [query, change] = useQuery();
	const asked = alarms.data?.rows.find((alarm) => alarm.id === query.alarm && !alarm.acknowledged_by);
	const gaps = readings.data?.gaps?.length;
	return (
		<>
			<dl className="facts">
				<Fact label="位置">{[of.site_name, of.depot_name].filter(Boolean).join(" · ")}</Fact>
				<Fact label="现在">{of.state === "silent" ? `无数据 ${of.silent_minutes ?? "?"} 分钟` : of.at_ms ? `${celsius(of.value_c100)} ℃ (${time(of.at_ms)})` : "从未上报"}</Fact>
				<Fact label="限值">{`${celsius(of.low_c100)} – ${celsius(of.high_c100)} ℃`}</Fact>
				<Fact label="数据缺口">{gaps ? `${gaps} 处` : null}</Fact>
			</dl>
			<Segmented value={hours} options={SPANS} onChange={(value) => setHours(Number(value))} />
			<Loaded of={readings}>{(data) => <Curve of={data} low={of.low_c100} high={of.high_c100} />}</Loaded>
			<h2>报警</h2>
			<Loaded of={alarms}>{(page) => (page.rows.length > 0 ? <AlarmTable rows={page.rows} /> : <p className="mute">没有报警。</p>)}</Loaded>
			{asked && <AcknowledgeDialog of={asked} close={() => change({ alarm: undefined }, { replace: true })} />}
		</>
	);
}

export function SensorPage({ params }: { params: Params }) {
	const data = useData<Page<Sensor>>("sensors", { query: { limit: 500 }, topics: ["readings", "alarms"] });
	const sensor = data.data?.rows.find((one) => one.id === params.id);
	return (
		<section className="page">
			<header className="page-head">
				<h1>{sensor?.name ?? "探头"}</h1>
				{sensor && <Chip tone={sensor.state === "normal" ? "good" : sensor.state === "warn" ? "wait" : sensor.state === "alarm" ? "bad" : "off"}>{SENSOR_STATES[sensor.state]}</Chip>}
			</header>
			<Loaded of={data}>{() => (sensor ? <Shown of={sensor} /> : <p>没有这个探头。</p>)}</Loaded>
		</section>
	);
}
