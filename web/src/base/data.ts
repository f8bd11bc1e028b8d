// Reading for a component: the last answer stays on the screen while the next one is read.
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem, type Query, asProblem, get, queryText } from "./api";
import { type Topic, useLive } from "./live";

export interface Data<T> {
	data: T | undefined;
	problem: Problem | null;
	loading: boolean;
	reload: () => Promise<void>;
}

interface Options {
	query?: Query;
	topics?: Topic[];
	/** Only changes of this object are of interest. */
	ref?: string;
}

/** Reads `path` (null: nothing yet) and again whenever one of the topics changes. */
export function useData<T>(path: string | null, options: Options = {}): Data<T> {
	const address = path === null ? null : path + queryText(options.query);
	const [state, setState] = useState<{ address: string | null; data?: T; problem: Problem | null }>({ address: null, problem: null });
	const abort = useRef<AbortController | null>(null);

	const reload = useCallback(async () => {
		if (address === null) return;
		abort.current?.abort();
		const mine = new AbortController();
		abort.current = mine;
		try {
			const data = await get<T>(address, undefined, { signal: mine.signal });
			if (abort.current === mine) setState({ address, data, problem: null });
		} catch (error) {
			if (abort.current !== mine) return;
			const problem = asProblem(error);
			setState((last) => ({ address, data: last.address === address ? last.data : undefined, problem }));
		}
	}, [address]);

	useEffect(() => {
		void reload();
		return () => {
			abort.current?.abort();
			abort.current = null;
		};
	}, [reload]);
	useLive(options.topics, () => void reload(), options.ref);
	return { data: state.data, problem: state.problem, loading: state.address !== address, reload };
}

/** Runs an act of the user: busy while it runs, its problem stays until the next try or until it is read. */
export function useAct(): {
	busy: boolean;
	problem: Problem | null;
	clear: () => void;
	setProblem: (problem: Problem | null) => void;
	act: <T>(work: () => Promise<T>) => Promise<T | undefined>;
} {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const act = useCallback(async <T,>(work: () => Promise<T>): Promise<T | undefined> => {
		setBusy(true);
		setProblem(null);
		try {
			return await work();
		} catch (error) {
			setProblem(asProblem(error));
			return undefined;
		} finally {
			setBusy(false);
		}
	}, []);
	return { busy, problem, clear: () => setProblem(null), setProblem, act };
}
