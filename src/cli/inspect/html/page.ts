/**
 * The HTML report: one file without anything from outside. The Content-Security-Policy forbids everything but this page's own
 * script, which is named by its hash. The data stands in a JSON block that no character can leave. Script and style sheet are
 * files beside this one, as the build copies them.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { InspectTexts } from '../../lang/en/inspect.js';
import type { ReportMessage } from './report.js';

function pageFile(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

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
export function reportPage(
  title: string,
  messages: readonly ReportMessage[],
  hidden: number,
  { locale, page }: InspectTexts,
): string {
  const script = `${pageFile('page.js')}\nstart(document);\n`;
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${pageFile('page.css')}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<select id="messages" aria-label="${page.message}"></select>
<input type="search" id="filter" placeholder="${page.filter}" aria-label="${page.filter}">
<label>${page.replay} <input type="range" id="step" min="0" value="0" aria-label="${page.opcode}"></label>
<span id="about"></span> <span id="hidden" class="more"></span>
</header>
<div id="stack" class="row more"></div>
<main>
<section id="tree" aria-label="${page.value}"></section>
<section id="ops" aria-label="${page.opcodes}"></section>
<section id="hex" aria-label="${page.bytes}"></section>
<section id="findings" aria-label="${page.findings}"></section>
</main>
<noscript>${page.needsScript}</noscript>
<script type="application/json" id="data">${embeddedJson({ messages, hidden, words: page.words })}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
