// A list of products through the import page: refused, mended as a spreadsheet saves it, checked, taken, and out again as XLSX.
import { CONSORTIUM, Person, openBrowser, openDemo } from "./house.mjs";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "imports-"));
const troubles = [];
let passed = 0;
let failed = 0;
let person = null;

async function check(name, work) {
  try {
    await work();
    passed++;
    console.log(`  ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED  ${name}: ${String(error.stack ?? error).slice(0, 800)}`);
    if (person) console.log(`          ${await person.shot(name)}`);
  }
}

const HEAD = "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,approval_no";
const row = (i, more = {}) => [`W${String(i).padStart(5, "0")}`, "演示分段片", "片剂", `0.${(i % 9) + 1}g×10片/盒`, more.maker ?? "演示甲厂", "片", "盒", more.pack ?? 10, `国药准字H${20300000 + i}`].join(",");
const file = (name, rows) => {
  const path = join(folder, name);
  writeFileSync(path, `${HEAD}\n${rows.join("\n")}\n`);
  return path;
};
const many = Array.from({ length: 2500 }, (_, i) => row(i));
const result = (state) => person.page.locator(`[data-testid="import-result"][data-state="${state}"]`).waitFor({ timeout: 30_000 });

const demo = await openDemo(process.env.YAOCANG ?? resolve(here, "../../build/yaocang"));
const browser = await openBrowser();

await check("a file with a bad row is refused with row and reason", async () => {
  person = await Person.arrive(demo, browser, "zhongxin", troubles);
  await person.go("/imports");
  await person.get("import-file").setInputFiles(file("坏.csv", [...many, row(9000, { pack: "十" })]));
  await result("refused");
  await person.see("2502");
  await person.see("每包装数量应为");
});

await check("the good rows are shown before anything is written, and taken with one button", async () => {
  await person.get("import-keep").click();
  await result("ready");
  await person.see("新增 2,500");
  const none = await person.read("products?code=W00001");
  if (none.rows.length) throw new Error("a checked file is there already");
  await person.get("import-write").click();
  await result("done");
  const one = await person.read("products?code=W00001");
  if (one.rows[0]?.approval_no !== "国药准字H20300001") throw new Error(JSON.stringify(one));
});

await check("a changed row shows old and new; the same file again has nothing to do", async () => {
  await person.get("import-file").setInputFiles(file("改.csv", [row(1, { maker: "演示乙厂" }), ...many.slice(2, 200)]));
  await result("ready");
  await person.see("演示甲厂 → 演示乙厂");
  await person.get("import-write").click();
  await result("done");
  await person.get("import-file").setInputFiles(join(folder, "改.csv"));
  await result("ready");
  await person.see("与现有数据一致");
});

await check("what a search by initials found is told, and the list goes out and in again as XLSX", async () => {
  const found = await person.read("products?q=ysfdp&limit=1");
  if (found.rows[0]?.matched?.how !== "initials") throw new Error(JSON.stringify(found.rows[0]?.matched));
  const answer = await person.page.request.get(`${demo.address}/api/v1/${CONSORTIUM}/products.xlsx`);
  const path = join(folder, "products.xlsx");
  writeFileSync(path, await answer.body());
  if (readFileSync(path).subarray(0, 2).toString() !== "PK") throw new Error("no spreadsheet");
  await person.get("import-file").setInputFiles(path);
  await result("ready");
  await person.see("有错 0");
  await person.see("修改 0");
  await person.see("新增 0");
});

await check("opening stock is checked by booking it and taking that back, then booked, and comes once", async () => {
  const site = (await person.read("sites?limit=1")).rows[0];
  const depot = site.depots[0];
  const codes = (await person.read("products?limit=20")).rows.map((product) => product.code);
  const path = join(folder, "期初.csv");
  const lots = Array.from({ length: 400 }, (_, i) => [site.code, depot.code, codes[i % codes.length], `QC${i}`, 20301231, i + 1].join(","));
  writeFileSync(path, `site_code,depot_code,product_code,lot,expiry_ymd,units\n${lots.join("\n")}\n`);
  await person.page.getByText("期初库存", { exact: true }).first().click();
  await person.get("import-file").setInputFiles(path);
  await result("ready");
  await person.see("新增 400");
  await person.get("import-write").click();
  await result("done");
  await person.get("import-file").setInputFiles(path);
  await result("ready");
  await person.see("未变 400");
});

await check("past imports stand in the list, by whom and how many", async () => {
  const jobs = (await person.read("import-jobs")).rows;
  const mine = jobs.find((job) => job.file_name === "坏.csv" && job.state === "done");
  if (!mine || mine.added !== 2500 || mine.refused_rows !== 1 || !mine.user_name) throw new Error(JSON.stringify(jobs.slice(0, 3)));
  await person.page.getByTestId("import-jobs").getByText("坏.csv").first().waitFor();
});

await check("no error in any console", async () => {
  if (troubles.length) throw new Error(troubles.slice(0, 5).join(" | "));
});
if (process.env.WALK_SHOT) console.log(await person.shot("imports"));
person = null;
await browser.close();
await check("the demo ends in order and the store holds", async () => {
  const code = await demo.stop();
  const answer = demo.verify();
  if (code !== 0 || answer.status !== 0) throw new Error(`ended with ${code}, verify ${answer.status} ${answer.stdout.slice(-300)}`);
});
demo.close();
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
