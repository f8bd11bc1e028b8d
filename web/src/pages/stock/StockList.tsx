import { useData } from "../../base/data";
import { money, units } from "../../base/format";
import { useQuery } from "../../base/route";
import type { StockRow } from "../../base/types";
import { ProductFilter } from "../../parts/ProductFilter";
import { Chip, Drug, Lot, StateChip, To, Units } from "../../parts/cells";
import { ExactBox, ListPage, options } from "../../parts/ListPage";

export const QUALITIES = options({ pending: "待验", released: "合格", rejected: "不合格", returned: "退货待验" });

/** Units over all rows of the filter; told in packs when one drug is chosen. */
function Total() {
	const [query] = useQuery();
	const { data } = useData<{ units: number; reserved_units: number; lots: number }>(query.product_id ? "stock/total" : null, { query, topics: ["stock"] });
	const row = useData<{ rows: StockRow[] }>(query.product_id ? "stock" : null, { query: { product_id: query.product_id, limit: 1 } }).data?.rows[0];
	if (!data) return null;
	return (
		<p>
			合计 <b className="num">{units(data.units, row)}</b>, 已预留 <b className="num">{units(data.reserved_units, row)}</b>, {data.lots} 个批号
		</p>
	);
}

export function StockList() {
	return (
		<ListPage<StockRow>
			title="库存查询"
			resource="stock"
			topics={["stock"]}
			id={(row) => `${row.batch_id}/${row.depot_name}/${row.bin}/${row.quality}`}
			open={(row) => `/trace/lots/${row.lot_id}`}
			search={false}
			boxes={{ node: <><ProductFilter /><ExactBox name="lot" hint="批号, 回车" /></>, names: ["product_id", "lot"] }}
			rowClass={(row) => (row.expired || row.quality === "rejected" ? "wrong" : undefined)}
			filters={[
				{ name: "site_id", label: "机构", options: "sites" },
				{ name: "quality", label: "质量状态", options: QUALITIES },
				{ name: "held", label: "只看冻结", options: "check" },
			]}
			above={<Total />}
			empty={"这里是每个库房每个批次的现存数量。\n先导入期初库存, 或收一张订单的货。"}
			columns={[
				{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "lot", title: "批号 · 有效期", show: (row) => <Lot lot={row.lot} at={row.expiry_ymd} days={row.expiry_days} warn={row.expiry_days === undefined ? undefined : row.expiry_warn} warnDays={row.warn_days} expired={row.expired} /> },
				{ key: "place", title: "机构 · 库房", show: (row) => <span className="nowrap">{row.site_name} · {row.depot_name}</span> },
				{ key: "bin", title: "货位", card: "hide", show: (row) => <span className="num">{row.bin}</span> },
				{ key: "quality", title: "质量", show: (row) => <><StateChip state={row.quality} title={row.quality_title} /> {row.held && <Chip tone="bad">冻结</Chip>}</> },
				{ key: "units", title: "数量", align: "right", show: (row) => <To path={`/stock-moves?batch_id=${row.batch_id}`} title="看它怎么来的"><Units n={row.units} of={row} strong /></To> },
				{ key: "reserved", title: "已预留", align: "right", card: "hide", show: (row) => <Units n={row.reserved_units || null} of={row} /> },
				{ key: "price", title: "进价", align: "right", card: "hide", show: (row) => <span className="num">{money(row.price)}</span> },
			]}
		/>
	);
}
