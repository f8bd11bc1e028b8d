import { time } from "../../base/format";
import type { DocumentRow } from "../../base/types";
import { StateChip } from "../../parts/cells";
import { ListPage, options } from "../../parts/ListPage";

interface Row extends DocumentRow {
	order_number?: string;
	supplier_name?: string;
	site_name?: string;
	depot_name?: string;
}

export function ReceiptList() {
	return (
		<ListPage<Row>
			title="到货验收"
			resource="receipts"
			topics={["receipts"]}
			id={(row) => row.id}
			open={(row) => `/receipts/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: options({ received: "已收货待验", inspected: "已验收", part_posted: "部分入库", posted: "已入库" }) }]}
			primary={{ label: "收货登记", path: "/receipts/new", permission: "RECEIVE" }}
			empty={"到货先收货, 再由另一人验收, 合格的入库。\n从一张已发送的订单开始收货。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="receipts" state={row.state} title={row.state_title} /> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "order", title: "订单", show: (row) => <span className="num">{row.order_number}</span> },
				{ key: "to", title: "收货单位", show: (row) => row.site_name },
				{ key: "depot", title: "库房", card: "hide", show: (row) => row.depot_name },
				{ key: "reference", title: "随货同行单", card: "hide", show: (row) => row.reference },
				{ key: "made", title: "收货", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}
