// Bundles the page into one flat folder (every file also as .gz): node build.mjs OUTDIR
// With --test it bundles the tests of the page's logic instead, for `node --test OUTDIR`.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const testing = process.argv[2] === "--test";
const out = process.argv[testing ? 3 : 2];
if (!out) {
	console.error("usage: node build.mjs [--test] OUTDIR");
	process.exit(2);
}

const empty = (folder) => {
	mkdirSync(folder, { recursive: true });
	for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
};

const common = { bundle: true, absWorkingDir: here, logLevel: "warning", jsx: "automatic", charset: "utf8" };

const buildTests = async () => {
	empty(out);
	const entries = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".test.ts"));
	await build({
		...common,
		entryPoints: entries.map((name) => join("tests", name)),
		outdir: out,
		platform: "node",
		format: "esm",
		target: "node18",
		outExtension: { ".js": ".mjs" },
	});
};

const buildPage = async () => {
	const result = await build({
		...common,
		entryPoints: { app: "src/main.tsx" },
		outdir: out,
		entryNames: "[name]-[hash]",
		chunkNames: "[name]-[hash]",
		splitting: true,
		format: "esm",
		minify: true,
		target: "chrome87",
		define: { "process.env.NODE_ENV": '"production"' },
		legalComments: "eof",
		metafile: true,
		write: false,
	});
	const entry = (ext) => {
		const found = result.outputFiles.find((file) => new RegExp(`^app-.*\\${ext}$`).test(basename(file.path)));
		if (!found) throw new Error(`no app${ext} was built`);
		return basename(found.path);
	};
	const html = readFileSync(join(here, "src/index.html"), "utf8")
		.replace("{{css}}", `/assets/${entry(".css")}`)
		.replace("{{js}}", `/assets/${entry(".js")}`);
	const files = [["index.html", Buffer.from(html)], ...result.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)])];
	empty(out);
	for (const [name, bytes] of files) {
		const packed = gzipSync(bytes, { level: 9 });
		writeFileSync(join(out, name), bytes);
		writeFileSync(join(out, `${name}.gz`), packed);
		console.log(`  WEB ${name} ${Math.ceil(bytes.length / 1024)} KB, ${Math.ceil(packed.length / 1024)} KB packed`);
	}
};

await (testing ? buildTests() : buildPage());
