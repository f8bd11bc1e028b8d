// Accounts: who may do what, where.
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { post } from "../../base/api";
import { useAct } from "../../base/data";
import { Field, SitePicker } from "../../parts/Fields";
import { ListPage } from "../../parts/ListPage";
import { Trouble } from "../../parts/Trouble";

interface User {
	id: string;
	name: string;
	display_name: string;
	roles: string[];
	sites?: { name: string }[] | string[];
	site_name?: string;
}

const ROLES: Record<string, string> = {
	admin: "系统管理员", central_pharmacist: "中心药师", buyer: "采购员", receiver: "收货员", inspector: "验收员", keeper: "保管员",
	township_pharmacist: "分院药师", clinic: "村医", chief_pharmacist: "总药师", finance: "财务", supervisor: "监管 (只读)",
};

function NewUser({ close }: { close: () => void }) {
	const [user, setUser] = useState("");
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const [role, setRole] = useState<string>();
	const [site, setSite] = useState<string>();
	const { act, busy, problem } = useAct();
	const save = async () => {
		const body = { name: user, display_name: name || user, password, roles: role ? [role] : [], ...(site ? { site_id: site } : {}) };
		if (await act(async () => (await post("users", body), true))) close();
	};
	return (
		<Modal open closable={false} title="新建用户" okText="建立" cancelText="返回" confirmLoading={busy} okButtonProps={{ disabled: !user || !password || !role, "data-testid": "user-ok" }} onCancel={close} onOk={() => void save()}>
			<Trouble problem={problem} />
			<div className="dialog-form">
				<Field label="用户名" error={problem?.at("name")}><Input autoFocus value={user} data-testid="user-name" autoComplete="off" onChange={(event) => setUser(event.target.value)} /></Field>
				<Field label="姓名" error={problem?.at("display_name")}><Input value={name} onChange={(event) => setName(event.target.value)} /></Field>
				<Field label="初始密码" error={problem?.at("password")}><Input.Password value={password} autoComplete="new-password" data-testid="user-password" onChange={(event) => setPassword(event.target.value)} /></Field>
				<Field label="岗位" error={problem?.at("roles")}><Select data-testid="user-role" value={role} options={Object.entries(ROLES).map(([value, label]) => ({ value, label }))} onChange={setRole} /></Field>
				<Field label="机构" error={problem?.at("site_id")}><SitePicker value={site} onChange={setSite} /></Field>
			</div>
		</Modal>
	);
}

export function Users() {
	const [open, setOpen] = useState(false);
	return (
		<>
			<ListPage<User>
				title="用户"
				search={false}
				resource="users"
				id={(row) => row.id}
				extra={<Button type="primary" data-primary data-testid="primary" onClick={() => setOpen(true)}>新建用户</Button>}
				empty="还没有用户。"
				columns={[
					{ key: "user", title: "用户名", card: "title", show: (row) => <b>{row.name}</b> },
					{ key: "name", title: "姓名", show: (row) => row.display_name },
					{ key: "roles", title: "岗位", show: (row) => (row.roles ?? []).map((role) => ROLES[role] ?? role).join("、") },
					{ key: "sites", title: "机构", show: (row) => row.site_name ?? (row.sites ?? []).map((site) => (typeof site === "string" ? site : site.name)).join("、") },
				]}
			/>
			{open && <NewUser close={() => setOpen(false)} />}
		</>
	);
}
