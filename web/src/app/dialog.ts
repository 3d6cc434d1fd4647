// SPDX-License-Identifier: MIT
// One question at a time, answered by a person before something lasting is done.
import { signal } from "@preact/signals";

export interface Question {
  title: string;
  /** Whole sentences: what will happen. */
  texts: string[];
  okText: string;
  /** What is done cannot be undone. */
  isGrave: boolean;
  answer: (isYes: boolean) => void;
}

export const question = signal<Question | null>(null);

/** false: no, or another question is open. */
export function ask(words: Omit<Question, "answer">): Promise<boolean> {
  if (question.value !== null) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    question.value = {
      ...words,
      answer: (isYes) => {
        question.value = null;
        resolve(isYes);
      },
    };
  });
}
