/** @file Where a table or figure came from, written into the file itself: it leads back to the runs that made or used it. */

/** How a note is put into a file, by extension. Formats without room for one (csv, json) are left as they are. */
const notes: Readonly<Record<string, (content: string, note: string) => string>> = {
  md: (content, note) => `${content.trimEnd()}\n\n${note}\n`,
  txt: (content, note) => `${content.trimEnd()}\n\n${note}\n`,
  tex: (content, note) => `% ${note}\n${content}`,
  svg: (content, note) => content.replace(/<svg[^>]*>/, (tag) => `${tag}<title>${escape(note)}</title>`),
};

/** A file's content with a note of where it came from, if its format has room for one. */
export function withProvenance(extension: string, content: string, note: string): string {
  return notes[extension]?.(content, note) ?? content;
}

/** The note: the pipeline, and the result's digest, by which `log` finds its runs. */
export function provenanceNote(pipeline: string, digest: string): string {
  const short = digest.slice(0, 12);
  return `Made by pipeline ${pipeline}, result ${short}; "deno task log ${short}" lists its runs.`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
