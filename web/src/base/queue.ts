// Work done while the line is down. It is kept in the browser with its keys and sent again, in order, when the line
// is back; the keys make a second arrival harmless. What the service refuses stays in the list until it is read.
import { useSyncExternalStore } from "react";
import { Problem, asProblem, consortium, get, newKey, send } from "./api";
import { refreshAll } from "./live";
import { current, switchIsOver } from "./session";

export interface Kept {
	key: string;
	method: "POST" | "PATCH";
	path: string;
	body: unknown;
	/** What the user would call it: "扫描 8101…". */
	title: string;
	at_ms: number;
	refused?: string;
}

const listeners = new Set<() => void>();
let kept: Kept[] = [];
let owner = "";
let sending = false;

const storageName = () => `yaocang.queue.${consortium()}.${current().session?.user ?? ""}`;

function read(): Kept[] {
	const name = storageName();
	if (name !== owner) {
		owner = name;
		try {
			kept = JSON.parse(localStorage.getItem(name) ?? "[]") as Kept[];
		} catch {
			kept = [];
		}
	}
	return kept;
}

function change(next: Kept[]): void {
	kept = next;
	try {
		localStorage.setItem(owner || storageName(), JSON.stringify(kept));
	} catch {
		// A full or forbidden storage: the work still stands in this page.
	}
	listeners.forEach((listener) => listener());
}

export function useKept(): Kept[] {
	return useSyncExternalStore(
		(listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		read,
	);
}

export function dismissKept(key: string): void {
	change(read().filter((one) => one.key !== key));
}

/** True when earlier work still waits: later work must wait behind it. */
const waits = () => read().some((one) => one.refused === undefined);

/**
 * Sends a write, or keeps it for later when the line is down. Answers the reply, or null when it was kept.
 * Throws what the service refuses.
 */
export async function sendOrKeep<T>(method: Kept["method"], path: string, body: unknown, title: string): Promise<T | null> {
	const key = newKey();
	const keep = () => {
		change([...read(), { key, method, path, body, title, at_ms: Date.now() }]);
		return null;
	};
	if (waits()) {
		keep();
		void replay();
		return null;
	}
	try {
		return await send<T>(method, path, body, { key });
	} catch (error) {
		if (error instanceof Problem && error.offline) return keep();
		throw error;
	}
}

const FIRST_TRY_MS = 2000;
const LAST_TRY_MS = 30_000;
let pause = FIRST_TRY_MS;

/** Sends what waits, in order; stops at the first line failure and tries again later. */
export async function replay(): Promise<void> {
	if (sending || !current().session) return;
	sending = true;
	try {
		let sent = 0;
		for (let next = read().find((one) => !one.refused); next; next = read().find((one) => !one.refused)) {
			await replayOne(next);
			sent++;
		}
		if (sent > 0) refreshAll();
		pause = FIRST_TRY_MS;
	} catch {
		pause = Math.min(pause * 2, LAST_TRY_MS);
		setTimeout(() => void replay(), pause);
	} finally {
		sending = false;
	}
}

async function replayOne(one: Kept): Promise<void> {
	try {
		await send(one.method, one.path, one.body, { key: one.key });
		dismissKept(one.key);
	} catch (error) {
		const problem = asProblem(error);
		if (problem.offline || problem.status >= 500 || problem.status === 401) throw problem;
		change(read().map((other) => (other.key === one.key ? { ...other, refused: problem.detail || problem.message } : other)));
	}
}

/** While the line or the database is down, ask for a small thing until it answers. */
export function watchLine(): () => void {
	const again = () => {
		if (!current().session) return;
		if (current().switching) void switchIsOver().then((over) => (over ? replay().then(refreshAll) : undefined));
		else if (!current().online) void get("session", undefined, { quiet: true }).then(replay, () => undefined);
		else if (waits()) void replay();
	};
	const timer = setInterval(again, 5000);
	addEventListener("online", again);
	return () => {
		clearInterval(timer);
		removeEventListener("online", again);
	};
}
