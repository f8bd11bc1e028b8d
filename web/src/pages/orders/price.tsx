// The price of an order line against its ceiling, told while it is typed.
import { amountFen, fen, money, priceE4, time, ymd } from "../../base/format";
import { Chip } from "../../parts/cells";
import { Cell } from "../../parts/Fields";
import type { Draft } from "../../parts/Lines";

type Raise = Pick<Draft, "raised_from" | "raised_at_ms" | "raised_by" | "raise_needed">;
type Priced = Raise & Pick<Draft, "price" | "ceiling_price" | "ceiling_source" | "ceiling_from_ymd" | "price_rule" | "price_rule_title" | "trade_price">;

/** 中选 and agreed prices are traded exactly. */
const EXACT = new Set(["selected", "agreed"]);

/** What is wrong with a typed price; undefined when nothing is. RULE CEILING: the service refuses it in any case. */
export function priceTrouble(line: Priced): string | undefined {
	const rule = priceE4(line.trade_price);
	const most = priceE4(line.ceiling_price);
	if (rule !== null && most !== null && rule > most && EXACT.has(line.price_rule ?? ""))
		return `${line.price_rule_title} ${money(line.trade_price)} 高于挂网价 ${money(line.ceiling_price)}, ${line.price_rule === "selected" ? "请核对平台" : "须重新议价"}`;
	if (!line.price) return line.trade_price || line.ceiling_price ? undefined : "没有现行挂网价, 不能采购";
	const price = priceE4(line.price);
	if (price === null) return "单价写作 12.50, 最多四位小数";
	if (rule !== null && EXACT.has(line.price_rule ?? "")) return price === rule ? undefined : `应为${line.price_rule_title} ${money(line.trade_price)}`;
	if (rule !== null && line.price_rule === "filed") return price <= rule ? undefined : `高于备案限价 ${money(line.trade_price)}`;
	if (most === null || price <= most) return undefined;
	return `高于限价 ${money(line.ceiling_price)} (${line.ceiling_source ?? "限价"}${line.ceiling_from_ymd ? `, ${ymd(line.ceiling_from_ymd)} 起` : ""})`;
}

/** Price left out means the rule's price. */
export function draftFen(line: Draft): number {
	return amountFen(line.units ?? 0, line.price || line.trade_price || line.ceiling_price, line.units_per_pack ?? 1) ?? 0;
}

export const totalFen = (lines: Draft[]) => lines.reduce((sum, line) => sum + draftFen(line), 0);

interface PriceProps {
	line: Draft;
	/** The row as shown. */
	n: number;
	/** Its place among the lines that are sent, when it is another one; -1 when it is not sent. */
	at?: number;
	onChange: (price: string) => void;
	error?: string;
}

export function PriceCell({ line, n, at = n - 1, onChange, error }: PriceProps) {
	const trouble = error ?? (line.units ? priceTrouble(line) : undefined);
	return (
		<>
			<Cell
				value={line.price ?? ""}
				inputMode="decimal"
				cell="price"
				field={at < 0 ? undefined : `lines[${at}].price`}
				testid={`line-${n}-price`}
				aria-label={`第 ${n} 行单价`}
				placeholder={line.trade_price ?? line.ceiling_price ?? "挂网价"}
				error={trouble}
				onChange={(text) => onChange(text.replace(/。/g, ".").replace(/[^\d.]/g, ""))}
			/>
			{trouble && <span className="cell-note">{trouble}</span>}
		</>
	);
}

/** 限价上调: whoever raised it does not approve what needs it. */
const Raised = ({ of }: { of: Raise }) =>
	of.raised_from ? (
		<small className="block" data-testid="ceiling-raised">
			<Chip tone={of.raise_needed ? "bad" : "wait"}>限价上调</Chip> 原 <b className="num">{money(of.raised_from)}</b>, {time(of.raised_at_ms)} {of.raised_by ?? "系统"}
		</small>
	) : null;

export const Ceiling = ({ of }: { of: Priced }) =>
	of.ceiling_price ? (
		<span title={[of.ceiling_source, of.ceiling_from_ymd && `${ymd(of.ceiling_from_ymd)} 起`].filter(Boolean).join(", ")}>
			<span className="num">
				{money(of.ceiling_price)} {of.ceiling_from_ymd ? <small className="mute">{ymd(of.ceiling_from_ymd)} 起</small> : null}
			</span>
			<small className="mute block">
				<span className="source">{of.ceiling_source}</span>
			</small>
			<Raised of={of} />
			{of.price_rule && of.price_rule !== "listed" && (
				<small className="block">
					{of.price_rule_title} <b className="num">{money(of.trade_price)}</b>
				</small>
			)}
		</span>
	) : (
		<span className="mute">无挂网价</span>
	);

export const Amount = ({ line }: { line: Draft }) => <span className="num">{line.units ? fen(draftFen(line)) : ""}</span>;
