// 集采 through the page: a branch reports by keyboard, the centre confirms and commits, an order is counted for the branch,
// a 非中选 product is told as such.
import { as, check, demo, expect, finish } from "./stage.mjs";

const found = {};

await check("the rounds of the demo: one runs, one is being reported", async () => {
  const person = await as("zhongxin");
  await person.open("/volume-rounds");
  await person.page.locator("[data-testid=list-row]").nth(1).waitFor();
  const rows = await person.page.locator("[data-testid=list-row]").allInnerTexts();
  expect(rows.length === 2 && rows.some((row) => row.includes("执行中")) && rows.some((row) => row.includes("报量中")), rows.join(" / "));
});

await check("the running round: bars against the time, heat by site, totals", async () => {
  const person = await as("zhongxin");
  const rounds = (await person.read("volume-rounds")).rows;
  found.running = rounds.find((round) => round.state === "running");
  found.coming = rounds.find((round) => round.state === "before");
  await person.open(`/volume-rounds/${found.running.id}`);
  await person.get("volume-totals").waitFor();
  expect((await person.page.locator(".volume-bar").count()) >= 10, "no bars");
  expect((await person.page.locator("[data-testid=volume-heat] a").count()) >= 5, "no heat");
});

await check("what lags opens as a list, and a row opens the facts behind it", async () => {
  const person = await as("zhongxin");
  await person.open("/volume-progress?behind=1");
  const row = person.page.locator("[data-testid=list-row]").first();
  await row.waitFor();
  await row.focus();
  await person.page.keyboard.press("Enter");
  await person.page.waitForURL(/volume-credits/);
  await person.page.locator("[data-testid=list-row]").first().waitFor();
});

await check("a branch reports by keyboard alone", async () => {
  const person = await as("fenyuan");
  await person.open(`/volume-reports/new?round_id=${found.coming.id}`);
  await person.get("adopt").waitFor();
  await person.page.locator("[data-testid=lines] tr[data-row='1']").waitFor();
  await person.get("adopt").focus();
  await person.page.keyboard.press("Enter");
  const packs = person.page.locator("[data-testid=lines] tr[data-row='1'] input[data-cell]").first();
  await packs.focus();
  await packs.fill("120");
  await person.page.keyboard.press("Control+Enter");
  await person.page.waitForURL(/volume-reports\/\d+/);
  found.report = person.page.url().split("/").pop();
  await person.get("next-step").click();
  await person.page.locator(".document-page[data-state=submitted]").waitFor();
});

await check("the centre confirms less with a reason, and commits", async () => {
  const person = await as("zhongxin");
  await person.open(`/volume-reports/${found.report}`);
  await person.page.locator(".document-page[data-state=submitted]").waitFor();
  await person.get("next-step").click();
  await person.page.locator("[data-testid^=confirm-1]").first().fill("100");
  expect(await person.get("confirm-ok").isDisabled(), "less without a reason");
  await person.get("confirm-1-reason").fill("高于上年用量");
  await person.get("confirm-ok").click();
  await person.page.locator(".document-page[data-state=confirmed]").waitFor();
  await person.get("next-step").click();
  await person.page.locator(".document-page[data-state=committed]").waitFor();
  await person.open(`/volume-commitments?round_id=${found.coming.id}`);
  await person.page.locator("[data-testid=list-row]").first().waitFor();
});

await check("the order sheet shows the bar, the order whose volume it is", async () => {
  const person = await as("zhongxin");
  const round = await person.read(`volume-rounds/${found.running.id}`);
  const product = round.products.find((one) => one.role === "selected" && one.committed_units > one.received_units);
  const code = product.product_code;
  await person.open(`/supply?q=${code}`);
  await person.page.locator("[data-testid=lines] .volume-bar").first().waitFor();
  const supplier = (await person.read("suppliers?limit=100")).rows.find((one) => one.licence_state === "ok");
  const answer = await person.page.request.post(`${demo.address}/api/v1/sxyy/orders`, {
    headers: { "Idempotency-Key": "volume-walk-1" },
    data: { supplier_id: supplier.id, lines: [{ product_id: product.product_id, units: product.units_per_pack * 200 }] },
  });
  expect(answer.ok(), await answer.text());
  found.order = await answer.json();
  await person.open(`/orders/${found.order.id}`);
  await person.get("next-step").click();
  await person.page.locator(".document-page[data-state=submitted]").waitFor();
  await person.get("order-volumes").waitFor();
  expect(/计入约定量/.test(await person.get("order-volumes").innerText()), "no shares");
});

await finish();
