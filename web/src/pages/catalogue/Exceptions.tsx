// 临时采购: a branch needs what its list does not hold; approved, counted, used up.
import { Button, Input, Modal, Segmented } from "antd";
import { type FormEvent, type ReactNode, useState } from "react";
import { get, post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time, ymd } from "../../base/format";
import { type Params, go, useQuery } from "../../base/route";
import { homeSite } from "../../base/session";
import type { Doc, DocumentRow, Packing, Product, Written } from "../../base/types";
import { Chip, Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { useDocument } from "../../parts/document";
import { DocumentPage, type StepInput } from "../../parts/DocumentPage";
import { DateCell, Field, ProductPicker, SitePicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { CAUSE } from "./words";

interface Row extends DocumentRow, Packing {
	site_name: string;
	product_name: string;
	spec: string;
	units: number;
	used_units: number;
	until_ymd: number;
	cause_title: string;
	usable: boolean;
}

/** Also a tab of 监管关注. */
export function Exceptions({ above }: { above?: ReactNode }) {
	return (
		<ListPage<Row>
			above={above}
			title="临时采购"
			resource="exceptions"
			topics={["exceptions", "requests"]}
			id={(row) => row.id}
			open={(row) => `/exceptions/${row.id}`}
			search="number"
			filters={[
				{ name: "state", label: "状态", options: options({ submitted: "待批准", approved: "已批准", closed: "已结束", rejected: "未批准", cancelled: "已撤回" }) },
				{ name: "site_id", label: "机构", options: "sites" },
			]}
			primary={above ? undefined : { label: "申请临时采购", path: "/exceptions/new", permission: "CATALOGUE_APPLY" }}
			empty={"本级目录没有、但病人确实需要的药, 在这里申请; 总药师批准后即可请领, 用完或到期为止。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="exceptions" state={row.state} title={row.state_title} /> },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "product", title: "药品", show: (row) => <Drug name={row.product_name} spec={row.spec} /> },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} strong /> },
				{ key: "used", title: "已请领", align: "right", show: (row) => <Units n={row.used_units} of={row} /> },
				{ key: "until", title: "有效期至", show: (row) => <span className="num">{ymd(row.until_ymd)}</span> },
				{ key: "cause", title: "事由", show: (row) => row.cause_title },
				{ key: "usable", title: "可请领", show: (row) => (row.usable ? <Chip tone="good">可请领</Chip> : "") },
				{ key: "made", title: "申请", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

export const ExceptionList = () => <Exceptions />;

export function ExceptionNew() {
	const asked = useQuery()[0].product_id ?? null;
	const known = useData<Product>(asked ? `products/${asked}` : null);
	const [picked, setPicked] = useState<Product | null>(null);
	const product = picked ?? known.data ?? null;
	const [site, setSite] = useState(homeSite()?.id);
	const [count, setCount] = useState<number | null>(null);
	const [until, setUntil] = useState<number | null>(null);
	const [cause, setCause] = useState("patient");
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(picked !== null);
	const save = (event: FormEvent) => {
		event.preventDefault();
		void act(async () => {
			const made = await post<Written>("exceptions", { site_id: site, product_id: product!.id, units: count ?? 0, until_ymd: until, cause, ...(note && { note }) });
			go(`/exceptions/${made.id}`, { replace: true, saved: true });
		});
	};
	return (
		<section className="page">
			<header className="page-head">
				<h1>申请临时采购</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<form className="form tall" onSubmit={save}>
				{product ? (
					<p><Drug name={product.name} spec={product.spec} maker={product.maker} /> {picked && <Button size="small" onClick={() => setPicked(null)}>换</Button>}</p>
				) : (
					<ProductPicker placeholder="什么药: 名称、首字母或编码" onPick={setPicked} />
				)}
				{problem?.at("product_id") && <p role="alert" className="wrong">{problem.at("product_id")}</p>}
				<div className="form-row">
					<Field label="机构"><SitePicker value={site} onChange={setSite} /></Field>
					<Field label="数量" error={problem?.at("units")}><UnitsInput value={count} of={product ?? {}} label="数量" testid="exception" onChange={setCount} /></Field>
					<Field label="有效期至 (最长一年)" error={problem?.at("until_ymd")}><DateCell value={until} testid="until" onChange={setUntil} /></Field>
				</div>
				<Field label="事由"><Segmented block value={cause} options={options(CAUSE)} onChange={(value) => setCause(String(value))} /></Field>
				<Field label="说明 (病情、专家、坐诊时间)"><Input.TextArea rows={2} maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} /></Field>
				<Button type="primary" size="large" htmlType="submit" data-testid="create" data-next-step loading={busy} disabled={!product || !count || !until}>提交申请 ▸</Button>
			</form>
		</section>
	);
}

interface Exception extends Doc, Packing {
	site_id: string;
	site_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	units: number;
	used_units: number;
	until_ymd: number;
	cause_title: string;
	usable: boolean;
	drug_name: string;
	counted_this_year: number;
	limit_a_year: number | null;
	counted: { id: string; number: string; site_name: string; made_at_ms: number }[];
}

function ApproveDialog({ of, close }: { of: Exception; close: (body: object | null) => void }) {
	const [count, setCount] = useState<number | null>(of.units);
	const [until, setUntil] = useState<number | null>(of.until_ymd);
	return (
		<Modal open closable={false} title="批准临时采购" okText="批准" cancelText="返回" onCancel={() => close(null)} okButtonProps={{ disabled: !count || !until, "data-testid": "approve-ok" }} onOk={() => close({ units: count, until_ymd: until })}>
			<p>{of.drug_name} 今年已批准 <b className="num">{of.counted_this_year}</b> 次{of.limit_a_year === null ? ", 不限次数 (短缺或急抢救)" : `, 上限 ${of.limit_a_year} 次`}</p>
			<div className="dialog-form">
				<Field label="批准数量"><UnitsInput value={count} of={of} label="批准数量" testid="approve" onChange={setCount} /></Field>
				<Field label="有效期至 (最长一年)"><DateCell value={until} testid="approve-until" onChange={setUntil} /></Field>
			</div>
		</Modal>
	);
}

export function ExceptionPage({ params }: { params: Params }) {
	const of = useDocument<Exception>("exceptions", params.id);
	const inputs: Record<string, StepInput> = { approve: (close) => <ApproveDialog of={of.doc!} close={close} /> };
	return (
		<DocumentPage
			of={of}
			inputs={inputs}
			facts={(doc) => (
				<>
					<Fact label="药品"><To path={`/products/${doc.product_id}`}>{doc.product_name} {doc.spec}</To></Fact>
					<Fact label="机构">{doc.site_name}</Fact>
					<Fact label="数量"><Units n={doc.units} of={doc} strong /></Fact>
					<Fact label="已请领"><Units n={doc.used_units} of={doc} /></Fact>
					<Fact label="有效期至">{ymd(doc.until_ymd)}</Fact>
					<Fact label="事由">{doc.cause_title}</Fact>
					<Fact label="现在">{doc.usable ? <Chip tone="good">可请领</Chip> : null}</Fact>
				</>
			)}
		>
			{(doc) => (
				<div className="panel">
					<h2>{doc.drug_name} 今年的临时采购: {doc.counted_this_year} 次{doc.limit_a_year === null ? " (不限次数)" : ` / 上限 ${doc.limit_a_year} 次`}</h2>
					<DataTable label="今年的临时采购" rows={doc.counted} id={(row) => row.id} columns={[
						{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
						{ key: "site", title: "机构", show: (row) => row.site_name },
						{ key: "at", title: "申请", show: (row) => <span className="num">{time(row.made_at_ms)}</span> },
					]} />
				</div>
			)}
		</DocumentPage>
	);
}

/** Product ids that a level's list holds, so that a suggestion does not propose what would be refused. */
export async function idsOnList(level: string): Promise<Set<string>> {
	const ids = new Set<string>();
	let after: string | null = "";
	while (after !== null) {
		const page: { rows: { product_id: string }[]; next: string | null } = await get("level-lists", { level, limit: 5000, ...(after && { after }) });
		page.rows.forEach((row) => ids.add(row.product_id));
		after = page.next;
	}
	return ids;
}
