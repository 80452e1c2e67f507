/** A text as part of HTML. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
  header { border-bottom: 1px solid #8886; margin-bottom: 1.5rem; padding-bottom: .5rem; }
  a { color: #0969da; } @media (prefers-color-scheme: dark) { a { color: #58a6ff; } }
  nav a { margin-right: 1rem; }
  pre { background: #8882; border-radius: 6px; overflow: auto; padding: 1rem; }
  table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid #8886; padding: .4rem; text-align: left; }
  .accounts { list-style: none; padding: 0; max-width: 24rem; }
  .accounts button { align-items: center; display: flex; gap: 1rem; margin: .5rem 0; text-align: left; width: 100%; }
  .accounts small { display: block; }
  button { background: #8882; border: 1px solid #8888; border-radius: 6px; color: inherit; cursor: pointer; font: inherit; padding: .5rem 1rem; }
  button:hover, button:focus-visible { border-color: #0969da; outline: 2px solid #0969da; }
  .quiet { background: none; }
  img { border-radius: 50%; }
`;

/** A whole page around some HTML. */
export function htmlPage(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(
    title,
  )} · GitHub emulator</title><style>${STYLE}</style></head>
<body><header><a href="/">GitHub emulator</a></header><main>
${main}
</main></body></html>
`;
}
