// 系统状态: how old the last good copy is, and what a dead disk would cost at this moment. Figures of the whole service.
import { Button } from "antd";
import { useData } from "../../base/data";
import { Chip, Fact } from "../../parts/cells";
import { Loaded } from "../../parts/Trouble";

interface HealthData {
	writable: boolean;
	backup_age_s: number | null;
	disk_loss_s: number;
}
const LATE_S = 26 * 3600; // a copy each night, and two hours

function span(seconds: number): string {
	if (seconds < 60) return `${seconds} 秒`;
	if (seconds < 7200) return `${Math.floor(seconds / 60)} 分钟`;
	return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} 小时` : `${Math.floor(seconds / 86400)} 天`;
}

export function Health() {
	const data = useData<HealthData>("/healthz");
	return (
		<section className="page">
			<header className="page-head">
				<h1>系统状态</h1>
				<span className="grow" />
				<Button onClick={() => void data.reload()}>刷新</Button>
			</header>
			<Loaded of={data} rows={3}>
				{(health) => (
					<div className="panel" data-testid="health" data-age={health.backup_age_s ?? ""}>
						<Fact label="数据库">{health.writable ? <Chip tone="good">可写</Chip> : <Chip tone="bad">暂时不能写入</Chip>}</Fact>
						<Fact label="上一份完好的备份">
							{health.backup_age_s === null ? <Chip tone="bad">还没有</Chip> : <Chip tone={health.backup_age_s > LATE_S ? "wait" : "good"}>{span(health.backup_age_s)}前</Chip>}
						</Fact>
						<Fact label="此刻磁盘损坏">{health.disk_loss_s > 0 ? `会丢失 ${health.disk_loss_s} 秒 (约 ${span(health.disk_loss_s)}) 的数据` : "不会丢失数据: 备份里都有"}</Fact>
						<p className="mute">这台服务上有几个医共体时, 是其中最久的一个。备份怎样定时做、怎样恢复, 见运维手册 operations.md。</p>
					</div>
				)}
			</Loaded>
		</section>
	);
}
