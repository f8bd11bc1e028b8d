// 替代: what the committee decided may be given instead of a drug, at which ratio, from when to when.
import { Button, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { ymd } from "../../base/format";
import { can } from "../../base/session";
import type { Page, Product } from "../../base/types";
import { Chip, Drug, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Cell, DateCell, Field, ProductPicker, UnitsInput } from "../../parts/Fields";
import { Loaded, Trouble } from "../../parts/Trouble";
import { businessDay } from "../settle/words";

interface Decision {
	id: string;
	product_id: string;
	product_name: string;
	spec: string;
	units: number;
	other_id: string;
	other_name: string;
	other_spec: string;
	other_units: number;
	both_ways: boolean;
	from_ymd: number;
	to_ymd: number | null;
	decision: string;
}

function Add({ drug, close }: { drug: Product; close: () => void }) {
	const [other, setOther] = useState<Product | null>(null);
	const [units, setUnits] = useState<number | null>(1);
	const [otherUnits, setOtherUnits] = useState<number | null>(1);
	const [both, setBoth] = useState(false);
	const [from, setFrom] = useState<number | null>(null);
	const [to, setTo] = useState<number | null>(null);
	const [decision, setDecision] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const body = { product_id: drug.id, other_id: other!.id, both_ways: both, units, other_units: otherUnits, ...(from && { from_ymd: from }), ...(to && { to_ymd: to }), decision: decision.trim() };
		if (await act(async () => (await post("substitutes", body), true))) close();
	};
	return (
		<Modal open closable={false} title={`新增替代: ${drug.name} ${drug.spec ?? ""}`} okText="登记" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !other || !units || !otherUnits || !decision.trim(), "data-testid": "substitute-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="可以用什么替代" error={problem?.at("other_id")}>
					{other ? <span><Drug name={other.name} spec={other.spec} maker={other.maker} /> <Button size="small" data-testid="substitute-again" onClick={() => setOther(null)}>另选</Button></span> : <ProductPicker placeholder="替代品种: 名称、拼音首字母或编码" onPick={setOther} />}
				</Field>
				<Field label={`本品数量 (${drug.name})`} error={problem?.at("units")}><UnitsInput value={units} of={drug} testid="substitute-own" label="本品数量" onChange={setUnits} /></Field>
				<Field label="相当于替代品种的数量" error={problem?.at("other_units")}><UnitsInput value={otherUnits} of={other ?? {}} testid="substitute-other" label="替代品种数量" onChange={setOtherUnits} /></Field>
				<label className="check"><input type="checkbox" checked={both} data-testid="substitute-both" onChange={(event) => setBoth(event.target.checked)} />反过来也可以替代</label>
				<Field label="起始日期 (不填: 今天)" error={problem?.at("from_ymd")}><DateCell value={from} testid="substitute-from" onChange={setFrom} /></Field>
				<Field label="截止日期 (不填: 不限)" error={problem?.at("to_ymd")}><DateCell value={to} testid="substitute-to" onChange={setTo} /></Field>
				<Field label="依据 (必填)" error={problem?.at("decision")}><Cell value={decision} testid="substitute-decision" maxLength={200} placeholder="药事会决定的文号或日期" onChange={setDecision} /></Field>
			</div>
		</Modal>
	);
}

function End({ of, close }: { of: Decision; close: () => void }) {
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		if (await act(async () => (await post(`substitutes/${of.id}/end`, {}), true))) close();
	};
	return (
		<Modal open closable={false} title="终止替代" okText="终止" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ "data-testid": "substitute-end-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<p>从今天起, {of.product_name} {of.spec} 不再能用 {of.other_name} {of.other_spec} 替代{of.both_ways && ", 反过来也不能"}。依据: {of.decision}</p>
		</Modal>
	);
}

const state = (row: Decision, day: number) => (row.to_ymd !== null && row.to_ymd < day ? <Chip tone="off">已终止</Chip> : row.from_ymd > day ? <Chip tone="wait">未开始</Chip> : <Chip tone="good">现行</Chip>);

/** Every decision that names the drug, on either side, ended ones too. */
export function Decisions({ drug }: { drug: Product }) {
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Decision | null>(null);
	const data = useData<Page<Decision>>("substitutes", { query: { of_id: drug.id, limit: 200 }, topics: ["products"] });
	const day = businessDay();
	return (
		<>
			{can("CATALOGUE_DECIDE") && <p><Button data-testid="substitute-new" onClick={() => setAdding(true)}>新增替代</Button></p>}
			<Loaded of={data} rows={2}>
				{(page) =>
					page.rows.length > 0 && (
						<DataTable label="替代决定" testid="substitute-decisions" rows={page.rows} id={(row) => row.id} columns={[
							{ key: "own", title: "药品", card: "title", show: (row) => <To path={`/products/${row.product_id}`}><Drug name={row.product_name} spec={row.spec} /></To> },
							{ key: "other", title: "可替代为", show: (row) => <To path={`/products/${row.other_id}`}><Drug name={row.other_name} spec={row.other_spec} /></To> },
							{ key: "ratio", title: "换算", show: (row) => <span className="num">{row.units} : {row.other_units}</span> },
							{ key: "both", title: "互换", show: (row) => (row.both_ways ? "可" : "") },
							{ key: "span", title: "起止", show: (row) => (row.to_ymd !== null && row.to_ymd < row.from_ymd ? <span className="mute">没有执行 ({ymd(row.from_ymd)} 起)</span> : <span className="num">{ymd(row.from_ymd)} – {row.to_ymd ? ymd(row.to_ymd) : "今"}</span>) },
							{ key: "state", title: "", show: (row) => state(row, day) },
							{ key: "decision", title: "依据", show: (row) => row.decision },
							{ key: "end", title: "", show: (row) => can("CATALOGUE_DECIDE") && (row.to_ymd === null || row.to_ymd >= day) && <Button size="small" data-testid="substitute-end" onClick={() => setEnding(row)}>终止</Button> },
						]} />
					)
				}
			</Loaded>
			{adding && <Add drug={drug} close={() => setAdding(false)} />}
			{ending && <End of={ending} close={() => setEnding(null)} />}
		</>
	);
}
