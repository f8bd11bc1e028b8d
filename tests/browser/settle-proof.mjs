// What proves a delivery, through the page: a stranger's invoice is refused, a supplier comes to count as a maker, a remote place
// gets and loses its extra invoice; a payment comes back from the bank and is made anew for some of it.
import { as, at, check, expect, finish, troubles } from "./stage.mjs";

const found = {};
const scan = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") });

await check("an invoice of a stranger is refused at its field", async () => {
  const p = await as("caiwu");
  const row = (await p.read("payables?uninvoiced=1")).rows[0];
  found.supplier = (await p.read(`payables/${row.id}`)).supplier_id;
  await p.open("/invoices/new");
  await p.type("invoice-no", "26999999990000000002");
  await p.pick("supplier-picker", "", row.supplier_name);
  await p.type("issuer", "毫不相干贸易有限公司");
  await p.pick("product-picker", row.product_name, row.spec);
  await p.type("line-1-packs", String(row.units / row.units_per_pack));
  await p.type("line-1-amount", row.amount);
  await p.get("line-1-amount").press("Tab");
  await p.click("create");
  await p.see("开票方须是供应商");
});
await check("as the supplier's own it is taken", async () => {
  await at.type("issuer", "");
  await at.click("create");
  await at.state("entered");
});
await check("a supplier is registered as counting as a maker; whoever did so cannot approve", async () => {
  const p = await as("zongyaoshi");
  await p.open(`/suppliers/${found.supplier}`);
  await p.click("add-permit");
  await p.pick("maker-picker", "", "");
  await p.pick("permit-reason", "", "进口药品全国总代理");
  await p.type("permit-paper", "总代 2026-1");
  await p.click("permit-ok");
  await p.get("permits").getByText("总代 2026-1").waitFor();
  await p.get("scan-permit").first().locator("input[type=file]").setInputFiles(scan("授权书.pdf"));
  await p.see("登记人不能批准");
  expect(await p.get("permit-approve").first().isDisabled(), "he could approve his own");
});
await check("a payable says which invoice is missing", async () => {
  const row = (await at.read("payables?uninvoiced=1")).rows[0];
  await at.open(`/payables/${row.id}`);
  await at.see("缺票: 首票");
  await at.see("本院票");
});
await check("another person approves it", async () => {
  const p = await as("yanshou");
  await p.open(`/suppliers/${found.supplier}`);
  await p.get("permit-approve").first().click();
  await p.get("permits").getByText("有效").waitFor();
});
await check("a remote place's extra invoice has a last day, a scan, a second person, and an end", async () => {
  const p = await as("caiwu");
  const sites = (await p.read("sites?limit=1000")).rows;
  const lead = sites.find((one) => one.kind === "lead"), far = sites.find((one) => one.kind === "clinic");
  await p.open("/remote-approvals");
  await p.pick("site-picker", "", lead.name);
  await p.type("permit-paper", "皖药采〔2026〕9号");
  await p.type("permit-to", "20271231");
  await p.click("remote-ok");
  await p.see("牵头机构不是偏远地区");
  await p.pick("site-picker", far.name, far.name);
  await p.click("remote-ok");
  await p.get("permits").getByText("皖药采〔2026〕9号").waitFor();
  await p.get("scan-permit").first().locator("input[type=file]").setInputFiles(scan("批准.pdf"));
  await p.see("登记人不能批准");
  const chief = await as("zongyaoshi");
  await chief.open("/remote-approvals");
  await chief.get("permit-approve").first().click();
  await chief.get("permits").getByText("有效").waitFor();
  await chief.get("permit-end").first().click();
  await chief.type("permit-end-note", "公路通了");
  await chief.click("permit-end-ok");
  await chief.get("permits").getByText("已终止").waitFor();
});
await check("the payment under way is paid, and comes back from the bank", async () => {
  const chief = await as("zongyaoshi");
  found.payment = (await chief.read("payments?state=reviewed")).rows[0];
  await chief.open(`/payments/${found.payment.id}`);
  await chief.next("approve", "approved");
  const p = await as("caiwu");
  await p.open(`/payments/${found.payment.id}`);
  for (const [action, note, state] of [["pay", "回单 0001", "paid"], ["return", "账号有误, 银行退票", "returned"]]) {
    await (action === "pay" ? p.next(action) : p.other(action));
    await p.type("note", note);
    await p.click("note-ok");
    await p.state(state);
  }
  await p.see("退票日");
});
await check("what it paid is due again; one line is left out of the new payment", async () => {
  await at.open("/payments/new");
  await at.pick("supplier-picker", "", found.payment.supplier_name);
  await at.type("until", "20351231");
  await at.get("until").press("Tab");
  await at.get("pay-2").waitFor();
  await at.get("pay-1").uncheck();
  if (process.env.SHOTS) await at.shot("settle-proof ticks");
  await at.click("create");
  await at.state("made");
  const made = await at.read(`payments/${at.path().split("/").pop()}`);
  expect(made.lines.length === found.payment.lines - 1, `${made.lines.length} lines of ${found.payment.lines}`);
});
await finish();
