/**
 * One description for what several Python versions pickle in several ways.
 *
 * The codec keeps the value, and writes it in a form that every version loads.
 *
 * @module
 */
import { NumpyScalar, PyIpAddress } from '../../src/pickle/index.js';
import { fromBase64 } from './bytes.js';
import { describeValue } from './describe.js';
import type { Description } from './pickle-fixtures.js';

type Node = readonly Description[];

/** The description in the form that the codec writes. */
export function oneForm(description: Description): Description {
  if (!Array.isArray(description)) return description;
  const node = (description as Node).map(oneForm);
  if (node[0] === 'global') return ['global', moduleOf(String(node[1])), node[2] ?? null];
  if (node[0] !== 'call' || !isNode(node[1]) || node[1][0] !== 'global' || !isNode(node[2])) return node;
  const [, type, args, state = null, items = [], entries = []] = node;
  const call = (newArgs: Node, newItems = items, newEntries = entries): Description => [
    'call',
    type,
    newArgs,
    state,
    newItems,
    newEntries,
  ];
  const [first, second] = args;
  switch (node[1].slice(1).join('.')) {
    case 'collections.deque':
      // CPython 2.7 gives the items as a list.
      if (!isNode(first) || first[0] !== 'list') return node;
      return call(second === undefined ? [] : [['tuple', []], second], first[1]);
    case 'collections.OrderedDict':
      if (!isNode(first) || !isNode(first[1])) return node;
      return call(
        [],
        [],
        (first[1] as readonly Node[]).map(([, pair]) => pair ?? null),
      );
    case 'fractions.Fraction':
      // Before 3.12 as text.
      if (typeof first !== 'string') return node;
      return call(first.split('/').map((digits) => ['int', digits]));
    case 'ipaddress.IPv4Address':
    case 'ipaddress.IPv6Address':
      if (!isNode(first) || first[0] !== 'int') return node;
      return call([PyIpAddress.fromInt(node[1][2] as 'IPv4Address' | 'IPv6Address', BigInt(String(first[1]))).text]);
    default:
      return node;
  }
}

/** What a numpy scalar is without `lossless`: the number, unless its type gives it its meaning. */
export function withoutNumpyTypes(description: Description): Description {
  if (!Array.isArray(description)) return description;
  const [tag, dtype, data] = description as Node;
  if (tag !== 'npscalar') return (description as Node).map(withoutNumpyTypes);
  const scalar = new NumpyScalar(String(dtype), fromBase64(String(data)));
  return /[mM]8/.test(scalar.dtype) ? description : describeValue(scalar.value);
}

/** Modules that have other names in some versions. */
function moduleOf(module: string): string {
  return module.replace(/^numpy\._core\./, 'numpy.core.').replace(/^pathlib\._local$/, 'pathlib');
}

function isNode(description: Description | undefined): description is Node {
  return Array.isArray(description);
}
