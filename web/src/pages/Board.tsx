// 总药师工作台: left what waits for me, middle what is wrong now, right what will happen. Every figure opens its rows.
import { Button } from "antd";
import { useData } from "../base/data";
import { useSession } from "../base/session";
import { celsius } from "../base/format";
import type { Sensor } from "../base/types";
import { Chip, To } from "../parts/cells";
import { Loaded } from "../parts/Trouble";
import { AgeBars, type AgeBucket } from "./Bars";
import { SENSOR_STATES } from "./coldchain/Wall";

interface Figure {
	title: string;
	count: number;
	path: string;
}
interface BoardData {
	shortages: { by_age: AgeBucket[]; open: number; overdue: number };
	decide: Figure[];
	wrong: Figure[];
	coming: Figure[];
	coverage: { site_id: string; site_name: string; units: number; traced_units: number }[];
	coldchain: { sensor_id: string; name: string; site_name: string; value_c100: number | null; at_ms: number | null; state?: Sensor["state"] | null }[];
}

function Figures({ of, hot, none }: { of: Figure[]; hot?: boolean; none: string }) {
	if (of.length === 0) return <p className="mute">{none}</p>;
	return of.map((one) => (
		<To key={one.title} path={one.path} className={`figure ${hot && one.count > 0 ? "hot" : ""}`}>
			<span>{one.title}</span>
			<b>{one.count}</b>
		</To>
	));
}

/** A village clinic counts with its township: thirty tiles are read, a hundred are not. */
function withClinics(rows: BoardData["coverage"], parents: Map<string, string | null | undefined>): BoardData["coverage"] {
	const known = new Map(rows.map((row) => [row.site_id, { ...row }]));
	for (const row of rows) {
		const parent = known.get(parents.get(row.site_id) ?? "");
		if (!parent) continue;
		parent.units += row.units;
		parent.traced_units += row.traced_units;
		known.delete(row.site_id);
	}
	return [...known.values()];
}

/** Share of the stock in traced packs; without stock there is no figure, never 0 %. */
function Coverage({ of }: { of: BoardData["coverage"] }) {
	const { session } = useSession();
	const parents = new Map((session?.sites ?? []).filter((site) => site.kind === "clinic").map((site) => [site.id, site.parent_id]));
	return (
		<div className="heat">
			{withClinics(of, parents).map((site) => {
				const share = site.units > 0 ? site.traced_units / site.units : null;
				const tone = share === null ? "" : share >= 0.95 ? "good" : share >= 0.7 ? "wait" : "bad";
				return (
					<To key={site.site_id} path={`/stock?site_id=${site.site_id}`} className={tone} title={`有追溯码 ${site.traced_units} / 库存 ${site.units} (最小单位)`}>
						{site.site_name}
						<b className="num">{share === null ? "无库存" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`}</b>
					</To>
				);
			})}
		</div>
	);
}

function Cold({ of }: { of: BoardData["coldchain"] }) {
	const told = of.map((one) => ({ ...one, state: one.state ?? ("never" as const) }));
	const wrong = told.filter((one) => one.state !== "normal");
	return (
		<>
			{wrong.map((one) => (
				<To key={one.sensor_id} path={`/coldchain/${one.sensor_id}`} className="figure">
					<span>
						{one.site_name} {one.name}
					</span>
					<span>
						{one.state === "alarm" || one.state === "warn" ? `${celsius(one.value_c100)} ℃ ` : ""}
						<Chip tone={one.state === "alarm" || one.state === "fault" ? "bad" : one.state === "warn" ? "wait" : "off"}>{SENSOR_STATES[one.state]}</Chip>
					</span>
				</To>
			))}
			<To path="/coldchain" className="figure">
				<span>正常的冷藏点</span>
				<b>{of.length - wrong.length}</b>
			</To>
		</>
	);
}

export function Board() {
	const data = useData<BoardData>("board", { topics: ["shortages", "alarms", "discrepancies", "orders", "receipts", "shipments", "invoices", "payables", "payments"] });
	return (
		<section className="page">
			<header className="page-head">
				<h1>总药师工作台</h1>
				<span className="grow" />
				<Button onClick={() => print()}>打印</Button>
			</header>
			<Loaded of={data} rows={12}>
				{(board) => (
					<div className="three" data-testid="board">
						<div className="panel" data-testid="board-decide">
							<h2>等我决定</h2>
							<Figures of={board.decide} none="没有等您决定的事。" />
						</div>
						<div className="panel" data-testid="board-wrong">
							<h2>现在不对</h2>
							<h3>
								缺药 {board.shortages.open} 件未了结{board.shortages.overdue > 0 && `, 其中 ${board.shortages.overdue} 件超期`}
							</h3>
							<AgeBars of={board.shortages.by_age} />
							<Figures of={board.wrong} hot none="没有其他异常。" />
							<h2 style={{ marginTop: 14 }}>冷链</h2>
							<Cold of={board.coldchain} />
							<h2 style={{ marginTop: 14 }}>追溯码覆盖率</h2>
							<Coverage of={board.coverage} />
						</div>
						<div className="panel" data-testid="board-coming">
							<h2>将要发生</h2>
							<Figures of={board.coming} none="近期没有到期或短缺的预告。" />
						</div>
					</div>
				)}
			</Loaded>
		</section>
	);
}
