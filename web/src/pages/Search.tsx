// Words from the scan box that are no code: drugs, lots and documents that fit.
import { useData } from "../base/data";
import { useEffect } from "react";
import { type Params, go, useQuery } from "../base/route";
import { can } from "../base/session";
import type { DocumentRow, Page, Product, Scan } from "../base/types";
import { Drug, Marks, StateChip, To } from "../parts/cells";
import { DataTable } from "../parts/DataTable";
import { Instead, useSupply } from "../parts/Instead";
import { pathOfFound } from "../parts/kinds";
import { Matched } from "../parts/Matched";
import { Loaded } from "../parts/Trouble";
import { LotHits } from "./trace/Trace";

function Drugs({ q }: { q: string }) {
	const data = useData<Page<Product>>("products", { query: { q, limit: 20 } });
	const supply = useSupply(data.data?.rows.map((row) => row.id) ?? []);
	return (
		<Loaded of={data}>
			{(page) =>
				page.rows.length > 0 ? (
					<DataTable
						label="药品"
						testid="found-drugs"
						rows={page.rows}
						rowClass={(row) => (row.active === false ? "dim" : undefined)}
						below={(row) => supply.has(row.id) && <Instead of={supply.get(row.id)!} packing={row} />}
						id={(row) => row.id}
						open={(row) => go(can("STOCK_READ") ? `/stock?product_id=${row.id}` : `/products/${row.id}`)}
						columns={[
							{ key: "name", title: "药品", card: "title", show: (row) => <Drug name={row.name} spec={row.spec} maker={row.maker} note={<Marks of={row} />} /> },
							{ key: "code", title: "编码", show: (row) => <span className="num">{row.code}</span> },
							{ key: "why", title: "为什么找到", show: (row) => <Matched of={row.matched} /> },
						]}
					/>
				) : (
					<p className="mute">没有这样的药品。</p>
				)
			}
		</Loaded>
	);
}

function Documents({ q, resource, title, permission }: { q: string; resource: string; title: string; permission: string }) {
	const { data } = useData<Page<DocumentRow>>(can(permission) ? resource : null, { query: { reference: q, limit: 10 } });
	if (!data || data.rows.length === 0) return null;
	return (
		<>
			<h2>{title}</h2>
			<DataTable
				label={title}
				rows={data.rows}
				id={(row) => row.id}
				open={(row) => go(`/${resource}/${row.id}`)}
				columns={[
					{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
					{ key: "state", title: "状态", show: (row) => <StateChip kind={resource} state={row.state} title={row.state_title} /> },
				]}
			/>
		</>
	);
}

/** Opens a document of which only the number is known. */
export function OpenNumber({ params }: { params: Params }) {
	const data = useData<Scan>("scan", { query: { code: params.number } });
	const path = data.data && pathOfFound(data.data.found);
	useEffect(() => {
		if (path) go(path, { replace: true });
	}, [path]);
	return <Loaded of={data}>{() => (path ? null : <p>没有找到单据 {params.number}, 或您无权查看。</p>)}</Loaded>;
}

export function Search() {
	const [query] = useQuery();
	const q = query.q ?? "";
	return (
		<section className="page">
			<header className="page-head">
				<h1>查找 “{q}”</h1>
			</header>
			<h2>药品</h2>
			<Drugs q={q} />
			{/^[A-Za-z]?\d[\dA-Za-z]{6,}$/.test(q) && can("CODE_BIND") && <p><To path={`/code-bindings?bind=${encodeURIComponent(q)}`} data-testid="bind-unknown">这个码是某个药的? 绑定到药品</To></p>}
			{can("TRACE_READ") && (
				<>
					<h2>批号</h2>
					<LotHits lot={q} />
				</>
			)}
			<Documents q={q} resource="orders" title="采购订单" permission="ORDER_READ" />
			<Documents q={q} resource="receipts" title="到货验收" permission="RECEIPT_READ" />
			<Documents q={q} resource="requests" title="请领单" permission="REQUEST_READ" />
			<Documents q={q} resource="shipments" title="配送单" permission="SHIPMENT_READ" />
		</section>
	);
}
