// 今日: tasks as cards, each opens its filtered list. A township desk gets five large buttons first.
import { Button } from "antd";
import { useData } from "../base/data";
import { go } from "../base/route";
import { can, isTownship, useSession } from "../base/session";
import type { Card } from "../base/types";
import { ymd } from "../base/format";
import { BEGIN } from "../frame/menu";
import { To } from "../parts/cells";
import { Empty, Loaded } from "../parts/Trouble";

const WORD = { info: "", warn: "注意", bad: "马上处理" };

function Task({ of }: { of: Card }) {
	const level = of.count === 0 ? "zero" : of.level;
	return (
		<To path={of.path} className={`task ${level}`} data-testid={`card-${of.key}`}>
			<span>
				{of.title}
				{of.count > 0 && WORD[of.level] && <small className="mute block">{WORD[of.level]}</small>}
			</span>
			<b>{of.count}</b>
		</To>
	);
}

interface Big {
	title: string;
	path: string;
	permission: string;
	/** Cards whose paths begin so are counted on the button. */
	counts: RegExp;
	words: (n: number) => string;
}
const BIG: Big[] = [
	{ title: "收货", path: "/shipments?state=shipped", permission: "SHIPMENT_RECEIVE", counts: /^\/shipments/, words: (n) => (n ? `${n} 箱在途` : "没有在途") },
	{ title: "请领", path: "/requests/new", permission: "REQUEST_EDIT", counts: /^\/requests/, words: (n) => (n ? `${n} 张未完成` : "新建请领单") },
	{ title: "盘点/登记", path: "/adjustments", permission: "ADJUST", counts: /^\/(adjustments|usage-unmatched)/, words: (n) => (n ? `${n} 项待办` : "报损、用量") },
	{ title: "缺药登记", path: "/shortages/new", permission: "SHORTAGE_EDIT", counts: /^\/shortages/, words: (n) => (n ? `${n} 件未解决` : "登记缺药") },
	{ title: "查追溯", path: "/trace", permission: "TRACE_READ", counts: /^\/trace/, words: () => "扫一盒看来去" },
];

function BigButtons({ cards }: { cards: Card[] }) {
	return (
		<div className="big-buttons">
			{BIG.filter((big) => can(big.permission)).map((big) => (
				<To key={big.title} path={big.path} className="big" data-testid={`big-${big.title}`}>
					<b>{big.title}</b>
					<span>{big.words(cards.filter((card) => big.counts.test(card.path)).reduce((sum, card) => sum + card.count, 0))}</span>
				</To>
			))}
		</div>
	);
}

/** What a desk begins most often. */
function Begin() {
	return (
		<div className="begin">
			{BEGIN.filter((entry) => can(entry.permission)).map((entry) => (
				<Button key={entry.path} onClick={() => go(entry.path)}>
					{entry.title}
				</Button>
			))}
		</div>
	);
}

export function Today() {
	const { session } = useSession();
	const data = useData<{ cards: Card[] }>("today", {
		topics: ["orders", "receipts", "requests", "shipments", "shortages", "discrepancies", "alarms", "imports", "invoices", "payables", "payments", "sheets", "estimates", "partners"],
	});
	return (
		<section className="page">
			<header className="page-head">
				<h1>今日 {ymd(session?.today_ymd)}</h1>
				<span className="grow" />
				{can("REPORT_READ") && <To path="/board">总药师工作台</To>}
			</header>
			<Loaded of={data} rows={4}>
				{({ cards }) => (
					<>
						{isTownship() ? <BigButtons cards={cards} /> : <Begin />}
						{cards.length > 0 ? (
							<>
								<div className="cards">
									{cards.filter((card) => card.count > 0).map((card) => <Task key={card.key} of={card} />)}
								</div>
								<div className="cards quiet" aria-label="没有待办">
									{cards.filter((card) => card.count === 0).map((card) => <Task key={card.key} of={card} />)}
								</div>
							</>
						) : (
							!isTownship() && (
								<Empty text="今天没有等您办理的事。扫码可以查任何一盒药, Ctrl-K 可以打开任何页面。">
									<button type="button" className="link" onClick={() => go("/stock")}>
										看库存
									</button>
								</Empty>
							)
						)}
					</>
				)}
			</Loaded>
		</section>
	);
}
