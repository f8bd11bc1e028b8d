// 首营企业 through the page: a new supplier is filed with a PDF of every paper, another person approves, then he can be ordered from.
import { as, check, demo, expect, finish } from "./stage.mjs";

const PDF = { name: "扫描件.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") };
const DAY = "20301231";
const found = {};

await check("a new supplier is made and is locked, with the reason on his page", async () => {
  const buyer = await as("caigou");
  await buyer.go("/suppliers");
  await buyer.click("primary");
  await buyer.type("supplier-code", "XIN1");
  await buyer.type("supplier-name", "新来的医药公司 (演示)");
  await buyer.type("supplier-licence_no", "皖AA0001");
  await buyer.type("supplier-contact", "王五");
  await buyer.type("supplier-until", DAY);
  await buyer.click("supplier-ok");
  await buyer.page.locator("[data-testid=supplier-locked][data-code=FIRST_PURCHASE]").waitFor();
  found.supplier = buyer.path();
});

await check("he cannot be ordered from: the order page says why", async () => {
  const buyer = await as("caigou");
  await buyer.open("/orders/new");
  await buyer.pick("supplier-picker", "新来的");
  await buyer.get("supplier-lock").filter({ hasText: "首营企业" }).waitFor();
});

await check("the file is opened; what it lacks stands at the top", async () => {
  const buyer = await as("caigou");
  await buyer.open(found.supplier);
  await buyer.click("file-first");
  await buyer.state("draft");
  found.file = buyer.path();
  await buyer.get("file-missing").filter({ hasText: "营业执照" }).waitFor();
});

/** One paper by the dialog; its row is then there. */
async function addPaper(person, title, kind) {
  await person.click("add-qualification");
  await person.get("paper-kind").click();
  await person.option(title).click();
  await person.type("paper-number", `演示-${kind}`);
  await person.type("paper-until", DAY);
  if (kind === "mandate") await person.type("paper-person", "赵六");
  await person.click("paper-ok");
  await person.get(`scan-${kind}`).waitFor();
}

const PAPERS = { business_licence: "营业执照", agreement: "质量保证协议", mandate: "授权委托书", seals: "样式备案", invoice_data: "开户与开票" };

await check("every paper is registered, and its scan attached", async () => {
  const buyer = await as("caigou");
  for (const [kind, title] of Object.entries(PAPERS)) await addPaper(buyer, title, kind);
  for (const kind of ["drug_licence", ...Object.keys(PAPERS)]) {
    await buyer.get(`scan-${kind}-file`).setInputFiles(PDF);
    await buyer.page.locator(`[data-testid=scan-${kind}][data-count="1"]`).waitFor();
  }
  await buyer.get("file-complete").waitFor();
});

await check("a file that is no paper is refused in words", async () => {
  const buyer = await as("caigou");
  await buyer.get("scan-seals-file").setInputFiles({ name: "假.pdf", mimeType: "application/pdf", buffer: Buffer.from([77, 90, 144, 0, 3]) });
  await buyer.page.locator("[data-testid=banner-error][data-code=WRONG_MEDIA]").waitFor();
});

await check("the buyer hands it in and cannot approve it himself", async () => {
  const buyer = await as("caigou");
  await buyer.next("submit", "submitted");
  const approve = buyer.page.locator("[data-testid=next-step][data-action=approve]:enabled");
  expect((await approve.count()) === 0, "the buyer may approve");
});

await check("the inspector finds it among his tasks, opens a scan, and approves", async () => {
  const inspector = await as("yanshou");
  await inspector.open("/");
  await inspector.get("card-first_suppliers").click();
  await inspector.page.getByText("新来的医药公司").first().click();
  await inspector.state("submitted");
  const link = await inspector.page.locator("[data-testid=scan-business_licence] a").first().getAttribute("href");
  const answer = await inspector.page.request.get(`${demo.address}${link}`);
  expect(answer.ok() && (await answer.text()).startsWith("%PDF-"), `the scan: ${answer.status()}`);
  expect(/sandbox/.test(answer.headers()["content-security-policy"] ?? ""), "no sandbox");
  await inspector.next("approve", "approved");
});

await check("now he can be ordered from", async () => {
  const buyer = await as("caigou");
  const makers = new Map((await buyer.read("makers?limit=1000")).rows.map((one) => [one.name, one]));
  const drugs = (await buyer.read("products?limit=400")).rows.filter((row) => row.ceiling_price && row.active);
  const named = drugs.find((row) => makers.get(row.maker).distributors > 0);
  const drug = drugs.find((row) => makers.get(row.maker).distributors === 0);
  await buyer.open("/orders/new");
  await buyer.pick("supplier-picker", "新来的");
  // A maker that has named its distributors is not delivered by him: said before anybody presses the key.
  await buyer.pick("product-picker", named.code, named.name);
  await buyer.get("supplier-lock").filter({ hasText: "配送关系" }).waitFor();
  await buyer.click("line-1-drop");
  await buyer.get("supplier-lock").waitFor({ state: "detached" });
  await buyer.pick("product-picker", drug.code, drug.name);
  await buyer.type("line-1-packs", 2);
  await buyer.click("create");
  await buyer.state("draft");
});

await check("lists: papers that run out, delivery rights, makers, scores", async () => {
  const person = await as("zongyaoshi");
  for (const [path, title] of [["/expiring-papers", "到期资质"], ["/delivery-rights", "配送关系"], ["/makers", "生产企业"], ["/supplier-scores", "供应商评分"], ["/first-products", "首营审批"]]) {
    await person.open(path);
    await person.page.locator("h1").filter({ hasText: title }).waitFor();
    await person.page.locator("[data-testid=list-row], [data-testid=empty]").first().waitFor();
  }
  await person.open("/makers");
  await person.get("list-row").first().click();
  await person.page.locator("h2").filter({ hasText: "配送关系" }).waitFor();
});

await finish();
