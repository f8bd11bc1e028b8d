// Words and small arithmetic that the settlement pages share.
import { today } from "../../base/format";
import { current } from "../../base/session";
import { priceE4 } from "../../base/format";

export const INVOICE_STATES = { entered: "已录入", disputed: "差异待确认", matched: "已匹配入账", void: "已作废" };
export const PAYMENT_STATES = { made: "待复核", reviewed: "待审批", approved: "待付款", paid: "已付款", returned: "已退票", cancelled: "已撤销" };
export const SHEET_STATES = { issued: "待确认", confirmed: "已确认", withdrawn: "已撤回" };
export const LEGS = { "1": "生产→配送", "2": "配送→本院", "3": "加开一票" };
export const ACCOUNTS = {
	stock: "库存药品", estimated: "应付暂估款", payable: "应付账款", internal: "内部往来", bank: "银行存款", fund: "医保基金直接结算", variance: "采购价差", clearing: "调拨清算",
};

export const businessDay = () => current().session?.today_ymd ?? today();
/** The book that a day belongs to when months are closed on the 25th is the service's business; this is the calendar's. */
export const thisMonth = () => Math.floor(businessDay() / 100);
export const monthBefore = (month: number) => (month % 100 === 1 ? month - 89 : month - 1);
export const monthText = (month: number | null | undefined) => (month ? `${String(month).slice(0, 4)}-${String(month).slice(4)}` : "");
/** "2026-11" or 202611 → 202611; null where it is no month. */
export function parseMonth(text: string): number | null {
	const match = /^(\d{4})-?(\d{2})$/.exec(text.trim());
	const month = match ? Number(match[1]) * 100 + Number(match[2]) : 0;
	return month % 100 >= 1 && month % 100 <= 12 ? month : null;
}
/** "12.50" → 1250 fen; null where it is no amount. */
export function fenOf(text: string | null | undefined): number | null {
	const e4 = priceE4(text);
	return e4 === null || e4 % 100 !== 0 ? null : e4 / 100;
}
/** The last months, newest first. */
export const lastMonths = (n: number): number[] => Array.from({ length: n }).reduce<number[]>((all) => [...all, all.length ? monthBefore(all[all.length - 1]) : thisMonth()], []);
