// A calm bar while the line is down, and what of the kept work the service refused afterwards.
import { Button, Drawer } from "antd";
import { useEffect, useState } from "react";
import { type Kept, dismissKept, replay, useKept, watchLine } from "../base/queue";
import { shortTime } from "../base/format";
import { useSession } from "../base/session";

function words(online: boolean, switching: boolean, waiting: number, refused: number): string | null {
	if (online && switching) return `正在切换数据库, 已录入的内容保留, ${waiting > 0 ? `已记下 ${waiting} 件, 恢复后自动提交` : "已显示的内容可以看, 恢复后自动继续"}`;
	if (!online) return waiting > 0 ? `断网: 已记下 ${waiting} 件, 恢复后自动提交` : "断网: 正在重新连接。已显示的内容可以看, 扫描会先记下。";
	if (waiting > 0) return `正在提交断网时记下的 ${waiting} 件`;
	return refused > 0 ? `断网时记下的 ${refused} 件没有被接受, 请查看` : null;
}

export function OfflineBar() {
	const { online, switching } = useSession();
	const kept = useKept();
	const [open, setOpen] = useState(false);
	useEffect(() => {
		void replay();
		return watchLine();
	}, []);
	const refused = kept.filter((one) => one.refused).length;
	const text = words(online, switching, kept.length - refused, refused);
	if (!text) return null;
	return (
		<div className={`offline-bar ${online && refused ? "bad" : ""}`} role="status" data-testid="offline-bar" data-switching={online && switching} data-waiting={kept.length - refused}>
			<span>{text}</span>
			{kept.length > 0 && (
				<button type="button" className="link" onClick={() => setOpen(true)}>
					查看
				</button>
			)}
			<Drawer open={open} onClose={() => setOpen(false)} title="断网时记下的工作" size={420}>
				{kept.map((one) => (
					<KeptLine key={one.key} of={one} />
				))}
			</Drawer>
		</div>
	);
}

function KeptLine({ of }: { of: Kept }) {
	return (
		<div className={`scan-line ${of.refused ? "bad" : "waiting"}`}>
			<span className="words">
				<b>{of.title}</b>
				<span>{of.refused ?? "等待提交"}</span>
				<small>{shortTime(of.at_ms)}</small>
			</span>
			{of.refused && (
				<Button size="small" onClick={() => dismissKept(of.key)}>
					已读
				</Button>
			)}
		</div>
	);
}
