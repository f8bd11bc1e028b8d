// A database that is switched over, as a township pharmacist meets it: what he entered is kept and sent once by itself. The
// service's 503 is played to the page; the switch itself is proven in tests/failover. Last line: N passed, N failed.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Person, openBrowser, openDemo } from "./house.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const demo = await openDemo(resolve(process.argv[2] ?? join(here, "../../build/yaocang")));
const browser = await openBrowser();
const troubles = [];
const noises = [];
let passed = 0;
let failed = 0;
let at = null;

async function check(name, work) {
  try {
    await work();
    passed++;
    console.log(`  ok  ${name}`);
    if (process.env.WALK_SHOTS) await at.shot(`switch ${passed} ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED ${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" | ")}`);
    if (at) console.log(`        ${await at.shot(`switch ${name}`)} ${at.page.url()}`);
  }
}

function expect(good, words) {
  if (!good) throw new Error(words);
}

const down = { status: 503, contentType: "application/problem+json", body: JSON.stringify({ status: 503, code: "STORE_UNAVAILABLE", title: "数据存储暂时不可用", detail: "", request_id: "1", errors: [] }) };
const isWrite = (route) => route.request().method() !== "GET";

await check("a write during the switch is kept, and the bar says so calmly", async () => {
  at = await Person.arrive(demo, browser, "fenyuan", noises);
  await at.page.route("**/api/v1/**", (route) => (isWrite(route) ? route.fulfill(down) : route.continue()));
  await at.page.route("**/healthz", (route) => route.fulfill({ contentType: "application/json", body: '{"ok":true,"writable":false}' }));
  await at.open("/shortages/new");
  await at.type("drug-text", "切换时登记的药");
  await at.type("shortage-units", 2);
  await at.click("create");
  await at.page.locator('[data-testid="offline-bar"][data-switching="true"][data-waiting="1"]').waitFor();
  expect((await at.get("offline-bar").innerText()).includes("正在切换数据库, 已录入的内容保留"), await at.get("offline-bar").innerText());
});

await check("it goes by itself when the database is back, once", async () => {
  await at.page.unroute("**/api/v1/**");
  await at.page.unroute("**/healthz");
  await at.get("offline-bar").waitFor({ state: "detached", timeout: 20000 });
  const rows = (await at.read("shortages")).rows.filter((row) => row.product_name === "切换时登记的药");
  expect(rows.length === 1, `${rows.length} rows`);
});

await check("the administrator sees the age of the copies", async () => {
  at = await Person.arrive(demo, browser, "admin", troubles);
  await at.go("/health");
  await at.get("health").waitFor();
  expect((await at.get("health").innerText()).includes("还没有"), await at.get("health").innerText());
});

await check("no page error, no console error", async () => {
  const real = [...troubles, ...noises.filter((one) => !one.includes("status of 503"))];
  expect(real.length === 0, real.join(" | "));
});

await browser.close();
await demo.stop();
demo.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
