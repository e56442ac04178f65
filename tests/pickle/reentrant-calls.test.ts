/**
 * Calls whose arguments lead back to their own object, of classes that copy what they get: CPython makes hundreds of them,
 * loads what the codec makes of each, and compares content, types and sharing.
 */
import { loadPyodide } from 'pyodide';
import { expect, test } from 'vitest';
import { dumps, loads } from 'vnpy-bridge/pickle';

const PYTHON = String.raw`
import json, pickle, random, sys, types
from collections import Counter, OrderedDict, deque

class O:
    pass

class S(set): pass
class F(frozenset): pass
class K(Counter): pass
class D(deque): pass
class OD(OrderedDict): pass

class Copies:
    """Copies its argument, and hands out a fresh one."""
    def __eq__(self, other): return self is other
    def __hash__(self): return id(self)

class RL(Copies):
    def __init__(self, items): self.items = tuple(items)
    def __reduce__(self): return RL, (list(self.items),), {k: v for k, v in self.__dict__.items() if k != 'items'}
class RD(RL):
    def __init__(self, items): self.items = tuple(items.values() if isinstance(items, dict) else items)
    def __reduce__(self): return RD, ({str(i): v for i, v in enumerate(self.items)},), {k: v for k, v in self.__dict__.items() if k != 'items'}
class RO(RD):
    def __reduce__(self): return RO, (OrderedDict((str(i), v) for i, v in enumerate(self.items)),), {k: v for k, v in self.__dict__.items() if k != 'items'}
class RQ(RL):
    def __reduce__(self): return RQ, (deque(self.items),), {k: v for k, v in self.__dict__.items() if k != 'items'}
class RT(RL):
    def __reduce__(self): return RT, (tuple(self.items),), {k: v for k, v in self.__dict__.items() if k != 'items'}
class RS(RL):
    def __init__(self, items): self.items = tuple(sorted(items, key=lambda o: o.label))
    def __reduce__(self): return RS, (set(self.items),), {k: v for k, v in self.__dict__.items() if k != 'items'}
class R2(RL):
    def __init__(self, items): self.items = tuple(items[0] if items and type(items[0]) is list else items)
    def __reduce__(self): return R2, ([list(self.items)],), {k: v for k, v in self.__dict__.items() if k != 'items'}
class N(Copies):
    def __new__(cls, items):
        self = object.__new__(cls); self.items = tuple(items); return self
    def __getnewargs__(self): return (list(self.items),)
    def __getstate__(self): return {k: v for k, v in self.__dict__.items() if k != 'items'}
class X(Copies):
    def __new__(cls, *, items):
        self = object.__new__(cls); self.items = tuple(items); return self
    def __getnewargs_ex__(self): return (), {'items': list(self.items)}
    def __getstate__(self): return {k: v for k, v in self.__dict__.items() if k != 'items'}
class Keeps:
    """Keeps the very list that it gets."""
    def __init__(self, items): self.items = items
    def __reduce__(self): return Keeps, (self.items,), {k: v for k, v in self.__dict__.items() if k != 'items'}

class XK:
    """The same for keyword arguments."""
    def __new__(cls, *, items):
        self = object.__new__(cls); self.items = items; return self
    def __getnewargs_ex__(self): return (), {'items': self.items}
    def __getstate__(self): return {k: v for k, v in self.__dict__.items() if k != 'items'}

for cls in (O, S, F, K, D, OD, RL, RD, RO, RQ, RT, RS, R2, N, X, Keeps, XK):
    cls.__module__ = '__main__'
    setattr(sys.modules['__main__'], cls.__name__, cls)

def make(cls, items):
    if cls in (K, OD): return cls((i.label, i) for i in items) if cls is OD else cls({i: 1 for i in items})
    if cls in (X, XK): return cls(items=items)
    return cls(items)

def shape(seed, classes):
    rnd = random.Random(seed)
    objects = [O() for _ in range(rnd.randint(1, 4))]
    for i, o in enumerate(objects): o.label = i
    made = []
    for _ in range(rnd.randint(1, 3)):
        one = make(rnd.choice(classes), rnd.sample(objects, rnd.randint(1, len(objects))))
        one.label = 100 + len(made)
        made.append(one)
    for o in objects:
        for name in 'ab':
            if rnd.random() < 0.7: setattr(o, name, rnd.choice(made + objects))
        if rnd.random() < 0.3: o.all = [rnd.choice(made)]
    for one in made:
        if rnd.random() < 0.5: one.more = rnd.choice(objects + made)
    return rnd.choice([made[0], objects[0], [made[-1], objects], made])

def signature(root):
    seen, lines, todo = {}, [], [root]
    def ref(v):
        if isinstance(v, (str, int, type(None))): return repr(v)
        if id(v) not in seen:
            seen[id(v)] = len(seen); todo.append(v)
        return '#%d' % seen[id(v)]
    ref(root); todo.pop(0)
    while todo:
        v = todo.pop(0)
        if isinstance(v, (set, frozenset)): content = [ref(i) for i in sorted(v, key=lambda i: i.label)]
        elif isinstance(v, Counter): content = [ref(i) for i in sorted(v, key=lambda i: i.label)]
        elif isinstance(v, dict): content = [(ref(k), ref(i)) for k, i in v.items()]
        elif isinstance(v, (list, tuple, deque)): content = [ref(i) for i in v]
        else: content = None
        attributes = [(k, ref(i)) for k, i in sorted(getattr(v, '__dict__', {}).items())]
        lines.append(repr((type(v).__name__, content, attributes)))
    return '\n'.join(lines)

def pickles(classes, count):
    classes = [globals()[name] for name in classes]
    out = []
    for seed in range(count):
        for protocol in range(6):
            try: pickled = pickle.dumps(shape(seed, classes), protocol); pickle.loads(pickled)
            except Exception: continue # CPython itself cannot
            out.append(pickled.hex())
    return json.dumps(out)

def different(pairs):
    out = []
    for given, written in json.loads(pairs):
        try: got = signature(pickle.loads(bytes.fromhex(written)))
        except Exception as error: got = repr(error)
        if got != signature(pickle.loads(bytes.fromhex(given))): out.append([given, written])
    return json.dumps(out)
`;

const CLASSES = ['S', 'F', 'K', 'D', 'OD', 'RL', 'RD', 'RO', 'RQ', 'RT', 'RS', 'R2', 'N', 'X', 'Keeps', 'XK'];

test('lose nothing, whatever their arguments are, from every protocol to every protocol', async () => {
  const python = await loadPyodide();
  python.runPython(PYTHON);
  const ask = (code: string): string[] => JSON.parse(python.runPython(code) as string) as string[];
  const report: Record<string, string> = {};
  for (const classes of [...CLASSES.map((name) => [name]), CLASSES]) {
    const count = classes.length > 1 ? 40 : 6;
    const pairs = ask(`pickles(${JSON.stringify(classes)}, ${count})`).flatMap((given) => {
      let value: unknown;
      try {
        value = loads(Buffer.from(given, 'hex'), { lossless: true });
      } catch (error) {
        return [[given, Buffer.from(String(error)).toString('hex')]];
      }
      return [0, 1, 2, 3, 4, 5].map((protocol) => [given, Buffer.from(dumps(value, { protocol })).toString('hex')]);
    });
    const different = ask(`different(${JSON.stringify(JSON.stringify(pairs))})`);
    expect(pairs.length).toBeGreaterThan(20);
    if (different.length > 0)
      report[classes.join()] = `${different.length} of ${pairs.length}: ${String(different[0]).slice(0, 900)}`;
  }
  expect(report).toEqual({});
}, 120_000);
