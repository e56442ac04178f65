/**
 * The HTML report: one file without anything from outside. The Content-Security-Policy forbids everything but this
 * page's own script, which is named by its hash; the data stands in a JSON block that no character can leave.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import type { ReportMessage } from './report.js';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that may stand in a script element: no `<`, so no end of the element and no comment. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The page. `hidden` is the number of messages that are left out. */
export function reportPage(title: string, messages: readonly ReportMessage[], hidden: number): string {
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<select id="messages" aria-label="message"></select>
<input type="search" id="filter" placeholder="filter" aria-label="filter">
<label>replay <input type="range" id="step" min="0" value="0" aria-label="opcode"></label>
<span id="about"></span> <span id="hidden" class="more"></span>
</header>
<div id="stack" class="row more"></div>
<main>
<section id="tree" aria-label="value"></section>
<section id="ops" aria-label="opcodes"></section>
<section id="hex" aria-label="bytes"></section>
<section id="findings" aria-label="findings"></section>
</main>
<noscript>This report needs the script that it carries.</noscript>
<script type="application/json" id="data">${embeddedJson({ messages, hidden })}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}
