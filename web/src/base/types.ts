// The shapes the service answers (docs/openapi). Ids are strings, prices decimal strings in yuan for one pricing
// pack of units_per_pack units, units integers of smallest units, _ymd integers yyyymmdd, _ms UTC milliseconds.

export interface Page<R> {
	rows: R[];
	next: string | null;
}

export interface FieldError {
	field?: string;
	row?: number;
	code: string;
	message: string;
}

export interface Depot {
	id: string;
	code: string;
	name: string;
	kind: string;
}

export interface Site {
	id: string;
	code: string;
	name: string;
	kind: string;
	parent_id: string | null;
	depots: Depot[];
}

export interface Session {
	user: string;
	display_name: string;
	roles: string[];
	permissions: string[];
	sites: Site[];
	home_site_id: string;
	consortium: { code: string; name: string };
	today_ymd: number;
}

/** What is needed to show units as packs and units. */
export interface Packing {
	unit_name?: string;
	pack_name?: string;
	units_per_pack?: number;
}

/** Why a search found a row: marks are begin and end of each piece that matched, in characters of the text. */
export interface Match {
	field: string;
	how: "fragment" | "initials" | "code";
	text: string;
	marks: number[];
}

export interface Product extends Packing {
	id: string;
	code: string;
	name: string;
	trade_name?: string;
	spec?: string;
	form?: string;
	maker?: string;
	approval_no?: string;
	national_code?: string;
	nhsa_code?: string;
	gtin?: string;
	storage?: "normal" | "cool" | "cold";
	controlled?: string | boolean | null;
	traced?: boolean;
	active?: boolean;
	ceiling_price?: string | null;
	ceiling_source?: string | null;
	ceiling_from_ymd?: number | null;
	price_rule?: string | null;
	price_rule_title?: string | null;
	trade_price?: string | null;
	kind?: string;
	high_alert?: string | null;
	look_alike?: string | null;
	antibiotic?: string | null;
	essential?: boolean;
	match?: "fragment" | "initials" | "code" | null;
	matched?: Match | null;
}

export interface Supplier {
	id: string;
	code: string;
	name: string;
	licence_no?: string;
	licence_until_ymd?: number | null;
	licence_state?: "ok" | "soon" | "expired" | "none";
	/** 经营类别. */
	business?: string;
	business_title?: string;
	phone?: string | null;
	contact?: string | null;
	credit_code?: string | null;
	active?: boolean;
	/** 首营 passed. */
	approved?: boolean;
}

/** May a supplier deliver, and if not, why. */
export interface May {
	allowed: boolean;
	code: string | null;
	reason: string | null;
}

export interface Supply extends Product {
	stock_units: number;
	reserved_units: number;
	transit_units: number;
	on_order_units: number;
	daily_use_milli: number;
	days_of_stock: number | null;
	suggest_units: number;
	last_price: string | null;
	/** In the 集采 round that runs; null where none has it. */
	volume?: import("../parts/volume").Volume | null;
}

export interface ChainState {
	state: string;
	title: string;
	at_ms: number | null;
	by: string | null;
	current: boolean;
}

export interface Action {
	action: string;
	title: string;
	to: string;
	allowed: boolean;
	note_needed: boolean;
	why: string | null;
}

export interface DocumentEvent {
	seq: number;
	action: string;
	title: string;
	from_state: string | null;
	to_state: string;
	at_ms: number;
	by: string;
	note: string | null;
}

export interface RelatedDocument {
	id: string;
	kind: string;
	kind_title: string;
	number: string;
	state: string;
	state_title: string;
}

/** Head of every list row of documents. */
export interface DocumentRow {
	id: string;
	number: string;
	state: string;
	state_title: string;
	version: number;
	reference?: string | null;
	note?: string | null;
	made_at_ms: number;
	made_by?: string;
	from_site_name?: string;
	to_site_name?: string;
}

export interface Doc extends DocumentRow {
	kind: string;
	kind_title: string;
	from_site_id?: string;
	to_site_id?: string;
	chain: ChainState[];
	actions: Action[];
	events: DocumentEvent[];
	related: RelatedDocument[];
}

/** Answer of every write on a document. */
export interface Written {
	id: string;
	number: string;
	state: string;
	version: number;
	seq: number;
}

export interface OrderLine extends Packing {
	id: string;
	n: number;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	units: number;
	price: string | null;
	amount: string;
	ceiling_price?: string | null;
	ceiling_source?: string | null;
	ceiling_from_ymd?: number | null;
	to_site_id?: string;
	to_site_name?: string;
	owner_site_name?: string;
	payer_site_name?: string;
	received_units: number;
	/** Still waited for: without what the supplier refused. */
	due_units: number;
	stock_units?: number;
	days_of_stock?: number | null;
	price_rule?: string | null;
	price_rule_title?: string | null;
	rule_price?: string | null;
	rule_source?: string | null;
	price_flagged?: boolean;
	/** The ceiling was raised lately: from what, when, by whom; needed: the price is above what it was. */
	raised_from?: string | null;
	raised_at_ms?: number | null;
	raised_by?: string | null;
	raise_needed?: boolean | null;
}

export interface Order extends Doc {
	supplier_id: string;
	supplier_name: string;
	supplier_licence_state?: string;
	amount: string;
	buyer_site_name?: string;
	payer_site_name?: string;
	owner_site_name?: string;
	urgency?: string | null;
	expected_ymd?: number | null;
	due_at_ms?: number | null;
	overdue?: boolean;
	split_flags?: { id: string; reason: string; reason_title: string; counted: string; orders: number; sum: string; limit: string; other_id: string; other_number: string }[];
	lines: OrderLine[];
	volumes?: import("../parts/volume").OrderVolume[];
}

export type Outcome = "accepted" | "pending" | "rejected";

export interface ReceiptLine extends Packing {
	id: string;
	order_line_id: string;
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	lot: string;
	made_ymd?: number | null;
	expiry_ymd: number;
	expiry_days?: number;
	units: number;
	codes: number;
	outcome: Outcome | null;
	outcome_title: string | null;
	inspected_by?: string | null;
	approval_no?: string | null;
	appearance?: string | null;
	reason?: string | null;
	posted: boolean;
	udi?: string | null;
}

export interface ExpectedLine extends Packing {
	order_line_id: string;
	product_id: string;
	product_name: string;
	spec?: string;
	ordered_units: number;
	received_units: number;
	left_units: number;
	announced_units: number;
	/** Comes in with its UDI or not at all. */
	implant?: boolean;
}

export interface Refused extends Packing {
	order_line_id?: string;
	product_name?: string;
	lot?: string;
	units: number;
	reason: string;
}

export interface Receipt extends Doc {
	order_id: string;
	order_number: string;
	supplier_id?: string;
	supplier_name: string;
	site_id?: string;
	depot_id?: string;
	depot_name?: string;
	lines: ReceiptLine[];
	expected: ExpectedLine[];
	/** What the distributor says is on the road, lot by lot. */
	dispatched?: { order_line_id: string; dispatch_no: string; lot: string; made_ymd: number | null; expiry_ymd: number; units: number; left_units: number }[];
	refused: Refused[];
	bindings: (Packing & { prefix: string; product_name: string; units_per_code: number; multiplier: number; divider: number; confirmed: boolean; by: string })[];
	scans: (Partial<Packing> & { code: string; at_ms: number; by: string; product_id?: string; product_name?: string; lot?: string | null; units?: number })[];
}

export interface ScanDone extends Written {
	scan?: {
		kind?: string;
		code: string;
		product_id?: string;
		product_name: string;
		lot?: string;
		made_ymd?: number;
		expiry_ymd?: number;
		serial?: string | null;
		/** The label of a consumable, as people read it. */
		udi?: string | null;
		order_line_id?: string;
		units: number;
		allocation_id?: string;
		picked_units?: number;
		wanted_units?: number;
		line_id?: string;
		line_units?: number;
		order_left_units?: number;
		message: string;
	};
}

export interface RequestLine extends Packing {
	id: string;
	product_id: string;
	product_name: string;
	spec?: string;
	units: number;
	approved_units: number;
	reduce_reason?: string | null;
	shipped_units: number;
	received_units: number;
	centre_stock_units: number;
	site_stock_units: number;
	days_of_stock: number | null;
	high_alert?: string | null;
	look_alike?: string | null;
}

export interface Request extends Doc {
	lines: RequestLine[];
}

export interface Allocation {
	id: string;
	batch_id: string;
	lot: string;
	expiry_ymd: number;
	units: number;
	bin: string | null;
	picked_units?: number;
	received_units?: number;
}

export interface PassedOver {
	lot: string;
	expiry_ymd: number;
	units: number;
	reason: string;
	reason_title: string;
}

export interface ShipmentLine extends Packing {
	id: string;
	product_id?: string;
	product_name: string;
	spec?: string;
	units: number;
	unmet_units: number;
	picked_units?: number;
	received_units?: number;
	high_alert?: string | null;
	look_alike?: string | null;
	allocations: Allocation[];
	passed_over: PassedOver[];
}

export interface Shipment extends Doc {
	from_depot_name?: string;
	to_depot_name?: string;
	seal_no: string | null;
	tote_code: string | null;
	request_id?: string | null;
	request_number?: string | null;
	packs?: number;
	lines: ShipmentLine[];
}

export interface StockRow extends Packing {
	product_id: string;
	product_name: string;
	spec?: string;
	maker?: string;
	batch_id: string;
	lot_id: string;
	lot: string;
	expiry_ymd: number;
	expiry_days?: number;
	expiry_warn?: boolean;
	warn_days?: number;
	expired: boolean;
	site_name: string;
	depot_name: string;
	bin: string | null;
	quality: string;
	quality_title: string;
	units: number;
	reserved_units: number;
	held: boolean;
	price: string | null;
}

export interface Substitute extends Packing {
	way: string;
	way_title: string;
	product_id: string;
	name: string;
	spec: string;
	maker: string;
	centre_units: number;
	units: number;
	other_units: number;
	decision: string | null;
	selected: boolean;
}

export interface Shortage extends Doc {
	site_name: string;
	product_id?: string | null;
	product_name: string | null;
	drug_text?: string | null;
	units: number;
	unit_name?: string;
	needed_ymd?: number | null;
	urgency: "normal" | "urgent" | "critical";
	reason?: string;
	patient_name?: string | null;
	patient_phone?: string | null;
	age_hours: number;
	due_at_ms: number | null;
	overdue: boolean;
	solution_id?: string | null;
	solution_number?: string | null;
	substitutes?: Substitute[];
	stock_elsewhere?: { site_id: string; site_name: string; units: number }[];
}

export interface Sensor {
	id: string;
	code: string;
	name: string;
	site_name: string;
	depot_name?: string;
	value_c100: number | null;
	rh_c100: number | null;
	at_ms: number | null;
	state: "normal" | "warn" | "alarm" | "silent" | "fault" | "never";
	silent_minutes: number | null;
	low_c100: number | null;
	high_c100: number | null;
	alarm_id: string | null;
}

export interface Alarm {
	id: string;
	sensor_id: string;
	sensor_name: string;
	site_name: string;
	kind: string;
	kind_title: string;
	state: "active" | "returned" | "acknowledged" | "closed";
	opened_at_ms: number;
	returned_at_ms: number | null;
	peak_c100: number | null;
	acknowledged_by: string | null;
	cause: string | null;
}

export interface Found {
	type: "pack" | "lot" | "product" | "shipment" | "order" | "receipt" | "request" | "shortage" | "document" | "bin" | null;
	id: string | null;
	title?: string | null;
}

export interface Scan {
	input: string;
	valid: boolean;
	kind?: string;
	gtin?: string | null;
	lot?: string | null;
	expiry_ymd?: number | null;
	serial?: string | null;
	trace_code?: string | null;
	error?: string | null;
	found: Found | null;
}

export interface Card {
	key: string;
	title: string;
	count: number;
	level: "info" | "warn" | "bad";
	path: string;
}

export interface ImportResult {
	added: number;
	changed: number;
	refused: FieldError[];
	/** A long one: where it can be watched. */
	id?: string;
	staged?: boolean;
}

export interface ImportJob {
	id: string;
	kind: string;
	file_name: string;
	user_name: string | null;
	state: "checking" | "comparing" | "ready" | "refused" | "indexing" | "applying" | "done" | "broken" | "dropped";
	state_title: string;
	keep_good: boolean;
	rows: number;
	added: number;
	changed: number;
	unchanged: number;
	refused_rows: number;
	overtaken_rows: number;
	total: number;
	done: number;
	message: string | null;
	made_at_ms: number;
	ended_at_ms: number | null;
}

export interface ImportRow {
	row: number;
	outcome: string;
	field: string | null;
	message: string;
}
