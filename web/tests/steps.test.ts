import assert from "node:assert/strict";
import test from "node:test";
import type { Action, ChainState } from "../src/base/types";
import { nextStep } from "../src/parts/steps";

const chain = (current: string, ...states: string[]): ChainState[] => states.map((state) => ({ state, title: state, at_ms: null, by: null, current: state === current }));
const step = (action: string, to: string, allowed = true): Action => ({ action, title: action, to, allowed, note_needed: false, why: allowed ? null : "不是您" });
const next = (state: string, states: string[], ...actions: Action[]) => nextStep({ state, chain: chain(state, ...states), actions })?.action;

const RECEIPT = ["received", "inspected", "posted"];
const SHORTAGE = ["registered", "verified", "purchasing", "arrived", "collected"];

test("a receipt that is inspected goes on to be posted, though it may be inspected again", () => {
	assert.equal(next("inspected", RECEIPT, step("inspect", "inspected"), step("post", "posted")), "post");
});
test("going another way is no next step when the case can go on", () => {
	assert.equal(next("purchasing", SHORTAGE, step("transfer", "transferring"), step("arrive", "arrived")), "arrive");
});
test("what is somebody else's next step is shown with its reason, not replaced by a detour", () => {
	assert.equal(next("purchasing", SHORTAGE, step("transfer", "transferring"), step("arrive", "arrived", false)), "arrive");
});
test("where nothing leads ahead in the chain the first allowed step to another state is next", () => {
	assert.equal(next("verified", ["registered", "verified", "arrived"], step("transfer", "transferring", false), step("purchase", "purchasing")), "purchase");
});
test("a step back or an end is never the next step", () => {
	assert.equal(next("submitted", ["draft", "submitted", "approved"], step("return", "draft"), step("close", "closed")), undefined);
	assert.equal(next("posted", ["posted"], step("reverse", "reversed")), undefined);
});
