import type { Options } from 'rehype-sanitize';

/** What every id and name of a README begins with, as on GitHub, so that it stands for nothing of the page around it. */
export const README_ID_PREFIX = 'user-content-';

const PIXELS_OR_PERCENT = /^\d{1,4}(px|%)?$/;
const ALIGN: [string, ...string[]] = [
  'align',
  'left',
  'right',
  'center',
  'justify',
];

/**
 * What of a README's HTML stays. It is less than GitHub's own list
 * (https://github.com/gjtorikian/html-pipeline/blob/main/lib/html_pipeline/sanitization_filter.rb): nothing but `img`
 * makes a request, nothing but `a` leads elsewhere, nothing takes a style or a class of the portal's.
 */
export const README_SCHEMA: Options = {
  tagNames: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'section', 'br', 'hr'],
    ...['a', 'img', 'b', 'i', 'strong', 'em', 's', 'strike', 'del', 'ins'],
    ...['sup', 'sub', 'small', 'mark', 'abbr', 'dfn', 'cite', 'q', 'time'],
    ...['code', 'pre', 'kbd', 'samp', 'var', 'tt', 'span', 'wbr', 'bdo'],
    ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'blockquote', 'input'],
    ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th'],
    ...['details', 'summary', 'figure', 'figcaption', 'ruby', 'rt', 'rp'],
  ],
  // Gone with what is in them; of all others that are not allowed the content stays.
  strip: [
    ...['script', 'style', 'template', 'noscript', 'svg', 'math', 'title'],
    ...['iframe', 'noframes', 'noembed', 'textarea', 'xmp', 'plaintext'],
  ],
  attributes: {
    '*': ['id', 'title', 'lang', 'dir'],
    a: ['href', 'name'],
    img: [
      'src',
      'alt',
      ['width', PIXELS_OR_PERCENT],
      ['height', PIXELS_OR_PERCENT],
      ['align', 'left', 'right', 'top', 'middle', 'bottom', 'center'],
    ],
    ...Object.fromEntries(
      ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'div', 'table', 'tr'].map(
        tag => [tag, [ALIGN]],
      ),
    ),
    td: [ALIGN, 'colSpan', 'rowSpan'],
    th: [ALIGN, 'colSpan', 'rowSpan', 'scope'],
    ol: ['start'],
    li: [['className', 'task-list-item']],
    ul: [['className', 'contains-task-list']],
    code: [['className', /^language-[\w+#.-]{1,40}$/]],
    details: ['open'],
    time: ['dateTime'],
    input: [['type', 'checkbox'], ['disabled', true], 'checked'],
  },
  required: { input: { type: 'checkbox', disabled: true } },
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  ancestors: {
    ...Object.fromEntries(
      ['caption', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th'].map(tag => [
        tag,
        ['table'],
      ]),
    ),
    input: ['li'],
    summary: ['details'],
  },
  clobber: ['id', 'name'],
  clobberPrefix: README_ID_PREFIX,
};
