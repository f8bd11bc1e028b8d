// 配送单: allocate, pick, ship under a seal, receive.
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { url } from "../../base/api";
import { sendOrKeep } from "../../base/queue";
import type { Params } from "../../base/route";
import { units } from "../../base/format";
import { type Answer, useScanHandler } from "../../base/scanner";
import { can, homeSite, mine } from "../../base/session";
import type { ScanDone, Shipment } from "../../base/types";
import { Chip, Fact, To } from "../../parts/cells";
import { allows, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Field } from "../../parts/Fields";
import { AllocationSheet, PickList } from "./Allocation";
import { type Differences, ReceiveList, receiveBody } from "./Receive";

function SealDialog({ close }: { close: (body: object | null) => void }) {
	const [seal, setSeal] = useState("");
	return (
		<Modal open closable={false} title="发货: 封签号" okText="发货" cancelText="返回" onCancel={() => close(null)} onOk={() => close({ seal_no: seal.trim() })} okButtonProps={{ disabled: !seal.trim(), "data-testid": "seal-ok" }}>
			<Field label="封签号 (扫或输入)" wide>
				<Input autoFocus size="large" maxLength={64} value={seal} data-testid="seal-no" onChange={(event) => setSeal(event.target.value)} onPressEnter={() => seal.trim() && close({ seal_no: seal.trim() })} />
			</Field>
		</Modal>
	);
}

/** Receiving for a branch from somewhere else is possible, but said aloud. */
function ForOthersDialog({ shipment, close }: { shipment: Shipment; close: (body: object | null) => void }) {
	return (
		<Modal open closable={false} title={`代 ${shipment.to_site_name} 签收?`} okText="代为签收" cancelText="返回" onCancel={() => close(null)} onOk={() => close({})} okButtonProps={{ "data-testid": "for-others-ok" }}>
			<p>这批货应由 {shipment.to_site_name} 核对后签收。代为签收表示全部如数收到。</p>
		</Modal>
	);
}

function LabelDialog({ shipment, close }: { shipment: Shipment; close: () => void }) {
	const path = `shipments/${shipment.id}/label`;
	return (
		<Modal open title="周转箱标签" onCancel={close} footer={<><Button href={url(`${path}.png`)} download>下载图片</Button><Button type="primary" href={url(`${path}.pdf`)} target="_blank">打印 (PDF)</Button></>}>
			<img className="label-preview" src={url(`${path}.png`)} alt={`周转箱标签 ${shipment.tote_code ?? ""}`} data-testid="label-preview" />
		</Modal>
	);
}

const atHome = (shipment: Shipment) => homeSite()?.id === shipment.to_site_id;

function answerOf(done: ScanDone, code: string, shipment: Shipment): Answer {
	const scan = done.scan;
	if (!scan?.product_name) return { text: scan?.message || (done.state === "received" ? "整箱已收下" : "已记录"), more: code };
	const line = shipment.lines.find((one) => one.allocations.some((batch) => batch.id === scan.allocation_id)) ?? {};
	const progress = scan.wanted_units ? `${units(scan.picked_units ?? 0, line)} / ${units(scan.wanted_units, line)}` : "";
	return { text: `${scan.product_name} +${units(scan.units, line)}`, more: [scan.message, scan.lot && `批号 ${scan.lot}`, progress].filter(Boolean).join(" · ") };
}

function useScans(id: string, shipment: Shipment | undefined, reload: () => Promise<void>) {
	const picks = allows(shipment, "pick");
	const receives = shipment !== undefined && allows(shipment, "receive") && atHome(shipment);
	useScanHandler(
		picks || receives
			? async (code) => {
					const done = await sendOrKeep<ScanDone>("POST", `shipments/${id}/scans`, { code }, `扫描 ${code}`);
					void reload();
					if (!done) return { text: "断网: 已记下, 恢复后自动提交", more: code, tone: "warn" };
					return answerOf(done, code, shipment!);
				}
			: null,
	);
}

export function ShipmentPage({ params }: { params: Params }) {
	const of = useDocument<Shipment>("shipments", params.id);
	const [label, setLabel] = useState(false);
	const [picked, setPicked] = useState<Record<string, number>>({});
	const [differences, setDifferences] = useState<Differences>({});
	const [seal, setSeal] = useState("");
	const [kept, setKept] = useState(false);
	useScans(params.id, of.doc, of.reload);

	const instead = async (action: string) => {
		if (action === "pick") {
			const lines = Object.entries(picked).map(([allocation_id, units]) => ({ allocation_id, units }));
			await of.step("pick", lines.length > 0 ? { lines } : {});
			return true;
		}
		if (action !== "receive") return false;
		const body = { version: of.doc!.version, ...receiveBody(of.doc!, differences, seal) };
		const reply = await of.run(() => sendOrKeep("POST", `shipments/${params.id}/receive`, body, `收货 ${of.doc!.number}`));
		if (reply === null) setKept(true);
		return true;
	};
	const receiving = (shipment: Shipment) => allows(shipment, "receive") && atHome(shipment);
	return (
		<>
			<DocumentPage
				of={of}
				instead={instead}
				inputs={{
					ship: (close) => <SealDialog close={close} />,
					...(of.doc && !atHome(of.doc) && { receive: (close: (body: object | null) => void) => <ForOthersDialog shipment={of.doc!} close={close} /> }),
				}}
				facts={(shipment) => (
					<>
						<Fact label="从">{[shipment.from_site_name, shipment.from_depot_name].filter(Boolean).join(" · ")}</Fact>
						<Fact label="到">{[shipment.to_site_name, shipment.to_depot_name].filter(Boolean).join(" · ")}</Fact>
						<Fact label="请领单">{shipment.request_id && <To path={`/requests/${shipment.request_id}`}>{shipment.request_number}</To>}</Fact>
						<Fact label="周转箱">{shipment.tote_code && <b className="num">{shipment.tote_code}</b>}</Fact>
						<Fact label="封签号">{shipment.seal_no && <b className="num">{shipment.seal_no}</b>}</Fact>
						<Fact label="追溯码">{shipment.packs ? `${shipment.packs} 个` : null}</Fact>
						{kept && shipment.state === "shipped" && <Chip tone="wait">断网: 收货已记下, 恢复后自动提交</Chip>}
					</>
				)}
				tools={(shipment) =>
					shipment.state !== "draft" &&
					can("SHIP") &&
					mine(shipment.from_site_id) && (
						<>
							<Button data-testid="label" onClick={() => setLabel(true)}>标签</Button>
							<Button href={url(`shipments/${shipment.id}/picklist.pdf`)} target="_blank">拣货单</Button>
						</>
					)
				}
			>
				{(shipment) =>
					receiving(shipment) ? (
						<ReceiveList shipment={shipment} differences={differences} set={setDifferences} seal={seal} setSeal={setSeal} />
					) : (
						<>
							{allows(shipment, "pick") && <PickList shipment={shipment} typed={picked} set={setPicked} />}
							<h2>明细与批次</h2>
							<AllocationSheet shipment={shipment} />
						</>
					)
				}
			</DocumentPage>
			{label && of.doc && <LabelDialog shipment={of.doc} close={() => setLabel(false)} />}
		</>
	);
}
