import { fileURLToPath } from 'node:url';
import { Application, Logger, LogLevel, TSConfigReader, TypeDocReader } from 'typedoc';
import { expect, test } from 'vitest';

/** Keeps what TypeDoc would print. */
class Collector extends Logger {
  readonly complaints: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.complaints.push(message);
  }
}

test('the API reference: every export has a comment, and every link leads somewhere', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const app = await Application.bootstrap(
    {
      options: `${root}typedoc.json`,
      tsconfig: `${root}tsconfig.build.json`,
      // `npm run typecheck` does that, and it takes twice as long as all else here.
      skipErrorChecking: true,
    },
    [new TypeDocReader(), new TSConfigReader()],
  );
  const logger = new Collector();
  app.logger = logger;
  const project = await app.convert();
  if (project !== undefined) app.validate(project);
  expect(logger.complaints).toEqual([]);
  expect(project).toBeDefined();
}, 120_000);
