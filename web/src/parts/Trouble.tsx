// Refusals stay until they are read, name the row and lead to the cell.
import { Alert, Button, Skeleton } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "../base/api";
import type { FieldError } from "../base/types";

/** "lines[3].price" is row 4 of the page. */
export function rowOf(error: FieldError): number | null {
	const match = /^lines\[(\d+)\]/.exec(error.field ?? "");
	if (match) return Number(match[1]) + 1;
	return error.row ?? null;
}

function show(error: FieldError): void {
	const cell = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(error.field ?? "")}"]`);
	const row = document.querySelector<HTMLElement>(`[data-row="${rowOf(error)}"]`);
	const target = cell ?? row;
	target?.scrollIntoView({ block: "center" });
	(target?.matches("input,textarea") ? target : (target?.querySelector<HTMLElement>("input,textarea") ?? target))?.focus();
}

function Entry({ error, rowName }: { error: FieldError; rowName?: (row: number) => string | undefined }) {
	const row = rowOf(error);
	return (
		<li>
			<button type="button" className="link" onClick={() => show(error)}>
				{row !== null && `${rowName?.(row) ?? `第 ${row} 行`}: `}
				{error.message}
			</button>
		</li>
	);
}

interface TroubleProps {
	problem: Problem | null;
	onClose?: () => void;
	/** It was a read: it may be tried again. */
	retry?: () => void;
	/** What stands in that row, where the page shows the rows in another order. */
	rowName?: (row: number) => string | undefined;
}

export function Trouble({ problem, onClose, retry, rowName }: TroubleProps) {
	if (!problem) return null;
	return (
		<Alert
			className="trouble"
			data-testid="banner-error"
			data-code={problem.code}
			type="error"
			showIcon
			closable={onClose ? { onClose, "aria-label": "已读, 关闭" } : false}
			title={<b>{problem.message}</b>}
			action={retry && <Button onClick={retry}>重试</Button>}
			description={
				<>
					{problem.detail && problem.detail !== problem.message && <p>{problem.detail}</p>}
					{problem.errors.length > 0 && (
						<ul>
							{problem.errors.map((error, i) => (
								<Entry key={i} error={error} rowName={rowName} />
							))}
						</ul>
					)}
					{problem.offline && !retry && <p>{problem.storeDown ? "正在切换数据库, 已录入的内容保留, 恢复后请再按一次, 不会重复办理。" : "这一步没有提交。网络恢复后请再按一次, 不会重复办理。"}</p>}
					{problem.requestId && <small className="mute">编号 {problem.requestId}</small>}
				</>
			}
		/>
	);
}

/** The skeleton while something is read, its trouble, or the thing. */
export function Loaded<T>(props: { of: { data: T | undefined; problem: Problem | null; reload: () => unknown }; children: (data: T) => ReactNode; rows?: number }) {
	const { data, problem, reload } = props.of;
	return (
		<>
			{/* With the line down what is shown stays, and the bar above says so. */}
			<Trouble problem={problem?.offline && data !== undefined ? null : problem} retry={() => void reload()} />
			{data !== undefined ? props.children(data) : problem === null && <Skeleton active title={false} paragraph={{ rows: props.rows ?? 6 }} />}
		</>
	);
}

export function Empty({ text, children }: { text: string; children?: ReactNode }) {
	return (
		<div className="empty" data-testid="empty">
			<p>{text}</p>
			{children}
		</div>
	);
}
