import assert from "node:assert/strict";
import { test } from "node:test";
import { monthsTenths, packsText, parsePacks, pastedRows, splitPacks } from "../src/pages/plans/packs";

test("a quantity in one cell is packs, or packs and units", () => {
	assert.equal(packsText(0, 24), "");
	assert.equal(packsText(48, 24), "2");
	assert.equal(packsText(54, 24), "2+6");
	assert.equal(packsText(6, 24), "+6");
	for (const units of [0, 1, 23, 24, 25, 4800, 4801]) assert.equal(parsePacks(packsText(units, 24), 24), units);
	assert.equal(parsePacks("12", 10), 120);
	assert.equal(parsePacks("12+3", 10), 123);
	assert.equal(parsePacks("", 10), 0);
	for (const wrong of ["-1", "1.5", "a", "1+2+3", "99999999"]) assert.equal(parsePacks(wrong, 100000), null, wrong);
});

test("rows pasted from a spreadsheet: head left out, thousands without commas, price or not", () => {
	assert.deepEqual(pastedRows("品种\t数量\t单价\nYP1\t1,200\t3.5\r\n阿莫西林胶囊\t12\n\n"), [
		{ what: "YP1", packs: "1200", price: "3.5" },
		{ what: "阿莫西林胶囊", packs: "12", price: undefined },
	]);
	assert.deepEqual(pastedRows("YP1\t3"), [{ what: "YP1", packs: "3", price: undefined }]);
});

test("months of stock in tenths", () => {
	assert.equal(monthsTenths(300, 10_000), 10);
	assert.equal(monthsTenths(0, 10_000), 0);
	assert.equal(monthsTenths(300, 0), null);
});

test("a pasted quantity: packs and units beside them", () => {
	assert.deepEqual(splitPacks("12"), { packs: 12, units: 0 });
	assert.deepEqual(splitPacks("12+6"), { packs: 12, units: 6 });
	assert.deepEqual(splitPacks("+6"), { packs: 0, units: 6 });
	assert.equal(splitPacks(""), null);
	assert.equal(splitPacks("1.5"), null);
});
