// Kinds of documents and things: where each opens.
import type { Found } from "../base/types";

const PATHS: Record<string, string> = {
	order: "/orders/:id", receipt: "/receipts/:id", request: "/requests/:id", shipment: "/shipments/:id", shortage: "/shortages/:id",
	discrepancy: "/discrepancies/:id", adjustment: "/adjustments/:id", pack: "/trace/packs/:id", lot: "/trace/lots/:id",
	product: "/products/:id", catalogue_change: "/catalogue-changes/:id", exception: "/exceptions/:id", bin: "/stock?depot_id=:id", 
};

export const KIND_TITLES: Record<string, string> = {
	order: "采购订单", receipt: "收货单", request: "请领单", shipment: "配送单", discrepancy: "差异单", adjustment: "库存登记", shortage: "缺药登记",
	catalogue_change: "目录调整", exception: "临时采购",
};

/** A document of which only the number is known. */
export const pathOfNumber = (number: string) => `/open/${encodeURIComponent(number)}`;

/** Page of a thing, by its kind ("order" or "orders"). */
export function pathOf(kind: string, id: string): string | null {
	const pattern = PATHS[kind] ?? PATHS[kind.replace(/ies$/, "y").replace(/s$/, "")];
	return pattern ? pattern.replace(":id", encodeURIComponent(id)) : null;
}

export const pathOfFound = (found: Found | null): string | null => (found?.type && found.id ? pathOf(found.type, found.id) : null);
