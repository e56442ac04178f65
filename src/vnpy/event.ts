/**
 * vnpy's Event.
 *
 * @module
 */
/** What vnpy's EventEngine passes around (`vnpy.event.engine.Event`). */
export class Event<Data = unknown> {
  /** What happened, `eTick.` or `eTick.rb2705.SHFE`: see `EventType`. */
  readonly type: string;
  /** What it happened to, a `TickData` for instance. */
  readonly data: Data;

  constructor(type: string, data: Data) {
    this.type = type;
    this.data = data;
  }
}
