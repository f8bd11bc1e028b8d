// 到期资质: what has run out or will within 90 days, the soonest first.
import { Chip, Expiry, To } from "../../parts/cells";
import { pathOf } from "../../parts/kinds";
import { ListPage, options } from "../../parts/ListPage";
import { PAPER_TONE, type Qualification } from "./Papers";

export function ExpiringPapers() {
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
