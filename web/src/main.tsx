import { ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import { type ComponentType, type ReactNode, StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { type Problem, asProblem, consortium } from "./base/api";
import { type Params, match, useLocation } from "./base/route";
import { loadSession, useSession } from "./base/session";
import { Frame } from "./frame/Frame";
import { LoginPage } from "./frame/Login";
import { PAGES } from "./pages/pages";
import { Supervise } from "./pages/supervise/Supervise";
import { Empty, Trouble } from "./parts/Trouble";

const THEME = {
	token: { colorPrimary: "#0f4c5c", colorInfo: "#1557a8", colorError: "#b3201b", colorLink: "#1557a8", borderRadius: 6, motion: false, fontFamily: "inherit" },
};

const Dress = ({ children }: { children: ReactNode }) => (
	<ConfigProvider locale={zhCN} theme={THEME} componentSize="middle" button={{ autoInsertSpace: false }}>
		{children}
	</ConfigProvider>
);
// Questions and messages that are asked from outside the tree look the same.
ConfigProvider.config({ holderRender: (children) => <Dress>{children}</Dress> });

function find(path: string): { page: ComponentType<{ params: Params }>; params: Params } | null {
	for (const [pattern, page] of PAGES) {
		const params = match(pattern, path);
		if (params) return { page, params };
	}
	return null;
}

function Shown() {
	const { path } = useLocation();
	const found = find(path);
	if (!found) return <Empty text="没有这个页面。按 Ctrl-K 查找页面, 或扫码打开单据。" />;
	// A page of another object is a new page: nothing typed for one may stay for the other.
	return (
		<Suspense fallback={null}>
			<found.page key={path} params={found.params} />
		</Suspense>
	);
}

function App() {
	const { session, loaded } = useSession();
	const [problem, setProblem] = useState<Problem | null>(null);
	const load = () => {
		setProblem(null);
		loadSession().catch((error) => setProblem(asProblem(error)));
	};
	useEffect(() => {
		if (consortium()) load();
	}, []);
	if (problem) return <Trouble problem={problem} retry={load} />;
	if (!consortium() || (loaded && !session)) return <LoginPage />;
	if (!session) return null;
	if (consortium() === "-") return <Supervise />;
	return (
		<Frame key={session.user}>
			<Shown />
		</Frame>
	);
}

createRoot(document.getElementById("root")!).render(
	<StrictMode>
		<Dress>
			<App />
		</Dress>
	</StrictMode>,
);
