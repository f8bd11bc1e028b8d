// 到期资质 and 待确认资质: papers and delivery rights that have run out or will within 90 days, the soonest first.
import { useState } from "react";
import { useData } from "../../base/data";
import { time, ymd } from "../../base/format";
import type { Page } from "../../base/types";
import { Chip, Expiry, To } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { pathOf } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { ConfirmDialog, PAPER_TONE, type Qualification, ReasonDialog, WaitingKeys } from "./Papers";
import { RIGHT_TONE, type Right } from "./Rights";

/** 配送关系: once it has run out, nothing of the maker is ordered from the distributor. */
function ExpiringRights() {
	const { data } = useData<Page<Right>>("expiring-rights", { query: { limit: 200 }, topics: ["partners"] });
	if (!data || data.rows.length === 0) return null;
	return (
		<section className="page">
			<h2>到期的配送关系</h2>
			<DataTable
				label="到期的配送关系"
				testid="expiring-rights"
				rows={data.rows}
				id={(row) => row.id}
				rowClass={(row) => (row.state === "expired" ? "wrong" : undefined)}
				columns={[
					{ key: "supplier", title: "配送商", card: "title", show: (row) => <To path={`/suppliers/${row.supplier_id}`}>{row.supplier_name}</To> },
					{ key: "maker", title: "生产企业", show: (row) => <To path={`/makers/${row.maker_id}`}>{row.maker_name}</To> },
					{ key: "from", title: "起始", show: (row) => <span className="num">{ymd(row.from_ymd)}</span> },
					{ key: "until", title: "截止", show: (row) => <Expiry at={row.until_ymd} warn={row.state !== "expired"} expired={row.state === "expired"} /> },
					{ key: "state", title: "状态", show: (row) => <Chip tone={RIGHT_TONE[row.state]}>{row.state_title}</Chip> },
					{ key: "lock", title: "影响", show: (row) => (row.state === "expired" ? "不能再向它采购该企业产品" : "到期后锁定") },
				]}
			/>
		</section>
	);
}

export function ExpiringPapers() {
	return (
		<>
			<Papers />
			<ExpiringRights />
		</>
	);
}

function Papers() {
	return (
		<ListPage<Qualification>
			title="到期资质"
			search={false}
			resource="expiring-papers"
			topics={["partners"]}
			id={(row) => row.id}
			open={(row) => pathOf(row.owner_kind, row.owner_id)}
			rowClass={(row) => (row.state === "expired" ? "wrong" : undefined)}
			filters={[
				{ name: "state", label: "状态", options: options({ expired: "已过期", urgent: "30 天内到期", soon: "90 天内到期" }) },
				{ name: "owner_kind", label: "对象", options: options({ supplier: "供应商", maker: "生产企业", product: "品种" }) },
			]}
			empty="90 天内没有到期的资质。"
			columns={[
				{ key: "owner", title: "对象", card: "title", show: (row) => <To path={pathOf(row.owner_kind, row.owner_id) ?? "/"}>{row.owner_name}</To> },
				{ key: "kind_of", title: "类别", show: (row) => row.owner_kind_title },
				{ key: "kind", title: "资质", show: (row) => <b>{row.kind_title}</b> },
				{ key: "number", title: "编号", show: (row) => <span className="num">{row.number}</span> },
				{ key: "until", title: "有效期至", show: (row) => <Expiry at={row.until_ymd} warn={row.state !== "expired"} expired={row.state === "expired"} /> },
				{ key: "state", title: "状态", show: (row) => <Chip tone={PAPER_TONE[row.state]}>{row.state_title}</Chip> },
				{ key: "more", title: "说明", show: (row) => [row.person, row.renewal_no && `再注册受理 ${row.renewal_no}`, row.allowed_by && `${row.allowed_by} 已放行`].filter(Boolean).join(" · ") },
			]}
		/>
	);
}

/** 待确认资质: renewed and new papers that do not count yet, for whoever confirms them. */
export function WaitingPapers() {
	const [asking, setAsking] = useState<{ row: Qualification; refuse: boolean } | null>(null);
	const close = () => setAsking(null);
	return (
		<>
			<ListPage<Qualification>
				title="待确认资质"
				search={false}
				resource="waiting-papers"
				topics={["partners", "attachments"]}
				id={(row) => row.id}
				empty="没有等待质量确认的资质。登记或导入的资质经另一人确认后才算数。"
				columns={[
					{ key: "owner", title: "对象", card: "title", show: (row) => <To path={pathOf(row.owner_kind, row.owner_id) ?? "/"}>{row.owner_name}</To> },
					{ key: "kind", title: "资质", show: (row) => <b>{row.kind_title}</b> },
					{ key: "number", title: "编号", show: (row) => <span className="num">{row.number}</span> },
					{ key: "until", title: "有效期至", show: (row) => <span className="num">{row.until_ymd ? ymd(row.until_ymd) : "长期"}</span> },
					{ key: "old", title: "原有效期至", show: (row) => <span className="num">{ymd(row.old_until_ymd)}</span> },
					{ key: "made", title: "登记", show: (row) => <span className="num">{time(row.made_at_ms)} {row.made_by}</span> },
					{ key: "scans", title: "扫描件", show: (row) => (row.scans ? `${row.scans} 份` : <Chip tone="bad">没有</Chip>) },
					{ key: "keys", title: "", align: "right", show: (row) => <span className="row-keys"><WaitingKeys row={row} confirm={() => setAsking({ row, refuse: false })} refuse={() => setAsking({ row, refuse: true })} /></span> },
				]}
			/>
			{asking && !asking.refuse && <ConfirmDialog row={asking.row} close={close} />}
			{asking?.refuse && <ReasonDialog title="退回" path={`qualifications/${asking.row.id}/refuse`} close={close} />}
		</>
	);
}
