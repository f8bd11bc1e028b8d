// 生产企业 (MAH): their licences, who delivers for them, what they make.
import { Input, Modal } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { type Params, go } from "../../base/route";
import type { Written } from "../../base/types";
import { Chip, Drug, Fact } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Field } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Loaded, Trouble } from "../../parts/Trouble";
import { Papers } from "./Papers";
import { RightsTable } from "./Rights";

interface Maker {
	id: string;
	code: string;
	name: string;
	credit_code: string | null;
	phone: string | null;
	active: boolean;
	products: number;
	distributors: number;
}
interface Full extends Maker {
	product_rows: { id: string; code: string; name: string; spec: string; active: boolean; approved: boolean }[];
}

function NewMaker({ close }: { close: () => void }) {
	const [name, setName] = useState("");
	const [credit, setCredit] = useState("");
	const { act, busy, problem } = useAct();
	const save = () =>
		act(async () => {
			const made = await post<Written>("makers", { name: name.trim(), ...(credit.trim() && { credit_code: credit.trim() }) });
			go(`/makers/${made.id}`);
		});
	return (
		<Modal open closable={false} title="新增生产企业" okText="建立" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !name.trim(), "data-testid": "maker-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<Field label="名称 (与药品包装一致)" error={problem?.at("name")}><Input autoFocus value={name} maxLength={100} data-testid="maker-name" onChange={(event) => setName(event.target.value)} /></Field>
				<Field label="统一社会信用代码" error={problem?.at("credit_code")}><Input value={credit} maxLength={18} onChange={(event) => setCredit(event.target.value)} /></Field>
			</div>
		</Modal>
	);
}

export function Makers() {
	const [adding, setAdding] = useState(false);
	return (
		<>
			<ListPage<Maker>
				title="生产企业"
				search="名称、首字母或编码"
				resource="makers"
				topics={["partners"]}
				id={(row) => row.id}
				open={(row) => `/makers/${row.id}`}
				primary={{ label: "新增生产企业", permission: "PARTNER_EDIT", onClick: () => setAdding(true) }}
				empty="生产企业随药品目录自动建立。"
				columns={[
					{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
					{ key: "name", title: "名称", card: "title", show: (row) => <b>{row.name}</b> },
					{ key: "products", title: "品种", align: "right", show: (row) => <span className="num">{row.products}</span> },
					{ key: "distributors", title: "配送商", align: "right", show: (row) => (row.distributors ? <span className="num">{row.distributors}</span> : <span className="mute">不限</span>) },
					{ key: "credit", title: "统一社会信用代码", show: (row) => <span className="num">{row.credit_code}</span> },
					{ key: "phone", title: "电话", show: (row) => row.phone },
				]}
			/>
			{adding && <NewMaker close={() => setAdding(false)} />}
		</>
	);
}

export function MakerPage({ params }: { params: Params }) {
	const data = useData<Full>(`makers/${params.id}`, { topics: ["partners"] });
	return (
		<section className="page">
			<Loaded of={data} rows={10}>
				{(row) => (
					<>
						<header className="page-head">
							<h1>{row.name}</h1>
						</header>
						<dl className="facts">
							<Fact label="编码">{row.code}</Fact>
							<Fact label="统一社会信用代码">{row.credit_code}</Fact>
							<Fact label="电话">{row.phone}</Fact>
						</dl>
						<h2>资质</h2>
						<Papers kind="maker" id={row.id} />
						<h2>配送关系</h2>
						<RightsTable maker={row.id} />
						<h2>品种 ({row.products})</h2>
						<DataTable
							label="品种"
							rows={row.product_rows}
							id={(one) => one.id}
							open={(one) => go(`/products/${one.id}`)}
							columns={[
								{ key: "code", title: "编码", card: "hide", show: (one) => <span className="num">{one.code}</span> },
								{ key: "name", title: "药品", card: "title", show: (one) => <Drug name={one.name} spec={one.spec} /> },
								{ key: "first", title: "首营", show: (one) => (one.approved ? <Chip tone="good">已批准</Chip> : <Chip tone="bad">未通过</Chip>) },
								{ key: "active", title: "状态", show: (one) => (one.active ? <Chip tone="good">在用</Chip> : <Chip tone="off">停用</Chip>) },
							]}
						/>
					</>
				)}
			</Loaded>
		</section>
	);
}
