/**
 * Names that Python 3 changed, for protocols 0 to 2: what CPython calls `fix_imports`.
 *
 * Facts from CPython's `Lib/_compat_pickle.py`. Reading and writing are two tables because several old names became one.
 *
 * @module
 */

/** Module before, module after, and the names that moved; `a=b` for one that changed itself. */
type Names = readonly (readonly [string, string, string])[];

/** Python 2 module to Python 3 module. */
const MODULES_READ: readonly (readonly [string, string])[] = [
  ['BaseHTTPServer', 'http.server'],
  ['CGIHTTPServer', 'http.server'],
  ['ConfigParser', 'configparser'],
  ['Cookie', 'http.cookies'],
  ['Dialog', 'tkinter.dialog'],
  ['DocXMLRPCServer', 'xmlrpc.server'],
  ['FileDialog', 'tkinter.filedialog'],
  ['HTMLParser', 'html.parser'],
  ['Queue', 'queue'],
  ['ScrolledText', 'tkinter.scrolledtext'],
  ['SimpleDialog', 'tkinter.simpledialog'],
  ['SimpleHTTPServer', 'http.server'],
  ['SimpleXMLRPCServer', 'xmlrpc.server'],
  ['SocketServer', 'socketserver'],
  ['StringIO', 'io'],
  ['Tkconstants', 'tkinter.constants'],
  ['Tkdnd', 'tkinter.dnd'],
  ['Tkinter', 'tkinter'],
  ['UserDict', 'collections'],
  ['UserList', 'collections'],
  ['UserString', 'collections'],
  ['__builtin__', 'builtins'],
  ['_abcoll', 'collections.abc'],
  ['_elementtree', 'xml.etree.ElementTree'],
  ['_winreg', 'winreg'],
  ['anydbm', 'dbm'],
  ['cPickle', 'pickle'],
  ['cStringIO', 'io'],
  ['commands', 'subprocess'],
  ['cookielib', 'http.cookiejar'],
  ['copy_reg', 'copyreg'],
  ['dbhash', 'dbm.bsd'],
  ['dbm', 'dbm.ndbm'],
  ['dumbdbm', 'dbm.dumb'],
  ['dummy_thread', '_dummy_thread'],
  ['gdbm', 'dbm.gnu'],
  ['htmlentitydefs', 'html.entities'],
  ['httplib', 'http.client'],
  ['markupbase', '_markupbase'],
  ['repr', 'reprlib'],
  ['robotparser', 'urllib.robotparser'],
  ['test.test_support', 'test.support'],
  ['thread', '_thread'],
  ['tkColorChooser', 'tkinter.colorchooser'],
  ['tkCommonDialog', 'tkinter.commondialog'],
  ['tkFileDialog', 'tkinter.filedialog'],
  ['tkFont', 'tkinter.font'],
  ['tkMessageBox', 'tkinter.messagebox'],
  ['tkSimpleDialog', 'tkinter.simpledialog'],
  ['ttk', 'tkinter.ttk'],
  ['urllib2', 'urllib.request'],
  ['urlparse', 'urllib.parse'],
  ['whichdb', 'dbm'],
  ['xmlrpclib', 'xmlrpc.client'],
];

/** Python 2 names to Python 3 names; these come before the modules. */
const NAMES_READ: Names = [
  ['UserDict', 'collections', 'UserDict'],
  ['UserList', 'collections', 'UserList'],
  ['UserString', 'collections', 'UserString'],
  ['__builtin__', 'functools', 'reduce'],
  ['__builtin__', 'sys', 'intern'],
  ['_multiprocessing', 'multiprocessing.connection', 'Connection'],
  ['_socket', 'socket', 'fromfd'],
  [
    'exceptions',
    'builtins',
    'ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning DeprecationWarning EOFError EnvironmentError Exception FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError PendingDeprecationWarning ReferenceError RuntimeError RuntimeWarning StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError',
  ],
  ['multiprocessing', 'multiprocessing.context', 'AuthenticationError BufferTooShort ProcessError TimeoutError'],
  ['multiprocessing.forking', 'multiprocessing.popen_fork', 'Popen'],
  ['multiprocessing.process', 'multiprocessing.context', 'Process'],
  ['urllib', 'urllib.error', 'ContentTooShortError'],
  ['urllib', 'urllib.parse', 'quote quote_plus unquote unquote_plus urlencode'],
  ['urllib', 'urllib.request', 'getproxies pathname2url url2pathname urlcleanup urlopen urlretrieve'],
  ['urllib2', 'urllib.error', 'HTTPError URLError'],
  ['whichdb', 'dbm', 'whichdb'],
  ['UserDict', 'collections', 'IterableUserDict=UserDict'],
  ['__builtin__', 'builtins', 'basestring=str'],
  ['__builtin__', 'builtins', 'long=int'],
  ['__builtin__', 'builtins', 'unichr=chr'],
  ['__builtin__', 'builtins', 'unicode=str'],
  ['__builtin__', 'builtins', 'xrange=range'],
  ['exceptions', 'builtins', 'StandardError=Exception'],
  ['itertools', 'builtins', 'ifilter=filter'],
  ['itertools', 'itertools', 'ifilterfalse=filterfalse'],
  ['itertools', 'builtins', 'imap=map'],
  ['itertools', 'builtins', 'izip=zip'],
  ['itertools', 'itertools', 'izip_longest=zip_longest'],
  ['socket', 'socket', '_socketobject=SocketType'],
];

/** Python 3 module to Python 2 module. */
const MODULES_WRITTEN: readonly (readonly [string, string])[] = [
  ['_bz2', 'bz2'],
  ['_dbm', 'dbm'],
  ['_dummy_thread', 'dummy_thread'],
  ['_functools', 'functools'],
  ['_gdbm', 'gdbm'],
  ['_markupbase', 'markupbase'],
  ['_pickle', 'pickle'],
  ['_thread', 'thread'],
  ['builtins', '__builtin__'],
  ['collections.abc', '_abcoll'],
  ['configparser', 'ConfigParser'],
  ['copyreg', 'copy_reg'],
  ['dbm', 'anydbm'],
  ['dbm.bsd', 'dbhash'],
  ['dbm.dumb', 'dumbdbm'],
  ['dbm.gnu', 'gdbm'],
  ['dbm.ndbm', 'dbm'],
  ['html.entities', 'htmlentitydefs'],
  ['html.parser', 'HTMLParser'],
  ['http.client', 'httplib'],
  ['http.cookiejar', 'cookielib'],
  ['http.cookies', 'Cookie'],
  ['http.server', 'BaseHTTPServer'],
  ['queue', 'Queue'],
  ['reprlib', 'repr'],
  ['socketserver', 'SocketServer'],
  ['subprocess', 'commands'],
  ['test.support', 'test.test_support'],
  ['tkinter', 'Tkinter'],
  ['tkinter.colorchooser', 'tkColorChooser'],
  ['tkinter.commondialog', 'tkCommonDialog'],
  ['tkinter.constants', 'Tkconstants'],
  ['tkinter.dialog', 'Dialog'],
  ['tkinter.dnd', 'Tkdnd'],
  ['tkinter.filedialog', 'tkFileDialog'],
  ['tkinter.font', 'tkFont'],
  ['tkinter.messagebox', 'tkMessageBox'],
  ['tkinter.scrolledtext', 'ScrolledText'],
  ['tkinter.simpledialog', 'tkSimpleDialog'],
  ['tkinter.ttk', 'ttk'],
  ['urllib.parse', 'urlparse'],
  ['urllib.request', 'urllib2'],
  ['urllib.robotparser', 'robotparser'],
  ['winreg', '_winreg'],
  ['xmlrpc.client', 'xmlrpclib'],
  ['xmlrpc.server', 'SimpleXMLRPCServer'],
];

/** Python 3 names to Python 2 names; these come before the modules. */
const NAMES_WRITTEN: Names = [
  ['_functools', '__builtin__', 'reduce'],
  [
    'builtins',
    'exceptions',
    'ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning DeprecationWarning EOFError EnvironmentError Exception FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError PendingDeprecationWarning ReferenceError RuntimeError RuntimeWarning StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError',
  ],
  ['collections', 'UserList', 'UserList'],
  ['collections', 'UserString', 'UserString'],
  ['dbm', 'whichdb', 'whichdb'],
  ['functools', '__builtin__', 'reduce'],
  ['http.server', 'CGIHTTPServer', 'CGIHTTPRequestHandler'],
  ['http.server', 'SimpleHTTPServer', 'SimpleHTTPRequestHandler'],
  ['multiprocessing.connection', '_multiprocessing', 'Connection'],
  ['multiprocessing.context', 'multiprocessing', 'AuthenticationError BufferTooShort ProcessError TimeoutError'],
  ['multiprocessing.context', 'multiprocessing.process', 'Process'],
  ['multiprocessing.popen_fork', 'multiprocessing.forking', 'Popen'],
  ['socket', '_socket', 'fromfd'],
  ['sys', '__builtin__', 'intern'],
  ['tkinter.filedialog', 'FileDialog', 'FileDialog LoadFileDialog SaveFileDialog'],
  ['tkinter.simpledialog', 'SimpleDialog', 'SimpleDialog'],
  ['urllib.error', 'urllib', 'ContentTooShortError'],
  ['urllib.error', 'urllib2', 'HTTPError URLError'],
  ['urllib.parse', 'urllib', 'quote quote_plus unquote unquote_plus urlencode'],
  ['urllib.request', 'urllib', 'getproxies pathname2url url2pathname urlcleanup urlopen urlretrieve'],
  [
    'xmlrpc.server',
    'DocXMLRPCServer',
    'DocCGIXMLRPCRequestHandler DocXMLRPCRequestHandler DocXMLRPCServer ServerHTMLDoc XMLRPCDocGenerator',
  ],
  ['_socket', 'socket', 'socket=_socketobject'],
  ['builtins', 'exceptions', 'BrokenPipeError=OSError'],
  ['builtins', 'exceptions', 'ChildProcessError=OSError'],
  ['builtins', 'exceptions', 'ConnectionAbortedError=OSError'],
  ['builtins', 'exceptions', 'ConnectionError=OSError'],
  ['builtins', 'exceptions', 'ConnectionRefusedError=OSError'],
  ['builtins', 'exceptions', 'ConnectionResetError=OSError'],
  ['builtins', 'exceptions', 'FileExistsError=OSError'],
  ['builtins', 'exceptions', 'FileNotFoundError=OSError'],
  ['builtins', 'exceptions', 'InterruptedError=OSError'],
  ['builtins', 'exceptions', 'IsADirectoryError=OSError'],
  ['builtins', 'exceptions', 'ModuleNotFoundError=ImportError'],
  ['builtins', 'exceptions', 'NotADirectoryError=OSError'],
  ['builtins', 'exceptions', 'PermissionError=OSError'],
  ['builtins', 'exceptions', 'ProcessLookupError=OSError'],
  ['builtins', 'exceptions', 'TimeoutError=OSError'],
  ['builtins', '__builtin__', 'chr=unichr'],
  ['builtins', 'itertools', 'filter=ifilter'],
  ['builtins', '__builtin__', 'int=long'],
  ['builtins', 'itertools', 'map=imap'],
  ['builtins', '__builtin__', 'range=xrange'],
  ['builtins', '__builtin__', 'str=unicode'],
  ['builtins', 'itertools', 'zip=izip'],
  ['collections', 'UserDict', 'UserDict=IterableUserDict'],
  ['itertools', 'itertools', 'filterfalse=ifilterfalse'],
  ['itertools', 'itertools', 'zip_longest=izip_longest'],
];

class NameMap {
  readonly #names = new Map<string, readonly [string, string]>();
  readonly #modules: ReadonlyMap<string, string>;

  constructor(modules: readonly (readonly [string, string])[], names: Names) {
    this.#modules = new Map(modules);
    for (const [from, to, words] of names) {
      for (const word of words.split(' ')) {
        const [before = '', after = before] = word.split('=');
        this.#names.set(`${from} ${before}`, [to, after]);
      }
    }
  }

  map(module: string, name: string): readonly [module: string, name: string] {
    return this.#names.get(`${module} ${name}`) ?? [this.#modules.get(module) ?? module, name];
  }
}

const reading = new NameMap(MODULES_READ, NAMES_READ);
const writing = new NameMap(MODULES_WRITTEN, NAMES_WRITTEN);

/** The Python 3 module and name of a Python 2 module and name. */
export function python3Name(module: string, name: string): readonly [module: string, name: string] {
  return reading.map(module, name);
}

/** The Python 2 module and name of a Python 3 module and name. */
export function python2Name(module: string, name: string): readonly [module: string, name: string] {
  return writing.map(module, name);
}
