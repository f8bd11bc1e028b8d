// What labels and lists say, through the page: marks in search results and what may be given instead, the score alive, rights
// that run out, areas, a UDI that fills a line, a ratio typed.
import { as, check, expect, finish } from "./stage.mjs";

await check("initials are marked where they stand", async () => {
  const person = await as("caigou");
  await person.open("/search?q=amxl");
  const first = person.get("found-drugs").locator("[data-testid=matched][data-how=initials]").first();
  await first.waitFor();
  expect((await first.locator("mark").textContent())?.startsWith("阿莫西林"), await first.innerHTML());
});

await check("an approval number is marked, and named as such", async () => {
  const person = await as("caigou");
  const drug = (await person.read("products?limit=50")).rows.find((one) => /^国药准字H\d{8}$/.test(one.approval_no ?? ""));
  await person.open(`/search?q=${drug.approval_no.slice(4)}`);
  await person.get("found-drugs").locator("[data-testid=matched][data-field=approval_no] mark").first().waitFor();
});

await check("what is short offers what may be given instead", async () => {
  const person = await as("caigou");
  const rows = (await person.read("products?limit=400")).rows;
  let found = null;
  for (let from = 0; from < rows.length && !found; from += 50) {
    const asked = await person.read(`alternatives?product_ids=${rows.slice(from, from + 50).map((one) => one.id).join(",")}`);
    found = asked.rows.find((one) => one.state !== "ok" && one.substitutes.length > 0);
  }
  expect(found, "nothing in the demo is short");
  await person.open(`/search?q=${rows.find((one) => one.id === found.product_id).code}`);
  await person.get("instead").filter({ hasText: "→" }).first().waitFor();
});

await check("the score tells late, partial and rejected deliveries; overdue and split orders are listed", async () => {
  const person = await as("caigou");
  await person.open("/supplier-scores");
  await person.get("list-row").nth(3).waitFor();
  const lines = (await person.read("supplier-lines?limit=500")).rows;
  for (const state of ["on_time", "late", "overdue"]) expect(lines.some((one) => one.state === state), `no line is ${state}`);
  expect(lines.some((one) => one.rejected_units > 0), "nothing was rejected");
  expect((await person.read("orders?overdue=1")).rows.length > 0, "nothing is overdue");
  expect((await person.read("split-flags")).rows.length > 0, "nothing looks split");
});

await check("rights that run out stand below the papers; the areas can be seen and added", async () => {
  const person = await as("caigou");
  await person.open("/expiring-papers");
  await person.get("expiring-rights").locator("tr[data-row]").first().waitFor();
  await person.open("/delivery-rights");
  await person.click("regions");
  await person.get("own-regions").filter({ hasText: "寿县" }).waitFor();
  expect((await person.get("region-add").count()) === 0, "a buyer may say where we are");
  const chief = await as("zongyaoshi");
  await chief.open("/delivery-rights");
  await chief.click("regions");
  await chief.type("region-name", "皖北");
  await chief.click("region-add");
  await chief.get("own-regions").filter({ hasText: "皖北" }).waitFor();
  await chief.get("region-end-皖北").click();
  await chief.get("region-end-what").filter({ hasText: "皖北" }).waitFor();
  await chief.click("region-end-ok");
  await chief.page.waitForFunction(() => !document.querySelector('[data-testid="own-regions"]').textContent.includes("皖北"));
});

await check("a ratio that is no whole number is said at once; one that is follows", async () => {
  const person = await as("baoguan");
  await person.open("/code-bindings?bind=81234560000000000019");
  await person.page.getByTestId("product-picker").click();
  await person.page.keyboard.type("amxljn");
  await person.option().click();
  await person.type("ratio-divider", "7");
  await person.get("ratio-units").filter({ hasText: "不是整数" }).waitFor();
  await person.type("ratio-divider", "1");
  await person.type("ratio-multiplier", "10");
  await person.get("ratio-units").filter({ hasText: "=" }).waitFor();
  await person.click("bind-ok");
  await person.get("list-row").filter({ hasText: "8123456" }).waitFor();
});

await check("an implant: a typed lot is refused, its UDI fills the line", async () => {
  const person = await as("shouhuo");
  const orders = (await person.read("orders?state=sent&limit=50")).rows;
  const order = orders.find((one) => one.lines === 3);
  expect(order, "no order of consumables");
  await person.open(`/receipts/new?order_id=${order.id}`);
  await person.click("begin-receipt");
  await person.state("received");
  await person.scan("(01)06909900000025(17)291130(10)LD2611");
  await person.get("typed-udi").filter({ hasText: "LD2611" }).waitFor();
  expect((await person.page.getByTestId("typed-lot").inputValue()) === "LD2611", "the lot is not filled");
  await person.click("typed-add");
  await person.page.locator("[data-testid=expected] tr.complete").first().waitFor();
});

await finish();
