import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../src/base/format";

const box = { unit_name: "片", pack_name: "盒", units_per_pack: 30 };

test("units are packs and units", () => {
	assert.equal(format.units(96, box), "3 盒 + 6 片");
	assert.equal(format.units(90, box), "3 盒");
	assert.equal(format.units(6, box), "6 片");
	assert.equal(format.units(0, box), "0 盒");
	assert.equal(format.units(-36, box), "-1 盒 -6 片");
	assert.equal(format.units(1200, { unit_name: "支", units_per_pack: 1 }), "1,200 支");
});
test("money keeps its digits", () => {
	assert.equal(format.money("1234567.8900"), "1,234,567.8900");
	assert.equal(format.fen(123456), "1,234.56");
	assert.equal(format.fen(-5), "-0.05");
});
test("a price is a decimal of at most four places", () => {
	assert.equal(format.priceE4("12.5"), 125000);
	assert.equal(format.priceE4("12.34567"), null);
	assert.equal(format.priceE4("-1"), null);
	assert.equal(format.priceE4("1e3"), null);
});
test("amounts are rounded half up on integers", () => {
	assert.equal(format.amountFen(1, "0.01", 2), 1);
	assert.equal(format.amountFen(7, "10.00", 30), 233);
	assert.equal(format.amountFen(3_000_000, "99999.9999", 1), 29_999_999_970_000);
});
test("typed dates", () => {
	assert.equal(format.parseYmd("20271130"), 20271130);
	assert.equal(format.parseYmd("2027-11-3"), 20271103);
	assert.equal(format.parseYmd("2027年11月30日"), 20271130);
	assert.equal(format.parseYmd("271130"), 20271130);
	assert.equal(format.parseYmd("202802"), 20280229);
	assert.equal(format.parseYmd("2027-02"), 20270228);
	assert.equal(format.parseYmd("2027-02-30"), null);
	assert.equal(format.parseYmd("abc"), null);
});
test("dates of the county are at UTC+8", () => {
	assert.equal(format.today(Date.UTC(2026, 10, 20, 16, 0)), 20261121);
	assert.equal(format.time(Date.UTC(2026, 10, 20, 16, 30)), "2026-11-21 00:30");
	assert.equal(format.daysBetween(20261121, 20261201), 10);
});
test("temperatures", () => {
	assert.equal(format.celsius(452), "4.5");
	assert.equal(format.celsius(-18), "-0.2");
	assert.equal(format.celsius(-4), "0.0");
	assert.equal(format.celsius(null), "--");
});
