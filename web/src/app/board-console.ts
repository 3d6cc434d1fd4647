// SPDX-License-Identifier: MIT
// What a core printed, as text for a page: without escape sequences and
// control characters, the last 64 KB of it; SMP frames are told apart, so that
// an upload over the console does not wash the log away.

const ESC = 0x1b;
const BEL = 0x07;
const BACKSPACE = 0x08;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A sequence that is longer than this is no sequence: its rest is text. */
const SEQUENCE_BYTES_MAX = 256;
const SEGMENT_CHARS = 2048;
export const CONSOLE_CHARS_MAX = 65536;

type State = "text" | "return" | "escape" | "csi" | "osc" | "mark" | "frame";

/** First bytes of a frame and of its continuation lines. */
const FRAME_MARKS = new Map([
  [0x06, 0x09],
  [0x04, 0x14],
]);

/** A stretch of the console; `id` never changes, so a view can keep its node. */
export interface ConsoleSegment {
  readonly id: number;
  /** Without frames. */
  text: string;
  /** With them; the same string as `text` once they are forgotten. */
  all: string;
}

/** Base64, of which the lines of a frame are made. */
function isFrameByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2f ||
    byte === 0x3d
  );
}

/** Invisible characters that change how others are shown: C1 controls, marks
 * of direction, separators of lines, and what is put before a text. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export class ConsoleText {
  private segmentList: ConsoleSegment[] = [];
  private nextId = 1;
  private state: State = "text";
  private markByte = 0;
  private sequenceBytes = 0;
  /** Bytes of text that are not decoded yet, and whether frames own them. */
  private held: number[] = [];
  private decoder = new TextDecoder();
  private frames = 0;
  private droppedChars = 0;

  /** The oldest first. The same objects from call to call. */
  get segments(): readonly ConsoleSegment[] {
    return this.segmentList;
  }

  /** Frames (not their continuation lines) since the start. */
  get frameCount(): number {
    return this.frames;
  }

  /** Characters that are no longer here. */
  get lostChars(): number {
    return this.droppedChars;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.take(byte);
    }
    this.endText();
    this.trim();
  }

  clear(): void {
    this.segmentList = [];
    this.state = "text";
    this.held = [];
    this.decoder = new TextDecoder();
    this.frames = 0;
    this.droppedChars = 0;
  }

  private take(byte: number): void {
    switch (this.state) {
      case "text":
        this.takeText(byte);
        break;
      case "return":
        this.takeAfterReturn(byte);
        break;
      case "mark":
        this.takeMark(byte);
        break;
      case "frame":
        this.takeFrame(byte);
        break;
      default:
        this.takeSequence(byte);
        break;
    }
  }

  private takeText(byte: number): void {
    if (FRAME_MARKS.has(byte)) {
      this.markByte = byte;
      this.state = "mark";
    } else if (byte === ESC) {
      this.state = "escape";
      this.sequenceBytes = 0;
    } else if (byte === BACKSPACE) {
      this.endText();
      this.rubOut();
    } else if (byte === RETURN) {
      this.state = "return";
    } else if (byte >= 0x20 || byte === TAB || byte === NEWLINE) {
      this.held.push(byte);
    }
  }

  /** Alone it goes back to the start of the line: a log line takes the place
   * of the shell's prompt. */
  private takeAfterReturn(byte: number): void {
    if (byte === RETURN) {
      return;
    }
    this.state = "text";
    if (byte !== NEWLINE) {
      this.endText();
      this.dropLine();
    }
    this.take(byte);
  }

  private takeMark(byte: number): void {
    if (FRAME_MARKS.get(this.markByte) !== byte) {
      this.state = "text";
      this.take(byte);
      return;
    }
    this.endText();
    this.state = "frame";
    if (this.markByte === 0x06) {
      this.frames += 1;
    }
    this.addFrame(this.markByte === 0x06 ? "\u25b8" : "\u25b9");
  }

  private takeFrame(byte: number): void {
    if (byte === NEWLINE) {
      this.addFrame("\n");
      this.state = "text";
    } else if (isFrameByte(byte)) {
      this.addFrame(String.fromCharCode(byte));
    } else if (byte !== RETURN) {
      // Somebody printed into the frame: what follows is text again.
      this.addFrame("\n");
      this.state = "text";
      this.take(byte);
    }
  }

  private takeSequence(byte: number): void {
    this.sequenceBytes += 1;
    if (this.sequenceBytes > SEQUENCE_BYTES_MAX || byte === NEWLINE) {
      this.state = "text";
      this.take(byte);
    } else if (this.state === "escape") {
      this.takeEscape(byte);
    } else if (this.state === "csi") {
      if (byte >= 0x40 && byte <= 0x7e) {
        this.state = "text";
      }
    } else if (byte === BEL) {
      this.state = "text";
    } else if (byte === ESC) {
      // ESC \ ends it, and any other sequence does too.
      this.state = "escape";
    }
  }

  private takeEscape(byte: number): void {
    if (byte === 0x5b) {
      this.state = "csi";
    } else if (byte === 0x5d || byte === 0x50) {
      this.state = "osc";
    } else if (byte >= 0x30) {
      this.state = "text";
    }
  }

  private endText(): void {
    if (this.held.length === 0) {
      return;
    }
    const text = this.decoder
      .decode(Uint8Array.from(this.held), { stream: true })
      .replace(UNSEEN, "\ufffd");
    this.held = [];
    for (let at = 0; at < text.length; at += SEGMENT_CHARS) {
      const segment = this.open();
      const part = text.slice(at, at + SEGMENT_CHARS);
      segment.text += part;
      segment.all += part;
    }
  }

  private addFrame(text: string): void {
    this.open().all += text;
  }

  /** The segment that grows. */
  private open(): ConsoleSegment {
    const last = this.segmentList.at(-1);
    if (last && last.all.length < SEGMENT_CHARS) {
      return last;
    }
    const segment = { id: this.nextId, text: "", all: "" };
    this.nextId += 1;
    this.segmentList.push(segment);
    return segment;
  }

  /** A shell takes a letter back with backspace, space, backspace. */
  private rubOut(): void {
    const last = this.segmentList.at(-1);
    if (
      last &&
      last.text !== "" &&
      !last.text.endsWith("\n") &&
      last.all.endsWith(last.text.slice(-1))
    ) {
      last.text = last.text.slice(0, -1);
      last.all = last.all.slice(0, -1);
    }
  }

  /** Of a line that began in an older segment, only what is in this one. */
  private dropLine(): void {
    const last = this.segmentList.at(-1);
    const line = last?.text.slice(last.text.lastIndexOf("\n") + 1) ?? "";
    if (last && line !== "" && last.all.endsWith(line)) {
      last.text = last.text.slice(0, -line.length);
      last.all = last.all.slice(0, -line.length);
    }
  }

  private trim(): void {
    let text = 0;
    let all = 0;
    for (let i = this.segmentList.length - 1; i >= 0; i--) {
      const segment = this.segmentList[i];
      if (!segment) {
        continue;
      }
      text += segment.text.length;
      all += segment.all.length;
      if (text > CONSOLE_CHARS_MAX && i < this.segmentList.length - 1) {
        for (const old of this.segmentList.splice(0, i + 1)) {
          this.droppedChars += old.text.length;
        }
        return;
      }
      if (all > CONSOLE_CHARS_MAX) {
        segment.all = segment.text;
      }
    }
    if (all > CONSOLE_CHARS_MAX) {
      this.segmentList = this.segmentList.filter((segment) => segment.all !== "");
    }
  }
}
