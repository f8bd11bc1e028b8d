// Where the page is. Paths are written without the consortium ("/orders/12?state=draft"); the address bar has it first.
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { consortium, queryText } from "./api";

const listeners = new Set<() => void>();
const notify = () => listeners.forEach((listener) => listener());

interface Guard {
	dirty: () => boolean;
	ask: (leave: () => void) => void;
}
/** The open page's unsaved work, if any, and the question to ask before it is left. */
let guard: Guard | null = null;
let shown = location.href;

export function setGuard(given: Guard | null): void {
	guard = given;
}

function blocked(): boolean {
	return guard !== null && guard.dirty();
}

addEventListener("popstate", () => {
	const wanted = location.href;
	const samePage = new URL(wanted).pathname === new URL(shown).pathname;
	if (blocked() && !samePage) {
		history.pushState(null, "", shown);
		guard!.ask(() => {
			guard = null;
			history.pushState(null, "", wanted);
			arrive();
		});
		return;
	}
	arrive();
});
addEventListener("beforeunload", (event) => {
	if (blocked()) event.preventDefault();
});

function arrive(): void {
	shown = location.href;
	notify();
}

export function href(path: string): string {
	return `/${encodeURIComponent(consortium())}${path}`;
}

/** `saved`: the work of this page has gone through, nothing is to be asked. */
export function go(path: string, options: { replace?: boolean; saved?: boolean } = {}): void {
	const samePage = new URL(href(path), location.origin).pathname === location.pathname;
	const leave = () => {
		if (!samePage) guard = null;
		history[options.replace ? "replaceState" : "pushState"](null, "", href(path));
		arrive();
		if (!options.replace) scrollTo(0, 0);
	};
	if (blocked() && !samePage && !options.saved) guard!.ask(leave);
	else leave();
}

export function back(): void {
	if (history.length > 1) history.back();
	else go("/");
}

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

const here = () => location.pathname + location.search;

/** The path below the consortium and the query. */
export function useLocation(): { path: string; query: URLSearchParams } {
	const full = useSyncExternalStore(subscribe, here);
	return useMemo(() => {
		const at = new URL(full, location.origin);
		return { path: `/${at.pathname.split("/").slice(2).join("/")}`, query: at.searchParams };
	}, [full]);
}

export type Params = Record<string, string>;

/** "/orders/:id" against "/orders/12" gives {id: "12"}; null when it does not fit. */
export function match(pattern: string, path: string): Params | null {
	const want = pattern.split("/");
	const have = path.replace(/(.)\/$/, "$1").split("/");
	if (want.length !== have.length) return null;
	const params: Params = {};
	const fits = want.every((piece, i) => {
		if (!piece.startsWith(":")) return piece === have[i];
		params[piece.slice(1)] = decodeURIComponent(have[i]);
		return have[i] !== "";
	});
	return fits ? params : null;
}

/** Filters live in the address: read them, and change some of them (a new filter starts at the first page). */
export function useQuery(): [Params, (change: Record<string, string | undefined>, options?: { replace?: boolean }) => void] {
	const { path, query } = useLocation();
	const now = useMemo(() => Object.fromEntries(query) as Params, [query]);
	const change = useCallback(
		(wanted: Record<string, string | undefined>, options?: { replace?: boolean }) => go(path + queryText({ ...now, after: undefined, ...wanted }), options),
		[path, now],
	);
	return [now, change];
}
