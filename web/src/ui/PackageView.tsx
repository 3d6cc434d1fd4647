// SPDX-License-Identifier: MIT
// What was dropped: for which core each image is, and what is to be said of it.
import { checked } from "../app/dropped";
import { countText, sizeText } from "../app/format";
import { imageWord } from "../app/words";
import type { CheckedImage, Finding } from "../image/types";
import { Digest, Facts } from "./parts";

const SEVERITY_WORDS: Record<Finding["severity"], string> = {
  error: "Error",
  warning: "Warning",
  note: "Note",
};

function Findings({ list }: { list: Finding[] }) {
  if (list.length === 0) {
    return null;
  }
  return (
    <ul class="findings">
      {list.map((finding) => (
        <li
          key={`${finding.code} ${finding.text}`}
          class={`finding finding-${finding.severity}`}
          data-testid={`finding-${finding.code}`}
        >
          <strong>{SEVERITY_WORDS[finding.severity]}.</strong> {finding.text}
        </li>
      ))}
    </ul>
  );
}

function forWhom({ image }: CheckedImage): string {
  if (image.core !== null) {
    return `${imageWord(image.core === "app" ? 0 : 1)} core`;
  }
  return image.imageIndex === null ? "no core that is known" : `image ${image.imageIndex}`;
}

function dependencyText({ image }: CheckedImage): string {
  return image.dependencies
    .map(
      ({ image: index, version }) =>
        `${imageWord(index)} core ${version.major}.${version.minor}.${version.revision} or later`,
    )
    .join(", ");
}

function Image({ entry, index }: { entry: CheckedImage; index: number }) {
  const { image } = entry;
  const needs = dependencyText(entry);
  return (
    <section class="card" data-testid={`package-image-${index}`}>
      <h4>{image.name}</h4>
      <Facts
        rows={[
          [
            "For the",
            <strong key="core" data-testid={`package-core-${index}`}>
              {forWhom(entry)}
            </strong>,
          ],
          ["Version", <span key="version">{image.versionText || "none"}</span>],
          [
            "Size",
            <span key="size">
              {sizeText(image.bytes.length)} ({countText(image.bytes.length)} bytes)
            </span>,
          ],
          [
            "Digest",
            <Digest key="digest" digest={image.digest} testid={`package-digest-${index}`} />,
          ],
          ...(needs === "" ? [] : [["Needs", needs] satisfies [string, string]]),
        ]}
      />
      <Findings list={entry.findings} />
    </section>
  );
}

export function PackageView() {
  const file = checked.value;
  if (file === null) {
    return null;
  }
  return (
    <div class="stack" data-testid="package">
      <h3>{file.name}</h3>
      <Findings list={file.findings} />
      <div class="two">
        {file.images.map((entry, index) => (
          <Image key={`${index} ${entry.image.name}`} entry={entry} index={index} />
        ))}
      </div>
    </div>
  );
}
