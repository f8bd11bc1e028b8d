// One import: how far it is, what it would add and change, what is refused and why; then one button.
import { Button, Progress, Segmented } from "antd";
import { useEffect, useState } from "react";
import { post, url } from "../../base/api";
import { useAct, useData } from "../../base/data";
import { group, time } from "../../base/format";
import type { ImportJob, ImportRow, Page } from "../../base/types";
import { Chip } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { Trouble } from "../../parts/Trouble";

const LOOK_MS = 600;
const RUNNING = new Set<string>(["checking", "comparing", "indexing", "applying"]);
const PHASES: Record<string, string> = { checking: "正在核对", comparing: "写入前复核, 还没有写入任何数据", indexing: "正在编制检索", applying: "正在写入, 已写入的逐批可见; 服务中断也会自动接着写完" };

/** Reads the import again and again while it runs. */
function useJob(id: string) {
	const of = useData<ImportJob>(`import-jobs/${id}`, { topics: ["imports"], ref: id });
	const running = of.data !== undefined && RUNNING.has(of.data.state);
	const { reload } = of;
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(() => void reload(), LOOK_MS);
		return () => clearInterval(timer);
	}, [running, reload]);
	return of;
}

function Rows({ job, outcome }: { job: ImportJob; outcome: string }) {
	const query = { import_id: job.id, outcome };
	const { data } = useData<Page<ImportRow>>("import-rows", { query: { ...query, limit: 500 }, topics: ["imports"], ref: job.id });
	if (!data) return null;
	return (
		<>
			<DataTable
				label="明细"
				testid="import-rows"
				rows={data.rows}
				id={(row, n) => `${row.row}-${n}`}
				columns={[
					{ key: "row", title: "行", align: "right", width: 80, show: (row) => row.row },
					{ key: "field", title: "列", width: 160, show: (row) => row.field ?? "" },
					{ key: "message", title: outcome === "refused" || outcome === "overtaken" ? "原因" : "内容", card: "title", show: (row) => row.message },
				]}
			/>
			<p className="mute">
				{outcome === "added" || outcome === "changed" ? "新增与修改各列出前 200 行。" : data.next ? "此处列出前 500 行, 全部见文件。" : ""}{" "}
				<a href={url("import-rows.csv", query)} download>下载这张表 (CSV)</a> <a href={url("import-rows.xlsx", query)} download>(XLSX)</a>
			</p>
		</>
	);
}

/** Lines of the HIS wait to be matched, other units of a code for a second person; of everything else, rows change what is there. */
const WAITS: Record<string, string> = { usage: "待对码", "product-codes": "待另一人确认" };
const changedTitle = (job: ImportJob) => WAITS[job.kind] ?? "修改";

function Counts({ job }: { job: ImportJob }) {
	return (
		<p>
			<Chip tone="off">共 {group(job.rows)} 行</Chip> <Chip tone="good">新增 {group(job.added)}</Chip> <Chip tone="way">{changedTitle(job)} {group(job.changed)}</Chip>{" "}
			<Chip tone="off">未变 {group(job.unchanged)}</Chip> <Chip tone={job.refused_rows ? "bad" : "off"}>有错 {group(job.refused_rows)}</Chip>{" "}
			{job.overtaken_rows > 0 && <Chip tone="bad">他人先改, 未覆盖 {group(job.overtaken_rows)}</Chip>}
		</p>
	);
}

function Tables({ job }: { job: ImportJob }) {
	const [chosen, choose] = useState<string | null>(null);
	const choices = [
		{ value: "refused", label: `有错 ${group(job.refused_rows)}`, n: job.refused_rows },
		{ value: "added", label: `新增 ${group(job.added)}`, n: job.added },
		{ value: "changed", label: `${changedTitle(job)} ${group(job.changed)}`, n: job.changed },
		{ value: "overtaken", label: `未覆盖 ${group(job.overtaken_rows)}`, n: job.overtaken_rows },
	].filter((choice) => choice.n > 0);
	const shown = choices.find((choice) => choice.value === chosen)?.value ?? choices[0]?.value;
	if (!shown) return null;
	return (
		<>
			<Segmented value={shown} options={choices.map(({ value, label }) => ({ value, label }))} onChange={(value) => choose(String(value))} data-testid="import-outcome" />
			<Rows job={job} outcome={shown} />
		</>
	);
}

function Act({ job, reload, again }: { job: ImportJob; reload: () => Promise<void>; again?: () => void }) {
	const { act, busy, problem, clear } = useAct();
	const say = (word: "go" | "drop") =>
		act(async () => {
			await post(`import-jobs/${job.id}/${word}`, {});
			await reload();
		});
	return (
		<>
			<Trouble problem={problem} onClose={clear} />
			{job.state === "ready" && (
				<p>
					<Button type="primary" data-testid="import-write" data-primary loading={busy} disabled={job.added + job.changed === 0} onClick={() => void say("go")}>
						{job.refused_rows ? `跳过 ${group(job.refused_rows)} 行, 导入其余` : "导入"}
					</Button>{" "}
					<Button data-testid="import-drop" disabled={busy} onClick={() => void say("drop")}>放弃</Button>{" "}
					{job.added + job.changed === 0 && <span className="mute">与现有数据一致, 无需导入。</span>}
				</p>
			)}
			{job.state === "refused" && (
				<p>
					<span className="mute">有错时整个文件都不导入; 请改好后再选一次{again ? ", 或者" : "。"}</span>{" "}
					{again && <Button data-testid="import-keep" onClick={again}>跳过有错的行, 重新核对</Button>}
				</p>
			)}
		</>
	);
}

export function ImportPanel({ id, again }: { id: string; again?: () => void }) {
	const { data: job, problem, reload } = useJob(id);
	if (!job) return <Trouble problem={problem} />;
	const running = RUNNING.has(job.state);
	const percent = job.total > 0 ? Math.min(100, Math.floor((job.done * 100) / job.total)) : 0;
	return (
		<div className="panel" data-testid="import-result" data-state={job.state} data-written={job.state === "done"}>
			<h2>
				{job.file_name || "未命名文件"}: {job.state_title}
				{job.ended_at_ms ? ` (${time(job.ended_at_ms)})` : ""}
			</h2>
			{running && (
				<div role="status" aria-live="polite">
					{PHASES[job.state]} {job.state === "checking" ? `已读 ${group(job.rows)} 行` : `${group(job.done)} / ${group(job.total)}`}
					<Progress percent={percent} status="active" data-testid="import-progress" />
				</div>
			)}
			{job.message && <p className="bad">{job.message}</p>}
			<Counts job={job} />
			<Act job={job} reload={reload} again={job.state === "refused" && !job.keep_good ? again : undefined} />
			{!running && <Tables job={job} />}
		</div>
	);
}
