// The chart library, loaded only when a chart is shown: lines over time with limits.
import { LineChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, TooltipComponent, MarkLineComponent, MarkAreaComponent, DataZoomComponent, CanvasRenderer]);

export interface Chart {
	show: (option: EChartsCoreOption) => void;
	resize: () => void;
	dispose: () => void;
}

export function draw(node: HTMLElement): Chart {
	const chart = init(node);
	return { show: (option) => chart.setOption(option, { notMerge: true }), resize: () => chart.resize(), dispose: () => chart.dispose() };
}
