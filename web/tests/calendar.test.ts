import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, beginMs, everyDay, monthsWithoutDays, weekday, weeksOf } from "../src/pages/plans/calendar";

test("days go over the ends of months and years; a day begins at midnight in China", () => {
	assert.equal(addDays(20261231, 1), 20270101);
	assert.equal(addDays(20280228, 1), 20280229);
	assert.equal(addDays(20261121, -21), 20261031);
	assert.equal(new Date(beginMs(20261121)).toISOString(), "2026-11-20T16:00:00.000Z");
	assert.equal(weekday(20261123), 0);
	assert.equal(weekday(20261122), 6);
});

test("every day stands there, those without use too; weeks begin on Monday", () => {
	const days = everyDay(20261120, 20261201, [{ ymd: 20261121, units: 5, out: false }, { ymd: 20261124, units: 0, out: true }, { ymd: 20261125, units: 7, out: true }]);
	assert.equal(days.length, 12);
	assert.deepEqual(days[1], { ymd: 20261121, units: 5, out: false });
	assert.deepEqual(weeksOf(days), [
		{ from: 20261120, to: 20261122, units: 5, out: 0 },
		{ from: 20261123, to: 20261129, units: 7, out: 2 },
		{ from: 20261130, to: 20261201, units: 0, out: 0 },
	]);
});

test("a month that used more than its days tell is shown as a month", () => {
	const months = [{ ym: 202610, units: 12, days_out: 0 }, { ym: 202611, units: 5, days_out: 3 }, { ym: 202609, units: 0, days_out: 2 }];
	assert.deepEqual(monthsWithoutDays(months, [{ ymd: 20261001, units: 10, out: false }, { ymd: 20261102, units: 5, out: false }]), [months[0]]);
});
