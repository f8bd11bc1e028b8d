// The demo under test, the browser, and the hands: what a person or a scanner does to the page.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const shots = join(here, "../../build/test");
export const PASSWORD = "yaocang2026";
export const CONSORTIUM = "sxyy";

/** `yaocang demo` on a free port, in a folder of its own; ended and removed by close(). more: further options of it. */
export async function openDemo(built, more = []) {
  const folder = mkdtempSync(join(tmpdir(), "browser-"));
  const data = join(folder, "data");
  // A copy: whoever builds meanwhile does not pull the program away under the demo.
  const yaocang = join(folder, "yaocang");
  copyFileSync(built, yaocang);
  const child = spawn(yaocang, ["demo", "--data", data, "--port", "0", "--excursion-after", "20", ...more], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const address = await new Promise((found, failed) => {
    let text = "";
    child.stdout.on("data", (more) => {
      text += more;
      const match = /yaocang: (http:\/\/\S+?)\/?\s/.exec(text);
      if (match) found(match[1]);
    });
    child.on("exit", (code) => failed(new Error(`the demo ended with ${code}: ${errors}`)));
  });
  const stop = async () => {
    if (child.exitCode !== null) return child.exitCode;
    const gone = new Promise((done) => child.on("exit", done));
    child.kill("SIGTERM");
    return gone;
  };
  return {
    address,
    folder,
    stop,
    verify: () => spawnSync(yaocang, ["verify", "--data", data], { encoding: "utf8" }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** The answers that a page may get on purpose; the browser calls each of them an error in its console. */
const EXPECTED = /Failed to load resource.*status of (401|403|404|409|415|422)/;

/** One person at a screen of their own: a context, a page, and hands. */
export class Person {
  constructor(demo, page, user, troubles) {
    Object.assign(this, { demo, page, user });
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => troubles.push(`${user}: ${error}`));
    page.on("console", (line) => line.type() === "error" && !EXPECTED.test(line.text()) && troubles.push(`${user}: ${line.text()} ${page.url()}`));
  }

  static async arrive(demo, browser, user, troubles, size = { width: 1366, height: 768 }) {
    const context = await browser.newContext({ viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
    const person = new Person(demo, await context.newPage(), user, troubles);
    await person.page.goto(`${demo.address}/`);
    await person.get(`consortium-${CONSORTIUM}`).click();
    await person.logIn();
    await person.get("who").waitFor();
    return person;
  }

  async logIn() {
    if (await this.get("login-user").isEnabled()) await this.get("login-user").fill(this.user);
    await this.get("login-password").fill(PASSWORD);
    await this.get("login-submit").click();
  }

  get = (testid) => this.page.getByTestId(testid);
  see = (text) => this.page.getByText(text).first().waitFor();
  type = (testid, text) => this.get(testid).fill(String(text));
  click = (testid) => this.get(testid).click();
  path = () => new URL(this.page.url()).pathname.replace(`/${CONSORTIUM}`, "");

  /** By the address, as a bookmark. */
  open = (path) => this.page.goto(`${this.demo.address}/${CONSORTIUM}${path}`);
  /** By the menu; a folded module is opened first. */
  go = async (path) => {
    const link = this.get(`nav-${path}`), folded = this.page.locator('.module-title[aria-expanded="false"]');
    while (!(await link.isVisible()) && (await folded.count()) > 0) await folded.first().click();
    await link.click();
  };

  /** A choice of the open list; what is left of earlier words cannot be chosen. */
  option = (wanted = "") =>
    this.page
      .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option:not(.ant-select-item-option-disabled)")
      .filter({ hasText: wanted })
      .first();

  /** Chooses from a list that finds while one types. */
  async pick(testid, words, wanted = words) {
    await this.get(testid).click();
    if (words) await this.page.keyboard.type(words, { delay: 70 });
    await this.option(wanted).click();
  }

  /** The document's state, once the page shows it. */
  state = (name) => this.page.locator(`.document-page[data-state="${name}"]`).waitFor();

  /** The one next step. */
  async next(action, state) {
    await this.page.locator(`[data-testid="next-step"][data-action="${action}"]:enabled`).click();
    if (state) await this.state(state);
  }

  /** One of the steps behind the arrow. */
  async other(action) {
    await this.get("more-steps").click();
    await this.get(`step-${action}`).click();
  }

  /** A hand scanner: a keyboard, only faster than any person. */
  async scan(code) {
    await this.page.keyboard.type(code);
    await this.page.keyboard.press("Enter");
  }

  /** The same with a Chinese input method on: the page sees keys without letters, in the middle of a composition. */
  async scanComposing(code) {
    await this.page.keyboard.press("F2");
    const wire = await this.page.context().newCDPSession(this.page);
    const key = (type, code, character) =>
      wire.send("Input.dispatchKeyEvent", { type, code, key: "Process", windowsVirtualKeyCode: 229, modifiers: /[A-Z]/.test(character) ? 8 : 0 });
    let composed = "";
    for (const character of code) {
      const name = /\d/.test(character) ? `Digit${character}` : character === "-" ? "Minus" : `Key${character.toUpperCase()}`;
      await key("rawKeyDown", name, character);
      composed += character;
      await wire.send("Input.imeSetComposition", { text: composed, selectionStart: composed.length, selectionEnd: composed.length });
    }
    // Enter gives the letters of the composition to the field, after its key was seen.
    await key("rawKeyDown", "Enter", "");
    await wire.send("Input.insertText", { text: composed });
    await wire.detach();
  }

  /** What the last scan said, in the big line. */
  async said(state) {
    const line = this.page.locator(`[data-testid="scan-result"][data-state="${state}"]`).first();
    await line.waitFor();
    return line.innerText();
  }

  /** A look into the store through the same service, where the page need not be asked (a lot, a seeded code). */
  async read(path) {
    const answer = await this.page.request.get(`${this.demo.address}/api/v1/${CONSORTIUM}/${path}`);
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  }

  async shot(name) {
    mkdirSync(shots, { recursive: true });
    const file = resolve(shots, `browser-${name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}-${this.user}.png`);
    await this.page.screenshot({ path: file }).catch(() => undefined);
    return file;
  }
}

/** Sizes on the wire of what a page loads, by address. */
export async function weigh(page) {
  const wire = await page.context().newCDPSession(page);
  const sizes = new Map();
  const names = new Map();
  await wire.send("Network.enable");
  wire.on("Network.responseReceived", ({ requestId, response }) => names.set(requestId, new URL(response.url).pathname));
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(names.get(requestId), encodedDataLength));
  return sizes;
}
