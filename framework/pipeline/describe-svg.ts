/** A plan as a picture: stages from top to bottom, coloured by kind, device sections by the colour of their frame. */
import { mainGraph } from './activities.js';
import { layoutGraph, type Layout } from './layout.js';
import type { Plan, PlannedEdge, PlannedStage } from './plan.js';
import { describePort } from './port-text.js';

const boxHeight = 40;
const layerHeight = 84;
const margin = 24;
const fills = { source: '#dff3e4', host: '#eef0f4', device: '#fff4dc', sink: '#e6ecfb' } as const;
const frames = ['#c77d0a', '#7a4fb5', '#1b7f79', '#b5384f', '#3c63b0', '#6b7a1e'];

/** The graph as an SVG picture: device sections are boxes, detached edges dotted. */
export function describeSvg(plan: Plan): string {
  const stages = [...plan.stages.values()];
  const links = stages.flatMap((stage) => Object.entries(stage.inputs).map(([port, edge]) => ({ from: edge.stage, to: stage.name, port, edge })));
  const layout = layoutGraph(stages.map((stage) => ({ name: stage.name, width: boxWidth(stage) })), links);
  const width = layout.width + 2 * margin;
  const height = layout.layers * layerHeight - (layerHeight - boxHeight) + 2 * margin + 28;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" font-family="system-ui, sans-serif" font-size="12">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#68707c"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="${margin}" y="${margin}" font-weight="600" font-size="14">${escape(plan.name)}</text>`,
    ...links.map((link, index) => drawLine(plan, layout, index, link.edge, link.to, link.port)),
    ...stages.map((stage) => drawStage(stage, layout, frameOf(plan, stage.name))),
    '</svg>',
  ].join('\n');
}

function boxWidth({ name, use }: PlannedStage): number {
  return Math.max(96, 7.4 * name.length + 20, 6.2 * use.length + 20);
}

function topOf(layer: number): number {
  return margin + 20 + layer * layerHeight;
}

function frameOf(plan: Plan, stage: string): string {
  const index = mainGraph(plan)?.sections.findIndex(({ stages }) => stages.includes(stage)) ?? -1;
  return index < 0 ? '#9aa2ae' : frames[index % frames.length]!;
}

function drawStage(stage: PlannedStage, layout: Layout, frame: string): string {
  const { x, layer } = layout.nodes.get(stage.name)!;
  const width = boxWidth(stage);
  const [left, top] = [margin + x - width / 2, topOf(layer)];
  const ports = Object.entries(stage.outputPorts).map(([port, type]) => `${port}: ${describePort(type)}`);
  const radius = stage.contract.kind === 'device' || stage.contract.kind === 'host' ? 6 : boxHeight / 2;
  return [
    `<g><title>${escape([`${stage.contract.kind} ${stage.use}`, ...ports].join('\n'))}</title>`,
    `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${boxHeight}" rx="${radius}" fill="${fills[stage.contract.kind]}" stroke="${frame}" stroke-width="${frame === '#9aa2ae' ? 1 : 2}"/>`,
    `<text x="${(margin + x).toFixed(1)}" y="${top + 17}" text-anchor="middle" font-weight="600">${escape(stage.name)}</text>`,
    `<text x="${(margin + x).toFixed(1)}" y="${top + 32}" text-anchor="middle" font-size="11" fill="#4a515c">${escape(stage.use)}</text></g>`,
  ].join('');
}

function drawLine(plan: Plan, layout: Layout, index: number, edge: PlannedEdge, to: string, port: string): string {
  const points = layout.lines[index]!;
  const path = points.slice(1).map((point, step) => {
    const from = points[step]!;
    const [x0, x1] = [margin + from.x, margin + point.x];
    const y0 = topOf(from.layer) + (step === 0 ? boxHeight : boxHeight / 2);
    const y1 = step === points.length - 2 ? topOf(point.layer) - 1 : topOf(point.layer) + boxHeight / 2;
    const bend = (y1 - y0) / 2;
    return `C${x0.toFixed(1)} ${y0 + bend} ${x1.toFixed(1)} ${y1 - bend} ${x1.toFixed(1)} ${y1}`;
  });
  const start = `M${(margin + points[0]!.x).toFixed(1)} ${topOf(points[0]!.layer) + boxHeight}`;
  const type = describePort(plan.stages.get(to)!.inputPorts[port]!);
  const dash = edge.detach ? ' stroke-dasharray="5 4"' : '';
  const title = `${edge.stage}.${edge.port} → ${to}.${port}\n${type}${edge.detach ? '\ndetached' : ''}`;
  return `<path d="${start}${path.join('')}" fill="none" stroke="#68707c" stroke-width="1.2"${dash} marker-end="url(#arrow)"><title>${escape(title)}</title></path>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
