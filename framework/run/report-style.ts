/** The style sheet of the report: light and dark, readable on paper. */
export const reportStyle = `
:root { --ground: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #667085; --rule: #e3e7ee; --line: #2563c9; --best: #d9480f; --good: #18794e; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161c; --card: #1a2029; --ink: #e7ebf1; --soft: #98a3b3; --rule: #2b3442; --line: #6ea8fe; --best: #ff9a5c; --good: #57c18e; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; margin: 0; letter-spacing: -0.01em; }
h1 small { color: var(--soft); font-weight: 400; }
h2 { font-size: 18px; margin: 36px 0 12px; }
h3 { font-size: 14px; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p.lead { margin: 6px 0 20px; color: var(--soft); }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-size: 13px; font-weight: 600; color: #fff; background: var(--good); vertical-align: 4px; margin-left: 8px; }
.badge.failed { background: var(--bad); } .badge.running, .badge.interrupted { background: var(--best); }
.facts, .charts { display: grid; gap: 14px; }
.sheets { display: flex; flex-wrap: wrap; gap: 14px; margin-bottom: 14px; } .sheets figure { max-width: 100%; }
.facts { grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); }
.charts { grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 14px; }
.fact b { display: block; font-size: 19px; font-weight: 650; font-variant-numeric: tabular-nums; }
.fact span, .card header span { color: var(--soft); font-size: 13px; }
.card header { display: flex; justify-content: space-between; gap: 10px; align-items: baseline; margin-bottom: 4px; }
.card header span { white-space: nowrap; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); } .tick { fill: var(--soft); font-size: 10.5px; }
.line { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; } .raw { fill: none; stroke: var(--line); stroke-width: 1; opacity: 0.25; }
.mark { fill: var(--line); } .best { fill: var(--best); }
figure { margin: 0; } figure img { display: block; max-width: 100%; border-radius: 6px; image-rendering: auto; }
figcaption { color: var(--soft); font-size: 13px; margin-top: 6px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; } th { color: var(--soft); font-weight: 600; }
pre { overflow-x: auto; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; margin: 10px 0 0; }
summary { cursor: pointer; font-weight: 600; } details.card { margin-bottom: 14px; } .empty { color: var(--soft); }
.error { border-color: var(--bad); white-space: pre-wrap; }
@media print { body { background: #fff; } .card { break-inside: avoid; } }
`;
