// An open document: read, stepped, and honest about what others did to it meanwhile.
import { useCallback, useRef, useState } from "react";
import { Problem, patch, post } from "../base/api";
import { useAct, useData } from "../base/data";
import type { Topic } from "../base/live";
import type { Doc, DocumentEvent, Written } from "../base/types";

export interface OpenDocument<T extends Doc> {
	/** The resource: the first piece of its path. */
	kind: string;
	doc: T | undefined;
	readProblem: Problem | null;
	reload: () => Promise<void>;
	/** Runs a step with the shown version; false when it was refused. */
	step: (action: string, body?: object) => Promise<Written | undefined>;
	change: (body: object) => Promise<Written | undefined>;
	/** Any other write on the document, with its problem shown and the document read again. */
	run: <R>(work: () => Promise<R>) => Promise<R | undefined>;
	busy: boolean;
	problem: Problem | null;
	clear: () => void;
	/** What others did since we read it; set when our step met a newer version. */
	news: DocumentEvent[] | null;
	clearNews: () => void;
}

const CONFLICTS = new Set(["STALE_VERSION", "WRONG_STATE"]);

export function useDocument<T extends Doc>(kind: string, id: string, topic: Topic = kind as Topic): OpenDocument<T> {
	const data = useData<T>(`${kind}/${id}`, { topics: [topic], ref: id });
	const { act, busy, problem, clear } = useAct();
	const [since, setSince] = useState<number | null>(null);
	// The last event that each version read here came with: an editor may hold an older one than the page shows.
	const eventsOf = useRef(new Map<number, number>());
	if (data.data) eventsOf.current.set(data.data.version, Math.max(0, ...data.data.events.map((event) => event.seq)));
	// A step right after a save comes before the page was drawn anew: the answer's version counts.
	const version = useRef(0);
	version.current = Math.max(version.current, data.data?.version ?? 0);

	const { reload } = data;
	const run = useCallback(
		<R,>(work: () => Promise<R>, held = version.current) =>
			act(async () => {
				const seen = eventsOf.current.get(held) ?? 0;
				try {
					const reply = await work();
					version.current = Math.max(version.current, (reply as { version?: number } | null | undefined)?.version ?? 0);
					setSince(null);
					await reload();
					return reply;
				} catch (error) {
					if (error instanceof Problem && CONFLICTS.has(error.code)) {
						setSince(seen);
						await reload();
					}
					throw error;
				}
			}),
		[act, reload],
	);
	const write = (send: typeof post, path: string, body?: object) => {
		const whole = { version: version.current, ...body };
		return run(() => send<Written>(path, whole), whole.version);
	};
	return {
		kind,
		doc: data.data,
		readProblem: data.problem,
		reload,
		step: (action, body) => write(post, `${kind}/${id}/${action}`, body),
		change: (body) => write(patch, `${kind}/${id}`, body),
		run,
		busy,
		problem,
		clear,
		news: since === null ? null : (data.data?.events ?? []).filter((event) => event.seq > since),
		clearNews: () => setSince(null),
	};
}

/** May this user take that step of that document now? */
export const allows = (doc: Doc | undefined, action: string) => doc?.actions.some((one) => one.action === action && one.allowed) ?? false;
