/**
 * Headers of answers, and what is read of those of requests.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { isLoopback } from './origins.js';

/** What the page may do: nothing but its own files, and no text becomes markup or code. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Of every answer. */
export function securityHeaders(isTls: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(isTls ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

/** The one value of a header; undefined for none. Of several, Node gives the first, or joins them. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer +([\w~+/.=-]{1,256})$/i.exec(header(request, 'authorization') ?? '')?.[1];
}

/** The value of a cookie. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const part of (header(request, 'cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && /^[\w-]{1,128}$/.test(value)) return value;
  }
  return undefined;
}

/**
 * Whence a request comes: behind a proxy of this machine the last address that the proxy added, and nothing that the client
 * wrote before it.
 */
export function addressOf(request: IncomingMessage, behindProxy: boolean): string {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
  if (!behindProxy || !isLoopback(peer)) return peer;
  const forwarded = header(request, 'x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return /^[\da-fA-F.:]{2,45}$/.test(forwarded) ? forwarded : peer;
}
