// 集采批次: agreement years, each with its rules.
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { ymd } from "../../base/format";
import { go } from "../../base/route";
import type { Written } from "../../base/types";
import { Chip, type Tone } from "../../parts/cells";
import { Cell, DateCell, Field } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";
import { useUnsaved } from "../../parts/unsaved";
import { permille } from "../../parts/volume";

export interface Round {
	id: string;
	code: string;
	name: string;
	state: "before" | "running" | "over";
	state_title: string;
	from_ymd: number;
	to_ymd: number;
	basis: "receipt" | "use";
	basis_title: string;
	elapsed_pm: number;
	other_pm: number;
	commit_pm: number;
	warn_pm: number;
	version: number;
}

const TONES: Record<Round["state"], Tone> = { before: "wait", running: "good", over: "off" };
export const RoundState = ({ of }: { of: Round }) => <Chip tone={TONES[of.state]}>{of.state_title}</Chip>;

export function Rounds() {
	return (
		<ListPage<Round>
			title="集采批次"
			resource="volume-rounds"
			topics={["volume-rounds"]}
			id={(row) => row.id}
			open={(row) => `/volume-rounds/${row.id}`}
			search={false}
			primary={{ label: "新建批次", path: "/volume-rounds/new", permission: "VOLUME_EDIT" }}
			empty={"一个批次是一个约定采购年度: 哪些品种中选, 各机构约定多少, 完成了多少。\n先新建批次, 登记中选品种, 再由各机构报量或导入约定采购量。"}
			columns={[
				{ key: "code", title: "代码", card: "hide", show: (row) => <span className="num">{row.code}</span> },
				{ key: "name", title: "批次", card: "title", show: (row) => <b>{row.name}</b> },
				{ key: "state", title: "状态", show: (row) => <RoundState of={row} /> },
				{ key: "year", title: "约定采购年度", show: (row) => <span className="num">{ymd(row.from_ymd)} 至 {ymd(row.to_ymd)}</span> },
				{ key: "elapsed", title: "时间进度", align: "right", show: (row) => <span className="num">{permille(row.elapsed_pm)}</span> },
				{ key: "basis", title: "进度口径", card: "hide", show: (row) => row.basis_title },
				{ key: "other", title: "非中选上限", align: "right", card: "hide", show: (row) => <span className="num">{permille(row.other_pm)}</span> },
			]}
		/>
	);
}

/** "30" or "12.5" percent as per mille; null where it is none. */
export function parsePercent(text: string): number | null {
	const match = /^(\d{1,3})(?:\.(\d))?$/.exec(text.trim().replace("%", ""));
	const pm = match ? Number(match[1]) * 10 + Number(match[2] ?? 0) : null;
	return pm === null || pm > 1000 ? null : pm;
}

export function PercentField({ label, value, onChange, testid, error }: { label: string; value: string; onChange: (text: string) => void; testid: string; error?: string }) {
	const wrong = value !== "" && parsePercent(value) === null ? "写作 30 或 12.5" : undefined;
	return (
		<Field label={label} error={error ?? wrong}>
			<Cell value={value} testid={testid} inputMode="decimal" onChange={onChange} />
		</Field>
	);
}

export function RoundNew() {
	const [code, setCode] = useState("");
	const [name, setName] = useState("");
	const [from, setFrom] = useState<number | null>(null);
	const [to, setTo] = useState<number | null>(null);
	const [basis, setBasis] = useState("receipt");
	const [other, setOther] = useState("30");
	const [commit, setCommit] = useState("80");
	const [warn, setWarn] = useState("10");
	const { act, busy, problem, clear } = useAct();
	useUnsaved(code !== "" || name !== "");
	const create = () =>
		act(async () => {
			const body = { code, name, from_ymd: from, to_ymd: to, basis, other_pm: parsePercent(other) ?? 300, commit_pm: parsePercent(commit) ?? 800, warn_pm: parsePercent(warn) ?? 100 };
			const made = await post<Written>("volume-rounds", body);
			go(`/volume-rounds/${made.id}`, { replace: true, saved: true });
		});
	const whole = code && name && from && to && [other, commit, warn].every((text) => parsePercent(text) !== null);
	return (
		<section className="page">
			<header className="page-head">
				<h1>新建集采批次</h1>
			</header>
			<Trouble problem={problem} onClose={clear} />
			<div className="form">
				<Field label="批次代码" error={problem?.at("code")}>
					<Input autoFocus maxLength={32} value={code} data-testid="round-code" onChange={(event) => setCode(event.target.value)} />
				</Field>
				<Field label="批次名称" error={problem?.at("name")}>
					<Input maxLength={100} value={name} data-testid="round-name" onChange={(event) => setName(event.target.value)} />
				</Field>
				<Field label="约定年度起" error={problem?.at("from_ymd")}>
					<DateCell value={from} testid="round-from" aria-label="约定年度起" onChange={setFrom} />
				</Field>
				<Field label="约定年度止" error={problem?.at("to_ymd")}>
					<DateCell value={to} testid="round-to" aria-label="约定年度止" onChange={setTo} />
				</Field>
				<Field label="进度口径">
					<Segmented value={basis} options={[{ value: "receipt", label: "按入库" }, { value: "use", label: "按使用" }]} onChange={(value) => setBasis(String(value))} />
				</Field>
				<PercentField label="非中选占比上限 %" value={other} testid="round-other" onChange={setOther} />
				<PercentField label="约定比例 (报量的) %" value={commit} testid="round-commit" onChange={setCommit} />
				<PercentField label="落后多少预警 %" value={warn} testid="round-warn" onChange={setWarn} />
				<Button type="primary" size="large" loading={busy} disabled={!whole} data-testid="create" data-next-step onClick={() => void create()}>
					建立批次
				</Button>
			</div>
		</section>
	);
}
