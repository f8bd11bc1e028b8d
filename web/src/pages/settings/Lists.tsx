// 设置: the plain lists of the house.
import { money, time } from "../../base/format";
import type { Product, Site } from "../../base/types";
import { Chip, Drug, Marks } from "../../parts/cells";
import { ListPage } from "../../parts/ListPage";
import { Matched } from "../../parts/Matched";
import { KIND } from "../catalogue/words";

const STORAGE: Record<string, string> = { normal: "常温", cool: "阴凉", cold: "冷藏" };
const IMPORT = (kind: string) => ({ label: "导入", path: `/imports?kind=${kind}`, permission: "IMPORT" });

export function Products() {
	return (
		<ListPage<Product>
			title="药品目录"
			resource="products"
			id={(row) => row.id}
			open={(row) => `/products/${row.id}`}
			search="名称、首字母 (amxl)、编码、批准文号"
			filters={[{ name: "kind", label: "类别", options: Object.entries(KIND).map(([value, label]) => ({ value, label })) }, { name: "storage", label: "储存", options: Object.entries(STORAGE).map(([value, label]) => ({ value, label })) }]}
			primary={IMPORT("products")}
			rowClass={(row) => (row.active === false ? "dim" : undefined)}
			empty={"药品目录是一切的起点。\n先导入药品 (CSV), 再导入限价和期初库存。"}
			columns={[
				{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
				{ key: "name", title: "药品", card: "title", show: (row) => <Drug name={row.name} spec={row.spec} note={<><Marks of={row} /> <Matched of={row.matched} /></>} /> },
				{ key: "maker", title: "生产企业", show: (row) => row.maker },
				{ key: "pack", title: "包装", show: (row) => `${row.units_per_pack ?? 1} ${row.unit_name ?? ""}/${row.pack_name ?? ""}` },
				{ key: "storage", title: "储存", show: (row) => row.storage && STORAGE[row.storage] },
				{ key: "traced", title: "追溯", show: (row) => (row.traced ? "逐盒" : "") },
				{ key: "ceiling", title: "限价 (元)", align: "right", show: (row) => (row.ceiling_price ? <span className="num">{money(row.ceiling_price)} <small className="mute">{row.ceiling_source}</small></span> : <span className="mute">无</span>) },
				{ key: "active", title: "状态", show: (row) => (row.active === false ? <Chip tone="off">停用</Chip> : <Chip tone="good">在用</Chip>) },
			]}
		/>
	);
}

const KINDS: Record<string, string> = { lead: "牵头医院", township: "分院", clinic: "村卫生室" };

export function Sites() {
	return (
		<ListPage<Site>
			title="机构"
			search={false}
			filters={[{ name: "kind", label: "类型", options: Object.entries(KINDS).map(([value, label]) => ({ value, label })) }]}
			resource="sites"
			id={(row) => row.id}
			open={(row) => `/stock?site_id=${row.id}`}
			primary={IMPORT("sites")}
			empty="医共体的机构和库房。先导入机构 (CSV)。"
			columns={[
				{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
				{ key: "name", title: "名称", card: "title", show: (row) => <b>{row.name}</b> },
				{ key: "kind", title: "类型", show: (row) => KINDS[row.kind] ?? row.kind },
				{ key: "depots", title: "库房", show: (row) => row.depots.map((depot) => depot.name).join("、") },
			]}
		/>
	);
}

interface Refusal {
	id: string;
	at_ms: number;
	by: string;
	site_name: string;
	action: string;
	code: string;
	title: string;
	detail: string;
	product_name: string | null;
}

export function Refusals() {
	return (
		<ListPage<Refusal>
			title="拒绝记录"
			search={false}
			resource="refusals"
			topics={["orders", "receipts", "shipments"]}
			id={(row) => row.id}
			empty="系统拦下的操作会留在这里: 超限价、证照过期、重复的追溯码、同一人验收……现在没有。"
			columns={[
				{ key: "at", title: "时间", show: (row) => <span className="num">{time(row.at_ms)}</span> },
				{ key: "title", title: "为什么", card: "title", show: (row) => <b>{row.title}</b> },
				{ key: "detail", title: "内容", show: (row) => row.detail },
				{ key: "product", title: "药品", show: (row) => row.product_name },
				{ key: "action", title: "操作", card: "hide", show: (row) => row.action },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "by", title: "经手", show: (row) => row.by },
			]}
		/>
	);
}
