// 首营审批: whom or what we want to buy for the first time; the file with its papers, and quality's word on it.
import { Alert, Segmented } from "antd";
import { time } from "../../base/format";
import { type Params, go } from "../../base/route";
import type { Doc, DocumentRow } from "../../base/types";
import { Drug, Fact, StateChip, To } from "../../parts/cells";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { ListPage, options } from "../../parts/ListPage";
import { type OwnerKind, Papers } from "./Papers";

const STATES = options({ draft: "资料准备", submitted: "待质量审批", approved: "已批准", refused: "不予批准", closed: "已撤回" });

interface FirstSupplier {
	supplier_id: string;
	supplier_name: string;
}
interface FirstProduct {
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	supplier_id: string | null;
	supplier_name: string | null;
}

const Which = ({ at }: { at: string }) => (
	<Segmented value={at} options={[{ value: "/first-suppliers", label: "首营企业" }, { value: "/first-products", label: "首营品种" }]} onChange={(path) => go(path)} />
);

export function FirstSuppliers() {
	return (
		<ListPage<DocumentRow & FirstSupplier>
			title="首营审批"
			search="number"
			resource="first-suppliers"
			topics={["first-suppliers"]}
			id={(row) => row.id}
			open={(row) => `/first-suppliers/${row.id}`}
			filters={[{ name: "state", label: "状态", options: STATES }]}
			extra={<Which at="/first-suppliers" />}
			primary={{ label: "新增供应商", path: "/suppliers", permission: "PARTNER_EDIT" }}
			empty={"第一次采购之前, 供应商的资料须经质量部门批准。\n在供应商页面点 申报首营。"}
			columns={[
				{ key: "number", title: "单号", show: (row) => <b className="num">{row.number}</b> },
				{ key: "name", title: "供应商", card: "title", show: (row) => <b>{row.supplier_name}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="first-suppliers" state={row.state} title={row.state_title} /> },
				{ key: "at", title: "申报", show: (row) => <span className="num">{time(row.made_at_ms)} {row.made_by}</span> },
			]}
		/>
	);
}

export function FirstProducts() {
	return (
		<ListPage<DocumentRow & FirstProduct>
			title="首营审批"
			search="number"
			resource="first-products"
			topics={["first-products"]}
			id={(row) => row.id}
			open={(row) => `/first-products/${row.id}`}
			filters={[{ name: "state", label: "状态", options: STATES }]}
			extra={<Which at="/first-products" />}
			empty={"第一次采购之前, 品种的资料须经质量部门批准。\n在药品页面点 申报首营。"}
			columns={[
				{ key: "number", title: "单号", show: (row) => <b className="num">{row.number}</b> },
				{ key: "name", title: "品种", card: "title", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "supplier", title: "供应商", show: (row) => row.supplier_name },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="first-products" state={row.state} title={row.state_title} /> },
				{ key: "at", title: "申报", show: (row) => <span className="num">{time(row.made_at_ms)} {row.made_by}</span> },
			]}
		/>
	);
}

function File({ doc, kind, id, onChange }: { doc: Doc & { missing: string | null }; kind: OwnerKind; id: string; onChange: () => void }) {
	const open = doc.state === "draft" || doc.state === "submitted";
	return (
		<>
			{open && (doc.missing ? <Alert type="warning" showIcon data-testid="file-missing" title={`还缺: ${doc.missing}`} /> : <Alert type="success" showIcon data-testid="file-complete" title="资料齐全, 可以审批。" />)}
			<Papers kind={kind} id={id} first={false} onChange={onChange} />
		</>
	);
}

export function FirstSupplierPage({ params }: { params: Params }) {
	const of = useDocument<Doc & FirstSupplier & { missing: string | null }>("first-suppliers", params.id);
	return (
		<DocumentPage of={of} facts={(doc) => <Fact label="供应商"><To path={`/suppliers/${doc.supplier_id}`}>{doc.supplier_name}</To></Fact>}>
			{(doc) => <File doc={doc} kind="supplier" id={doc.supplier_id} onChange={() => void of.reload()} />}
		</DocumentPage>
	);
}

export function FirstProductPage({ params }: { params: Params }) {
	const of = useDocument<Doc & FirstProduct & { missing: string | null }>("first-products", params.id);
	return (
		<DocumentPage
			of={of}
			facts={(doc) => (
				<>
					<Fact label="品种"><To path={`/products/${doc.product_id}`}>{doc.product_name} {doc.spec}</To></Fact>
					<Fact label="生产企业">{doc.maker}</Fact>
					<Fact label="供应商">{doc.supplier_id && <To path={`/suppliers/${doc.supplier_id}`}>{doc.supplier_name}</To>}</Fact>
				</>
			)}
		>
			{(doc) => <File doc={doc} kind="product" id={doc.product_id} onChange={() => void of.reload()} />}
		</DocumentPage>
	);
}
