/** Preloaded into a worker (`--import …/wrong-clock.testing.ts?shiftMs=600000`): its wall clock is wrong by so much. */
const shiftMs = Number(new URL(import.meta.url).searchParams.get('shiftMs'))

globalThis.Date = new Proxy(Date, {
  construct(real, given: unknown[], target): object {
    return Reflect.construct(real, given.length === 0 ? [real.now() + shiftMs] : given, target) as Date
  },
  get: (real, name) => (name === 'now' ? () => real.now() + shiftMs : (Reflect.get(real, name) as unknown)),
})

export {}
