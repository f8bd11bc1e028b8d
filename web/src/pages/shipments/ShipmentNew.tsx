import { Button } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { go } from "../../base/route";
import type { Written } from "../../base/types";
import { DepotPicker, Field, SitePicker } from "../../parts/Fields";
import { EditLines, useDrafts } from "../../parts/Lines";
import { To } from "../../parts/cells";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";

export function ShipmentNew() {
	const { lines, set, change } = useDrafts();
	const [site, setSite] = useState<string>();
	const [depot, setDepot] = useState("");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(lines.length > 0);
	const create = () =>
		act(async () => {
			const body = { to_site_id: site, ...(depot && { to_depot_id: depot }), lines: lines.map((line) => ({ product_id: line.product_id, units: line.units ?? 0 })) };
			const made = await post<Written>("shipments", body);
			go(`/shipments/${made.id}`, { replace: true, saved: true });
		});
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建配送单</h1>
				<span className="mute">
					有请领单时, 请从 <To path="/requests?state=submitted">请领单</To> 建立。
				</span>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="收货机构" error={problem?.at("to_site_id")}>
					<SitePicker value={site} onChange={setSite} />
				</Field>
				<Field label="收货库房">
					<DepotPicker site={site} value={depot} onChange={setDepot} />
				</Field>
			</div>
			<EditLines lines={lines} set={set} change={change} problem={problem} />
			<div className="totals">
				<span>{lines.length} 行</span>
				<span className="grow" />
				<Button type="primary" size="large" data-testid="create" data-next-step loading={busy} disabled={!site || lines.length === 0} onClick={() => void create()}>
					建立配送单 ▸
				</Button>
			</div>
		</section>
	);
}
