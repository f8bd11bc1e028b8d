// A dialog as a question: `await ask(...)`; scans that come meanwhile wait behind it.
import { type ReactNode, useCallback, useState } from "react";

export type Close<T> = (answer: T | null) => void;

export function useAsk(): [ReactNode, <T>(dialog: (close: Close<T>) => ReactNode) => Promise<T | null>] {
	const [shown, setShown] = useState<ReactNode>(null);
	const ask = useCallback(
		<T,>(dialog: (close: Close<T>) => ReactNode) =>
			new Promise<T | null>((done) =>
				setShown(
					dialog((answer) => {
						setShown(null);
						done(answer);
					}),
				),
			),
		[],
	);
	return [shown, ask];
}
