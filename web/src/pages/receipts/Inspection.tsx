// Inspection: per lot accepted, pending or rejected; the inspector is another person than the receiver (the service checks).
import { Select } from "antd";
import type { Outcome, Receipt, ReceiptLine } from "../../base/types";
import { Chip, Drug, Lot, StateChip, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { Cell } from "../../parts/Fields";
import type { Problem } from "../../base/api";

export interface Verdict {
	outcome: Outcome;
	approval_no: string;
	appearance: string;
	reason: string;
}
export type Verdicts = Record<string, Verdict>;

const OUTCOMES = [
	{ value: "accepted", label: "● 合格" },
	{ value: "pending", label: "◐ 待定" },
	{ value: "rejected", label: "✕ 不合格" },
];

/** What is typed, else what was decided before; goods nobody looked at yet are offered as accepted. */
export const verdictOf = (line: ReceiptLine, verdicts: Verdicts): Verdict =>
	verdicts[line.id] ?? { outcome: line.inspected_by ? (line.outcome ?? "accepted") : "accepted", approval_no: line.approval_no ?? "", appearance: line.appearance ?? "", reason: line.reason ?? "" };

/** The body of the inspect step: every undecided line with its verdict. */
export function verdictLines(receipt: Receipt, verdicts: Verdicts) {
	return receipt.lines
		.filter((line) => !line.posted)
		.map((line) => {
			const { outcome, approval_no, appearance, reason } = verdictOf(line, verdicts);
			return { id: line.id, outcome, ...(approval_no && { approval_no }), ...(appearance && { appearance }), ...(reason && { reason }) };
		});
}

const BASE: Column<ReceiptLine>[] = [
	{ key: "n", title: "#", width: 36, align: "right", card: "hide", show: (_, n) => n },
	{ key: "product", title: "药品", card: "title", show: (line) => <Drug name={line.product_name} spec={line.spec} maker={line.maker} /> },
	{ key: "lot", title: "批号 · 有效期", show: (line) => <><Lot lot={line.lot} at={line.expiry_ymd} days={line.expiry_days} />{line.udi && <small className="mute block num">UDI {line.udi}</small>}</> },
	{ key: "units", title: "数量", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
	{ key: "codes", title: "追溯码", align: "right", card: "hide", show: (line) => line.codes || "" },
];

const SHOWN: Column<ReceiptLine>[] = [
	...BASE,
	{ key: "outcome", title: "验收", show: (line) => (line.outcome ? <StateChip state={line.outcome} title={line.outcome_title} /> : <Chip tone="wait">待验</Chip>) },
	{ key: "appearance", title: "外观", card: "hide", show: (line) => line.appearance },
	{ key: "reason", title: "原因", show: (line) => line.reason },
	{ key: "posted", title: "入库", show: (line) => (line.posted ? <Chip tone="good">已入库</Chip> : <Chip tone="off">未入库</Chip>) },
];

export const ReceivedLines = ({ receipt }: { receipt: Receipt }) => (
	<DataTable label="收货明细" testid="lines" columns={SHOWN} rows={receipt.lines} id={(line) => line.id} />
);

interface Props {
	receipt: Receipt;
	verdicts: Verdicts;
	set: (verdicts: Verdicts) => void;
	problem: Problem | null;
}

export function Inspection({ receipt, verdicts, set, problem }: Props) {
	const change = (line: ReceiptLine, part: Partial<Verdict>) => set({ ...verdicts, [line.id]: { ...verdictOf(line, verdicts), ...part } });
	const text = (name: "approval_no" | "appearance" | "reason", title: string, hint: string): Column<ReceiptLine> => ({
		key: name, title, width: 130,
		show: (line, n) =>
			line.posted ? (
				line[name]
			) : (
				<Cell value={verdictOf(line, verdicts)[name]} cell={name} field={`lines[${n - 1}].${name}`} testid={`line-${n}-${name}`} aria-label={`第 ${n} 行${title}`} placeholder={hint} error={problem?.at(`lines[${n - 1}].${name}`)} onChange={(value) => change(line, { [name]: value })} />
			),
	});
	const columns: Column<ReceiptLine>[] = [
		...BASE,
		{
			key: "outcome", title: "验收结论", width: 130,
			show: (line, n) =>
				line.posted ? (
					<StateChip state={line.outcome ?? ""} title={line.outcome_title} />
				) : (
					<Select data-testid={`line-${n}-outcome`} aria-label={`第 ${n} 行验收结论`} className={`outcome ${verdictOf(line, verdicts).outcome}`} value={verdictOf(line, verdicts).outcome} options={OUTCOMES} onChange={(outcome: Outcome) => change(line, { outcome })} />
				),
		},
		text("approval_no", "批准文号", "国药准字"),
		text("appearance", "外观", "完好"),
		text("reason", "原因", "不合格时必填"),
	];
	const count = (outcome: Outcome) => receipt.lines.filter((line) => verdictOf(line, verdicts).outcome === outcome).length;
	return (
		<>
			<h2>
				验收 <Chip tone="good">合格 {count("accepted")}</Chip> <Chip tone="wait">待定 {count("pending")}</Chip> <Chip tone="bad">不合格 {count("rejected")}</Chip>
			</h2>
			<DataTable label="验收" testid="lines" columns={columns} rows={receipt.lines} id={(line) => line.id} />
		</>
	);
}
