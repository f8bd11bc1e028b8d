// Live changes: one event stream for the page; what shows a topic reads itself again when the topic changes.
import { useEffect, useRef } from "react";
import { url } from "./api";

export type Topic =
	| "orders" | "receipts" | "requests" | "shipments" | "stock" | "shortages" | "discrepancies" | "alarms" | "readings" | "imports"
	| "attachments" | "partners" | "first-suppliers" | "first-products" | "prices" | "filings" | "negotiations" | "price-adjustments"
	| "plans" | "site-plans" | "volume-rounds" | "volume-reports" | "volume-reallocations" | "volume-releases" | "invoices" | "payables"
	| "payments" | "estimates" | "month-closes" | "sheets" | "products" | "catalogue-changes" | "exceptions" | "supplier-returns" | "platform-messages"
	| "adjustments";

interface Change {
	seq: number;
	topic: Topic;
	ref: string | null;
}
type Listener = (change: Change | null) => void;

const listeners = new Set<Listener>();
let source: EventSource | null = null;
let broken = false;

function told(event: MessageEvent<string>): void {
	try {
		const change = JSON.parse(event.data) as Change;
		listeners.forEach((listener) => listener(change));
	} catch {
		// A line that is no change: nothing to read again.
	}
}

const AGAIN_MS = 5000;

/** Opens the stream; the browser reconnects by itself and names the last event it saw, unless it was refused. */
export function openLive(): () => void {
	let again: ReturnType<typeof setTimeout> | undefined;
	const open = () => {
		source = new EventSource(url("events"));
		source.onmessage = told;
		source.onerror = () => {
			broken = true;
			if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
		};
		source.onopen = () => {
			// After a break everything shown may be old.
			if (broken) listeners.forEach((listener) => listener(null));
			broken = false;
		};
	};
	open();
	return () => {
		clearTimeout(again);
		source?.close();
		source = null;
	};
}

/** Everything shown is read again: work done elsewhere in the page's name has gone through. */
export function refreshAll(): void {
	listeners.forEach((listener) => listener(null));
}

const GATHER_MS = 250;

/** Calls back, at most once per quarter second, when one of the topics changed (for one object when ref is given). */
export function useLive(topics: Topic[] | undefined, call: () => void, ref?: string): void {
	const latest = useRef(call);
	latest.current = call;
	const names = (topics ?? []).join(",");
	useEffect(() => {
		if (!names) return;
		const wanted = new Set(names.split(","));
		let timer: ReturnType<typeof setTimeout> | undefined;
		const listener: Listener = (change) => {
			if (change && (!wanted.has(change.topic) || (ref && change.ref && change.ref !== ref))) return;
			timer ??= setTimeout(() => {
				timer = undefined;
				latest.current();
			}, GATHER_MS);
		};
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
			clearTimeout(timer);
		};
	}, [names, ref]);
}
