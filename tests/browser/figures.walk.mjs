// Every figure opens its rows: whoever sees a figure, a card or an entry of the menu may open what it leads to.
import { as, check, expect, finish } from "./stage.mjs";

const PEOPLE = ["zongyaoshi", "fenyuan", "caiwu", "jianguan"];
const CALM_MS = 250;

const linksOf = (person, where) => person.page.locator(`${where} a[href^="/"]`).evaluateAll((all) => all.map((one) => one.getAttribute("href")));

/** What stands on the first pages, and, for the two whose menus say most, in the menu; one of each path. */
async function gather(person, user) {
  const found = new Map();
  const keep = (all) => all.forEach((one) => found.set(one.split("?")[0], one));
  for (const page of ["/", "/board"]) {
    await person.open(page);
    await person.page.locator("main a[href]").first().waitFor({ timeout: 3000 }).catch(() => undefined);
    await person.page.waitForTimeout(CALM_MS);
    keep(await linksOf(person, "main"));
  }
  if (user === "zongyaoshi" || user === "fenyuan") keep(await linksOf(person, "nav"));
  return [...found.values()];
}

for (const user of PEOPLE)
  await check(`${user} may open what the first pages lead to`, async () => {
    const person = await as(user);
    const refused = [];
    let opening = "/";
    const links = await gather(person, user);
    person.page.on("response", (answer) => answer.status() >= 400 && refused.push(`${opening}: ${answer.status()} ${new URL(answer.url()).pathname}`));
    expect(links.length > 0, "nothing leads anywhere");
    for (opening of links) {
      await person.page.goto(`${person.demo.address}${opening}`);
      await person.page.waitForTimeout(CALM_MS);
    }
    await person.page.waitForTimeout(CALM_MS * 2);
    person.page.removeAllListeners("response");
    expect(refused.length === 0, [...new Set(refused)].join("; "));
  });

await finish();
