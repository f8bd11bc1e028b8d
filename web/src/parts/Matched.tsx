// Why a search found a row: the text that matched, with the matching piece marked, and how it was found.
import type { Match } from "../base/types";

const HOW: Record<Match["how"], string> = { fragment: "片段", initials: "拼音首字母", code: "编码" };
const FIELD: Record<string, string> = { name: "名称", trade_name: "商品名", maker: "生产企业", spec: "规格", approval_no: "批准文号", code: "编码" };

/** The text in pieces, every second one marked; marks count characters and may overlap. */
export function piecesOf(text: string, marks: number[]): string[] {
	const letters = Array.from(text);
	const marked = letters.map((_, n) => marks.some((begin, at) => at % 2 === 0 && n >= begin && n < (marks[at + 1] ?? 0)));
	const pieces = [""];
	letters.forEach((letter, n) => {
		if (marked[n] !== (pieces.length % 2 === 0)) pieces.push("");
		pieces[pieces.length - 1] += letter;
	});
	return pieces;
}

export function Matched({ of, bare }: { of: Match | null | undefined; bare?: boolean }) {
	if (!of) return null;
	return (
		<span className="matched" data-testid="matched" data-how={of.how} data-field={of.field}>
			{!bare && <small className="mute">{FIELD[of.field] ?? "编码"} · {HOW[of.how]} </small>}
			{piecesOf(of.text, of.marks).map((piece, n) => (n % 2 ? <mark key={n}>{piece}</mark> : piece))}
		</span>
	);
}
