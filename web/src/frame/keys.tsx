// Keys that work on every page.
import { Modal } from "antd";
import { useEffect } from "react";
import { back } from "../base/route";

const KEYS: [string, string][] = [
	["F2", "到扫码或搜索框"],
	["Ctrl-K", "命令: 页面、动作、单号、药品"],
	["↑ ↓", "在表格的行之间移动; 在输入格里移到上一行、下一行"],
	["Enter", "打开所选的行; 在输入格里移到下一行"],
	["Tab", "下一个格子"],
	["Ctrl-Enter", "单据的下一步"],
	["Alt-N", "新建"],
	["Alt-S, Alt-B, Alt-C, Alt-E", "采购计划: 采用建议, 只看需要补货, 并入分院计划, 只看有问题的行; 数量格里 = 采用该行建议, ← → 到旁边的格子"],
	["Esc", "关闭对话框; 离开输入格; 返回上一页"],
	["?", "显示这些按键"],
];

export function KeyHelp({ close }: { close: () => void }) {
	return (
		<Modal open title="按键" footer={null} onCancel={close} width={460}>
			<dl className="key-help" data-testid="key-help">
				{KEYS.map(([key, text]) => (
					<div key={key}>
						<dt>
							<kbd>{key}</kbd>
						</dt>
						<dd>{text}</dd>
					</div>
				))}
			</dl>
			<p className="mute">扫描枪随时可用, 不必先点扫码框; 中文输入法打开时也可以扫。</p>
		</Modal>
	);
}

const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.matches("input,textarea,select") || target.isContentEditable);
const overlay = () => document.querySelector(".ant-modal-wrap:not([style*='display: none']), .ant-drawer-open, .ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-dropdown:not(.ant-dropdown-hidden)");

function press(selector: string): boolean {
	const button = document.querySelector<HTMLButtonElement>(selector);
	if (!button || button.disabled) return false;
	button.click();
	return true;
}

export function useKeys(open: { palette: () => void; help: () => void }): void {
	useEffect(() => {
		const key = (event: KeyboardEvent) => {
			if (event.isComposing || event.defaultPrevented) return;
			const control = event.ctrlKey || event.metaKey;
			const handled = () => event.preventDefault();
			if (control && event.key.toLowerCase() === "k") {
				handled();
				open.palette();
			} else if (overlay()) return;
			else if (control && event.key === "Enter") press("[data-next-step]") && handled();
			else if (event.altKey && event.key.toLowerCase() === "n") press("[data-primary]") && handled();
			else if (event.key === "Escape") typing(event.target) ? (event.target as HTMLElement).blur() : back();
			else if (event.key === "?" && !typing(event.target)) {
				handled();
				open.help();
			}
		};
		addEventListener("keydown", key);
		return () => removeEventListener("keydown", key);
	}, [open]);
}
