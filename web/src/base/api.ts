// The one way to the service: JSON over fetch, problems as errors, one Idempotency-Key per act of the user however
// often it must be sent, and a session that ends is renewed by the page without losing the request.
import type { FieldError } from "./types";

export class Problem extends Error {
	readonly status: number;
	readonly code: string;
	readonly detail: string;
	readonly requestId: string;
	readonly errors: FieldError[];

	constructor(status: number, body: Partial<Record<"code" | "title" | "detail" | "request_id", string>> & { errors?: FieldError[] }) {
		super(body.title ?? "请求没有成功");
		this.status = status;
		this.code = body.code ?? "UNKNOWN";
		this.detail = body.detail ?? "";
		this.requestId = body.request_id ?? "";
		this.errors = body.errors ?? [];
	}

	/** The message for one field of the form or one cell: at("lines[3].price") or at("supplier_id"). */
	at(field: string): string | undefined {
		return this.errors.find((error) => error.field === field)?.message;
	}

	/** True when nobody can know whether the request arrived: the same key must be used again. */
	get offline(): boolean {
		return this.status === 0 || this.storeDown;
	}

	/** The database is being switched over or cannot be reached: what was sent is settled by its key when it is back. */
	get storeDown(): boolean {
		return this.code === "STORE_UNAVAILABLE";
	}
}

export function asProblem(error: unknown): Problem {
	if (error instanceof Problem) return error;
	return new Problem(-1, { code: "PAGE", title: "页面内部错误", detail: String(error) });
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Code of the consortium: the first piece of the page's path. */
export function consortium(): string {
	return decodeURIComponent(location.pathname.split("/")[1] ?? "");
}

export function queryText(query: Query = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== null && value !== "" && value !== false) {
			search.set(name, value === true ? "1" : String(value));
		}
	}
	const text = search.toString();
	return text ? `?${text}` : "";
}

/** Address of a resource; a path that begins with /api stays as it is, as does the health of the service. */
export function url(path: string, query?: Query): string {
	const base = path.startsWith("/api/") || path === "/healthz" ? path : `/api/v1/${encodeURIComponent(consortium())}/${path}`;
	return base + queryText(query);
}

/** 128 random bits in hex; crypto.randomUUID is missing on plain-http pages and in old browsers. */
export function newKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Hooks {
	/** Asks for the password over the page; resolves when the user is signed in again. */
	renew: () => Promise<void>;
	online: (yes: boolean) => void;
	/** The service answers, its database does not. */
	storeDown: () => void;
}
const hooks: Hooks = { renew: () => Promise.reject(new Problem(401, { code: "NOT_SIGNED_IN", title: "尚未登录" })), online: () => {}, storeDown: () => {} };
export function setHooks(given: Partial<Hooks>): void {
	Object.assign(hooks, given);
}

async function attempt(path: string, init: RequestInit): Promise<Response> {
	try {
		const response = await fetch(path, { credentials: "same-origin", ...init });
		hooks.online(true);
		return response;
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError") throw error;
		hooks.online(false);
		throw new Problem(0, { code: "OFFLINE", title: "网络中断", detail: "没有连上服务, 请检查网络" });
	}
}

async function problemOf(response: Response): Promise<Problem> {
	const body = await response.json().catch(() => ({}));
	return new Problem(response.status, body as object);
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const BUSY_WAITS_MS = [400, 1500];

async function call(path: string, init: RequestInit, renewable: boolean): Promise<Response> {
	for (let tries = 0; ; ) {
		const response = await attempt(path, init);
		if (response.ok) return response;
		const problem = await problemOf(response);
		if (problem.storeDown) hooks.storeDown();
		if (response.status === 401 && renewable) {
			await hooks.renew();
			continue;
		}
		if (response.status !== 503 || tries >= BUSY_WAITS_MS.length) throw problem;
		await wait(BUSY_WAITS_MS[tries++]);
	}
}

export async function get<T>(path: string, query?: Query, options: { signal?: AbortSignal; quiet?: boolean } = {}): Promise<T> {
	const response = await call(url(path, query), { signal: options.signal, headers: { Accept: "application/json" } }, !options.quiet);
	return (await response.json()) as T;
}

/** Keys of acts whose outcome is not known yet, by what they ask for: the same act sent again is the same act. */
const openKeys = new Map<string, string>();

export interface SendOptions {
	key?: string;
	/** Sent as it is instead of JSON: the text of a CSV, or a file of rows (CSV in any encoding, XLSX). */
	csv?: string;
	file?: File;
	query?: Query;
	quiet?: boolean;
}

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const mediaOf = (file: File) => (/\.xlsx$/i.test(file.name) ? XLSX : "text/csv");

export async function send<T>(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown, options: SendOptions = {}): Promise<T> {
	const text = options.file ?? options.csv ?? (body === undefined ? undefined : JSON.stringify(body));
	const address = url(path, options.query);
	const act = `${method} ${address} ${text instanceof File ? `${text.name} ${text.size} ${text.lastModified}` : (text ?? "")}`;
	const key = options.key ?? openKeys.get(act) ?? newKey();
	openKeys.set(act, key);
	const headers: Record<string, string> = { Accept: "application/json", "Idempotency-Key": key };
	if (text !== undefined) headers["Content-Type"] = options.file ? mediaOf(options.file) : options.csv === undefined ? "application/json" : "text/csv";
	try {
		const response = await call(address, { method, headers, body: text }, !options.quiet);
		openKeys.delete(act);
		return (response.status === 204 ? undefined : await response.json().catch(() => undefined)) as T;
	} catch (error) {
		// Refused means not done: a later try is a new act. Unknown (line lost, service down) keeps its key.
		if (error instanceof Problem && error.status >= 400 && error.status < 500) openKeys.delete(act);
		throw error;
	}
}

export const post = <T>(path: string, body?: unknown, options?: SendOptions) => send<T>("POST", path, body ?? {}, options);
export const patch = <T>(path: string, body: unknown) => send<T>("PATCH", path, body);
