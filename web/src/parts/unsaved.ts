// Leaving with unsaved work asks.
import { Modal } from "antd";
import { useEffect, useRef } from "react";
import { setGuard } from "../base/route";

export function useUnsaved(dirty: boolean): void {
	const latest = useRef(dirty);
	latest.current = dirty;
	useEffect(() => {
		setGuard({
			dirty: () => latest.current,
			ask: (leave) =>
				Modal.confirm({
					title: "有未保存的内容",
					content: "离开后, 这一页刚输入的内容会丢失。",
					okText: "不保存, 离开",
					cancelText: "留在此页",
					onOk: leave,
				}),
		});
		return () => setGuard(null);
	}, []);
}
