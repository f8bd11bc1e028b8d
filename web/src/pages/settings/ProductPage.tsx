// One drug: its codes, its prices by date, and where it lies.
import { Button } from "antd";
import { useState } from "react";
import { useData } from "../../base/data";
import { money, time, ymd } from "../../base/format";
import type { Params } from "../../base/route";
import { can } from "../../base/session";
import type { Packing, Product } from "../../base/types";
import { Chip, Fact, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Loaded } from "../../parts/Trouble";
import { Papers } from "../partners/Papers";
import { Period, type Price, PriceEnd, PriceNew } from "../prices/Prices";

interface Full extends Product {
	codes: { kind: string; code: string; units: number }[];
	prices: { id: string; kind: string; kind_title: string; price: string; units_per_pack: number; from_ymd: number; to_ymd: number | null; source: string }[];
	stock: ({ site_name: string; depot_name: string; units: number } & Packing)[];
}

const CODE: Record<string, string> = { gtin: "商品条码", national: "国家药品编码", nhsa: "医保编码", platform: "平台编码", site: "院内编码" };

interface Rule {
	orderable: boolean;
	why?: string;
	trade_price?: string;
	rule_title?: string;
	refusal?: string;
	issue_price?: string;
	issue_since_ms?: number;
	issue_adjustment_id?: string;
}

/** Which rule prices the drug today and why. */
function PriceRule({ id }: { id: string }) {
	const data = useData<Rule>(`products/${id}/price-rule`, { topics: ["prices", "imports"] });
	const rule = data.data;
	if (!rule) return null;
	return (
		<dl className="facts" data-testid="price-rule" data-orderable={rule.orderable}>
			<Fact label="今天的定价规则">
				{rule.orderable ? <Chip tone="good">{rule.why}</Chip> : <Chip tone="bad">{rule.refusal}</Chip>}
				{!rule.orderable && rule.why && <p className="mute">{rule.why}</p>}
			</Fact>
			<Fact label="成交价格">{rule.orderable && <b className="num">{money(rule.trade_price)}</b>}</Fact>
			<Fact label="发药价">
				{rule.issue_price && (
					<To path={`/price-adjustments/${rule.issue_adjustment_id}`}>
						<b className="num">{money(rule.issue_price)}</b> <small className="mute">{time(rule.issue_since_ms)} 起</small>
					</To>
				)}
			</Fact>
		</dl>
	);
}

export function ProductPage({ params }: { params: Params }) {
	const data = useData<Full>(`products/${params.id}`, { topics: ["stock", "prices", "imports"] });
	const [adding, setAdding] = useState(false);
	const [ending, setEnding] = useState<Price | null>(null);
	return (
		<section className="page">
			<Loaded of={data}>
				{(drug) => (
					<>
						<header className="page-head">
							<h1>
								{drug.name} {drug.spec}
							</h1>
							{drug.active === false ? <Chip tone="off">停用</Chip> : <Chip tone="good">在用</Chip>}
							<span className="grow" />
							<To path={`/stock?product_id=${drug.id}`}>库存明细</To>
						</header>
						<dl className="facts">
							<Fact label="编码">{drug.code}</Fact>
							<Fact label="商品名">{drug.trade_name}</Fact>
							<Fact label="剂型">{drug.form}</Fact>
							<Fact label="生产企业">{drug.maker}</Fact>
							<Fact label="包装">{`${drug.units_per_pack ?? 1} ${drug.unit_name ?? ""} / ${drug.pack_name ?? ""}`}</Fact>
							<Fact label="批准文号">{drug.approval_no}</Fact>
							<Fact label="本位码">{drug.national_code}</Fact>
							<Fact label="医保码">{drug.nhsa_code}</Fact>
							<Fact label="GTIN">{drug.gtin}</Fact>
							<Fact label="限价">{drug.ceiling_price && `${money(drug.ceiling_price)} (${drug.ceiling_source ?? ""}, ${ymd(drug.ceiling_from_ymd)} 起)`}</Fact>
						</dl>
						<PriceRule id={drug.id} />
						<div className="three">
							<div>
								<h2>在哪里</h2>
								<DataTable label="库存" rows={drug.stock ?? []} id={(_, n) => String(n)} columns={[
									{ key: "site", title: "机构", card: "title", show: (row) => row.site_name },
									{ key: "depot", title: "库房", show: (row) => row.depot_name },
									{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={drug} strong /> },
								]} />
							</div>
							<div>
								<h2>
									价格 {can("PRICE_EDIT") && <Button size="small" data-testid="price-new" onClick={() => setAdding(true)}>登记</Button>} <To path={`/prices?product_id=${drug.id}`}>明细</To>
								</h2>
								<DataTable label="价格" testid="prices" rows={drug.prices ?? []} id={(row) => row.id} open={(row) => can("PRICE_EDIT") && row.kind !== "filed" && setEnding({ ...row, product_id: drug.id, product_name: drug.name, spec: drug.spec, in_force: true, price_before: null, made_at_ms: 0, made_by: null })} columns={[
									{ key: "kind", title: "种类", card: "title", show: (row) => row.kind_title },
									{ key: "price", title: "元", align: "right", show: (row) => <b className="num">{money(row.price)}</b> },
									{ key: "from", title: "起止", show: (row) => <Period of={row} /> },
									{ key: "source", title: "来源", show: (row) => row.source },
								]} />
							</div>
							<div>
								<h2>条码</h2>
								<DataTable label="条码" rows={drug.codes ?? []} id={(_, n) => String(n)} columns={[
									{ key: "kind", title: "种类", show: (row) => CODE[row.kind] ?? row.kind },
									{ key: "code", title: "码", card: "title", show: (row) => <span className="num">{row.code}</span> },
									{ key: "units", title: "数量", align: "right", show: (row) => row.units || "" },
								]} />
							</div>
						</div>
						{can("PARTNER_READ") && (
							<>
								<h2>资质与首营</h2>
								<Papers kind="product" id={drug.id} />
							</>
						)}
						{adding && <PriceNew product={drug} close={() => setAdding(false)} />}
						{ending && <PriceEnd of={ending} close={() => setEnding(null)} />}
					</>
				)}
			</Loaded>
		</section>
	);
}
