import type { Doc, Packing } from "../../base/types";

export interface Plan extends Doc {
	ym: number;
	lines: number;
	site_id: string;
	site_name: string;
	chosen: number;
	to_order: number;
	site_plans_waiting: number;
}

/** A line as the service tells it; units_per_pack and names stand on it for show. */
export interface PlanLine extends Packing {
	id: string;
	n: number;
	product_id: string;
	product_code: string;
	product_name: string;
	spec: string;
	maker: string;
	to_site_id: string;
	to_site_name: string;
	supplier_id: string | null;
	supplier_name: string | null;
	direct: boolean;
	stock_units: number;
	transit_units: number;
	on_order_units: number;
	asked_units: number;
	daily_use_milli: number;
	season_e3: number;
	months: string;
	long_units: number;
	expected_units: number;
	suggest_units: number;
	figured_ymd: number;
	units: number;
	/** The quantity is somebody's own and not what was suggested. */
	typed: boolean;
	price: string | null;
	ceiling_price: string | null;
	ceiling_source: string | null;
	ceiling_from_ymd: number | null;
	order_id: string | null;
	order_number: string | null;
	order_state: string | null;
}

/** What is typed on a line; only what is given changes. */
export interface Typed {
	units?: number;
	price?: string | null;
	supplier_id?: string;
	direct?: boolean;
}

export const monthText = (ym: number) => `${Math.floor(ym / 100)} 年 ${ym % 100} 月`;
