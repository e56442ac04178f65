/**
 * Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning services.
 *
 * @module
 */
import { FINDINGS, findingKind } from '../findings/codes.js';
import type { FindingCode, FindingLevel } from '../findings/codes.js';
import type { Finding } from '../findings/finding.js';

/** A finding with the input that it is about. */
export interface LocatedFinding {
  readonly source: string;
  readonly message: number;
  /** Where the message starts in the input, in bytes. */
  readonly base: number;
  readonly finding: Finding;
}

const LEVELS: Readonly<Record<FindingLevel, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  limit: 'warning',
  refuse: 'error',
  lint: 'warning',
  note: 'note',
};

function rule(code: FindingCode): object {
  const { title, meaning, advice, level } = findingKind(code);
  return {
    id: code,
    name: title.replace(/[^A-Za-z0-9]+/g, ''),
    shortDescription: { text: title },
    fullDescription: { text: meaning },
    help: { text: advice },
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function result({ source, message, base, finding }: LocatedFinding): object {
  const offset = finding.path === undefined ? finding.offset : undefined;
  return {
    ruleId: finding.code,
    level: LEVELS[findingKind(finding.code).level],
    message: { text: `${findingKind(finding.code).title}: ${finding.message}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(source) },
          ...(offset === undefined ? {} : { region: { byteOffset: base + offset, byteLength: 1 } }),
        },
        logicalLocations: [{ name: `message ${message}${finding.path === undefined ? '' : `, ${finding.path}`}` }],
      },
    ],
  };
}

/**
 * The log of one run.
 * @param failures - What could not be looked at: without it, a log without results would say that all is well.
 */
export function sarifLog(findings: readonly LocatedFinding[], version: string, failures: readonly string[]): object {
  const toolExecutionNotifications = failures.map((text) => ({ level: 'error', message: { text } }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pickle-inspect',
            version,
            rules: (Object.keys(FINDINGS) as FindingCode[]).map(rule),
          },
        },
        ...(failures.length === 0 ? {} : { invocations: [{ executionSuccessful: false, toolExecutionNotifications }] }),
        results: findings.map(result),
      },
    ],
  };
}
