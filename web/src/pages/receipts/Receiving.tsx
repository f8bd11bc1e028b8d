// Receiving: at the left what is still due, at the right the last scans; lots that carry no code are typed.
import { Button } from "antd";
import { type FormEvent, useEffect, useState } from "react";
import { post } from "../../base/api";
import { clock, units } from "../../base/format";
import type { ExpectedLine, Receipt } from "../../base/types";
import { Chip, Drug, Lot, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import type { OpenDocument } from "../../parts/document";
import { Cell, DateCell, Field, UnitsInput } from "../../parts/Fields";

interface Reply {
	refused?: { units: number; reason: string }[];
}

/** What a scanned label says of a line: the rest is typed. */
export interface Labelled {
	order_line_id: string;
	lot: string;
	made: number | null;
	expiry: number | null;
	udi: string | null;
}

/** One lot of an order line: read from its label, named by the dispatch file, or typed from the box or the delivery note. */
function TypedLot({ of, line, label, done }: { of: OpenDocument<Receipt>; line: ExpectedLine; label: Labelled | null; done: (taken: boolean) => void }) {
	const told = of.doc?.dispatched?.find((one) => one.order_line_id === line.order_line_id && one.left_units > 0 && (!label || one.lot === label.lot));
	const [lot, setLot] = useState(label?.lot ?? told?.lot ?? "");
	const [made, setMade] = useState<number | null>(label?.made ?? told?.made_ymd ?? null);
	const [expiry, setExpiry] = useState<number | null>(label?.expiry ?? told?.expiry_ymd ?? null);
	const [count, setCount] = useState<number | null>(told ? Math.min(told.left_units, line.left_units) : line.left_units > 0 ? line.left_units : null);
	const ready = lot.trim() !== "" && expiry !== null && (count ?? 0) > 0;
	const add = async (event: FormEvent) => {
		event.preventDefault();
		if (!ready) return;
		const body = { order_line_id: line.order_line_id, lot: lot.trim(), expiry_ymd: expiry, units: count, ...(made ? { made_ymd: made } : {}), ...(label?.udi ? { udi: label.udi } : {}) };
		const reply = await of.run(() => post<Reply>(`receipts/${of.doc!.id}/lines`, { lines: [body] }));
		if (reply) done(true);
	};
	const error = (field: string) => of.problem?.at(`lines[0].${field}`);
	return (
		<form className="form-row" onSubmit={(event) => void add(event)}>
			{label?.udi && <p className="num wide" data-testid="typed-udi">UDI {label.udi}</p>}
			<Field label="批号" error={error("lot") ?? error("udi")}>
				<Cell autoFocus value={lot} maxLength={40} testid="typed-lot" onChange={setLot} />
			</Field>
			<Field label="生产日期" error={error("made_ymd")}>
				<DateCell value={made} testid="typed-made" onChange={setMade} />
			</Field>
			<Field label="有效期至" error={error("expiry_ymd")}>
				<DateCell value={expiry} testid="typed-expiry" onChange={setExpiry} />
			</Field>
			<Field label="数量" error={error("units")}>
				<UnitsInput value={count} of={line} label="数量" testid="typed" onChange={setCount} />
			</Field>
			<Button type="primary" htmlType="submit" loading={of.busy} disabled={!ready} data-testid="typed-add">
				收下
			</Button>
			<Button onClick={() => done(false)}>取消</Button>
		</form>
	);
}

function Due({ of, receipt, label }: { of: OpenDocument<Receipt>; receipt: Receipt; label: Labelled | null }) {
	const [typing, setTyping] = useState<string | null>(null);
	const [read, setRead] = useState<Labelled | null>(null);
	useEffect(() => {
		if (!label) return;
		setRead(label);
		setTyping(label.order_line_id);
	}, [label]);
	const [next, setNext] = useState(false);
	// After a lot is taken, Enter goes on with the next line that is due.
	useEffect(() => {
		if (!next) return;
		document.querySelector<HTMLElement>("[data-testid=expected] tr[data-row]:not(.complete) button")?.focus();
		setNext(false);
	}, [next]);
	const done = (taken: boolean) => {
		setTyping(null);
		setRead(null);
		setNext(taken);
	};
	return (
		<DataTable
			label="应到"
			testid="expected"
			rows={receipt.expected}
			id={(line) => line.order_line_id}
			rowClass={(line) => (line.left_units <= 0 ? "complete" : undefined)}
			below={(line) => typing === line.order_line_id && <TypedLot key={read?.udi ?? read?.lot ?? ""} of={of} line={line} label={read?.order_line_id === line.order_line_id ? read : null} done={done} />}
			columns={[
				{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} note={line.implant && <Chip tone="wait">植入: 扫 UDI</Chip>} /> },
				{ key: "ordered", title: "订购", align: "right", show: (line) => <Units n={line.ordered_units} of={line} /> },
				{ key: "announced", title: "随货单", align: "right", card: "hide", show: (line) => <Units n={line.announced_units || null} of={line} /> },
				{ key: "received", title: "已收", align: "right", show: (line) => <Units n={line.received_units} of={line} /> },
				{ key: "left", title: "还差", align: "right", show: (line) => (line.left_units <= 0 ? <Chip tone="good">到齐</Chip> : <Units n={line.left_units} of={line} strong />) },
				{
					key: "type", title: "", align: "center",
					show: (line, n) => (
						<Button size="small" data-testid={`line-${n}-type`} onClick={() => setTyping(line.order_line_id)}>
							录入
						</Button>
					),
				},
			]}
		/>
	);
}

function LastScans({ receipt }: { receipt: Receipt }) {
	const [all, setAll] = useState(false);
	const shown = all ? receipt.scans : receipt.scans.slice(0, 12);
	return (
		<div className="panel" data-testid="last-scans">
			<h2>最近扫描 {receipt.scans.length}</h2>
			{receipt.scans.length === 0 && <p className="mute">扫药盒或整箱的追溯码, 不必先点任何地方。没有码的, 在左边一行点 "录入"。</p>}
			{shown.map((scan) => (
				<div key={`${scan.code}/${scan.at_ms}`} className="figure">
					<span>
						{scan.product_name ?? <span className="num">{scan.code}</span>}
						{scan.product_name && <small className="mute block num">{[scan.lot, scan.code].filter(Boolean).join(" · ")}</small>}
					</span>
					<span className="right">
						<b>{scan.units ? units(scan.units, scan) : null}</b>
						<small className="mute block">{clock(scan.at_ms)} {scan.by}</small>
					</span>
				</div>
			))}
			{receipt.scans.length > shown.length && <Button type="link" onClick={() => setAll(true)}>全部</Button>}
		</div>
	);
}

/** Lots that the platform's dispatch file names: each is filled in when its line is typed. */
function OnTheRoad({ receipt }: { receipt: Receipt }) {
	const rows = (receipt.dispatched ?? []).filter((one) => one.left_units > 0);
	if (rows.length === 0) return null;
	const of = (id: string) => receipt.expected.find((line) => line.order_line_id === id);
	return (
		<>
			<h2>平台配送单 {rows.length} 批未收</h2>
			<DataTable
				label="平台配送单"
				testid="dispatched"
				rows={rows}
				id={(row) => `${row.dispatch_no}/${row.order_line_id}/${row.lot}`}
				columns={[
					{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={of(row.order_line_id)?.product_name ?? ""} spec={of(row.order_line_id)?.spec} /> },
					{ key: "lot", title: "批号 · 有效期", show: (row) => <Lot lot={row.lot} at={row.expiry_ymd} /> },
					{ key: "units", title: "配送", align: "right", show: (row) => <Units n={row.units} of={of(row.order_line_id) ?? {}} /> },
					{ key: "left", title: "未收", align: "right", show: (row) => <Units n={row.left_units} of={of(row.order_line_id) ?? {}} strong /> },
					{ key: "no", title: "配送单号", show: (row) => <span className="num">{row.dispatch_no}</span> },
				]}
			/>
		</>
	);
}

export function Receiving({ of, receipt, label }: { of: OpenDocument<Receipt>; receipt: Receipt; label: Labelled | null }) {
	return (
		<>
			<div className="two">
				<Due of={of} receipt={receipt} label={label} />
				<LastScans receipt={receipt} />
			</div>
			<OnTheRoad receipt={receipt} />
		</>
	);
}
