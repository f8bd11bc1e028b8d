// One supplier: may he deliver, his papers, whose goods he delivers, how he kept his word.
import { Alert, Button } from "antd";
import { useState } from "react";
import { patch } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can } from "../../base/session";
import type { May, Supplier } from "../../base/types";
import { Chip, Fact, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Loaded, Trouble } from "../../parts/Trouble";
import { Clauses } from "../prices/Claims";
import { Papers } from "./Papers";
import { RightsTable } from "./Rights";
import { MakerPermits } from "../settle/Permits";
import { Share } from "./Scores";
import { SupplierDialog } from "./Suppliers";
import { TicksTable } from "./Ticks";

interface Month {
	month: number;
	lines: number;
	done_lines: number;
	on_time_lines: number;
	ordered: string;
	at_ceiling: string;
	arrived: string;
	rejected: string;
	fault: string;
}
interface Full extends Supplier {
	first_document_id: string | null;
	may: May;
	months: Month[];
}

const permille = (part: string, whole: string) => (Number(whole) > 0 ? Math.round((Number(part) * 1000) / Number(whole)) : null);

function Months({ of, id }: { of: Month[]; id: string }) {
	if (of.length === 0) return <p className="mute">还没有发送过订单。</p>;
	return (
		<DataTable
			label="履约"
			rows={of}
			id={(row) => String(row.month)}
			open={(row) => go(`/supplier-lines?supplier_id=${id}&month=${row.month}`)}
			columns={[
				{ key: "month", title: "月份", card: "title", show: (row) => <b className="num">{row.month}</b> },
				{ key: "lines", title: "订单行", align: "right", show: (row) => <span className="num">{row.done_lines} / {row.lines}</span> },
				{ key: "on_time", title: "按时率", align: "right", show: (row) => <Share of={row.done_lines ? Math.round((row.on_time_lines * 1000) / row.done_lines) : null} good={900} /> },
				{ key: "ordered", title: "订购金额", align: "right", show: (row) => <span className="num">{money(row.ordered)}</span> },
				{ key: "rejected", title: "不合格率", align: "right", show: (row) => <Share of={permille(String(Number(row.rejected) + Number(row.fault)), row.arrived)} bad={20} /> },
			]}
		/>
	);
}

export function SupplierPage({ params }: { params: Params }) {
	const data = useData<Full>(`suppliers/${params.id}`, { topics: ["partners", "attachments"] });
	const [editing, setEditing] = useState(false);
	const { act, busy, problem, clear } = useAct();
	const turn = (active: boolean) =>
		act(async () => {
			await patch(`suppliers/${params.id}`, { active: active ? 0 : 1 });
			await data.reload();
		});
	return (
		<section className="page">
			<Loaded of={data} rows={10}>
				{(row) => (
					<>
						<header className="page-head">
							<h1>{row.name}</h1>
							{row.active === false ? <Chip tone="off">停用</Chip> : <Chip tone="good">在用</Chip>}
							<span className="grow" />
							<Button onClick={() => go(`/orders?supplier_id=${row.id}`)}>采购订单</Button>
							{can("PARTNER_EDIT") && <Button onClick={() => setEditing(true)}>修改</Button>}
							{can("PARTNER_EDIT") && <Button loading={busy} onClick={() => void turn(row.active !== false)}>{row.active === false ? "恢复使用" : "停用"}</Button>}
						</header>
						<Trouble problem={problem} onClose={clear} />
						{!row.may.allowed && (
							<Alert type="error" showIcon data-testid="supplier-locked" data-code={row.may.code} title={row.may.reason}
								action={row.first_document_id && <To path={`/first-suppliers/${row.first_document_id}`}>打开首营审批</To>} />
						)}
						<dl className="facts">
							<Fact label="编码">{row.code}</Fact>
							<Fact label="经营类别"><span data-testid="business">{row.business_title}</span></Fact>
							<Fact label="统一社会信用代码">{row.credit_code}</Fact>
							<Fact label="联系人">{row.contact}</Fact>
							<Fact label="电话">{row.phone}</Fact>
						</dl>
						<h2>资质</h2>
						<Papers kind="supplier" id={row.id} first={!row.first_document_id} />
						<h2>配送关系</h2>
						<RightsTable supplier={row.id} />
						<h2>补差条款</h2>
						<Clauses supplier={row.id} />
						<h2>配送勾选</h2>
						<TicksTable supplier={row.id} />
						<h2>视同生产企业 (一票即可证明)</h2>
						<MakerPermits supplier={row.id} />
						<h2>履约</h2>
						<Months of={row.months} id={row.id} />
						{editing && (
							<SupplierDialog
								of={row}
								close={() => {
									setEditing(false);
									void data.reload();
								}}
							/>
						)}
					</>
				)}
			</Loaded>
		</section>
	);
}
