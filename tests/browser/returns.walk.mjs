// 采购退货 and 平台报送 through the page: what may go back, another person approves, it leaves; the platform is told in a file
// and its answer read.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { as, at, check, demo, expect, finish } from "./stage.mjs";

const found = {};

await check("the demo has a return that waits for its red invoice", async () => {
  const p = await as("zhongxin");
  await p.go("/supplier-returns");
  await p.get("list-row").first().click();
  await p.state("shipped");
  await p.see("待红票");
  found.first = await p.read(`supplier-returns/${p.path().split("/").pop()}`);
});
await check("a return is written from what the supplier brought", async () => {
  await at.open(`/supplier-returns/new?supplier_id=${found.first.supplier_id}`);
  await at.get("returnable").locator("tbody tr").first().waitFor();
  await at.type("find-lot", found.first.lines[0].lot);
  await at.type("return-1-packs", "1");
  await at.get("return-1-packs").press("Tab");
  await at.pick("return-1-reason", "", "召回");
  expect((await at.get("return-total").innerText()) !== "0.00", "no amount");
  await at.click("create");
  await at.state("draft");
  found.id = at.path().split("/").pop();
});
await check("a draft is changed and submitted", async () => {
  await at.type("find-lot", found.first.lines[0].lot);
  await at.type("return-1-packs", "2");
  await at.get("return-1-packs").press("Tab");
  await at.click("save");
  await at.page.locator("[data-testid=save]:disabled").waitFor();
  await at.next("submit", "submitted");
  expect((await at.read(`supplier-returns/${found.id}`)).lines[0].reason === "recall", "the reason was lost");
});
await check("another person approves, the keeper ships", async () => {
  const chief = await as("zongyaoshi");
  await chief.open(`/supplier-returns/${found.id}`);
  await chief.next("approve", "approved");
  const keeper = await as("baoguan");
  await keeper.open(`/supplier-returns/${found.id}`);
  await keeper.next("ship", "shipped");
  await keeper.see("待红票");
});
await check("the day's differences name what the platform has not been told", async () => {
  const p = await as("zhongxin");
  await p.go("/platform-differences");
  await p.click("platform-reports");
  await p.get("list-row").first().waitFor();
  await p.see("待生成报送");
});
await check("a numbered file is made, downloaded and told as sent", async () => {
  await at.go("/platform-messages");
  await at.get("message-kind").getByText("退货").click();
  await at.click("make-message");
  await at.state("made");
  const id = at.path().split("/").pop();
  const sheet = await at.page.request.get(new URL(await at.get("out-xlsx").getAttribute("href"), at.page.url()).href);
  expect(sheet.ok() && (await sheet.body()).subarray(0, 2).toString() === "PK", "no spreadsheet");
  found.out = await at.read(`platform-messages/${id}/out`);
  expect(found.out.no === 1 && found.out.lines.length === 2, JSON.stringify(found.out).slice(0, 200));
  await at.next("send", "sent");
});
await check("the platform's answer is read line by line", async () => {
  const file = join(demo.folder, "answer.csv");
  writeFileSync(file, "n,answer,reason,units\n1,接受,,\n2,拒绝,无此批号,\n");
  await at.get("answer-file").setInputFiles(file);
  await at.state("answered");
  await at.see("无此批号");
  await at.open("/platform-differences/reports?kind=return");
  await at.see("平台拒绝");
  await at.get("again-2-note").fill("平台已补建");
  await at.click("again-2");
  await at.see("待生成报送");
});
await finish();
