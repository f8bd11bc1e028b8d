// HIS 对码: what each site's own system calls a drug, with the codes of insurance and platform beside it, and what it was before.
import { Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { group, time } from "../../base/format";
import { can } from "../../base/session";
import type { Product } from "../../base/types";
import { Drug, To } from "../../parts/cells";
import { Cell, Field, ProductPicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface HisItem {
	nhsa_code?: string | null;
	platform_code?: string | null;
	site_id: string;
	item_code: string;
	item_name: string | null;
	product_id: string;
	product_name: string;
	by: string | null;
	factor: number;
	unit_name?: string;
	site_name?: string;
}

/** The same item, another drug or another factor from now on. */
function Rematch({ of, close }: { of: HisItem; close: () => void }) {
	const [product, setProduct] = useState<Product | null>(null);
	const [factor, setFactor] = useState(String(of.factor));
	const { act, busy, problem, clear } = useAct();
	const save = async () => {
		const body = { site_id: of.site_id, item_code: of.item_code, product_id: product?.id ?? of.product_id, factor: Number(factor) };
		if (await act(async () => (await post("his-items", body), true))) close();
	};
	return (
		<Modal open closable={false} title={`${of.site_name ?? ""} ${of.item_code} ${of.item_name ?? ""}`} okText="改对码" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !/^[1-9]\d*$/.test(factor), "data-testid": "rematch-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				<p>现在是 <b>{of.product_name}</b>; 以后的用量按新的对码, 已登记的不变。</p>
				{product ? <Drug name={product.name} spec={product.spec} maker={product.maker} /> : <ProductPicker placeholder="换成哪个药 (不换就不选)" onPick={setProduct} />}
				<Field label="HIS 的 1 个 = 多少最小单位" error={problem?.at("factor")}>
					<Cell value={factor} inputMode="numeric" testid="factor" onChange={setFactor} />
				</Field>
			</div>
		</Modal>
	);
}

export function HisItems() {
	const [open, setOpen] = useState<HisItem | null>(null);
	return (
		<>
		<ListPage<HisItem>
			title="HIS 对码"
			resource="his-items"
			topics={["imports"]}
			open={(row) => (can("USAGE_IMPORT") ? () => setOpen(row) : null)}
			extra={<To path="/his-item-history">变更记录</To>}
			search="HIS 编码"
			id={(row) => `${row.site_id}/${row.item_code}`}
			empty="HIS 项目和目录药品的对照。对码在 HIS 未匹配 页面里进行。"
			columns={[
				{ key: "item", title: "HIS 项目", card: "title", show: (row) => <><b className="num">{row.item_code}</b> {row.item_name}</> },
				{ key: "product", title: "药品", show: (row) => <To path={`/products/${row.product_id}`}>{row.product_name}</To> },
				{ key: "factor", title: "HIS 的 1 个 =", align: "right", show: (row) => `${group(row.factor)} ${row.unit_name ?? ""}` },
				{ key: "nhsa", title: "医保编码", show: (row) => <span className="num">{row.nhsa_code}</span> },
				{ key: "platform", title: "平台编码", show: (row) => <span className="num">{row.platform_code}</span> },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "by", title: "对码人", show: (row) => row.by },
			]}
		/>
		{open && <Rematch of={open} close={() => setOpen(null)} />}
		</>
	);
}

interface Was {
	id: string;
	site_name: string;
	item_code: string;
	product_id: string;
	product_name: string;
	spec: string;
	factor: number;
	by: string | null;
	at_ms: number;
}

export function HisItemHistory() {
	return (
		<ListPage<Was>
			title="HIS 对码变更记录"
			resource="his-item-history"
			topics={["imports"]}
			search={false}
			filters={[{ name: "site_id", label: "机构", options: "sites" }]}
			id={(row) => row.id}
			empty="改过的对码在这里: 原来是哪个药、系数多少、谁改的。"
			columns={[
				{ key: "item", title: "HIS 项目", card: "title", show: (row) => <b className="num">{row.item_code}</b> },
				{ key: "product", title: "原来是", show: (row) => <To path={`/products/${row.product_id}`}>{row.product_name} {row.spec}</To> },
				{ key: "factor", title: "原系数", align: "right", show: (row) => group(row.factor) },
				{ key: "site", title: "机构", show: (row) => row.site_name },
				{ key: "at", title: "改动", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.by}</small></span> },
			]}
		/>
	);
}
