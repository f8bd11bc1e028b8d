// Signing in: the page before a session, and the dialog over a page whose session ended.
import { Button, Input, Modal } from "antd";
import { type FormEvent, useEffect, useState } from "react";
import { consortium, get } from "../base/api";
import { useAct } from "../base/data";
import { signIn, signOut, useSession } from "../base/session";
import { Field } from "../parts/Fields";
import { Trouble } from "../parts/Trouble";

interface Consortium {
	code: string;
	name: string;
}

function useConsortia(): Consortium[] | null {
	const [rows, setRows] = useState<Consortium[] | null>(null);
	useEffect(() => {
		get<{ rows: Consortium[] }>("/api/v1/-/consortia", undefined, { quiet: true }).then((page) => setRows(page.rows), () => setRows([]));
	}, []);
	return rows;
}

function SignIn({ user: fixed }: { user?: string }) {
	const [user, setUser] = useState(fixed ?? "");
	const [password, setPassword] = useState("");
	const { act, busy, problem } = useAct();
	const submit = (event: FormEvent) => {
		event.preventDefault();
		void act(() => signIn(user.trim(), password));
	};
	return (
		<form className="sign-in" onSubmit={submit}>
			<Field label="用户名">
				<Input size="large" autoFocus={!fixed} disabled={!!fixed} autoComplete="username" value={user} data-testid="login-user" onChange={(event) => setUser(event.target.value)} />
			</Field>
			<Field label="密码">
				<Input.Password size="large" autoFocus={!!fixed} autoComplete="current-password" value={password} data-testid="login-password" onChange={(event) => setPassword(event.target.value)} />
			</Field>
			<Trouble problem={problem} />
			<Button type="primary" size="large" htmlType="submit" block loading={busy} disabled={!user.trim() || !password} data-testid="login-submit">
				登录
			</Button>
		</form>
	);
}

/** "/" : which consortium; "/CODE" : who. */
export function LoginPage() {
	const rows = useConsortia();
	const code = consortium();
	useEffect(() => {
		if (!code && rows?.length === 1) location.replace(`/${encodeURIComponent(rows[0].code)}/`);
	}, [code, rows]);
	const name = code === "-" ? "多医共体 (监管): 各医共体中用户名和密码相同的账号" : rows?.find((row) => row.code === code)?.name;
	return (
		<main className="login">
			<div className="login-card">
				<h1>药仓</h1>
				<p className="mute">{name ?? "县域医共体中心药房"}</p>
				{code ? <SignIn /> : <Choice rows={rows} />}
				{code && rows && rows.length > 1 && <a href="/">其他医共体</a>}
			</div>
		</main>
	);
}

function Choice({ rows }: { rows: Consortium[] | null }) {
	if (!rows) return <p className="mute">正在读取…</p>;
	if (rows.length === 0) return <p>这台服务上还没有医共体。请管理员用 yaocang init 建立。</p>;
	return (
		<ul className="consortia">
			{rows.map((row) => (
				<li key={row.code}>
					<a href={`/${encodeURIComponent(row.code)}/`} data-testid={`consortium-${row.code}`}>
						{row.name}
					</a>
				</li>
			))}
			{rows.length > 1 && (
				<li>
					<a href="/-/" data-testid="consortium-all">
						多医共体 (监管)
					</a>
				</li>
			)}
		</ul>
	);
}

/** The session ended: the work below stays as it is, the request that met the end goes on after the password. */
export function SessionDialog() {
	const { session, ended } = useSession();
	if (!session || !ended) return null;
	return (
		<Modal open title="登录已失效, 请再输入一次密码" footer={null} closable={false} keyboard={false} mask={{ closable: false }} width={380}>
			<p className="mute" data-testid="session-dialog">这一页的内容都还在, 登录后继续办理。</p>
			<SignIn user={session.user} />
			<Button type="link" onClick={() => void signOut()}>
				换人登录 (放弃未保存的内容)
			</Button>
		</Modal>
	);
}
