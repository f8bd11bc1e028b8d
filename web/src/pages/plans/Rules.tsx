// What the suggestion and the approval go by: 备货参数 and 审批限额, dated, newest first; and orders that look split.
import { Button, Modal, Select } from "antd";
import { type ReactNode, useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { money, time, today, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { To } from "../../parts/cells";
import { Cell, DateCell, Field, SitePicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

const CLASSES: Record<string, string> = { western: "西药", patent: "中成药", decoction: "饮片" };
const ROUNDS: Record<string, string> = { pack: "盒 (最小包装)", box: "中包装", case: "整件" };
const ROLES: Record<string, string> = { central_pharmacist: "中心药师", chief_pharmacist: "总药师" };
const choices = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }));

function Dialog({ title, path, body, close, children }: { title: string; path: string; body: () => object; close: () => void; children: (at: (field: string) => string | undefined) => ReactNode }) {
	const { act, busy, problem, clear } = useAct();
	const save = () =>
		act(async () => {
			await post(path, body());
			close();
		});
	return (
		<Modal open title={title} okText="保存" cancelText="返回" confirmLoading={busy} onCancel={close} onOk={() => void save()} okButtonProps={{ "data-testid": "rule-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">{children((field) => problem?.at(field))}</div>
		</Modal>
	);
}

interface Setting {
	id: string;
	site_name: string | null;
	drug_class: string | null;
	from_ymd: number;
	lead_days: number;
	safety_days: number;
	cover_days: number;
	round_to: string;
	note: string | null;
	at_ms: number;
	by: string | null;
}

const digits = (text: string) => text.replace(/\D/g, "").slice(0, 3);

function SettingDialog({ close }: { close: () => void }) {
	const [days, setDays] = useState({ lead_days: "3", safety_days: "12", cover_days: "30" });
	const [site, setSite] = useState<string>();
	const [drugClass, setDrugClass] = useState<string>();
	const [round, setRound] = useState("pack");
	const [from, setFrom] = useState<number | null>(today());
	const body = () => ({
		lead_days: Number(days.lead_days), safety_days: Number(days.safety_days), cover_days: Number(days.cover_days), round_to: round,
		...(site ? { site_id: site } : {}), ...(drugClass ? { drug_class: drugClass } : {}), ...(from ? { from_ymd: from } : {}),
	});
	const day = (name: keyof typeof days, label: string, error?: string) => (
		<Field label={label} error={error}>
			<Cell value={days[name]} inputMode="numeric" testid={name} onChange={(text) => setDays((old) => ({ ...old, [name]: digits(text) }))} />
		</Field>
	);
	return (
		<Dialog title="新增备货参数" path="demand-settings" body={body} close={close}>
			{(at) => (
				<>
					{day("lead_days", "到货天数", at("lead_days"))}
					{day("safety_days", "安全天数", at("safety_days"))}
					{day("cover_days", "备货天数", at("cover_days"))}
					<Field label="取整到"><Select value={round} options={choices(ROUNDS)} onChange={setRound} /></Field>
					<Field label="类别 (不选为全部)"><Select allowClear placeholder="全部" value={drugClass} options={choices(CLASSES)} onChange={setDrugClass} /></Field>
					<Field label="机构 (不选为全部)" error={at("site_id")}><SitePicker value={site} onChange={setSite} /></Field>
					<Field label="起用日期" error={at("from_ymd")}><DateCell value={from} onChange={setFrom} /></Field>
				</>
			)}
		</Dialog>
	);
}

export function DemandSettings() {
	const [open, setOpen] = useState(false);
	return (
		<>
			<ListPage<Setting>
				title="备货参数"
				resource="demand-settings"
				topics={["plans"]}
				id={(row) => row.id}
				search={false}
				primary={{ label: "新增", onClick: () => setOpen(true), permission: "ORDER_SETTINGS" }}
				empty={"建议数量按 到货 + 安全 + 备货天数 计算。未设定时为 3 + 12 + 30 天, 取整到盒。\n可按机构和类别各设一行, 从某日起用; 机构与类别都写明的优先。"}
				columns={[
					{ key: "site", title: "机构", card: "title", show: (row) => row.site_name ?? "全部" },
					{ key: "class", title: "类别", show: (row) => (row.drug_class ? CLASSES[row.drug_class] : "全部") },
					{ key: "from", title: "起用日期", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
					{ key: "lead", title: "到货天数", align: "right", show: (row) => row.lead_days },
					{ key: "safety", title: "安全天数", align: "right", show: (row) => row.safety_days },
					{ key: "cover", title: "备货天数", align: "right", show: (row) => row.cover_days },
					{ key: "round", title: "取整到", show: (row) => ROUNDS[row.round_to] },
					{ key: "at", title: "登记", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.by}</small></span> },
				]}
			/>
			{open && <SettingDialog close={() => setOpen(false)} />}
		</>
	);
}

interface Limit {
	id: string;
	role: string;
	amount: string;
	from_ymd: number;
	at_ms: number;
	by: string | null;
}

function LimitDialog({ close }: { close: () => void }) {
	const [role, setRole] = useState("central_pharmacist");
	const [amount, setAmount] = useState("");
	const [from, setFrom] = useState<number | null>(today());
	return (
		<Dialog title="新增审批限额" path="approval-limits" body={() => ({ role, amount, ...(from ? { from_ymd: from } : {}) })} close={close}>
			{(at) => (
				<>
					<Field label="岗位" error={at("role")}><Select value={role} options={choices(ROLES)} onChange={setRole} /></Field>
					<Field label="单张订单限额 (元)" error={at("amount")}><Cell value={amount} inputMode="decimal" testid="limit-amount" onChange={setAmount} /></Field>
					<Field label="起用日期" error={at("from_ymd")}><DateCell value={from} onChange={setFrom} /></Field>
				</>
			)}
		</Dialog>
	);
}

export function ApprovalLimits() {
	const [open, setOpen] = useState(false);
	return (
		<>
			<ListPage<Limit>
				title="审批限额"
				resource="approval-limits"
				topics={["orders"]}
				id={(row) => row.id}
				search={false}
				primary={{ label: "新增", onClick: () => setOpen(true), permission: "ORDER_SETTINGS" }}
				extra={<Button onClick={() => go("/split-flags")}>疑似拆单</Button>}
				empty={"某岗位一人可批的订单金额。超过的须由牵头医院总药师复审。\n没有限额时, 任何金额都由一人审批。"}
				columns={[
					{ key: "role", title: "岗位", card: "title", show: (row) => ROLES[row.role] ?? row.role },
					{ key: "amount", title: "限额 (元)", align: "right", show: (row) => <b className="num">{money(row.amount)}</b> },
					{ key: "from", title: "起用日期", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
					{ key: "at", title: "登记", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.by}</small></span> },
				]}
			/>
			{open && <LimitDialog close={() => setOpen(false)} />}
		</>
	);
}

interface Split {
	id: string;
	order_id: string;
	order_number: string;
	order_state: string;
	supplier_name: string;
	reason_title: string;
	orders: number;
	sum: string;
	limit: string;
	other_id: string;
	other_number: string;
	other_state: string;
	other_supplier_name: string;
	made_by: string | null;
	at_ms: number;
}
interface SplitOrder {
	order_id: string;
	order_number: string;
	order_state: string;
	supplier_name: string;
	to_site_name: string | null;
	reason_title: string;
	amount: string;
	counted: string;
	sum: string;
	limit: string;
	made_by: string | null;
	made_at_ms: number;
}

/** Also a tab of 监管关注. */
export function Splits({ above }: { above?: ReactNode }) {
	return (
		<ListPage<Split>
			above={above}
			title="疑似拆单"
			resource="split-flags"
			topics={["orders"]}
			id={(row) => row.id}
			open={(row) => `/split-flags/${row.id}`}
			search={false}
			empty="同一供应商同日的、或不论哪家供应商三日内同品种的几张订单, 单张都不超限额而合计超过的, 列在这里; 每张订单上都有标记。"
			columns={[
				{ key: "order", title: "订单", card: "title", show: (row) => <><To path={`/orders/${row.order_id}`}><b className="num">{row.order_number}</b></To> <small className="mute">{row.order_state}</small></> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "other", title: "相关订单", show: (row) => <><To path={`/orders/${row.other_id}`}><b className="num">{row.other_number}</b></To> <small className="mute">{row.other_state}</small></> },
				{ key: "other-supplier", title: "相关订单供应商", show: (row) => row.other_supplier_name },
				{ key: "reason", title: "缘由", show: (row) => row.reason_title },
				{ key: "orders", title: "订单数", align: "right", show: (row) => <To path={`/split-flags/${row.id}`}>{row.orders}</To> },
				{ key: "sum", title: "合计 (元)", align: "right", show: (row) => <To path={`/split-flags/${row.id}`}><b className="num">{money(row.sum)}</b></To> },
				{ key: "limit", title: "限额 (元)", align: "right", show: (row) => <span className="num">{money(row.limit)}</span> },
				{ key: "by", title: "编制", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

export const SplitFlags = () => <Splits />;

/** The orders of one flag: what its sum is made of. */
export function SplitOrders({ params }: { params: Params }) {
	return (
		<ListPage<SplitOrder>
			title="疑似拆单的订单"
			resource="split-orders"
			fixed={{ flag_id: params.id }}
			topics={["orders"]}
			id={(row) => row.order_id}
			open={(row) => `/orders/${row.order_id}`}
			search={false}
			above={<p className="mute">同日同供应商的, 每张订单计全额; 三日内同品种的, 只计共有品种的行, 不论哪家供应商。单张超过限额的订单已另行复审, 不计。</p>}
			empty="没有这条标记, 或不在您的管辖范围。"
			columns={[
				{ key: "order", title: "订单", card: "title", show: (row) => <b className="num">{row.order_number}</b> },
				{ key: "state", title: "状态", show: (row) => row.order_state },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "site", title: "收货单位", show: (row) => row.to_site_name },
				{ key: "reason", title: "缘由", show: (row) => row.reason_title },
				{ key: "amount", title: "订单金额", align: "right", show: (row) => <span className="num">{money(row.amount)}</span> },
				{ key: "counted", title: "计入金额", align: "right", show: (row) => <b className="num">{money(row.counted)}</b> },
				{ key: "sum", title: "合计 / 限额", align: "right", show: (row) => <span className="num">{money(row.sum)} / {money(row.limit)}</span> },
				{ key: "by", title: "编制", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}
