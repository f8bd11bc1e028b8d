// Words of price facts (warehouse/price/price.c).
export const KINDS: Record<string, string> = { listed: "挂网价", selected: "中选价", agreed: "议定价", insurance: "医保支付标准", reference: "参考价", filed: "备案价" };
/** Those that people enter; a 备案价 and a 议定价 come only from their documents. */
export const ENTERED = Object.entries(KINDS).filter(([kind]) => kind !== "filed" && kind !== "agreed").map(([value, label]) => ({ value, label }));
