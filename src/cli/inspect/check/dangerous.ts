/**
 * Names that are dangerous to call or to import, with the reason. The list only adds labels to what the allow list
 * refuses anyway: a name that is missing here is refused as unknown.
 *
 * @module
 */
import type { Danger } from '../../lang/en/facts.js';

/** Reasons by name, or by module with `.*` for all that is in it and below. */
const REASONS: Readonly<Record<Danger, string>> = {
  process: `
    os.* posix.* nt.* subprocess.* _posixsubprocess.* pty.* commands.* popen2.* platform.popen multiprocessing.*
    _winapi.* asyncio.* concurrent.* pip.* ensurepip.* venv.* distutils.* setuptools.* _osx_support.* _aix_support.*
    _bootsubprocess.* uuid._get_command_stdout uuid._popen webbrowser.* antigravity.* turtledemo.* pexpect.* sh.*
    fabric.* paramiko.* ptyprocess.* crypt.* nntplib.* imaplib.IMAP4_stream idlelib.* lib2to3.* test.* pydoc.*
    pydoc_data.*
  `,
  code: `
    builtins.eval builtins.exec builtins.compile builtins.execfile builtins.breakpoint builtins.input builtins.help
    builtins.__build_class__ builtins.classmethod builtins.staticmethod builtins.property code.* codeop.*
    types.FunctionType types.CodeType types.LambdaType types.MethodType types.ModuleType types.DynamicClassAttribute
    types.new_class types.coroutine types.GeneratorType marshal.* bdb.* pdb.* cProfile.* profile.* pstats.* trace.*
    timeit.* doctest.* unittest.* cmd.* sched.* threading.* _thread.* signal.* atexit.* weakref.finalize dis.*
    inspect.* ast.* symtable.* tabnanny.* py_compile.* compileall.* dataclasses.* collections.namedtuple typing.*
    sympy.* numexpr.* numpy.testing.* numpy.f2py.* pandas.eval torch.jit.* torch.hub.* torch._inductor.*
    torch._dynamo.* torch.utils.* IPython.* jinja2.* tkinter.* test.support.*
  `,
  import: `
    builtins.__import__ importlib.* _frozen_importlib.* _frozen_importlib_external.* imp.* _imp.* runpy.* pkgutil.*
    zipimport.* zipapp.* modulefinder.* site.* sitecustomize.* usercustomize.*
  `,
  attribute: `
    builtins.getattr builtins.setattr builtins.delattr builtins.vars builtins.globals builtins.locals builtins.map
    builtins.filter builtins.apply builtins.reduce builtins.type builtins.super builtins.__dict__
    builtins.memoryview builtins.iter operator.* _operator.* functools.* _functools.* itertools.* copyreg.* copy.*
    types.SimpleNamespace contextlib.* weakref.* abc.* enum.* string.Formatter builtins.str.format
    builtins.__getattribute__
  `,
  file: `
    builtins.open builtins.file io.* _io.* _pyio.* shutil.* tempfile.* fileinput.* glob.* linecache.* zipfile.*
    tarfile.* gzip.* bz2.* lzma.* mmap.* logging.* configparser.* sqlite3.* _sqlite3.* dbm.* mailbox.* netrc.*
    plistlib.* filecmp.* numpy.load numpy.fromfile numpy.memmap numpy.save numpy.savetxt numpy.loadtxt
    numpy.genfromtxt pandas.read_csv pandas.io.*
  `,
  network: `
    socket.* _socket.* ssl.* _ssl.* socketserver.* http.* urllib.* urllib2.* requests.* httpx.* aiohttp.* ftplib.*
    smtplib.* smtpd.* poplib.* imaplib.* telnetlib.* xmlrpc.* asyncore.* asynchat.* select.* selectors.* wsgiref.*
    cgi.* zmq.* vnpy.rpc.* torch.distributed.*
  `,
  native: `
    ctypes.* _ctypes.* cffi.* _cffi_backend.* gc.* faulthandler.* _testcapi.* _xxsubinterpreters.* _interpreters.*
    numpy.ctypeslib.* numpy.core.multiarray.fromfile readline.* resource.* winreg.* _winreg.*
  `,
  unpickle: `
    pickle.* _pickle.* cPickle.* pickletools.* shelve.* dill.* cloudpickle.* joblib.* jsonpickle.* yaml.* torch.load
    torch.serialization.* torch.storage._load_from_bytes numpy.lib.format.* pandas.read_pickle numpy.lib.npyio.*
    hickle.* sklearn.externals.* keras.models.load_model tensorflow.*
  `,
  interpreter: `
    sys.* builtins.exit builtins.quit gettext.* locale.* warnings.* __main__.__dict__ traceback.* tracemalloc.*
    linecache.*
  `,
};

/** Names of tables and arrays that do what an allowed package is not allowed for. */
const PACKAGES: Readonly<Partial<Record<Danger, string>>> = {
  code: `
    numpy.testing.* numpy.distutils.* numpy.f2py.* numpy.lib.function_base.vectorize numpy.vectorize
    numpy.lib.vectorize numpy.apply_along_axis numpy.apply_over_axes numpy.fromfunction numpy.frompyfunc numpy.piecewise
    numpy.lib.utils.safe_eval numpy.safe_eval numpy.compat.*
    pandas.eval pandas.core.computation.* pandas.testing.* pandas._testing.* pandas.util.testing.* pandas.core.apply.*
    pandas.core.common.pipe pandas.DataFrame.eval pandas.DataFrame.query pandas.core.frame.DataFrame.eval
    pandas.core.frame.DataFrame.query
  `,
  file: `
    numpy.core.multiarray.fromfile numpy._core.multiarray.fromfile numpy.core.numeric.fromfile numpy._core.numeric.fromfile
    numpy.core.records.fromfile numpy._core.records.fromfile numpy.rec.fromfile numpy.core.memmap.* numpy._core.memmap.*
    numpy.DataSource numpy.lib._datasource.* numpy.lib.npyio.DataSource numpy.savez numpy.savez_compressed
    numpy.ndarray.tofile numpy.ndarray.dump numpy.fromregex numpy.open_memmap
    pandas.read_table pandas.read_excel pandas.read_html pandas.read_xml pandas.read_json pandas.read_hdf pandas.read_sql
    pandas.read_parquet pandas.read_feather pandas.read_orc pandas.read_sas pandas.read_spss pandas.read_stata
    pandas.read_fwf pandas.read_clipboard pandas.ExcelFile pandas.ExcelWriter pandas.HDFStore
  `,
  unpickle: `
    numpy.lib.npyio.* numpy.lib._npyio_impl.* numpy.lib.format.* numpy.lib._format_impl.* numpy.core.numeric.loads
    numpy.loads numpy.core.multiarray.loads numpy.ma.core.load numpy.ma.core.loads numpy.ma.load numpy.ma.loads
    pandas.io.pickle.* pandas.compat.pickle_compat.* pandas.core.generic.read_pickle sklearn.externals.*
    sklearn.utils._joblib.* sklearn.datasets.*
  `,
};

const BY_NAME = new Map<string, Danger>();
for (const [reason, names] of [...Object.entries(REASONS), ...Object.entries(PACKAGES)] as [Danger, string][])
  for (const name of names.trim().split(/\s+/)) BY_NAME.set(name, reason);

/**
 * Whether a name is singled out within a package: more closely than a wildcard for the package would name it. `pandas.*` is for
 * its tables, and not for `pandas.io.pickle.read_pickle`.
 */
export function isSingledOut(module: string, name: string, pattern: string): boolean {
  const within = pattern.slice(0, -1);
  const full = `${module}.${name}`;
  if (BY_NAME.has(full)) return true;
  for (let end = full.lastIndexOf('.'); end > 0; end = full.lastIndexOf('.', end - 1)) {
    const part = full.slice(0, end);
    if (BY_NAME.has(`${part}.*`) || BY_NAME.has(part)) return part.length >= within.length;
  }
  return false;
}

/**
 * Why a name is dangerous; undefined when the list does not have it. A path through attributes is judged by its end, too:
 * `os.system` of whatever module imports `os` is `os.system`.
 */
export function dangerOf(module: string, name: string): Danger | undefined {
  let reason = reasonOf(`${module}.${name}`);
  for (let dot = name.indexOf('.'); reason === undefined && dot > 0; dot = name.indexOf('.', dot + 1)) {
    const start = name.lastIndexOf('.', dot - 1) + 1;
    reason = reasonOf(name.slice(start));
  }
  return reason;
}

function reasonOf(full: string): Danger | undefined {
  const exact = BY_NAME.get(full);
  if (exact !== undefined) return exact;
  // From the longest prefix to the shortest: `numpy.f2py.x` before `numpy`.
  for (let end = full.lastIndexOf('.'); end > 0; end = full.lastIndexOf('.', end - 1)) {
    const reason = BY_NAME.get(`${full.slice(0, end)}.*`) ?? BY_NAME.get(full.slice(0, end));
    if (reason !== undefined) return reason;
  }
  return undefined;
}
