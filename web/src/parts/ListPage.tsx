// A list of the service: paged by it, filters and search in the address, everything exportable.
import { Button, Input, Select } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { type Query, url } from "../base/api";
import { useData } from "../base/data";
import type { Topic } from "../base/live";
import { time, ymd } from "../base/format";
import { go, useQuery } from "../base/route";
import { can, useSession } from "../base/session";
import type { Page } from "../base/types";
import { type Column, DataTable } from "./DataTable";
import { Empty, Loaded } from "./Trouble";

export interface Filter {
	name: string;
	label: string;
	options: { value: string; label: string }[] | "sites" | "check";
}

export interface Primary {
	label: string;
	path?: string;
	onClick?: () => void;
	permission?: string;
	testid?: string;
}

export interface ListProps<R> {
	title: string;
	resource: string;
	columns: Column<R>[];
	id: (row: R) => string;
	topics?: Topic[];
	filters?: Filter[];
	/** Sent with every read, not shown in the address. */
	fixed?: Query;
	open?: (row: R) => string | (() => void) | null;
	rowClass?: (row: R) => string | undefined;
	primary?: Primary;
	extra?: ReactNode;
	/** What the page is for, and the first step. */
	empty: string;
	/** Hint of the search box; "number": documents, by number or reference. */
	search?: string | "number" | false;
	above?: ReactNode;
	/** More ways to filter, beside the search box; the names of the filters they set. */
	boxes?: { node: ReactNode; names: string[] };
}

/** "a=甲, b=乙" → options */
export const options = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }));

export function PrimaryButton({ of }: { of: Primary | undefined }) {
	if (!of || !can(of.permission)) return null;
	return (
		<Button type="primary" data-testid={of.testid ?? "primary"} data-primary onClick={() => (of.onClick ? of.onClick() : go(of.path!))}>
			{of.label}
		</Button>
	);
}

/** Text typed slowly into the address. */
export function SearchBox({ hint, name = "q" }: { hint: string; name?: string }) {
	const [query, change] = useQuery();
	const [text, setText] = useState(query[name] ?? "");
	useEffect(() => setText(query[name] ?? ""), [query, name]);
	useEffect(() => {
		if (text === (query[name] ?? "")) return;
		const timer = setTimeout(() => change({ [name]: text || undefined }, { replace: true }), 250);
		return () => clearTimeout(timer);
	}, [text, query, change, name]);
	return (
		<Input
			className="search"
			aria-label={hint}
			placeholder={hint}
			allowClear
			value={text}
			data-testid="list-search"
			onChange={(event) => setText(event.target.value)}
			onPressEnter={() => change({ [name]: text || undefined }, { replace: true })}
		/>
	);
}

const NUMBER = /^[A-Za-z]{2}-?\d{8}-?\d+$/;

/** An exact text (a lot) asked for with Enter. */
export function ExactBox({ name, hint }: { name: string; hint: string }) {
	const [query, change] = useQuery();
	const given = query[name] ?? "";
	const [text, setText] = useState(given);
	useEffect(() => setText(given), [given]);
	return <Input.Search className="search" aria-label={hint} placeholder={hint} allowClear value={text} data-testid={`filter-${name}`} onChange={(event) => setText(event.target.value)} onSearch={(value) => change({ [name]: value.trim() || undefined }, { replace: true })} />;
}

/** Documents are found by their whole number or reference: asked when Enter is pressed. */
export function NumberBox() {
	const [query, change] = useQuery();
	const given = query.number ?? query.reference ?? "";
	const [text, setText] = useState(given);
	useEffect(() => setText(given), [given]);
	const ask = (value: string) => {
		const clean = value.trim();
		const number = NUMBER.test(clean);
		change({ number: number ? clean.toUpperCase() : undefined, reference: number || !clean ? undefined : clean }, { replace: true });
	};
	return (
		<Input.Search
			className="search"
			aria-label="单号或外部单号"
			placeholder="单号或外部单号, 回车"
			allowClear
			value={text}
			data-testid="list-search"
			onChange={(event) => setText(event.target.value)}
			onSearch={ask}
		/>
	);
}

function FilterBox({ of }: { of: Filter }) {
	const [query, change] = useQuery();
	const { session } = useSession();
	const value = query[of.name];
	if (of.options === "check") {
		return (
			<label className="check">
				<input type="checkbox" checked={value === "1"} data-testid={`filter-${of.name}`} onChange={(event) => change({ [of.name]: event.target.checked ? "1" : undefined })} />
				{of.label}
			</label>
		);
	}
	const choices = of.options === "sites" ? (session?.sites ?? []).map((site) => ({ value: site.id, label: site.name })) : of.options;
	if (of.options === "sites" && choices.length < 2) return null;
	return (
		<Select
			className="filter"
			aria-label={of.label}
			placeholder={of.label}
			allowClear
			showSearch={choices.length > 8 ? { optionFilterProp: "label" } : false}
			popupMatchSelectWidth={false}
			value={value}
			options={choices}
			data-testid={`filter-${of.name}`}
			onChange={(next?: string) => change({ [of.name]: next })}
		/>
	);
}

const NAMES: Record<string, string> = {
	expires_until: "有效期不晚于", batch_id: "批次", lot_id: "批号", product_id: "药品", site_id: "机构", from_site_id: "发出单位",
	to_site_id: "接收单位", depot_id: "库房", supplier_id: "供应商", order_id: "订单", request_id: "请领单", shipment_id: "配送单",
	document_id: "单据", sensor_id: "测点", since: "起始不早于", until: "起始不晚于", kind: "种类", ym: "月份", near: "接近限价", filed: "备案采购",
	over: "高于限价", adjustment_id: "调价单", round_id: "批次", generic_id: "通用名", behind: "进度落后", quality: "质量", state: "状态", open: "未了结",
	lot: "批号", held: "冻结", overdue: "超期", made_after_ms: "登记晚于", made_until_ms: "登记不晚于", maker_id: "生产企业", month: "月份",
	owner_kind: "对象", owner_id: "对象", maker: "生产企业", account: "科目", due_until: "到期不晚于", from_ymd: "自", to_ymd: "至",
	"proven=0": "缺票", "proven=1": "两票齐全", "unpaid=1": "未付", "due=1": "未到齐", "unanswered=1": "超时未答复",
};

/** The value of a filter in words; a switch needs none. */
function worded(name: string, value: string): string {
	if (name.endsWith("_id") || value === "1") return "";
	if (name.endsWith("_ms")) return Number(value) > 0 ? time(Number(value)) : "最早";
	return /^\d{8}$/.test(value) ? ymd(Number(value)) : value;
}

/** Filters that came with a link and have no box: shown, and removable. */
function Others({ known }: { known: string[] }) {
	const [query, change] = useQuery();
	const others = Object.keys(query).filter((name) => !known.includes(name));
	return others.map((name) => (
		<button key={name} type="button" className="tag" onClick={() => change({ [name]: undefined })} aria-label={`去掉筛选 ${name}`}>
			{NAMES[`${name}=${query[name]}`] ?? `${NAMES[name] ?? name} ${worded(name, query[name] ?? "")}`} ✕
		</button>
	));
}

function Pager({ next, count }: { next: string | null; count: number }) {
	const [query, change] = useQuery();
	if (!next && !query.after) return count > 0 ? <p className="pager mute">共 {count} 行</p> : null;
	return (
		<p className="pager">
			{query.after && <Button data-testid="first-page" onClick={() => change({ after: undefined })}>首页</Button>}
			<span className="mute">本页 {count} 行</span>
			{next && (
				<Button data-testid="next-page" onClick={() => change({ after: next })}>
					下一页
				</Button>
			)}
		</p>
	);
}

export function ListPage<R>(props: ListProps<R>) {
	const [query] = useQuery();
	const asked = { ...query, ...props.fixed };
	const data = useData<Page<R>>(props.resource, { query: asked, topics: props.topics });
	const filters = props.filters ?? [];
	const arrived = data.data !== undefined;
	// The table takes the focus on arrival, unless somebody already types.
	useEffect(() => {
		if (arrived && document.activeElement === document.body) document.querySelector<HTMLElement>(".list-page tr[tabindex='0']")?.focus({ preventScroll: true });
	}, [arrived]);
	const open = (row: R) => {
		const target = props.open?.(row);
		if (typeof target === "function") target();
		else if (target) go(target);
	};
	return (
		<section className="page list-page">
			<header className="page-head">
				<h1>{props.title}</h1>
				<span className="grow" />
				{props.extra}
				<a className="ant-btn ant-btn-default export" href={url(`${props.resource}.csv`, { ...asked, after: undefined })} download data-testid="export">
					导出
				</a>
				<a className="ant-btn ant-btn-default export" href={url(`${props.resource}.xlsx`, { ...asked, after: undefined })} download data-testid="export-xlsx">
					导出 XLSX
				</a>
				<PrimaryButton of={props.primary} />
			</header>
			{props.above}
			<div className="filters" role="search">
				{props.search === "number" ? <NumberBox /> : props.search !== false && <SearchBox hint={props.search ?? "搜索"} />}
				{props.boxes?.node}
				{filters.map((filter) => (
					<FilterBox key={filter.name} of={filter} />
				))}
				<Others known={["q", "number", "reference", "after", "limit", ...(props.boxes?.names ?? []), ...filters.map((filter) => filter.name)]} />
			</div>
			<Loaded of={data} rows={10}>
				{(page) =>
					page.rows.length > 0 ? (
						<div className={data.loading ? "stale" : undefined}>
							<DataTable label={props.title} columns={props.columns} rows={page.rows} id={props.id} open={props.open && open} rowClass={props.rowClass} />
							<Pager next={page.next} count={page.rows.length} />
						</div>
					) : (
						<Empty text={Object.keys(query).length ? "没有符合条件的记录。" : props.empty}>
							{Object.keys(query).length > 0 ? <Button onClick={() => go(location.pathname.replace(/^\/[^/]+/, ""))}>清除条件</Button> : <PrimaryButton of={props.primary && { ...props.primary, testid: "empty-primary" }} />}
						</Empty>
					)
				}
			</Loaded>
		</section>
	);
}
