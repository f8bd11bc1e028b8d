// HIS 未匹配: usage lines that named an item nobody has matched to a drug wait here, visibly.
import { Modal, message } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { time } from "../../base/format";
import { can } from "../../base/session";
import type { ImportResult, Packing, Page, Product } from "../../base/types";
import { Drug, StateChip, To } from "../../parts/cells";
import { Cell, Field, ProductPicker } from "../../parts/Fields";
import { FileButton } from "../../parts/FileButton";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface Row {
	id: string;
	site_name: string;
	depot_name: string;
	reference: string;
	item_code: string;
	item_name: string;
	units: number;
	lot: string | null;
	reason: string;
	at_ms: number;
	state: string;
}

/** What an import of usage answers beyond the rows: lines that wait here, documents sent before. */
interface UsageResult extends ImportResult {
	waiting?: number;
	known?: number;
}

const STATES: Record<string, string> = { open: "待匹配", waiting: "待匹配", matched: "已匹配", ignored: "不处理" };

interface Proposal extends Packing {
	product_id: string;
	name: string;
	spec: string;
	maker: string;
	why: string;
}

interface Item {
	item_code: string;
	item_name: string;
	reason?: string;
	factor?: number | null;
}

interface MatchProps {
	of: Item;
	/** Where the proposals come from. */
	proposals: string;
	/** What is sent to say so. */
	send: (product_id: string, factor: number) => Promise<unknown>;
	ok: string;
	close: () => void;
}

/** Also for items that were told before they were used. */
export function Match({ of, proposals: from, send, ok, close }: MatchProps) {
	const [product, setProduct] = useState<Product | null>(null);
	const [factor, setFactor] = useState(String(of.factor ?? 1));
	const { act, busy, problem } = useAct();
	const proposals = useData<{ rows: Proposal[] }>(from);
	const save = async () => {
		if (await act(async () => (await send(product!.id, Number(factor)), true))) close();
	};
	return (
		<Modal open closable={false} title={`对码: ${of.item_code} ${of.item_name}`} okText={ok} cancelText="返回" confirmLoading={busy} okButtonProps={{ "data-testid": "match-ok", disabled: !product || !/^[1-9]\d*$/.test(factor) }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<p className="mute">{of.reason}</p>
				{!product && (proposals.data?.rows ?? []).length > 0 && (
					<ul className="passed" data-testid="proposals">
						{proposals.data!.rows.map((row, n) => (
							<li key={row.product_id}>
								<button type="button" className="tag" data-testid={`proposal-${n + 1}`} onClick={() => setProduct({ ...row, id: row.product_id, code: "" })}>
									<Drug name={row.name} spec={row.spec} maker={row.maker} />
								</button>{" "}
								<small className="mute">{row.why}</small>
							</li>
						))}
					</ul>
				)}
				{product ? <Drug name={product.name} spec={product.spec} maker={product.maker} /> : <ProductPicker placeholder="它是目录里的哪个药" onPick={setProduct} />}
				<Field label={`HIS 的 1 个 = 多少${product?.unit_name ?? "最小单位"}`} error={problem?.at("factor")}>
					<Cell value={factor} inputMode="numeric" testid="factor" onChange={setFactor} />
				</Field>
				<p className="mute">以后同一项目自动按此换算。</p>
			</div>
		</Modal>
	);
}

/** Counted until zero. */
function Waiting() {
	const { data } = useData<Page<Row>>("usage-unmatched", { query: { state: "open", limit: 1000 }, topics: ["imports", "stock"] });
	if (!data) return null;
	const items = new Set(data.rows.map((row) => `${row.site_name}/${row.item_code}`)).size;
	return <p data-testid="waiting-count">{items === 0 ? "全部已对码。" : <><b className="num">{items}</b> 个 HIS 项目、<b className="num">{data.rows.length}</b> 行用量待对码{data.next && " (还有更多)"}</>}</p>;
}

export function Unmatched() {
	const [open, setOpen] = useState<Row | null>(null);
	const { act, busy, problem, clear } = useAct();
	const upload = (file: File) =>
		act(async () => {
			const done = await post<UsageResult>("imports/usage", undefined, { file });
			if (done.id) return void message.info("文件较长, 正在分段核对并登记; 等对码的行会陆续出现在这里, 结果见 设置 → 导入", 8);
			const words = [`已登记 ${done.added ?? 0} 行`, done.waiting && `${done.waiting} 行等对码`, done.known && `${done.known} 张单据以前已收过`].filter(Boolean).join(", ");
			void message[done.waiting ? "warning" : "success"](words, 8);
		});
	return (
		<>
			<ListPage<Row>
				title="HIS 未匹配"
				search={false}
				filters={[{ name: "state", label: "状态", options: options({ open: "待匹配", matched: "已匹配" }) }]}
				resource="usage-unmatched"
				topics={["imports", "stock"]}
				id={(row) => row.id}
				open={(row) => (can("USAGE_IMPORT") && row.state !== "matched" ? () => setOpen(row) : null)}
				extra={<><To path="/his-items-open">未对码项目</To> <To path="/his-items">HIS 对码表</To>{can("USAGE_IMPORT") && <FileButton testid="usage-file" loading={busy} onFile={(file) => void upload(file)}>上传 HIS 用量</FileButton>}</>}
				above={<><Trouble problem={problem} onClose={clear} /><Waiting /></>}
				empty={"HIS 的发药记录会自动扣减库存; 认不出的项目停在这里等对码。\n现在没有。"}
				columns={[
					{ key: "item", title: "HIS 项目", card: "title", show: (row) => <><b className="num">{row.item_code}</b> {row.item_name}</> },
					{ key: "place", title: "机构 · 库房", show: (row) => <span className="nowrap">{row.site_name} · {row.depot_name}</span> },
					{ key: "units", title: "数量", align: "right", show: (row) => row.units },
					{ key: "lot", title: "批号", card: "hide", show: (row) => row.lot },
					{ key: "reason", title: "为什么", show: (row) => row.reason },
					{ key: "at", title: "时间", show: (row) => time(row.at_ms) },
					{ key: "state", title: "状态", show: (row) => <StateChip state={row.state} title={STATES[row.state]} /> },
				]}
			/>
			{open && <Match of={open} ok="对码并登记" proposals={`usage-unmatched/${open.id}/proposals`} send={(product_id, factor) => post(`usage-unmatched/${open.id}/match`, { product_id, factor })} close={() => setOpen(null)} />}
		</>
	);
}
