// Lines that are being typed: product, units, and what the document kind adds (price, lot, expiry).
import { Button } from "antd";
import { type Dispatch, type SetStateAction, useEffect, useState } from "react";
import type { Problem } from "../base/api";
import { newKey } from "../base/api";
import type { Packing, Product } from "../base/types";
import { Drug } from "./cells";
import { type Column, DataTable } from "./DataTable";
import { ProductPicker, UnitsInput } from "./Fields";

/** A line before it is sent. The product's packing stands on the line for show. */
export interface Draft extends Packing {
	key: string;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	units: number | null;
	price?: string;
	ceiling_price?: string | null;
	ceiling_source?: string | null;
	ceiling_from_ymd?: number | null;
	price_rule?: string | null;
	price_rule_title?: string | null;
	trade_price?: string | null;
	raised_from?: string | null;
	raised_at_ms?: number | null;
	raised_by?: string | null;
	raise_needed?: boolean | null;
	lot?: string;
	expiry_ymd?: number | null;
	/** What the books say lies there (盘点). */
	book_units?: number;
	traced?: boolean;
	to_site_id?: string;
}

export type SetDrafts = Dispatch<SetStateAction<Draft[]>>;

export function draftOf(product: Product, units: number | null = null): Draft {
	return {
		key: newKey(), product_id: product.id, product_name: product.name, spec: product.spec, maker: product.maker,
		unit_name: product.unit_name, pack_name: product.pack_name, units_per_pack: product.units_per_pack, units,
		price: product.trade_price ?? "", ceiling_price: product.ceiling_price, ceiling_source: product.ceiling_source,
		ceiling_from_ymd: product.ceiling_from_ymd, price_rule: product.price_rule, price_rule_title: product.price_rule_title,
		trade_price: product.trade_price, traced: product.traced,
	};
}

export function useDrafts(first: Draft[] = []): { lines: Draft[]; set: SetDrafts; change: (key: string, part: Partial<Draft>) => void } {
	const [lines, set] = useState<Draft[]>(first);
	return { lines, set, change: (key, part) => set((old) => old.map((line) => (line.key === key ? { ...line, ...part } : line))) };
}

interface Props {
	lines: Draft[];
	set: SetDrafts;
	change: (key: string, part: Partial<Draft>) => void;
	problem: Problem | null;
	/** Columns between the units and the delete button. */
	more?: Column<Draft>[];
	foot?: React.ReactNode;
}

export function EditLines({ lines, set, change, problem, more = [], foot }: Props) {
	const [added, setAdded] = useState<string | null>(null);
	// A drug just added is counted next.
	useEffect(() => {
		if (!added) return;
		const rows = document.querySelectorAll("[data-testid=lines] tr[data-row]");
		rows[rows.length - 1]?.querySelector<HTMLInputElement>("input[data-cell]")?.focus();
		setAdded(null);
	}, [added]);
	const columns: Column<Draft>[] = [
		{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
		{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
		{
			key: "units", title: "数量", width: 210, align: "right",
			show: (line, n) => (
				<UnitsInput value={line.units} of={line} label={`第 ${n} 行数量`} testid={`line-${n}`} field={`lines[${n - 1}].units`} error={problem?.at(`lines[${n - 1}].units`)} onChange={(units) => change(line.key, { units })} />
			),
		},
		...more,
		{
			key: "drop", title: "", width: 44, align: "center",
			show: (line, n) => (
				<Button type="text" size="small" aria-label={`删除第 ${n} 行`} data-testid={`line-${n}-drop`} onClick={() => set((old) => old.filter((one) => one.key !== line.key))}>
					✕
				</Button>
			),
		},
	];
	return (
		<>
			<DataTable label="明细" columns={columns} rows={lines} id={(line) => line.key} foot={foot} testid="lines" />
			<div className="add-line">
				<ProductPicker
					onPick={(product) => {
						const line = draftOf(product);
						set((old) => [...old, line]);
						setAdded(line.key);
					}}
				/>
			</div>
		</>
	);
}
