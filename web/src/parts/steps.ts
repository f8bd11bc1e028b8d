// Which of the steps a document allows is the next one.
import type { Action, Doc } from "../base/types";

// Steps that go back or end a document are never offered as the one next step.
const ASIDE = new Set(["return", "close", "cancel", "reduce", "reverse"]);

/**
 * The one next step: the one that leads to the nearest state ahead in the chain, this user's if there is such a one, else
 * somebody else's with its reason; where no step leads ahead, the first allowed one to another state, else the first.
 */
export function nextStep(doc: Pick<Doc, "actions" | "state" | "chain">): Action | undefined {
	const forward = doc.actions.filter((action) => !ASIDE.has(action.action));
	const ahead = doc.chain.slice(doc.chain.findIndex((one) => one.current) + 1).map((one) => one.state);
	const near = ahead.flatMap((state) => forward.filter((action) => action.to === state));
	const allowed = forward.filter((action) => action.allowed);
	return near.find((action) => action.allowed) ?? near[0] ?? allowed.find((action) => action.to !== doc.state) ?? allowed[0] ?? forward[0];
}
