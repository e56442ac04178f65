/**
 * The catalogues by language and room. A room is loaded when somebody speaks of it, and in one language alone.
 *
 * @module
 */
import type { Language } from '../kit/language.js';
import type { AuditTexts } from './en/audit.js';
import type { DoctorTexts } from './en/doctor.js';
import { errors } from './en/errors.js';
import type { ErrorTexts } from './en/errors.js';
import type { InspectTexts } from './en/inspect.js';
import { kit } from './en/kit.js';
import type { ClusterTexts } from './en/cluster.js';
import type { DataTexts } from './en/data.js';
import type { KitTexts } from './en/kit.js';
import type { LiveTexts } from './en/live.js';
import type { ServiceTexts } from './en/services.js';

/** What each room has to say. */
export interface Rooms {
  readonly kit: KitTexts;
  readonly audit: AuditTexts;
  readonly data: DataTexts;
  readonly live: LiveTexts;
  readonly errors: ErrorTexts;
  readonly doctor: DoctorTexts;
  readonly cluster: ClusterTexts;
  readonly inspect: InspectTexts;
  readonly services: ServiceTexts;
}

/** What loads them. */
export const ROOMS: { readonly [Room in keyof Rooms]: Readonly<Record<Language, () => Promise<Rooms[Room]>>> } = {
  kit: {
    // Every run needs these.
    en: () => Promise.resolve(kit),
    zh: async () => (await import('./zh/kit.js')).kit,
  },
  audit: {
    en: async () => (await import('./en/audit.js')).audit,
    zh: async () => (await import('./zh/audit.js')).audit,
  },
  data: {
    en: async () => (await import('./en/data.js')).data,
    zh: async () => (await import('./zh/data.js')).data,
  },
  live: {
    en: async () => (await import('./en/live.js')).live,
    zh: async () => (await import('./zh/live.js')).live,
  },
  errors: {
    en: () => Promise.resolve(errors),
    zh: async () => (await import('./zh/errors.js')).errors,
  },
  doctor: {
    en: async () => (await import('./en/doctor.js')).doctor,
    zh: async () => (await import('./zh/doctor.js')).doctor,
  },
  cluster: {
    en: async () => (await import('./en/cluster.js')).cluster,
    zh: async () => (await import('./zh/cluster.js')).cluster,
  },
  inspect: {
    en: async () => (await import('./en/inspect.js')).inspect,
    zh: async () => (await import('./zh/inspect.js')).inspect,
  },
  services: {
    en: async () => (await import('./en/services.js')).services,
    zh: async () => (await import('./zh/services.js')).services,
  },
};

/** Loads the texts of a room. */
export function textsOf<Room extends keyof Rooms>(room: Room, language: Language): Promise<Rooms[Room]> {
  return ROOMS[room][language]();
}
