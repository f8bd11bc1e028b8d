import assert from "node:assert/strict";
import test from "node:test";
import { type Key, Wedge, fromCode } from "../src/base/wedge";

const plain = (key: string, at_ms: number, more: Partial<Key> = {}): Key => ({
	key, code: /\d/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`, keyCode: 0, at_ms, shift: false, ctrl: false,
	caps: false, repeat: false, composing: false, ...more,
});
const enter = (at_ms: number): Key => plain("Enter", at_ms, { code: "Enter" });

function type(text: string, gap: number, change: (key: Key) => Key = (key) => key) {
	const wedge = new Wedge();
	let at = 1000;
	for (const char of text) wedge.press(change(plain(char, (at += gap))));
	return wedge.press(enter(at + gap));
}

test("a burst ending in Enter is a scan", () => {
	assert.deepEqual(type("81012345678901234567", 4), { kind: "code", code: "81012345678901234567" });
});
test("a slow wireless scanner is still a scanner", () => {
	assert.deepEqual(type("81012345678901234567", 30), { kind: "code", code: "81012345678901234567" });
});
test("a person typing is left alone", () => {
	assert.equal(type("amoxicillin", 120).kind, "none");
	assert.equal(type("12345678", 55).kind, "none");
});
test("a short burst is left alone: it may be a rolled number and Enter", () => {
	assert.equal(type("120", 10).kind, "none");
});
test("a held key is left alone", () => {
	assert.equal(type("00000000000", 30, (key) => ({ ...key, repeat: true })).kind, "none");
});
test("under an input method the letters are read from the keys", () => {
	const composed = (key: Key): Key => ({ ...key, key: "Process", keyCode: 229, composing: true });
	assert.deepEqual(type("zx20261121ab", 5, composed), { kind: "code", code: "zx20261121ab" });
});
test("Ctrl-] is the separator of GS1 codes", () => {
	const wedge = new Wedge();
	let at = 0;
	for (const char of "10AB12") wedge.press(plain(char, (at += 5)));
	wedge.press(plain("]", (at += 5), { code: "BracketRight", ctrl: true }));
	for (const char of "21X") wedge.press(plain(char, (at += 5)));
	assert.deepEqual(wedge.press(enter(at + 5)), { kind: "code", code: "10AB12\x1d21X" });
});
test("what a person typed before the burst is no part of it", () => {
	const wedge = new Wedge();
	wedge.press(plain("a", 0));
	let at = 500;
	for (const char of "12345678") wedge.press(plain(char, (at += 5)));
	assert.deepEqual(wedge.press(enter(at + 5)), { kind: "code", code: "12345678" });
});
test("a busy machine does not cut a code in two", () => {
	const wedge = new Wedge();
	let at = 0;
	for (const char of "8101234567") wedge.press(plain(char, (at += 5)));
	at += 400;
	for (const char of "8901234567") wedge.press(plain(char, (at += 5)));
	assert.deepEqual(wedge.press(enter(at + 5)), { kind: "code", code: "81012345678901234567" });
});
test("shift and caps lock give capital letters", () => {
	assert.equal(fromCode({ code: "KeyA", shift: true, caps: false }), "A");
	assert.equal(fromCode({ code: "KeyA", shift: true, caps: true }), "a");
	assert.equal(fromCode({ code: "Digit8", shift: true, caps: false }), "*");
	assert.equal(fromCode({ code: "Numpad8", shift: false, caps: false }), "8");
	assert.equal(fromCode({ code: "Slash", shift: false, caps: false }), "/");
});
