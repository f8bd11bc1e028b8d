// 订货单: the order sheet. One row per drug with what is here, coming and used, what is suggested and why, and the
// quantity and price that are typed; the footer makes the order for the chosen supplier.
import { Button, Modal, Switch } from "antd";
import { useMemo, useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { fen, milli } from "../../base/format";
import { go, useQuery } from "../../base/route";
import { homeSite } from "../../base/session";
import type { Page, Supply as Row, Written } from "../../base/types";
import { Chip, Drug, Explained, Units } from "../../parts/cells";
import { type Column, DataTable } from "../../parts/DataTable";
import { SitePicker, SupplierPicker, UnitsInput } from "../../parts/Fields";
import { type Draft, draftOf } from "../../parts/Lines";
import { SearchBox } from "../../parts/ListPage";
import { Empty, Loaded, Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { VolumeCell, selectedFirst } from "../../parts/volume";
import { Explanation } from "./Explanation";
import { orderLines } from "./OrderPage";
import { Amount, Ceiling, PriceCell, priceTrouble, totalFen } from "./price";

type Typed = Record<string, Draft>;

const draftOfRow = (row: Row, units: number | null): Draft => ({ ...draftOf(row, units), price: row.last_price ?? row.trade_price ?? "" });

/** Days of stock as a word and a small bar of at most three months. */
function Days({ row }: { row: Row }) {
	if (row.days_of_stock === null) return <span className="mute">无用量</span>;
	const tone = row.days_of_stock < 7 ? "bad" : row.days_of_stock < 15 ? "wait" : "good";
	return <Chip tone={tone}>{row.days_of_stock} 天</Chip>;
}

/** Rows pasted from a spreadsheet: code (or name) TAB packs [TAB price]. */
function parsePaste(text: string, rows: Row[]): { drafts: Draft[]; unknown: string[] } {
	const drafts: Draft[] = [];
	const unknown: string[] = [];
	for (const line of text.split(/\r?\n/).filter((one) => one.trim())) {
		const [what, packs, price] = line.split("\t").map((cell) => cell.trim());
		const row = rows.find((one) => one.code === what || one.name === what);
		const count = Number(packs);
		if (!row || !Number.isInteger(count) || count <= 0) unknown.push(line);
		else drafts.push({ ...draftOfRow(row, count * (row.units_per_pack ?? 1)), ...(price ? { price } : {}) });
	}
	return { drafts, unknown };
}

/** The whole catalogue of a county: rows are drawn as they are scrolled to. */
const PAGE = 3000;

export function Supply() {
	const [query, setQuery] = useQuery();
	const site = query.site_id ?? homeSite()?.id;
	const data = useData<Page<Row>>("supply", { query: { q: query.q, limit: PAGE, active: 1, site_id: site }, topics: ["stock", "orders"] });
	const [typed, setTyped] = useState<Typed>({});
	const [explained, setExplained] = useState<Row | null>(null);
	const [supplier, setSupplier] = useState<string | undefined>(query.supplier_id);
	const { act, busy, problem, clear, setProblem } = useAct();
	const chosen = useMemo(() => Object.values(typed).filter((draft) => (draft.units ?? 0) > 0), [typed]);
	useUnsaved(chosen.length > 0);

	const shown = (rows: Row[]) => selectedFirst(query.only_needed ? rows.filter((row) => row.suggest_units > 0 || typed[row.id]) : rows);
	/** What was typed for a product that was not selected goes to the selected one. */
	const swap = (row: Row, selected: string) => {
		const other = data.data?.rows.find((one) => one.id === selected);
		if (other) setTyped(({ [row.id]: old, ...rest }) => ({ ...rest, [other.id]: rest[other.id] ?? draftOfRow(other, old?.units ?? row.suggest_units) }));
		else setQuery({ q: row.volume?.selected_name ?? undefined });
	};
	const change = (row: Row, part: Partial<Draft>) => setTyped((old) => ({ ...old, [row.id]: { ...(old[row.id] ?? draftOfRow(row, null)), ...part } }));
	const adopt = (rows: Row[]) =>
		setTyped((old) => ({ ...old, ...Object.fromEntries(rows.filter((row) => row.suggest_units > 0).map((row) => [row.id, draftOfRow(row, row.suggest_units)])) }));
	const create = () =>
		act(async () => {
			const order = await post<Written>("orders", { supplier_id: supplier, ...(site ? { to_site_id: site } : {}), lines: orderLines(chosen) });
			go(`/orders/${order.id}`, { saved: true });
		});
	const paste = (text: string, rows: Row[]) => {
		const { drafts, unknown } = parsePaste(text, rows);
		setTyped((old) => ({ ...old, ...Object.fromEntries(drafts.map((draft) => [draft.product_id, draft])) }));
		Modal.info({ title: `已粘贴 ${drafts.length} 行`, content: unknown.length > 0 && <><p>这些行没有认出 (编码或名称, 盒数, 单价):</p><pre>{unknown.join("\n")}</pre></> });
	};
	// A refusal names the lines of the order; here they stand among many rows.
	const placeOf = (row: Row) => chosen.findIndex((draft) => draft.product_id === row.id);
	const errorOf = (row: Row, field: string) => problem?.at(`lines[${placeOf(row)}].${field}`);
	const draft = (row: Row) => typed[row.id] ?? draftOfRow(row, null);

	const columns: Column<Row>[] = [
		{ key: "product", title: "药品", card: "title", width: 190, show: (row) => <Drug name={row.name} spec={row.spec} maker={row.maker} /> },
		{ key: "stock", title: "库存", align: "right", show: (row) => <Units n={row.stock_units} of={row} /> },
		{ key: "transit", title: "在途", align: "right", card: "hide", show: (row) => <Units n={row.transit_units || null} of={row} /> },
		{ key: "ordered", title: "已订未到", align: "right", card: "hide", show: (row) => <Units n={row.on_order_units || null} of={row} /> },
		{ key: "use", title: "日均用量", align: "right", card: "hide", show: (row) => <Explained label="日均用量怎么算的" onClick={() => setExplained(row)}>{milli(row.daily_use_milli)} {row.unit_name}</Explained> },
		{ key: "days", title: "可用天数", align: "right", show: (row) => <Days row={row} /> },
		{ key: "volume", title: "集采", width: 96, card: "hide", show: (row) => <VolumeCell of={row.volume} packing={row} swap={(selected) => swap(row, selected)} /> },
		{
			key: "suggest", title: "建议", align: "right",
			show: (row) => (
				<Explained label="建议数量怎么算的" onClick={() => setExplained(row)}>
					{row.suggest_units > 0 ? <Units n={row.suggest_units} of={row} strong /> : "不需要"}
				</Explained>
			),
		},
		{
			key: "units", title: "订购数量", align: "right", width: 200,
			show: (row, n) => <UnitsInput value={draft(row).units} of={row} label={`${row.name} 订购数量`} testid={`line-${n}`} field={`lines[${placeOf(row)}].units`} error={errorOf(row, "units")} onChange={(units) => change(row, { units })} />,
		},
		{ key: "price", title: "单价 (元)", align: "right", width: 110, show: (row, n) => <PriceCell line={draft(row)} n={n} at={placeOf(row)} error={errorOf(row, "price")} onChange={(price) => change(row, { price })} /> },
		{ key: "ceiling", title: "限价与来源", align: "right", width: 130, show: (row) => <Ceiling of={draft(row)} /> },
		{ key: "amount", title: "金额", align: "right", show: (row) => <Amount line={draft(row)} /> },
	];
	const wrong = chosen.filter(priceTrouble).length;
	return (
		<section className="page">
			<header className="page-head">
				<h1>订货单</h1>
				<span className="grow" />
				<Button onClick={() => go("/orders")}>采购订单</Button>
			</header>
			<div className="filters wrap" role="search">
				<SearchBox hint="药品名称、首字母、编码" />
				<SitePicker value={site} onChange={(id) => setQuery({ site_id: id })} />
				<label className="check">
					<Switch size="small" checked={query.only_needed === "1"} data-testid="only-needed" onChange={(on) => setQuery({ only_needed: on ? "1" : undefined })} />
					只看需要补货
				</label>
				<Button data-testid="adopt" onClick={() => adopt(shown(data.data?.rows ?? []))}>采用建议</Button>
			</div>
			<Trouble problem={problem} onClose={clear} rowName={(row) => chosen[row - 1]?.product_name} />
			<Loaded of={data} rows={12}>
				{(page) =>
					shown(page.rows).length > 0 ? (
						<div
							onPaste={(event) => {
								const text = event.clipboardData.getData("text");
								if (!text.includes("\t")) return;
								event.preventDefault();
								paste(text, page.rows);
							}}
						>
							<DataTable label="订货单" testid="lines" columns={columns} rows={shown(page.rows)} id={(row) => row.id} />
							{page.next && <p className="mute">只列出前 {PAGE} 个品种, 其余请搜索。</p>}
						</div>
					) : (
						<Empty text={query.only_needed ? "没有需要补货的品种。" : "订货单按库存、在途和用量建议每个品种的订购数量。\n先导入药品目录和期初库存。"} />
					)
				}
			</Loaded>
			<div className="totals" data-testid="order-footer">
				<span>
					已选 <b>{chosen.length}</b> 个品种, 合计 <b className="num" data-testid="total">{fen(totalFen(chosen))}</b> 元
				</span>
				{wrong > 0 && <Chip tone="bad">{wrong} 行价格有问题</Chip>}
				<span className="grow" />
				{chosen.length > 0 && <Button onClick={() => { setTyped({}); setProblem(null); }}>清空</Button>}
				<SupplierPicker value={supplier} onChange={setSupplier} products={chosen.map((draft) => draft.product_id)} />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!supplier || chosen.length === 0} onClick={() => void create()}>
					建立订单 ▸
				</Button>
			</div>
			{explained && <Explanation row={explained} site={site} close={() => setExplained(null)} />}
		</section>
	);
}

