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

await check("orders of both by time, one consortium put aside", async () => {
  await person.get("only-sxzy").waitFor();
  const names = () => person.get("table").locator("tbody tr td:nth-child(2)").allInnerTexts();
  expect(new Set(await names()).size === 2, `one only: ${await names()}`);
  await person.get("only-sxzy").click();
  expect(new Set(await names()).size === 1, "the other is still there");
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
