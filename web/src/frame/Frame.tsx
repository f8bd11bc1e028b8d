// What every page lives in: top bar with the scan box, modules at the left (below on a phone), the page.
import { Button, Drawer, Dropdown } from "antd";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useData } from "../base/data";
import { openLive } from "../base/live";
import { go, useLocation } from "../base/route";
import { can, hasRole, homeSite, isTownship, signOut, useSession } from "../base/session";
import type { Card } from "../base/types";
import { To } from "../parts/cells";
import { KeyHelp, useKeys } from "./keys";
import { SessionDialog } from "./Login";
import { BEGIN, type Entry, MODULES } from "./menu";
import { OfflineBar } from "./OfflineBar";
import { Palette } from "./Palette";
import { ScanBox, ScanStrip } from "./ScanBox";

const lit = (entry: Entry, path: string) => path === entry.path || (entry.under ?? []).some((prefix) => path.startsWith(`${prefix}/`));

function offered() {
	return MODULES.map((module) => ({ ...module, entries: module.entries.filter((entry) => can(entry.permission)) })).filter((module) => module.entries.length > 0);
}

const TURNED = "yaocang.modules";
const remembered = (): string[] => {
	try {
		return JSON.parse(localStorage.getItem(TURNED) ?? "[]") as string[];
	} catch {
		return [];
	}
};

/** The modules; of those with several pages the daily ones and the one at work are open, until this desk turns one. */
function Nav({ path }: { path: string }) {
	const [turned, setTurned] = useState(remembered);
	const toggle = (key: string) => {
		const next = turned.includes(key) ? turned.filter((one) => one !== key) : [...turned, key];
		setTurned(next);
		localStorage.setItem(TURNED, JSON.stringify(next));
	};
	return (
		<nav className="side-nav" aria-label="模块">
			{offered().map((module) => {
				const alone = module.entries.length === 1;
				const here = module.entries.some((entry) => lit(entry, path));
				const open = alone || here || (module.daily === true) !== turned.includes(module.key);
				return (
					<div key={module.key} className="module">
						{!alone && (
							<button type="button" className={here ? "module-title here" : "module-title"} aria-expanded={open} data-testid={`module-${module.key}`} onClick={() => toggle(module.key)}>
								{module.title} <span aria-hidden>{open ? "▾" : "▸"}</span>
							</button>
						)}
						{open &&
							module.entries.map((entry) => (
								<To key={entry.path} path={entry.path} className={lit(entry, path) ? "on" : undefined} data-testid={`nav-${entry.path}`}>
									{alone ? module.title : entry.title}
								</To>
							))}
					</div>
				);
			})}
		</nav>
	);
}

const DESK = ["/", "/receipts", "/stock", "/shipments"];
const TOWNSHIP = ["/", "/shipments", "/requests", "/shortages"];

/** At the desk the module's name; a branch receives and requests. */
const townshipWords: Record<string, string> = { "/shipments": "收货", "/requests": "请领" };

function BottomNav({ path, more }: { path: string; more: () => void }) {
	const wanted = isTownship() ? TOWNSHIP : DESK;
	const modules = offered();
	const shown = wanted.flatMap((one) => modules.flatMap((module) => module.entries.filter((entry) => entry.path === one).map((entry) => ({ entry, module }))));
	return (
		<nav className="bottom-nav" aria-label="主要模块">
			{shown.map(({ entry, module }) => (
				<To key={entry.path} path={entry.path} className={lit(entry, path) ? "on" : undefined}>
					{(isTownship() ? townshipWords[entry.path] : undefined) ?? module.title}
				</To>
			))}
			<button type="button" onClick={more}>
				更多
			</button>
		</nav>
	);
}

/** How many things are wrong now; opens the home page that lists them. */
function Alerts() {
	const { data } = useData<{ cards: Card[] }>("today", { topics: ["alarms", "discrepancies", "shortages", "imports"] });
	const bad = data?.cards.filter((card) => card.level === "bad" && card.count > 0).length ?? 0;
	if (bad === 0) return null;
	return (
		<To path="/" className="alerts" title={`${bad} 项需要马上处理`}>
			⚠ {bad}
		</To>
	);
}

function Who() {
	const { session } = useSession();
	if (!session) return null;
	const items = [
		{ key: "user", label: `${session.display_name} (${session.user})`, disabled: true },
		...(hasRole("supervisor") ? [{ key: "all", label: <a href="/-/">多医共体</a> }] : []),
		{ key: "out", label: "退出登录" },
	];
	return (
		<Dropdown menu={{ items, onClick: ({ key }) => key === "out" && void signOut() }} trigger={["click"]}>
			<button type="button" className="who" data-testid="who">
				<span className="who-site">{homeSite()?.name}</span> <b>{session.display_name}</b> ▾
			</button>
		</Dropdown>
	);
}

function More({ close }: { close: () => void }) {
	const enter = (path: string) => () => {
		close();
		go(path);
	};
	return (
		<Drawer open onClose={close} placement="bottom" size="70%" title="全部">
			<div className="more-grid">
				{[...BEGIN.filter((entry) => can(entry.permission)), ...offered().flatMap((module) => module.entries)].map((entry) => (
					<Button key={entry.path} onClick={enter(entry.path)}>
						{entry.title}
					</Button>
				))}
			</div>
			<Button danger block onClick={() => void signOut()}>
				退出登录
			</Button>
		</Drawer>
	);
}

export function Frame({ children }: { children: ReactNode }) {
	const { path } = useLocation();
	const { session, ended } = useSession();
	const [dialog, setDialog] = useState<"palette" | "help" | "more" | null>(null);
	const openers = useMemo(() => ({ palette: () => setDialog("palette"), help: () => setDialog("help") }), []);
	const close = () => setDialog(null);
	useKeys(openers);
	// The stream ends with the session and begins again with the next.
	useEffect(() => (ended ? undefined : openLive()), [ended, session?.user]);
	return (
		<div className="frame">
			<a href="#page" className="skip">
				到内容
			</a>
			<header className="top-bar">
				<To path="/" className="brand">
					药仓 <span>{session?.consortium.name}</span>
				</To>
				<ScanBox />
				<Alerts />
				<button type="button" className="top-key" onClick={openers.palette} data-testid="open-palette">
					Ctrl-K
				</button>
				<button type="button" className="top-key" onClick={openers.help} aria-label="按键帮助">
					?
				</button>
				<Who />
			</header>
			<Nav path={path} />
			<main id="page" className="content">
				<OfflineBar />
				<ScanStrip />
				{children}
			</main>
			<BottomNav path={path} more={() => setDialog("more")} />
			<SessionDialog />
			{dialog === "palette" && <Palette close={close} />}
			{dialog === "help" && <KeyHelp close={close} />}
			{dialog === "more" && <More close={close} />}
		</div>
	);
}
