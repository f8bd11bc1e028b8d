// Ctrl-K: every page, every beginning, documents by number, drugs by name.
import { Modal } from "antd";
import { type KeyboardEvent, useEffect, useMemo, useState } from "react";
import { get } from "../base/api";
import { go } from "../base/route";
import { can } from "../base/session";
import type { Page, Product, Scan } from "../base/types";
import { pathOfFound } from "../parts/kinds";
import { BEGIN, type Entry, MODULES } from "./menu";

interface Hit {
	path: string;
	title: string;
	group: string;
}

const fits = (entry: Entry, q: string) => (entry.title + (entry.also ?? "") + entry.path).toLowerCase().includes(q);

function entries(q: string): Hit[] {
	const pages = MODULES.flatMap((module) => module.entries).map((entry) => ({ entry, group: "页面" }));
	const begin = BEGIN.map((entry) => ({ entry, group: "新建" }));
	return [...pages, ...begin].filter(({ entry }) => can(entry.permission) && fits(entry, q)).map(({ entry, group }) => ({ path: entry.path, title: entry.title, group }));
}

async function things(q: string, signal: AbortSignal): Promise<Hit[]> {
	const scan = get<Scan>("scan", { code: q }, { signal }).then((found): Hit[] => {
		const path = pathOfFound(found.found);
		return path ? [{ path, title: found.found!.title || q, group: "打开" }] : [];
	});
	const drugs = get<Page<Product>>("products", { q, limit: 6 }, { signal }).then((page) =>
		page.rows.map((row): Hit => ({ path: `/products/${row.id}`, title: [row.name, row.spec, row.maker].filter(Boolean).join(" "), group: "药品" })),
	);
	const all = await Promise.allSettled([scan, drugs]);
	return all.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
}

function useHits(text: string): Hit[] {
	const q = text.trim().toLowerCase();
	const [found, setFound] = useState<Hit[]>([]);
	useEffect(() => {
		setFound([]);
		if (q.length < 2) return;
		const abort = new AbortController();
		const timer = setTimeout(() => void things(text.trim(), abort.signal).then((hits) => abort.signal.aborted || setFound(hits)), 180);
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [q]);
	return useMemo(() => [...found.filter((hit) => hit.group === "打开"), ...entries(q), ...found.filter((hit) => hit.group !== "打开")], [found, q]);
}

export function Palette({ close }: { close: () => void }) {
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	const hits = useHits(text);
	const open = (hit: Hit | undefined) => {
		if (!hit) return;
		close();
		go(hit.path);
	};
	const press = (event: KeyboardEvent) => {
		if (event.nativeEvent.isComposing) return;
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) {
			event.preventDefault();
			setAt((now) => Math.max(0, Math.min(hits.length - 1, now + step)));
		}
		if (event.key === "Enter") open(hits[at]);
	};
	return (
		<Modal open footer={null} closable={false} onCancel={close} width={560} className="palette" aria-label="命令">
			<input
				autoFocus
				className="palette-input"
				data-testid="palette-input"
				aria-label="页面、动作、单号或药品"
				placeholder="页面、动作、单号或药品 (可用拼音首字母)"
				value={text}
				onChange={(event) => {
					setText(event.target.value);
					setAt(0);
				}}
				onKeyDown={press}
			/>
			<ul role="listbox">
				{hits.slice(0, 14).map((hit, i) => (
					<li key={hit.group + hit.path} role="option" aria-selected={i === at} className={i === at ? "on" : undefined} onMouseEnter={() => setAt(i)} onClick={() => open(hit)}>
						<small className="mute">{hit.group}</small> {hit.title}
					</li>
				))}
				{hits.length === 0 && <li className="mute">没有找到</li>}
			</ul>
		</Modal>
	);
}
