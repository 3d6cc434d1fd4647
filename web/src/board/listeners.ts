// SPDX-License-Identifier: MIT
// Several listeners to one source. One that throws does not keep the others
// from hearing it.

export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();

  /** Call what is returned to hear no more. */
  add(listener: (value: T) => void): () => void {
    // A function of its own, so that the same one added twice counts twice.
    const own = (value: T) => listener(value);
    this.#all.add(own);
    return () => {
      this.#all.delete(own);
    };
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(value);
      } catch (error) {
        // Seen in the console, as any other mistake of a view.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
