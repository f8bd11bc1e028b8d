// Text files that people bring: UTF-8, or GBK as spreadsheets on Chinese desks save them.

export async function textOf(file: Blob): Promise<string> {
	const bytes = await file.arrayBuffer();
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("gbk").decode(bytes);
	}
}

/** The cells of the first line of a CSV text. */
export function csvHead(text: string): string[] {
	const line = text.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0];
	const separator = line.includes("\t") ? "\t" : ",";
	return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1").replace(/""/g, '"'));
}
