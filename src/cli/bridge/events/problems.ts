/**
 * What goes wrong with a running client, told on standard error.
 *
 * @module
 */
import type { ClientProblem, ClientStatus, OverflowReport } from '../../../rpc/index.js';
import type { Io } from '../../kit/io.js';
import type { LiveTexts } from '../../lang/en/live.js';
import { escapeText } from '../../kit/text/escape.js';
import { libraryText } from '../output/library-text.js';

/** What tells of problems that no call reports: an RpcClient, or an RpcGateway, which passes on those of its client. */
interface ProblemTeller {
  on(name: 'error', listener: (problem: { readonly message: string }) => void): () => void;
}

/** The part of an RpcClient that tells of problems. */
interface Teller extends ProblemTeller {
  on(name: 'status', listener: (status: ClientStatus) => void): () => void;
  on(name: 'error', listener: (problem: ClientProblem) => void): () => void;
  on(name: 'overflow', listener: (report: OverflowReport) => void): () => void;
}

/**
 * Tells of lost connections, undecodable events and overflows.
 *
 * @param teller - Tells of more than the client does: its gateway.
 * @returns A function that ends it.
 */
export function tellProblems(
  client: Teller,
  { io: { stderr }, texts }: { readonly io: Pick<Io, 'stderr'>; readonly texts: LiveTexts },
  teller: ProblemTeller = client,
): () => void {
  const tell = (line: string): void => {
    // Where standard error is closed there is nobody to tell; the command goes on.
    stderr.write(`vnpy-bridge: ${escapeText(libraryText(line))}\n`).catch(() => undefined);
  };
  const removers = [
    client.on('status', (status) => {
      const line = statusLine(status, texts);
      if (line !== undefined) tell(line);
    }),
    teller.on('error', ({ message }) => {
      tell(texts.said(message));
    }),
    client.on('overflow', ({ dropped, conflated }) => {
      tell(texts.lost(dropped + conflated));
    }),
  ];
  return () => {
    for (const remove of removers) remove();
  };
}

function statusLine(status: ClientStatus, texts: LiveTexts): string | undefined {
  switch (status.state) {
    case 'disconnected':
      return texts.disconnected(status.detail);
    case 'connected':
      return status.reconnects === 0 ? undefined : texts.connectedAgain;
    case 'idle':
    case 'connecting':
    case 'stopped':
      return undefined;
  }
}
