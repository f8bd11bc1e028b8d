// 采购计划 and 分院计划: the wide sheet in a document. Figures come from the service, quantities from the pharmacist; what is
// typed is saved behind the hands, the next step makes the orders (or submits).
import { Button, Modal, Switch } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { patch, post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { fen, priceE4, ymd } from "../../base/format";
import { type Params, go } from "../../base/route";
import { can } from "../../base/session";
import type { Page, Supplier, Supply, Written } from "../../base/types";
import { Chip, Fact, StateChip, To } from "../../parts/cells";
import { type OpenDocument, useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { ProductPicker } from "../../parts/Fields";
import { Empty, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import type { Volume } from "../../parts/volume";
import { Explanation } from "../orders/Explanation";
import { type SheetLines, adopted, useSheetLines } from "./lines";
import { pastedRows, splitPacks } from "./packs";
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

/** Rows in one request. */
const PASTED = 300;

interface Refused {
	row: number;
	what: string;
	message: string;
}

/** Sends rows from a spreadsheet; each is taken or refused alone. */
async function sendPasted(path: string, text: string, priced: boolean): Promise<{ done: number; refused: Refused[] }> {
	const refused: Refused[] = [];
	const good: { at: number; what: string; body: object }[] = [];
	pastedRows(text).forEach((row, i) => {
		const quantity = splitPacks(row.packs);
		const price = priced ? row.price : undefined;
		const message = !quantity ? `数量 ${row.packs || "(空)"} 应写作 12 或 12+6` : price !== undefined && priceE4(price) === null ? `单价 ${price} 不是价格` : null;
		if (message || !row.what) refused.push({ row: i + 1, what: row.what, message: message ?? "没有品种代码或名称" });
		else good.push({ at: i + 1, what: row.what, body: { what: row.what.slice(0, 100), ...quantity, ...(price === undefined ? {} : { price }) } });
	});
	let done = 0;
	for (let i = 0; i < good.length; i += PASTED) {
		const part = good.slice(i, i + PASTED);
		const answer = await post<{ done: number; refused: { row: number; message: string }[] }>(path, { rows: part.map((one) => one.body) });
		done += answer.done;
		for (const one of answer.refused) refused.push({ row: part[one.row - 1].at, what: part[one.row - 1].what, message: one.message });
	}
	return { done, refused: refused.sort((a, b) => a.row - b.row) };
}

function tellPasted({ done, refused }: { done: number; refused: Refused[] }) {
	Modal.info({
		title: `已粘贴 ${done} 行${refused.length > 0 ? `, ${refused.length} 行没有粘贴` : ""}`,
		width: refused.length > 0 ? 640 : undefined,
		content: refused.length > 0 && (
			<table className="table" data-testid="paste-refused" data-count={refused.length}>
				<thead><tr><th scope="col">行</th><th scope="col">品种</th><th scope="col">原因</th></tr></thead>
				<tbody>
					{refused.map((one) => (
						<tr key={one.row}><td className="num">{one.row}</td><td>{one.what}</td><td>{one.message}</td></tr>
					))}
				</tbody>
			</table>
		),
	});
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
	// Lines that kept what was typed when the rest took the suggestion.
	const [kept, setKept] = useState(0);
	const volumes = useData<{ lines: { line_id: string; volume: Volume | null }[] }>(`${kind}/${plan.id}/volumes`, { topics: ["orders"] });
	const volumeOf = useMemo(() => new Map((volumes.data?.lines ?? []).flatMap((one) => (one.volume ? [[one.line_id, one.volume] as const] : []))), [volumes.data]);
	const refresh = useCallback(async () => {
		await sheet.reload();
		await of.reload();
		void volumes.reload();
	}, [sheet.reload, of.reload, volumes.reload]);

	const fill = useCallback(
		(begin: boolean) =>
			act(async () => {
				if (!(await sheet.flush())) return;
				setProgress("正在取数"); // what a slice brought is not the sheet yet
				await inSlices(`${kind}/${plan.id}/fill`, { begin }, {}, (slice) => setProgress(slice.left ? `正在取数, 还有 ${slice.left} 个品种` : null));
				await refresh();
			}).finally(() => setProgress(null)),
		[act, kind, plan.id, sheet.flush, refresh],
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
			await refresh();
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
	const adoptable = useMemo(() => (lines ?? []).filter((line) => adopted(line, false) !== line).length, [lines]);
	const adopt = useCallback(
		(typedToo = false) => {
			// Asked even when no row on the screen would change: rows that others brought may still be on their way.
			void act(() => sheet.adopt(typedToo)).then((left) => setKept(left ?? 0));
			document.querySelector<HTMLInputElement>(".sheet input[data-cell=units]")?.focus();
		},
		[act, sheet.adopt],
	);
	const showWrong = useCallback(() => {
		const wrongLines = (lines ?? []).filter((line) => !line.order_id && lineTrouble(line));
		flushSync(() => setOnlyWrong((old) => (old || wrongLines.length === 0 ? null : new Set(wrongLines.map((line) => line.id)))));
		document.querySelector<HTMLInputElement>(".sheet input[aria-invalid]")?.focus();
	}, [lines]);
	useEffect(() => {
		const key = (event: KeyboardEvent) => {
			if (!event.altKey || event.ctrlKey || event.isComposing) return;
			const what = event.code === "KeyS" && editable ? () => adopt() : event.code === "KeyB" ? () => setNeeded((on) => !on) : event.code === "KeyC" && mayCollect ? () => void collect() : event.code === "KeyE" && !ofSite ? showWrong : null;
			if (!what) return;
			event.preventDefault();
			what();
		};
		addEventListener("keydown", key);
		return () => removeEventListener("keydown", key);
	}, [adopt, editable, mayCollect, ofSite, showWrong]);

	const paste = (pasted: string) =>
		act(async () => {
			if (!(await sheet.flush())) return;
			const answer = await sendPasted(`${kind}/${plan.id}/paste`, pasted, !ofSite);
			await refresh();
			tellPasted(answer);
		});
	const add = (product: { id: string }) =>
		act(async () => {
			await patch(`${kind}/${plan.id}/lines`, { lines: [{ product_id: product.id }] });
			setNeeded(false);
			await refresh();
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
					<Button data-testid="adopt" data-count={adoptable} disabled={adoptable === 0} onClick={() => adopt()}>
						全部采用建议 ({adoptable} 行) <kbd>Alt-S</kbd>
					</Button>
				)}
				{editable && kept > 0 && (
					<span className="mute" data-testid="kept">
						{kept} 行手填的没有改 <button type="button" className="link" data-testid="adopt-typed" onClick={() => adopt(true)}>也按建议</button>
					</span>
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
				<Sheet lines={shown} editable={editable} ofSite={ofSite} home={plan.site_id} suppliers={suppliers} volumes={volumeOf} change={change} explain={setExplained} paste={(text) => void paste(text)} />
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
			{explained && (
				<Explanation
					row={{ ...explained, id: explained.product_id, name: explained.product_name } as unknown as Supply}
					site={explained.to_site_id}
					line={explained.id}
					sent={!ofSite && explained.to_site_id !== plan.site_id && explained.asked_units > 0}
					close={() => setExplained(null)}
				/>
			)}
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
					{plan.lines > 0 && <Fact label="按库房"><span data-testid="plan-depots"><To path={`/plan-depots?plan_id=${plan.id}&needed=1`}>各库房建议</To></span></Fact>}
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
