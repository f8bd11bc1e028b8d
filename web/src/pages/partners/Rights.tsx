// 配送关系: which distributor may deliver whose goods to us. A maker without any is open to all.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { today, ymd } from "../../base/format";
import { go } from "../../base/route";
import { can } from "../../base/session";
import type { Page } from "../../base/types";
import { Attachments } from "../../parts/Attachments";
import { Chip, To, type Tone } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { DateCell, Field, SupplierPicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

export interface Right {
	id: string;
	supplier_id: string;
	supplier_name: string;
	maker_id: string;
	maker_name: string;
	region: string | null;
	from_ymd: number;
	until_ymd: number | null;
	state: "ok" | "soon" | "urgent" | "future" | "expired" | "ended" | "elsewhere";
	state_title: string;
	end_note: string | null;
	scans: number;
}
interface Maker {
	id: string;
	name: string;
}

export const RIGHT_TONE: Record<Right["state"], Tone> = { ok: "good", soon: "wait", urgent: "wait", future: "wait", expired: "bad", ended: "off", elsewhere: "bad" };

function MakerPicker({ value, onChange }: { value: string | undefined; onChange: (id: string) => void }) {
	const { data } = useData<Page<Maker>>("makers", { query: { limit: 5000 } });
	return <Select data-testid="maker-picker" aria-label="生产企业" placeholder="选择生产企业" showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false} loading={!data} value={value} options={(data?.rows ?? []).map((one) => ({ value: one.id, label: one.name }))} onChange={onChange} />;
}

function RightDialog({ supplier: fixed, maker: fixedMaker, close }: { supplier?: string; maker?: string; close: () => void }) {
	const [supplier, setSupplier] = useState(fixed);
	const [maker, setMaker] = useState(fixedMaker);
	const [region, setRegion] = useState("");
	const [from, setFrom] = useState<number | null>(today());
	const [until, setUntil] = useState<number | null>(null);
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post("delivery-rights", { supplier_id: supplier, maker_id: maker, from_ymd: from, ...(until && { until_ymd: until }), ...(region && { region }) });
			close();
		});
	return (
		<Modal open closable={false} title="登记配送关系" okText="登记" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !supplier || !maker || !from, "data-testid": "right-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				{!fixed && <Field label="供应商" error={problem?.at("supplier_id")}><SupplierPicker value={supplier} onChange={setSupplier} ask={false} /></Field>}
				{!fixedMaker && <Field label="生产企业" error={problem?.at("maker_id")}><MakerPicker value={maker} onChange={setMaker} /></Field>}
				<Field label="区域 (几个用、分开; 不含本地区的不算)"><Input value={region} maxLength={100} onChange={(event) => setRegion(event.target.value)} /></Field>
				<div className="form-row">
					<Field label="起始日期" error={problem?.at("from_ymd")}><DateCell value={from} testid="right-from" onChange={setFrom} /></Field>
					<Field label="截止日期 (不限的不填)" error={problem?.at("until_ymd")}><DateCell value={until} testid="right-until" onChange={setUntil} /></Field>
				</div>
				<p className="mute">一家企业登记了配送关系之后, 未登记的供应商就不能再供它的产品。</p>
			</div>
		</Modal>
	);
}

function EndDialog({ row, close }: { row: Right; close: () => void }) {
	const [note, setNote] = useState("");
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			await post(`delivery-rights/${row.id}/end`, { note });
			close();
		});
	return (
		<Modal open closable={false} title="终止配送关系" okText="终止" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !note.trim(), "data-testid": "end-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<Field label="理由 (必填)"><Input autoFocus value={note} maxLength={500} data-testid="end-note" onChange={(event) => setNote(event.target.value)} /></Field>
		</Modal>
	);
}

function columns(end: (row: Right) => void): Column<Right>[] {
	return [
		{ key: "maker", title: "生产企业", card: "title", show: (row) => <To path={`/makers/${row.maker_id}`}>{row.maker_name}</To> },
		{ key: "supplier", title: "配送商", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
		{ key: "region", title: "区域", show: (row) => row.region },
		{ key: "days", title: "起止", show: (row) => <span className="num">{ymd(row.from_ymd)} – {row.until_ymd ? ymd(row.until_ymd) : "不限"}</span> },
		{ key: "state", title: "状态", show: (row) => <Chip tone={RIGHT_TONE[row.state]}>{row.state_title}</Chip> },
		{ key: "note", title: "说明", card: "hide", show: (row) => (row.state === "ended" ? row.end_note : row.state === "expired" ? "到期: 不能再采购该企业产品" : row.state === "elsewhere" ? "区域不含本地区: 不能采购该企业产品" : "") },
		{ key: "scans", title: "授权书", show: (row) => (row.scans ? `${row.scans} 份` : <span className="mute">无扫描件</span>) },
		{ key: "keys", title: "", align: "right", show: (row) => row.state !== "ended" && can("PARTNER_EDIT") && <Button size="small" onClick={() => end(row)}>终止</Button> },
	];
}

/** The letter in which the maker says so. */
const Scan = ({ row, reload }: { row: Right; reload: () => void }) => <Attachments kind="delivery_right" id={row.id} title="授权书扫描件" compact testid="scan-right" add={row.state !== "ended" && can("PARTNER_EDIT")} onAdded={reload} />;

interface Region {
	id: string;
	name: string;
}

/** 本地区: what mandates and delivery rights are compared with. */
function Regions({ close }: { close: () => void }) {
	const { data, reload } = useData<Page<Region>>("own-regions", { topics: ["partners"] });
	const [name, setName] = useState("");
	const [ending, setEnding] = useState<Region | null>(null);
	const { act, busy, problem } = useAct();
	const rows = data?.rows ?? [];
	const run = (job: () => Promise<unknown>) =>
		act(async () => {
			await job();
			setName("");
			setEnding(null);
			await reload();
		});
	if (ending)
		return (
			<Modal open closable={false} title={`取消本地区 ${ending.name}`} okText={`取消 ${ending.name}`} cancelText="返回" confirmLoading={busy} okButtonProps={{ danger: true, "data-testid": "region-end-ok" }} onCancel={() => setEnding(null)} onOk={() => void run(() => post(`own-regions/${ending.id}/end`, {}))}>
				<Trouble problem={problem} />
				<p data-testid="region-end-what">
					{rows.length > 1
						? `取消后, 授权区域只写了 ${ending.name} 的委托书和配送关系不再算数, 不能再凭它们采购。仍按 ${rows.filter((row) => row.id !== ending.id).map((row) => row.name).join("、")} 核对。`
						: `${ending.name} 是最后一个本地区: 取消后不再核对区域, 任何区域的委托书和配送关系都算数, 直到再登记一个本地区。`}
				</p>
			</Modal>
		);
	return (
		<Modal open closable={false} title="本地区" onCancel={close} footer={<Button type="primary" data-testid="regions-done" onClick={close}>完成</Button>}>
			<Trouble problem={problem} />
			<p className="mute">本院所在的地区名称, 由小到大都写上 (寿县、淮南市、安徽省)。销售人员授权委托书、配送关系的区域不包括其中任何一个时不算数, 不能凭它采购 (写"全国"的都包括)。一个也不登记时不核对区域。</p>
			<ul data-testid="own-regions">
				{rows.map((row) => (
					<li key={row.id}>{row.name} {can("PARTNER_ALLOW") && <Button size="small" data-testid={`region-end-${row.name}`} onClick={() => setEnding(row)}>取消</Button>}</li>
				))}
			</ul>
			{can("PARTNER_ALLOW") && (
				<form className="form-row" onSubmit={(event) => { event.preventDefault(); if (name.trim()) void run(() => post("own-regions", { name: name.trim() })); }}>
					<Field label="地区" error={problem?.at("name")}><Input autoFocus maxLength={60} value={name} data-testid="region-name" onChange={(event) => setName(event.target.value)} /></Field>
					<Button htmlType="submit" loading={busy} disabled={!name.trim()} data-testid="region-add">登记</Button>
				</form>
			)}
		</Modal>
	);
}

/** The rights of one supplier or one maker, inside his page. */
export function RightsTable({ supplier, maker }: { supplier?: string; maker?: string }) {
	const data = useData<Page<Right>>("delivery-rights", { query: { supplier_id: supplier, maker_id: maker, limit: 500 }, topics: ["partners"] });
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Right | null>(null);
	const close = () => {
		setAdding(false);
		setEnding(null);
		void data.reload();
	};
	return (
		<>
			<DataTable label="配送关系" testid="rights" rows={data.data?.rows ?? []} id={(row) => row.id} below={(row) => <Scan row={row} reload={() => void data.reload()} />} columns={columns(setEnding).filter((one) => one.key !== (supplier ? "supplier" : "maker"))} />
			{can("PARTNER_EDIT") && <p><Button data-testid="add-right" onClick={() => setAdding(true)}>登记配送关系</Button></p>}
			{adding && <RightDialog supplier={supplier} maker={maker} close={close} />}
			{ending && <EndDialog row={ending} close={close} />}
		</>
	);
}

export function DeliveryRights() {
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Right | null>(null);
	const [regions, setRegions] = useState(false);
	return (
		<>
			<ListPage<Right>
				title="配送关系"
				search={false}
				resource="delivery-rights"
				topics={["partners"]}
				id={(row) => row.id}
				extra={<>{can("IMPORT") && <Button onClick={() => go("/imports?kind=delivery-rights")}>导入</Button>} <Button data-testid="regions" onClick={() => setRegions(true)}>本地区</Button></>}
				primary={{ label: "登记配送关系", permission: "PARTNER_EDIT", onClick: () => setAdding(true) }}
				empty={"哪家配送商可以把哪家企业的产品送到本县。\n一家企业没有登记任何关系时, 不作限制。"}
				columns={columns(setEnding)}
			/>
			{adding && <RightDialog close={() => setAdding(false)} />}
			{regions && <Regions close={() => setRegions(false)} />}
			{ending && <EndDialog row={ending} close={() => setEnding(null)} />}
		</>
	);
}
