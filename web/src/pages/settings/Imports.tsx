// Imports: a file is tried first; its rows with trouble are listed before anything is written.
import { Button, Segmented, Switch } from "antd";
import { useState } from "react";
import { Problem, post, url } from "../../base/api";
import { useAct } from "../../base/data";
import { useQuery } from "../../base/route";
import type { ImportResult } from "../../base/types";
import { Chip } from "../../parts/cells";
import { DataTable } from "../../parts/DataTable";
import { FileButton } from "../../parts/FileButton";
import { Trouble } from "../../parts/Trouble";

const KINDS = [
	{ value: "sites", label: "机构" }, { value: "suppliers", label: "供应商" }, { value: "products", label: "药品" },
	{ value: "ceilings", label: "限价" }, { value: "opening-stock", label: "期初库存" }, { value: "volume-products", label: "集采品种" }, { value: "volume-commitments", label: "约定采购量" }, { value: "usage", label: "HIS 用量" },
];

interface Tried {
	name: string;
	csv: string;
	result: ImportResult;
	written: boolean;
}

export function Imports() {
	const [query, change] = useQuery();
	const kind = query.kind ?? "products";
	const [keep, setKeep] = useState(false);
	const [tried, setTried] = useState<Tried | null>(null);
	const { act, busy, problem, clear } = useAct();
	const send = (csv: string, name: string, dry: boolean) =>
		act(async () => {
			try {
				const result = await post<ImportResult>(`imports/${kind}`, undefined, { csv, query: { dry_run: dry, keep_good: keep } });
				setTried({ csv, name, result, written: !dry });
			} catch (error) {
				// Rows that were refused come as the problem's errors: show them as the result of the trial.
				if (!(error instanceof Problem) || error.code !== "IMPORT_REFUSED") throw error;
				setTried({ csv, name, result: { added: 0, changed: 0, refused: error.errors }, written: false });
			}
		});
	const bad = tried?.result.refused.length ?? 0;
	return (
		<section className="page">
			<header className="page-head">
				<h1>导入</h1>
			</header>
			<div className="form">
				<Segmented value={kind} options={KINDS} onChange={(value) => { setTried(null); change({ kind: String(value) }); }} />
				<a href={url(`imports/${kind}/template.csv`)} download>下载模板</a>
				<label className="check">
					<Switch size="small" checked={keep} onChange={setKeep} /> 有错的行跳过, 其余照收
				</label>
				<FileButton testid="import-file" type="primary" loading={busy} onText={(csv, name) => void send(csv, name, true)}>
					选择 CSV 文件, 先试导入
				</FileButton>
			</div>
			<Trouble problem={problem} onClose={clear} />
			{tried && (
				<div className="panel" data-testid="import-result" data-written={tried.written}>
					<h2>
						{tried.name}: {tried.written ? "已导入" : "试导入, 尚未写入"}
					</h2>
					<p>
						<Chip tone="good">新增 {tried.result.added}</Chip> <Chip tone="way">修改 {tried.result.changed}</Chip> <Chip tone={bad ? "bad" : "off"}>有错 {bad}</Chip>
					</p>
					{bad > 0 && (
						<DataTable
							label="有错的行"
							rows={tried.result.refused}
							id={(_, n) => String(n)}
							columns={[
								{ key: "row", title: "行", align: "right", width: 60, show: (error) => error.row },
								{ key: "field", title: "列", width: 160, show: (error) => error.field },
								{ key: "message", title: "问题", card: "title", show: (error) => error.message },
							]}
						/>
					)}
					{!tried.written && (
						<p>
							<Button type="primary" data-testid="import-write" loading={busy} disabled={bad > 0 && !keep} onClick={() => void send(tried.csv, tried.name, false)}>
								{bad > 0 ? `跳过 ${bad} 行, 写入其余` : "写入"}
							</Button>{" "}
							{bad > 0 && !keep && <span className="mute">有错时整个文件都不写入; 请改好后再选一次, 或打开"有错的行跳过"。</span>}
						</p>
					)}
				</div>
			)}
		</section>
	);
}
