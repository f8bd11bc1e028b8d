// 长处方需求: what patients with long prescriptions will need, per depot and drug; the suggestion counts it as known.
import { Button, Modal } from "antd";
import { useState } from "react";
import { patch, post } from "../../base/api";
import { useAct } from "../../base/data";
import { time, ymd } from "../../base/format";
import { go } from "../../base/route";
import { can, homeSite, useSession } from "../../base/session";
import type { Product } from "../../base/types";
import { Chip, Drug, Units } from "../../parts/cells";
import { Cell, DateCell, DepotPicker, Field, ProductPicker, SitePicker, UnitsInput } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { ProductFilter } from "../../parts/ProductFilter";
import { Trouble } from "../../parts/Trouble";
import { businessDay } from "../settle/words";
import { addDays } from "./calendar";

interface Row {
	id: string;
	site_id: string;
	site_name: string;
	depot_id: string;
	depot_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	unit_name: string;
	pack_name: string;
	units_per_pack: number;
	units_30: number;
	from_ymd: number;
	until_ymd: number;
	source: string;
	note: string | null;
	at_ms: number;
	by: string | null;
}

function Add({ close }: { close: () => void }) {
	const [site, setSite] = useState(homeSite()?.id);
	const depots = useSession().session?.sites.find((one) => one.id === site)?.depots ?? [];
	const [picked, setPicked] = useState("");
	const depot = depots.length === 1 ? depots[0].id : picked;
	const [drug, setDrug] = useState<Product | null>(null);
	const [units, setUnits] = useState<number | null>(null);
	const [from, setFrom] = useState<number | null>(businessDay());
	const [until, setUntil] = useState<number | null>(addDays(businessDay(), 83));
	const [source, setSource] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const body = { depot_id: depot, product_id: drug!.id, units_30: units, ...(from && { from_ymd: from }), until_ymd: until, source: source.trim() };
		if (await act(async () => (await post("long-demands", body), true))) close();
	};
	return (
		<Modal open closable={false} title="登记长处方需求" okText="登记" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !depot || !drug || !units || !until || !source.trim(), "data-testid": "long-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="机构"><SitePicker value={site} onChange={(id) => { setSite(id); setPicked(""); }} /></Field>
				<Field label="库房" error={problem?.at("depot_id")}><DepotPicker site={site} value={picked} onChange={setPicked} /></Field>
				<Field label="药品" error={problem?.at("product_id")}>
					{drug ? <span><Drug name={drug.name} spec={drug.spec} maker={drug.maker} /> <Button size="small" onClick={() => setDrug(null)}>另选</Button></span> : <ProductPicker placeholder="名称、拼音首字母或编码" onPick={setDrug} />}
				</Field>
				<Field label="每 30 天用量 (各患者合计)" error={problem?.at("units_30")}><UnitsInput value={units} of={drug ?? {}} testid="long-units" label="每 30 天用量" onChange={setUnits} /></Field>
				<Field label="起始日" error={problem?.at("from_ymd")}><DateCell value={from} testid="long-from" onChange={setFrom} /></Field>
				<Field label="截止日 (最长 12 周)" error={problem?.at("until_ymd")}><DateCell value={until} testid="long-until" onChange={setUntil} /></Field>
				<Field label="来源" error={problem?.at("source")}><Cell value={source} testid="long-source" maxLength={100} placeholder="慢病门诊, 家庭医生签约 …" onChange={setSource} /></Field>
			</div>
		</Modal>
	);
}

function Change({ of, close }: { of: Row; close: () => void }) {
	const [units, setUnits] = useState<number | null>(of.units_30);
	const [until, setUntil] = useState<number | null>(of.until_ymd);
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		if (await act(async () => (await patch(`long-demands/${of.id}`, { units_30: units, until_ymd: until }), true))) close();
	};
	return (
		<Modal open closable={false} title={`修改长处方需求: ${of.product_name} ${of.spec}`} okText="保存" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !units || !until, "data-testid": "long-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="每 30 天用量" error={problem?.at("units_30")}><UnitsInput value={units} of={of} testid="long-units" label="每 30 天用量" onChange={setUnits} /></Field>
				<Field label={`截止日 (${ymd(of.from_ymd)} 起, 最长 12 周; 提前截止即终止)`} error={problem?.at("until_ymd")}><DateCell value={until} testid="long-until" onChange={setUntil} /></Field>
			</div>
		</Modal>
	);
}

const state = (row: Row, day: number) => (row.until_ymd < day ? <Chip tone="off">已截止</Chip> : row.from_ymd > day ? <Chip tone="wait">未开始</Chip> : <Chip tone="good">现行</Chip>);

export function LongDemands() {
	const [adding, setAdding] = useState(false);
	const [changing, setChanging] = useState<Row | null>(null);
	const day = businessDay();
	const may = can("LONG_DEMAND_EDIT");
	return (
		<>
			<ListPage<Row>
				title="长处方需求"
				resource="long-demands"
				topics={["plans"]}
				id={(row) => row.id}
				open={(row) => (may ? () => setChanging(row) : null)}
				search={false}
				boxes={{ node: <ProductFilter />, names: ["product_id"] }}
				filters={[{ name: "active", label: "只看未截止", options: "check" }, { name: "site_id", label: "机构", options: "sites" }]}
				primary={{ label: "登记", onClick: () => setAdding(true), permission: "LONG_DEMAND_EDIT" }}
				extra={can("IMPORT") && <Button onClick={() => go("/imports?kind=long-demands")}>从表格导入</Button>}
				empty={"慢病患者的长处方 (最长 12 周) 是已知的需求: 按库房和品种登记每 30 天的合计用量, 不含患者信息。\n建议数量把它如数加进去, 并从历史用量里扣除, 不重复计算。"}
				columns={[
					{ key: "drug", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
					{ key: "depot", title: "库房", show: (row) => `${row.site_name} ${row.depot_name}` },
					{ key: "units", title: "每 30 天", align: "right", show: (row) => <Units n={row.units_30} of={row} strong /> },
					{ key: "span", title: "起止", show: (row) => <span className="num">{ymd(row.from_ymd)} – {ymd(row.until_ymd)}</span> },
					{ key: "state", title: "状态", show: (row) => state(row, day) },
					{ key: "source", title: "来源", show: (row) => row.source },
					{ key: "at", title: "登记", card: "hide", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.by}</small></span> },
				]}
			/>
			{adding && <Add close={() => setAdding(false)} />}
			{changing && <Change of={changing} close={() => setChanging(null)} />}
		</>
	);
}
