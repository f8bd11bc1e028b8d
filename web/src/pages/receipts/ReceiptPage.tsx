// 到货: receive by scan or by typing, inspect by a second person, post what was decided.
import { Button } from "antd";
import { useState } from "react";
import { Problem, post, url } from "../../base/api";
import { sendOrKeep } from "../../base/queue";
import { go, type Params } from "../../base/route";
import { type Answer, useScanHandler } from "../../base/scanner";
import { can, mine } from "../../base/session";
import { units, ymd } from "../../base/format";
import type { Receipt, ScanDone } from "../../base/types";
import { useAsk } from "../../parts/ask";
import { Chip, Fact, To, Units } from "../../parts/cells";
import { allows, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { DataTable } from "../../parts/DataTable";
import { DeliveryNote } from "./DeliveryNote";
import { ratio } from "../../parts/ratio";
import { BindingDialog, type Binding, type LotAnswer, LotDialog } from "./dialogs";
import { Inspection, ReceivedLines, type Verdicts, verdictLines } from "./Inspection";
import { type Labelled, Receiving } from "./Receiving";

function answerOf(done: ScanDone | null, code: string, receipt: Receipt): Answer {
	if (!done) return { text: "断网: 已记下, 恢复后自动提交", more: code, tone: "warn" };
	const scan = done.scan;
	if (!scan) return { text: "已收", more: code };
	const line = receipt.expected.find((one) => one.product_id === scan.product_id) ?? {};
	const left = scan.order_left_units === undefined ? "" : scan.order_left_units > 0 ? `还差 ${units(scan.order_left_units, line)}` : "本行到齐";
	const refused = scan.kind === "refused";
	if (scan.kind === "product") return { tone: "warn", text: `${scan.product_name}: ${scan.message}`, more: [scan.lot && `批号 ${scan.lot}`, scan.expiry_ymd && `有效期至 ${ymd(scan.expiry_ymd)}`, left].filter(Boolean).join(" · ") };
	return {
		tone: refused ? "bad" : "good",
		text: refused ? `${scan.product_name}: ${scan.message}` : `${scan.product_name} +${units(scan.units, line)}`,
		more: [!refused && scan.message, scan.lot && `批号 ${scan.lot}`, scan.expiry_ymd && `有效期至 ${ymd(scan.expiry_ymd)}`, left].filter(Boolean).join(" · "),
	};
}

const mayReceive = (receipt: Receipt) => receipt.state === "received" && can("RECEIVE") && mine(receipt.to_site_id);

/** Scans while the document is open; questions of the service are asked here, and the scan goes on with the answer. */
function useReceiving(id: string, receipt: Receipt | undefined, reload: () => Promise<void>, label: (of: Labelled) => void) {
	const [dialog, ask] = useAsk();
	const [last, setLast] = useState<LotAnswer | null>(null);
	const scan = async (code: string, more: object = {}): Promise<ScanDone | null> => {
		try {
			return await sendOrKeep<ScanDone>("POST", `receipts/${id}/scans`, { code, ...more }, `扫描 ${code}`);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			if (error.code === "CODE_UNBOUND") {
				const binding = await ask<Binding>((close) => <BindingDialog code={code} lines={receipt!.expected} close={close} />);
				if (!binding) throw error;
				await post(`receipts/${id}/bindings`, { code, ...binding });
				return scan(code, { ...more, order_line_id: binding.order_line_id });
			}
			if (error.code === "NEEDS_LOT") {
				const lot = await ask<LotAnswer>((close) => <LotDialog code={code} lines={receipt!.expected} last={last} close={close} />);
				if (!lot) throw error;
				setLast({ lot: lot.lot, expiry_ymd: lot.expiry_ymd });
				return scan(code, { ...more, ...lot });
			}
			throw error;
		}
	};
	const open = receipt !== undefined && mayReceive(receipt);
	useScanHandler(
		open
			? async (code) => {
					const done = await scan(code);
					const read = done?.scan;
					if (read?.kind === "product" && read.order_line_id) label({ order_line_id: read.order_line_id, lot: read.lot ?? "", made: read.made_ymd || null, expiry: read.expiry_ymd || null, udi: read.udi ?? null });
					void reload();
					return answerOf(done, code, receipt);
				}
			: null,
	);
	return dialog;
}

function RefusedLines({ receipt }: { receipt: Receipt }) {
	if (receipt.refused.length === 0) return null;
	return (
		<>
			<h2>
				拒收 <a href={url(`receipts/${receipt.id}/refusal.pdf`)} target="_blank" rel="noreferrer" data-testid="refusal-pdf">打印拒收单</a>
			</h2>
			<DataTable
				label="拒收"
				rows={receipt.refused}
				id={(_, n) => String(n)}
				columns={[
					{ key: "product", title: "药品", card: "title", show: (line) => line.product_name },
					{ key: "lot", title: "批号", show: (line) => <span className="num">{line.lot}</span> },
					{ key: "units", title: "数量", align: "right", show: (line) => <Units n={line.units} of={line} strong /> },
					{ key: "reason", title: "原因", show: (line) => line.reason },
				]}
			/>
		</>
	);
}

function Bindings({ receipt }: { receipt: Receipt }) {
	if (receipt.bindings.length === 0) return null;
	return (
		<>
			<h2>新绑定的药品标识码</h2>
			<DataTable
				label="新绑定的药品标识码"
				rows={receipt.bindings}
				id={(binding) => binding.prefix}
				columns={[
					{ key: "prefix", title: "标识码", card: "title", show: (binding) => <b className="num">{binding.prefix}</b> },
					{ key: "product", title: "药品", show: (binding) => binding.product_name },
					{ key: "units", title: "每码数量", align: "right", show: (binding) => <><Units n={binding.units_per_code} of={binding} /> <small className="mute num">{ratio(binding)}</small></> },
					{ key: "by", title: "绑定人", show: (binding) => binding.by },
					{ key: "confirmed", title: "确认", show: (binding) => (binding.confirmed ? <Chip tone="good">已确认</Chip> : <Chip tone="wait">待第二人确认</Chip>) },
				]}
			/>
		</>
	);
}

export function ReceiptPage({ params }: { params: Params }) {
	const of = useDocument<Receipt>("receipts", params.id);
	const [verdicts, setVerdicts] = useState<Verdicts>({});
	const [label, setLabel] = useState<Labelled | null>(null);
	const dialog = useReceiving(params.id, of.doc, of.reload, setLabel);
	const decides = (receipt: Receipt) => allows(receipt, "inspect");
	return (
		<>
			<DocumentPage
				of={of}
				instead={async (action) => {
					if (action !== "inspect") return false;
					await of.step("inspect", { lines: verdictLines(of.doc!, verdicts) });
					return true;
				}}
				facts={(receipt) => (
					<>
						<Fact label="供应商">{receipt.supplier_name}</Fact>
						<Fact label="订单"><To path={`/orders/${receipt.order_id}`}>{receipt.order_number}</To></Fact>
						<Fact label="收货单位">{receipt.to_site_name}</Fact>
						<Fact label="库房">{receipt.depot_name}</Fact>
					</>
				)}
				tools={(receipt) => (
					<>
						{mayReceive(receipt) && <DeliveryNote of={of} receipt={receipt} />}
						{receipt.lines.some((line) => line.posted) && can("RETURN_EDIT") && mine(receipt.site_id) && (
							<Button data-testid="send-back" onClick={() => go(`/supplier-returns/new?supplier_id=${receipt.supplier_id}&receipt_id=${receipt.id}&site_id=${receipt.site_id}&depot_id=${receipt.depot_id}`)}>退货</Button>
						)}
						{receipt.refused.length > 0 && <Button href={url(`receipts/${receipt.id}/refusal.pdf`)} target="_blank">拒收单</Button>}
					</>
				)}
			>
				{(receipt) => (
					<>
						{mayReceive(receipt) && <Receiving of={of} receipt={receipt} label={label} />}
						{receipt.lines.length > 0 &&
							(decides(receipt) ? (
								<Inspection receipt={receipt} verdicts={verdicts} set={setVerdicts} problem={of.problem} />
							) : (
								<>
									<h2>已收明细</h2>
									<ReceivedLines receipt={receipt} />
								</>
							))}
						<RefusedLines receipt={receipt} />
						<Bindings receipt={receipt} />
					</>
				)}
			</DocumentPage>
			{dialog}
		</>
	);
}
