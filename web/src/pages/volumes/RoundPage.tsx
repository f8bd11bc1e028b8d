// One round: what was promised and done, generic by generic and site by site; every figure opens its rows.
import { Button, Modal, Segmented } from "antd";
import { useState } from "react";
import { patch, post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { money, time, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can } from "../../base/session";
import type { Packing, Page, Product } from "../../base/types";
import { Chip, Drug, Fact, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Cell, Field, ProductPicker } from "../../parts/Fields";
import { Loaded, Trouble } from "../../parts/Trouble";
import { ProgressBar, type Role, RoleChip, permille, toneOfProgress } from "../../parts/volume";
import { PercentField, type Round, RoundState, parsePercent } from "./Rounds";

interface Sums {
	committed_amount: string;
	done_amount: string;
	done_pm: number;
	paid_amount: string;
	listed_amount: string;
	saved_amount: string;
	lines: number;
	behind: number;
}
interface RoundProduct extends Packing {
	generic_id: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	role: Role | null;
	role_title: string | null;
	price: string | null;
	committed_units: number;
	received_units: number;
	used_units: number;
	paid_amount: string;
	sites: number;
}
interface Whole extends Round {
	generics: { id: string; name: string; share_pm: number; selected_measure: number; other_measure: number }[];
	products: RoundProduct[];
	sites: (Sums & { site_id: string; site_name: string })[];
	total: Sums;
}

const progress = (round: string, more: string) => `/volume-progress?round_id=${round}${more}`;
const credits = (round: string, product: string) => `/volume-credits?round_id=${round}&product_id=${product}`;

function Heat({ of }: { of: Whole }) {
	return (
		<div className="heat" data-testid="volume-heat">
			{of.sites.map((site) => (
				<To key={site.site_id} path={progress(of.id, `&site_id=${site.site_id}`)} className={toneOfProgress(site.done_pm, of.elapsed_pm, of.warn_pm)} title={`约定 ${money(site.committed_amount)} 元, 完成 ${money(site.done_amount)} 元; ${site.behind} / ${site.lines} 个品种落后`}>
					{site.site_name}
					<b className="num">{permille(site.done_pm)}</b>
					{site.behind > 0 && <small>{site.behind} 个品种落后</small>}
				</To>
			))}
		</div>
	);
}

function Products({ of }: { of: Whole }) {
	const generic = (id: string) => of.generics.find((one) => one.id === id);
	const first = (row: RoundProduct) => of.products.find((one) => one.generic_id === row.generic_id) === row;
	const done = (row: RoundProduct) => (of.basis === "use" ? row.used_units : row.received_units);
	return (
		<DataTable<RoundProduct>
			label="集采品种"
			testid="lines"
			rows={of.products}
			id={(row) => row.product_id}
			columns={[
				{
					key: "generic", title: "通用名与非中选占比", width: 220,
					show: (row) => {
						const own = generic(row.generic_id);
						if (!own || !first(row)) return null;
						return (
							<>
								<b>{own.name}</b> <Chip tone={own.share_pm > of.other_pm ? "bad" : "good"}>非中选 {permille(own.share_pm)}</Chip>
								<small className="mute block">上限 {permille(of.other_pm)}</small>
							</>
						);
					},
				},
				{ key: "product", title: "品种", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "role", title: "中选", show: (row) => <RoleChip role={row.role} title={row.role_title} /> },
				{ key: "price", title: "中选价", align: "right", show: (row) => <span className="num">{money(row.price)}</span> },
				{ key: "committed", title: "约定采购量", align: "right", show: (row) => row.committed_units > 0 && <To path={`/volume-commitments?round_id=${of.id}&product_id=${row.product_id}`}><Units n={row.committed_units} of={row} /></To> },
				{ key: "done", title: of.basis === "use" ? "已使用" : "已入库", align: "right", show: (row) => <To path={credits(of.id, row.product_id)}><Units n={done(row)} of={row} /></To> },
				{ key: "bar", title: `进度 (时间 ${permille(of.elapsed_pm)})`, width: 170, show: (row) => row.committed_units > 0 && <To path={progress(of.id, `&product_id=${row.product_id}`)}><ProgressBar done={done(row)} committed={row.committed_units} elapsed={of.elapsed_pm} warn={of.warn_pm} /></To> },
				{ key: "paid", title: "采购金额 (元)", align: "right", card: "hide", show: (row) => <span className="num">{money(row.paid_amount)}</span> },
			]}
		/>
	);
}

const ROLES = [{ value: "selected", label: "中选" }, { value: "reserve", label: "备选" }, { value: "non_selected", label: "非中选" }];

/** A product joins the round: by keyboard, one after the other. */
function AddProduct({ of, reload }: { of: Whole; reload: () => void }) {
	const [product, setProduct] = useState<Product | null>(null);
	const [role, setRole] = useState("selected");
	const [price, setPrice] = useState("");
	const [reason, setReason] = useState("");
	const { act, busy, problem, clear } = useAct();
	const add = () =>
		act(async () => {
			await post(`volume-rounds/${of.id}/products`, { version: of.version, ...(reason.trim() && { reason: reason.trim() }), lines: [{ product_id: product!.id, role, ...(price ? { price } : {}) }] });
			setProduct(null);
			setPrice("");
			setReason("");
			reload();
		});
	return (
		<div className="panel">
			<Trouble problem={problem} onClose={clear} />
			<div className="form-row">
				<Field label="登记品种">
					{product ? <Drug name={product.name} spec={product.spec} maker={product.maker} /> : <ProductPicker onPick={setProduct} placeholder="药品: 名称、首字母或编码" />}
				</Field>
				<Segmented value={role} options={ROLES} onChange={(value) => setRole(String(value))} />
				<Field label={`中选价 (元/${product?.pack_name ?? "包装"})`} error={problem?.at("lines[0].price")}>
					<Cell value={price} testid="volume-price" inputMode="decimal" onChange={setPrice} />
				</Field>
				{of.products.some((row) => row.committed_units > 0) && (
					<Field label="理由 (已有约定量的通用名, 改中选情况时必填)" error={problem?.at("reason")}>
						<Cell value={reason} testid="volume-reason" maxLength={200} onChange={setReason} />
					</Field>
				)}
				<Button data-testid="volume-add" loading={busy} disabled={!product || (role === "selected" && !price)} onClick={() => void add()}>
					登记
				</Button>
				<span className="mute">
					同一通用名的其他品种自动算作非中选。{can("IMPORT") && <To path="/imports?kind=volume-products">从文件导入</To>}
				</span>
			</div>
		</div>
	);
}

function Rules({ of, close }: { of: Whole; close: () => void }) {
	const percent = (pm: number) => permille(pm).replace("%", "");
	const [basis, setBasis] = useState<string>(of.basis);
	const [other, setOther] = useState(percent(of.other_pm));
	const [commit, setCommit] = useState(percent(of.commit_pm));
	const [warn, setWarn] = useState(percent(of.warn_pm));
	const [reason, setReason] = useState("");
	/** Once it runs, what binds is changed by who approves exceptions, with a reason. */
	const bound = of.state !== "before";
	const fixed = bound && !can("VOLUME_APPROVE");
	const { act, busy, problem, clear } = useAct();
	const save = () =>
		act(async () => {
			await patch(`volume-rounds/${of.id}`, { version: of.version, ...(reason.trim() && { reason: reason.trim() }), basis, other_pm: parsePercent(other), commit_pm: parsePercent(commit), warn_pm: parsePercent(warn) });
			close();
		});
	return (
		<Modal open title="批次规则" okText="保存" cancelText="返回" confirmLoading={busy} onOk={() => void save()} onCancel={close} okButtonProps={{ disabled: [other, commit, warn].some((text) => parsePercent(text) === null), "data-testid": "rules-ok" }}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<Field label="进度口径">
					<Segmented disabled={fixed} value={basis} options={[{ value: "receipt", label: "按入库" }, { value: "use", label: "按使用" }]} onChange={(value) => setBasis(String(value))} />
				</Field>
				{!fixed && <PercentField label="非中选占比上限 %" value={other} testid="round-other" onChange={setOther} />}
				{!fixed && <PercentField label="约定比例 (报量的) %" value={commit} testid="round-commit" onChange={setCommit} />}
				{fixed && <p className="mute">批次已经执行: 进度口径、非中选上限和约定比例由总药师修改。</p>}
				<PercentField label="落后多少预警 %" value={warn} testid="round-warn" onChange={setWarn} />
				{bound && !fixed && (
					<Field label="修改理由 (执行中的批次必填, 留存)" error={problem?.at("reason")}>
						<Cell value={reason} testid="rules-reason" maxLength={200} onChange={setReason} />
					</Field>
				)}
			</div>
		</Modal>
	);
}

interface Change {
	id: string;
	product_id: string | null;
	product_name: string | null;
	spec: string | null;
	what_title: string;
	old_value_title: string;
	new_value_title: string;
	reason: string | null;
	made_at_ms: number;
	made_by: string | null;
}

/** What was changed after the round was made, and why. */
function Changes({ of }: { of: Whole }) {
	const { data } = useData<Page<Change>>("volume-changes", { query: { round_id: of.id, limit: 200 }, topics: ["volume-rounds"] });
	if (!data || data.rows.length === 0) return null;
	return (
		<div className="panel">
			<h2>修改记录</h2>
			<DataTable<Change> label="修改记录" testid="volume-changes" rows={data.rows} id={(row) => row.id} columns={[
				{ key: "at", title: "时间", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
				{ key: "what", title: "项目", card: "title", show: (row) => row.what_title },
				{ key: "product", title: "品种", show: (row) => row.product_name && <Drug name={row.product_name} spec={row.spec ?? ""} /> },
				{ key: "from", title: "原值", show: (row) => row.old_value_title },
				{ key: "to", title: "新值", show: (row) => <b>{row.new_value_title}</b> },
				{ key: "reason", title: "理由", show: (row) => row.reason },
			]} />
		</div>
	);
}

function Totals({ of }: { of: Whole }) {
	return (
		<dl className="facts" data-testid="volume-totals">
			<Fact label="约定金额"><b className="num">{money(of.total.committed_amount)}</b></Fact>
			<Fact label="约定内完成"><To path={progress(of.id, "")}><b className="num">{money(of.total.done_amount)} ({permille(of.total.done_pm)})</b></To></Fact>
			<Fact label="实付"><To path={`/volume-credits?round_id=${of.id}`}><b className="num">{money(of.total.paid_amount)}</b></To></Fact>
			<Fact label="按限价应付"><span className="num">{money(of.total.listed_amount)}</span></Fact>
			<Fact label="比限价节约 (结余留用参考)"><b className="num">{money(of.total.saved_amount)}</b></Fact>
			<Fact label="落后"><To path={progress(of.id, "&behind=1")}>{of.total.behind} / {of.total.lines} 项</To></Fact>
		</dl>
	);
}

export function RoundPage({ params }: { params: Params }) {
	const data = useData<Whole>(`volume-rounds/${params.id}`, { topics: ["volume-rounds", "volume-reports", "volume-reallocations"] });
	const [rules, setRules] = useState(false);
	return (
		<Loaded of={data} rows={12}>
			{(round) => (
				<section className="page">
					<header className="page-head">
						<h1>{round.name}</h1>
						<RoundState of={round} />
						<span className="grow" />
						{can("VOLUME_REPORT") && round.state !== "over" && <Button data-testid="volume-report" onClick={() => go(`/volume-reports/new?round_id=${round.id}`)}>报量</Button>}
						{can("VOLUME_EDIT") && <Button onClick={() => go(`/volume-reallocations/new?round_id=${round.id}`)}>约定量调剂</Button>}
						{can("VOLUME_EDIT") && <Button data-testid="volume-rules" onClick={() => setRules(true)}>规则</Button>}
						<Button href={url("volume-products.xlsx", { round_id: round.id })} download data-testid="export-products">导出品种</Button>
						<Button onClick={() => print()}>打印</Button>
					</header>
					<dl className="facts">
						<Fact label="批次代码">{round.code}</Fact>
						<Fact label="约定采购年度"><span className="num">{ymd(round.from_ymd)} 至 {ymd(round.to_ymd)}</span></Fact>
						<Fact label="时间进度"><b className="num">{permille(round.elapsed_pm)}</b></Fact>
						<Fact label="进度口径">{round.basis_title}</Fact>
						<Fact label="非中选上限">{permille(round.other_pm)}</Fact>
						<Fact label="约定比例">{permille(round.commit_pm)}</Fact>
						<Fact label="落后预警">{permille(round.warn_pm)}</Fact>
					</dl>
					{round.sites.length > 0 && <Totals of={round} />}
					{round.sites.length > 1 && (
						<div className="panel">
							<h2>各机构完成 (按中选价金额)</h2>
							<Heat of={round} />
						</div>
					)}
					{can("VOLUME_EDIT") && <AddProduct of={round} reload={() => void data.reload()} />}
					{round.products.length > 0 ? <Products of={round} /> : <p className="mute">还没有品种。先登记中选品种与中选价。</p>}
					<Changes of={round} />
					{rules && <Rules of={round} close={() => { setRules(false); void data.reload(); }} />}
				</section>
			)}
		</Loaded>
	);
}
