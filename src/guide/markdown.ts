import type { Guide } from "./guide";
import type { Block, Section } from "./section";

/** The guide as a page. */
export function guideMarkdown({ instance, product, sections }: Guide): string {
  const title = `# ${instance}\n\nHow to use this ${product === "openbao" ? "OpenBao" : "Vault"} instance. The last line of a part names the words in capitals that you replace.\n`;
  return [title, ...sections.map(sectionText)].join("\n");
}

function sectionText({ title, level, parts }: Section): string {
  const texts = parts.map((part) => (typeof part === "string" ? part : blockText(part)));
  return [`${"#".repeat(level)} ${title}`, ...texts, ...replacements(parts)].map((text) => `${text}\n`).join("\n");
}

/** Each word of a section once. */
function replacements(parts: Section["parts"]): string[] {
  const words = new Map(parts.flatMap((part) => (typeof part === "string" ? [] : Object.entries(part.placeholders))));
  const written = [...words].map(([word, example]) => `\`${word}\`, such as \`${example}\``);
  return written.length === 0 ? [] : [`Replace ${written.join("; ")}.`];
}

function blockText({ language, text }: Block): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
