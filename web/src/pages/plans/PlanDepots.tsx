// 各库房建议: the lines of a plan by depot, each with its own daily use and its own suggestion.
import { milli } from "../../base/format";
import { useQuery } from "../../base/route";
import { useSession } from "../../base/session";
import type { Packing } from "../../base/types";
import { Drug, Units } from "../../parts/cells";
import { ListPage } from "../../parts/ListPage";

interface Row extends Packing {
	plan_id: string;
	n: number;
	product_name: string;
	spec: string;
	maker: string;
	depot_id: string;
	site_name: string;
	depot_name: string;
	stock_days: number;
	out_days: number;
	daily_use_milli: number;
	long_units: number;
	expected_units: number;
	stock_units: number;
	transit_units: number;
	suggest_units: number;
}

export function PlanDepots() {
	const [query] = useQuery();
	const depots = (useSession().session?.sites ?? []).filter((site) => site.kind === "lead").flatMap((site) => site.depots);
	return (
		<ListPage<Row>
			title="各库房建议"
			resource="plan-line-depots"
			topics={["plans", "site-plans"]}
			id={(row) => `${row.plan_id}/${row.n}/${row.depot_id}`}
			open={(row) => `/plans/${query.plan_id ?? row.plan_id}`}
			search={false}
			boxes={{ node: null, names: ["plan_id"] }}
			filters={[{ name: "needed", label: "只看应补的", options: "check" }, ...(depots.length > 1 ? [{ name: "depot_id", label: "库房", options: depots.map((depot) => ({ value: depot.id, label: depot.name })) }] : [])]}
			empty="计划的每一行由各库房的用量、库存和在途相加而成, 这里一库一行。"
			columns={[
				{ key: "n", title: "行", align: "right", show: (row) => row.n },
				{ key: "drug", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "depot", title: "库房", show: (row) => `${row.site_name} ${row.depot_name}` },
				{ key: "daily", title: "日均", align: "right", show: (row) => row.daily_use_milli > 0 && <span className="num">{milli(row.daily_use_milli)} {row.unit_name}</span> },
				{ key: "out", title: "缺货天数", align: "right", show: (row) => (row.out_days > 0 ? <span className="num bad-text">{row.out_days}</span> : "") },
				{ key: "long", title: "长处方", align: "right", show: (row) => <Units n={row.long_units || null} of={row} /> },
				{ key: "expected", title: "预计用量", align: "right", show: (row) => <Units n={row.expected_units || null} of={row} /> },
				{ key: "stock", title: "库存", align: "right", show: (row) => <Units n={row.stock_units || null} of={row} /> },
				{ key: "transit", title: "在途", align: "right", show: (row) => <Units n={row.transit_units || null} of={row} /> },
				{ key: "suggest", title: "本库应补", align: "right", show: (row) => <Units n={row.suggest_units || null} of={row} strong /> },
			]}
		/>
	);
}
