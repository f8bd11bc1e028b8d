// A phone's camera as a scanner, where the browser reads codes itself (Android) and the page came by https.
import { Modal } from "antd";
import { useEffect, useRef, useState } from "react";
import { scanned } from "../base/scanner";

interface Detector {
	detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
}
type DetectorMaker = new (options: { formats: string[] }) => Detector;

const FORMATS = ["data_matrix", "qr_code", "code_128", "ean_13"];
const LOOK_MS = 120;
/** The same code again within this time is the same look at it. */
const SAME_MS = 2500;

const maker = () => (window as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
export const hasCamera = () => isSecureContext && maker() !== undefined && navigator.mediaDevices !== undefined;

/** Looks at the picture until told to stop; each new code is a scan. */
function watch(video: HTMLVideoElement): () => void {
	const detector = new (maker()!)({ formats: FORMATS });
	const seen = new Map<string, number>();
	const look = async () => {
		if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
		for (const { rawValue } of await detector.detect(video).catch(() => [])) {
			const last = seen.get(rawValue) ?? 0;
			seen.set(rawValue, Date.now());
			if (Date.now() - last > SAME_MS) scanned(rawValue);
		}
	};
	const timer = setInterval(() => void look(), LOOK_MS);
	return () => clearInterval(timer);
}

export function Camera({ close }: { close: () => void }) {
	const video = useRef<HTMLVideoElement>(null);
	const [trouble, setTrouble] = useState("");
	useEffect(() => {
		let stream: MediaStream | null = null;
		let gone = false;
		let stop = () => {};
		navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(
			async (given) => {
				stream = given;
				if (gone || !video.current) return given.getTracks().forEach((track) => track.stop());
				video.current.srcObject = given;
				await video.current.play();
				stop = watch(video.current);
			},
			() => setTrouble("没有得到相机的许可, 请在浏览器设置里允许。"),
		);
		return () => {
			gone = true;
			stop();
			stream?.getTracks().forEach((track) => track.stop());
		};
	}, []);
	return (
		<Modal open title="对准追溯码" footer={null} onCancel={close} mask={false} style={{ top: "auto", bottom: 8, margin: 0, maxWidth: "100%" }}>
			{trouble ? <p>{trouble}</p> : <video ref={video} muted playsInline className="camera" />}
		</Modal>
	);
}
