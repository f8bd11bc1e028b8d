// Papers of anything: seen, opened, added by choosing or by dropping, replaced but never lost.
// <Attachments kind="order" id={doc.id} topic="orders" /> on any page; `add` false where the person may only look.
import { Button } from "antd";
import { useRef, useState } from "react";
import { post, url } from "../base/api";
import { useAct, useData } from "../base/data";
import { time } from "../base/format";
import type { Topic } from "../base/live";
import { can } from "../base/session";
import { Trouble } from "./Trouble";

export interface Paper {
	id: string;
	name: string;
	type: string;
	bytes: number;
	sha256: string;
	at_ms: number;
	by: string | null;
	replaced_at_ms: number | null;
}

const MAX_BYTES = 20 * 1024 * 1024;
const TYPES = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.ofd,.txt,.xml,.csv";

const HINT = "或拖到这里; PDF、图片、XLSX、DOCX、OFD、文本, 每个至多 20 MB";

export const sizeText = (bytes: number) => (bytes < 1024 ? `${bytes} 字节` : bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

interface Props {
	kind: string;
	id: string;
	topic?: Topic;
	title?: string;
	add?: boolean;
	/** On one line, below a row of a table. */
	compact?: boolean;
	/** Prefix of the test ids. */
	testid?: string;
	onAdded?: () => void;
}

function PaperLine({ of, replace }: { of: Paper; replace?: () => void }) {
	return (
		<li className={of.replaced_at_ms ? "old" : undefined} data-testid="paper">
			<a href={url(`attachments/${of.id}`)} target="_blank" rel="noreferrer noopener" title={`SHA-256 ${of.sha256}`}>
				{of.name}
			</a>
			<small className="mute num">
				{sizeText(of.bytes)} · {time(of.at_ms)} {of.by}
				{of.replaced_at_ms ? ` · ${time(of.replaced_at_ms)} 被替换` : ""}
			</small>
			{replace && !of.replaced_at_ms && (
				<Button type="link" size="small" onClick={replace}>
					替换
				</Button>
			)}
		</li>
	);
}

export function Attachments({ kind, id, topic = "attachments", title = "附件", add = can("ATTACH"), testid = "papers", compact, onAdded }: Props) {
	const { data, reload } = useData<{ attachments: Paper[] }>("attachments", { query: { owner_kind: kind, owner_id: id }, topics: [topic] });
	const { act, busy, problem, clear } = useAct();
	const [over, setOver] = useState(false);
	const [tooLarge, setTooLarge] = useState<string | null>(null);
	const input = useRef<HTMLInputElement>(null);
	const replacing = useRef<string | undefined>(undefined);
	const take = (files: FileList | null) =>
		act(async () => {
			const replaces = replacing.current;
			replacing.current = undefined;
			const large = [...(files ?? [])].find((file) => file.size > MAX_BYTES);
			setTooLarge(large ? `${large.name} 超过 20 MB, 没有上传` : null);
			for (const file of [...(files ?? [])].filter((one) => one.size <= MAX_BYTES)) {
				await post("attachments", undefined, { file, query: { owner_kind: kind, owner_id: id, name: file.name.slice(-100), replaces } });
			}
			if (input.current) input.current.value = "";
			await reload();
			onAdded?.();
		});
	const choose = (replaces?: string) => {
		replacing.current = replaces;
		input.current?.click();
	};
	const papers = data?.attachments ?? [];
	return (
		<div
			className={`papers${over ? " over" : ""}${compact ? " compact" : ""}`}
			data-testid={testid}
			data-count={papers.filter((one) => !one.replaced_at_ms).length}
			onDragOver={(event) => {
				if (!add) return;
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(event) => {
				if (!add) return;
				event.preventDefault();
				setOver(false);
				void take(event.dataTransfer.files);
			}}
		>
			{title && (compact ? <span className="mute">{title}</span> : <b>{title}</b>)}
			<Trouble problem={problem} onClose={clear} />
			{tooLarge && <p role="alert" className="wrong">{tooLarge}</p>}
			<ul>
				{papers.map((paper) => (
					<PaperLine key={paper.id} of={paper} replace={add ? () => choose(paper.id) : undefined} />
				))}
			</ul>
			{papers.length === 0 && !add && <span className="mute">没有附件</span>}
			{add && (
				<div className="add-paper">
					<input ref={input} type="file" hidden multiple accept={TYPES} aria-label={`选择${title}`} data-testid={`${testid}-file`} onChange={(event) => void take(event.target.files)} />
					<Button size="small" loading={busy} title={HINT} onClick={() => choose()}>
						{compact ? "上传" : "选择文件"}
					</Button>
					{!compact && <small className="mute">{HINT}</small>}
				</div>
			)}
		</div>
	);
}
