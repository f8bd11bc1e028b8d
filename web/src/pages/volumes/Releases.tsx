// 特批: why a 备选 or 非中选 product may be bought after all, and how much of it.
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { time } from "../../base/format";
import { type Params, go } from "../../base/route";
import type { Doc, DocumentRow, Packing, Product, Written } from "../../base/types";
import { Drug, Fact, StateChip, To, Units } from "../../parts/cells";
import { useDocument } from "../../parts/document";
import { DocumentPage } from "../../parts/DocumentPage";
import { Field, ProductPicker, UnitsInput } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { DECIDED } from "./Reallocations";

interface Released extends Packing {
	round_id: string;
	round_name: string;
	product_id: string;
	product_name: string;
	spec: string;
	maker: string;
	units: number;
	approved_units: number;
	reason: string;
	reason_title: string;
}
type Row = DocumentRow & Released;

export function Releases() {
	return (
		<ListPage<Row>
			title="备选与非中选特批"
			resource="volume-releases"
			topics={["volume-releases"]}
			id={(row) => row.id}
			open={(row) => `/volume-releases/${row.id}`}
			search="number"
			filters={[{ name: "state", label: "状态", options: DECIDED }]}
			primary={{ label: "提出特批", path: "/volume-releases/new", permission: "VOLUME_EDIT" }}
			empty={"中选企业拒绝供货或超时未响应时采购备选品种, 临床必需的非中选品种, 都要在这里写明原因并由总药师批准。"}
			columns={[
				{ key: "number", title: "单号", card: "title", show: (row) => <b className="num">{row.number}</b> },
				{ key: "state", title: "状态", show: (row) => <StateChip kind="volume-releases" state={row.state} title={row.state_title} /> },
				{ key: "product", title: "品种", show: (row) => <Drug name={row.product_name} spec={row.spec} maker={row.maker} /> },
				{ key: "reason", title: "原因", show: (row) => row.reason_title },
				{ key: "units", title: "数量", align: "right", show: (row) => <Units n={row.units} of={row} /> },
				{ key: "round", title: "批次", card: "hide", show: (row) => row.round_name },
				{ key: "made", title: "制单", card: "hide", show: (row) => <span className="num">{time(row.made_at_ms)} <small>{row.made_by}</small></span> },
			]}
		/>
	);
}

const REASONS = options({ refused: "中选企业拒绝供货", timeout: "中选企业超时未响应", clinical: "临床必需" });

export function ReleaseNew() {
	const [product, setProduct] = useState<Product | null>(null);
	const [count, setCount] = useState<number | null>(null);
	const [reason, setReason] = useState("refused");
	const [note, setNote] = useState("");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(product !== null);
	const create = () =>
		act(async () => {
			const made = await post<Written>("volume-releases", { product_id: product!.id, units: count, reason, note });
			go(`/volume-releases/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>提出特批</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form tall">
				<Field label="备选或非中选品种" error={problem?.at("product_id")}>
					{product ? (
						<span>
							<Drug name={product.name} spec={product.spec} maker={product.maker} /> <Button size="small" type="text" onClick={() => setProduct(null)}>换</Button>
						</span>
					) : (
						<ProductPicker onPick={setProduct} placeholder="药品: 名称、首字母或编码" />
					)}
				</Field>
				{product && (
					<Field label="数量 (本约定年度累计)" error={problem?.at("units")}>
						<UnitsInput value={count} of={product} label="特批数量" testid="release" onChange={setCount} />
					</Field>
				)}
				<Field label="原因" error={problem?.at("reason")}>
					<Select value={reason} options={REASONS} data-testid="release-reason" aria-label="原因" onChange={setReason} />
				</Field>
				<Field label="经过 (哪张订单, 何时拒绝或超时, 或临床理由)" error={problem?.at("note")}>
					<Input.TextArea rows={3} maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
				</Field>
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!product || !count || !note.trim()} onClick={() => void create()}>
					提交特批 ▸
				</Button>
			</div>
		</section>
	);
}

type Release = Doc & Released & { received_units: number };

export function ReleasePage({ params }: { params: Params }) {
	const of = useDocument<Release>("volume-releases", params.id);
	return (
		<DocumentPage
			of={of}
			facts={(one) => (
				<>
					<Fact label="品种"><Drug name={one.product_name} spec={one.spec} maker={one.maker} /></Fact>
					<Fact label="批次"><To path={`/volume-rounds/${one.round_id}`}>{one.round_name}</To></Fact>
					<Fact label="原因">{one.reason_title}</Fact>
					<Fact label="特批数量"><Units n={one.units} of={one} strong /></Fact>
					<Fact label="已批数量"><Units n={one.approved_units} of={one} /></Fact>
					<Fact label="该品种已入库"><To path={`/volume-credits?round_id=${one.round_id}&product_id=${one.product_id}`}><Units n={one.received_units} of={one} /></To></Fact>
				</>
			)}
		>
			{() => <p className="mute">批准后, 该品种在特批数量以内可以采购, 不计入非中选占比。</p>}
		</DocumentPage>
	);
}
