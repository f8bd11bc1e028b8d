// 多医共体: what a supervisor sees of several consortia at once. Each store answers for itself; one that is late is named
// and keeps nobody waiting. What is opened from here is opened in its own consortium, where he signs in as always.
import { Button, Segmented } from "antd";
import { useState } from "react";
import { url } from "../../base/api";
import { useData } from "../../base/data";
import { money, shortTime } from "../../base/format";
import { signOut } from "../../base/session";
import { SessionDialog } from "../../frame/Login";
import { StateChip } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { Empty, Loaded } from "../../parts/Trouble";

interface Of {
	consortium: string;
	consortium_name: string;
}
interface Absent extends Of {
	code: string;
	why: string;
}
interface Merged<R> {
	rows: (R & Of)[];
	absent: Absent[];
	more?: boolean;
}
interface Figure {
	key: string;
	count: number;
	path: string;
}
interface BoardRow {
	shortages: { open: number; overdue: number };
	decide: Figure[];
	wrong: Figure[];
	coming: Figure[];
}
interface Row {
	id: string;
	number?: string;
	state?: string;
	state_title?: string;
	supplier_name?: string;
	to_site_name?: string;
	amount?: string;
	site_name?: string;
	product_name?: string;
	spec?: string;
	units?: number;
	unit_name?: string;
	urgency_title?: string;
	overdue?: boolean;
	by?: string;
	detail?: string;
	made_at_ms?: number;
	at_ms?: number;
}

const FIGURES: [string, string][] = [
	["shortages", "缺药未了结"], ["overdue", "缺药超期"], ["orders_submitted", "订单待审批"], ["orders_due", "未到货订单"], ["orders_late", "订单逾期未到"],
	["refusals", "一周内被拒绝"], ["price_lines", "高于现价的订单行"], ["alarms", "冷链报警"],
];
const into = (of: Of, path: string) => `/${encodeURIComponent(of.consortium)}${path}`;

function Missing({ of }: { of: Absent[] }) {
	if (of.length === 0) return null;
	return (
		<p className="mute" role="status" data-testid="absent">
			以下医共体没有列出, 其余不受影响: {of.map((one) => `${one.consortium_name} (${one.why})`).join(", ")}
		</p>
	);
}

function Overview({ of }: { of: Merged<BoardRow> }) {
	const figure = (row: BoardRow & Of, key: string) => [...row.decide, ...row.wrong, ...row.coming].find((one) => one.key === key);
	const columns: Column<BoardRow & Of>[] = [
		{ key: "name", title: "医共体", card: "title", show: (row) => <a href={into(row, "/board")}>{row.consortium_name}</a> },
		...FIGURES.map(([key, title]) => ({
			key, title, align: "right" as const,
			show: (row: BoardRow & Of) => {
				const one = figure(row, key);
				return one && <a className="num" href={into(row, one.path)}>{one.count}</a>;
			},
		})),
	];
	return (
		<>
			<Missing of={of.absent} />
			<DataTable label="各医共体" testid="overview" columns={columns} rows={of.rows} id={(row) => row.consortium} />
		</>
	);
}

const opened = (kind: string) => (row: Row & Of) => <a className="num" href={into(row, `/${kind}/${row.id}`)}>{row.number}</a>;
const state = (kind: string): Column<Row & Of> => ({ key: "state", title: "状态", show: (row) => <StateChip kind={kind} state={row.state ?? ""} title={row.state_title} /> });
const KINDS: Record<string, { title: string; empty: string; columns: Column<Row & Of>[] }> = {
	orders: {
		title: "采购订单", empty: "没有采购订单。",
		columns: [
			{ key: "number", title: "单号", card: "title", show: opened("orders") }, state("orders"),
			{ key: "supplier", title: "供应商", show: (row) => row.supplier_name }, { key: "to", title: "收货单位", show: (row) => row.to_site_name },
			{ key: "amount", title: "金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
		],
	},
	shortages: {
		title: "未了结缺药", empty: "没有未了结的缺药登记。",
		columns: [
			{ key: "number", title: "单号", card: "title", show: opened("shortages") }, state("shortages"),
			{ key: "drug", title: "药品", show: (row) => `${row.product_name ?? ""} ${row.spec ?? ""}` }, { key: "site", title: "机构", show: (row) => row.site_name },
			{ key: "units", title: "数量", align: "right", show: (row) => <span className="num">{row.units} {row.unit_name}</span> },
			{ key: "urgency", title: "紧急程度", show: (row) => `${row.urgency_title ?? ""}${row.overdue ? " · 已超期" : ""}` },
		],
	},
	refusals: {
		title: "超限价被拒绝", empty: "没有因高于限价而被拒绝的操作。",
		columns: [
			{ key: "site", title: "机构", show: (row) => row.site_name }, { key: "by", title: "操作人", show: (row) => row.by },
			{ key: "detail", title: "说明", card: "title", show: (row) => row.detail },
		],
	},
};

function Rows({ of, kind }: { of: Merged<Row>; kind: string }) {
	const [left, setLeft] = useState<string[]>([]);
	const names = new Map(of.rows.map((row) => [row.consortium, row.consortium_name]));
	const rows = of.rows.filter((row) => !left.includes(row.consortium));
	const columns: Column<Row & Of>[] = [
		{ key: "time", title: "时间", show: (row) => <span className="num">{shortTime(row.made_at_ms ?? row.at_ms)}</span> },
		{ key: "consortium", title: "医共体", show: (row) => row.consortium_name },
		...KINDS[kind].columns,
	];
	const turn = (code: string) => setLeft((before) => (before.includes(code) ? before.filter((one) => one !== code) : [...before, code]));
	return (
		<>
			<Missing of={of.absent} />
			<div className="page-head">
				{names.size > 1 && [...names].map(([code, name]) => (
					<Button key={code} size="small" type={left.includes(code) ? "default" : "primary"} aria-pressed={!left.includes(code)} data-testid={`only-${code}`} onClick={() => turn(code)}>
						{name}
					</Button>
				))}
				{of.more && <span className="mute">每个医共体只列最近 100 条, 更早的请到该医共体查看。</span>}
			</div>
			{rows.length === 0 ? <Empty text={KINDS[kind].empty} /> : <DataTable label={KINDS[kind].title} testid="table" columns={columns} rows={rows} id={(row) => `${row.consortium}/${row.id}`} />}
		</>
	);
}

export function Supervise() {
	const [kind, setKind] = useState("orders");
	const overview = useData<Merged<BoardRow>>("overview");
	const list = useData<Merged<Row>>(kind);
	const read = () => void Promise.all([overview.reload(), list.reload()]);
	return (
		<main className="supervise page">
			<header className="page-head">
				<h1>多医共体</h1>
				<span className="grow" />
				<Button onClick={read} data-testid="reload">刷新</Button>
				<Button onClick={() => void signOut()} data-testid="sign-out">退出登录</Button>
			</header>
			<Loaded of={overview}>{(data) => <Overview of={data} />}</Loaded>
			<div className="page-head">
				<Segmented value={kind} onChange={setKind} options={Object.entries(KINDS).map(([value, one]) => ({ value, label: one.title }))} data-testid="kinds" />
				<span className="grow" />
				<a href={url(`${kind}.csv`, { limit: 1000 })} data-testid="export">导出 CSV</a>
			</div>
			<Loaded of={list}>{(data) => <Rows key={kind} of={data} kind={kind} />}</Loaded>
			<SessionDialog />
		</main>
	);
}
