/**
 * The style sheet of an HTML report.
 *
 * @module
 */

/** Light, dark, and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --lit: #fd08; --pick: #f808; }
* { box-sizing: border-box; }
body { margin: 0; font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; }
header { position: sticky; top: 0; padding: 6px 10px; background: Canvas; border-bottom: 1px solid var(--line); z-index: 1;
  display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
header h1 { font-size: 14px; margin: 0; }
header input[type=search] { width: 16em; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 1px; background: var(--line); }
section { background: Canvas; min-width: 0; max-height: 46vh; overflow: auto; padding: 0 8px 8px; }
section h2 { position: sticky; top: 0; background: Canvas; font-size: 12px; margin: 0; padding: 4px 0; color: GrayText; }
.row { white-space: pre; overflow: hidden; text-overflow: ellipsis; border-radius: 2px; cursor: default; }
.row[hidden] { display: none; }
.label { color: #0780a8; } .type, .offset, .more { color: GrayText; }
.error, .refuse, .red { color: #c22; } .limit, .lint, .yellow { color: #a70; }
.green { color: #282; } .blue { color: #26c; } .magenta { color: #a2a; } .cyan { color: #088; } .dim { color: GrayText; }
.lit { background: var(--lit); } .pick { background: var(--pick); }
#hex .byte { display: inline-block; width: 1.7em; }
#stack { min-height: 1.5em; }
@media (prefers-color-scheme: dark) { .label { color: #5cf; } .green { color: #6c6; } .blue { color: #7af; } .magenta { color: #d8d; }
  .cyan { color: #5cc; } .error, .refuse, .red { color: #f77; } .limit, .lint, .yellow { color: #db5; } }
@media print { header { position: static; } header input, header select { display: none; } main { display: block; }
  section { max-height: none; overflow: visible; } .row { white-space: pre-wrap; } }
`;
