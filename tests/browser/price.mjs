// The unified price through the page: a 中选价 is entered and binds the order, quotes are compared side by side, the issue
// price changes at its moment.
import { as, check, expect, finish } from "./stage.mjs";

const found = {};

await check("a product says which rule prices it today, and why", async () => {
  const person = await as("zhongxin");
  found.product = (await person.read("supply?q=amxl&limit=1")).rows[0];
  await person.open(`/products/${found.product.id}?tab=prices`);
  await person.page.locator('[data-testid="price-rule"][data-orderable="true"]').waitFor();
  await person.see("成交价不得高于挂网价");
});

await check("a 中选价 is entered and holds at once", async () => {
  const person = await as("zhongxin");
  await person.click("price-new");
  await person.page.locator(".ant-modal").getByText("中选价", { exact: true }).click();
  await person.type("price", "9999");
  await person.type("price-source", "集采中选通知");
  await person.click("price-ok");
  await person.see("的挂网价");
  await person.type("price", "1.20");
  await person.click("price-ok");
  await person.see("中选品种只能按中选价成交");
});

await check("an order above it is refused in the cell, at it goes through", async () => {
  const person = await as("zhongxin");
  await person.open("/orders/new");
  await person.pick("supplier-picker", "", /./);
  await person.pick("product-picker", found.product.code, found.product.name);
  await person.type("line-1-packs", "10");
  expect((await person.get("line-1-price").inputValue()) === "1.20", "the price of the rule stands in the cell");
  await person.type("line-1-price", "1.30");
  await person.see("应为中选价 1.20");
  await person.type("line-1-price", "1.20");
  await person.click("create");
  await person.state("draft");
});

await check("quotes stand side by side, one is chosen, the group is complete", async () => {
  const person = await as("zhongxin");
  found.other = (await person.read("supply?limit=60")).rows.find((row) => row.price_rule === "listed" && row.id !== found.product.id);
  await person.open("/negotiations/new");
  await person.pick("product-picker", found.other.code, found.other.name);
  const names = (await person.read("suppliers?limit=3")).rows.map((one) => one.name);
  for (const name of names.slice(0, 2)) await person.pick("supplier-picker", "", name);
  await person.type("quote-1-1", "0.50");
  await person.type("quote-1-2", "0.40");
  await person.click("choose-1-2");
  for (const n of [1, 2, 3]) {
    await person.click("member-add");
    await person.type(`member-${n}-name`, `成员${n}`);
  }
  await person.type("minutes", "三轮报价, 第二家最低");
  await person.click("create");
  await person.state("draft");
  await person.next("submit", "submitted");
  found.talk = person.path();
});

await check("the chief decides, the price is agreed and trades exactly", async () => {
  const chief = await as("zongyaoshi");
  await chief.open(found.talk);
  await chief.next("decide");
  await chief.get("banner-error").filter({ hasText: "纪要" }).waitFor();
  await chief.get("minutes-papers-file").setInputFiles({ name: "议价纪要.txt", mimeType: "text/plain", buffer: Buffer.from("三轮报价, 第二家最低") });
  await chief.page.locator('[data-testid="minutes-papers"][data-count="1"]').waitFor();
  await chief.next("decide", "decided");
  await chief.next("execute", "executed");
  const rule = await chief.read(`products/${found.other.id}/price-rule`);
  expect(rule.rule === "agreed" && rule.price === "0.40", JSON.stringify(rule));
});

await check("an issue price follows the purchase price from its moment on", async () => {
  const person = await as("zhongxin");
  await person.open("/price-adjustments/new");
  await person.pick("product-picker", found.product.code, found.product.name);
  await person.click("create");
  await person.state("draft");
  await person.next("submit", "submitted");
  const chief = await as("zongyaoshi");
  await chief.open(person.path());
  await chief.next("approve");
  await chief.state("effective");
  await chief.get("places").waitFor();
  expect((await chief.get("his-file").getAttribute("href")).endsWith("his.csv"), "the HIS file is offered");
});

await check("each site's HIS takes the price by itself, the last one confirms the document", async () => {
  const chief = await as("zongyaoshi");
  found.change = chief.path();
  await chief.get("his-confirm-1").waitFor();
  const branch = await as("fenyuan");
  await branch.open(found.change);
  await branch.click("his-confirm-1");
  await branch.get("his-confirm-1").waitFor({ state: "detached" });
  await branch.state("effective");
  await as("zongyaoshi");
  await chief.open(found.change);
  await chief.page.locator('[data-testid^="his-confirm-"]').first().waitFor();
  for (let left = await chief.page.locator('[data-testid^="his-confirm-"]').count(); left > 0; left--) {
    await chief.page.locator('[data-testid^="his-confirm-"]').first().click();
    await chief.page.waitForFunction((n) => document.querySelectorAll('[data-testid^="his-confirm-"]').length < n, left);
  }
  await chief.state("confirmed");
});

await check("a contract gives 补差 from a day on", async () => {
  const person = await as("zhongxin");
  const supplier = (await person.read("suppliers?limit=1")).rows[0];
  await person.open(`/suppliers/${supplier.id}`);
  await person.click("clause-new");
  await person.type("clause-source", "2026 年供货合同第 8 条");
  await person.click("clause-ok");
  await person.get("clauses").waitFor();
});

await check("the purchase price falls below the issue price: told, and a 调价单 is prepared from the rows", async () => {
  const person = await as("zhongxin");
  await person.open(`/products/${found.product.id}?tab=prices`);
  await person.click("price-new");
  await person.page.locator(".ant-modal").getByText("挂网价", { exact: true }).click();
  await person.type("price", "0.90");
  await person.type("price-source", "平台下调");
  await person.click("price-ok");
  await person.see("高于现行挂网价");
  await person.open("/price-flags/issue");
  await person.page.locator("tr, .card").filter({ hasText: found.product.name }).first().waitFor();
  await person.click("issue-adjust");
  await person.get("lines").filter({ hasText: found.product.name }).waitFor();
  await person.click("create");
  await person.state("draft");
});

await check("a mistyped price is taken back with its reason, and the one before holds again", async () => {
  const person = await as("zhongxin");
  await person.open("/prices");
  await person.page.locator("tr, .card").filter({ hasText: "平台下调" }).first().click();
  const today = (await person.read("today")).today_ymd;
  const yesterday = new Date(Date.UTC(Math.floor(today / 10000), Math.floor(today / 100) % 100 - 1, (today % 100) - 1)).toISOString().slice(0, 10);
  await person.type("price-end-to", yesterday);
  await person.type("price-end-reason", "录错");
  await person.click("price-end-ok");
  await person.see("已撤回");
  const rule = await person.read(`products/${found.product.id}/price-rule`);
  expect(rule.orderable === true && rule.price === "1.20", JSON.stringify(rule));
});

await check("a raised ceiling is told on the chief's board, which opens its rows", async () => {
  const person = await as("zhongxin");
  const today = (await person.read("today")).today_ymd;
  const rows = (await person.read("price-public?limit=100")).rows;
  const raised = rows.find((row) => row.rule === "listed" && row.from_ymd < today && row.product_id !== found.product.id);
  await person.open(`/products/${raised.product_id}?tab=prices`);
  await person.click("price-new");
  await person.type("price", String(Number(raised.trade_price) + 1));
  await person.type("price-source", "平台上调");
  await person.click("price-ok");
  await person.see("平台上调");
  const chief = await as("zongyaoshi");
  await chief.open("/board");
  await chief.page.getByText("限价上调 (30 天内)").first().click();
  await chief.page.locator("tr, .card").filter({ hasText: raised.product_name }).filter({ hasText: "平台上调" }).first().waitFor();
});

await check("what is dearer than its rule is told, and every list of prices opens", async () => {
  const chief = await as("zongyaoshi");
  for (const path of ["/prices", "/price-changes", "/price-flags", "/price-flags/stock", "/price-flags/receipts", "/price-flags/issue", "/price-public", "/price-spread", "/price-paid", "/price-savings", "/price-claims", "/filings", "/negotiations", "/price-adjustments"]) {
    await chief.open(path);
    await chief.page.locator('[data-testid="table"], [data-testid="empty"], .empty, table').first().waitFor();
    if (process.env.WALK_SHOTS) await chief.shot(`price list ${path}`);
  }
  expect((await chief.read("price-flags/stock?limit=5")).rows.length > 0, "stock bought above the 中选价 is flagged");
});

await finish();
