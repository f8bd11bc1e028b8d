import { To } from "../parts/cells";

export interface AgeBucket {
	bucket: string;
	title: string;
	count: number;
	path?: string;
}

/** Open shortages by how long they wait; each bar opens its list. */
export function AgeBars({ of }: { of: AgeBucket[] }) {
	const most = Math.max(1, ...of.map((one) => one.count));
	return (
		<div className="bars" data-testid="age-bars">
			{of.map((one, i) => (
				<To key={one.bucket} path={one.path ?? "/shortages?open=1"} className="bar">
					<span>{one.title}</span>
					<i style={{ width: `${(100 * one.count) / most}%`, background: one.count > 0 && i >= of.length - 2 ? "var(--bad)" : undefined }} />
					<b>{one.count}</b>
				</To>
			))}
		</div>
	);
}
