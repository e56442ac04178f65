import { describe, expect, onTestFinished, vi, test } from 'vitest';
import type { MockInstance } from 'vitest';
import { guardedLogger, silentLogger } from '../../src/rpc/logger.js';
import type { Logger } from '../../src/rpc/logger.js';
import { Reporter } from '../../src/rpc/reporter.js';

interface Problem {
  readonly kind: string;
  readonly message: string;
}

function reporterOf(logger: Logger, listening: boolean): { reporter: Reporter<Problem>; told: Problem[] } {
  const told: Problem[] = [];
  const reporter = new Reporter<Problem>(guardedLogger(logger), {
    count: () => (listening ? 1 : 0),
    tell: (problem) => {
      told.push(problem);
    },
  });
  return { reporter, told };
}

function warnings(): MockInstance<typeof process.emitWarning> {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  onTestFinished(() => {
    emitWarning.mockRestore();
  });
  return emitWarning;
}

function lines(): { readonly logger: Logger; readonly errors: string[] } {
  const errors: string[] = [];
  const ignore = (): void => undefined;
  return { logger: { debug: ignore, info: ignore, warn: ignore, error: (line) => errors.push(line) }, errors };
}

describe('a reporter', () => {
  test('logs, tells and counts', () => {
    const { logger, errors } = lines();
    const { reporter, told } = reporterOf(logger, true);
    reporter.report({ kind: 'snapshot', message: 'no answer' });
    reporter.listenerThrew('tick', new Error('mine'));
    expect(errors).toEqual(['no answer', 'a listener of "tick" threw: mine']);
    expect(told.map(({ kind }) => kind)).toEqual(['snapshot', 'listener']);
    expect(reporter.counts()).toEqual({ snapshot: 1, listener: 1 });
  });

  test('does not log again what is in the log already', () => {
    const { logger, errors } = lines();
    const { reporter, told } = reporterOf(logger, true);
    reporter.pass({ kind: 'decode', message: 'junk' });
    expect(errors).toEqual([]);
    expect(told).toEqual([{ kind: 'decode', message: 'junk' }]);
    expect(reporter.count('decode')).toBe(1);
  });

  test('logs what a listener of "error" threw, and tells it to no listener', () => {
    const { logger, errors } = lines();
    const { reporter, told } = reporterOf(logger, true);
    reporter.listenerThrew('error', new Error('mine'));
    expect(errors).toEqual(['a listener of "error" threw: mine']);
    expect(told).toEqual([]);
    expect(reporter.count('listener')).toBe(1);
  });

  test('warns the process once of each kind, where nobody listens and nothing logs', () => {
    const emitWarning = warnings();
    const { reporter } = reporterOf(silentLogger, false);
    for (const kind of ['snapshot', 'snapshot', 'decode']) reporter.report({ kind, message: `${kind} failed` });
    reporter.listenerThrew('error', new Error('mine'));
    expect(emitWarning.mock.calls.map(([text]) => String(text).split('. ')[0])).toEqual([
      'snapshot failed',
      'decode failed',
      'a listener of "error" threw: mine',
    ]);
  });

  test('warns of nothing where there is a log or a listener', () => {
    const emitWarning = warnings();
    reporterOf(lines().logger, false).reporter.report({ kind: 'snapshot', message: 'no answer' });
    reporterOf(silentLogger, true).reporter.report({ kind: 'snapshot', message: 'no answer' });
    expect(emitWarning).not.toHaveBeenCalled();
  });
});
