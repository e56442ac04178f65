/**
 * The walls of src/, as a rule of ESLint: which room may import from which, and through which doors.
 *
 * @module
 */
import { dirname, posix, relative, resolve, sep } from 'node:path';

/** The rooms, lowest first: a room imports only from those before it. Rooms in one list stand side by side, without a door. */
export const LAYERS = [
  ['errors'],
  ['options'],
  ['option-table'],
  ['file-rights'],
  ['pickle'],
  ['zmtp'],
  ['rpc'],
  ['vnpy'],
  ['guard'],
  ['web', 'cluster'],
  ['cli'],
  ['index', 'testing'],
];

/** The files of a room that others import. */
const DOORS = {
  // Those of data reach no socket.
  vnpy: ['index', 'internal', 'data/public', 'data/internal', 'apps/index'],
};
const USUAL_DOORS = ['index', 'internal'];

const ORDER = LAYERS.map((rooms) => rooms.join(' and ')).join(', ');

export const walls = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unknown: `src/{{from}} is no room. Put it into one, or give it a place in LAYERS of scripts/walls.mjs.`,
      upward: `src/{{from}} may not import from src/{{to}}: the order is ${ORDER}. Move what both need down, or hand it in as an argument.`,
      beside: `src/{{from}} and src/{{to}} stand side by side and know nothing of one another. Move what both need into a room below.`,
      door: `Import from {{doors}} of src/{{to}}: what is public stands in index.ts, what the house shares in internal.ts.`,
    },
  },
  create(context) {
    const root = resolve(context.cwd, 'src');
    const from = placeOf(root, context.filename);
    if (from === undefined) return {};

    const check = (source) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;

      const to = placeOf(root, resolve(dirname(context.filename), source.value));
      if (to === undefined || to.room === from.room) return;

      const doors = DOORS[to.room] ?? USUAL_DOORS;
      const messageId = judge(from, to, doors);
      if (messageId === undefined) return;

      const data = {
        from: messageId === 'unknown' ? (levelOf(from.room) < 0 ? from.room : to.room) : from.room,
        to: to.room,
        doors: doors.map((door) => `${door}.js`).join(' or '),
      };
      context.report({ node: source, messageId, data });
    };
    const ofNode = (node) => check(node.source);
    return {
      ImportDeclaration: ofNode,
      ExportNamedDeclaration: ofNode,
      ExportAllDeclaration: ofNode,
      ImportExpression: ofNode,
      TSImportType: ofNode,
    };
  },
};

function judge(from, to, doors) {
  const [lower, upper] = [levelOf(to.room), levelOf(from.room)];
  if (lower < 0 || upper < 0) return 'unknown';

  if (lower > upper) return 'upward';

  if (lower === upper) return 'beside';

  return to.file === '' || doors.includes(to.file) ? undefined : 'door';
}

function levelOf(room) {
  return LAYERS.findIndex((rooms) => rooms.includes(room));
}

/** The room of a file, and its path in it without the ending; undefined outside of src. A file of src itself is a room. */
function placeOf(root, path) {
  const inside = relative(root, path).split(sep).join(posix.sep);
  if (inside.startsWith('..')) return undefined;

  const [room, ...rest] = inside.replace(/\.[jt]s$/, '').split('/');
  return { room, file: rest.join('/') };
}
