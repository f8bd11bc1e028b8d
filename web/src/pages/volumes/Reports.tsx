// 报量: a site types what it will use next year, the lead confirms it, and it becomes the committed volume.
import { Button, Modal, Select } from "antd";
import { useEffect, useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { homeSite } from "../../base/session";
import type { Doc, DocumentRow, Packing, Page, Written } from "../../base/types";
import { Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, Field, SitePicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { type Role, RoleChip } from "../../parts/volume";
import { yearOf } from "./Progress";
import type { Round } from "./Rounds";

interface Row extends DocumentRow {
	round_name: string;
	site_name: string;
	lines: number;
}

export const REPORT_STATES = options({ draft: "草稿", submitted: "已上报", confirmed: "已确认", committed: "已定约", cancelled: "已撤销" });

export function Reports() {
	return (
		<ListPage<Row>
			title="报量单"
			resource="volume-reports"
			topics={["volume-reports"]}
			id={(row) => row.id}
			open={(row) => `/volume-reports/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: REPORT_STATES }, { name: "site_id", label: "机构", options: "sites" }]}
			primary={{ label: "新建报量单", path: "/volume-reports/new", permission: "VOLUME_REPORT" }}
			empty={"各机构按批次上报下一约定年度的用量。\n点 新建报量单, 表里已列好品种和上年用量, 只填数量。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="volume-reports" state={row.state} title={row.state_title} /> },
				{ key: "round", title: "批次", show: (row) => row.round_name },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

interface SheetRow extends Packing {
	generic: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	role: Role;
	role_title: string;
	use_units_year: number;
	committed_units: number;
}
interface Sheet {
	rows: SheetRow[];
}

export function RoundPicker({ value, onChange, only }: { value: string | undefined; onChange: (id: string) => void; only?: (round: Round) => boolean }) {
	const { data } = useData<Page<Round>>("volume-rounds", { query: { limit: 200 } });
	const rounds = (data?.rows ?? []).filter(only ?? (() => true));
	useEffect(() => {
		if (!value && rounds.length > 0) onChange((rounds.find((round) => round.state === "before") ?? rounds[0]).id);
	}, [value, rounds.length]);
	return <Select className="site-picker" data-testid="round-picker" aria-label="批次" placeholder="选择批次" popupMatchSelectWidth={false} loading={!data} value={value || undefined} options={rounds.map((round) => ({ value: round.id, label: `${round.name}  ${yearOf(round)}` }))} onChange={onChange} />;
}

/** What a year of use says, in whole packs. */
const suggested = (row: SheetRow) => {
	const per = row.units_per_pack ?? 1;
	return Math.ceil(row.use_units_year / per) * per;
};

export function ReportNew() {
	const [query, setQuery] = useQuery();
	const [site, setSite] = useState(homeSite()?.id);
	const round = query.round_id;
	const sheet = useData<Sheet>(round ? `volume-rounds/${round}/sheet` : null, { query: { site_id: site } });
	const [typed, setTyped] = useState<Record<string, number | null>>({});
	const { act, busy, problem, clear } = useAct();
	const lines = Object.entries(typed).filter(([, units]) => (units ?? 0) > 0);
	useUnsaved(lines.length > 0);
	const create = () =>
		act(async () => {
			const made = await post<Written>("volume-reports", { round_id: round, site_id: site, lines: lines.map(([product_id, units]) => ({ product_id, units })) });
			go(`/volume-reports/${made.id}`, { replace: true, saved: true });
		});
	const adopt = () => setTyped(Object.fromEntries((sheet.data?.rows ?? []).filter((row) => row.role === "selected" && row.use_units_year > 0).map((row) => [row.product_id, suggested(row)])));
	const columns: Column<SheetRow>[] = [
		{ key: "generic", title: "通用名", card: "hide", show: (row) => row.generic },
		{ key: "product", title: "品种", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
		{ key: "role", title: "中选", show: (row) => <RoleChip role={row.role} title={row.role_title} /> },
		{ key: "use", title: "上年用量", align: "right", show: (row) => <Units n={row.use_units_year} of={row} /> },
		{ key: "had", title: "现约定量", align: "right", card: "hide", show: (row) => <Units n={row.committed_units || null} of={row} /> },
		{ key: "units", title: "上报数量", align: "right", width: 210, show: (row, n) => <UnitsInput value={typed[row.product_id] ?? null} of={row} label={`${row.product_name} 上报数量`} testid={`line-${n}`} onChange={(units) => setTyped((old) => ({ ...old, [row.product_id]: units }))} /> },
	];
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建报量单</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="批次" error={problem?.at("round_id")}>
					<RoundPicker value={round} onChange={(id) => setQuery({ round_id: id }, { replace: true })} only={(one) => one.state !== "over"} />
				</Field>
				<Field label="报量机构" error={problem?.at("site_id")}>
					<SitePicker value={site} onChange={setSite} />
				</Field>
				<Button data-testid="adopt" onClick={adopt}>按上年用量填</Button>
			</div>
			{round ? <Loaded of={sheet} rows={12}>{(one) => <DataTable label="报量" testid="lines" columns={columns} rows={one.rows} id={(row) => row.product_id} />}</Loaded> : <p className="mute">还没有可以报量的批次。</p>}
			<div className="totals">
				<span>{lines.length} 个品种</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!round || lines.length === 0} onClick={() => void create()}>
					保存报量单 ▸
				</Button>
			</div>
		</section>
	);
}

interface Line extends Packing {
	id: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	confirmed_units: number;
	reason: string | null;
	role: Role;
	role_title: string;
}
interface Report extends Doc {
	round_id: string;
	round_name: string;
	lines: Line[];
}

/** 确认: all as reported, or less with a reason. */
function ConfirmDialog({ report, close }: { report: Report; close: (body: object | null) => void }) {
	const [typed, setTyped] = useState<Record<string, { units: number; reason: string }>>({});
	const change = (line: Line, part: Partial<{ units: number; reason: string }>) => setTyped((old) => ({ ...old, [line.product_id]: { ...(old[line.product_id] ?? { units: line.units, reason: "" }), ...part } }));
	const changed = report.lines.filter((line) => typed[line.product_id] && typed[line.product_id].units !== line.units);
	const wrong = changed.some((line) => typed[line.product_id].units > line.units || !typed[line.product_id].reason.trim());
	return (
		<Modal open closable={false} width={900} title="确认报量" okText={changed.length > 0 ? `核减 ${changed.length} 行并确认` : "全部按上报确认"} cancelText="返回" onCancel={() => close(null)} okButtonProps={{ disabled: wrong, "data-testid": "confirm-ok" }} onOk={() => close({ lines: changed.map((line) => ({ product_id: line.product_id, ...typed[line.product_id] })) })}>
			<DataTable
				label="确认报量"
				rows={report.lines}
				id={(line) => line.product_id}
				columns={[
					{ key: "product", title: "品种", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
					{ key: "asked", title: "上报", align: "right", show: (line) => <Units n={line.units} of={line} /> },
					{ key: "units", title: "确认", align: "right", width: 210, show: (line, n) => <UnitsInput value={typed[line.product_id]?.units ?? line.units} of={line} label={`第 ${n} 行确认`} testid={`confirm-${n}`} onChange={(units) => change(line, { units: units ?? 0 })} /> },
					{ key: "reason", title: "核减原因", width: 170, show: (line, n) => <Cell value={typed[line.product_id]?.reason ?? ""} testid={`confirm-${n}-reason`} aria-label={`第 ${n} 行核减原因`} onChange={(reason) => change(line, { reason })} /> },
				]}
			/>
		</Modal>
	);
}

function DraftLines({ of, report }: { of: ReturnType<typeof useDocument<Report>>; report: Report }) {
	const [typed, setTyped] = useState<Record<string, number | null>>({});
	const value = (line: Line) => (line.product_id in typed ? typed[line.product_id] : line.units);
	const dirty = Object.keys(typed).length > 0;
	useUnsaved(dirty);
	const save = async () => {
		const lines = report.lines.map((line) => ({ product_id: line.product_id, units: value(line) ?? 0 })).filter((line) => line.units > 0);
		if (await of.change({ lines })) setTyped({});
	};
	return (
		<>
			<div className="form-row">
				<Button data-testid="save" disabled={!dirty} loading={of.busy} onClick={() => void save()}>
					保存
				</Button>
				{dirty && <span className="mute">有未保存的修改; 数量清空的行会去掉</span>}
			</div>
			<DataTable
				label="报量明细"
				testid="lines"
				rows={report.lines}
				id={(line) => line.id}
				columns={[
					{ key: "product", title: "品种", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
					{ key: "role", title: "中选", show: (line) => <RoleChip role={line.role} title={line.role_title} /> },
					{ key: "units", title: "上报数量", align: "right", width: 210, show: (line, n) => <UnitsInput value={value(line)} of={line} label={`第 ${n} 行上报数量`} testid={`line-${n}`} onChange={(units) => setTyped((old) => ({ ...old, [line.product_id]: units }))} /> },
				]}
			/>
		</>
	);
}

const SHOWN: Column<Line>[] = [
	{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
	{ key: "product", title: "品种", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
	{ key: "role", title: "中选", show: (line) => <RoleChip role={line.role} title={line.role_title} /> },
	{ key: "units", title: "上报", align: "right", show: (line) => <Units n={line.units} of={line} /> },
	{ key: "confirmed", title: "确认", align: "right", show: (line) => <><Units n={line.confirmed_units} of={line} strong />{line.reason && <small className="block mute">核减: {line.reason}</small>}</> },
];

export function ReportPage({ params }: { params: Params }) {
	const of = useDocument<Report>("volume-reports", params.id);
	return (
		<DocumentPage
			of={of}
			inputs={{ confirm: (close) => <ConfirmDialog report={of.doc!} close={close} /> }}
			facts={(report) => (
				<>
					<Fact label="批次"><To path={`/volume-rounds/${report.round_id}`}>{report.round_name}</To></Fact>
					<Fact label="报量机构">{report.from_site_name}</Fact>
				</>
			)}
		>
			{(report) => (report.state === "draft" ? <DraftLines key={report.version} of={of} report={report} /> : <DataTable label="报量明细" testid="lines" columns={SHOWN} rows={report.lines} id={(line) => line.id} />)}
		</DocumentPage>
	);
}
