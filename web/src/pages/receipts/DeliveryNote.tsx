// The supplier's electronic delivery note: a CSV whose columns are mapped once per supplier.
import { Button, message } from "antd";
import { useState } from "react";
import { Problem, get, post } from "../../base/api";
import { csvHead } from "../../base/file";
import type { Order, Receipt, Refused } from "../../base/types";
import { useAsk } from "../../parts/ask";
import type { OpenDocument } from "../../parts/document";
import { FileButton } from "../../parts/FileButton";
import { type ColumnMap, ColumnMapDialog } from "./dialogs";

interface NoteReply {
	added?: number;
	lines?: number;
	codes?: number;
	refused?: Refused[];
}

async function supplierOf(receipt: Receipt): Promise<string> {
	return receipt.supplier_id ?? (await get<Order>(`orders/${receipt.order_id}`)).supplier_id;
}

const knownMap = (supplier: string) => get<ColumnMap>(`suppliers/${supplier}/column-map`).catch(() => null);

export function DeliveryNote({ of, receipt }: { of: OpenDocument<Receipt>; receipt: Receipt }) {
	const [dialog, ask] = useAsk();
	const [text, setText] = useState("");
	const path = `receipts/${receipt.id}/delivery-note`;
	const mapped = async (csv: string): Promise<boolean> => {
		const supplier = await supplierOf(receipt);
		const known = await knownMap(supplier);
		return (await ask<true>((close) => <ColumnMapDialog supplier={supplier} head={csvHead(csv)} known={known} close={close} />)) === true;
	};
	const upload = (csv: string, again = false) =>
		of.run(async () => {
			setText(csv);
			const supplier = await supplierOf(receipt);
			const known = await knownMap(supplier);
			if ((again || !known?.columns?.length) && !(await mapped(csv))) return;
			const reply = await post<NoteReply>(path, undefined, { csv }).catch(async (error: Problem) => {
				if (error.status !== 422 || again || !(await mapped(csv))) throw error;
				return post<NoteReply>(path, undefined, { csv });
			});
			const refused = reply.refused?.length ?? 0;
			void message[refused ? "warning" : "success"](`已读入 ${reply.lines ?? reply.added ?? 0} 行, ${reply.codes ?? 0} 个追溯码${refused ? `; ${refused} 行没有接受` : ""}`, 6);
		});
	return (
		<>
			<FileButton testid="delivery-note" loading={of.busy} onText={(csv) => void upload(csv)}>
				导入随货同行单
			</FileButton>
			{text && <Button onClick={() => void upload(text, true)}>改列对应</Button>}
			{dialog}
		</>
	);
}
