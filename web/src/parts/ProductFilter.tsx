// A list narrowed to one drug: chosen by name, initials or code; told by its name.
import { useData } from "../base/data";
import { useQuery } from "../base/route";
import type { Product } from "../base/types";
import { ProductPicker } from "./Fields";

export function ProductFilter() {
	const [query, change] = useQuery();
	const { data } = useData<Product>(query.product_id ? `products/${query.product_id}` : null);
	if (!query.product_id) return <ProductPicker placeholder="药品: 名称、首字母、编码" onPick={(product) => change({ product_id: product.id })} />;
	return (
		<button type="button" className="tag" data-testid="filter-product_id" aria-label="去掉药品筛选" onClick={() => change({ product_id: undefined })}>
			{data ? `${data.name} ${data.spec ?? ""}` : "一个药品"} ✕
		</button>
	);
}
