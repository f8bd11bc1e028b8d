// One drug: what it is, which lists hold it, what is said of it, its codes, prices and history, and where it lies.
import { Button, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, time, ymd } from "../../base/format";
import { type Params, useQuery } from "../../base/route";
import { can } from "../../base/session";
import type { Packing, Page, Product, Substitute } from "../../base/types";
import { Chip, Drug, Fact, Marks, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Cell, DateCell, Field } from "../../parts/Fields";
import { options } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";
import { Papers } from "../partners/Papers";
import { TicksTable } from "../partners/Ticks";
import { Period, type Price, PriceEnd, PriceNew } from "../prices/Prices";
import { Decisions } from "../catalogue/Substitutes";
import { LEVEL, fieldTitle, fieldValue } from "../catalogue/words";
import { ratio } from "../../parts/ratio";

interface Code {
	id: string;
	kind: string;
	kind_title: string;
	code: string;
	units: number;
	bound_by: string | null;
	confirmed_by: string | null;
	at_ms: number | null;
}
interface FlagRow {
	flag: string;
	value: string;
	from_ymd: number;
	to_ymd: number | null;
	source: string;
	in_force: boolean;
}
interface Full extends Product {
	kind_title: string;
	origin: string | null;
	standard: string | null;
	codes: Code[];
	trace_prefixes: { prefix: string; units: number; multiplier: number; divider: number; level: number; confirmed: boolean }[];
	flags: FlagRow[];
	levels: { level: string; from_ymd: number; to_ymd: number | null; document_id: string | null; in_force: boolean }[];
	substitutes: Substitute[];
	prices: { id: string; kind: string; kind_title: string; price: string; units_per_pack: number; from_ymd: number; to_ymd: number | null; source: string }[];
	stock: ({ site_name: string; depot_name: string; units: number } & Packing)[];
}
interface FlagKind {
	flag: string;
	title: string;
	rule: string;
	governed: boolean;
	values: { word: string; title: string }[];
}
interface History {
	id: string;
	field: string;
	old_value: string | null;
	new_value: string | null;
	from_ymd: number;
	at_ms: number;
	by: string | null;
	why: string;
	document_id: string | null;
}

const span = (row: { from_ymd: number; to_ymd: number | null }) => <span className="num">{ymd(row.from_ymd)} – {row.to_ymd ? (row.to_ymd < row.from_ymd ? "已撤回" : ymd(row.to_ymd)) : "今"}</span>;
const inForce = (is: boolean) => (is ? <Chip tone="good">现行</Chip> : <Chip tone="off">不在期</Chip>);

function Stock({ drug }: { drug: Full }) {
	return (
		<DataTable label="库存" rows={drug.stock ?? []} id={(_, n) => String(n)} columns={[
			{ key: "site", title: "机构", card: "title", show: (row) => row.site_name },
			{ key: "depot", title: "库房", show: (row) => row.depot_name },
			{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={drug} strong /> },
		]} />
	);
}

interface Rule {
	orderable: boolean;
	why?: string;
	trade_price?: string;
	rule_title?: string;
	refusal?: string;
	issue_price?: string;
	issue_since_ms?: number;
	issue_adjustment_id?: string;
}

/** Which rule prices the drug today and why. */
function PriceRule({ id }: { id: string }) {
	const data = useData<Rule>(`products/${id}/price-rule`, { topics: ["prices", "imports"] });
	const rule = data.data;
	if (!rule) return null;
	return (
		<dl className="facts" data-testid="price-rule" data-orderable={rule.orderable}>
			<Fact label="今天的定价规则">
				{rule.orderable ? <Chip tone="good">{rule.why}</Chip> : <Chip tone="bad">{rule.refusal}</Chip>}
				{!rule.orderable && rule.why && <p className="mute">{rule.why}</p>}
			</Fact>
			<Fact label="成交价格">{rule.orderable && <b className="num">{money(rule.trade_price)}</b>}</Fact>
			<Fact label="发药价">
				{rule.issue_price && (
					<To path={`/price-adjustments/${rule.issue_adjustment_id}`}>
						<b className="num">{money(rule.issue_price)}</b> <small className="mute">{time(rule.issue_since_ms)} 起</small>
					</To>
				)}
			</Fact>
		</dl>
	);
}

function Prices({ drug }: { drug: Full }) {
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Price | null>(null);
	return (
		<>
			<p>
				{can("PRICE_EDIT") && <Button data-testid="price-new" onClick={() => setAdding(true)}>登记</Button>} <To path={`/prices?product_id=${drug.id}`}>明细</To>
			</p>
			<DataTable label="价格" testid="prices" rows={drug.prices ?? []} id={(row) => row.id} open={(row) => can("PRICE_EDIT") && row.kind !== "filed" && setEnding({ ...row, product_id: drug.id, product_name: drug.name, spec: drug.spec, in_force: true, price_before: null, made_at_ms: 0, made_by: null })} columns={[
				{ key: "kind", title: "种类", card: "title", show: (row) => row.kind_title },
				{ key: "price", title: "元", align: "right", show: (row) => <span className="num"><b>{money(row.price)}</b> <small className="mute">/ {row.units_per_pack} {drug.unit_name}</small></span> },
				{ key: "from", title: "起止", show: (row) => <Period of={row} /> },
				{ key: "source", title: "来源", show: (row) => row.source },
			]} />
			{adding && <PriceNew product={drug} close={() => setAdding(false)} />}
			{ending && <PriceEnd of={ending} close={() => setEnding(null)} />}
		</>
	);
}

function EndCode({ of, close }: { of: Code; close: () => void }) {
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		if (await act(async () => (await post(`product-codes/${of.id}/end`, { note: note.trim() }), true))) close();
	};
	return (
		<Modal open closable={false} title={`停用 ${of.kind_title} ${of.code}`} okText="停用" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !note.trim(), "data-testid": "code-end-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<Field label="原因 (必填)" wide><Input.TextArea autoFocus rows={2} maxLength={500} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} /></Field>
		</Modal>
	);
}

function Codes({ drug }: { drug: Full }) {
	const [ending, setEnding] = useState<Code | null>(null);
	const prefixes = drug.trace_prefixes.map((row) => ({ id: row.prefix, kind: "trace", kind_title: "药品标识码", code: row.prefix, units: row.units, ratio: ratio(row), bound_by: null, confirmed_by: row.confirmed ? "已确认" : "待确认", at_ms: null }));
	return (
		<>
			<DataTable label="编码" testid="codes" rows={[...drug.codes.map((row) => ({ ...row, ratio: "" })), ...prefixes]} id={(row) => row.id} columns={[
				{ key: "kind", title: "种类", show: (row) => row.kind_title },
				{ key: "code", title: "码", card: "title", show: (row) => <b className="num">{row.code}</b> },
				{ key: "units", title: "每码数量", align: "right", show: (row) => (row.units ? <><Units n={row.units} of={drug} /> <small className="mute num">{row.ratio}</small></> : "") },
				{ key: "by", title: "登记 · 确认", show: (row) => [row.bound_by, row.confirmed_by].filter(Boolean).join(" · ") || "导入" },
				{ key: "at", title: "时间", show: (row) => row.at_ms && <span className="num">{time(row.at_ms)}</span> },
				{ key: "end", title: "", show: (row) => row.kind !== "trace" && can("CATALOGUE_EDIT") && <Button size="small" onClick={() => setEnding(row)}>停用</Button> },
			]} />
			{can("CODE_BIND") && <p><To path="/code-bindings">绑定新编码 (两人)</To></p>}
			{ending && <EndCode of={ending} close={() => setEnding(null)} />}
		</>
	);
}

function SetFlag({ drug, kinds, close }: { drug: Full; kinds: FlagKind[]; close: () => void }) {
	const [flag, setFlag] = useState("high_alert");
	const [value, setValue] = useState("");
	const [from, setFrom] = useState<number | null>(null);
	const [to, setTo] = useState<number | null>(null);
	const [source, setSource] = useState("");
	const { act, busy, problem, clear } = useAct();
	const kind = kinds.find((one) => one.flag === flag);
	const controlled = useData<{ controlled: boolean }>("catalogue-control").data?.controlled ?? false;
	const save = async () => {
		const body = { flag, ...(value && { value }), ...(from && { from_ymd: from }), ...(to && { to_ymd: to }), source };
		if (await act(async () => (await post(`products/${drug.id}/flags`, body), true))) close();
	};
	return (
		<Modal open closable={false} title={`设定标识: ${drug.name}`} okText={value ? "设定" : "终止这个标识"} cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !source.trim(), "data-testid": "flag-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="标识" error={problem?.at("flag")}><Select value={flag} data-testid="flag" options={kinds.map((one) => ({ value: one.flag, label: one.title }))} onChange={(next) => { setFlag(next); setValue(""); }} /></Field>
				<p className="mute">{kind?.rule}</p>
				{kind?.governed && <p data-testid="flag-governed"><Chip tone="wait">{controlled ? "目录已启用: 须经目录调整" : "由总药师设定"}</Chip> <To path="/catalogue-changes/new?what=change">申请目录调整</To></p>}
				<Field label="值 (不填: 终止)" error={problem?.at("value")}>
					{kind && kind.values.length > 0 ? <Select allowClear data-testid="flag-value" value={value || undefined} options={kind.values.map((one) => ({ value: one.word, label: one.title }))} onChange={(next?: string) => setValue(next ?? "")} /> : <Cell value={value} testid="flag-value" maxLength={60} onChange={setValue} />}
				</Field>
				<Field label="起始日期 (不填: 今天)"><DateCell value={from} testid="flag-from" onChange={setFrom} /></Field>
				<Field label="截止日期" error={problem?.at("to_ymd")}><DateCell value={to} testid="flag-to" onChange={setTo} /></Field>
				<Field label="依据 (必填)"><Cell value={source} testid="flag-source" maxLength={100} onChange={setSource} /></Field>
			</div>
		</Modal>
	);
}

function Flags({ drug }: { drug: Full }) {
	const [setting, setSetting] = useState(false);
	const { data } = useData<{ flags: FlagKind[] }>("flag-kinds");
	const kinds = data?.flags ?? [];
	const kindOf = (row: FlagRow) => kinds.find((one) => one.flag === row.flag);
	return (
		<>
			<DataTable label="标识" testid="flags" rows={drug.flags} id={(_, n) => `${n}`} columns={[
				{ key: "flag", title: "标识", card: "title", show: (row) => <b>{kindOf(row)?.title ?? row.flag}</b> },
				{ key: "value", title: "值", show: (row) => kindOf(row)?.values.find((one) => one.word === row.value)?.title ?? row.value },
				{ key: "span", title: "起止", show: span },
				{ key: "now", title: "", show: (row) => inForce(row.in_force) },
				{ key: "source", title: "依据", show: (row) => row.source },
				{ key: "rule", title: "作用", card: "hide", show: (row) => <small className="mute">{kindOf(row)?.rule}</small> },
			]} />
			{can("CATALOGUE_EDIT") && <p><Button data-testid="set-flag" onClick={() => setSetting(true)}>设定标识</Button></p>}
			{setting && <SetFlag drug={drug} kinds={kinds} close={() => setSetting(false)} />}
		</>
	);
}

function Levels({ drug }: { drug: Full }) {
	return (
		<>
			<DataTable label="目录" testid="levels" rows={drug.levels} id={(row) => row.level + row.from_ymd} columns={[
				{ key: "level", title: "目录", card: "title", show: (row) => `${LEVEL[row.level]}目录` },
				{ key: "span", title: "起止", show: span },
				{ key: "now", title: "", show: (row) => inForce(row.in_force) },
				{ key: "document", title: "依据", show: (row) => (row.document_id ? <To path={`/catalogue-changes/${row.document_id}`}>目录调整</To> : "建库或导入") },
			]} />
			{can("CATALOGUE_APPLY") && <p><To path={`/catalogue-changes/new?what=${drug.active === false ? "restore" : "change"}`}>{drug.active === false ? "申请恢复" : "申请目录调整"}</To> · <To path={`/exceptions/new?product_id=${drug.id}`}>申请临时采购</To></p>}
		</>
	);
}

/** Also on the page of a shortage: what can be given instead, and how much the centre has of it. */
export function Substitutes({ rows }: { rows: Substitute[] }) {
	return (
		<DataTable label="替代品种" testid="substitutes" rows={rows} id={(row) => row.way + row.product_id} columns={[
			{ key: "product", title: "药品", card: "title", show: (row) => <To path={`/products/${row.product_id}`}><Drug name={row.name} spec={row.spec} maker={row.maker} /></To> },
			{ key: "way", title: "依据", show: (row) => (row.decision ? `${row.way_title}: ${row.decision}` : row.way_title) },
			{ key: "ratio", title: "换算", show: (row) => (row.way === "decision" ? <span className="num">{row.units} : {row.other_units}</span> : "") },
			{ key: "centre", title: "中心库存", align: "right", show: (row) => <Units n={row.centre_units} of={row} strong /> },
			{ key: "selected", title: "", show: (row) => row.selected && <Chip tone="good">中选</Chip> },
		]} />
	);
}

function HistoryTable({ drug }: { drug: Full }) {
	const data = useData<Page<History>>("product-history", { query: { product_id: drug.id, limit: 200 }, topics: ["products"] });
	return (
		<Loaded of={data} rows={3}>
			{(page) => (
				<DataTable label="变更记录" testid="history" rows={page.rows} id={(row) => row.id} columns={[
					{ key: "at", title: "时间", show: (row) => <span className="num">{time(row.at_ms)}</span> },
					{ key: "field", title: "项目", card: "title", show: (row) => <b>{fieldTitle(row.field)}</b> },
					{ key: "old", title: "原值", show: (row) => <s className="mute">{fieldValue(row.field, row.old_value)}</s> },
					{ key: "new", title: "新值", show: (row) => fieldValue(row.field, row.new_value) },
					{ key: "from", title: "生效", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
					{ key: "by", title: "办理", show: (row) => row.by ?? "系统" },
					{ key: "why", title: "依据", show: (row) => (row.document_id ? <To path={`/catalogue-changes/${row.document_id}`}>{row.why}</To> : row.why) },
				]} />
			)}
		</Loaded>
	);
}

const TABS = { stock: "库存", codes: "编码", flags: "标识", levels: "目录", substitutes: "替代", prices: "价格", papers: "资质与首营", history: "变更记录" };
const TAB: Record<string, (drug: Full) => React.ReactNode> = {
	stock: (drug) => <Stock drug={drug} />,
	codes: (drug) => <Codes drug={drug} />,
	flags: (drug) => <Flags drug={drug} />,
	levels: (drug) => <Levels drug={drug} />,
	substitutes: (drug) => <><Substitutes rows={drug.substitutes} /><Decisions drug={drug} /></>,
	prices: (drug) => <Prices drug={drug} />,
	papers: (drug) => <><Papers kind="product" id={drug.id} />{can("PARTNER_READ") && <><h2>配送勾选</h2><TicksTable product={drug.id} /></>}</>,
	history: (drug) => <HistoryTable drug={drug} />,
};

const flagOn = (drug: Full, flag: string) => drug.flags.find((row) => row.flag === flag && row.in_force)?.value ?? null;

export function ProductPage({ params }: { params: Params }) {
	const data = useData<Full>(`products/${params.id}`, { topics: ["stock", "products", "prices", "imports"] });
	const [query, change] = useQuery();
	const tab = TAB[query.tab ?? ""] ? query.tab : "stock";
	return (
		<section className="page">
			<Loaded of={data}>
				{(drug) => (
					<>
						<header className="page-head">
							<h1>
								{drug.name} {drug.spec}
							</h1>
							{drug.active === false ? <Chip tone="off">停用</Chip> : <Chip tone="good">在用</Chip>}
							<Marks of={{ high_alert: flagOn(drug, "high_alert"), look_alike: flagOn(drug, "look_alike") }} />
							<span className="grow" />
							<To path={`/stock?product_id=${drug.id}`}>库存明细</To>
						</header>
						<dl className="facts">
							<Fact label="编码">{drug.code}</Fact>
							<Fact label="类别">{drug.kind_title}</Fact>
							<Fact label="商品名">{drug.trade_name}</Fact>
							<Fact label="剂型">{drug.form}</Fact>
							<Fact label="生产企业">{drug.maker}</Fact>
							<Fact label="产地">{drug.origin}</Fact>
							<Fact label="执行标准">{drug.standard}</Fact>
							<Fact label="包装">{`${drug.units_per_pack ?? 1} ${drug.unit_name ?? ""} / ${drug.pack_name ?? ""}`}</Fact>
							<Fact label="批准文号">{drug.approval_no}</Fact>
							<Fact label="目录">{drug.levels.filter((row) => row.in_force).map((row) => LEVEL[row.level]).join("、") || "不在任何目录"}</Fact>
							<Fact label="限价">{drug.ceiling_price && `${money(drug.ceiling_price)} (${drug.ceiling_source ?? ""}, ${ymd(drug.ceiling_from_ymd)} 起)`}</Fact>
						</dl>
						<PriceRule id={drug.id} />
						<Segmented value={tab} data-testid="tabs" options={options(TABS)} onChange={(next) => change({ tab: String(next) }, { replace: true })} />
						<div className="panel" data-testid={`tab-${tab}`}>{TAB[tab!](drug)}</div>
					</>
				)}
			</Loaded>
		</section>
	);
}
