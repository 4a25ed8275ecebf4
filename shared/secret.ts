/**
 * A secret value on its short way between a file, the keychain and a server. It prints, logs and
 * serialises as a fixed word; `reveal()` is the one way out, and every caller of it is listed in
 * `test/architecture.test.ts`.
 */

const shown = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Compares two secrets without showing either. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /** Length in UTF-16 code units: enough to explain a limit, too little to guess from. */
  get length(): number {
    return this.#value.length;
  }

  toString(): string {
    return shown;
  }

  toJSON(): never {
    throw new TypeError('A secret must never be serialised.');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown;
  }
}
