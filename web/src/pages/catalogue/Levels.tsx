// 分级目录: what county, township and village may ask for, and how well the lists fit together.
import { Modal } from "antd";
import { useState } from "react";
import { useData } from "../../base/data";
import { ymd } from "../../base/format";
import { Drug, Explained, Marks, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { ListPage, options } from "../../parts/ListPage";
import { Loaded } from "../../parts/Trouble";
import { ANTIBIOTIC, INSURANCE, KIND, LEVEL } from "./words";

interface Row {
	level: string;
	level_title: string;
	product_id: string;
	code: string;
	name: string;
	spec: string;
	maker: string;
	kind: string;
	essential: boolean;
	insurance: string | null;
	antibiotic: string | null;
	high_alert: string | null;
	look_alike: string | null;
	in_county: boolean;
	in_township: boolean;
	in_village: boolean;
	from_ymd: number;
	document_id: string | null;
}

interface Summary {
	formula: string;
	levels: { level: string; level_title: string; products: number; kinds: number; essential_kinds: number; essential_target_percent: number | null; insurance_a_kinds: number; insurance_b_kinds: number; off_insurance_kinds: number; linked_kinds: number }[];
	not_in_county: { product_id: string; code: string; name: string; spec: string }[];
}

/** Thousandths without a floating point: 905 is 90.5 %. */
export function percent(part: number, whole: number): string {
	if (whole === 0) return "—";
	const e3 = Math.floor((part * 1000) / whole);
	return `${Math.floor(e3 / 10)}.${e3 % 10}%`;
}

function Linkage() {
	const [why, setWhy] = useState(false);
	const data = useData<Summary>("level-summary", { topics: ["products"] });
	return (
		<Loaded of={data} rows={3}>
			{(all) => (
				<div className="panel" data-testid="level-summary">
					<DataTable label="分级目录衔接" testid="summary" rows={all.levels} id={(row) => row.level} columns={[
						{ key: "level", title: "级别", card: "title", show: (row) => <To path={`/level-lists?level=${row.level}`}>{LEVEL[row.level]}目录</To> },
						{ key: "products", title: "品种", align: "right", show: (row) => <span className="num">{row.products}</span> },
						{ key: "kinds", title: "通用名", align: "right", show: (row) => <span className="num">{row.kinds}</span> },
						{ key: "essential", title: "基本药物占比", align: "right", show: (row) => <Explained label="看公式" onClick={() => setWhy(true)}>{percent(row.essential_kinds, row.kinds)} {row.essential_target_percent !== null && `(目标 ${row.essential_target_percent}%)`}</Explained> },
						{ key: "insurance", title: "医保甲 · 乙 · 丙 (通用名)", align: "right", show: (row) => <span className="num">{row.insurance_a_kinds} · {row.insurance_b_kinds} · {row.off_insurance_kinds}</span> },
						{ key: "linked", title: "与县级衔接", align: "right", show: (row) => (row.level === "county" ? "" : <Explained label="看公式" onClick={() => setWhy(true)}>{percent(row.linked_kinds, row.kinds)}</Explained>) },
					]} />
					{why && (
						<Modal open title="怎么算的" footer={null} onCancel={() => setWhy(false)} width={720}>
							<p>{all.formula}</p>
							{all.levels.map((row) => <p key={row.level} className="num">{LEVEL[row.level]}: 衔接 {row.linked_kinds} ÷ {row.kinds}, 基本药物 {row.essential_kinds} ÷ {row.kinds}</p>)}
							<h3>乡镇有、县级没有的品种 ({all.not_in_county.length})</h3>
							<ul>{all.not_in_county.map((row) => <li key={row.product_id}><To path={`/products/${row.product_id}`}>{row.code} {row.name} {row.spec}</To></li>)}</ul>
						</Modal>
					)}
				</div>
			)}
		</Loaded>
	);
}

const yes = (is: boolean) => (is ? "●" : "");

export function Levels() {
	return (
		<ListPage<Row>
			title="分级目录"
			resource="level-lists"
			topics={["products"]}
			search="名称、首字母、编码"
			above={<Linkage />}
			id={(row) => `${row.level}/${row.product_id}/${row.from_ymd}`}
			open={(row) => `/products/${row.product_id}`}
			filters={[
				{ name: "level", label: "级别", options: options(LEVEL) },
				{ name: "kind", label: "类别", options: options(KIND) },
				{ name: "essential", label: "基本药物", options: "check" },
			]}
			primary={{ label: "申请目录调整", path: "/catalogue-changes/new", permission: "CATALOGUE_APPLY" }}
			empty={"每一级机构只能请领本级目录里的品种。\n目录由药事委员会决定: 先申请目录调整。"}
			columns={[
				{ key: "level", title: "级别", show: (row) => LEVEL[row.level] },
				{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
				{ key: "name", title: "药品", card: "title", show: (row) => <Drug name={row.name} spec={row.spec} note={<Marks of={row} />} /> },
				{ key: "maker", title: "生产企业", card: "hide", show: (row) => row.maker },
				{ key: "essential", title: "基药", align: "center", show: (row) => yes(row.essential) },
				{ key: "insurance", title: "医保", align: "center", show: (row) => row.insurance && INSURANCE[row.insurance] },
				{ key: "antibiotic", title: "抗菌药物", show: (row) => row.antibiotic && ANTIBIOTIC[row.antibiotic] },
				{ key: "county", title: "县", align: "center", show: (row) => yes(row.in_county) },
				{ key: "township", title: "乡", align: "center", show: (row) => yes(row.in_township) },
				{ key: "village", title: "村", align: "center", show: (row) => yes(row.in_village) },
				{ key: "from", title: "列入", show: (row) => (row.document_id ? <To path={`/catalogue-changes/${row.document_id}`}>{ymd(row.from_ymd)}</To> : <span className="num">{ymd(row.from_ymd)}</span>) },
			]}
		/>
	);
}
