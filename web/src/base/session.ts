// Who works here. The permissions decide what is offered; the service decides what is done.
import { useSyncExternalStore } from "react";
import { Problem, get, send, setHooks } from "./api";
import type { Session } from "./types";

interface State {
	session: Session | null;
	/** The session ended under an open page: the password is asked for over it. */
	ended: boolean;
	online: boolean;
	/** The service is there, its database is being switched over. */
	switching: boolean;
	loaded: boolean;
}
let state: State = { session: null, ended: false, online: true, switching: false, loaded: false };
const listeners = new Set<() => void>();
let waiting: { done: () => void; failed: (problem: Problem) => void }[] = [];

function change(part: Partial<State>): void {
	state = { ...state, ...part };
	listeners.forEach((listener) => listener());
}

export function useSession(): State {
	return useSyncExternalStore(
		(listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		() => state,
	);
}

export const current = (): State => state;

export function can(permission: string | undefined): boolean {
	return permission === undefined || (state.session?.permissions.includes(permission) ?? false);
}

export function hasRole(...roles: string[]): boolean {
	return roles.some((role) => state.session?.roles.includes(role));
}

/** Is it one of the sites this user works for? */
export const mine = (site: string | undefined) => state.session?.sites.some((one) => one.id === site) ?? false;

/** A township or village desk gets the page with the five large buttons. */
export const isTownship = () => hasRole("township_pharmacist", "clinic");

export function homeSite() {
	return state.session?.sites.find((site) => site.id === state.session?.home_site_id) ?? state.session?.sites[0];
}

export async function loadSession(): Promise<void> {
	try {
		change({ session: await get<Session>("session", undefined, { quiet: true }), loaded: true });
	} catch (error) {
		change({ session: null, loaded: true });
		if (!(error instanceof Problem) || error.status !== 401) throw error;
	}
}

export async function signIn(user: string, password: string): Promise<void> {
	const session = await send<Session>("POST", "session", { user, password }, { quiet: true });
	change({ session, ended: false, loaded: true });
	const resumed = waiting;
	waiting = [];
	resumed.forEach((request) => request.done());
}

export async function signOut(): Promise<void> {
	await send("DELETE", "session", undefined, { quiet: true }).catch(() => undefined);
	waiting.forEach((request) => request.failed(new Problem(401, { code: "NOT_SIGNED_IN", title: "已退出登录" })));
	waiting = [];
	change({ session: null, ended: false });
}

/** Asks whether the database takes writes again; true when the switch is over. */
export async function switchIsOver(): Promise<boolean> {
	const response = await fetch("/healthz").catch(() => null);
	const health = response?.ok ? ((await response.json().catch(() => null)) as { writable: boolean } | null) : null;
	if (health?.writable) change({ switching: false });
	return health?.writable ?? false;
}

setHooks({
	renew: () => {
		if (!state.session) return Promise.reject(new Problem(401, { code: "NOT_SIGNED_IN", title: "尚未登录" }));
		if (!state.ended) change({ ended: true });
		return new Promise((done, failed) => waiting.push({ done, failed }));
	},
	online: (online) => {
		if (online !== state.online) change({ online });
	},
	storeDown: () => {
		if (!state.switching) change({ switching: true });
	},
});
