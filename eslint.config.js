import js from '@eslint/js';
import vitest from '@vitest/eslint-plugin';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';
import { walls } from './scripts/walls.mjs';

/** Counting by one is written in one way, `x++`. ESLint has a rule only for the opposite. */
const increment = {
  meta: { type: 'suggestion', fixable: 'code', schema: [], messages: { count: 'Count by one with {{operator}}.' } },
  create: (context) => ({
    'AssignmentExpression[operator=/^[+-]=$/][right.type="Literal"][right.value=1]'(node) {
      const operator = node.operator[0].repeat(2);
      const target = context.sourceCode.getText(node.left);
      const isStatement = ['ExpressionStatement', 'ForStatement'].includes(node.parent.type);
      const text = isStatement ? target + operator : operator + target;
      context.report({ node, messageId: 'count', data: { operator }, fix: (fixer) => fixer.replaceText(node, text) });
    },
  }),
};

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'coverage/', 'docs/api/', '.venv*/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { house: { rules: { increment, walls } } },
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A while (true) with its exits inside reads better than a flag in the decoder's and the sockets' loops.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // An interface has its own name in an editor, an alias of a computed type has not.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      'no-console': 'error',
      eqeqeq: 'error',
      curly: ['error', 'multi-or-nest', 'consistent'],
      'house/increment': 'error',
    },
  },
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: { 'import-x/no-cycle': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { tsdoc },
    rules: {
      'tsdoc/syntax': 'error',
      'import-x/no-default-export': 'error',
      'house/walls': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    plugins: { tsdoc },
    rules: {
      'tsdoc/syntax': 'error',
      'import-x/no-default-export': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      // What a component returns is said by its JSX; an element that is void is a handler's.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "JSXAttribute[name.name='dangerouslySetInnerHTML'], MemberExpression[property.name=/^(inner|outer)HTML$/]",
          message: 'No text becomes markup: what comes from a server is shown as text.',
        },
      ],
    },
  },
  {
    // The type of a language is what the first one says.
    files: ['web/src/i18n/en.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    ignores: ['web/src/net/types.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/src/(?!.*\\.tsx?$)',
              message: 'The page takes nothing of src/ but types, by way of web/src/net/types.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/errors.ts', 'src/options.ts', 'src/option-table.ts', 'src/pickle/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.)',
              message:
                'The codec imports nothing but src/errors.ts, src/options.ts and src/option-table.ts: it runs in a browser.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'Buffer', 'process', 'global', 'setImmediate'],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/rpc/zeromq/module.ts', 'src/errors.ts', 'src/options.ts', 'src/option-table.ts', 'src/pickle/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'zeromq', message: 'Only src/rpc/zeromq/module.ts imports zeromq.' }] },
      ],
    },
  },
  {
    files: ['src/cluster/**/*.ts'],
    ignores: ['src/cluster/transport/nats-module.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^@nats-io/', message: 'Only src/cluster/transport/nats-module.ts imports the client of NATS.' },
            { regex: '^zeromq$', message: 'Only src/rpc/zeromq/module.ts imports zeromq.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/bin/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "MemberExpression[object.name='process'][property.name=/^(argv|cwd|chdir|emitWarning|env|exit|exitCode|kill|off|on|once|stderr|stdin|stdout|umask)$/]",
          message: 'Only src/cli/bin touches the process: what a command needs of it comes with its Io.',
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ['inspect', 'bridge'],
            ['bridge', 'inspect'],
            ['kit', '{bridge,inspect}'],
          ].map(([target, from]) => ({
            target: `./src/cli/${target}/**`,
            from: `./src/cli/${from}/**`,
            message: 'What both programs need is in src/cli/kit.',
          })),
        },
      ],
    },
  },
  {
    files: ['tests/**/*.ts', 'interop/**/*.ts'],
    plugins: { vitest },
    rules: {
      'vitest/consistent-test-it': ['error', { fn: 'test', withinDescribe: 'test' }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/src/((pickle|rpc|vnpy|guard|testing)/)?(index|data/public)\\.js$',
              message: "What is public is imported as users import it: 'vnpy-bridge/pickle'.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ['bench/**/*.ts', 'examples/**/*.ts', 'scripts/**/*.ts'],
    // These are programs that a person runs: the console is their output.
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { URL: 'readonly', console: 'readonly', process: 'readonly' } },
  },
  {
    // The script of the HTML report runs in a browser; `npm run typecheck` reads its types.
    files: ['src/cli/inspect/html/page/*.js'],
    plugins: { house: { rules: { increment, walls } } },
    languageOptions: { globals: { Element: 'readonly', HTMLElement: 'readonly' } },
    rules: { curly: ['error', 'multi-or-nest', 'consistent'], eqeqeq: 'error', 'house/increment': 'error' },
  },
);
