// What a supervisor and those who approve look at: split orders on each of the orders, each site's share, months and what is not
// estimated, approvals about invoices that wait.
import { as, at, check, expect, finish } from "./stage.mjs";

const found = {};

await check("a split opens its orders, and each of them says why", async () => {
  const p = await as("zongyaoshi");
  found.flag = (await p.read("split-flags")).rows[0];
  found.orders = (await p.read(`split-orders?flag_id=${found.flag.id}`)).rows;
  expect(found.orders.length === found.flag.orders, "not as many orders as it counts");
  await p.open("/watch/splits");
  await p.get("list-row").first().waitFor();
  await p.get("list-row").first().click();
  await p.page.waitForURL(/split-flags\/\d+/);
  await p.get("list-row").nth(1).waitFor();
  for (const order of found.orders.slice(0, 2)) {
    await p.open(`/orders/${order.order_id}`);
    await p.get(`split-${found.flag.reason}`).first().getByText(found.flag.reason_title).waitFor();
  }
});
await check("each site's share opens its ten largest, and each of those its rows", async () => {
  await at.open("/watch/shares");
  await at.get("shares-sites").click();
  await at.page.waitForURL(/watch\/shares\/sites/);
  await at.get("list-row").first().waitFor();
  await at.get("site-top").first().click();
  await at.page.waitForURL(/site-goods\?.*limit=10/);
  await at.get("list-row").first().waitFor();
  expect((await at.get("list-row").count()) <= 10, "more than ten");
  await at.get("list-row").first().click();
  await at.page.waitForURL(/site-lines/);
  await at.get("list-row").first().click();
  await at.page.waitForURL(/(receipts|shipments|supplier-returns)\//);
});
await check("sites together are the county", async () => {
  const sum = (rows, name) => rows.reduce((all, row) => all + Math.round(Number(row[name]) * 100), 0);
  const county = (await at.read("watch-shares?kind=antibiotic&limit=1000")).rows;
  const sites = (await at.read("watch-site-shares?kind=antibiotic&limit=1000")).rows;
  for (const month of county) {
    const own = sites.filter((row) => row.month === month.month);
    expect(sum(own, "total") === sum([month], "total") && sum(own, "amount") === sum([month], "amount"), `month ${month.month}`);
  }
});
await check("a depot that never closed is asked before older months go into its opening", async () => {
  const p = await as("zongyaoshi");
  const states = async (month) => (await p.read(`month-states?month=${month}&limit=1000`)).rows;
  const today = (await p.read("today")).today_ymd, month = Math.floor(today / 100);
  const now = await states(month), come = now[0].ends_ymd <= today;
  await p.open("/month-closes");
  await p.get("matrix").waitFor();
  if (!come) await p.get(`not-yet-${now[0].depot_id}-${month}`).waitFor();
  else await p.get(`not-yet-${now[0].depot_id}-${month}`).waitFor({ state: "detached" });
  const last = month % 100 === 1 ? month - 89 : month - 1;
  const old = (come ? now : await states(last)).find((row) => row.earlier && row.last_month === null);
  if (!old) return;
  const k = await as("baoguan");
  await k.open("/month-closes");
  await k.get("matrix").waitFor();
  const key = k.get(`close-${old.depot_id}-${come ? month : last}`);
  if ((await key.count()) === 0) return;
  await key.click();
  await k.see("并入期初");
  await k.click("earlier-ok");
  await k.state("closed");
});
await check("what is not estimated stands on the page of months and opens where it is done", async () => {
  const p = await as("caiwu");
  const due = await p.read("estimate-due");
  await p.open("/month-closes");
  await p.get("matrix").waitFor();
  if (due.lines === 0) return expect((await p.get("estimates-due").count()) === 0, "told without need");
  await p.get("estimates-due").locator("a").click();
  await p.page.waitForURL(/estimates\/due/);
  await p.get("list-row").first().waitFor();
  await p.click("estimate-now");
  await p.click("estimate-ok");
  await p.page.waitForURL(/estimates\/\d+/);
  await p.open("/month-closes");
  await p.get("matrix").waitFor();
  await p.get("estimates-due").waitFor({ state: "detached" });
});
await check("a supplier that counts as a maker waits in the day of who may approve", async () => {
  const p = await as("zongyaoshi");
  const supplier = (await p.read("suppliers?limit=5")).rows[0].id, maker = (await p.read("makers?limit=5")).rows[0].id;
  await p.open(`/suppliers/${supplier}`);
  await p.click("add-permit");
  await p.pick("maker-picker", "", "");
  await p.pick("permit-reason", "", "进口药品全国总代理");
  await p.type("permit-paper", "总代 2026-9");
  await p.click("permit-ok");
  await p.get("permits").getByText("总代 2026-9").waitFor();
  expect(maker, "no maker");
  const i = await as("yanshou");
  await i.open("/");
  await i.get("card-maker_permits").click();
  await i.page.waitForURL(/maker-permits\?waiting=1/);
  await i.get("permits").getByText("总代 2026-9").waitFor();
  await i.get("filter-ending").check();
  await i.page.waitForURL(/ending=1/);
});

await finish();
