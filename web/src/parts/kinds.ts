// Kinds of documents and things: where each opens.
import type { Found } from "../base/types";

const PATHS: Record<string, string> = {
	plan: "/plans/:id", site_plan: "/site-plans/:id", order: "/orders/:id", receipt: "/receipts/:id", request: "/requests/:id",
	shipment: "/shipments/:id", shortage: "/shortages/:id", discrepancy: "/discrepancies/:id", adjustment: "/adjustments/:id", pack: "/trace/packs/:id",
	lot: "/trace/lots/:id", first_supplier: "/first-suppliers/:id", first_product: "/first-products/:id", supplier: "/suppliers/:id",
	maker: "/makers/:id", product: "/products/:id", bin: "/stock?depot_id=:id", filing: "/filings/:id", negotiation: "/negotiations/:id",
	price_adjustment: "/price-adjustments/:id", catalogue_change: "/catalogue-changes/:id", exception: "/exceptions/:id",
	supplier_return: "/supplier-returns/:id", platform_message: "/platform-messages/:id",
};

export const KIND_TITLES: Record<string, string> = {
	order: "采购订单", receipt: "收货单", request: "请领单", shipment: "配送单", discrepancy: "差异单", adjustment: "库存登记", shortage: "缺药登记", first_supplier: "首营企业审批",
	first_product: "首营品种审批", filing: "备案采购", negotiation: "议价", price_adjustment: "调价单", plan: "采购计划", site_plan: "分院计划", pack: "/trace/packs/:id",
	lot: "/trace/lots/:id", product: "/products/:id", bin: "/stock?depot_id=:id", volume_report: "/volume-reports/:id",
	volume_reallocation: "/volume-reallocations/:id", volume_release: "/volume-releases/:id", invoice: "/invoices/:id", payment: "/payments/:id",
	estimate: "/estimates/:id", month_close: "/month-closes/:id", sheet: "/sheets/:id", catalogue_change: "目录调整", exception: "临时采购", supplier_return: "采购退货单", platform_message: "平台报送",
};

/** A document of which only the number is known. */
export const pathOfNumber = (number: string) => `/open/${encodeURIComponent(number)}`;

/** Page of a thing, by its kind ("order" or "orders"). */
export function pathOf(kind: string, id: string): string | null {
	const pattern = PATHS[kind] ?? PATHS[kind.replace(/ies$/, "y").replace(/s$/, "")];
	return pattern ? pattern.replace(":id", encodeURIComponent(id)) : null;
}

export const pathOfFound = (found: Found | null): string | null => (found?.type && found.id ? pathOf(found.type, found.id) : null);
