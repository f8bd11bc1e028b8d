// A purchase order typed from nothing (the plan sheet is the usual way).
import { Button, Input } from "antd";
import { useState } from "react";
import { get, post } from "../../base/api";
import { useAct } from "../../base/data";
import { fen } from "../../base/format";
import { go } from "../../base/route";
import type { Page, Product, Written } from "../../base/types";
import { DateCell, Field, SitePicker, SupplierPicker } from "../../parts/Fields";
import { type Draft, EditLines, draftOf, useDrafts } from "../../parts/Lines";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { VolumeHint } from "../../parts/volume";
import { orderLines } from "./OrderPage";
import { TickCell, useCover } from "../partners/Ticks";
import { Amount, Ceiling, PriceCell, totalFen } from "./price";

export function OrderNew() {
	const { lines, set, change } = useDrafts();
	const [supplier, setSupplier] = useState<string>();
	const [site, setSite] = useState<string>();
	const [reference, setReference] = useState("");
	const [emergency, setEmergency] = useState(false);
	const [expected, setExpected] = useState<number | null>(null);
	const { act, busy, problem, clear } = useAct();
	useUnsaved(lines.length > 0);
	const create = () =>
		act(async () => {
			const body = { supplier_id: supplier, ...(site ? { to_site_id: site } : {}), ...(reference ? { reference } : {}), ...(emergency ? { urgency: "emergency" } : {}), ...(expected ? { expected_ymd: expected } : {}), lines: orderLines(lines) };
			const order = await post<Written>("orders", body);
			go(`/orders/${order.id}`, { replace: true, saved: true });
		});
	/** 换成中选: the same units of the selected product. */
	const swap = (line: Draft, selected: string) =>
		act(async () => {
			const found = (await get<Page<Product>>("products", { id: selected })).rows[0];
			if (found) set((old) => old.map((one) => (one.key === line.key ? { ...draftOf(found, one.units), key: one.key } : one)));
		});
	const cover = useCover(supplier, lines.map((line) => line.product_id));
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建采购订单</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="供应商" error={problem?.at("supplier_id")}>
					<SupplierPicker value={supplier} onChange={setSupplier} products={lines.map((line) => line.product_id)} />
				</Field>
				<Field label="收货单位 (直送时选分院)">
					<SitePicker value={site} onChange={setSite} />
				</Field>
				<Field label="约定到货 (不填: 72 小时)" error={problem?.at("expected_ymd")}>
					<DateCell value={expected} onChange={setExpected} />
				</Field>
				<label className="check">
					<input type="checkbox" checked={emergency} data-testid="emergency" onChange={(event) => setEmergency(event.target.checked)} /> 紧急 (8 小时)
				</label>
				<Field label="外部单号" error={problem?.at("reference")}>
					<Input maxLength={64} value={reference} data-testid="reference" onChange={(event) => setReference(event.target.value)} />
				</Field>
			</div>
			<EditLines
				lines={lines}
				set={set}
				change={change}
				problem={problem}
				more={[
					{ key: "volume", title: "集采", width: 110, card: "hide", show: (line) => <VolumeHint key={line.product_id} product={line.product_id} packing={line} swap={(selected) => void swap(line, selected)} /> },
					{ key: "price", title: "单价 (元)", width: 150, align: "right", show: (line, n) => <PriceCell line={line} n={n} error={problem?.at(`lines[${n - 1}].price`)} onChange={(price) => change(line.key, { price })} /> },
					{ key: "ceiling", title: "限价", align: "right", show: (line) => <Ceiling of={line} /> },
					{ key: "ticked", title: "平台勾选", card: "hide", show: (line) => <TickCell of={cover.get(line.product_id)} /> },
					{ key: "amount", title: "金额", align: "right", show: (line) => <Amount line={line} /> },
				]}
			/>
			<div className="totals">
				<span>
					{lines.length} 行, 合计 <b className="num">{fen(totalFen(lines))}</b> 元
				</span>
				<span className="grow" />
				<Button type="primary" size="large" loading={busy} disabled={!supplier || lines.length === 0} data-testid="create" data-next-step onClick={() => void create()}>
					建立订单
				</Button>
			</div>
		</section>
	);
}
