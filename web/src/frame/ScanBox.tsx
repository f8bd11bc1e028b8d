// The one box that owns the scanner, and the line that says what each scan did.
import { Button, Drawer } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Answer, type Scanned, listenToWedge, readScan, scanned, useScanHandler, useScans } from "../base/scanner";
import { Problem, get, post } from "../base/api";
import { go } from "../base/route";
import { can, isTownship } from "../base/session";
import type { Scan, ScanDone } from "../base/types";
import { Camera, hasCamera } from "./Camera";
import { pathOfFound } from "../parts/kinds";

/** In a branch the code of a sealed tote on its way here takes it in as sent; null where it is not to be taken (any more). */
async function takeTote(code: string, scan: Scan): Promise<Answer | null> {
	const { type, id, title } = scan.found ?? {};
	if (type !== "shipment" || !id || code === title || !isTownship() || !can("SHIPMENT_RECEIVE")) return null;
	try {
		const done = await post<ScanDone>(`shipments/${id}/scans`, { code });
		go(`/shipments/${id}`);
		return { text: `整箱已收下 ${title ?? ""}`, more: done.scan?.message ?? code };
	} catch (error) {
		if (error instanceof Problem && error.status >= 400 && error.status < 500) return null;
		throw error;
	}
}

/** Without an open document a scan, or typed words, are looked up and opened. */
async function lookUp(code: string): Promise<Answer | null> {
	const scan = await get<Scan>("scan", { code });
	const taken = await takeTote(code, scan);
	if (taken) return taken;
	const path = pathOfFound(scan.found);
	if (path) {
		go(path);
		return { text: scan.found!.title || "已打开" };
	}
	if (scan.valid && scan.trace_code) return { text: "不认识的追溯码, 没有入库记录", tone: "warn" };
	go(`/search?q=${encodeURIComponent(code)}`);
	return null;
}

export function ScanBox() {
	const [text, setText] = useState("");
	const [camera, setCamera] = useState(false);
	const box = useRef<HTMLInputElement>(null);
	useScanHandler(lookUp);
	useEffect(listenToWedge, []);
	useEffect(() => {
		const focus = (event: globalThis.KeyboardEvent) => {
			if (event.key !== "F2") return;
			event.preventDefault();
			box.current?.focus();
			box.current?.select();
		};
		addEventListener("keydown", focus);
		return () => removeEventListener("keydown", focus);
	}, []);
	const press = (event: KeyboardEvent<HTMLInputElement>) => {
		if (event.nativeEvent.isComposing || event.keyCode === 229) return;
		if (event.key === "Enter" && text.trim()) {
			event.preventDefault();
			scanned(text);
			setText("");
		}
		if (event.key === "Escape") {
			event.stopPropagation();
			setText("");
			box.current?.blur();
		}
	};
	return (
		<div className="scan-box" role="search">
			<input
				ref={box}
				value={text}
				data-testid="scan-box"
				aria-label="扫码或搜索 (F2)"
				placeholder="扫码或搜索"
				autoComplete="off"
				autoCorrect="off"
				spellCheck={false}
				enterKeyHint="go"
				onChange={(event) => setText(event.target.value)}
				onKeyDown={press}
			/>
			{hasCamera() ? (
				<button type="button" className="camera-key" aria-label="用相机扫码" data-testid="camera" onClick={() => setCamera(true)}>
					▣
				</button>
			) : (
				<kbd aria-hidden>F2</kbd>
			)}
			{camera && <Camera close={() => setCamera(false)} />}
		</div>
	);
}

const MARK = { waiting: "…", busy: "…", good: "✓", warn: "!", bad: "✕" };
const GOOD_STAYS_MS = 8000;

function Line({ of, onRead }: { of: Scanned; onRead?: () => void }) {
	return (
		<div className={`scan-line ${of.state}`} role={of.state === "bad" ? "alert" : "status"} data-testid="scan-result" data-state={of.state}>
			<b className="mark" aria-hidden>
				{MARK[of.state]}
			</b>
			<span className="words">
				<b>{of.text}</b>
				{of.more && <span>{of.more}</span>}
				<small className="num">
					{of.at} {of.code.replace(/\x1d/g, "␝")}
				</small>
			</span>
			{onRead && (
				<Button size="small" data-testid="scan-read" onClick={onRead}>
					已读
				</Button>
			)}
		</div>
	);
}

/** Below the top bar: how many wait, every error until it is read, and the last result, large. */
export function ScanStrip() {
	const scans = useScans();
	const [all, setAll] = useState(false);
	const [, tick] = useState(0);
	const waiting = scans.filter((one) => one.state === "waiting").length;
	const bad = scans.filter((one) => one.state === "bad");
	const last = scans.find((one) => one.state !== "waiting" && one.state !== "bad");
	const [seen, setSeen] = useState<{ key: string; at: number } | null>(null);
	useEffect(() => {
		if (!last || last.state === "busy") return;
		setSeen({ key: last.key, at: Date.now() });
		const timer = setTimeout(() => tick((n) => n + 1), GOOD_STAYS_MS + 50);
		return () => clearTimeout(timer);
	}, [last?.key, last?.state]);
	const fresh = last && (last.state === "busy" || seen?.key !== last.key || Date.now() - seen.at < GOOD_STAYS_MS);
	if (!fresh && bad.length === 0 && waiting === 0) return null;
	return (
		<div className="scan-strip">
			{bad.map((one) => (
				<Line key={one.key} of={one} onRead={() => readScan(one.key)} />
			))}
			{fresh && <Line of={last} />}
			<div className="scan-tail">
				{waiting > 0 && <span data-testid="scan-waiting">还有 {waiting} 个扫描等待处理</span>}
				<button type="button" className="link" onClick={() => setAll(true)}>
					本次扫描 {scans.length} 条
				</button>
			</div>
			<Drawer open={all} onClose={() => setAll(false)} title="本次扫描" size={420}>
				{scans.map((one) => (
					<Line key={one.key} of={one} />
				))}
			</Drawer>
		</div>
	);
}
