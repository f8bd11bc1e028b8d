// What a walk stands on: a demo of its own, a browser, the people who have arrived, and checks that are counted.
// Usage of a walk: node NAME.mjs [path of yaocang]. Last line: N passed, N failed. SHOTS=1 photographs the page behind each check.
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Person, openBrowser, openDemo } from "./house.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const walk = basename(process.argv[1]).split(".")[0];
export const demo = await openDemo(resolve(process.argv[2] ?? join(here, "../../build/yaocang")));
export const browser = await openBrowser();
/** What pages complained of. */
export const troubles = [];
/** Who is at the screen now. */
export let at = null;
const people = {};
let passed = 0;
let failed = 0;

export async function check(name, work) {
  try {
    await work();
    passed++;
    console.log(`  ok  ${name}`);
    if (process.env.SHOTS) await at?.shot(`${walk} ${String(passed).padStart(2, "0")} ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAILED ${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" | ")}`);
    if (at) console.log(`        ${await at.shot(`${walk} ${name}`)} ${at.page.url()}`);
  }
}

export function expect(good, words) {
  if (!good) throw new Error(words);
}

/** That person goes on, at a screen of their own. */
export async function as(user) {
  people[user] ??= await Person.arrive(demo, browser, user, troubles);
  at = people[user];
  return at;
}

/** The last two checks, and the count. */
export async function finish() {
  await check("no page error, no console error", async () => expect(troubles.length === 0, troubles.slice(0, 5).join(" | ")));
  at = null;
  await browser.close();
  await check("the demo ends in order, and the store is sound", async () => {
    expect((await demo.stop()) === 0, "ended with an error");
    const proof = demo.verify();
    expect(proof.status === 0, `${proof.stdout.slice(-400)} ${proof.stderr.slice(-400)}`);
  });
  demo.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
