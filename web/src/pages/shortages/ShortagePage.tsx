// One shortage: who needs it, the clock, what was done.
import { Input, Modal } from "antd";
import { useState } from "react";
import { get } from "../../base/api";
import { age, time, units, ymd } from "../../base/format";
import type { Params } from "../../base/route";
import type { Action, Scan, Shortage } from "../../base/types";
import { useAct } from "../../base/data";
import { Chip, Fact, To } from "../../parts/cells";
import { useDocument } from "../../parts/document";
import { DocumentPage, type StepInput } from "../../parts/DocumentPage";
import { Field } from "../../parts/Fields";
import { pathOf } from "../../parts/kinds";
import { Trouble } from "../../parts/Trouble";
import { Substitutes } from "../settings/ProductPage";
import { UrgencyChip } from "./Shortages";
import { REASON } from "./words";

const LINKED: Record<string, string> = { transfer: "调剂的配送单号", purchase: "采购订单号", substitute: "替代药品的单据 (可不填)" };

/** How it is solved: by which document, typed or scanned by its number. */
function SolutionDialog({ of, close }: { of: Action; close: (body: object | null) => void }) {
	const { action, title } = of;
	const [number, setNumber] = useState("");
	const [note, setNote] = useState("");
	const { act, busy, problem, setProblem } = useAct();
	const ok = () =>
		act(async () => {
			if (!number.trim()) return close(note ? { note } : {});
			const scan = await get<Scan>("scan", { code: number.trim() });
			if (scan.found?.id) close({ link_document_id: scan.found.id, ...(note && { note }) });
			else throw new Error(`没有找到单据 ${number}`);
		});
	return (
		<Modal open closable={false} title={title} okText={title} cancelText="返回" confirmLoading={busy} onCancel={() => close(null)} onOk={() => void ok()} okButtonProps={{ disabled: of.note_needed && !note.trim(), "data-testid": "solution-ok" }}>
			<Trouble problem={problem} onClose={() => setProblem(null)} />
			<div className="dialog-form">
				<Field label={LINKED[action]}>
					<Input autoFocus value={number} placeholder="没有时留空" data-testid="solution-number" onChange={(event) => setNumber(event.target.value)} />
				</Field>
				<Field label={of.note_needed ? "说明 (必填)" : "说明"}>
					<Input.TextArea rows={2} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
			</div>
		</Modal>
	);
}

const inputs: Record<string, StepInput> = Object.fromEntries(Object.keys(LINKED).map((action) => [action, (close, of) => <SolutionDialog of={of} close={close} />]));

export function ShortagePage({ params }: { params: Params }) {
	const of = useDocument<Shortage>("shortages", params.id);
	return (
		<DocumentPage
			of={of}
			inputs={inputs}
			facts={(row) => (
				<>
					<Fact label="药品"><b>{row.product_name ?? row.drug_text}</b></Fact>
					<Fact label="数量">{units(row.units, row)}</Fact>
					<Fact label="紧急"><UrgencyChip of={row.urgency} /></Fact>
					<Fact label="机构">{row.site_name}</Fact>
					<Fact label="原因">{row.reason && (REASON[row.reason] ?? row.reason)}</Fact>
					<Fact label="最晚">{ymd(row.needed_ymd)}</Fact>
					<Fact label="病人">{[row.patient_name, row.patient_phone].filter(Boolean).join(" ")}</Fact>
				</>
			)}
		>
			{(row) => (
				<div className="panel">
					<h2>时钟</h2>
					<p>
						已等 <b>{age(row.age_hours)}</b>
						{row.due_at_ms && <> · 本步时限 {row.overdue ? <Chip tone="bad">超时 {time(row.due_at_ms)}</Chip> : time(row.due_at_ms)}</>}
					</p>
					<h2>办法</h2>
					{row.related.length > 0 ? row.related.map((other) => <p key={other.id}><To path={pathOf(other.kind, other.id) ?? "/"}>{other.kind_title} {other.number}</To></p>) : <p className="mute">还没有。先核实, 再从下面选择调剂、采购、替代或告知。</p>}
					{(row.substitutes ?? []).length > 0 && (
						<>
							<h2>可以替代</h2>
							<Substitutes rows={row.substitutes!} />
						</>
					)}
					{(row.stock_elsewhere ?? []).length > 0 && (
						<>
							<h2>哪里有这个药</h2>
							{row.stock_elsewhere!.map((place) => <p key={place.site_id}>{place.site_name}: <b className="num">{units(place.units, row)}</b></p>)}
						</>
					)}
					<h2>办过什么</h2>
					<ol className="timeline">
						{row.events.map((event) => (
							<li key={event.seq}>
								<b>{event.title}</b> <span className="mute num">{time(event.at_ms)} · {event.by}</span>
								{event.note && <p>{event.note}</p>}
							</li>
						))}
					</ol>
				</div>
			)}
		</DocumentPage>
	);
}
