// The types of the API come from sources that know V8's own property. The page itself does not use it.
interface ErrorConstructor {
  stackTraceLimit: number;
}
