// A 300-line plan to approved orders by keyboard alone: two townships' plans are taken in, suggestions adopted, quantities
// typed, orders made, submitted and approved by somebody else. On a demo of its own.
// Usage: node plan.mjs [path of yaocang]. Last line: N passed, N failed.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Person, openBrowser, openDemo } from "./house.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const demo = await openDemo(resolve(process.argv[2] ?? join(here, "../../build/yaocang")));
const browser = await openBrowser();
const troubles = [];
const LINES = 300;
let passed = 0;
let failed = 0;
let at = null;

async function check(name, work) {
  if (failed) return; // each step needs the one before
  try {
    await work();
    passed++;
    console.log(`  ok  ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED ${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" | ")}`);
    if (at) console.log(`        ${await at.shot(`plan ${name}`)} ${at.page.url()}`);
  }
}

function expect(good, words) {
  if (!good) throw new Error(words);
}

const key = (name) => at.page.keyboard.press(name);
const chosen = async () => Number(await at.get("chosen").innerText());
const saved = () => at.page.locator('[data-testid="saved"][data-waiting="0"]').waitFor({ timeout: 20_000 });

await check("palette, Alt-N, Ctrl-Enter: a plan that has looked at the catalogue", async () => {
  at = await Person.arrive(demo, browser, "zhongxin", troubles);
  await key("Control+k");
  await at.page.keyboard.type("cgjh", { delay: 70 });
  await key("Enter");
  await at.page.waitForURL(/\/plans$/);
  await at.get("primary").or(at.get("empty-primary")).first().waitFor();
  await key("Alt+n");
  await at.get("plan-month").waitFor();
  await key("Control+Enter");
  await at.get("plan-lines").waitFor({ timeout: 30_000 });
});

await check("Alt-C takes two townships' plans in, Alt-S adopts what is suggested", async () => {
  const before = Number(await at.get("plan-lines").getAttribute("data-count"));
  await at.get("collect").waitFor();
  await key("Alt+c");
  await at.get("collect").waitFor({ state: "detached", timeout: 20_000 });
  await key("Alt+s");
  await saved();
  expect((await chosen()) >= before, `${await chosen()} lines adopted`);
});

await check(`digits and Enter: ${LINES} lines with a quantity`, async () => {
  await key("Alt+b"); // all lines, not only those in need
  await key("Alt+s"); // into the first cell
  let last = "";
  for (let i = 0; i < 3 * LINES && (await chosen()) < LINES; i++) {
    const cell = await at.page.evaluate(() => ({ id: document.activeElement?.dataset?.testid, value: document.activeElement?.value, row: document.activeElement?.closest("tr")?.innerText ?? "" }));
    expect(/^plan-\d+-packs$/.test(cell.id ?? "") && cell.id !== last, `the focus is on ${cell.id}`);
    last = cell.id;
    if (!cell.value && !cell.row.includes("无挂网价")) await at.page.keyboard.type("2");
    await key("Enter");
  }
  await saved();
  expect((await chosen()) >= LINES, `${await chosen()} lines`);
  expect((await at.page.locator("[data-testid=plan-row]").count()) < 80, "rows are drawn that nobody looks at");
});

await check("an over-high price turns red at once, and leaving the cell empty takes the price in force", async () => {
  await key("ArrowRight"); // from the quantity to the price beside it
  const priceIs = (red) =>
    at.page.waitForFunction((wanted) => document.activeElement?.dataset?.cell === "price" && document.activeElement.classList.contains("wrong") === wanted, red);
  await key("ArrowUp"); // the last row typed
  await at.page.keyboard.type("99999", { delay: 70 });
  await priceIs(true);
  await key("Control+a");
  await key("Delete");
  await priceIs(false);
  await saved();
});

await check("Alt-E leads to the lines without a supplier: the name and Enter, line by line", async () => {
  const name = await at.page.evaluate(() => document.querySelector("[data-cell=supplier]:not([aria-invalid])")?.value);
  await key("Alt+e");
  for (let i = 0; i < 60; i++) {
    await at.page.waitForFunction(() => document.activeElement?.dataset?.cell === "supplier");
    const wrong = await at.page.evaluate(() => document.activeElement.getAttribute("aria-invalid") === "true");
    if (!wrong) break;
    await at.page.keyboard.insertText(name);
    await key("Enter");
  }
  await at.page.waitForFunction(() => !document.querySelector("[data-cell=supplier][aria-invalid]"));
  await saved();
  await key("Alt+e");
});

let orders = [];
await check("Ctrl-Enter makes the orders, each linked to the plan", async () => {
  const id = at.path().split("/").pop();
  await key("Control+Enter");
  await at.page.locator('.document-page[data-state="ordered"]').waitFor({ timeout: 30_000 });
  const lines = (await at.read(`plan-lines?plan_id=${id}&limit=5000`)).rows.filter((line) => line.units > 0);
  expect(lines.length >= LINES && lines.every((line) => line.order_id), "a line without an order");
  orders = [...new Set(lines.map((line) => line.order_id))];
});

/** Opens the first of a list again and again, and takes its next step. */
async function through(path, action, state) {
  const rows = at.page.locator(".list-page tr[data-row]");
  await at.page.waitForURL(path);
  for (let i = 0; i < orders.length + 1; i++) {
    await at.get("table").or(at.get("empty")).first().waitFor();
    if ((await rows.count()) === 0) return;
    await at.page.waitForFunction(() => document.activeElement?.matches("tr[data-row]"));
    await key("Enter");
    await at.page.locator(`[data-testid="next-step"][data-action="${action}"]:enabled`).waitFor();
    await key("Control+Enter");
    await at.page.locator(`.document-page[data-state="${state}"]`).waitFor();
    await key("Escape");
    await at.page.waitForURL(path);
  }
}

await check("every order is submitted: Ctrl-Enter, Enter, Ctrl-Enter, Esc", async () => {
  await key("Control+Enter");
  await through(/\/orders\?state=draft/, "submit", "submitted");
});

await check("the chief pharmacist approves them the same way", async () => {
  at = await Person.arrive(demo, browser, "zongyaoshi", troubles);
  await at.open("/orders?state=submitted");
  await through(/\/orders\?state=submitted/, "approve", "approved");
  for (const id of orders) expect((await at.read(`orders/${id}`)).state === "approved", `order ${id} is not approved`);
  console.log(`        ${orders.length} orders`);
});

await check("no page stumbled", async () => expect(troubles.length === 0, troubles.join(" | ")));

await browser.close();
await demo.stop();
demo.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
