// 追溯: one input; lots of the same words below.
import { Input } from "antd";
import { useState } from "react";
import { ProductPicker } from "../../parts/Fields";
import { ymd } from "../../base/format";
import { useData } from "../../base/data";
import { useQuery } from "../../base/route";
import { scanned } from "../../base/scanner";
import type { Page } from "../../base/types";
import { Drug, Expiry } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Empty, Loaded } from "../../parts/Trouble";
import { go } from "../../base/route";

export interface LotRow {
	id: string;
	lot: string;
	expiry_ymd: number;
	product_name: string;
	spec?: string;
	maker?: string;
	made_ymd?: number;
}

/** The lots of that number, or of that drug. */
export function LotHits({ lot, product }: { lot?: string; product?: string }) {
	const data = useData<Page<LotRow>>("trace/lots", { query: { lot, product_id: product } });
	return (
		<Loaded of={data}>
			{(page) =>
				page.rows.length === 0 ? (
					<Empty text="没有这个批号。追溯码请扫描, 或输入完整的 20 位。" />
				) : (
					<DataTable
						label="批号"
						rows={page.rows}
						id={(row) => row.id}
						open={(row) => go(`/trace/lots/${row.id}`)}
						columns={[
							{ key: "lot", title: "批号", card: "title", show: (row) => <b className="num">{row.lot}</b> },
							{ key: "product", title: "药品", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
							{ key: "expiry", title: "有效期至", show: (row) => <Expiry at={row.expiry_ymd} /> },
							{ key: "made", title: "生产日期", show: (row) => <span className="num">{ymd(row.made_ymd)}</span> },
						]}
					/>
				)
			}
		</Loaded>
	);
}

export function Trace() {
	const [query, change] = useQuery();
	const [text, setText] = useState(query.lot ?? "");
	const submit = () => {
		const clean = text.trim();
		if (/^\d{14,}$/.test(clean) || /^\(?01\)?\d{14}/.test(clean)) scanned(clean);
		else change({ lot: clean || undefined, product_id: undefined });
	};
	return (
		<section className="page">
			<header className="page-head">
				<h1>追溯查询</h1>
			</header>
			<Input autoFocus className="big-input" size="large" allowClear placeholder="扫一盒药, 或输入追溯码、批号" aria-label="追溯码或批号" data-testid="trace-input" value={text} onChange={(event) => setText(event.target.value)} onPressEnter={submit} />
			<ProductPicker placeholder="或按药品查它的批号" onPick={(product) => change({ product_id: product.id, lot: undefined })} />
			{query.lot || query.product_id ? <LotHits lot={query.lot} product={query.product_id} /> : <Empty text={"扫一盒药: 看它从厂家到患者的一生。\n输入批号: 看这一批在哪些机构、各有多少。"} />}
		</section>
	);
}
