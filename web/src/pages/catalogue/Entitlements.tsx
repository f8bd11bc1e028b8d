// 机构许可: 印鉴卡 and the like; without them a site cannot ask for controlled drugs. And the limits of the catalogue.
import { Button, Modal, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, ymd } from "../../base/format";
import { can, current } from "../../base/session";
import type { Product } from "../../base/types";
import { Chip, Drug, To } from "../../parts/cells";
import { Cell, DateCell, Field, ProductPicker, SitePicker } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface Row {
	id: string;
	site_name: string;
	kind: string;
	kind_title: string;
	product_name: string | null;
	number: string;
	from_ymd: number;
	to_ymd: number;
	units: number | null;
	used_units: number;
	state: "ok" | "soon" | "expired";
}
const KINDS = { seal_card: "麻精药品印鉴卡", toxic: "毒性药品购用许可", radioactive: "放射性药品使用许可证", precursor: "药品类易制毒化学品购用证明", preparation: "制剂调剂批件" };
const STATE = { ok: <Chip tone="good">有效</Chip>, soon: <Chip tone="wait">将到期</Chip>, expired: <Chip tone="bad">已过期</Chip> };

function Add({ close }: { close: () => void }) {
	const [site, setSite] = useState<string>();
	const [kind, setKind] = useState("seal_card");
	const [product, setProduct] = useState<Product | null>(null);
	const [number, setNumber] = useState("");
	const [from, setFrom] = useState<number | null>(null);
	const [to, setTo] = useState<number | null>(null);
	const [limit, setLimit] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const body = { site_id: site, kind, number, from_ymd: from, to_ymd: to, ...(kind === "preparation" && product && { product_id: product.id }), ...(limit && { units: Number(limit) }) };
		if (await act(async () => (await post("entitlements", body), true))) close();
	};
	return (
		<Modal open closable={false} title="登记机构许可" okText="登记" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !site || !number.trim() || !from || !to, "data-testid": "permit-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="机构" error={problem?.at("site_id")}><SitePicker value={site} onChange={setSite} /></Field>
				<Field label="许可"><Select value={kind} data-testid="permit-kind" options={options(KINDS)} onChange={setKind} /></Field>
				{kind === "preparation" && (product ? <Drug name={product.name} spec={product.spec} /> : <ProductPicker placeholder="哪个制剂" onPick={setProduct} />)}
				<Field label="证号" error={problem?.at("number")}><Cell value={number} testid="permit-number" maxLength={60} onChange={setNumber} /></Field>
				<Field label="起始日期"><DateCell value={from} testid="permit-from" onChange={setFrom} /></Field>
				<Field label="截止日期" error={problem?.at("to_ymd")}><DateCell value={to} testid="permit-to" onChange={setTo} /></Field>
				{kind === "preparation" && <Field label="限量 (最小单位, 不填不限)"><Cell value={limit} inputMode="numeric" testid="permit-units" onChange={setLimit} /></Field>}
			</div>
		</Modal>
	);
}

export function Entitlements() {
	const [adding, setAdding] = useState(false);
	return (
		<>
			<ListPage<Row>
				title="机构许可"
				resource="entitlements"
				topics={["products"]}
				search={false}
				id={(row) => row.id}
				filters={[{ name: "kind", label: "许可", options: options(KINDS) }, { name: "site_id", label: "机构", options: "sites" }]}
				primary={{ label: "登记许可", onClick: () => setAdding(true), permission: "CATALOGUE_DECIDE" }}
				extra={<To path="/catalogue-settings">目录限额</To>}
				empty={"麻醉、精一、毒性等药品和院内制剂, 只有在这里有有效许可的机构才能请领。"}
				columns={[
					{ key: "site", title: "机构", card: "title", show: (row) => <b>{row.site_name}</b> },
					{ key: "kind", title: "许可", show: (row) => row.kind_title },
					{ key: "product", title: "制剂", show: (row) => row.product_name },
					{ key: "number", title: "证号", show: (row) => <span className="num">{row.number}</span> },
					{ key: "dates", title: "有效期", show: (row) => <span className="num">{ymd(row.from_ymd)} – {ymd(row.to_ymd)}</span> },
					{ key: "units", title: "限量", align: "right", show: (row) => row.units !== null && <span className="num">{row.used_units} / {row.units}</span> },
					{ key: "state", title: "状态", show: (row) => STATE[row.state] },
				]}
			/>
			{adding && <Add close={() => setAdding(false)} />}
		</>
	);
}

interface Setting {
	id: string;
	title: string;
	value: number;
}

function SetLimit({ of, close }: { of: Setting; close: () => void }) {
	const [value, setValue] = useState(String(of.value));
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		if (await act(async () => (await post(`catalogue-settings/${of.id}/set`, { value: Number(value) }), true))) close();
	};
	return (
		<Modal open closable={false} title={of.title} okText="设定" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !/^\d+$/.test(value), "data-testid": "limit-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<Cell autoFocus value={value} inputMode="numeric" testid="limit-value" onChange={setValue} />
		</Modal>
	);
}

interface Control {
	controlled: boolean;
	from_ymd?: number;
	set_by?: string | null;
	at_ms?: number;
	note?: string | null;
}

function SetControl({ close }: { close: () => void }) {
	const [from, setFrom] = useState<number | null>(current().session?.today_ymd ?? null);
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		if (await act(async () => (await post("catalogue-control", { from_ymd: from, ...(note.trim() && { note: note.trim() }) }), true))) close();
	};
	return (
		<Modal open closable={false} title="设定目录启用日" okText="设定, 以后不能更改" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !from, "data-testid": "control-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<p>从这一天起, 新增品种和名称、规格、生产企业、批准文号、目录级别、特殊管理等内容只能由药事委员会的目录调整改变; 导入和手工都会被拒绝。编码、包装名称等不受影响。</p>
			<div className="dialog-form">
				<Field label="目录启用日" error={problem?.at("from_ymd")}><DateCell value={from} testid="control-from" onChange={setFrom} /></Field>
				<Field label="说明"><Cell value={note} testid="control-note" maxLength={200} onChange={setNote} /></Field>
			</div>
		</Modal>
	);
}

/** Until the day is set, files load the catalogue; from it on, only the committee changes it. */
function ControlDay() {
	const [setting, setSetting] = useState(false);
	const { data } = useData<Control>("catalogue-control", { topics: ["products"] });
	if (!data) return null;
	return (
		<div className="panel" data-testid="catalogue-control">
			{data.from_ymd ? (
				<p>目录启用日 <b className="num">{ymd(data.from_ymd)}</b> {data.controlled ? <Chip tone="good">已启用</Chip> : <Chip tone="wait">未到</Chip>} <span className="mute">{data.set_by} {data.at_ms && time(data.at_ms)} {data.note}</span></p>
			) : (
				<p>目录启用日 <Chip tone="wait">未设定</Chip> <span className="mute">目录还可以整批导入; 核对完后由总药师设定, 此后品种的变更须经目录调整。</span> {can("CATALOGUE_DECIDE") && <Button size="small" data-testid="control-set" onClick={() => setSetting(true)}>设定目录启用日</Button>}</p>
			)}
			{setting && <SetControl close={() => setSetting(false)} />}
		</div>
	);
}

export function CatalogueSettings() {
	const [open, setOpen] = useState<Setting | null>(null);
	return (
		<>
			<ListPage<Setting>
				title="目录限额"
				above={<ControlDay />}
				resource="catalogue-settings"
				topics={["products"]}
				search={false}
				id={(row) => row.id}
				open={(row) => (can("CATALOGUE_DECIDE") ? () => setOpen(row) : null)}
				empty="本县自定的次数和数量上限。"
				columns={[
					{ key: "title", title: "限额", card: "title", show: (row) => <b>{row.title}</b> },
					{ key: "value", title: "值", align: "right", show: (row) => <span className="num">{row.value}</span> },
				]}
			/>
			{open && <SetLimit of={open} close={() => setOpen(null)} />}
		</>
	);
}
