import { time } from "../../base/format";
import { isTownship } from "../../base/session";
import type { DocumentRow } from "../../base/types";
import { StateChip, To } from "../../parts/cells";
import { ListPage, options } from "../../parts/ListPage";

interface Row extends DocumentRow {
	request_id?: string | null;
	tote_code?: string | null;
	seal_no?: string | null;
}

export function ShipmentList() {
	return (
		<ListPage<Row>
			title={isTownship() ? "收货" : "配送单"}
			resource="shipments"
			topics={["shipments"]}
			id={(row) => row.id}
			open={(row) => `/shipments/${row.id}`}
			search="number"
			filters={[
				{ name: "state", label: "状态", options: options({ draft: "草稿", allocated: "已配货", picked: "已拣货", shipped: "在途", received: "已签收", cancelled: "已取消" }) },
				{ name: "to_site_id", label: "收货机构", options: "sites" },
			]}
			primary={{ label: "新建配送单", path: "/shipments/new", permission: "SHIP" }}
			empty={isTownship() ? "没有发给您的货。中心发货后会出现在这里, 扫周转箱码也可以直接打开。" : "从请领单建立配送单, 系统按先到期先出分配批次。\n也可以不经请领直接配送。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="shipments" state={row.state} title={row.state_title} /> },
				{ key: "to", title: "收货机构", show: (row) => row.to_site_name },
				{ key: "request", title: "请领单", show: (row) => row.request_id && <To path={`/requests/${row.request_id}`}>请领单</To> },
				{ key: "tote", title: "周转箱", show: (row) => <span className="num">{row.tote_code}</span> },
				{ key: "seal", title: "封签号", show: (row) => <span className="num">{row.seal_no}</span> },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}
