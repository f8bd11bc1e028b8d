// 货位: where each depot keeps what. The pick list goes by it.
import { Button, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { go } from "../../base/route";
import { can, homeSite, useSession } from "../../base/session";
import type { Product } from "../../base/types";
import { Drug, Marks } from "../../parts/cells";
import { Cell, DepotPicker, Field, ProductPicker, SitePicker } from "../../parts/Fields";
import { ExactBox, ListPage } from "../../parts/ListPage";
import { ProductFilter } from "../../parts/ProductFilter";
import { Trouble } from "../../parts/Trouble";

interface Row {
	site_name: string;
	depot_id: string;
	depot_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	bin: string | null;
	look_alike: string | null;
}

/** of: the row that changes; null: a new one. */
function Edit({ of, close }: { of: Row | null; close: () => void }) {
	const [site, setSite] = useState(homeSite()?.id);
	const depots = useSession().session?.sites.find((one) => one.id === site)?.depots ?? [];
	const [picked, setPicked] = useState("");
	const [drug, setDrug] = useState<Product | null>(null);
	const [bin, setBin] = useState(of?.bin ?? "");
	const { act, busy, problem, clear } = useAct();
	const depot = of?.depot_id ?? (depots.length === 1 ? depots[0].id : picked);
	const product = of?.product_id ?? drug?.id;
	const save = async () => {
		if (await act(async () => (await post("bins", { depot_id: depot, product_id: product, ...(bin.trim() && { bin: bin.trim() }) }), true))) close();
	};
	return (
		<Modal open closable={false} title={of ? `${of.product_name} ${of.spec} · ${of.site_name} ${of.depot_name}` : "登记货位"} okText="保存" cancelText="返回" confirmLoading={busy} onCancel={close} okButtonProps={{ disabled: !depot || !product || (!of && !bin.trim()), "data-testid": "bin-ok" }} onOk={() => void save()}>
			<Trouble problem={problem} onClose={clear} />
			<div className="dialog-form">
				{!of && (
					<>
						<Field label="机构"><SitePicker value={site} onChange={(id) => { setSite(id); setPicked(""); }} /></Field>
						<Field label="库房" error={problem?.at("depot_id")}><DepotPicker site={site} value={picked} onChange={setPicked} /></Field>
						<Field label="药品" error={problem?.at("product_id")}>
							{drug ? <span><Drug name={drug.name} spec={drug.spec} maker={drug.maker} /> <Button size="small" onClick={() => setDrug(null)}>另选</Button></span> : <ProductPicker placeholder="名称、拼音首字母或编码" onPick={setDrug} />}
						</Field>
					</>
				)}
				<Field label="货位 (扫货位标签或输入; 空着即不设)" error={problem?.at("bin")}>
					<Cell value={bin} testid="bin" maxLength={32} autoFocus={of !== null} placeholder="A01-03-02" onChange={setBin} onKeyDown={(event) => event.key === "Enter" && depot && product && void save()} />
				</Field>
			</div>
		</Modal>
	);
}

export function Bins() {
	const [editing, setEditing] = useState<Row | "new" | null>(null);
	return (
		<>
			<ListPage<Row>
				title="货位"
				resource="bins"
				topics={["stock"]}
				id={(row) => `${row.depot_id}/${row.product_id}`}
				open={(row) => (can("ADJUST") ? () => setEditing(row) : `/stock?product_id=${row.product_id}`)}
				search={false}
				boxes={{ node: <><ProductFilter /><ExactBox name="bin" hint="货位, 回车" /></>, names: ["product_id", "bin"] }}
				filters={[{ name: "site_id", label: "机构", options: "sites" }]}
				primary={{ label: "登记", onClick: () => setEditing("new"), permission: "ADJUST" }}
				extra={can("IMPORT") && <Button onClick={() => go("/imports?kind=bins")}>从表格导入</Button>}
				empty={"每个库房的每个品种放在哪里, 拣货单按货位排序。\n登记一行, 或从表格导入 (机构、库房、品种代码、货位)。听似看似的品种不能同放一个货位。"}
				columns={[
					{ key: "product", title: "药品", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} note={<Marks of={row} />} /> },
					{ key: "place", title: "机构 · 库房", show: (row) => `${row.site_name} · ${row.depot_name}` },
					{ key: "bin", title: "货位", show: (row) => <b className="num">{row.bin ?? "—"}</b> },
				]}
			/>
			{editing && <Edit of={editing === "new" ? null : editing} close={() => setEditing(null)} />}
		</>
	);
}
