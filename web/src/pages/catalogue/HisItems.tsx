// HIS 对码: what each site's own system calls a drug, with the codes of insurance and platform beside it, and what it was before.
import { Modal, message } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { group, time } from "../../base/format";
import { can } from "../../base/session";
import type { ImportResult, Page, Product } from "../../base/types";
import { Drug, To } from "../../parts/cells";
import { Cell, Field, ProductPicker } from "../../parts/Fields";
import { FileButton } from "../../parts/FileButton";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { Match } from "../stock/Unmatched";

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
			extra={<><To path="/his-items-open">未对码项目</To> <To path="/his-item-history">变更记录</To></>}
			search="HIS 编码"
			id={(row) => `${row.site_id}/${row.item_code}`}
			empty={"HIS 项目和目录药品的对照。\n可在 未对码项目 上传本机构的 HIS 药品表, 或在 HIS 未匹配 页面逐个对码。"}
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

interface OpenItem {
	id: string;
	site_id: string;
	site_name: string;
	item_code: string;
	item_name: string;
	factor: number | null;
	by: string | null;
	at_ms: number;
}

/** Counted until zero. */
function Waiting() {
	const { data } = useData<Page<OpenItem>>("his-items-open", { query: { limit: 1000 }, topics: ["imports"] });
	if (!data) return null;
	return <p data-testid="open-items-count">{data.rows.length === 0 ? "全部已对码。" : <><b className="num">{data.rows.length}</b> 个 HIS 项目待对码{data.next && " (还有更多)"}</>}</p>;
}

/** What a site's HIS has and nobody has matched, told by a file before it was ever used. */
export function HisItemsOpen() {
	const [open, setOpen] = useState<OpenItem | null>(null);
	const { act, busy, problem, clear } = useAct();
	const upload = (file: File) =>
		act(async () => {
			const done = await post<ImportResult>("imports/his-items", undefined, { file });
			if (done.id) return void message.info("文件较长, 正在分段核对; 结果见 设置 → 导入", 8);
			void message.success(`新增 ${done.added ?? 0} 项, 修改 ${done.changed ?? 0} 项`, 8);
		});
	return (
		<>
			<ListPage<OpenItem>
				title="未对码的 HIS 项目"
				resource="his-items-open"
				topics={["imports"]}
				search="HIS 编码"
				filters={[{ name: "site_id", label: "机构", options: "sites" }]}
				id={(row) => row.id}
				open={(row) => (can("USAGE_IMPORT") ? () => setOpen(row) : null)}
				extra={<><To path="/usage-unmatched">HIS 未匹配用量</To> <To path="/his-items">HIS 对码表</To>{can("USAGE_IMPORT") && <FileButton testid="his-items-file" loading={busy} onFile={(file) => void upload(file)}>上传 HIS 药品表</FileButton>}</>}
				above={<><Trouble problem={problem} onClose={clear} /><Waiting /></>}
				empty={"把本机构 HIS 的药品表上传 (编码、名称, 知道的品种代码和系数): 已写明的直接对码, 其余列在这里。\n现在没有。"}
				columns={[
					{ key: "item", title: "HIS 项目", card: "title", show: (row) => <><b className="num">{row.item_code}</b> {row.item_name}</> },
					{ key: "site", title: "机构", show: (row) => row.site_name },
					{ key: "factor", title: "系数", align: "right", show: (row) => row.factor && group(row.factor) },
					{ key: "at", title: "登记", show: (row) => <span className="num">{time(row.at_ms)} <small>{row.by}</small></span> },
				]}
			/>
			{open && <Match of={open} ok="对码" proposals={`his-items-open/${open.id}/proposals`} send={(product_id, factor) => post("his-items", { site_id: open.site_id, item_code: open.item_code, item_name: open.item_name, product_id, factor })} close={() => setOpen(null)} />}
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
