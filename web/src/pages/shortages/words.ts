import { options } from "../../parts/ListPage";

export const URGENCY: Record<string, string> = { normal: "一般", urgent: "急", critical: "危急" };
export const REASON: Record<string, string> = { not_in_list: "目录内没有", out_of_stock: "暂时缺货", supplier_out: "供应商断供", new_need: "新增需求" };
export const STATES = options({
	registered: "已登记", verified: "已核实", transferring: "调剂中", purchasing: "采购中", substituted: "已替代", told_unavailable: "无法供应(已告知)",
	arrived: "已到货通知", collected: "已取药", cancelled: "已撤销",
});
