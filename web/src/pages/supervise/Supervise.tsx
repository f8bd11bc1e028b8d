// 多医共体: what a supervisor sees of several consortia at once. Each store answers for itself; one that is late is named
// and keeps nobody waiting. What is opened from here is opened in its own consortium, where he signs in as always.
import { Button, Segmented, Select } from "antd";
import { useState } from "react";
import { url } from "../../base/api";
import { useData } from "../../base/data";
import { money, shortTime } from "../../base/format";
import { signOut } from "../../base/session";
import { SessionDialog } from "../../frame/Login";
import { StateChip } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { DateCell } from "../../parts/Fields";
import { Empty, Loaded } from "../../parts/Trouble";
import { ORDER_STATES } from "../orders/OrderList";
import { STATES as SHORTAGE_STATES } from "../shortages/words";

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
	next?: string | null;
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
	["refusals", "一周内被拒绝"], ["price_lines", "高于现价的订单行"], ["price_issue", "发药价高于进价"], ["alarms", "冷链报警"],
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
const KINDS: Record<string, { title: string; empty: string; states?: { value: string; label: string }[]; columns: Column<Row & Of>[] }> = {
	orders: {
		title: "采购订单", empty: "没有采购订单。", states: ORDER_STATES,
		columns: [
			{ key: "number", title: "单号", card: "title", show: opened("orders") }, state("orders"),
			{ key: "supplier", title: "供应商", show: (row) => row.supplier_name }, { key: "to", title: "收货单位", show: (row) => row.to_site_name },
			{ key: "amount", title: "金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
		],
	},
	shortages: {
		title: "未了结缺药", empty: "没有未了结的缺药登记。", states: SHORTAGE_STATES,
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

interface Question {
	consortium?: string;
	state?: string;
	from_ymd?: number;
	to_ymd?: number;
	after?: string;
}

function Filters({ kind, all, of, ask }: { kind: string; all: Of[]; of: Question; ask: (next: Question) => void }) {
	const asked = of.consortium?.split(",");
	const turn = (code: string) => {
		const codes = all.map((one) => one.consortium);
		const next = codes.filter((one) => (asked?.includes(one) ?? true) !== (one === code));
		ask({ ...of, consortium: next.length === 0 || next.length === codes.length ? undefined : next.join(",") });
	};
	return (
		<div className="filters" role="search">
			{all.length > 1 && all.map(({ consortium, consortium_name }) => {
				const on = asked?.includes(consortium) ?? true;
				return (
					<Button key={consortium} size="small" type={on ? "primary" : "default"} aria-pressed={on} data-testid={`only-${consortium}`} onClick={() => turn(consortium)}>
						{consortium_name}
					</Button>
				);
			})}
			{KINDS[kind].states && (
				<Select className="filter" aria-label="状态" placeholder="状态" allowClear popupMatchSelectWidth={false} value={of.state} options={KINDS[kind].states} data-testid="filter-state" onChange={(state?: string) => ask({ ...of, state })} />
			)}
			<label className="check">自 <DateCell value={of.from_ymd ?? null} testid="from" aria-label="自某日" onChange={(from) => ask({ ...of, from_ymd: from ?? undefined })} /></label>
			<label className="check">至 <DateCell value={of.to_ymd ?? null} testid="to" aria-label="至某日" onChange={(to) => ask({ ...of, to_ymd: to ?? undefined })} /></label>
		</div>
	);
}

function Rows({ of, kind, first, turn }: { of: Merged<Row>; kind: string; first: boolean; turn: (after?: string) => void }) {
	const columns: Column<Row & Of>[] = [
		{ key: "time", title: "时间", show: (row) => <span className="num">{shortTime(row.made_at_ms ?? row.at_ms)}</span> },
		{ key: "consortium", title: "医共体", show: (row) => row.consortium_name },
		...KINDS[kind].columns,
	];
	return (
		<>
			<Missing of={of.absent} />
			{of.rows.length === 0 ? <Empty text={of.next ? "这一段没有符合条件的, 请翻下一页。" : first ? KINDS[kind].empty : "没有更早的了。"} /> : <DataTable label={KINDS[kind].title} testid="table" columns={columns} rows={of.rows} id={(row) => `${row.consortium}/${row.id}`} />}
			{(!first || of.next) && (
				<p className="pager">
					{!first && <Button data-testid="first-page" onClick={() => turn(undefined)}>首页</Button>}
					<span className="mute">本页 {of.rows.length} 行</span>
					{of.next && <Button data-testid="next-page" onClick={() => turn(of.next ?? undefined)}>下一页</Button>}
				</p>
			)}
		</>
	);
}

export function Supervise() {
	const [kind, setKind] = useState("orders");
	const [question, setQuestion] = useState<Question>({});
	const overview = useData<Merged<BoardRow>>("overview");
	const query = { ...question };
	const list = useData<Merged<Row>>(kind, { query });
	const read = () => void Promise.all([overview.reload(), list.reload()]);
	const choose = (next: string) => {
		setKind(next);
		setQuestion({ ...question, state: undefined, after: undefined });
	};
	const all = [...(overview.data?.rows ?? []), ...(overview.data?.absent ?? [])].map(({ consortium, consortium_name }) => ({ consortium, consortium_name }));
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
				<Segmented value={kind} onChange={choose} options={Object.entries(KINDS).map(([value, one]) => ({ value, label: one.title }))} data-testid="kinds" />
				<span className="grow" />
				<a className="ant-btn ant-btn-default export" href={url(`${kind}.csv`, { ...query, after: undefined })} download data-testid="export">导出 CSV</a>
			</div>
			<Filters kind={kind} all={all} of={question} ask={(next) => setQuestion({ ...next, after: undefined })} />
			<Loaded of={list}>
				{(data) => (
					<div className={list.loading ? "stale" : undefined}>
						<Rows key={kind} of={data} kind={kind} first={!question.after} turn={(after) => setQuestion({ ...question, after })} />
					</div>
				)}
			</Loaded>
			<SessionDialog />
		</main>
	);
}
