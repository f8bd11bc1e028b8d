// Settlement through the page: an invoice typed and matched, a difference accepted, a payment by two people, a month closed,
// the watch list.
import { as, at, check, expect, finish, troubles } from "./stage.mjs";

const found = {};

await check("the disputed invoice of the demo shows which line differs", async () => {
  const p = await as("zongyaoshi");
  found.disputed = (await p.read("invoices?state=disputed")).rows[0];
  await p.open(`/invoices/${found.disputed.id}`);
  await p.state("disputed");
  await p.see("金额不符");
});
await check("another person accepts the difference", async () => {
  await at.next("accept", "matched");
  const doc = await at.read(`invoices/${found.disputed.id}`);
  expect(doc.lines.every((line) => line.parts.length > 0), "a line without receipt");
});
await check("goods without invoice wait among the payables", async () => {
  const p = await as("caiwu");
  await p.open("/payables?uninvoiced=1");
  await p.get("list-row").first().waitFor();
  found.open = (await p.read("payables?uninvoiced=1")).rows;
  expect(found.open.length > 0, "no row");
});
await check("an invoice is typed with the keyboard and fits", async () => {
  const row = found.open[0];
  await at.open("/invoices/new");
  await at.type("invoice-no", "26999999990000000001");
  await at.pick("supplier-picker", "", row.supplier_name);
  await at.pick("product-picker", row.product_name, row.spec);
  await at.type("line-1-packs", String(row.units / row.units_per_pack));
  await at.type("line-1-amount", row.amount);
  await at.get("line-1-amount").press("Tab");
  await at.click("create");
  await at.state("entered");
  await at.see("三单相符");
});
await check("matching books it", async () => {
  await at.next("match", "matched");
  const balances = await at.read("money-balances?account=payable");
  expect(balances.rows.some((row) => row.amount.startsWith("-")), "nothing owed");
});
await check("a payment under way is not approved by its reviewer", async () => {
  found.payment = (await at.read("payments?state=reviewed")).rows[0];
  await at.open(`/payments/${found.payment.id}`);
  await at.state("reviewed");
  const answer = await at.read(`payments/${found.payment.id}`);
  expect(answer.lines.length > 0, "no lines");
});
await check("the chief approves, finance pays", async () => {
  const chief = await as("zongyaoshi");
  await chief.open(`/payments/${found.payment.id}`);
  await chief.next("approve", "approved");
  const p = await as("caiwu");
  await p.open(`/payments/${found.payment.id}`);
  await p.state("approved");
  await p.page.locator('[data-testid="next-step"][data-action="pay"]:enabled').click();
  await p.type("note", "回单 0001");
  await p.click("note-ok");
  await p.state("paid");
});
await check("the proof rate opens its rows", async () => {
  await at.open("/proof");
  await at.get("list-row").first().waitFor();
  await at.page.locator("tbody a").first().click();
  await at.page.waitForURL(/payables\?/);
  await at.get("list-row").first().waitFor();
});
await check("the matrix shows who has closed last month and who has not", async () => {
  const p = await as("zongyaoshi");
  await p.open("/month-closes");
  await p.get("matrix").waitFor();
  await p.see("已结");
  await p.see("未结");
});
await check("a closed month's sheet stands in both moneys", async () => {
  const closed = (await at.read("month-closes")).rows[0];
  await at.open(`/month-closes/${closed.id}`);
  await at.state("closed");
  await at.see("发药价金额");
  await at.see("进销差价");
});
await check("a new issue price stands line by line in the depot's book and opens its document", async () => {
  const lines = (await at.read("depot-lines?column=price&limit=1000")).rows;
  const rows = lines.filter((row) => row.document_id === lines[0].document_id);
  expect(rows.length > 0 && rows.every((row) => row.document_kind === "price_adjustment" && row.amount === "0.00"), JSON.stringify(rows[0]));
  const stock = (await at.read(`price-adjustment-stock?adjustment_id=${rows[0].document_id}&limit=1000`)).rows;
  const of = (list, depot, name) => list.filter((row) => row.depot_id === depot).reduce((sum, row) => sum + Math.round(Number(row[name]) * 100), 0);
  expect(of(rows, rows[0].depot_id, "issue_amount") === of(stock, rows[0].depot_id, "gain"), "the book says something else than the 调价单");
  await at.open(`/depot-lines?column=price&depot_id=${rows[0].depot_id}`);
  await at.get("list-row").first().click();
  await at.page.waitForURL(/price-adjustments\//);
});
await check("who has not counted is shown; a count books what differs and stands beside the month", async () => {
  const p = await as("baoguan");
  await p.open("/month-closes");
  await p.get("matrix").waitFor();
  await p.see("已盘");
  await p.see("未盘点");
  const states = (await p.read("month-states?limit=1000")).rows;
  const depot = states.find((row) => row.depot_name === "内科一病区备用药");
  await p.open("/adjustments/new?reason=count");
  await p.pick("depot-picker", "", depot.depot_name);
  await p.click("fill");
  await p.get("line-1-lot").waitFor();
  await p.type("line-1-units", "1");
  await p.page.getByText("盘", { exact: false }).first().waitFor();
  await p.click("create");
  await p.state("posted");
  await p.get("counts").waitFor();
  await p.open("/month-closes");
  await p.get(`counted-${depot.depot_id}`).first().click();
  await p.page.waitForURL(/adjustments\//);
  await p.get("counts").waitFor();
});
await check("a wrong 库存登记 is taken back with a reason, shows what took it back, and carries papers", async () => {
  const id = at.path().split("/").pop(), depot = (await at.read(`adjustments/${id}`)).depot_id;
  const units = async () => (await at.read(`stock?depot_id=${depot}&limit=1000`)).rows.reduce((sum, row) => sum + row.units, 0);
  const moves = (await at.read(`stock-moves?document_id=${id}`)).rows;
  const before = (await units()) - moves.reduce((sum, row) => sum + (row.to_depot_id === depot ? row.units : -row.units), 0);
  expect(moves.length > 0, "the count found no difference");
  await at.click("more-steps");
  await at.click("step-reverse");
  await at.type("note", "盘错了库房");
  await at.click("note-ok");
  await at.state("reversed");
  expect((await units()) === before, "the stock is not as it was");
  await at.click("document-side");
  await at.get("side-papers").locator("input[type=file]").setInputFiles({ name: "盘点表.txt", mimeType: "text/plain", buffer: Buffer.from("盘点表") });
  await at.get("side-papers").getByText("盘点表.txt").waitFor();
  await at.page.keyboard.press("Escape");
  await at.click("counterpart");
  await at.state("reversal");
  await at.get("lines").waitFor();
  await at.see("盘错了库房");
  await as("zongyaoshi");
});
await check("what was bought is watched, and each row opens its receipts", async () => {
  await at.open("/watch");
  await at.get("list-row").first().click();
  await at.page.waitForURL(/payables\?/);
  await at.get("list-row").first().waitFor();
});
await check("a month's share of antibiotics opens the drugs behind it", async () => {
  await at.open("/watch/shares");
  await at.get("list-row").first().waitFor();
  const row = (await at.read("watch-shares?kind=antibiotic")).rows.find((one) => one.products > 0);
  const drugs = (await at.read(`watch-products?month=${row.month}&flag=antibiotic`)).rows;
  expect(drugs.length === row.products, `${drugs.length} drugs, ${row.products} said`);
  await at.get("list-row").first().click();
  await at.page.waitForURL(/watch\?month=\d+&flag=/);
});
await check("what went back to its supplier opens from the month it lowers, and from his score", async () => {
  const row = (await at.read("watch-products?limit=1000")).rows.find((one) => one.returned_units > 0);
  expect(row, "nothing was returned");
  await at.open(`/watch?month=${row.month}`);
  await at.get("watch-returned").first().click();
  await at.page.waitForURL(/supplier-return-lines\?product_id=/);
  await at.get("list-row").first().waitFor();
  await at.open("/supplier-scores");
  await at.get("score-returned").first().waitFor();
});
await check("every other page of the room opens", async () => {
  for (const path of ["/invoices", "/invoice-lines", "/supplier-return-lines", "/price-paid", "/price-savings", "/payments", "/estimates", "/money-balances", "/money-entries", "/sheets", "/month-closes/list", "/watch/makers", "/watch/splits", "/watch/filed", "/watch/exceptions", "/depot-days", "/depot-lines", "/remote-approvals", "/settle-settings"]) {
    await at.open(path);
    await at.page.locator("h1").first().waitFor();
  }
  expect(troubles.length === 0, troubles.join("; "));
});
await finish();
