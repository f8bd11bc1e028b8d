// Input pieces: labelled fields, units as packs and units, dates typed as digits, product and site pickers.
import { Select } from "antd";
import { type InputHTMLAttributes, type ReactNode, useEffect, useState } from "react";
import { get } from "../base/api";
import { useData } from "../base/data";
import { parseYmd, ymd } from "../base/format";
import { can, useSession } from "../base/session";
import type { May, Packing, Page, Product, Supplier } from "../base/types";
import { Drug, Marks } from "./cells";
import { Matched } from "./Matched";

export function Field({ label, error, children, wide }: { label: string; error?: string; children: ReactNode; wide?: boolean }) {
	return (
		<label className={`field${wide ? " wide" : ""}${error ? " wrong" : ""}`}>
			<span>{label}</span>
			{children}
			{error && <em role="alert">{error}</em>}
		</label>
	);
}

type CellProps = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> & {
	value: string;
	onChange: (text: string) => void;
	error?: string;
	field?: string;
	cell?: string;
	testid?: string;
};

/** A plain input for tables: light, and found again by its field name when the service refuses it. */
export function Cell({ value, onChange, error, field, cell, testid, className, ...rest }: CellProps) {
	return (
		<input
			{...rest}
			className={`cell ${error ? "wrong" : ""} ${className ?? ""}`}
			title={error ?? rest.title}
			aria-invalid={error ? true : undefined}
			value={value}
			data-field={field}
			data-cell={cell}
			data-testid={testid}
			onFocus={(event) => event.target.select()}
			onChange={(event) => onChange(event.target.value)}
		/>
	);
}

const digits = (text: string) => text.replace(/[^\d]/g, "").slice(0, 9);

interface UnitsProps {
	value: number | null;
	onChange: (units: number | null) => void;
	of: Packing;
	error?: string;
	field?: string;
	/** Prefix of the test ids: "line-1" gives line-1-packs and line-1-units. */
	testid: string;
	label: string;
	disabled?: boolean;
}

/** Packs and single units side by side; thirty tablets typed as units become one box when the field is left. */
export function UnitsInput({ value, onChange, of, error, field, testid, label, disabled }: UnitsProps) {
	const per = of.units_per_pack ?? 1;
	const [typed, setTyped] = useState<{ packs: string; units: string } | null>(null);
	const whole = value === null ? "" : per > 1 ? String(Math.floor(value / per) || "") : "";
	const rest = value === null ? "" : per > 1 ? String(value % per || (value === 0 ? "0" : "")) : String(value);
	const packs = typed?.packs ?? whole;
	const single = typed?.units ?? rest;
	const change = (next: { packs: string; units: string }) => {
		setTyped(next);
		onChange(next.packs === "" && next.units === "" ? null : Number(next.packs || 0) * per + Number(next.units || 0));
	};
	const common = { error, disabled, inputMode: "numeric" as const, autoComplete: "off", onBlur: () => setTyped(null) };
	return (
		<span className="units-input">
			{per > 1 && (
				<span>
					<Cell {...common} value={packs} cell="packs" field={field} testid={`${testid}-packs`} aria-label={`${label} (${of.pack_name ?? "包装"})`} onChange={(text) => change({ packs: digits(text), units: single })} />
					{of.pack_name ?? "包装"}
				</span>
			)}
			<span>
				<Cell {...common} value={single} cell="units" field={per > 1 ? undefined : field} testid={`${testid}-units`} aria-label={`${label} (${of.unit_name ?? "单位"})`} onChange={(text) => change({ packs, units: digits(text) })} />
				{(per > 1 ? of.unit_name : of.pack_name || of.unit_name) ?? ""}
			</span>
		</span>
	);
}

/** A date typed as digits (20271130, 2027-11, 271130); a month alone is its last day. */
export function DateCell({ value, onChange, ...rest }: Omit<CellProps, "value" | "onChange"> & { value: number | null; onChange: (ymd: number | null) => void }) {
	const [text, setText] = useState(ymd(value));
	useEffect(() => setText((old) => (parseYmd(old) === value ? old : ymd(value))), [value]);
	const wrong = text !== "" && parseYmd(text) === null ? "日期写作 20271130 或 2027-11" : undefined;
	return (
		<Cell
			{...rest}
			inputMode="numeric"
			placeholder={rest.placeholder ?? "20271130"}
			autoComplete="off"
			value={text}
			error={rest.error ?? wrong}
			onChange={(next) => {
				setText(next);
				onChange(parseYmd(next));
			}}
			onBlur={() => setText(ymd(parseYmd(text)) || text)}
		/>
	);
}

/** Asks the service while typing: name, initials (amxl) or code. stale: the rows are those of earlier words. */
function useFinder<R>(resource: string, limit = 30): { rows: R[]; find: (q: string) => void; busy: boolean; stale: boolean } {
	const [q, setQ] = useState<string | null>(null);
	const [found, setFound] = useState<{ q: string | null; rows: R[] }>({ q: null, rows: [] });
	const [busy, setBusy] = useState(false);
	useEffect(() => {
		if (q === null) return;
		const abort = new AbortController();
		const timer = setTimeout(() => {
			setBusy(true);
			get<Page<R>>(resource, { q, limit }, { signal: abort.signal })
				.then((page) => setFound({ q, rows: page.rows }), () => undefined)
				.finally(() => setBusy(false));
		}, 150);
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [q, resource, limit]);
	return { rows: found.rows, find: setQ, busy, stale: found.q !== q };
}

export function ProductPicker({ onPick, placeholder }: { onPick: (product: Product) => void; placeholder?: string }) {
	const { rows, find, busy, stale } = useFinder<Product>("products");
	return (
		<Select
			className="product-picker"
			data-testid="product-picker"
			aria-label="添加药品"
			placeholder={placeholder ?? "添加药品: 名称、拼音首字母或编码"}
			showSearch={{ onSearch: find, filterOption: false, autoClearSearchValue: true }}
			value={null}
			loading={busy}
			onFocus={() => find("")}
			notFoundContent={busy || stale ? "正在查找" : "没有找到"}
			// Rows of earlier words are shown till the new ones come, but cannot be taken for what was typed.
			onInputKeyDown={(event) => stale && event.key === "Enter" && event.stopPropagation()}
			options={rows.map((product) => ({ value: product.id, disabled: stale, label: <Drug name={product.name} spec={product.spec} maker={product.maker} note={<><Marks of={product} /> {product.matched?.how !== "fragment" && <Matched of={product.matched} />}</>} /> }))}
			onSelect={(id) => {
				const product = rows.find((one) => one.id === id);
				if (product) onPick(product);
			}}
		/>
	);
}

const LICENCE: Record<string, string> = { soon: " (证照将到期)", expired: " (证照已过期)", none: " (无有效许可证)" };

/** Said before anybody types an order for nothing: why this supplier, or which goods of his, cannot be ordered. */
function SupplierLock({ id, products }: { id: string; products: string[] }) {
	const asked = products.slice(0, 200).join(",");
	const { data } = useData<May & { products: (May & { product_id: string })[] }>(`suppliers/${id}/may`, { query: { product_ids: asked }, topics: ["partners"] });
	if (!data) return null;
	const reasons = data.allowed ? [...new Set(data.products.filter((one) => !one.allowed).map((one) => one.reason))] : [data.reason];
	if (reasons.length === 0) return null;
	return (
		<span className="supplier-lock" role="alert" data-testid="supplier-lock">
			{reasons.slice(0, 3).map((reason) => <small key={reason}>✕ {reason}</small>)}
			{reasons.length > 3 && <small>另有 {reasons.length - 3} 条</small>}
		</span>
	);
}

interface SupplierPickerProps {
	value: string | undefined;
	onChange: (id: string) => void;
	shown?: string;
	/** What is to be ordered: their reasons are shown too. */
	products?: string[];
	/** false: only chosen, nothing is ordered. */
	ask?: boolean;
}

export function SupplierPicker({ value, onChange, shown, products = [], ask = true }: SupplierPickerProps) {
	const { data } = useData<Page<Supplier>>("suppliers", { query: { limit: 1000 } });
	const rows = data?.rows ?? [];
	const choices = rows.map((one) => ({ value: one.id, label: one.name + (one.approved === false ? " (未通过首营)" : (LICENCE[one.licence_state ?? ""] ?? "")) }));
	if (value && shown && !choices.some((one) => one.value === value)) choices.unshift({ value, label: shown });
	return (
		<>
		<Select
			className="supplier-picker"
			data-testid="supplier-picker"
			aria-label="供应商"
			placeholder="选择供应商"
			showSearch={{ optionFilterProp: "label" }}
			popupMatchSelectWidth={false}
			loading={!data}
			value={value || undefined}
			options={choices}
			onChange={onChange}
		/>
		{ask && value && can("ORDER_EDIT") && <SupplierLock id={value} products={products} />}
		</>
	);
}

export function SitePicker({ value, onChange, testid, kinds }: { value: string | undefined; onChange: (id: string) => void; testid?: string; kinds?: string[] }) {
	const { session } = useSession();
	const sites = (session?.sites ?? []).filter((site) => !kinds || kinds.includes(site.kind));
	return (
		<Select
			className="site-picker"
			data-testid={testid ?? "site-picker"}
			aria-label="机构"
			placeholder="选择机构"
			showSearch={{ optionFilterProp: "label" }}
			popupMatchSelectWidth={false}
			value={value || undefined}
			options={sites.map((site) => ({ value: site.id, label: site.name }))}
			onChange={onChange}
		/>
	);
}

export function DepotPicker({ site, value, onChange }: { site: string | undefined; value: string | undefined; onChange: (id: string) => void }) {
	const { session } = useSession();
	const depots = session?.sites.find((one) => one.id === site)?.depots ?? [];
	if (depots.length < 2) return <span className="mute">{depots[0]?.name ?? "默认库房"}</span>;
	return (
		<Select
			data-testid="depot-picker"
			aria-label="库房"
			placeholder="默认库房"
			allowClear
			value={value || undefined}
			options={depots.map((depot) => ({ value: depot.id, label: depot.name }))}
			onChange={(id?: string) => onChange(id ?? "")}
		/>
	);
}
