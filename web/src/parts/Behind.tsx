// A draft being edited while somebody else saved a newer version of it: said aloud, never overwritten unawares.
import { Button } from "antd";

export function Behind({ when, take }: { when: boolean; take: () => void }) {
	if (!when) return null;
	return (
		<div className="behind" role="alert" data-testid="behind">
			<span>别人已保存了更新的内容, 下面还是您的修改; 现在保存会盖过对方的明细。</span>
			<Button data-testid="take-theirs" onClick={take}>
				放弃我的修改, 看最新内容
			</Button>
		</div>
	);
}
