// 登记缺药: quick, at the counter, with the patient standing there; kept when the line is down.
import { Button, Input, Segmented, Select } from "antd";
import { type FormEvent, useState } from "react";
import { sendOrKeep } from "../../base/queue";
import { useAct } from "../../base/data";
import { go } from "../../base/route";
import { homeSite } from "../../base/session";
import type { Product, Written } from "../../base/types";
import { Drug } from "../../parts/cells";
import { Cell, DateCell, Field, ProductPicker, SitePicker, UnitsInput } from "../../parts/Fields";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { REASON, URGENCY } from "./words";

const choices = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }));

export function ShortageNew() {
	const [site, setSite] = useState(homeSite()?.id);
	const [product, setProduct] = useState<Product | null>(null);
	const [text, setText] = useState("");
	const [count, setCount] = useState<number | null>(null);
	const [unit, setUnit] = useState("盒");
	const [needed, setNeeded] = useState<number | null>(null);
	const [urgency, setUrgency] = useState("normal");
	const [reason, setReason] = useState("out_of_stock");
	const [patient, setPatient] = useState({ name: "", phone: "" });
	const [note, setNote] = useState("");
	const [kept, setKept] = useState(false);
	const { act, busy, problem, clear } = useAct();
	useUnsaved(!kept && (product !== null || text !== ""));
	const save = (event: FormEvent) => {
		event.preventDefault();
		void act(async () => {
			const body = {
				site_id: site, units: count ?? 0, urgency, reason,
				...(product ? { product_id: product.id } : { drug_text: text, unit_name: unit }),
				...(needed && { needed_ymd: needed }), ...(patient.name && { patient_name: patient.name }), ...(patient.phone && { patient_phone: patient.phone }), ...(note && { note }),
			};
			const made = await sendOrKeep<Written>("POST", "shortages", body, `缺药登记 ${product?.name ?? text}`);
			setKept(made === null);
			if (made) go(`/shortages/${made.id}`, { replace: true, saved: true });
		});
	};
	if (kept) {
		return (
			<section className="page">
				<h1>登记已记下, 恢复后自动提交</h1>
				<Button onClick={() => go("/shortages")}>回到列表</Button>
			</section>
		);
	}
	return (
		<section className="page">
			<header className="page-head">
				<h1>登记缺药</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<form className="form tall" onSubmit={save}>
				{product ? (
					<p>
						<Drug name={product.name} spec={product.spec} maker={product.maker} /> <Button size="small" onClick={() => setProduct(null)}>换</Button>
					</p>
				) : (
					<>
						<ProductPicker placeholder="缺什么药: 名称、首字母或编码" onPick={setProduct} />
						<Field label="目录里没有时, 写药名、规格" error={problem?.at("drug_text") ?? problem?.at("product_id")}>
							<Input value={text} maxLength={200} data-testid="drug-text" onChange={(event) => setText(event.target.value)} />
						</Field>
					</>
				)}
				<div className="form-row">
					<Field label="数量" error={problem?.at("units")}>
						<UnitsInput value={count} of={product ?? { unit_name: unit }} label="数量" testid="shortage" onChange={setCount} />
					</Field>
					{!product && (
						<Field label="单位">
							<Cell value={unit} maxLength={10} testid="unit-name" onChange={setUnit} />
						</Field>
					)}
					<Field label="最晚哪天要" error={problem?.at("needed_ymd")}>
						<DateCell value={needed} testid="needed" onChange={setNeeded} />
					</Field>
				</div>
				<Field label="紧急程度">
					<Segmented block size="large" value={urgency} options={choices(URGENCY)} onChange={(value) => setUrgency(String(value))} />
				</Field>
				<Field label="原因">
					<Select value={reason} options={choices(REASON)} data-testid="reason" onChange={setReason} />
				</Field>
				<div className="form-row">
					<Field label="病人姓名">
						<Input value={patient.name} maxLength={60} data-testid="patient-name" onChange={(event) => setPatient({ ...patient, name: event.target.value })} />
					</Field>
					<Field label="联系电话">
						<Input value={patient.phone} maxLength={30} inputMode="tel" data-testid="patient-phone" onChange={(event) => setPatient({ ...patient, phone: event.target.value })} />
					</Field>
					<Field label="机构">
						<SitePicker value={site} onChange={setSite} />
					</Field>
				</div>
				<Field label="备注">
					<Input.TextArea rows={2} maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
				<Button type="primary" size="large" htmlType="submit" data-testid="create" data-next-step loading={busy} disabled={(!product && !text.trim()) || !count}>
					登记 ▸
				</Button>
			</form>
		</section>
	);
}
