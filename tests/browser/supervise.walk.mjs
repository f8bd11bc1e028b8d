// 多医共体 through the page: a supervisor signs in once and sees both consortia of the demo, merged, each by itself.
// Usage: node supervise.walk.mjs [path of yaocang]. Last line: N passed, N failed.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PASSWORD, Person, openBrowser, openDemo } from "./house.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const demo = await openDemo(resolve(process.argv[2] ?? join(here, "../../build/yaocang")));
const browser = await openBrowser();
const troubles = [];
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
const person = new Person(demo, await context.newPage(), "jianguan", troubles);
let passed = 0;
let failed = 0;

async function check(name, work) {
  try {
    await work();
    passed++;
    console.log(`  ok  ${name}`);
    if (process.env.WALK_SHOTS) await person.shot(`supervise ${passed} ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED ${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" | ")}`);
    console.log(`        ${await person.shot(`supervise ${name}`)} ${person.page.url()}`);
  }
}

function expect(good, words) {
  if (!good) throw new Error(words);
}

await check("a wrong password is told and lets nobody in", async () => {
  await person.page.goto(`${demo.address}/`);
  await person.get("consortium-all").click();
  await person.get("login-user").fill("jianguan");
  await person.get("login-password").fill("something else");
  await person.get("login-submit").click();
  await person.get("banner-error").waitFor();
});

await check("one sign-in shows both consortia", async () => {
  await person.get("login-password").fill(PASSWORD);
  await person.get("login-submit").click();
  await person.get("overview").locator("tbody tr").nth(1).waitFor();
  expect((await person.get("overview").locator("tbody tr").count()) === 2, "not two consortia");
  expect((await person.get("absent").count()) === 0, "somebody is absent");
});

const names = () => person.get("table").locator("tbody tr td:nth-child(2)").allInnerTexts();
const settled = async (right) => {
  for (let i = 0; i < 50 && !right(new Set(await names())); i++) await new Promise((done) => setTimeout(done, 100));
  expect(right(new Set(await names())), `consortia: ${[...new Set(await names())]}`);
};

await check("orders of both by time, one consortium put aside", async () => {
  await person.get("only-sxzy").waitFor();
  await settled((of) => of.size === 2);
  await person.get("only-sxzy").click();
  await settled((of) => of.size === 1);
  await person.get("only-sxzy").click();
  await settled((of) => of.size === 2);
});

await check("by state and by day, and what is exported is asked in the same words", async () => {
  await person.get("filter-state").click();
  await person.page.locator(".ant-select-item-option").first().click();
  await person.page.locator("[data-testid=table] tbody td:nth-child(4), [data-testid=empty]").first().waitFor();
  await person.get("from").fill("20200101");
  const address = await person.get("export").getAttribute("href");
  expect(/state=\w+/.test(address) && address.includes("from_ymd=20200101"), address);
  await person.get("to").fill("20200102");
  await person.page.locator("[data-testid=empty]").waitFor();
  await person.get("to").fill("");
  await person.get("from").fill("");
  await person.get("filter-state").hover();
  await person.page.locator(".ant-select-clear").click();
  await settled((of) => of.size === 2);
});

await check("shortages and refusals stand beside", async () => {
  for (const title of ["未了结缺药", "超限价被拒绝"]) {
    await person.get("kinds").getByText(title).click();
    await person.page.locator("[data-testid=table], [data-testid=empty]").first().waitFor();
  }
});

await check("an order opens in its own consortium, where one signs in", async () => {
  await person.get("kinds").getByText("采购订单").click();
  await person.get("table").locator("tbody a").first().click();
  await person.page.waitForURL(/\/sx(yy|zy)\/orders\/\d+/);
  await person.get("login-user").waitFor();
});

await check("signed out", async () => {
  await person.page.goto(`${demo.address}/-/`);
  await person.get("sign-out").click();
  await person.get("login-user").waitFor();
});

await check("no page error, no console error", async () => expect(troubles.length === 0, troubles.join(" | ")));

await browser.close();
await demo.stop();
demo.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
