import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

/** The real configuration, without what asks the type checker: rooms that do not exist yet are no part of a program. */
const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ['house/walls', 'import-x/no-restricted-paths', 'no-restricted-syntax'].includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return (result?.messages ?? []).map(({ message }) => message);
}

test.each([
  ['src/errors.ts', "import { a } from './options.js';", /src\/errors may not import from src\/options/],
  ['src/options.ts', "import type { a } from './pickle/index.js';", /may not import from src\/pickle/],
  ['src/pickle/index.ts', "export * from '../zmtp/index.js';", /may not import from src\/zmtp/],
  ['src/zmtp/index.ts', "import '../rpc/index.js';", /may not import from src\/rpc/],
  ['src/rpc/server.ts', "export { a } from '../vnpy/index.js';", /Move what both need down/],
  ['src/vnpy/engine.ts', "import { a } from '../guard/index.js';", /may not import from src\/guard/],
  ['src/guard/index.ts', "const a = await import('../web/index.js');", /may not import from src\/web/],
  ['src/web/index.ts', "import { a } from '../cluster/index.js';", /stand side by side/],
  ['src/cluster/deep/a.ts', "type A = import('../../web/index.js').A;", /stand side by side/],
  ['src/cluster/index.ts', "import { a } from '../cli/kit/io.js';", /may not import from src\/cli/],
  ['src/rpc/server.ts', "import { a } from '../index.js';", /may not import from src\/index/],
  ['src/vnpy/engine.ts', "import { a } from '../testing/index.js';", /may not import from src\/testing/],
  [
    'src/rpc/server.ts',
    "import { a } from '../pickle/errors.js';",
    /Import from index\.js or internal\.js of src\/pickle/,
  ],
  [
    'src/cli/bin/process.ts',
    "import { a } from '../../vnpy/gateway/gateway.js';",
    /Import from index\.js or internal\.js or data\/public\.js or data\/internal\.js or apps\/index\.js of src\/vnpy/,
  ],
  ['src/cli/kit/io.ts', "import { a } from '../inspect/app.js';", /What both programs need/],
  ['src/cli/bridge/app.ts', "import { a } from '../inspect/app.js';", /What both programs need/],
  ['src/cli/inspect/app.ts', "import { a } from '../bridge/app.js';", /What both programs need/],
  ['src/cli/kit/io.ts', 'process.stdout.write(process.version);', /Only src\/cli\/bin touches/],
  ['src/cli/bin/process.ts', "import { a } from '../../rpc/zeromq/zap.js';", /what the house shares in internal\.ts/],
  ['src/rpc/server.ts', "import { a } from '../lost/index.js';", /src\/lost is no room/],
])('%s: %s', async (file, code, message) => {
  expect(await complaints(file, code)).toEqual([expect.stringMatching(message)]);
});

test.each([
  ['src/pickle/index.ts', "import { a } from '../errors.js'; import { b } from '../options.js';"],
  ['src/rpc/server.ts', "import { a } from '../pickle/internal.js'; import { b } from './zeromq/zap.js';"],
  ['src/cluster/index.ts', "import { a } from '../zmtp/index.js'; import { b } from '../guard/internal.js';"],
  ['src/testing/index.ts', "import { a } from '../vnpy/index.js'; import { b } from '../rpc/internal.js';"],
  ['src/cli/bin/process.ts', "import { a } from '../../vnpy/data/public.js'; import net from 'node:net';"],
])('%s: %s is allowed', async (file, code) => {
  expect(await complaints(file, code)).toEqual([]);
});
