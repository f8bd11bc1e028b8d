// 资质 that wait for quality, voided ones, 经营类别 and 配送勾选, through the page by two people.
import { as, check, expect, finish } from "./stage.mjs";

const PDF = { name: "扫描件.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") };
const found = {};

await check("a lapsed distributor is locked; voiding his licence opens no door", async () => {
  const buyer = await as("caigou");
  const row = (await buyer.read("suppliers?limit=100")).rows.find((one) => one.licence_state === "expired");
  found.supplier = row.id;
  await buyer.open(`/suppliers/${row.id}`);
  await buyer.page.locator("[data-testid=supplier-locked][data-code=LICENCE_EXPIRED]").waitFor();
  await buyer.page.locator("[data-testid=paper-rows] tr").filter({ hasText: "药品经营许可证" }).first().getByRole("button", { name: /作\s*废/ }).click();
  await buyer.type("reason-text", "登记有误");
  await buyer.click("reason-ok");
  await buyer.get("supplier-locked").filter({ hasText: "没有有效的" }).waitFor();
});

await check("a new licence until 2099 waits, and he stays locked", async () => {
  const buyer = await as("caigou");
  await buyer.click("add-qualification");
  await buyer.get("paper-kind").click();
  await buyer.option("药品经营许可证").click();
  await buyer.type("paper-number", "演示-新证-2099");
  await buyer.type("paper-until", "20991231");
  await buyer.click("paper-ok");
  await buyer.get("supplier-locked").filter({ hasText: "待质量部门确认" }).waitFor();
  expect((await buyer.get("confirm-drug_licence").count()) === 0, "the buyer may confirm");
});

await check("the inspector finds it from today, is told that the scan is missing", async () => {
  const inspector = await as("yanshou");
  await inspector.open("/");
  await inspector.get("card-papers_waiting").click();
  const row = inspector.page.locator("[data-testid=list-row]").filter({ hasText: "演示-新证-2099" });
  await row.getByTestId("confirm-drug_licence").click();
  await inspector.click("confirm-ok");
  await inspector.page.locator("[data-testid=banner-error][data-code=PAPERS_MISSING]").waitFor();
});

await check("with its scan it is confirmed by two clicks, and he can be ordered from", async () => {
  const buyer = await as("caigou");
  await buyer.get("scan-drug_licence-file").first().setInputFiles(PDF);
  await buyer.page.locator("[data-testid=scan-drug_licence][data-count=\"1\"]").waitFor();
  const inspector = await as("yanshou");
  await inspector.open("/waiting-papers");
  await inspector.page.locator("[data-testid=list-row]").filter({ hasText: "演示-新证-2099" }).getByTestId("confirm-drug_licence").click();
  await inspector.click("confirm-ok");
  await inspector.page.locator("[data-testid=list-row]").filter({ hasText: "演示-新证-2099" }).waitFor({ state: "detached" });
  await as("caigou");
  await buyer.get("supplier-locked").waitFor({ state: "detached" });
});

await check("ticks: the list, one by hand, and the chief says from when orders ask", async () => {
  const chief = await as("zongyaoshi");
  await chief.open("/platform-ticks");
  await chief.get("list-row").first().waitFor();
  await chief.page.locator("[data-testid=tick-rule][data-asked=false]").waitFor();
  await chief.click("tick-rule-set");
  await chief.click("tick-rule-ok");
  await chief.page.locator("[data-testid=tick-rule][data-asked=true]").waitFor();
});

await check("what is not ticked is refused where it is written, and says so before", async () => {
  const buyer = await as("caigou");
  const ticks = (await buyer.read("platform-ticks?limit=5000")).rows;
  const drug = (await buyer.read("products?limit=400")).rows.find((row) => row.ceiling_price && row.active && row.kind === "drug" && !ticks.some((one) => one.product_id === row.id && one.supplier_id === found.supplier));
  await buyer.open(`/orders/new`);
  await buyer.pick("supplier-picker", "新桥药械");
  await buyer.pick("product-picker", drug.code, drug.name);
  await buyer.get("not-ticked").first().waitFor();
  await buyer.get("supplier-lock").waitFor();
});

await finish();
