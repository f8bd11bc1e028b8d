// The catalogue under change control: a branch brings its HIS list, a change takes a value away, a product comes back, prices are
// found by drug, and from 目录启用日 on a file no longer changes what the committee decides.
import { as, check, expect, finish } from "./stage.mjs";

const found = {};
const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

await check("a township brings its HIS list; what it does not say waits, is proposed and matched", async () => {
  const person = await as("fenyuan");
  found.drug = (await person.read("products?q=amxljn&limit=1")).rows[0];
  await person.open("/his-items-open");
  await person.get("his-items-file").setInputFiles(csv("his.csv", `item_code,item_name,product_code,factor\nWALK1,${found.drug.name} ${found.drug.spec},${found.drug.code},24\nWALK2,${found.drug.name} ${found.drug.spec},,\n`));
  await person.page.getByTestId("list-row").filter({ hasText: "WALK2" }).click();
  await person.get("proposal-1").click();
  await person.click("match-ok");
  await person.page.getByTestId("list-row").filter({ hasText: "WALK2" }).waitFor({ state: "detached" });
  await person.open("/his-items?q=WALK1");
  await person.page.getByTestId("list-row").filter({ hasText: found.drug.name }).waitFor();
});

await check("a change takes a value away, and says so", async () => {
  const person = await as("zhongxin");
  await person.open("/catalogue-changes/new?what=change");
  await person.pick("product-picker", found.drug.code, found.drug.name);
  await person.type("reason", "调出医保目录");
  await person.click("clear-flag.insurance");
  await person.get("cleared-flag.insurance").waitFor();
  await person.click("create");
  await person.state("draft");
  await person.get("fields").filter({ hasText: "清空" }).waitFor();
});

await check("a stopped product is asked back on a list", async () => {
  const person = await as("zhongxin");
  await person.open("/catalogue-changes/new?what=restore");
  await person.pick("product-picker", found.drug.code, found.drug.name);
  await person.type("reason", "恢复供货");
  await person.click("create");
  await person.get("banner-error").waitFor();
  await person.see("请选择已停用的品种");
});

await check("prices are narrowed to one drug", async () => {
  const person = await as("zongyaoshi");
  await person.open("/prices");
  await person.pick("product-picker", found.drug.code, found.drug.name);
  await person.get("filter-product_id").waitFor();
  await person.page.getByTestId("list-row").filter({ hasText: found.drug.name }).first().waitFor();
});

await check("the day is set once; from then on a file is refused with what to do", async () => {
  const person = await as("zongyaoshi");
  await person.open("/catalogue-settings");
  await person.click("control-set");
  await person.click("control-ok");
  await person.get("catalogue-control").filter({ hasText: "已启用" }).waitFor();
  expect((await person.get("control-set").count()) === 0, "the day could be set again");
  await person.open("/imports?kind=products");
  await person.get("import-file").setInputFiles(csv("新品.csv", "code,name,spec,maker,unit_name,pack_name,units_per_pack\nWALK9,新药片,1g,演示药厂,片,盒,10\n"));
  await person.see("须经目录调整");
  await person.open(`/products/${found.drug.id}?tab=flags`);
  await person.click("set-flag");
  await person.get("flag-governed").filter({ hasText: "目录已启用" }).waitFor();
});

await finish();
