// The lines of a plan on the screen: read once, typed on, saved in small pieces behind the hands of whoever types.
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem, asProblem, get, patch, post } from "../../base/api";
import { type Topic, useLive } from "../../base/live";
import type { Page } from "../../base/types";
import type { PlanLine, Typed } from "./types";

const PAGE = 5000;
const SAVE_AFTER_MS = 500;
const BATCH = 200;
/** What others did is read when our own saving has been quiet for so long. */
const QUIET_MS = 2500;

export interface SheetLines {
	lines: PlanLine[] | undefined;
	/** Changes lines by their ids, at once on the screen and soon in the store. */
	change: (parts: Map<string, Typed>) => void;
	/** Saves what waits; false where something was refused. */
	flush: () => Promise<boolean>;
	reload: () => Promise<void>;
	/** All lines take what is suggested; what was typed stays, unless typedToo. How many lines keep their own. */
	adopt: (typedToo: boolean) => Promise<number>;
	waiting: number;
	saving: boolean;
	problem: Problem | null;
	clear: () => void;
}

const body = (id: string, part: Typed) => ({
	id,
	...(part.units === undefined ? {} : { units: part.units }),
	...(part.price === undefined ? {} : part.price === null ? { price_in_force: true } : { price: part.price }),
	...(part.supplier_id === undefined ? {} : { supplier_id: part.supplier_id }),
	...(part.direct === undefined ? {} : { direct: part.direct ? 1 : 0 }),
});

const isTyped = (row: PlanLine, part: Typed) => (part.units === undefined ? row.typed : part.units !== row.suggest_units);
/** What adopting does to a line, as the service does it. */
export const adopted = (row: PlanLine, typedToo: boolean): PlanLine =>
	!row.order_id && row.units !== row.suggest_units && (!row.typed || (typedToo && row.suggest_units > 0)) ? { ...row, units: row.suggest_units, typed: false } : row;

/** The errors of a batch, told by the rows of the sheet. */
function retold(problem: Problem, sent: [string, Typed][], lines: PlanLine[]): Problem {
	const errors = problem.errors.map((error) => {
		const match = /^lines\[(\d+)\](.*)$/.exec(error.field ?? "");
		const line = match && lines.find((one) => one.id === sent[Number(match[1])]?.[0]);
		return line ? { ...error, field: `lines[${line.n - 1}]${match[2]}`, row: line.n } : error;
	});
	return new Problem(problem.status, { code: problem.code, title: problem.message, detail: problem.detail, request_id: problem.requestId, errors });
}

export function useSheetLines(kind: "plans" | "site-plans", id: string): SheetLines {
	const [lines, setLines] = useState<PlanLine[]>();
	const [waiting, setWaiting] = useState(0);
	const [saving, setSaving] = useState(false);
	const [adopting, setAdopting] = useState(0);
	const [problem, setProblem] = useState<Problem | null>(null);
	const pending = useRef(new Map<string, Typed>());
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const running = useRef<Promise<boolean> | null>(null);
	const savedAt = useRef(0);
	/** Grows when the store is told something and when it has answered: rows read meanwhile are old. */
	const told = useRef(0);
	const latest = useRef(lines);
	latest.current = lines;

	const laid = useCallback((rows: PlanLine[], parts: Map<string, Typed>) => (parts.size ? rows.map((row) => (parts.has(row.id) ? { ...row, ...parts.get(row.id), typed: isTyped(row, parts.get(row.id)!) } : row)) : rows), []);
	const reload = useCallback(async () => {
		try {
			for (let at = -1; at !== told.current; ) {
				at = told.current;
				const rows: PlanLine[] = [];
				for (let after: string | null = ""; after !== null; ) {
					const page: Page<PlanLine> = await get<Page<PlanLine>>("plan-lines", { plan_id: id, limit: PAGE, after: after || undefined });
					rows.push(...page.rows);
					after = page.next;
				}
				if (at === told.current) setLines(laid(rows, pending.current));
			}
		} catch (error) {
			setProblem(asProblem(error));
		}
	}, [id, laid]);
	useEffect(() => {
		void reload();
	}, [reload]);

	const tell = useCallback(async <T>(work: () => Promise<T>): Promise<T> => {
		told.current++;
		try {
			return await work();
		} finally {
			told.current++;
			savedAt.current = Date.now();
		}
	}, []);
	const saveAll = useCallback(async (): Promise<boolean> => {
		while (pending.current.size > 0) {
			const sent = [...pending.current].slice(0, BATCH);
			for (const [line] of sent) pending.current.delete(line);
			try {
				await tell(() => patch(`${kind}/${id}/lines`, { lines: sent.map(([line, part]) => body(line, part)) }));
			} catch (error) {
				// Kept, below what was typed meanwhile; the next change or step tries again.
				for (const [line, part] of sent) pending.current.set(line, { ...part, ...pending.current.get(line) });
				setWaiting(pending.current.size);
				setProblem(retold(asProblem(error), sent, latest.current ?? []));
				return false;
			}
			setWaiting(pending.current.size);
		}
		return true;
	}, [kind, id, tell]);
	const flush = useCallback(async () => {
		clearTimeout(timer.current);
		while (running.current) await running.current;
		if (pending.current.size === 0) return true;
		setSaving(true);
		setProblem(null);
		running.current = saveAll();
		const good = await running.current;
		running.current = null;
		setSaving(false);
		return good;
	}, [saveAll]);
	const change = useCallback(
		(parts: Map<string, Typed>) => {
			for (const [line, part] of parts) pending.current.set(line, { ...pending.current.get(line), ...part });
			setLines((rows) => rows && laid(rows, parts));
			setWaiting(pending.current.size);
			clearTimeout(timer.current);
			timer.current = setTimeout(() => void flush(), SAVE_AFTER_MS);
		},
		[flush, laid],
	);
	const adopt = useCallback(
		async (typedToo: boolean) => {
			setAdopting((n) => n + 1); // from the key on, also while what was typed before is on its way
			try {
				if (!(await flush())) return 0;
				setLines((rows) => rows?.map((row) => adopted(row, typedToo)));
				const { kept } = await tell(() => post<{ kept: number }>(`${kind}/${id}/adopt`, { typed_too: typedToo }));
				return kept;
			} catch (error) {
				await reload();
				throw error;
			} finally {
				setAdopting((n) => n - 1);
			}
		},
		[flush, reload, tell, kind, id],
	);
	// What is typed is saved when the page is left, too.
	useEffect(() => () => void flush(), [flush]);

	const later = useRef<ReturnType<typeof setTimeout>>(undefined);
	useLive(
		[kind as Topic, "orders"],
		() => {
			clearTimeout(later.current);
			later.current = setTimeout(() => void (pending.current.size === 0 && !running.current && reload()), Math.max(0, savedAt.current + QUIET_MS - Date.now()));
		},
		undefined,
	);
	useEffect(() => () => clearTimeout(later.current), []);
	return { lines, change, flush, reload, adopt, waiting: waiting + adopting, saving: saving || adopting > 0, problem, clear: () => setProblem(null) };
}
