// The catalogue through the page: from an application to a product that a township can ask for; an exception; a code by two.
import { as, check, expect, finish } from "./stage.mjs";

const found = {};

await check("a township applies for a drug that the catalogue lacks", async () => {
  const person = await as("fenyuan");
  await person.open("/catalogue-changes/new");
  await person.type("reason", "慢病长期处方");
  await person.type("applicant", "李主任");
  for (const [field, value] of Object.entries({ name: "恩格列净片", code: "YP90001", form: "片剂", strength: "10mg", spec: "10mg×30片/盒", maker: "演示药厂", unit_name: "片", pack_name: "盒", units_per_pack: "30", approval_no: "国药准字H20990002" }))
    await person.type(`field-${field}`, value);
  await person.click("create");
  await person.state("draft");
  found.change = person.path();
  await person.next("submit", "submitted");
});

await check("the 总药师 completes it and hands it to the committee", async () => {
  const person = await as("zongyaoshi");
  await person.go("/catalogue-changes");
  await person.page.getByTestId("list-row").filter({ hasText: "恩格列净片" }).click();
  await person.state("submitted");
  await person.click("complete");
  await person.get("field-level.township").click();
  await person.option(/^列入$/).click();
  await person.click("save");
  await person.get("fields").filter({ hasText: "乡镇目录" }).waitFor();
  await person.next("prepare");
  await person.click("prepare-ok");
  await person.state("prepared");
});

await check("the applicant has no vote; three others decide; it is carried out", async () => {
  const person = await as("zongyaoshi");
  await person.next("decide");
  for (const [n, name] of ["李主任", "王医生", "赵药师"].entries()) await person.type(`member-${n + 1}-name`, name);
  await person.type("minutes", "三位委员到会, 同意列入。");
  await person.click("decide-ok");
  await person.get("banner-error").filter({ hasText: "回避" }).waitFor();
  await person.next("decide");
  for (const [n, name] of ["孙院长", "王医生", "赵药师"].entries()) await person.type(`member-${n + 1}-name`, name);
  await person.type("minutes", "三位委员到会, 同意列入。");
  await person.get("minutes-papers-file").setInputFiles({ name: "会议纪要.txt", mimeType: "text/plain", buffer: Buffer.from("三位委员到会, 同意列入。") });
  await person.page.locator('[data-testid="minutes-papers"][data-count="1"]').waitFor();
  await person.click("decide-ok");
  await person.state("decided");
  await person.get("minutes-shown").filter({ hasText: "会议纪要.txt" }).waitFor();
  await person.next("execute", "executed");
  await person.get("votes").filter({ hasText: "孙院长" }).waitFor();
});

await check("the township asks for the new drug", async () => {
  const person = await as("fenyuan");
  await person.open("/requests/new");
  await person.pick("product-picker", "YP90001", "恩格列净片");
  await person.type("line-1-packs", 2);
  await person.click("create");
  await person.state("draft");
  await person.next("submit", "submitted");
});

await check("what the list lacks is refused at its line, with what to do", async () => {
  const person = await as("fenyuan");
  const rows = (await person.read("level-lists?level=county&limit=1000")).rows;
  found.off = rows.find((row) => !row.in_township && !row.antibiotic && row.kind === "drug");
  const asked = new Set((await person.read("exceptions?limit=100")).rows.map((row) => row.product_id));
  const free = (await Promise.all(rows.filter((row) => !row.in_township && !row.antibiotic && !asked.has(row.product_id)).slice(0, 40).map((row) => person.read(`products/${row.product_id}`))))
    .find((drug) => !drug.controlled && !drug.flags.some((flag) => flag.in_force && ["monitored", "precursor"].includes(flag.flag)));
  expect(free, "no such drug in the demo");
  found.off = free;
  await person.open("/requests/new");
  await person.pick("product-picker", free.code, free.maker);
  await person.type("line-1-packs", 1);
  await person.click("create");
  await person.get("banner-error").waitFor();
  expect((await person.get("banner-error").getAttribute("data-code")) === "NOT_IN_LIST", "refused as something else");
});

await check("an exception is asked for, approved, and the request passes", async () => {
  const branch = await as("fenyuan");
  await branch.open(`/exceptions/new?product_id=${found.off.id}`);
  await branch.see(found.off.name);
  await branch.type("exception-packs", 2);
  // within the year that one may last at most
  await branch.type("until", new Date(Date.now() + 60 * 86400e3).toISOString().slice(0, 10).replaceAll("-", ""));
  await branch.click("create");
  await branch.state("submitted");
  const exception = branch.path();
  const chief = await as("zongyaoshi");
  await chief.open(exception);
  await chief.next("approve");
  await chief.click("approve-ok");
  await chief.state("approved");
  const again = await as("fenyuan");
  await again.open("/requests/new");
  await again.pick("product-picker", found.off.code, found.off.maker);
  await again.type("line-1-packs", 2);
  await again.click("create");
  await again.state("draft");
  await again.next("submit", "submitted");
});

await check("a code is bound by one person and confirmed by another", async () => {
  const person = await as("zhongxin");
  await person.open("/code-bindings");
  await person.click("primary");
  await person.type("bind-code", "6901234000023");
  await person.pick("product-picker", "YP90001", "恩格列净片");
  await person.click("bind-ok");
  await person.page.getByTestId("list-row").filter({ hasText: "6901234000023" }).click();
  await person.click("binding-confirm");
  await person.get("banner-error").filter({ hasText: "另一人" }).waitFor();
  const chief = await as("zongyaoshi");
  await chief.open("/code-bindings?state=open");
  await chief.page.getByTestId("list-row").filter({ hasText: "6901234000023" }).click();
  await chief.click("binding-confirm");
  await chief.get("empty").waitFor();
  expect((await chief.read("scan?code=6901234000023")).found.type === "product", "the code finds nothing");
});

await check("a flag is set with its source and stands beside the name", async () => {
  const person = await as("zongyaoshi");
  const id = (await person.read("products?code=YP90001")).rows[0].id;
  await person.open(`/products/${id}?tab=flags`);
  await person.click("set-flag");
  await person.get("flag-value").click();
  await person.option("B 级").click();
  await person.type("flag-source", "本院高警示目录");
  await person.click("flag-ok");
  await person.get("mark-high-alert").waitFor();
  await person.open(`/products/${id}?tab=history`);
  await person.get("history").filter({ hasText: "本院高警示目录" }).waitFor();
});

await finish();
