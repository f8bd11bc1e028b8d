// 缺药: by age and urgency; the overdue first in colour.
import { age, time, units } from "../../base/format";
import { useData } from "../../base/data";
import { useQuery } from "../../base/route";
import type { Shortage } from "../../base/types";
import { Chip, StateChip, To } from "../../parts/cells";
import { pathOfNumber } from "../../parts/kinds";
import { ListPage } from "../../parts/ListPage";
import { STATES, URGENCY } from "./words";
import { can } from "../../base/session";
import { AgeBars, type AgeBucket } from "../Bars";

export const UrgencyChip = ({ of }: { of: string }) => <Chip tone={of === "critical" ? "bad" : of === "urgent" ? "wait" : "off"}>{URGENCY[of] ?? of}</Chip>;

function ByAge() {
	const [query] = useQuery();
	const { data } = useData<{ shortages: { by_age: AgeBucket[] } }>(can("REPORT_READ") && !query.q ? "board" : null, { topics: ["shortages"] });
	return data ? <div className="panel"><AgeBars of={data.shortages.by_age} /></div> : null;
}

export function Shortages() {
	return (
		<ListPage<Shortage>
			title="缺药登记"
			resource="shortages"
			topics={["shortages"]}
			id={(row) => row.id}
			open={(row) => `/shortages/${row.id}`}
			rowClass={(row) => (row.overdue ? "wrong" : undefined)}
			search="number"
			filters={[
				{ name: "state", label: "状态", options: STATES },
				{ name: "site_id", label: "机构", options: "sites" },
				{ name: "open", label: "只看未了结", options: "check" },
			]}
			primary={{ label: "登记缺药", path: "/shortages/new", permission: "SHORTAGE_EDIT" }}
			above={<ByAge />}
			empty={"病人要的药没有, 就在这里登记; 中心核实后调剂、采购、替代或告知, 每一步有时限。\n点 登记缺药。"}
			columns={[
				{ key: "number", title: "单号", show: (row) => <b className="num">{row.number}</b> },
				{ key: "drug", title: "药品", card: "title", show: (row) => <b>{row.product_name ?? row.drug_text}</b> },
				{ key: "urgency", title: "紧急", show: (row) => <UrgencyChip of={row.urgency} /> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="shortages" state={row.state} title={row.state_title} /> },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "units", title: "数量", align: "right", show: (row) => <span className="num">{units(row.units, row)}</span> },
				{ key: "age", title: "已等", align: "right", show: (row) => <span className="num">{age(row.age_hours)}</span> },
				{ key: "due", title: "时限", show: (row) => (row.due_at_ms ? row.overdue ? <Chip tone="bad">超时 {time(row.due_at_ms)}</Chip> : <span className="num">{time(row.due_at_ms)}</span> : "") },
				{ key: "solution", title: "办法", show: (row) => row.solution_number && <To path={pathOfNumber(row.solution_number)}>{row.solution_number}</To> },
			]}
		/>
	);
}
