// The chain of states and the one next step; other steps behind its arrow, with the reason where one is not allowed.
import { Button, Dropdown, Tooltip } from "antd";
import { time } from "../base/format";
import type { Action, ChainState, Doc } from "../base/types";
import { nextStep } from "./steps";

/** A finger has no keyboard to be told of. */
const KEY_HINT = matchMedia("(hover: hover)").matches ? "Ctrl-Enter" : "";

function Link({ of }: { of: ChainState }) {
	const words = of.at_ms ? `${time(of.at_ms)} ${of.by ?? ""}` : "尚未到达";
	return (
		<Tooltip title={words}>
			<li className={of.current ? "now" : of.at_ms ? "past" : "ahead"} aria-current={of.current ? "step" : undefined} tabIndex={0} data-testid={`chain-${of.state}`}>
				<span aria-hidden>{of.current ? "●" : of.at_ms ? "✓" : "○"}</span> {of.title}
			</li>
		</Tooltip>
	);
}

function Other({ of }: { of: Action }) {
	const words = (
		<span data-testid={`step-${of.action}`} data-allowed={of.allowed}>
			{of.title}
			{!of.allowed && <small className="mute block">{of.why ?? "当前不能办理"}</small>}
		</span>
	);
	return of.allowed ? words : <Tooltip title={of.why}>{words}</Tooltip>;
}

/** A way on that is no step of this document, e.g. the next document of the chain. */
export interface WayOn {
	title: string;
	run: () => void;
	testid: string;
}

interface Props {
	doc: Doc;
	busy: boolean;
	wayOn?: WayOn | null;
	onStep: (action: Action) => void;
}

export function StatusFooter({ doc, busy, onStep, wayOn }: Props) {
	const next = wayOn ? undefined : nextStep(doc);
	const others = doc.actions.filter((action) => action !== next);
	const menu = {
		items: others.map((action) => ({ key: action.action, disabled: !action.allowed, label: <Other of={action} /> })),
		onClick: ({ key }: { key: string }) => {
			const chosen = others.find((action) => action.action === key);
			if (chosen) onStep(chosen);
		},
	};
	return (
		<footer className="status-footer">
			<ol className="chain" aria-label="单据状态">
				{doc.chain.map((state) => (
					<Link key={state.state} of={state} />
				))}
			</ol>
			<span className="steps">
				{wayOn && (
					<Button type="primary" size="large" data-testid={wayOn.testid} data-next-step loading={busy} onClick={wayOn.run}>
						下一步: {wayOn.title} ▸
					</Button>
				)}
				{next && !next.allowed && <small className="mute why">{next.why ?? "当前不能办理"}</small>}
				{next && (
					<Tooltip title={next.allowed ? KEY_HINT : (next.why ?? "当前不能办理")}>
						<Button
							type="primary"
							size="large"
							data-testid="next-step"
							data-action={next.action}
							data-next-step
							disabled={!next.allowed}
							loading={busy}
							onClick={() => onStep(next)}
						>
							下一步: {next.title} ▸
						</Button>
					</Tooltip>
				)}
				{others.length > 0 && (
					<Dropdown menu={menu} trigger={["click"]} placement="topRight">
						<Button size="large" aria-label="其他步骤" data-testid="more-steps">
							{next || wayOn ? "▾" : "其他步骤 ▾"}
						</Button>
					</Dropdown>
				)}
			</span>
		</footer>
	);
}
