// The scanner of the page. A burst of keys is taken wherever the focus is; scans wait in a queue and are answered
// one after the other by whoever is on top: an open dialog, the open document, or the page itself (look it up).
import { useEffect, useRef, useSyncExternalStore } from "react";
import { asProblem, newKey } from "./api";
import { clock } from "./format";
import { sound } from "./sound";
import { Wedge } from "./wedge";

export interface Answer {
	/** What it was and what it did, in one line. */
	text: string;
	/** What is left, lot, expiry … */
	more?: string;
	/** "bad" stays until it is read, like a refusal. */
	tone?: "good" | "warn" | "bad";
}
export type Handler = (code: string) => Promise<Answer | null>;

export interface Scanned {
	key: string;
	code: string;
	at: string;
	state: "waiting" | "busy" | "good" | "warn" | "bad";
	text: string;
	more?: string;
}

const KEPT = 30;
const handlers: Handler[] = [];
const listeners = new Set<() => void>();
let list: Scanned[] = [];
let running = false;

function change(next: Scanned[]): void {
	list = next;
	listeners.forEach((listener) => listener());
}

function update(key: string, part: Partial<Scanned>): void {
	change(list.map((one) => (one.key === key ? { ...one, ...part } : one)));
}

export function useScans(): Scanned[] {
	return useSyncExternalStore(
		(listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		() => list,
	);
}

/** An error stays until somebody has read it. */
export function readScan(key: string): void {
	change(list.filter((one) => one.key !== key));
}

/** Takes a code from the scanner, the box or the camera. */
export function scanned(code: string): void {
	const clean = code.trim();
	if (!clean) return;
	const open = list.filter((one) => one.state === "waiting" || one.state === "busy" || one.state === "bad");
	const done = list.filter((one) => !open.includes(one)).slice(0, KEPT);
	change([{ key: newKey(), code: clean, at: clock(Date.now()), state: "waiting", text: "等待处理" }, ...open, ...done]);
	void run();
}

async function run(): Promise<void> {
	if (running) return;
	running = true;
	try {
		for (;;) {
			const next = [...list].reverse().find((one) => one.state === "waiting");
			if (!next) return;
			await answer(next);
		}
	} finally {
		running = false;
	}
}

async function answer(one: Scanned): Promise<void> {
	update(one.key, { state: "busy", text: "正在查询" });
	try {
		const reply = await handlers[handlers.length - 1]?.(one.code);
		if (!reply) {
			readScan(one.key);
			return;
		}
		update(one.key, { state: reply.tone ?? "good", text: reply.text, more: reply.more });
		sound(reply.tone ?? "good");
	} catch (error) {
		const problem = asProblem(error);
		const text = problem.detail || problem.message;
		const more = problem.errors.map((error) => error.message).find((words) => words !== text);
		update(one.key, { state: "bad", text, more: more ?? (problem.message === text ? undefined : problem.message) });
		sound("bad");
	}
}

/** While mounted (and not null) this handler answers the scans; the one mounted last is asked. */
export function useScanHandler(handler: Handler | null): void {
	const latest = useRef(handler);
	latest.current = handler;
	const on = handler !== null;
	useEffect(() => {
		if (!on) return;
		const mine: Handler = (code) => latest.current!(code);
		handlers.push(mine);
		return () => {
			handlers.splice(handlers.indexOf(mine), 1);
		};
	}, [on]);
}

type Field = HTMLInputElement | HTMLTextAreaElement;
const isField = (target: EventTarget | null): target is Field =>
	target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type));

/** Gives a field back the text it had before a burst was typed into it, in a way that React notices. */
function restore(field: Field, value: string): void {
	const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
	Object.getOwnPropertyDescriptor(prototype, "value")!.set!.call(field, value);
	field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Listens to the whole window; answers how to stop. */
export function listenToWedge(): () => void {
	const wedge = new Wedge();
	let before: { field: Field; value: string } | null = null;
	const press = (event: KeyboardEvent) => {
		const seen = wedge.press({
			key: event.key, code: event.code, keyCode: event.keyCode, at_ms: event.timeStamp, shift: event.shiftKey,
			ctrl: event.ctrlKey, caps: event.getModifierState?.("CapsLock") ?? false, repeat: event.repeat, composing: event.isComposing,
		});
		if (seen.kind === "start") before = isField(event.target) ? { field: event.target, value: event.target.value } : null;
		if (seen.kind === "none") return;
		// Outside of fields the single keys of a code must not fire shortcuts.
		if (wedge.bursting && !isField(event.target)) event.stopPropagation();
		if (seen.kind !== "code") return;
		event.preventDefault();
		event.stopPropagation();
		if (before) takeBack(before, seen.code);
		scanned(seen.code);
	};
	addEventListener("keydown", press, true);
	return () => removeEventListener("keydown", press, true);
}

const LATE_MS = 1000;

/** An input method may commit what it composed after the last key, and a busy machine well after it: the letters of the code are
 * taken back whenever they come within a second, and nothing else that is typed. */
function takeBack(before: { field: Field; value: string }, code: string): void {
	const { field, value } = before;
	const letters = code.toLowerCase();
	restore(field, value);
	const late = (event: Event) => {
		if (event.isTrusted && field.value !== value && field.value.toLowerCase().includes(letters)) restore(field, value);
	};
	field.addEventListener("input", late);
	setTimeout(() => field.removeEventListener("input", late), LATE_MS);
}
