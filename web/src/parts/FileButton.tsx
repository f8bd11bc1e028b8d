import { Button } from "antd";
import { useRef } from "react";
import { textOf } from "../base/file";

const CSV = ".csv,.txt,text/csv";

interface Props {
	children: string;
	testid: string;
	/** Takes a CSV as text, … */
	onText?: (text: string, name: string) => void;
	/** … or any file of rows as it is: CSV in any encoding, XLSX. */
	onFile?: (file: File) => void;
	loading?: boolean;
	type?: "primary" | "default";
	disabled?: boolean;
}

/** A button that takes one file of rows. */
export function FileButton(props: Props) {
	const input = useRef<HTMLInputElement>(null);
	const take = async (files: FileList | null) => {
		const file = files?.[0];
		if (!file) return;
		props.onFile?.(file);
		if (props.onText) props.onText(await textOf(file), file.name);
		if (input.current) input.current.value = "";
	};
	return (
		<>
			<input ref={input} type="file" accept={props.onFile ? `${CSV},.xlsx` : CSV} hidden aria-label={props.children} data-testid={props.testid} onChange={(event) => void take(event.target.files)} />
			<Button type={props.type} loading={props.loading} disabled={props.disabled} onClick={() => input.current?.click()}>
				{props.children}
			</Button>
		</>
	);
}
