// One drug: its codes, its prices by date, and where it lies.
import { useData } from "../../base/data";
import { money, ymd } from "../../base/format";
import type { Params } from "../../base/route";
import { can } from "../../base/session";
import type { Packing, Product } from "../../base/types";
import { Chip, Fact, To, Units } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Loaded } from "../../parts/Trouble";
import { Papers } from "../partners/Papers";

interface Full extends Product {
	codes: { kind: string; code: string; units: number }[];
	prices: { kind: string; price: string; units_per_pack: number; from_ymd: number; to_ymd: number | null; source: string }[];
	stock: ({ site_name: string; depot_name: string; units: number } & Packing)[];
}

const CODE: Record<string, string> = { gtin: "商品条码", national: "国家药品编码", nhsa: "医保编码", platform: "平台编码", site: "院内编码" };
const PRICE: Record<string, string> = { ceiling: "限价", listed: "挂网价", selected: "中选价", purchase: "进价" };

export function ProductPage({ params }: { params: Params }) {
	const data = useData<Full>(`products/${params.id}`, { topics: ["stock"] });
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
								<h2>价格</h2>
								<DataTable label="价格" rows={drug.prices ?? []} id={(_, n) => String(n)} columns={[
									{ key: "kind", title: "种类", card: "title", show: (row) => PRICE[row.kind] ?? row.kind },
									{ key: "price", title: "元", align: "right", show: (row) => <b className="num">{money(row.price)}</b> },
									{ key: "from", title: "起止", show: (row) => <span className="num">{ymd(row.from_ymd)} – {row.to_ymd ? ymd(row.to_ymd) : "今"}</span> },
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
					</>
				)}
			</Loaded>
		</section>
	);
}
