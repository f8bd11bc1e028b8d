// 采购计划 and 分院计划: the wide sheet in a document. Figures come from the service, quantities from the pharmacist; what is
// typed is saved behind the hands, the next step makes the orders (or submits).
import { Button, Modal, Switch } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { patch, post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { fen, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can } from "../../base/session";
import type { Page, Supplier, Supply, Written } from "../../base/types";
import { Chip, Fact, StateChip, To } from "../../parts/cells";
import { type OpenDocument, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { ProductPicker } from "../../parts/Fields";
import { Empty, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { Explanation } from "../orders/Explanation";
import { type SheetLines, useSheetLines } from "./lines";
import { parsePacks, pastedRows } from "./packs";
import { Sheet, lineFen, lineTrouble } from "./Sheet";
import { type Plan, type PlanLine, type Typed, monthText } from "./types";

type Slice = Written & { done: number; left: number };
type Kind = "plans" | "site-plans";

/** Work that the service does in slices: asked again until nothing is left. */
async function inSlices(path: string, first: object, next: object, told: (slice: Slice) => void): Promise<void> {
	for (let slice = await post<Slice>(path, first); ; slice = await post<Slice>(path, { ...next, ...("version" in next ? { version: slice.version } : {}) })) {
		told(slice);
		if (slice.left === 0) return;
	}
}

function Orders({ plan }: { plan: Plan }) {
	const orders = plan.related.filter((one) => one.kind === "order");
	if (orders.length === 0) return null;
	return (
		<p className="plan-orders" data-testid="plan-orders" data-count={orders.length}>
			生成的订单:{" "}
			{orders.map((order) => (
				<span key={order.id}>
					<To path={`/orders/${order.id}`}>{order.number}</To> <StateChip kind="orders" state={order.state} title={order.state_title} />{" "}
				</span>
			))}
		</p>
	);
}

interface BodyProps {
	of: OpenDocument<Plan>;
	plan: Plan;
	kind: Kind;
	sheet: SheetLines;
}

function Body({ of, plan, kind, sheet }: BodyProps) {
	const ofSite = kind === "site-plans";
	const { lines, change: changeMany } = sheet;
	const editable = (plan.state === "draft" || plan.state === "ordering") && can(ofSite ? "SITE_PLAN_EDIT" : "ORDER_EDIT");
	const suppliers = useData<Page<Supplier>>(ofSite ? null : "suppliers", { query: { limit: 1000 } }).data?.rows ?? [];
	const [needed, setNeeded] = useState(true);
	const [words, setWords] = useState("");
	// The lines that were wrong when asked for: one that was mended stays under the hands.
	const [onlyWrong, setOnlyWrong] = useState<Set<string> | null>(null);
	const [explained, setExplained] = useState<PlanLine | null>(null);
	const [progress, setProgress] = useState<string | null>(null);
	const { act, busy, problem, clear } = useAct();
	const known = useRef(suppliers);
	known.current = suppliers;

	const fill = useCallback(
		(begin: boolean) =>
			act(async () => {
				if (!(await sheet.flush())) return;
				await inSlices(`${kind}/${plan.id}/fill`, { begin }, {}, (slice) => setProgress(slice.left ? `正在取数, 还有 ${slice.left} 个品种` : null));
				await sheet.reload();
				await of.reload();
			}).finally(() => setProgress(null)),
		[act, kind, plan.id, sheet.flush, sheet.reload, of.reload],
	);
	// A new plan looks at the catalogue by itself.
	const begun = useRef(false);
	useEffect(() => {
		if (begun.current || !lines || lines.length > 0 || plan.lines > 0 || plan.state !== "draft" || !editable) return;
		begun.current = true;
		void fill(true);
	}, [lines, plan.lines, plan.state, editable, fill]);

	const mayCollect = editable && plan.state === "draft" && !ofSite && plan.site_plans_waiting > 0;
	const collect = () =>
		act(async () => {
			await inSlices(`plans/${plan.id}/collect`, {}, {}, () => undefined);
			await sheet.reload();
			await of.reload();
		});
	const change = useCallback((id: string, part: Typed) => changeMany(new Map([[id, part]])), [changeMany]);
	const text = words.trim().toLowerCase();
	const shown = useMemo(
		() =>
			(lines ?? []).filter(
				(line) => (onlyWrong ? onlyWrong.has(line.id) : !needed || line.suggest_units > 0 || line.units > 0) && (!text || `${line.product_name} ${line.spec} ${line.maker} ${line.product_code} ${line.to_site_name} ${line.supplier_name ?? ""}`.toLowerCase().includes(text)),
			),
		[lines, needed, text, onlyWrong],
	);
	const adopt = useCallback(() => {
		changeMany(new Map(shown.filter((line) => line.suggest_units > 0 && !line.order_id).map((line) => [line.id, { units: line.suggest_units }])));
		document.querySelector<HTMLInputElement>(".sheet input[data-cell=units]")?.focus();
	}, [changeMany, shown]);
	const showWrong = useCallback(() => {
		const wrongLines = (lines ?? []).filter((line) => !line.order_id && lineTrouble(line));
		flushSync(() => setOnlyWrong((old) => (old || wrongLines.length === 0 ? null : new Set(wrongLines.map((line) => line.id)))));
		document.querySelector<HTMLInputElement>(".sheet input[aria-invalid]")?.focus();
	}, [lines]);
	useEffect(() => {
		const key = (event: KeyboardEvent) => {
			if (!event.altKey || event.ctrlKey || event.isComposing) return;
			const what = event.code === "KeyS" && editable ? adopt : event.code === "KeyB" ? () => setNeeded((on) => !on) : event.code === "KeyC" && mayCollect ? () => void collect() : event.code === "KeyE" && !ofSite ? showWrong : null;
			if (!what) return;
			event.preventDefault();
			what();
		};
		addEventListener("keydown", key);
		return () => removeEventListener("keydown", key);
	}, [adopt, editable, mayCollect, ofSite, showWrong]);

	const paste = (pasted: string) => {
		const parts = new Map<string, Typed>();
		const unknown: string[] = [];
		for (const row of pastedRows(pasted)) {
			const line = (lines ?? []).find((one) => (one.product_code === row.what || one.product_name === row.what) && !one.order_id);
			const units = line && parsePacks(row.packs, line.units_per_pack);
			if (!line || units === null || units === undefined) unknown.push([row.what, row.packs, row.price].filter(Boolean).join("  "));
			else parts.set(line.id, { units, ...(row.price && !ofSite ? { price: row.price } : {}) });
		}
		changeMany(parts);
		Modal.info({ title: `已粘贴 ${parts.size} 行`, content: unknown.length > 0 && <><p>这些行不在计划中或数量不对 (品种代码或名称, 盒数, 单价):</p><pre>{unknown.join("\n")}</pre></> });
	};
	const add = (product: { id: string }) =>
		act(async () => {
			await patch(`${kind}/${plan.id}/lines`, { lines: [{ product_id: product.id }] });
			setNeeded(false);
			await sheet.reload();
		});
	const total = useMemo(() => (lines ?? []).reduce((sum, line) => sum + lineFen(line), 0), [lines]);
	const chosen = useMemo(() => (lines ?? []).filter((line) => line.units > 0), [lines]);
	const wrong = ofSite ? 0 : chosen.filter((line) => !line.order_id && lineTrouble(line)).length;
	return (
		<>
			<Orders plan={plan} />
			<Trouble problem={problem ?? sheet.problem} onClose={() => (problem ? clear() : sheet.clear())} rowName={(n) => lines?.find((line) => line.n === n)?.product_name} />
			<div className="filters wrap" role="search">
				<input className="cell search" aria-label="在计划里找" placeholder="药品、代码、供应商" data-testid="plan-search" value={words} onChange={(event) => setWords(event.target.value)} />
				<label className="check">
					<Switch size="small" checked={needed} data-testid="only-needed" onChange={setNeeded} />
					只看需要补货 <kbd>Alt-B</kbd>
				</label>
				{editable && (
					<Button data-testid="adopt" disabled={shown.length === 0} onClick={adopt}>
						采用建议 ({shown.filter((line) => line.suggest_units > 0 && !line.order_id).length} 行) <kbd>Alt-S</kbd>
					</Button>
				)}
				{editable && plan.state === "draft" && <Button data-testid="fill" loading={busy} onClick={() => void fill(true)}>重新取数</Button>}
				{mayCollect && (
					<Button data-testid="collect" loading={busy} onClick={() => void collect()}>
						并入分院计划 ({plan.site_plans_waiting}) <kbd>Alt-C</kbd>
					</Button>
				)}
				<span className="grow" />
				<span className="mute" data-testid="saved" data-waiting={sheet.waiting}>{progress ?? (sheet.waiting > 0 ? (sheet.saving ? "正在保存…" : `${sheet.waiting} 行未保存`) : editable ? "已保存" : "")}</span>
			</div>
			{lines === undefined || progress ? (
				<p className="mute">{progress ?? "正在读取明细…"}</p>
			) : shown.length > 0 ? (
				<Sheet lines={shown} editable={editable} ofSite={ofSite} home={plan.site_id} suppliers={suppliers} change={change} explain={setExplained} paste={paste} />
			) : (
				<Empty text={lines.length > 0 ? "没有符合条件的行; 关闭“只看需要补货”可看全部。" : "计划还没有明细。点 重新取数, 列出在用的品种并给出建议。"} />
			)}
			{editable && <div className="add-line"><ProductPicker onPick={(product) => void add(product)} placeholder="添加计划中没有的药品: 名称、拼音首字母或编码" /></div>}
			<div className="totals" data-testid="plan-footer">
				<span>
					{lines?.length ?? 0} 行中 <b data-testid="chosen">{chosen.length}</b> 行填了数量
					{!ofSite && <>, 合计 <b className="num" data-testid="total">{fen(total)}</b> 元</>}
				</span>
				{wrong > 0 && <Chip tone="bad">{wrong} 行不能生成订单</Chip>}
				{(wrong > 0 || onlyWrong) && <Button size="small" data-testid="only-wrong" onClick={showWrong}>{onlyWrong ? "看全部" : "只看这些行"} <kbd>Alt-E</kbd></Button>}
				{lines?.[0] && <small className="mute">取数日期 {ymd(lines[0].figured_ymd)}</small>}
			</div>
			{explained && <Explanation row={{ ...explained, id: explained.product_id, name: explained.product_name } as unknown as Supply} site={explained.to_site_id} asked={explained.to_site_id === plan.site_id ? explained.asked_units : 0} line={explained.asked_units ? explained.id : undefined} close={() => setExplained(null)} />}
		</>
	);
}

function PlanDocument({ id, kind }: { id: string; kind: Kind }) {
	const of = useDocument<Plan>(kind, id);
	const sheet = useSheetLines(kind, id);
	useUnsaved(sheet.waiting > 0);
	const order = async (action: string) => {
		if (action !== "order") return false;
		await of.run(async () => {
			const version = of.doc?.version ?? 1;
			await inSlices(`plans/${id}/order`, { version }, { version }, () => undefined);
		});
		await sheet.reload();
		return true;
	};
	return (
		<DocumentPage
			of={of}
			before={() => sheet.flush()}
			instead={kind === "plans" ? order : undefined}
			facts={(plan) => (
				<>
					<Fact label="月份">{monthText(plan.ym)}</Fact>
					<Fact label="编制单位">{plan.site_name}</Fact>
				</>
			)}
			wayOn={(plan) => (plan.state === "ordered" && can("ORDER_EDIT") ? { title: "提交订单", testid: "to-orders", run: () => go("/orders?state=draft") } : null)}
		>
			{(plan) => <Body of={of} plan={plan} kind={kind} sheet={sheet} />}
		</DocumentPage>
	);
}

export const PlanPage = ({ params }: { params: Params }) => <PlanDocument key={params.id} id={params.id} kind="plans" />;
export const SitePlanPage = ({ params }: { params: Params }) => <PlanDocument key={params.id} id={params.id} kind="site-plans" />;
