const SHOWN = '[secret]'

/**
 * A text that cannot be printed: templates, JSON, `console.log`, `util.inspect` and the logger all show `[secret]`, copies by `structuredClone` or
 * spreading are empty. Whoever sends or seals it says `reveal()`, so that every such place can be found.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** What was typed or configured is text at first. */
  static of(given: Secret | string): Secret {
    return typeof given === 'string' ? new Secret(given) : given
  }

  reveal(): string {
    return this.#text
  }

  equals(other: Secret | string | null | undefined): boolean {
    return other !== null && other !== undefined && Secret.of(other).#text === this.#text
  }

  toString(): string {
    return SHOWN
  }

  toJSON(): string {
    return SHOWN
  }

  /** Node's `util.inspect.custom`, by its public name, since contracts know nothing of Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN
  }
}
