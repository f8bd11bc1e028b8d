// The table of every page: dense, sticky head, arrow keys and Enter, cards on a phone, all rows on paper.
// A plain table on purpose: it prints whole, and 2,000 lines stay quick because rows are drawn as they are scrolled to.
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

export interface Column<R> {
	key: string;
	title: ReactNode;
	show: (row: R, n: number) => ReactNode;
	align?: "right" | "center";
	width?: number;
	/** On a phone: the card's first line, left out, or a labelled line (default). */
	card?: "title" | "hide";
	className?: (row: R) => string | undefined;
}

interface Props<R> {
	columns: Column<R>[];
	rows: R[];
	id: (row: R, n: number) => string;
	open?: (row: R) => void;
	rowClass?: (row: R) => string | undefined;
	/** Below a row, over its whole width. */
	below?: (row: R) => ReactNode;
	foot?: ReactNode;
	label: string;
	testid?: string;
}

const DRAWN = 120;

/** How many rows are drawn; grows when the end comes near, and to all of them for the printer. */
function useDrawn(total: number): [number, (node: HTMLElement | null) => void] {
	const [drawn, setDrawn] = useState(DRAWN);
	const observer = useRef<IntersectionObserver | null>(null);
	useEffect(() => {
		const all = () => flushSync(() => setDrawn(Number.MAX_SAFE_INTEGER));
		addEventListener("beforeprint", all);
		return () => removeEventListener("beforeprint", all);
	}, []);
	const end = (node: HTMLElement | null) => {
		observer.current?.disconnect();
		if (!node || drawn >= total) return;
		observer.current = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setDrawn((n) => n + DRAWN), { rootMargin: "800px" });
		observer.current.observe(node);
	};
	return [Math.min(drawn, total), end];
}

/** Arrow keys: between rows, or between the same cells of rows when typing in one. */
function move(event: KeyboardEvent<HTMLTableSectionElement>): void {
	const target = event.target as HTMLElement;
	const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
	const row = target.closest("tr");
	if (!step || !row || event.altKey || event.ctrlKey || event.nativeEvent.isComposing) return;
	const rows = Array.from(event.currentTarget.querySelectorAll<HTMLElement>("tr[data-row]"));
	const next = rows[rows.indexOf(row) + step];
	if (target === row) {
		if (event.key === "Enter" || !next) return;
		event.preventDefault();
		next.focus();
		return;
	}
	if (!(target instanceof HTMLInputElement) || !target.dataset.cell) return;
	// After the last line, Enter goes on to adding the next one.
	const more = event.key === "Enter" && !next ? document.querySelector<HTMLInputElement>(".add-line input") : null;
	const cell = next?.querySelector<HTMLInputElement>(`input[data-cell="${target.dataset.cell}"]`) ?? more;
	if (!cell) return;
	event.preventDefault();
	cell.focus();
	cell.select();
}

function Cells<R>({ columns, row, n }: { columns: Column<R>[]; row: R; n: number }) {
	return columns.map((column) => (
		<td
			key={column.key}
			data-label={typeof column.title === "string" ? column.title : undefined}
			className={[column.align ?? "", column.card ? `card-${column.card}` : "", column.className?.(row) ?? ""].join(" ").trim() || undefined}
		>
			{column.show(row, n)}
		</td>
	));
}

export function DataTable<R>(props: Props<R>) {
	const { columns, rows, open } = props;
	const [drawn, end] = useDrawn(rows.length);
	const style = (column: Column<R>): CSSProperties => ({ width: column.width });
	return (
		<div className="table-box">
			<table className="table" aria-label={props.label} data-testid={props.testid ?? "table"}>
				<thead>
					<tr>
						{columns.map((column) => (
							<th key={column.key} scope="col" style={style(column)} className={column.align}>
								{column.title}
							</th>
						))}
					</tr>
				</thead>
				<tbody onKeyDown={move}>
					{rows.slice(0, drawn).map((row, i) => (
						<Row key={props.id(row, i)} {...props} row={row} n={i + 1} />
					))}
				</tbody>
				{props.foot && <tfoot>{props.foot}</tfoot>}
			</table>
			{drawn < rows.length && <div ref={end} className="table-end" aria-hidden />}
			{rows.length === 0 && !open && <p className="mute table-none">没有明细</p>}
		</div>
	);
}

function Row<R>({ row, n, columns, open, rowClass, below }: Props<R> & { row: R; n: number }) {
	const under = below?.(row);
	const click = (event: React.MouseEvent) => {
		if ((event.target as HTMLElement).closest("a,button,input,label,.ant-select") || getSelection()?.toString()) return;
		open?.(row);
	};
	const enter = (event: KeyboardEvent<HTMLTableRowElement>) => {
		if (event.key !== "Enter" || event.target !== event.currentTarget || !open) return;
		event.preventDefault();
		open(row);
	};
	return (
		<>
			<tr
				data-testid="list-row"
				data-row={n}
				className={[open ? "opens" : "", rowClass?.(row) ?? ""].join(" ").trim() || undefined}
				tabIndex={open ? (n === 1 ? 0 : -1) : undefined}
				onClick={open && click}
				onKeyDown={open && enter}
			>
				<Cells columns={columns} row={row} n={n} />
			</tr>
			{under && (
				<tr className="under">
					<td colSpan={columns.length}>{under}</td>
				</tr>
			)}
		</>
	);
}
