// 供应商: who delivers, whether he may, and where to look closer.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { patch, post } from "../../base/api";
import { useAct } from "../../base/data";
import { go } from "../../base/route";
import { can } from "../../base/session";
import type { Supplier, Written } from "../../base/types";
import { Chip, Expiry } from "../../parts/cells";
import { DateCell, Field } from "../../parts/Fields";
import { ListPage, options } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

const LICENCE = { ok: <Chip tone="good">有效</Chip>, soon: <Chip tone="wait">将到期</Chip>, expired: <Chip tone="bad">已过期</Chip>, none: <Chip tone="bad">无有效许可证</Chip> };

/** 经营类别: which licence he is asked for, and what he may be ordered from for. */
const BUSINESSES = options({ drug: "药品", device: "医疗器械", both: "药品和医疗器械", pieces: "中药饮片生产企业", preparation: "医疗机构 (制剂调剂)" });

const TEXTS = { code: "编码", name: "名称", licence_no: "许可证号", credit_code: "统一社会信用代码", contact: "联系人", phone: "电话" };
type Texts = Record<keyof typeof TEXTS, string>;

/** A new supplier, or what is known of one there. */
export function SupplierDialog({ of, close }: { of?: Supplier; close: () => void }) {
	const [text, setText] = useState<Texts>({ code: of?.code ?? "", name: of?.name ?? "", licence_no: "", credit_code: of?.credit_code ?? "", contact: of?.contact ?? "", phone: of?.phone ?? "" });
	const [business, setBusiness] = useState(of?.business ?? "drug");
	const [until, setUntil] = useState<number | null>(null);
	const { act, busy, problem } = useAct();
	const names = (Object.keys(TEXTS) as (keyof Texts)[]).filter((name) => !of || (name !== "code" && name !== "licence_no"));
	const save = () =>
		act(async () => {
			const body = Object.fromEntries(names.filter((name) => text[name].trim()).map((name) => [name, text[name].trim()]).concat(business !== of?.business ? [["business", business]] : []));
			if (of) {
				await patch(`suppliers/${of.id}`, body);
				close();
			} else {
				const made = await post<Written>("suppliers", { ...body, licence_until_ymd: until });
				go(`/suppliers/${made.id}`);
			}
		});
	const ready = text.name && (of || (text.code && text.licence_no && until));
	return (
		<Modal open closable={false} title={of ? "修改供应商" : "新增供应商"} okText={of ? "保存" : "建立"} cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !ready, "data-testid": "supplier-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				{names.map((name, n) => (
					<Field key={name} label={TEXTS[name]} error={problem?.at(name)}>
						<Input autoFocus={n === 0} value={text[name]} maxLength={name === "credit_code" ? 18 : 64} data-testid={`supplier-${name}`} onChange={(event) => setText({ ...text, [name]: event.target.value })} />
					</Field>
				))}
				<Field label="经营类别" error={problem?.at("business")}>
					<Select data-testid="supplier-business" value={business} options={BUSINESSES} onChange={setBusiness} />
				</Field>
				{!of && (
					<Field label="许可证有效期至" error={problem?.at("licence_until_ymd")}>
						<DateCell value={until} testid="supplier-until" onChange={setUntil} />
					</Field>
				)}
			</div>
		</Modal>
	);
}

export function Suppliers() {
	const [adding, setAdding] = useState(false);
	return (
		<>
			<ListPage<Supplier>
				title="供应商"
				search="名称、首字母或编码"
				resource="suppliers"
				topics={["partners"]}
				id={(row) => row.id}
				open={(row) => `/suppliers/${row.id}`}
				rowClass={(row) => (row.active === false ? "dim" : undefined)}
				extra={can("IMPORT") && <Button onClick={() => go("/imports?kind=suppliers")}>导入</Button>}
				primary={{ label: "新增供应商", permission: "PARTNER_EDIT", onClick: () => setAdding(true) }}
				empty={"供应商和他们的证照。新供应商先做首营审批; 证照过期的不能下单。\n先导入供应商 (CSV)。"}
				columns={[
					{ key: "code", title: "编码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
					{ key: "name", title: "名称", card: "title", show: (row) => <b>{row.name}</b> },
					{ key: "business", title: "经营类别", show: (row) => row.business_title },
					{ key: "licence", title: "许可证", show: (row) => <span className="num">{row.licence_no}</span> },
					{ key: "until", title: "有效期至", show: (row) => <Expiry at={row.licence_until_ymd} warn={row.licence_state === "soon"} expired={row.licence_state === "expired"} /> },
					{ key: "state", title: "证照", show: (row) => row.licence_state && LICENCE[row.licence_state] },
					{ key: "first", title: "首营", show: (row) => (row.approved ? <Chip tone="good">已批准</Chip> : <Chip tone="bad">未通过</Chip>) },
					{ key: "contact", title: "联系人", show: (row) => [row.contact, row.phone].filter(Boolean).join(" ") },
					{ key: "active", title: "状态", show: (row) => (row.active === false ? <Chip tone="off">停用</Chip> : <Chip tone="good">在用</Chip>) },
				]}
			/>
			{adding && <SupplierDialog close={() => setAdding(false)} />}
		</>
	);
}
