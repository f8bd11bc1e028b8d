// Reads the printed labels back with zxing (shares no code with the encoders), with zbarimg where it is installed, and the
// Chinese text of the PDF with pdftotext. Usage: node decode.mjs [path of yaocang]. Last line: N passed, N failed.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const here = dirname(fileURLToPath(import.meta.url));
const yaocang = resolve(process.argv[2] ?? join(here, "../../build/yaocang"));
const folder = mkdtempSync(join(tmpdir(), "labels-"));
let passed = 0;
let failed = 0;
let skipped = 0;

function check(name, good, detail = "") {
  if (good) passed++;
  else {
    failed++;
    console.log(`FAILED ${name}${detail ? `: ${detail}` : ""}`);
  }
}

function has(tool, flag) {
  return spawnSync(tool, [flag], { stdio: "ignore" }).error === undefined;
}
const tools = { zbarimg: has("zbarimg", "--version"), pdftoppm: has("pdftoppm", "-v"), pdftotext: has("pdftotext", "-v") };
function skip(what) {
  skipped++;
  console.log(`SKIPPED ${what}`);
}
for (const [tool, there] of Object.entries(tools)) if (!there) skip(`all checks with ${tool}: not installed`);

// Of the renderer; the suppressions matter where it is built with a leak checker.
const commonEnvironment = { ...process.env, LSAN_OPTIONS: `suppressions=${join(here, "leaks.supp")}:print_suppressions=0` };
let environment = commonEnvironment;
function render(layout, data, ...options) {
  const input = typeof data === "string" || Buffer.isBuffer(data) ? data : JSON.stringify(data);
  const run = spawnSync(yaocang, ["render", layout, ...options], { input, maxBuffer: 64 << 20, env: environment });
  if (run.error && run.error.code !== "EPIPE") throw run.error;
  return { status: run.status, bytes: run.stdout, reason: run.stderr.toString() };
}

// zxing: the text is taken from the bytes, so that no guess of an encoding can hide anything.
async function decoded(png) {
  const found = await readBarcodes(new Uint8Array(png), { tryHarder: true, maxNumberOfSymbols: 16 });
  return found.filter((r) => r.isValid).map((r) => `${r.symbologyIdentifier} ${Buffer.from(r.bytes).toString("latin1")}`).sort();
}

const zbarNames = { "]Q1": "QR-Code", "]C0": "CODE-128", "]C1": "CODE-128", "]E0": "EAN-13" };
function checkZbar(name, file, expected) {
  const readable = expected.filter((e) => zbarNames[e.slice(0, 3)]);
  if (!tools.zbarimg || readable.length === 0) return;
  const run = spawnSync("zbarimg", ["-q", file], { encoding: "latin1" });
  for (const e of readable) {
    const line = `${zbarNames[e.slice(0, 3)]}:${e.slice(4)}`;
    check(`${name} zbar`, run.stdout.split("\n").includes(line), `${line} not in ${JSON.stringify(run.stdout)}`);
  }
}

async function checkPicture(name, png, expected) {
  const found = await decoded(png);
  check(`${name} zxing`, JSON.stringify(found) === JSON.stringify([...expected].sort()), `${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

// Blanks mean nothing here, and a font without ℃ prints °C.
const plain = (text) => text.replace(/\s/g, "").replaceAll("℃", "°C");

async function checkPdf(c, pdf, page, expected, texts) {
  const file = join(folder, "sheet.pdf");
  writeFileSync(file, pdf);
  for (const dpi of c.dpi ?? [203, 150]) {
    if (!tools.pdftoppm) break;
    const range = ["-f", String(page), "-l", String(page)];
    execFileSync("pdftoppm", ["-r", String(dpi), "-png", "-singlefile", ...range, file, join(folder, "page")]);
    await checkPicture(`${c.name} page ${page} pdf ${dpi} dpi`, readFileSync(join(folder, "page.png")), expected);
  }
  if (!tools.pdftotext) return;
  const text = execFileSync("pdftotext", ["-f", String(page), "-l", String(page), file, "-"], { encoding: "utf8" });
  for (const t of texts) check(`${c.name} page ${page} pdf text`, plain(text).includes(plain(t)), `${t} not in ${text}`);
}

const tote = {
  from_site: "云岭县医共体中心药房",
  to_site: "石桥镇中心卫生院",
  shipment: "PS-20261121-0007",
  seal: "FQ 0012 3456",
  date: "2026-11-21",
  packed_by: "王芳",
  lines: 12,
  packs: 148,
};
const pick = (i) => ({
  bin: `A-01-${String(i).padStart(2, "0")}-2`,
  product: "盐酸二甲双胍缓释片",
  spec: "0.5g×60片/瓶",
  maker: "上海上药信谊药厂有限公司",
  lot: `MF2026${i}`,
  expiry: "2028-02-29",
  units: "3 盒 + 6 片",
});
const refused = { product: "阿莫西林胶囊", spec: "0.25g×24粒/盒", maker: "珠海联邦制药", lot: "241105A", expiry: "2027-11-30", units: "20 盒", reason: "超出订单未到数量" };
const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const product = { product: "阿莫西林胶囊", spec: "0.25g×24粒/盒", maker: "珠海联邦制药" };

// pages: for each page what must be decoded, with its symbology identifier, and texts of the PDF.
const cases = [
  {
    name: "tote with SSCC, cold, two totes",
    layout: "tote",
    data: {
      fields: { ...tote, cold: "2–8 ℃" },
      rows: [
        { tote: "YT:PS-20261121-0007:1", box: "第 1 箱 / 共 2 箱", sscc: "123456789012345675" },
        { tote: "YT:PS-20261121-0007:2", box: "第 2 箱 / 共 2 箱", sscc: "006141411234567890" },
      ],
    },
    pages: [
      { codes: ["]Q1 YT:PS-20261121-0007:1", "]C1 00123456789012345675"], texts: ["石桥镇中心卫生院", "FQ 0012 3456", "冷链 2–8 ℃", "第 1 箱 / 共 2 箱", "王芳", "12 个品种"] },
      { codes: ["]Q1 YT:PS-20261121-0007:2", "]C1 00006141411234567890"], texts: ["石桥镇中心卫生院", "第 2 箱 / 共 2 箱"] },
    ],
  },
  {
    name: "tote without SSCC",
    layout: "tote",
    data: { fields: { ...tote, tote: "YT:PS-20261121-0007:1" } },
    pages: [{ codes: ["]Q1 YT:PS-20261121-0007:1", "]C0 PS-20261121-0007"], texts: ["云岭县医共体中心药房 发"] }],
  },
  {
    name: "picklist of two pages",
    layout: "picklist",
    data: { fields: { to_site: "石桥镇中心卫生院", shipment: "PS-20261121-0007", date: "2026-11-21" }, rows: Array.from({ length: 24 }, (_, i) => pick(i + 1)) },
    pages: [
      { codes: ["]Q1 PS-20261121-0007"], texts: ["拣货单", "A-01-21-2", "盐酸二甲双胍缓释片", "MF20261", "3 盒 + 6 片", "第 1 页, 共 2 页"] },
      { codes: ["]Q1 PS-20261121-0007"], texts: ["A-01-22-2", "A-01-24-2", "第 2 页, 共 2 页"] },
    ],
  },
  {
    name: "refusal",
    layout: "refusal",
    data: { fields: { site: "云岭县医共体中心药房", number: "JS-20261121-0002", date: "2026-11-21", supplier: "国药控股云岭有限公司", order: "CG-20261118-0031" }, rows: [refused] },
    pages: [{ codes: ["]Q1 JS-20261121-0002"], texts: ["药品拒收单", "国药控股云岭有限公司", "超出订单未到数量", "241105A", "20 盒"] }],
  },
  { name: "head", layout: "head", data: { fields: { head: hash, consortium: "云岭县医共体", date: "2026-11-21", seq: 120934 } }, pages: [{ codes: [`]Q1 ${hash}`], texts: ["账本链头", "120934", hash] }] },
  { name: "bin", layout: "bin", data: { fields: { bin: "A-01-03-2", code: "W:A-01-03-2" } }, pages: [{ codes: ["]C0 W:A-01-03-2"], texts: ["A-01-03-2"] }] },
  { name: "platform code of 20 digits", layout: "bin", data: { fields: { bin: "追溯码", code: "81773220288616423835" } }, pages: [{ codes: ["]C0 81773220288616423835"], texts: ["追溯码"] }] },
  { name: "product, EAN-13", layout: "product", data: { fields: { ...product, ean: "6901234567892" } }, pages: [{ codes: ["]E0 6901234567892"], texts: ["阿莫西林胶囊", "0.25g×24粒/盒"] }] },
  {
    name: "product, one lot",
    layout: "product",
    data: { fields: { ...product, lot: "24(11)05A", gtin: "06901234567892", expiry_yymmdd: "271130", expiry: "2027-11-30" } },
    pages: [{ codes: ["]d2 010690123456789217271130" + "1024(11)05A"], texts: ["批号 24(11)05A", "有效期 2027-11-30"] }],
  },
];

async function checkCase(c) {
  const pdf = render(c.layout, c.data, "--format", "pdf", "--out", "-");
  check(`${c.name} pdf made`, pdf.status === 0, pdf.reason);
  for (const [i, page] of c.pages.entries()) {
    const png = render(c.layout, c.data, "--format", "png", "--out", "-", "--page", String(i + 1));
    check(`${c.name} png made`, png.status === 0, png.reason);
    if (png.status === 0) {
      const file = join(folder, "label.png");
      writeFileSync(file, png.bytes);
      await checkPicture(`${c.name} page ${i + 1} png`, png.bytes, page.codes);
      checkZbar(`${c.name} page ${i + 1}`, file, page.codes);
    }
    if (pdf.status === 0) await checkPdf(c, pdf.bytes, i + 1, page.codes, page.texts);
  }
}

// What must not come out as a picture: status, and a word of the reason.
const toteFields = (more) => ({ fields: { ...tote, tote: "T1", ...more } });
const png = ["--format", "png", "--out", "-"];
const refusals = [
  ["wrong SSCC check digit", "tote", toteFields({ sscc: "123456789012345670" }), png, 1, "INVALID_FIELD"],
  ["Chinese in a symbol", "tote", toteFields({ tote: "周转箱1" }), png, 1, "INVALID_FIELD"],
  ["identifier smuggled in", "tote", toteFields({ sscc: "123456789012345675(10)X" }), png, 1, "INVALID_FIELD"],
  ["missing field", "tote", { fields: { ...tote, to_site: null, tote: "T1" } }, png, 1, "to_site"],
  ["unknown field", "tote", toteFields({ seal_no: "1" }), png, 1, "UNKNOWN_FIELD"],
  ["doubled field", "tote", '{"fields":{"seal":"1","seal":"2"}}', png, 1, "UNKNOWN_FIELD"],
  ["unknown part", "tote", { field: {} }, png, 1, "UNKNOWN_FIELD"],
  ["real number", "tote", toteFields({ packs: 1.5 }), png, 1, "packs"],
  ["seal too long to print whole", "tote", toteFields({ seal: "F".repeat(60) }), png, 1, "INVALID_FIELD"],
  ["rows no array", "tote", { fields: tote, rows: {} }, png, 1, "rows"],
  ["no JSON", "tote", "<xml/>", png, 1, "BAD_JSON"],
  ["empty input", "tote", "", png, 1, "BAD_JSON"],
  ["bad UTF-8", "tote", Buffer.from('{"fields":{"seal":"\xff"}}', "latin1"), png, 1, "BAD_JSON"],
  ["input over 1 MiB", "tote", `{"fields":{"seal":"${"7".repeat(1 << 20)}"}}`, png, 1, "TOO_LARGE"],
  ["several pages as one PNG", "bin", { rows: [1, 2].map((n) => ({ bin: `B${n}`, code: `B${n}` })) }, png, 1, "INVALID_FIELD"],
  ["unknown layout", "../tote", toteFields({}), png, 2, "NOT_FOUND"],
  ["no format", "tote", toteFields({}), ["--out", "-"], 2, "usage"],
  ["unknown option", "tote", toteFields({}), [...png, "--colour", "red"], 2, "usage"],
  ["folder missing", "tote", toteFields({}), ["--format", "pdf", "--out", join(folder, "none", "x.pdf")], 3, "STORE_UNAVAILABLE"],
  ["disk full", "tote", toteFields({}), ["--format", "pdf", "--out", "/dev/full"], 3, "STORE_UNAVAILABLE"],
];
function checkRefusal([name, layout, data, options, status, word]) {
  const run = render(layout, data, ...options);
  check(name, run.status === status && run.bytes.length === 0 && run.reason.includes(word), `${run.status} ${run.reason}`);
}

// The same with nothing but the small Chinese font, which simulates bold and leaves some characters blank.
async function checkSmallFont() {
  const fonts = "/usr/share/fonts/truetype/wqy";
  if (!existsSync(join(fonts, "wqy-microhei.ttc"))) return skip("the small font: fonts-wqy-microhei is not installed");
  const config = join(folder, "fonts.conf");
  const parts = `<dir>${fonts}</dir><include ignore_missing="yes">/etc/fonts/conf.d</include><cachedir>${folder}</cachedir>`;
  writeFileSync(config, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${parts}</fontconfig>`);
  environment = { ...commonEnvironment, FONTCONFIG_FILE: config };
  const signs = { ...cases[1], name: "signs the small font leaves blank", data: toteFields({ tote: "YT:PS-20261121-0007:1", packed_by: "凝血因子Ⅹ 2–8 ℃" }) };
  const inPdf = [{ ...signs.pages[0], texts: ["凝血因子X 2–8 °C"] }];
  for (const c of [...cases.slice(0, 2), { ...signs, pages: inPdf }]) await checkCase({ ...c, name: `${c.name}, small font` });
  checkRefusal(["a character that would print as nothing", "tote", toteFields({ packed_by: "王ǎ" }), png, 1, "ǎ"]);
  writeFileSync(config, "<fontconfig></fontconfig>");
  checkRefusal(["no Chinese font at all", "tote", toteFields({}), png, 3, "fonts-noto-cjk"]);
  environment = commonEnvironment;
}

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer }, fireImmediately: true });
try {
  for (const c of cases) await checkCase(c);
  refusals.forEach(checkRefusal);
  await checkSmallFont();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed || passed === 0 ? 1 : 0;
