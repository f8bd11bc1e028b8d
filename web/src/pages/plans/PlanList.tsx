import { useState } from "react";
import { Button } from "antd";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { time, today } from "../../base/format";
import { go } from "../../base/route";
import { homeSite } from "../../base/session";
import type { DocumentRow, Written } from "../../base/types";
import { StateChip } from "../../parts/cells";
import { Field, SitePicker } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { monthText } from "./types";

interface Row extends DocumentRow {
	ym: number;
	site_name: string;
	lines: number;
}

const COLUMNS = [
	{ key: "number", title: "单号", card: "title" as const, show: (row: Row) => <b className="num">{row.number}</b> },
	{ key: "state", title: "状态", show: (row: Row) => <StateChip kind="plans" state={row.state} title={row.state_title} /> },
	{ key: "ym", title: "月份", show: (row: Row) => monthText(row.ym) },
	{ key: "site", title: "编制单位", show: (row: Row) => row.site_name },
	{ key: "lines", title: "行数", align: "right" as const, show: (row: Row) => row.lines },
	{ key: "made", title: "制单", show: (row: Row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
];

export function PlanList() {
	return (
		<ListPage<Row>
			title="采购计划"
			resource="plans"
			topics={["plans"]}
			id={(row) => row.id}
			open={(row) => `/plans/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options({ draft: "草稿", ordering: "部分已生成订单", ordered: "已生成订单", closed: "已关闭" }) }]}
			primary={{ label: "新建采购计划", path: "/plans/new", permission: "ORDER_EDIT" }}
			empty={"这里是中心按月编制的采购计划: 并入分院计划, 采用建议, 生成订单。\n点 新建采购计划, 程序会列出在用的品种。"}
			columns={COLUMNS}
		/>
	);
}

export function SitePlanList() {
	return (
		<ListPage<Row>
			title="分院计划"
			resource="site-plans"
			topics={["site-plans"]}
			id={(row) => row.id}
			open={(row) => `/site-plans/${row.id}`}
			search="number"
			filters={[
				{ name: "state", label: "状态", options: options({ draft: "草稿", submitted: "已提交", taken: "已并入采购计划", closed: "已关闭" }) },
				{ name: "site_id", label: "机构", options: "sites" },
			]}
			primary={{ label: "新建分院计划", path: "/site-plans/new", permission: "SITE_PLAN_EDIT" }}
			empty={"分院在这里报下个月的用药计划, 提交后由中心并入采购计划。\n点 新建分院计划, 采用建议数量, 提交。"}
			columns={COLUMNS}
		/>
	);
}

function PlanNew({ kind }: { kind: "plans" | "site-plans" }) {
	const ofSite = kind === "site-plans";
	const home = homeSite();
	const [month, setMonth] = useState(String(Math.floor(today() / 100)));
	const [site, setSite] = useState(home && home.kind !== "lead" ? home.id : undefined);
	const { act, busy, problem, clear } = useAct();
	const create = () =>
		act(async () => {
			const plan = await post<Written>(kind, { ym: Number(month), ...(ofSite && site ? { site_id: site } : {}) });
			go(`/${kind}/${plan.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>{ofSite ? "新建分院计划" : "新建采购计划"}</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="月份 (202612)" error={problem?.at("ym")}>
					<input className="cell" autoFocus inputMode="numeric" maxLength={6} data-testid="plan-month" value={month} onChange={(event) => setMonth(event.target.value.replace(/\D/g, ""))} />
				</Field>
				{ofSite && (
					<Field label="分院" error={problem?.at("site_id")}>
						<SitePicker value={site} onChange={setSite} kinds={["township", "clinic"]} />
					</Field>
				)}
				<Button type="primary" data-testid="create" data-next-step loading={busy} disabled={!/^20\d{4}$/.test(month) || (ofSite && !site)} onClick={() => void create()}>
					建立计划 ▸
				</Button>
			</div>
			<p className="mute">建立后程序列出在用的品种, 按用量、库存、在途和在订给出建议; 再填数量。</p>
		</section>
	);
}

export const CountyPlanNew = () => <PlanNew kind="plans" />;
export const SitePlanNew = () => <PlanNew kind="site-plans" />;
