// 请领: a township asks, the centre may reduce a line with a reason, then ships.
import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { get, post } from "../../base/api";
import { useAct } from "../../base/data";
import { time, units } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can, homeSite, useSession } from "../../base/session";
import type { DocumentRow, Page, Request, RequestLine, Supply, Written } from "../../base/types";
import { Chip, Drug, Fact, Marks, StateChip, To, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { Behind } from "../../parts/Behind";
import { type OpenDocument, allows, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Cell, DepotPicker, Field, SitePicker, UnitsInput } from "../../parts/Fields";
import { type Draft, EditLines, draftOf, useDrafts } from "../../parts/Lines";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { idsOnList } from "../catalogue/Exceptions";
import { useUnsaved } from "../../parts/unsaved";

interface Row extends DocumentRow {
	site_name?: string;
	depot_name?: string;
}

export function RequestList() {
	return (
		<ListPage<Row>
			title="请领单"
			resource="requests"
			topics={["requests"]}
			id={(row) => row.id}
			open={(row) => `/requests/${row.id}`}
			search="number"
			filters={[
				{ name: "state", label: "状态", options: options({ draft: "草稿", submitted: "已提交", part_shipped: "部分发出", shipped: "已发出", closed: "已关闭" }) },
				{ name: "site_id", label: "机构", options: "sites" },
			]}
			primary={{ label: "新建请领单", path: "/requests/new", permission: "REQUEST_EDIT" }}
			empty={"分院在这里向中心药房请领。\n点 新建请领单, 采用建议数量, 提交。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="requests" state={row.state} title={row.state_title} /> },
				{ key: "site", title: "请领机构", show: (row) => row.site_name },
				{ key: "depot", title: "库房", card: "hide", show: (row) => row.depot_name },
				{ key: "made", title: "制单", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

const bodyLines = (lines: Draft[]) => lines.map(({ product_id, units: count }) => ({ product_id, units: count ?? 0 }));

const LIST_OF: Record<string, string> = { lead: "county", township: "township", clinic: "village" };

/** Lines of the last request as a template, and the suggestion for this site. */
function Templates({ site, fill }: { site: string | undefined; fill: (lines: Draft[]) => void }) {
	const { act, busy, problem, clear } = useAct();
	const { session } = useSession();
	const last = () =>
		act(async () => {
			const page = await get<Page<DocumentRow>>("requests", { site_id: site, limit: 1 });
			if (page.rows.length === 0) return;
			const request = await get<Request>(`requests/${page.rows[0].id}`);
			fill(request.lines.map((line) => ({ ...line, key: line.id })));
		});
	const suggested = () =>
		act(async () => {
			const kind = session?.sites.find((one) => one.id === site)?.kind ?? "lead";
			const [page, onList] = await Promise.all([get<Page<Supply>>("supply", { site_id: site, active: 1, limit: 3000 }), idsOnList(LIST_OF[kind] ?? "county")]);
			fill(page.rows.filter((row) => row.suggest_units > 0 && onList.has(row.id)).map((row) => draftOf(row, row.suggest_units)));
		});
	return (
		<>
			<Button loading={busy} data-testid="adopt" onClick={() => void suggested()}>采用建议</Button>
			<Button loading={busy} onClick={() => void last()}>照上一张</Button>
			<Trouble problem={problem} onClose={clear} />
		</>
	);
}

export function RequestNew() {
	const { lines, set, change } = useDrafts();
	const [site, setSite] = useState(homeSite()?.id);
	const [depot, setDepot] = useState("");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(lines.length > 0);
	const create = () =>
		act(async () => {
			const made = await post<Written>("requests", { site_id: site, ...(depot && { depot_id: depot }), lines: bodyLines(lines) });
			go(`/requests/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建请领单</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="请领机构" error={problem?.at("site_id")}>
					<SitePicker value={site} onChange={setSite} />
				</Field>
				<Field label="库房">
					<DepotPicker site={site} value={depot} onChange={setDepot} />
				</Field>
				<Templates site={site} fill={set} />
			</div>
			<EditLines lines={lines} set={set} change={change} problem={problem} />
			{problem?.code === "NOT_IN_LIST" && <p className="mute">本级目录没有的药, 可 <To path="/exceptions/new">申请临时采购</To>, 批准后再请领。</p>}
			<div className="totals">
				<span>{lines.length} 行</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!site || lines.length === 0} onClick={() => void create()}>
					保存请领单 ▸
				</Button>
			</div>
		</section>
	);
}

interface Reduction {
	id: string;
	units: number;
	reason: string;
}

/** 核减: the centre gives less on a line, and says why. */
function ReduceDialog({ request, close }: { request: Request; close: (body: object | null) => void }) {
	const [typed, setTyped] = useState<Record<string, Reduction>>({});
	const change = (line: RequestLine, part: Partial<Reduction>) =>
		setTyped((old) => ({ ...old, [line.id]: { ...(old[line.id] ?? { id: line.id, units: line.approved_units ?? line.units, reason: "" }), ...part } }));
	const lines = Object.values(typed);
	return (
		<Modal open closable={false} width={860} title="核减" okText="核减" cancelText="返回" onCancel={() => close(null)} okButtonProps={{ disabled: lines.length === 0 || lines.some((line) => !line.reason.trim()), "data-testid": "reduce-ok" }} onOk={() => close({ lines })}>
			<DataTable
				label="核减"
				rows={request.lines}
				id={(line) => line.id}
				columns={[
					{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} /> },
					{ key: "asked", title: "请领", align: "right", show: (line) => <Units n={line.units} of={line} /> },
					{ key: "centre", title: "中心库存", align: "right", show: (line) => <Units n={line.centre_stock_units} of={line} /> },
					{ key: "units", title: "核给", align: "right", width: 190, show: (line, n) => <UnitsInput value={typed[line.id]?.units ?? line.approved_units ?? line.units} of={line} label={`第 ${n} 行核给`} testid={`reduce-${n}`} onChange={(count) => change(line, { units: count ?? 0 })} /> },
					{ key: "reason", title: "原因 (必填)", width: 180, show: (line, n) => <Cell value={typed[line.id]?.reason ?? ""} testid={`reduce-${n}-reason`} aria-label={`第 ${n} 行原因`} onChange={(reason) => change(line, { reason })} /> },
				]}
			/>
		</Modal>
	);
}

const SHOWN: Column<RequestLine>[] = [
	{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
	{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} note={<Marks of={line} />} /> },
	{ key: "units", title: "请领", align: "right", show: (line) => <Units n={line.units} of={line} /> },
	{
		key: "approved", title: "核给", align: "right",
		show: (line) => (
			<>
				<Units n={line.approved_units ?? line.units} of={line} strong />
				{line.reduce_reason && <small className="block" style={{ color: "var(--wait)" }}>核减: {line.reduce_reason}</small>}
			</>
		),
	},
	{ key: "shipped", title: "已发", align: "right", show: (line) => <Units n={line.shipped_units} of={line} /> },
	{ key: "received", title: "已收", align: "right", show: (line) => <Units n={line.received_units} of={line} /> },
	{ key: "site", title: "本院库存", align: "right", card: "hide", show: (line) => <Units n={line.site_stock_units} of={line} /> },
	{ key: "days", title: "可用天数", align: "right", card: "hide", show: (line) => line.days_of_stock ?? "" },
	{
		key: "centre", title: "中心库存", align: "right",
		show: (line) => ((line.centre_stock_units ?? 0) < line.units ? <Chip tone="bad">{units(line.centre_stock_units, line) || "0"} 不足</Chip> : <Units n={line.centre_stock_units} of={line} />),
	},
];

interface DraftState {
	dirty: boolean;
	save: () => Promise<boolean>;
}

function DraftEditor({ of, request, state }: { of: OpenDocument<Request>; request: Request; state: { current: DraftState } }) {
	const { lines, set, change } = useDrafts(request.lines.map((line) => ({ ...line, key: line.id })));
	const [saved, setSaved] = useState({ lines, version: request.version });
	const dirty = saved.lines !== lines;
	const take = () => {
		const fresh = request.lines.map((line) => ({ ...line, key: line.id }));
		set(fresh);
		setSaved({ lines: fresh, version: request.version });
	};
	useEffect(() => {
		if (!dirty) take();
	}, [request.version, dirty]);
	useUnsaved(dirty);
	const save = async () => {
		const done = await of.change({ lines: bodyLines(lines) });
		if (done) setSaved({ lines, version: done.version });
		return done !== undefined;
	};
	state.current = { dirty, save };
	const stock = (id: string) => request.lines.find((line) => line.product_id === id);
	return (
		<>
			<Behind when={dirty && request.version > saved.version} take={take} />
			<div className="form-row">
				<Button data-testid="save" disabled={!dirty} loading={of.busy} onClick={() => void save()}>
					保存
				</Button>
				{dirty && <span className="mute">有未保存的修改</span>}
			</div>
			<EditLines
				lines={lines}
				set={set}
				change={change}
				problem={of.problem}
				more={[
					{ key: "site", title: "本院库存", align: "right", show: (line) => <Units n={stock(line.product_id)?.site_stock_units} of={line} /> },
					{ key: "centre", title: "中心库存", align: "right", show: (line) => <Units n={stock(line.product_id)?.centre_stock_units} of={line} /> },
				]}
			/>
		</>
	);
}

export function RequestPage({ params }: { params: Params }) {
	const of = useDocument<Request>("requests", params.id);
	const [draft] = useState<{ current: DraftState }>(() => ({ current: { dirty: false, save: async () => true } }));
	const ship = () =>
		of.run(async () => {
			const made = await post<Written>("shipments", { to_site_id: of.doc!.from_site_id, request_id: of.doc!.id });
			go(`/shipments/${made.id}`);
		});
	return (
		<DocumentPage
			of={of}
			before={async () => !draft.current.dirty || (await draft.current.save())}
			inputs={{ reduce: (close) => <ReduceDialog request={of.doc!} close={close} /> }}
			facts={(request) => <Fact label="请领机构">{request.from_site_name}</Fact>}
			wayOn={(request) =>
				["submitted", "part_shipped"].includes(request.state) && can("SHIP") && allows(request, "reduce") ? { title: "建立配送单", testid: "ship-request", run: () => void ship() } : null
			}
		>
			{(request) =>
				request.state === "draft" && can("REQUEST_EDIT") ? (
					<DraftEditor key={request.id} of={of} request={request} state={draft} />
				) : (
					<DataTable label="请领明细" testid="lines" columns={SHOWN} rows={request.lines} id={(line) => line.id} rowClass={(line) => (line.received_units >= (line.approved_units ?? line.units) ? "complete" : undefined)} />
				)
			}
		</DocumentPage>
	);
}
