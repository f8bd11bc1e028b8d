// Imports: a file is checked first; what it would add and change and the rows with trouble are listed before anything is written.
import { Button, Segmented, Switch } from "antd";
import { useState } from "react";
import { Problem, post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { group, time } from "../../base/format";
import { useQuery } from "../../base/route";
import type { ImportJob, ImportResult, Page } from "../../base/types";
import { Chip } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { FileButton } from "../../parts/FileButton";
import { Trouble } from "../../parts/Trouble";
import { ImportPanel } from "./ImportJob";

const KINDS = [
	{ value: "sites", label: "机构" }, { value: "suppliers", label: "供应商" }, { value: "products", label: "药品" }, { value: "ceilings", label: "限价" },
	{ value: "prices", label: "价格" }, { value: "opening-stock", label: "期初库存" }, { value: "delivery-rights", label: "配送关系" },
	{ value: "qualifications", label: "资质" }, { value: "platform-ticks", label: "配送勾选" }, { value: "volume-products", label: "集采品种" }, { value: "volume-commitments", label: "约定采购量" }, { value: "invoices", label: "发票" }, { value: "long-demands", label: "长处方需求" }, { value: "bins", label: "货位" },
	{ value: "his-items", label: "HIS 对码" }, { value: "product-flags", label: "品种标识" }, { value: "product-codes", label: "品种编码" },
	{ value: "usage", label: "HIS 用量" },
];
const titleOf = (kind: string) => KINDS.find((one) => one.value === kind)?.label ?? kind;

/** What was tried in one request: kinds whose rows depend on each other. */
interface Tried {
	file: File;
	result: ImportResult;
	written: boolean;
}

function TriedPanel({ of, keep, busy, write }: { of: Tried; keep: boolean; busy: boolean; write: () => void }) {
	const bad = of.result.refused.length;
	return (
		<div className="panel" data-testid="import-result" data-written={of.written}>
			<h2>
				{of.file.name}: {of.written ? "已导入" : "已核对, 尚未导入"}
			</h2>
			<p>
				<Chip tone="good">新增 {of.result.added}</Chip> <Chip tone="way">修改 {of.result.changed}</Chip> <Chip tone={bad ? "bad" : "off"}>有错 {bad}</Chip>
			</p>
			{!of.written && (
				<p>
					<Button type="primary" data-testid="import-write" data-primary loading={busy} disabled={bad > 0 && !keep} onClick={write}>
						{bad > 0 ? `跳过 ${bad} 行, 导入其余` : "导入"}
					</Button>{" "}
					{bad > 0 && !keep && <span className="mute">有错时整个文件都不导入; 请改好后再选一次, 或打开"有错的行跳过"。</span>}
				</p>
			)}
			{bad > 0 && (
				<DataTable
					label="有错的行"
					rows={of.result.refused}
					id={(_, n) => String(n)}
					columns={[
						{ key: "row", title: "行", align: "right", width: 60, show: (error) => error.row },
						{ key: "field", title: "列", width: 160, show: (error) => error.field },
						{ key: "message", title: "原因", card: "title", show: (error) => error.message },
					]}
				/>
			)}
		</div>
	);
}

function Past({ open }: { open: (job: ImportJob) => void }) {
	const { data } = useData<Page<ImportJob>>("import-jobs", { query: { limit: 30 }, topics: ["imports"] });
	if (!data?.rows.length) return null;
	return (
		<div className="panel">
			<h2>
				以往的导入 <a href={url("import-jobs.csv")} download>全部 (CSV)</a>
			</h2>
			<DataTable
				label="以往的导入"
				testid="import-jobs"
				rows={data.rows}
				id={(job) => job.id}
				open={open}
				columns={[
					{ key: "at", title: "时间", width: 140, show: (job) => time(job.made_at_ms) },
					{ key: "kind", title: "种类", width: 90, show: (job) => titleOf(job.kind) },
					{ key: "file", title: "文件", card: "title", show: (job) => job.file_name || "—" },
					{ key: "who", title: "经手人", width: 120, show: (job) => job.user_name ?? "命令行" },
					{ key: "state", title: "状态", width: 130, show: (job) => job.state_title },
					{ key: "rows", title: "行数", align: "right", width: 90, show: (job) => group(job.rows) },
					{ key: "added", title: "新增", align: "right", width: 90, show: (job) => group(job.added) },
					{ key: "changed", title: "修改", align: "right", width: 90, show: (job) => group(job.changed) },
					{ key: "refused", title: "有错", align: "right", width: 90, show: (job) => group(job.refused_rows) },
				]}
			/>
		</div>
	);
}

export function Imports() {
	const [query, change] = useQuery();
	const kind = query.kind ?? "products";
	const [keep, setKeep] = useState(false);
	const [held, setHeld] = useState<File | null>(null);
	const [tried, setTried] = useState<Tried | null>(null);
	const { act, busy, problem, clear } = useAct();
	const send = (file: File, dry: boolean, skip = keep) =>
		act(async () => {
			setHeld(file);
			try {
				const result = await post<ImportResult>(`imports/${kind}`, undefined, { file, query: { dry_run: dry, keep_good: skip, staged: dry, name: file.name.slice(0, 200) } });
				setTried(result.id ? null : { file, result, written: !dry });
				change({ job: result.id });
			} catch (error) {
				// Rows that were refused come as the problem's errors: show them as the result of the check.
				if (!(error instanceof Problem) || error.code !== "IMPORT_REFUSED") throw error;
				change({ job: undefined });
				setTried({ file, result: { added: 0, changed: 0, refused: error.errors }, written: false });
			}
		});
	const again = () => {
		setKeep(true);
		if (held) void send(held, true, true);
	};
	return (
		<section className="page">
			<header className="page-head">
				<h1>导入</h1>
			</header>
			<div className="form">
				<Segmented value={kind} options={KINDS} onChange={(value) => { setTried(null); change({ kind: String(value), job: undefined }); }} />
				<a href={url(`imports/${kind}/template.csv`)} download>下载模板</a>
				<label className="check">
					<Switch size="small" checked={keep} onChange={setKeep} /> 有错的行跳过, 其余照收
				</label>
				<FileButton testid="import-file" type="primary" loading={busy} onFile={(file) => void send(file, true)}>
					选择 CSV 或 XLSX 文件, 先核对
				</FileButton>
			</div>
			<Trouble problem={problem} onClose={clear} />
			{query.job && <ImportPanel key={query.job} id={query.job} again={held ? again : undefined} />}
			{tried && <TriedPanel of={tried} keep={keep} busy={busy} write={() => void send(tried.file, false)} />}
			<Past open={(job) => { setTried(null); setHeld(null); change({ kind: job.kind, job: job.id }); }} />
		</section>
	);
}
