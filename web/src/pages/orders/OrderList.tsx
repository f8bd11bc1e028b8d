import { money, shortTime, time } from "../../base/format";
import type { DocumentRow } from "../../base/types";
import { Chip, StateChip } from "../../parts/cells";
import { ListPage, options } from "../../parts/ListPage";

interface Row extends DocumentRow {
	supplier_name: string;
	amount: string;
	lines: number;
	urgency: string | null;
	due_at_ms: number | null;
	overdue: boolean;
	split: boolean;
}

export const ORDER_STATES = options({ draft: "草稿", submitted: "已提交", countersigning: "待复审", approved: "已审批", sent: "已发送", part_received: "部分到货", received: "已到货", closed: "已关闭" });

export function OrderList() {
	return (
		<ListPage<Row>
			title="采购订单"
			resource="orders"
			topics={["orders"]}
			id={(row) => row.id}
			open={(row) => `/orders/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: ORDER_STATES }, { name: "overdue", label: "只看逾期", options: "check" }]}
			primary={{ label: "订货单", path: "/supply", permission: "ORDER_EDIT" }}
			empty={"这里是向供应商下的订单。\n先在采购计划或订货单里看缺什么, 采用建议数量, 生成第一张订单。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="orders" state={row.state} title={row.state_title} /> },
				{
					key: "due", title: "应到货",
					show: (row) => (
						<>
							{row.urgency === "emergency" && <Chip tone="wait">紧急</Chip>}{" "}
							{row.due_at_ms ? <span className={row.overdue ? "num bad-text" : "num"}>{shortTime(row.due_at_ms)}{row.overdue && " 逾期"}</span> : null}
							{row.split && <Chip tone="bad">疑似拆单</Chip>}
						</>
					),
				},
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "to", title: "收货单位", show: (row) => row.to_site_name },
				{ key: "lines", title: "行数", align: "right", show: (row) => row.lines },
				{ key: "amount", title: "金额 (元)", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "reference", title: "外部单号", card: "hide", show: (row) => row.reference },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}
